/* Tests of core/wire: round trips, one clear sentence for every wrong message, a web page in place of an answer,
 * and any bytes at every decoder (cut at each byte, each bit flipped, noise). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/wire.h"

static struct err err;
static struct arena arena;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    arena_init(&arena, 64 * 1024 * 1024);
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buf_free(&out);
    return 0;
}

/* Each decoder in one form, so that each meets the same abuse. */
union message {
    struct server_offer offer;
    struct enrol_request enrol;
    struct enrol_answer answer;
    struct receipt receipt;
    struct problem problem;
    struct pull_request pull;
    struct pull_answer pulled;
};

static int decode_enrol(const void *b, size_t n, union message *m)
{
    return enrol_request_decode(b, n, &m->enrol, &err);
}

static int decode_offer(const void *b, size_t n, union message *m)
{
    return server_offer_decode(b, n, &m->offer, &err);
}

static int decode_answer(const void *b, size_t n, union message *m)
{
    return enrol_answer_decode(b, n, &m->answer, &err);
}

static int decode_receipt(const void *b, size_t n, union message *m)
{
    return receipt_decode(b, n, &m->receipt, &err);
}

static int decode_problem(const void *b, size_t n, union message *m)
{
    return problem_decode(b, n, &m->problem, &err);
}

static int decode_pull(const void *b, size_t n, union message *m)
{
    return pull_request_decode(b, n, &arena, &m->pull, &err);
}

static int decode_pulled(const void *b, size_t n, union message *m)
{
    int rc = pull_answer_decode(b, n, &arena, &m->pulled, &err);
    arena_reset(&arena);
    return rc;
}

typedef int decode_fn(const void *bytes, size_t n, union message *m);
static decode_fn *const decoders[] = {decode_offer, decode_enrol, decode_answer, decode_receipt, decode_problem, decode_pull, decode_pulled};
enum { DECODERS = sizeof decoders / sizeof decoders[0] };

static union message scratch;

/* From a block of exactly n bytes, so that the sanitizer sees one byte too far. */
static int decode_exact(decode_fn *decode, const void *bytes, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    assert_non_null(copy);
    if (n > 0) memcpy(copy, bytes, n);
    int rc = decode(copy, n, &scratch);
    free(copy);
    return rc;
}

static void abuse(decode_fn *decode, const struct buf *good)
{
    assert_int_equal(decode_exact(decode, good->data, good->len), 0);
    for (size_t cut = 0; cut < good->len; cut++) assert_int_not_equal(decode_exact(decode, good->data, cut), 0);
    uint8_t *copy = malloc(good->len + 1);
    assert_non_null(copy);
    for (size_t bit = 0; bit < good->len * 8; bit++) {
        memcpy(copy, good->data, good->len);
        copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ (1u << bit % 8));
        decode_exact(decode, copy, good->len);
    }
    memcpy(copy, good->data, good->len);
    copy[good->len] = 'x';
    assert_int_not_equal(decode_exact(decode, copy, good->len + 1), 0);
    free(copy);
}

static void wrong(decode_fn *decode, const char *message, const char *zh, const char *en)
{
    memset(&err, 0, sizeof err);
    int rc = decode_exact(decode, message, strlen(message));
    if (rc != ERR_CORRUPT) fail_msg("%s: %d", message, rc);
    if (strstr(err.zh, zh) == NULL || strstr(err.en, en) == NULL) fail_msg("%s: %s / %s", message, err.zh, err.en);
}

static void enrolment_round_trips(void **state)
{
    (void)state;
    struct enrol_request q = {.code = "ABCDEFGH01234567", .sign = "0a", .box = "0b", .origin = 0xfedcba9876543210U, .schema = 3, .agent = "zhucun 0.1"}, got;
    assert_int_equal(enrol_request_encode(&q, &out), 0);
    assert_string_equal(buf_text(&out), "{\"format\":1,\"code\":\"ABCDEFGH01234567\",\"sign\":\"0a\",\"box\":\"0b\",\"origin\":\"fedcba9876543210\",\"schema\":3,\"agent\":\"zhucun 0.1\"}");
    assert_int_equal(enrol_request_decode(out.data, out.len, &got, &err), 0);
    assert_string_equal(got.code, q.code);
    assert_true(got.origin == q.origin && got.schema == q.schema);
    assert_string_equal(got.agent, q.agent);
    abuse(decode_enrol, &out);
}

