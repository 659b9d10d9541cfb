/* Tests of the reconcile messages: round trips, limits on both sides, and messages cut at each byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/reconcile.h"

static struct arena arena;
static struct buf out;

static int setup(void **state)
{
    (void)state;
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

static struct reconcile_row listed[] = {{41, 0x01020304}, {42, 0xfffffffe}, {60, 0}};
static struct reconcile_range ranges[] = {
    {.from = 0, .to = 40, .count = 33, .sum = UINT64_C(0xfedcba9876543210)},
    {.from = 40, .to = 60, .listed = true, .count = 3, .rows = listed},
    {.from = 75, .to = INT64_MAX, .listed = true},
};

static struct reconcile_request sample_request(void)
{
    return (struct reconcile_request){.origin = 0x5eed, .epoch = 7, .csn = 65, .schema = 3, .scope = 9, .head = 12, .at = 70, .max_bytes = 1000,
                                      .ranges = ranges, .range_count = 3};
}

static struct reconcile_answer sample_answer(void)
{
    static uint8_t verdicts[] = {RECONCILE_EQUAL, RECONCILE_EQUAL, RECONCILE_SPLIT, RECONCILE_RESOLVED, RECONCILE_LATER};
    static uint64_t gone[] = {41, 60};
    static int64_t places[] = {231202109250};
    static struct cell cells[] = {{.column = 1, .value = {.kind = VALUE_INT, .i = 5}}};
    static struct pulled_row rows[2];
    rows[0] = (struct pulled_row){.csn = 50, .change = {.op = CHANGE_PUT, .table = 3, .explicit_id = true, .cells = cells, .count = 1}};
    rows[0].change.id = row_id_make(77, 1, 2);
    rows[1] = rows[0];
    rows[1].csn = 55;
    rows[1].change.id = row_id_make(77, 1, 3);
    return (struct reconcile_answer){
        .told = {.epoch = 8, .to = 70, .received = 4, .server_ms = 1650000000000, .scope_told = true, .places = places,
                 .place_count = 1, .rows = rows, .row_count = 2},
        .upto = 55, .verdicts = verdicts, .range_count = 5, .gone = gone, .gone_count = 2};
}

static void a_request_reads_back(void **state)
{
    (void)state;
    struct reconcile_request q = sample_request(), r;
    assert_int_equal(reconcile_request_encode(&q, &out, NULL), 0);
    assert_int_equal(reconcile_request_decode(out.data, out.len, &arena, &r, NULL), 0);
    assert_true(r.csn == 65 && r.head == 12);
    assert_true(r.origin == q.origin && r.epoch == 7 && r.schema == 3 && r.scope == 9 && r.at == 70 && r.max_bytes == 1000);
    assert_int_equal(r.range_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(r.ranges[i].from == ranges[i].from && r.ranges[i].to == ranges[i].to);
        assert_true(r.ranges[i].listed == ranges[i].listed && r.ranges[i].count == ranges[i].count && r.ranges[i].sum == ranges[i].sum);
    }
    for (size_t i = 0; i < 3; i++)
        assert_true(r.ranges[1].rows[i].csn == listed[i].csn && r.ranges[1].rows[i].hash == listed[i].hash);
}

static void an_answer_reads_back(void **state)
{
    (void)state;
    struct reconcile_answer a = sample_answer(), b;
    assert_int_equal(reconcile_answer_encode(&a, ROWS_LEVEL, &out, NULL), 0);
    assert_int_equal(reconcile_answer_decode(out.data, out.len, &arena, &b, NULL), 0);
    assert_true(b.told.epoch == 8 && b.told.to == 70 && b.told.received == 4 && b.told.server_ms == 1650000000000);
    assert_true(!b.told.restart && b.told.scope_told && b.told.place_count == 1 && b.told.places[0] == 231202109250);
    assert_int_equal(b.upto, 55);
    assert_int_equal(b.range_count, 5);
    assert_memory_equal(b.verdicts, a.verdicts, 5);
    assert_true(b.gone_count == 2 && b.gone[0] == 41 && b.gone[1] == 60);
    assert_true(b.told.row_count == 2 && b.told.rows[1].csn == 55 && b.told.rows[0].change.cells[0].value.i == 5);
    assert_int_equal(b.told.rows[0].row_hash, row_hash(3, row_id_make(77, 1, 2), a.told.rows[0].change.cells, 1));
}

static void what_a_decoder_refuses_is_not_sent(void **state)
{
    (void)state;
    struct reconcile_row swapped[] = {{42, 1}, {41, 1}};
    struct reconcile_range bad[] = {{.from = 5, .to = 5}, {.from = 0, .to = 60, .listed = true, .count = 2, .rows = swapped}};
    struct reconcile_request q = sample_request();
    struct reconcile_range overlapping[] = {{.from = 0, .to = 40}, {.from = 39, .to = 50}};
    q.range_count = 1;
    for (size_t i = 0; i < 2; i++) {
        q.ranges = &bad[i];
        assert_int_equal(reconcile_request_encode(&q, &out, NULL), ERR_REFUSED);
    }
    q.ranges = overlapping;
    q.range_count = 2;
    assert_int_equal(reconcile_request_encode(&q, &out, NULL), ERR_REFUSED);
    struct reconcile_answer a = sample_answer();
    uint64_t gone[] = {9, 9};
    a.gone = gone;
    assert_int_equal(reconcile_answer_encode(&a, ROWS_LEVEL, &out, NULL), ERR_REFUSED);
    a = sample_answer();
    a.told.to = 54;
    assert_int_equal(reconcile_answer_encode(&a, ROWS_LEVEL, &out, NULL), ERR_CORRUPT);
}

static void more_than_the_limits_is_refused(void **state)
{
    (void)state;
    struct reconcile_request r;
    buf_put(&out, "ZR\001", 3);
    for (int i = 0; i < 2; i++) buf_put_u64be(&out, 1);
    buf_put_varint(&out, 0);
    buf_put_varint(&out, 3);
    buf_put_u64be(&out, 1);
    for (int i = 0; i < 3; i++) buf_put_varint(&out, 0);
    size_t head = out.len;
    buf_put_varint(&out, RECONCILE_MAX_RANGES + 1);
    memset(buf_reserve(&out, 8000), 1, 8000);
    out.len += 8000;
    assert_int_equal(reconcile_request_decode(out.data, out.len, &arena, &r, NULL), ERR_CORRUPT);
    out.len = head;
    buf_put_varint(&out, 1);
    buf_put_varint(&out, 0);
    buf_put_varint(&out, 100000);
    buf_put_varint(&out, (uint64_t)(RECONCILE_MAX_LISTED + 1) << 1 | 1);
    memset(buf_reserve(&out, 60000), 1, 60000);
    out.len += 60000;
    assert_int_equal(reconcile_request_decode(out.data, out.len, &arena, &r, NULL), ERR_CORRUPT);
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    struct reconcile_request q = sample_request(), r;
    struct reconcile_answer a = sample_answer(), b;
    assert_int_equal(reconcile_request_encode(&q, &out, NULL), 0);
    for (size_t n = 0; n < out.len; n++)
        assert_int_equal(reconcile_request_decode(out.data, n, &arena, &r, NULL), ERR_CORRUPT);
    buf_put_u8(&out, 0);
    assert_int_equal(reconcile_request_decode(out.data, out.len, &arena, &r, NULL), ERR_CORRUPT);
    buf_reset(&out);
    assert_int_equal(reconcile_answer_encode(&a, ROWS_LEVEL, &out, NULL), 0);
    for (size_t n = 0; n < out.len; n++)
        assert_true(reconcile_answer_decode(out.data, n, &arena, &b, NULL) < 0);
}

static void another_message_is_named(void **state)
{
    (void)state;
    struct reconcile_answer b;
    struct err err = {0};
    static const char page[] = "<!doctype html><title>Login</title>";
    assert_int_equal(reconcile_answer_decode("ZP\001", 3, &arena, &b, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.en, "not a reconcile message"));
    assert_true(reconcile_answer_decode(page, sizeof page - 1, &arena, &b, &err) < 0);
    assert_non_null(strstr(err.en, "web page"));
    assert_int_equal(reconcile_answer_decode("ZS\002", 3, &arena, &b, &err), ERR_FORMAT);
    assert_non_null(strstr(err.en, "upgrade zhucun on this laptop"));
    struct reconcile_request q;
    assert_int_equal(reconcile_request_decode("ZR\002", 3, &arena, &q, &err), ERR_FORMAT);
    assert_non_null(strstr(err.en, "upgrade the server"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_reads_back),
        TEST(an_answer_reads_back),
        TEST(what_a_decoder_refuses_is_not_sent),
        TEST(more_than_the_limits_is_refused),
        TEST(cut_messages_are_refused),
        TEST(another_message_is_named),
    };
    return cmocka_run_group_tests_name("reconcile messages", tests, NULL, NULL);
}
