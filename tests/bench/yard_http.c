/* yard_http: posts over loopback, by the same two libraries that the project uses. See yard.h. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "yard.h"

enum { MAX_BODY = 16 * 1024 * 1024 };

struct yard_receiver {
    struct yard *yard;
    struct MHD_Daemon *daemon;
    unsigned port;
};

struct yard_sender {
    CURL *curl;
    struct curl_slist *heads;
};

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *n, void **context)
{
    struct yard_receiver *r = cls;
    struct buf *body = *context;
    (void)url, (void)method, (void)version;
    if (!body) {
        body = must_alloc(1, sizeof *body);
        buf_init(body, MAX_BODY);
        *context = body;
        return MHD_YES;
    }
    if (*n) {
        buf_put(body, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    yard_apply(r->yard, body->data, body->len);
    struct MHD_Response *done = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result rc = MHD_queue_response(connection, MHD_HTTP_OK, done);
    MHD_destroy_response(done);
    return rc;
}

static void completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection, (void)why;
    if (*context) buf_free(*context);
    free(*context);
    *context = NULL;
}

struct yard_receiver *yard_receive(struct yard *y)
{
    struct yard_receiver *r = must_alloc(1, sizeof *r);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; /* any free port */
    r->yard = y;
    r->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, NULL, NULL, answer, r,
                                 MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = r->daemon ? MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) die("the receiver does not start", NULL);
    r->port = info->port;
    return r;
}

void yard_receiver_close(struct yard_receiver *r)
{
    MHD_stop_daemon(r->daemon);
    free(r);
}

struct yard_sender *yard_sender(const struct yard_receiver *r)
{
    struct yard_sender *s = must_alloc(1, sizeof *s);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", r->port);
    s->curl = curl_easy_init();
    s->heads = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
    if (!s->curl || !s->heads) die("curl", NULL);
    curl_easy_setopt(s->curl, CURLOPT_URL, url);
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->heads);
    return s;
}

void yard_send(struct yard_sender *s, const struct buf *body)
{
    long status = 0;
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, body->data);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
    if (curl_easy_perform(s->curl) != CURLE_OK) die("the post did not arrive", NULL);
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) die("the receiver refused", NULL);
}

void yard_sender_close(struct yard_sender *s)
{
    curl_easy_cleanup(s->curl);
    curl_slist_free_all(s->heads);
    free(s);
}