static void enrolment_answers_round_trip(void **state)
{
    (void)state;
    static struct enrol_answer a, got;
    a = (struct enrol_answer){.device = "友谊村工作队", .epoch = UINT64_MAX, .server_ms = 1800000000000,
                              .places = {231202105003, 231281000000}, .place_count = 2,
                              .workers = {"D0001", "D0002"}, .worker_count = 2};
    assert_int_equal(enrol_answer_encode(&a, &out), 0);
    assert_int_equal(enrol_answer_decode(out.data, out.len, &got, &err), 0);
    assert_string_equal(got.device, a.device);
    assert_true(got.epoch == a.epoch && got.server_ms == a.server_ms);
    assert_true(got.place_count == a.place_count && got.worker_count == a.worker_count);
    assert_memory_equal(got.places, a.places, sizeof a.places);
    assert_memory_equal(got.workers, a.workers, sizeof a.workers);
    assert_non_null(strstr(buf_text(&out), "\"epoch\":\"18446744073709551615\""));
    abuse(decode_answer, &out);
    buf_reset(&out);
    for (a.place_count = 0; a.place_count < WIRE_MAX_PLACES; a.place_count++)
        a.places[a.place_count] = 231202000000 + (int64_t)a.place_count;
    assert_int_equal(enrol_answer_encode(&a, &out), 0);
    assert_int_equal(enrol_answer_decode(out.data, out.len, &got, &err), 0);
    assert_int_equal(got.place_count, WIRE_MAX_PLACES);
    a.place_count++;
    assert_int_not_equal(enrol_answer_encode(&a, &out), 0);
}

static void receipts_round_trip(void **state)
{
    (void)state;
    static struct receipt r, got;
    memset(&r, 0, sizeof r);
    r.epoch = 7;
    r.high = 1ull << 45;
    memset(r.hash.bytes, 0xa5, sizeof r.hash.bytes);
    r.csn = 12345678901234;
    r.server_ms = 1800000000000;
    r.skew_ms = -300000000000;
    assert_int_equal(receipt_encode(&r, &out), 0);
    assert_null(strstr(buf_text(&out), "quarantined"));
    assert_int_equal(receipt_decode(out.data, out.len, &got, &err), 0);
    assert_memory_equal(&got, &r, sizeof r);
    buf_reset(&out);
    r.quarantined_count = 2;
    r.quarantined[0].seq = 9;
    strcpy(r.quarantined[0].why, "没有这一户");
    r.quarantined[1].seq = 11;
    strcpy(r.quarantined[1].why, "unknown code");
    assert_int_equal(receipt_encode(&r, &out), 0);
    assert_int_equal(receipt_decode(out.data, out.len, &got, &err), 0);
    assert_memory_equal(&got, &r, sizeof r);
    abuse(decode_receipt, &out);
}

static void a_text_cut_within_a_character_is_still_sent(void **state)
{
    (void)state;
    static struct receipt r, got;
    memset(&r, 0, sizeof r);
    r.quarantined_count = 1;
    for (int i = 0; i < 53; i++) memcpy(r.quarantined[0].why + 3 * i, "村", 3);
    r.quarantined[0].why[158] = '\0';
    assert_int_equal(receipt_encode(&r, &out), 0);
    assert_int_equal(receipt_decode(out.data, out.len, &got, &err), 0);
    assert_int_equal(strlen(got.quarantined[0].why), 156);
}

