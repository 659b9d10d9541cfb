/* The transport over libcurl against a scripted socket: whole answers, cut ones, strangers, and the cutting knob. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "send.h"

enum { MOST = 65536, ANSWER_MOST = 1000 };

/* One answer to every request; the last request is kept. */
struct script {
    int listener, port;
    pthread_t thread;
    const char *answer;
    size_t n;
    bool close_after;
    atomic_int connections, requests;
    char got[MOST];
    size_t got_n;
};

static size_t body_length(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");
    return at ? (size_t)atol(at + 16) : 0;
}

/* Reads a request whole; false: the other side went. */
static bool read_request(struct script *s, int fd)
{
    s->got_n = 0;
    for (;;) {
        ssize_t n = read(fd, s->got + s->got_n, MOST - 1 - s->got_n);
        if (n <= 0) return false;
        s->got_n += (size_t)n;
        s->got[s->got_n] = 0;
        const char *end = strstr(s->got, "\r\n\r\n");
        if (end && s->got_n - (size_t)(end + 4 - s->got) >= body_length(s->got)) return true;
    }
}

static void *serve(void *arg)
{
    struct script *s = arg;
    int fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        s->connections++;
        while (read_request(s, fd)) {
            s->requests++;
            if (write(fd, s->answer, s->n) < 0 || s->close_after) break;
        }
        close(fd);
    }
    return NULL;
}

static void start(struct script *s, const char *answer)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    memset(s, 0, sizeof *s);
    s->answer = answer;
    s->n = strlen(answer);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->listener, 4), 0);
    getsockname(s->listener, (struct sockaddr *)&at, &n);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct script *s)
{
    shutdown(s->listener, SHUT_RDWR);
    close(s->listener);
    pthread_join(s->thread, NULL);
}

struct client {
    struct transport t;
    struct send_answer a;
    struct err err;
};

static void client_open(struct client *c, const struct script *s)
{
    char url[64];
    memset(c, 0, sizeof *c);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", s->port);
    assert_int_equal(send_curl_open(&c->t, url, 2, &c->err), 0);
    buf_init(&c->a.body, ANSWER_MOST);
}

static void client_close(struct client *c)
{
    send_curl_close(&c->t);
    buf_free(&c->a.body);
}

static int ask(struct client *c, const char *method, const char *body)
{
    static const struct send_signature signature = {.digest = "sha-256=:x:", .origin = "00000000000000ff", .counter = "5",
                                                    .sig = {"zhucun=()", "zhucun=:y:"}};
    struct send_request q = {.method = method, .path = "/v1/pull", .content_type = body ? WIRE_TYPE_PULL : NULL, .body = body,
                             .body_len = body ? strlen(body) : 0, .signature = &signature, .clock_ms = 77, .upload_offset = body ? 5 : -1,
                             .upload_length = body ? 9 : -1};
    return c->t.request(c->t.ctx, &q, &c->a, &c->err);
}

static void what_is_said_arrives_and_the_connection_is_kept(void **state)
{
    (void)state;
    struct script s;
    struct client c;
    uint64_t up, down;
    start(&s, "HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nRetry-After: 12\r\nUpload-Offset: 34\r\nContent-Length: 2\r\n\r\n{}");
    client_open(&c, &s);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(&c, "PATCH", "body"), 0);
        assert_int_equal(c.a.status, 503);
        assert_int_equal(c.a.upload_offset, 34);
        assert_int_equal(c.a.retry_after_s, 12);
        assert_string_equal(c.a.content_type, "application/json");
        assert_int_equal(c.a.body.len, 2);
    }
    assert_int_equal(s.connections, 1);
    assert_int_equal(s.requests, 5);
    assert_non_null(strstr(s.got, "PATCH /v1/pull HTTP/1.1\r\n"));
    assert_non_null(strstr(s.got, "Zhucun-Counter: 5\r\n"));
    assert_non_null(strstr(s.got, "Zhucun-Clock: 77\r\n"));
    assert_non_null(strstr(s.got, "Upload-Offset: 5\r\n"));
    assert_non_null(strstr(s.got, "Upload-Length: 9\r\n"));
    assert_non_null(strstr(s.got, "Upload-Complete: ?1\r\n"));
    assert_null(strstr(s.got, "Expect"));
    send_curl_traffic(&c.t, &up, &down);
    assert_int_equal(up, 5 * strlen(s.got));
    assert_int_equal(down, 5 * s.n);
    client_close(&c);
    stop(&s);
}

