/* Tests of server-stub/http over real sockets: the guard, the token, and an upload that is cut at every byte,
 * hangs, is taken over, comes twice or damaged. The requests are written by hand, because a client library would
 * not send most of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http.h"
#include "keys.h"
#include "zhucun/pack.h"
#include "zhucun/signed.h"

enum { ORIGIN = 0x77 };

static char dir[64];
static struct store *writer;
static struct intake *intake;
static struct http *http;
static struct buf bundle;
static char url[300];
static struct key_pair laptop, box;
static uint64_t counter;
static struct err err;

/* ---- the server ---- */

static int add_device(struct store *s, void *ctx, struct err *e)
{
    static int64_t place;
    struct device d = {.origin = ORIGIN, .name = "test", .places = &place, .place_count = 1};

    (void)ctx;
    place = store_city(s);
    d.sign = laptop.public;
    d.box = box.public;
    return store_device_put(s, &d, e);
}

/* Two regions, as a device would send them: no matter what intake thinks of its rights, it is a bundle. */
static void make_bundle(void)
{
    static const char words[] = "一个用来占地方的很长的村名,这样数据包才有足够多的字节可以切断";
    struct cell cells[3] = {{.column = 1, .value = value_int(INT64_C(231202109250))},
                            {.column = 2, .value = value_text(words, sizeof words - 1)}, {.column = 3, .value = value_int(5)}};
    struct change change = {.op = CHANGE_PUT, .table = 1, .id = row_id_make(ORIGIN, 1, 0), .cells = cells, .count = 3};
    struct changeset cs = {.origin = ORIGIN, .seq = 1, .stamp = hlc_from_ms(1), .schema = SCHEMA_VERSION, .changes = &change,
                           .count = 1};
    struct digest h, digest;
    char hex[DIGEST_TEXT];

    chain_start(ORIGIN, &h);
    buf_init(&bundle, 65536);
    struct buf packed;
    buf_init(&packed, 65536);
    if (bundle_pack(&cs, 1, &h, 6, &packed, &err) != 0 ||
        bundle_seal(packed.data, packed.len, &store_keys(writer)->box.public, &laptop, env_system(), &bundle, &err) != 0)
        fail_msg("%s", err.en);
    buf_free(&packed);
    digest_of(bundle.data, bundle.len, &digest);
    digest_hex(&digest, hex);
    snprintf(url, sizeof url, "/v1/push/%016x/1-1/%s", (unsigned)ORIGIN, hex);
}