static void problems_round_trip(void **state)
{
    (void)state;
    for (int kind = PROBLEM_OTHER; kind <= PROBLEM_FORMAT; kind++) {
        struct problem p = {.kind = (enum problem_kind)kind, .status = 409, .detail_zh = "缺第 7 号", .detail_en = "7 is missing"}, got;
        if (kind == PROBLEM_GAP || kind == PROBLEM_FORK) {
            p.expected = 7;
            memset(p.hash.bytes, 0x5a, sizeof p.hash.bytes);
        }
        if (kind == PROBLEM_COUNTER) p.expected = 7;
        if (kind == PROBLEM_OFFSET) p.offset = 4096;
        buf_reset(&out);
        assert_int_equal(problem_encode(&p, &out), 0);
        assert_int_equal(problem_decode(out.data, out.len, &got, &err), 0);
        assert_memory_equal(&got, &p, sizeof p);
        abuse(decode_problem, &out);
    }
    struct problem got;
    static const char proxy[] = "{\"type\":\"about:blank\",\"title\":\"Bad Gateway\",\"status\":502}";
    assert_int_equal(problem_decode(proxy, strlen(proxy), &got, &err), 0);
    assert_int_equal(got.kind, PROBLEM_OTHER);
    assert_int_equal(got.status, 502);
}

static void pull_requests_round_trip(void **state)
{
    (void)state;
    struct pull_request q = {.origin = 0x8000000000000001U, .epoch = 5, .csn = 1ull << 40, .schema = 12, .scope = UINT64_MAX,
                             .max_bytes = 65536, .head = 77}, got;
    assert_int_equal(pull_request_encode(&q, &out), 0);
    assert_int_equal(pull_request_decode(out.data, out.len, &arena, &got, &err), 0);
    assert_true(got.origin == q.origin && got.epoch == q.epoch && got.csn == q.csn);
    assert_true(got.schema == q.schema && got.scope == q.scope && got.max_bytes == q.max_bytes && got.head == q.head);
    assert_true(out.len <= 49);
    abuse(decode_pull, &out);
}

static void fill_rows(struct pulled_row rows[3], struct cell cells[2])
{
    memset(rows, 0, 3 * sizeof rows[0]);
    cells[0] = (struct cell){.column = 2, .value = value_int(20000)};
    cells[1] = (struct cell){.column = 6, .value = value_text("走访情况良好", strlen("走访情况良好"))};
    for (unsigned i = 0; i < 3; i++) {
        rows[i].csn = 101 + 2 * i;
        rows[i].change = (struct change){.op = i == 1 ? CHANGE_DELETE : CHANGE_PUT, .table = 7, .explicit_id = i != 1,
                                         .id = row_id_make(77, 5 + i, i)};
        if (i != 1) {
            rows[i].change.cells = cells;
            rows[i].change.count = 2;
        }
        rows[i].moved_out = false;
        rows[i].author = row_id_make(3, 1, 2);
        rows[i].authored_ms = 1800000000000 + i;
        rows[i].received_ms = 1800000005000 + i;
    }
}

static void pull_answers_round_trip(void **state)
{
    (void)state;
    struct pulled_row rows[3];
    struct cell cells[2];
    int64_t places[] = {231202105001, 231202105003, 231281000000};
    struct row_id households[] = {{5, 1}, {5, 900}, {6, 2}};
    struct receipt_quarantine quarantined[] = {{3, "表不认识", "an unknown table"}, {9, "", ""}};
    fill_rows(rows, cells);
    struct pull_answer a = {.epoch = 9, .from = 100, .to = 105, .more = true, .restart = true, .received = 44, .count = 3,
                            .fingerprint = 0xdeadbeefdeadbeefU, .server_ms = 1800000000000, .scope_told = true, .places = places,
                            .place_count = 3, .households = households, .household_count = 3, .quarantined = quarantined,
                            .quarantined_count = 2, .rows = rows, .row_count = 3}, got;
    if (pull_answer_encode(&a, 6, &out, &err) != 0) fail_msg("%s", err.en);
    if (pull_answer_decode(out.data, out.len, &arena, &got, &err) != 0) fail_msg("%s", err.en);
    assert_true(got.epoch == 9 && got.from == 100 && got.to == 105 && got.more && got.restart && got.received == 44);
    assert_true(got.count == 3 && got.fingerprint == 0xdeadbeefdeadbeefU && got.server_ms == 1800000000000);
    assert_int_equal(got.place_count, 3);
    assert_memory_equal(got.places, places, sizeof places);
    assert_int_equal(got.household_count, 3);
    for (size_t i = 0; i < 3; i++) assert_true(row_id_equal(got.households[i], households[i]));
    assert_int_equal(got.quarantined_count, 2);
    assert_true(got.quarantined[0].seq == 3 && got.quarantined[1].seq == 9);
    assert_string_equal(got.quarantined[0].why, "表不认识");
    assert_string_equal(got.quarantined[0].why_en, "an unknown table");
    assert_int_equal(got.row_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(got.rows[i].csn == rows[i].csn && got.rows[i].change.op == rows[i].change.op);
        assert_true(row_id_equal(got.rows[i].change.id, rows[i].change.id));
        assert_true(row_id_equal(got.rows[i].author, rows[i].author));
        assert_int_equal(got.rows[i].change.count, rows[i].change.count);
    }
    assert_true(value_equal(&got.rows[2].change.cells[1].value, &cells[1].value));
    arena_reset(&arena);
    abuse(decode_pulled, &out);
}

