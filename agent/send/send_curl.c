/* send_curl: the transport over libcurl. Neighbours: answer.c (what comes back), cut.c (test knob).
 * Invariant: 0 only when an answer came whole; a reply cut on the way is ERR_OFFLINE, never a short body. Redirections
 * are not followed, and nothing but http and https is spoken. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "curl_state.h"

enum { DEFAULT_TIMEOUT_S = 30, CONNECT_TIMEOUT_S = 20, LOWEST_BYTES_A_SECOND = 10 };

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- body up ---- */

static size_t read_body(char *out, size_t size, size_t count, void *ctx)
{
    struct send_curl *c = ctx;
    size_t n = c->q->body_len - c->sent, room = size * count;
    if (c->cut_at != SIZE_MAX) {
        if (c->sent >= c->cut_at) return CURL_READFUNC_ABORT;
        n = c->cut_at - c->sent;
    }
    if (n > room) n = room;
    if (n) memcpy(out, (const uint8_t *)c->q->body + c->sent, n);
    c->sent += n;
    return n;
}

/* A kept connection that has died meanwhile is opened again, and the body starts over. */
static int seek_body(void *ctx, curl_off_t offset, int origin)
{
    struct send_curl *c = ctx;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > c->q->body_len) return CURL_SEEKFUNC_FAIL;
    c->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* ---- headers up ---- */

static void add_header(struct curl_slist **list, bool *failed, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);
    if (more) *list = more;
    else *failed = true;
}

static void add_pair(struct curl_slist **list, bool *failed, const char *name, const char *value)
{
    char line[HTTPSIG_INPUT_TEXT + 40];
    snprintf(line, sizeof line, "%s: %s", name, value);
    add_header(list, failed, line);
}

static void add_signature(struct curl_slist **list, bool *failed, const struct send_signature *s)
{
    add_pair(list, failed, HTTPSIG_DIGEST, s->digest);
    add_pair(list, failed, HTTPSIG_ORIGIN, s->origin);
    add_pair(list, failed, HTTPSIG_COUNTER, s->counter);
    add_pair(list, failed, HTTPSIG_INPUT, s->sig.input);
    add_pair(list, failed, HTTPSIG_SIGNATURE, s->sig.signature);
}

static int headers(const struct send_request *q, struct curl_slist **list, struct err *err)
{
    char line[256];
    bool failed = false;
    add_header(list, &failed, "Expect:"); /* curl's own wish to be asked first costs a round trip */
    add_header(list, &failed, "Accept:");
    if (q->content_type) {
        snprintf(line, sizeof line, "Content-Type: %s", q->content_type);
        add_header(list, &failed, line);
    }
    if (q->clock_ms) {
        snprintf(line, sizeof line, WIRE_HEADER_CLOCK ": %lld", (long long)q->clock_ms);
        add_header(list, &failed, line);
    }
    if (q->upload_offset >= 0) {
        snprintf(line, sizeof line, "Upload-Offset: %lld", (long long)q->upload_offset);
        add_header(list, &failed, line);
    }
    if (q->upload_length >= 0) {
        snprintf(line, sizeof line, "Upload-Length: %lld", (long long)q->upload_length);
        add_header(list, &failed, line);
        add_header(list, &failed, "Upload-Complete: ?1");
    }
    if (q->signature) add_signature(list, &failed, q->signature);
    return failed ? err_nomem(err) : 0;
}

/* ---- one request ---- */

static void set_method(struct send_curl *c)
{
    CURL *e = c->easy;
    if (strcmp(c->q->method, "HEAD") == 0) {
        curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    } else if (strcmp(c->q->method, "GET") != 0) {
        curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, c->q->method);
        curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)c->q->body_len);
        curl_easy_setopt(e, CURLOPT_READFUNCTION, read_body);
        curl_easy_setopt(e, CURLOPT_READDATA, c);
        curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, seek_body);
        curl_easy_setopt(e, CURLOPT_SEEKDATA, c);
    }
}

/* A slow line is no reason to give up; a silent one is. */
static void set_limits(struct send_curl *c)
{
    CURL *e = c->easy;
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT, c->timeout_s < CONNECT_TIMEOUT_S ? c->timeout_s : (long)CONNECT_TIMEOUT_S);
    if (c->q->timeout_ms > 0) curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)c->q->timeout_ms);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)LOWEST_BYTES_A_SECOND);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, c->timeout_s);
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "zhucun/" ZHUCUN_VERSION);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->text);
}

static void count_traffic(struct send_curl *c)
{
    long head_up = 0, head_down = 0;
    curl_off_t up = 0, down = 0;
    curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &head_up);
    curl_easy_getinfo(c->easy, CURLINFO_HEADER_SIZE, &head_down);
    curl_easy_getinfo(c->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    c->up += (uint64_t)(head_up > 0 ? head_up : 0) + (uint64_t)(up > 0 ? up : 0);
    c->down += (uint64_t)(head_down > 0 ? head_down : 0) + (uint64_t)(down > 0 ? down : 0);
}