static void a_connection_that_died_is_opened_again(void **state)
{
    (void)state;
    struct script s;
    struct client c;
    start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    s.close_after = true;
    client_open(&c, &s);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(&c, "POST", "body"), 0);
    assert_int_equal(s.connections, 3);
    client_close(&c);
    stop(&s);
}

static void head_has_no_body(void **state)
{
    (void)state;
    struct script s;
    struct client c;
    start(&s, "HTTP/1.1 204 No Content\r\nUpload-Offset: 8\r\n\r\n");
    client_open(&c, &s);
    assert_int_equal(ask(&c, "HEAD", NULL), 0);
    assert_int_equal(c.a.status, 204);
    assert_int_equal(c.a.upload_offset, 8);
    client_close(&c);
    stop(&s);
}

static int against(const char *answer, bool close_after, struct client *c)
{
    struct script s;
    start(&s, answer);
    s.close_after = close_after;
    client_open(c, &s);
    int rc = ask(c, "POST", "body");
    client_close(c);
    stop(&s);
    return rc;
}

static void a_cut_answer_is_offline(void **state)
{
    (void)state;
    struct client c;
    assert_int_equal(against("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", true, &c), ERR_OFFLINE);
    assert_int_equal(against("HTTP/1.1 200 OK\r\nContent-Le", true, &c), ERR_OFFLINE);
    assert_int_equal(against("", true, &c), ERR_OFFLINE);
    assert_int_equal(against("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true, &c), ERR_OFFLINE);
}

static void a_silent_server_is_offline_after_its_time(void **state)
{
    (void)state;
    struct client c;
    assert_int_equal(against("", false, &c), ERR_OFFLINE);
}

static void strangers_are_peers(void **state)
{
    (void)state;
    struct client c;
    char *large = malloc(3000);
    assert_int_equal(against("SSH-2.0-OpenSSH_9.2\r\n", true, &c), ERR_PEER);
    snprintf(large, 3000, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n%2000d", 1);
    assert_int_equal(against(large, false, &c), ERR_PEER);
    assert_non_null(strstr(c.err.en, "longer"));
    free(large);
}

static void redirections_are_not_followed(void **state)
{
    (void)state;
    struct client c;
    assert_int_equal(against("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false, &c), 0);
    assert_int_equal(c.a.status, 302);
    assert_int_equal(send_refusal(&c.a, NULL, &c.err), ERR_PEER);
}

static void nobody_there_is_offline(void **state)
{
    (void)state;
    struct client c = {0};
    struct script s;
    start(&s, "");
    stop(&s);
    client_open(&c, &s);
    assert_int_equal(ask(&c, "GET", NULL), ERR_OFFLINE);
    client_close(&c);
}

static void addresses_are_checked(void **state)
{
    (void)state;
    struct transport t;
    struct err err;
    static const char *const wrong[] = {"", "city", "ftp://h/", "file:///etc/passwd", "http://", "gopher://h:1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(send_curl_open(&t, wrong[i], 1, &err), ERR_REFUSED);
}

static void the_knob_cuts_and_loses_replies(void **state)
{
    (void)state;
    struct script s;
    struct client c;
    int cut = 0;
    start(&s, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    client_open(&c, &s);
    send_curl_cut(&c.t, 0.5, 3);
    for (int i = 0; i < 60; i++) {
        int rc = ask(&c, "PATCH", "twelve bytes");
        assert_true(rc == 0 || rc == ERR_OFFLINE);
        cut += rc != 0;
    }
    assert_true(cut > 15 && cut < 45);
    send_curl_cut(&c.t, 0, 0);
    assert_int_equal(ask(&c, "PATCH", "twelve bytes"), 0);
    client_close(&c);
    stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_arrives_and_the_connection_is_kept),
        cmocka_unit_test(a_connection_that_died_is_opened_again),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(a_cut_answer_is_offline),
        cmocka_unit_test(a_silent_server_is_offline_after_its_time),
        cmocka_unit_test(strangers_are_peers),
        cmocka_unit_test(redirections_are_not_followed),
        cmocka_unit_test(nobody_there_is_offline),
        cmocka_unit_test(addresses_are_checked),
        cmocka_unit_test(the_knob_cuts_and_loses_replies),
    };
    return cmocka_run_group_tests_name("curl", tests, NULL, NULL);
}