static void further_quarantined_ones_are_told_by_number(void **state)
{
    (void)state;
    struct receipt_quarantine first = {.seq = 7, .why = "表不认识", .why_en = "an unknown table"};
    uint64_t further[] = {8, 20, 4000};
    struct pull_answer a = {.epoch = 1, .from = 9, .to = 9, .received = 5000, .quarantined = &first, .quarantined_count = 1,
                            .further = further, .further_count = 3}, got;
    if (pull_answer_encode(&a, 6, &out, &err) != 0) fail_msg("%s", err.en);
    if (pull_answer_decode(out.data, out.len, &arena, &got, &err) != 0) fail_msg("%s", err.en);
    assert_int_equal(got.quarantined_count, 1);
    assert_int_equal(got.further_count, 3);
    for (size_t i = 0; i < 3; i++) assert_int_equal(got.further[i], further[i]);
    arena_reset(&arena);
    abuse(decode_pulled, &out);
    buf_reset(&out);
    further[0] = 7; /* listed with its reason already */
    assert_int_equal(pull_answer_encode(&a, 6, &out, &err), ERR_REFUSED);
}

static void an_empty_pull_answer_is_small(void **state)
{
    (void)state;
    struct pull_answer a = {.epoch = 1, .from = 9, .to = 9}, got;
    if (pull_answer_encode(&a, 6, &out, &err) != 0) fail_msg("%s", err.en);
    if (pull_answer_decode(out.data, out.len, &arena, &got, &err) != 0) fail_msg("%s", err.en);
    assert_int_equal(got.row_count, 0);
    assert_int_equal(got.place_count, 0);
    assert_true(out.len < 64);
}

static void a_pull_answer_beyond_its_rules_is_not_sent(void **state)
{
    (void)state;
    struct pulled_row rows[3];
    struct cell cells[2];
    int64_t doubled[] = {231202105001, 231202105001};
    fill_rows(rows, cells);
    struct pull_answer a = {.from = 100, .to = 104, .rows = rows, .row_count = 3};
    assert_int_equal(pull_answer_encode(&a, 6, &out, &err), ERR_CORRUPT); /* csn 105 > to */
    a.to = 90;
    assert_int_equal(pull_answer_encode(&a, 6, &out, &err), ERR_REFUSED);
    a = (struct pull_answer){.scope_told = true, .places = doubled, .place_count = 2};
    assert_int_equal(pull_answer_encode(&a, 6, &out, &err), ERR_REFUSED);
    a = (struct pull_answer){.rows = rows, .row_count = WIRE_MAX_PULL_ROWS + 1};
    assert_int_equal(pull_answer_encode(&a, 6, &out, &err), ERR_REFUSED);
}

static void a_web_page_is_named_as_one(void **state)
{
    (void)state;
    static const char *const pages[] = {"<!DOCTYPE html><html>登录</html>", " \r\n\t<html>", "\xef\xbb\xbf<html>"};
    for (size_t d = 0; d < DECODERS; d++)
        for (size_t i = 0; i < 3; i++)
            wrong(decoders[d], pages[i], "服务器的回答不是驻村通的（像是网页），请检查地址或网络认证",
                  "the answer is not zhucun's (it looks like a web page): check the address or the network's sign-in page");
}