static long os_errno(CURL *e)
{
    long why = 0;
    curl_easy_getinfo(e, CURLINFO_OS_ERRNO, &why);
    return why;
}

static int offline(const struct send_curl *c, CURLcode code, struct err *err)
{
    const char *why = c->text[0] ? c->text : curl_easy_strerror(code);
    return err_set(err, ERR_OFFLINE, "连不上服务器（%.200s）：内容都已存在本机，网络恢复后会继续上报",
                   "no connection to the server (%.200s): everything is saved here and goes on when the network is back", why);
}

static int explain(const struct send_curl *c, CURLcode code, struct err *err)
{
    switch (code) {
    case CURLE_OK: return 0;
    case CURLE_OUT_OF_MEMORY: return err_nomem(err);
    case CURLE_WRITE_ERROR:
        if (!c->overflow) return offline(c, code, err);
        return err_set(err, ERR_PEER, "服务器的回答超过 %zu 字节：可能不是驻村通的服务器",
                       "the answer is longer than %zu bytes: perhaps not a zhucun server", c->a->body.max);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return err_set(err, ERR_PEER, "服务器证书未通过验证（%.200s）：请检查本机日期和服务器地址",
                       "the server's certificate was not accepted (%.200s): check this machine's date and the address",
                       c->text[0] ? c->text : curl_easy_strerror(code));
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9: bytes that are no HTTP */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return err_set(err, ERR_PEER, "对方回答的不是 HTTP（%.200s）：请检查服务器地址",
                       "what answered is not HTTP (%.200s): check the server's address",
                       c->text[0] ? c->text : curl_easy_strerror(code));
    default: return offline(c, code, err);
    }
}

static int perform(struct send_curl *c, struct curl_slist *list, struct err *err)
{
    char url[1024];
    long status = 0;
    CURL *e = c->easy;
    snprintf(url, sizeof url, "%s%s", c->url, c->q->path);
    curl_easy_reset(e); /* options only: the connection stays */
    set_limits(c);
    set_method(c);
    curl_easy_setopt(e, CURLOPT_URL, url);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, answer_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, answer_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
    CURLcode code = curl_easy_perform(e);
    count_traffic(c);
    curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &status);
    c->a->status = (int)status;
    c->refused = code == CURLE_COULDNT_CONNECT && os_errno(e) == ECONNREFUSED;
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK && !c->heads_end) code = CURLE_PARTIAL_FILE;
    return explain(c, code, err);
}

static int curl_request(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct send_curl *c = ctx;
    struct curl_slist *list = NULL;
    c->q = q;
    c->a = a;
    c->sent = 0;
    c->overflow = c->heads_end = c->refused = false;
    c->text[0] = 0;
    cut_plan(c);
    answer_reset(a);
    int rc = headers(q, &list, err);
    if (rc == 0) rc = perform(c, list, err);
    curl_slist_free_all(list);
    return rc;
}

/* ---- open, close ---- */

static int check_url(const char *url, struct err *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    bool good = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_url_cleanup(u);
    if (good && strlen(url) < sizeof ((struct send_curl *)0)->url) return 0;
    return err_set(err, ERR_REFUSED, "服务器地址 %.200s 不对：应写成 http://HOST:PORT 或 https://HOST",
                   "the server's address %.200s is wrong: it should read http://host:port or https://host", url);
}

int send_curl_open(struct transport *out, const char *server_url, int timeout_s, struct err *err)
{
    *out = (struct transport){0};
    pthread_once(&curl_once, curl_start);
    int rc = check_url(server_url, err);
    if (rc) return rc;
    struct send_curl *c = calloc(1, sizeof *c);
    if (!c) return err_nomem(err);
    snprintf(c->url, sizeof c->url, "%s", server_url);
    for (size_t n = strlen(c->url); n && c->url[n - 1] == '/'; n--)
        c->url[n - 1] = 0;
    c->timeout_s = timeout_s > 0 ? timeout_s : DEFAULT_TIMEOUT_S;
    c->easy = curl_easy_init();
    if (!c->easy) {
        free(c);
        return err_nomem(err);
    }
    *out = (struct transport){curl_request, c};
    return 0;
}

void send_curl_close(struct transport *t)
{
    struct send_curl *c = t->ctx;
    if (c) curl_easy_cleanup(c->easy);
    free(c);
    *t = (struct transport){0};
}

bool send_curl_refused(const struct transport *t)
{
    const struct send_curl *c = t->ctx;
    return c->refused;
}

void send_curl_traffic(const struct transport *t, uint64_t *up, uint64_t *down)
{
    const struct send_curl *c = t->ctx;
    *up = c->up;
    *down = c->down;
}