static int setup(void **state)
{
    static const struct log quiet = {LOG_ERROR, STDERR_FILENO};
    const struct intake_limits limits = {.queue_max = 100, .queue_max_bytes = 1 << 24, .group_max = 10,
                                         .group_max_changes_hint = 1 << 20};

    (void)state;
    strcpy(dir, "/tmp/zhucun-http-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(store_create(&writer, dir, region_code("2312", 4), SUITE_25519, env_system(), &err), 0);
    assert_int_equal(key_make(SUITE_25519, KEY_SIGN, env_system(), &laptop, &err), 0);
    assert_int_equal(key_make(SUITE_25519, KEY_BOX, env_system(), &box, &err), 0);
    assert_int_equal(intake_start(&intake, writer, env_system(), &quiet, &limits, &err), 0);
    assert_int_equal(intake_call(intake, add_device, NULL, &err), 0);
    const struct http_config config = {.dir = dir, .listen = "127.0.0.1:0", .intake = intake, .keys = store_keys(writer), .env = env_system(),
                                       .log = &quiet, .threads = 2};
    assert_int_equal(http_start(&http, &config, &err), 0);
    make_bundle();
    return 0;
}

static int teardown(void **state)
{
    char command[100];

    (void)state;
    http_stop(http);
    intake_stop(intake);
    store_close(writer);
    buf_free(&bundle);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

/* ---- the client ---- */

static int connected(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(http))};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

static void send_all(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Reads until the server closes. */
static size_t read_rest(int fd, char *out, size_t n)
{
    size_t len = 0;
    ssize_t k;

    while (len + 1 < n && (k = recv(fd, out + len, n - 1 - len, 0)) > 0)
        len += (size_t)k;
    out[len] = '\0';
    close(fd);
    return len;
}

static int status_of(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static int raw(const char *request, char *answer, size_t n)
{
    int fd = connected();

    send_all(fd, request, strlen(request));
    read_rest(fd, answer, n);
    return status_of(answer);
}

/* The head of a signed request, but for its end; `offset` and `whole` "": no such headers. */
static int signed_head(char *out, size_t n, const char *method, const char *offset, const char *whole, const void *body, size_t len)
{
    char digest[HTTPSIG_DIGEST_TEXT], origin[20], number[24];
    struct httpsig_part parts[SIGNED_PARTS_MAX];
    struct httpsig s;

    httpsig_digest(body, len, digest);
    snprintf(origin, sizeof origin, "%016x", (unsigned)ORIGIN);
    snprintf(number, sizeof number, "%llu", (unsigned long long)++counter);
    struct signed_request r = {method, url, digest, origin, number, "1", *offset ? offset : NULL, *whole ? whole : NULL};
    assert_int_equal(httpsig_sign(&laptop, parts, signed_request_parts(&r, parts), &s, &err), 0);
    return snprintf(out, n, "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" HTTPSIG_DIGEST ": %s\r\n" HTTPSIG_ORIGIN ": %s\r\n"
                    HTTPSIG_COUNTER ": %s\r\n" WIRE_HEADER_CLOCK ": 1\r\n" HTTPSIG_INPUT ": %s\r\n" HTTPSIG_SIGNATURE ": %s\r\n", method, url,
                    digest, origin, number, s.input, s.signature);
}

static int patch_head(char *out, size_t n, uint64_t offset, size_t body, size_t whole)
{
    char at[24], length[24];

    snprintf(at, sizeof at, "%llu", (unsigned long long)offset);
    snprintf(length, sizeof length, "%zu", whole);
    int len = signed_head(out, n, "PATCH", at, length, bundle.data + offset, body);
    return len + snprintf(out + len, n - (size_t)len, "Upload-Offset: %s\r\nUpload-Length: %s\r\nUpload-Complete: ?1\r\nContent-Length: %zu\r\n\r\n",
                          at, length, body);
}

/* Sends `sent` of the bundle's bytes from offset on, though all the rest is announced. Returns the socket. */
static int patch_cut(uint64_t offset, size_t sent)
{
    char head[1600];
    int fd = connected(), n = patch_head(head, sizeof head, offset, bundle.len - offset, bundle.len);

    send_all(fd, head, (size_t)n);
    send_all(fd, bundle.data + offset, sent);
    return fd;
}

static int patch_rest(uint64_t offset, char *answer, size_t n)
{
    int fd = patch_cut(offset, bundle.len - offset);

    read_rest(fd, answer, n);
    return status_of(answer);
}

static long offset_in(const char *answer)
{
    const char *at = strstr(answer, "Upload-Offset: ");

    return at ? strtol(at + 15, NULL, 10) : -1;
}

static long head_offset(void)
{
    char request[1600], answer[2000];

    int n = signed_head(request, sizeof request, "HEAD", "", "", "", 0);
    snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    assert_int_equal(raw(request, answer, sizeof answer), 204);
    return offset_in(answer);
}

/* ---- guard ---- */

static void two_readers_could_disagree(void **state)
{
    static const char *const requests[] = {
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}",
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}",
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    static const char smuggled[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char request[1000], answer[4000];

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        snprintf(request, sizeof request, "%s%s", requests[i], smuggled);
        if (raw(request, answer, sizeof answer) != 400)
            fail_msg("request %zu: %.100s", i, answer);
        assert_null(strstr(answer, "\"status\":\"ok\"")); /* what stood behind it was not answered */
    }
}

static void refusals_are_problems(void **state)
{
    char answer[4000];

    (void)state;
    assert_int_equal(raw("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", answer, sizeof answer), 404);
    assert_non_null(strstr(answer, "application/problem+json"));
    assert_int_equal(raw("GET /v1/pull HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", answer, sizeof answer), 405);
    assert_int_equal(raw("POST /v1/enrol HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", answer,
                         sizeof answer), 400);
    assert_int_equal(raw("POST /v1/enrol HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n", answer, sizeof answer), 413);
    assert_int_equal(raw("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", answer, sizeof answer), 200);
    assert_int_equal(raw("GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", answer, sizeof answer), 200);
}

static int head_with(const char *change, const char *to, char *answer, size_t n)
{
    char request[1600];
    int len = signed_head(request, sizeof request, "HEAD", "", "", "", 0);

    snprintf(request + len, sizeof request - (size_t)len, "\r\n");
    char *at = strstr(request, change);
    assert_non_null(at);
    memcpy(at, to, strlen(to)); /* as long as what it replaces */
    return raw(request, answer, n);
}

static void only_who_signed_gets_in(void **state)
{
    char request[1600], answer[4000];

    (void)state;
    snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", url);
    assert_int_equal(raw(request, answer, sizeof answer), 401);
    snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nZhucun-Origin: 0000000000000077\r\n\r\n", url);
    assert_int_equal(raw(request, answer, sizeof answer), 401);
    assert_int_equal(head_with("/1-1/", "/1-2/", answer, sizeof answer), 401);
    assert_int_equal(head_with("Zhucun-Clock: 1", "Zhucun-Clock: 2", answer, sizeof answer), 401);
    assert_int_equal(head_with("Zhucun-Origin: 0000000000000077", "Zhucun-Origin: 0000000000000078", answer, sizeof answer), 401);
    assert_int_equal(head_with("alg=\"ed25519\"", "alg=\"ed25518\"", answer, sizeof answer), 401);
    assert_int_equal(head_with("HEAD ", "GET  ", answer, sizeof answer), 405);
    assert_int_equal(head_with("Host: a", "Host: a", answer, sizeof answer), 204);
}

static void a_request_counts_once(void **state)
{
    char request[1600], answer[4000];

    (void)state;
    int n = signed_head(request, sizeof request, "HEAD", "", "", "", 0);
    snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    assert_int_equal(raw(request, answer, sizeof answer), 204);
    assert_int_equal(raw(request, answer, sizeof answer), 401);
    counter -= 2; /* an older number, signed well */
    n = signed_head(request, sizeof request, "HEAD", "", "", "", 0);
    snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    assert_int_equal(raw(request, answer, sizeof answer), 401);
    counter += 1;
    assert_int_equal(head_offset(), 0);
}

/* Only the keys of this server make such an answer, and only to this request. */
static void answers_are_signed(void **state)
{
    char request[1600], answer[4000], input[HTTPSIG_INPUT_TEXT], signature[HTTPSIG_SIGNATURE_TEXT], asked[HTTPSIG_SIGNATURE_TEXT];
    char digest[HTTPSIG_DIGEST_TEXT];
    struct httpsig_part parts[SIGNED_PARTS_MAX];

    (void)state;
    int n = signed_head(request, sizeof request, "HEAD", "", "", "", 0);
    snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    assert_int_equal(sscanf(strstr(request, "\nSignature: "), "\nSignature: %107s", asked), 1);
    assert_int_equal(raw(request, answer, sizeof answer), 204);
    assert_int_equal(sscanf(strstr(answer, "\nSignature-Input: "), "\nSignature-Input: %511[^\r]", input), 1);
    assert_int_equal(sscanf(strstr(answer, "\nSignature: "), "\nSignature: %107s", signature), 1);
    httpsig_digest("", 0, digest);
    struct signed_answer s = {"204", digest, "0", asked};
    const struct public_key *server = &store_keys(writer)->sign.public;
    assert_int_equal(httpsig_check(server, parts, signed_answer_parts(&s, parts), input, signature, &err), 0);
    s.status = "200";
    assert_int_equal(httpsig_check(server, parts, signed_answer_parts(&s, parts), input, signature, &err), ERR_DENIED);
    s = (struct signed_answer){"204", digest, "0", "zhucun=:another:"};
    assert_int_equal(httpsig_check(server, parts, signed_answer_parts(&s, parts), input, signature, &err), ERR_DENIED);
    assert_int_equal(httpsig_check(&laptop.public, parts, signed_answer_parts(&s, parts), input, signature, &err), ERR_DENIED);
}

/* ---- uploads ---- */

static void cut_at_every_byte(void **state)
{
    char answer[4000];

    (void)state;
    for (size_t cut = 0; cut < bundle.len; cut++) {
        close(patch_cut(0, cut));
        long offset = head_offset();
        assert_in_range(offset, 0, cut);
        int status = patch_rest((uint64_t)offset, answer, sizeof answer);
        if (status == 409) /* more of the cut request arrived after the HEAD */
            status = patch_rest((uint64_t)offset_in(answer), answer, sizeof answer);
        assert_int_equal(status, 200);
        assert_non_null(strstr(answer, "\"high\":\"1\""));
        assert_in_range(head_offset(), 0, cut); /* of the cut one something may have come late */
    }
}

/* A moment for what was sent to arrive. Nothing may depend on it: a HEAD takes an upload over, so what was still
 * on its way then is lost, and only sent again. */
static void a_moment(void)
{
    usleep(100 * 1000);
}

static int finish(char *answer, size_t n)
{
    int status = patch_rest((uint64_t)head_offset(), answer, n);

    return status == 409 ? patch_rest((uint64_t)offset_in(answer), answer, n) : status;
}

static void the_newest_request_has_it(void **state)
{
    char answer[4000];
    int hung = patch_cut(0, 10);

    (void)state;
    a_moment();
    assert_in_range(head_offset(), 0, 10);
    assert_int_equal(read_rest(hung, answer, sizeof answer), 0); /* it was ended */
    hung = patch_cut((uint64_t)head_offset(), 1);
    a_moment();
    assert_int_equal(finish(answer, sizeof answer), 200);
    close(hung);
}

static void a_wrong_offset_is_told_the_right_one(void **state)
{
    char answer[4000];
    long have = 0;

    (void)state;
    for (int i = 0; have == 0 && i < 100; i++) {
        close(patch_cut(0, 20));
        a_moment();
        have = head_offset();
    }
    assert_in_range(have, 1, 20);
    assert_int_equal(patch_rest(0, answer, sizeof answer), 409);
    assert_int_equal(offset_in(answer), have);
    assert_int_equal(patch_rest((uint64_t)have, answer, sizeof answer), 200);
}

static void damaged_bytes_are_dropped(void **state)
{
    char answer[4000];

    (void)state;
    bundle.data[bundle.len - 3] ^= 1;
    assert_int_equal(patch_rest(0, answer, sizeof answer), 422);
    assert_int_equal(head_offset(), 0);
    bundle.data[bundle.len - 3] ^= 1;
    assert_int_equal(patch_rest(0, answer, sizeof answer), 200);
    assert_int_equal(patch_rest(0, answer, sizeof answer), 200); /* again: the same receipt */
}

/* A laptop's program of another time: it is told so, once, and its bytes are not kept for a next try. */
static void another_format_is_told_apart_from_damage(void **state)
{
    char answer[4000], hex[DIGEST_TEXT];
    struct digest digest;

    (void)state;
    bundle.data[2] = BUNDLE_FORMAT + 1;
    digest_of(bundle.data, bundle.len, &digest);
    digest_hex(&digest, hex);
    snprintf(url, sizeof url, "/v1/push/%016x/1-1/%s", (unsigned)ORIGIN, hex);
    assert_int_equal(patch_rest(0, answer, sizeof answer), 415);
    assert_non_null(strstr(answer, "urn:zhucun:problem:format"));
    assert_non_null(strstr(answer, "请升级读取它的这一方（服务器）"));
    assert_non_null(strstr(answer, "everything is kept on the laptop that wrote it"));
    assert_int_equal(head_offset(), 0);
}

static void more_than_announced_is_refused(void **state)
{
    char head[1600], answer[4000];
    int fd = connected(), n = patch_head(head, sizeof head, 0, bundle.len, bundle.len - 1);

    (void)state;
    send_all(fd, head, (size_t)n);
    send_all(fd, bundle.data, bundle.len);
    read_rest(fd, answer, sizeof answer);
    assert_int_equal(status_of(answer), 400);
    assert_int_equal(head_offset(), 0);
}

/* ---- a handover ---- */

static int add_leaving(struct store *s, void *ctx, struct err *e)
{
    const struct holding leaving = {ORIGIN, {0x55, 1}, 1, 1}, held = {ORIGIN, {0x55, 2}, 1, 0};
    struct device d = {.origin = ORIGIN, .name = "test", .assigned = true, .sign = laptop.public, .box = box.public};

    (void)ctx;
    int rc = store_device_put(s, &d, e);
    if (rc >= 0)
        rc = store_holding_put(s, &leaving, e);
    return rc >= 0 ? store_holding_put(s, &held, e) : rc;
}

static int keep_number(void *ctx, const struct holding *h)
{
    *(uint64_t *)ctx = *(uint64_t *)ctx * 10 + h->household.number;
    return 0;
}

static int list_holdings(struct store *s, void *ctx, struct err *e)
{
    return store_holdings(s, ORIGIN, keep_number, ctx, e);
}

/* Housekeeping comes seconds later, and a crash may come before. */
static void a_release_is_written_before_it_is_told(void **state)
{
    const struct pull_request q = {.origin = ORIGIN, .epoch = store_epoch(writer), .csn = 1, .schema = SCHEMA_VERSION};
    char request[1600], answer[8000];
    uint64_t holdings = 0;
    struct buf body;

    (void)state;
    assert_int_equal(intake_call(intake, add_leaving, NULL, &err), 0);
    buf_init(&body, WIRE_MAX_PULL_REQUEST);
    assert_int_equal(pull_request_encode(&q, &body), 0);
    snprintf(url, sizeof url, "/v1/pull");
    int n = signed_head(request, sizeof request, "POST", "", "", body.data, body.len);
    n += snprintf(request + n, sizeof request - (size_t)n, "Content-Length: %zu\r\n\r\n", body.len);
    int fd = connected();
    send_all(fd, request, (size_t)n);
    send_all(fd, body.data, body.len);
    read_rest(fd, answer, sizeof answer);
    buf_free(&body);
    assert_int_equal(status_of(answer), 200);
    assert_int_equal(intake_call(intake, list_holdings, &holdings, &err), 0);
    assert_int_equal(holdings, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_readers_could_disagree, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_are_problems, setup, teardown),
        cmocka_unit_test_setup_teardown(only_who_signed_gets_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_request_counts_once, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_are_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_at_every_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(the_newest_request_has_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wrong_offset_is_told_the_right_one, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_bytes_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_release_is_written_before_it_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(another_format_is_told_apart_from_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_announced_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