static void wrong_json_gets_one_clear_sentence(void **state)
{
    (void)state;
    wrong(decode_enrol, "", "JSON", "JSON");
    wrong(decode_enrol, "{\"code\":", "不是完整的 JSON", "not complete JSON");
    wrong(decode_enrol, "[1]", "不是 JSON 对象", "not a JSON object");
    wrong(decode_enrol, "{}", "缺少“code”", "lacks \"code\"");
    wrong(decode_enrol, "{\"code\":5}", "“code”不对", "\"code\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\",\"code\":\"b\"}", "JSON", "JSON");
    wrong(decode_enrol, "{\"code\":\"0123456789012345678901234567890123456789\"}", "“code”太长（最多 16）", "\"code\" is too long (at most 16)");
    wrong(decode_enrol, "{\"code\":\"a\\u001b[31m\"}", "“code”不对", "\"code\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\\u0000b\"}", "JSON", "JSON");
    wrong(decode_enrol, "{\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"0000000000000000\"}", "“origin”不对", "\"origin\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"FEDCBA9876543210\"}", "“origin”不对", "\"origin\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"1\"}", "“origin”不对", "\"origin\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"fedcba9876543210\",\"schema\":-1}", "“schema”不对", "\"schema\" is wrong");
    wrong(decode_enrol, "{\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"fedcba9876543210\",\"schema\":1.5}", "“schema”不对", "\"schema\" is wrong");
    wrong(decode_receipt, "{\"epoch\":7}", "“epoch”不对", "\"epoch\" is wrong");
    wrong(decode_receipt, "{\"epoch\":\"-7\"}", "“epoch”不对", "\"epoch\" is wrong");
    wrong(decode_receipt, "{\"epoch\":\"07\"}", "“epoch”不对", "\"epoch\" is wrong");
    wrong(decode_receipt, "{\"epoch\":\"18446744073709551616\"}", "“epoch”不对", "\"epoch\" is wrong");
    wrong(decode_receipt, "{\"epoch\":\"1\",\"high\":\"2\",\"hash\":\"xy\"}", "“hash”不对", "\"hash\" is wrong");
    wrong(decode_answer, "{\"device\":\"d\",\"epoch\":\"1\",\"server_ms\":1,\"places\":[-5]}", "“places”不对",
          "\"places\" is wrong");
    wrong(decode_answer, "{\"device\":\"d\",\"epoch\":\"1\",\"server_ms\":1,\"places\":7}", "“places”不对",
          "\"places\" is wrong");
    wrong(decode_answer, "{\"device\":\"d\",\"epoch\":\"1\",\"server_ms\":1,\"workers\":[\"0123456789012345678901234\"]}",
          "“workers”太长", "\"workers\" is too long");
    wrong(decode_problem, "{\"type\":\"urn:zhucun:problem:gap\",\"status\":409,\"detail\":\"\",\"detail_zh\":\"\"}", "缺少“expected”",
          "lacks \"expected\"");
    wrong(decode_problem, "{\"type\":\"x\",\"status\":99999}", "“status”不对", "\"status\" is wrong");
}

static void unknown_fields_are_ignored(void **state)
{
    (void)state;
    struct enrol_request q;
    static const char more[] = "{\"later\":{\"a\":[1]},\"code\":\"a\",\"sign\":\"0\",\"box\":\"0\",\"origin\":\"fedcba9876543210\",\"schema\":1,\"agent\":\"z\",\"x\":null}";
    assert_int_equal(enrol_request_decode(more, strlen(more), &q, &err), 0);
    assert_string_equal(q.code, "a");
}

