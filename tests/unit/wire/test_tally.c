/* Tests of tallies: what counts, how they stand in pull messages, and what a decoder refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/env.h"
#include "zhucun/schema.h"
#include "zhucun/wire.h"

static struct arena arena;
static struct buf out;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 4 * 1024 * 1024);
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

static void visits_made_count_by_the_day_they_carry(void **state)
{
    (void)state;
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    struct cell cells[] = {{.column = schema_column_named(t, "date")->number}};
    struct change changes[] = {{.op = CHANGE_PUT, .table = t->number, .cells = cells, .count = 1},
                               {.op = CHANGE_SET, .table = t->number, .cells = cells, .count = 1},
                               {.op = CHANGE_PUT, .table = t->number + 1, .cells = cells, .count = 1},
                               {.op = CHANGE_PUT, .table = t->number}};
    struct changeset cs = {.origin = 5, .seq = 9, .changes = changes, .count = 4};
    static const struct { const char *day; int month; } days[] = {{"2022-01-31", 202201}, {"2022-12-01", 202212}, {"2199-10-09", 219910}};
    struct row_id id;
    int month;
    for (size_t i = 0; i < 3; i++) {
        int64_t day;
        assert_int_equal(date_parse(days[i].day, &day), 0);
        cells[0].value = value_int(day);
        assert_true(tally_counts(&cs, 0, &month, &id));
        assert_int_equal(month, days[i].month);
        assert_true(row_id_equal(id, row_id_make(5, 9, 0)));
    }
    for (size_t i = 1; i < 4; i++) assert_false(tally_counts(&cs, i, &month, &id));
}

static uint64_t numbers[] = {4096, 8193, UINT64_C(1) << 57};
static struct tally tallies[] = {
    {.author = {77, 8193}, .month = 202207, .count = 148, .digest = UINT64_MAX, .numbers = numbers, .number_count = 3},
    {.month = 202206, .count = 0, .digest = 0, .want = true},
};

static void they_travel_with_pulls(void **state)
{
    (void)state;
    struct pull_request q = {.origin = 1, .tallies = tallies, .tally_count = 2, .tallied = 40}, r;
    struct pull_answer a = {.epoch = 1, .tallied = true, .tallies = tallies, .tally_count = 1}, b;
    assert_int_equal(pull_request_encode(&q, &out), 0);
    assert_int_equal(pull_request_decode(out.data, out.len, &arena, &r, NULL), 0);
    assert_true(r.tally_count == 2 && r.tallied == 40 && r.tallies[1].want && !r.tallies[0].want);
    assert_true(row_id_equal(r.tallies[0].author, tallies[0].author) && row_id_is_null(r.tallies[1].author));
    assert_true(r.tallies[0].month == 202207 && r.tallies[0].count == 148 && r.tallies[0].digest == UINT64_MAX);
    assert_int_equal(r.tallies[0].number_count, 3);
    for (size_t i = 0; i < 3; i++) assert_int_equal(r.tallies[0].numbers[i], numbers[i]);
    for (size_t n = 0; n < out.len; n++) assert_int_equal(pull_request_decode(out.data, n, &arena, &r, NULL), ERR_CORRUPT);
    buf_reset(&out);
    assert_int_equal(pull_answer_encode(&a, ROWS_LEVEL, &out, NULL), 0);
    assert_int_equal(pull_answer_decode(out.data, out.len, &arena, &b, NULL), 0);
    assert_true(b.tallied && b.tally_count == 1 && b.tallies[0].number_count == 3 && b.tallies[0].numbers[2] == numbers[2]);
}

static void none_cost_one_byte(void **state)
{
    (void)state;
    struct pull_request q = {.origin = 1}, r;
    assert_int_equal(pull_request_encode(&q, &out), 0);
    assert_int_equal(out.data[out.len - 1], 0);
    size_t n = out.len;
    buf_reset(&out);
    q.tallies = &tallies[1];
    q.tally_count = 1;
    q.tallied = 3;
    assert_int_equal(pull_request_encode(&q, &out), 0);
    assert_true(out.len <= n + 24);
    assert_int_equal(pull_request_decode(out.data, out.len, &arena, &r, NULL), 0);
}

static void more_than_the_limits_is_refused(void **state)
{
    (void)state;
    uint64_t falling[] = {9, 8};
    struct tally many[TALLY_MAX + 1] = {{.month = 202207}}, bad = {.month = 202207, .numbers = falling, .number_count = 2};
    assert_true(tallies_fit(many, TALLY_MAX) && !tallies_fit(many, TALLY_MAX + 1) && !tallies_fit(&bad, 1));
    struct reader in;
    struct tally *list;
    size_t count;
    tallies_encode(many, TALLY_MAX + 1, &out);
    in = reader_over(out.data, out.len);
    assert_int_equal(tallies_decode(&in, &arena, &list, &count, NULL), ERR_CORRUPT);
    buf_reset(&out);
    tallies_encode(&bad, 1, &out);
    in = reader_over(out.data, out.len);
    assert_int_equal(tallies_decode(&in, &arena, &list, &count, NULL), ERR_CORRUPT);
}

static void numbers_as_bytes_read_back_up_to_the_room(void **state)
{
    (void)state;
    uint64_t got[2];
    size_t count;
    tally_numbers_encode(numbers, 3, &out);
    assert_int_equal(tally_numbers_decode(out.data, out.len, got, 2, &count), 0);
    assert_true(count == 2 && got[1] == numbers[1]);
    assert_int_equal(tally_numbers_decode("\x80", 1, got, 2, &count), ERR_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(visits_made_count_by_the_day_they_carry), TEST(they_travel_with_pulls), TEST(none_cost_one_byte),
        TEST(more_than_the_limits_is_refused), TEST(numbers_as_bytes_read_back_up_to_the_room),
    };
    return cmocka_run_group_tests_name("tallies", tests, NULL, NULL);
}