static void long_messages_and_lists_are_refused(void **state)
{
    (void)state;
    char *big = malloc(WIRE_MAX_JSON + 2);
    assert_non_null(big);
    memset(big, ' ', WIRE_MAX_JSON + 1);
    big[0] = '{';
    big[WIRE_MAX_JSON + 1] = '\0';
    wrong(decode_enrol, big, "消息太长", "too long");
    memset(big, '[', WIRE_MAX_JSON);
    big[WIRE_MAX_JSON] = '\0';
    wrong(decode_enrol, big, "JSON", "JSON"); /* nesting */
    free(big);
    struct buf b;
    buf_init(&b, WIRE_MAX_JSON);
    buf_put_text(&b, "{\"device\":\"d\",\"epoch\":\"1\",\"server_ms\":1,\"places\":[");
    for (int i = 0; i <= WIRE_MAX_PLACES; i++) buf_printf(&b, "%s%d", i > 0 ? "," : "", i + 1);
    buf_put_text(&b, "]}");
    wrong(decode_answer, buf_text(&b), "“places”太长", "\"places\" is too long");
    buf_free(&b);
}

static void wrong_binary_gets_one_clear_sentence(void **state)
{
    (void)state;
    wrong(decode_pull, "ZX\001", "不是驻村通的拉取消息", "not a pull message of zhucun");
    wrong(decode_pulled, "{\"type\":1}", "不是驻村通的拉取消息", "not a pull message of zhucun");
    wrong(decode_pulled, "ZP\001", "不完整", "cut short");
    wrong(decode_pulled, "ZP\001\004aaaaaaaa\001\001\001\001aaaaaaaa\001\001\001", "不完整", "malformed"); /* unknown flag */
}

/* Of the two sides the one with the lower number is to be upgraded; and nobody has to fear for his work. */
static void another_format_says_which_side_is_older(void **state)
{
    static const char laptop_zh[] = "请升级这台笔记本上的驻村通", laptop_en[] = "upgrade zhucun on this laptop";
    static const char server_zh[] = "请升级服务器", server_en[] = "upgrade the server";
    static const struct {
        decode_fn *decode;
        const char *message, *zh, *en;
    } cases[] = {
        {decode_pull, "ZQ\002", server_zh, server_en},          {decode_pull, "ZQ\000", laptop_zh, laptop_en},
        {decode_pulled, "ZP\002", laptop_zh, laptop_en},        {decode_pulled, "ZP\000", server_zh, server_en},
        {decode_enrol, "{\"format\":2}", server_zh, server_en},  {decode_enrol, "{\"format\":0}", laptop_zh, laptop_en},
        {decode_answer, "{\"format\":2}", laptop_zh, laptop_en}, {decode_answer, "{\"format\":0}", server_zh, server_en},
        {decode_receipt, "{\"format\":2}", laptop_zh, laptop_en}, {decode_offer, "{\"format\":2}", laptop_zh, laptop_en},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *bytes = cases[i].message;
        memset(&err, 0, sizeof err);
        int rc = decode_exact(cases[i].decode, bytes, *bytes == 'Z' ? 3 : strlen(bytes));
        if (rc != ERR_FORMAT || !strstr(err.zh, cases[i].zh) || !strstr(err.en, cases[i].en) || !strstr(err.zh, "数据都在本机") ||
            !strstr(err.en, "everything is kept on the laptop"))
            fail_msg("case %zu: %d %s / %s", i, rc, err.zh, err.en);
        assert_true(strlen(err.zh) < sizeof((struct problem *)0)->detail_zh && strchr(err.zh, '\n') == NULL);
    }
    wrong(decode_enrol, "{\"format\":\"1\"}", "“format”", "\"format\"");
    wrong(decode_enrol, "{}", "“code”", "\"code\""); /* none said: the first format */
}

static void noise_is_never_followed(void **state)
{
    (void)state;
    uint64_t x = 88172645463325252u;
    for (int round = 0; round < 30000; round++) {
        uint8_t junk[96];
        for (size_t i = 0; i < sizeof junk; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            junk[i] = (uint8_t)(x >> 32);
        }
        if (round % 3 == 1) memcpy(junk, "ZP\001\003", 4);
        if (round % 3 == 2) memcpy(junk, "ZQ\001", 3);
        for (size_t d = 0; d < DECODERS; d++) {
            memset(&err, 0, sizeof err.code);
            int rc = decode_exact(decoders[d], junk, x % sizeof junk);
            if (rc != 0) assert_true(err.zh[0] != '\0' && err.en[0] != '\0');
        }
    }
}

static void push_targets_round_trip_and_refuse_variants(void **state)
{
    (void)state;
    struct push_target t = {.origin = 0xabcdef0123456789U, .first = 1, .last = 4096}, got;
    char path[160], copy[170];
    memset(t.digest.bytes, 0xc3, sizeof t.digest.bytes);
    assert_int_equal(push_target_format(&t, path, sizeof path), 0);
    assert_int_equal(strncmp(path, "/v1/push/abcdef0123456789/1-4096/c3c3", 37), 0);
    assert_int_equal(push_target_parse(path, &got), 0);
    assert_memory_equal(&got, &t, sizeof t);
    assert_int_not_equal(push_target_format(&t, path, 20), 0);
    assert_int_equal(push_target_format(&t, path, sizeof path), 0);
    for (size_t n = 0; n < strlen(path); n++) {
        memcpy(copy, path, n);
        copy[n] = '\0';
        assert_int_not_equal(push_target_parse(copy, &got), 0);
    }
    snprintf(copy, sizeof copy, "%s/", path);
    assert_int_not_equal(push_target_parse(copy, &got), 0);
    static const char *const ranges[] = {"0-1", "2-1", "01-2", "1-02", "1-4097", "-1-2", "1--2", "1-", "-", "1 -2",
                                         "18446744073709551616-18446744073709551616", "70368744177664-70368744177664"};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        snprintf(copy, sizeof copy, "/v1/push/abcdef0123456789/%s/%s", ranges[i], path + strlen(path) - 64);
        assert_int_not_equal(push_target_parse(copy, &got), 0);
    }
    snprintf(copy, sizeof copy, "/v1/push/ABCDEF0123456789/1-2/%s", path + strlen(path) - 64);
    assert_int_not_equal(push_target_parse(copy, &got), 0);
    memcpy(copy, path, strlen(path) + 1);
    copy[strlen(copy) - 1] = 'C';
    assert_int_not_equal(push_target_parse(copy, &got), 0);
}

static void scopes_have_digests(void **state)
{
    (void)state;
    const int64_t places[] = {231202105001, 231202105003};
    static const uint8_t bytes[] = {0, 0, 0, 0x35, 0xd4, 0xb8, 0x26, 0xa9, 0, 0, 0, 0x35, 0xd4, 0xb8, 0x26, 0xab};
    struct digest d;
    assert_int_equal(places[0], 0x35d4b826a9);
    digest_of(bytes, sizeof bytes, &d);
    struct row_id household = {5, 1};
    assert_true(scope_digest(places, 2, NULL, 0) == digest_short(&d));
    assert_true(scope_digest(places, 0, NULL, 0) == 0);
    assert_true(scope_digest(places, 1, NULL, 0) != scope_digest(places + 1, 1, NULL, 0));
    assert_true(scope_digest(places, 1, NULL, 0) != scope_digest(places, 1, &household, 1));
    assert_true(scope_digest(places, 0, &household, 1) != 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(enrolment_round_trips),
        TEST(enrolment_answers_round_trip),
        TEST(receipts_round_trip),
        TEST(a_text_cut_within_a_character_is_still_sent),
        TEST(problems_round_trip),
        TEST(pull_requests_round_trip),
        TEST(pull_answers_round_trip),
        TEST(further_quarantined_ones_are_told_by_number),
        TEST(an_empty_pull_answer_is_small),
        TEST(a_pull_answer_beyond_its_rules_is_not_sent),
        TEST(a_web_page_is_named_as_one),
        TEST(wrong_json_gets_one_clear_sentence),
        TEST(unknown_fields_are_ignored),
        TEST(long_messages_and_lists_are_refused),
        TEST(wrong_binary_gets_one_clear_sentence),
        TEST(another_format_says_which_side_is_older),
        TEST(noise_is_never_followed),
        TEST(push_targets_round_trip_and_refuse_variants),
        TEST(scopes_have_digests),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
