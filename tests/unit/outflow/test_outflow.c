/* Tests of server-stub/outflow: whatever the size of its pieces, a pull brings exactly the scope, and the cursor
 * skips nothing; the consolidated log streams each change once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "outflow.h"
#include "village.h"

enum { HOUSEHOLDS = 20 };
static struct village v;
static struct sync_report report;
static struct err err;

static int setup(void **state)
{
    (void)state;
    return village_open(&v, "outflow", 1, HOUSEHOLDS);
}

static int teardown(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static int pull(int64_t *places, size_t count, const struct pull_request *q, struct arena *a, struct pull_answer *answer)
{
    struct device device = {.places = places, .place_count = count};
    struct buf out;

    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    uint64_t released;
    struct tally_notes notes = {0};
    int rc = outflow_pull(loopback_store(v.server), &v.env.env, &device, q, &out, &released, &notes, &err);
    if (rc == 0) {
        const uint8_t *bytes = arena_copy(a, out.data, out.len);
        rc = pull_answer_decode(bytes, out.len, a, answer, &err);
    }
    buf_free(&out);
    return rc;
}

struct sum {
    uint64_t rows, fingerprint, pieces, highest;
};

/* Everything from cursor 0, in pieces of about `bytes`. */
static struct sum pull_all(int64_t place, uint64_t bytes, struct pull_answer *last)
{
    struct pull_request q = {.origin = 1, .schema = SCHEMA_VERSION, .scope = scope_digest(&place, 1, NULL, 0), .max_bytes = bytes};
    struct sum sum = {0};
    struct arena a;

    do {
        arena_init(&a, (size_t)256 * 1024 * 1024);
        assert_int_equal(pull(&place, 1, &q, &a, last), 0);
        assert_int_equal(last->from, q.csn);
        for (size_t i = 0; i < last->row_count; i++) {
            assert_true(last->rows[i].csn > sum.highest); /* in order, each once */
            sum.highest = last->rows[i].csn;
            sum.fingerprint += last->rows[i].row_hash;
            assert_int_equal(last->rows[i].change.op, CHANGE_PUT);
        }
        sum.rows += last->row_count;
        sum.pieces++;
        q.epoch = last->epoch;
        q.csn = last->to;
        arena_free(&a);
    } while (last->more);
    return sum;
}

static void pieces_make_the_whole(void **state)
{
    static const uint64_t sizes[] = {1, 100, 500, 3000, 0};
    struct pull_answer last;

    (void)state;
    for (unsigned n = 0; n < 8; n++)
        assert_int_equal(city_visit(v.laptop[0], &v.city, n, n, NULL, &err), 0);
    assert_int_equal(village_sync(&v, 0, &report), 0);
    struct sum whole = pull_all(CITY_VILLAGE, 0, &last);
    assert_int_equal(whole.pieces, 1);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct sum sum = pull_all(CITY_VILLAGE, sizes[i], &last);
        assert_int_equal(sum.rows, whole.rows);
        assert_int_equal(sum.fingerprint, whole.fingerprint);
        assert_int_equal(last.count, whole.rows);
        assert_int_equal(last.fingerprint, whole.fingerprint);
    }
    assert_true(pull_all(CITY_VILLAGE, 1, &last).pieces == whole.rows);
}

static void another_village_sees_its_ancestors_only(void **state)
{
    struct pull_answer last;

    (void)state;
    struct sum here = pull_all(CITY_VILLAGE, 0, &last), there = pull_all(CITY_OTHER_VILLAGE, 0, &last);
    assert_true(here.rows > 2 * HOUSEHOLDS);
    assert_true(there.rows > 0 && there.rows < HOUSEHOLDS);
}

static void a_cursor_of_elsewhere_is_compared_none_starts_anew(void **state)
{
    int64_t place = CITY_VILLAGE;
    struct pull_request q = {.origin = 1, .epoch = store_epoch(loopback_store(v.server)), .schema = SCHEMA_VERSION,
                             .scope = scope_digest(&place, 1, NULL, 0)};
    struct pull_answer answer;
    struct arena a;
    uint64_t head;

    (void)state;
    arena_init(&a, (size_t)64 * 1024 * 1024);
    assert_int_equal(store_head(loopback_store(v.server), &head, &err), 0);
    q.csn = head;
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_false(answer.restart);
    assert_int_equal(answer.row_count, 0);
    q.csn = head + 1; /* the server was restored from an older copy */
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_true(answer.compare && !answer.restart && answer.row_count == 0);
    q.csn = head;
    q.epoch++;
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_true(answer.compare && answer.row_count == 0);
    q.epoch--;
    q.scope++; /* the scope was changed meanwhile */
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_true(answer.compare && answer.scope_told && answer.row_count == 0);
    q.csn = 0; /* nothing is held yet */
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_true(answer.restart && !answer.compare && answer.from == 0 && answer.row_count > HOUSEHOLDS);
    arena_free(&a);
}

static void a_revoked_device_gets_nothing(void **state)
{
    int64_t place = CITY_VILLAGE;
    struct device device = {.places = &place, .place_count = 1, .revoked_ms = 1};
    struct pull_request q = {.origin = 1, .schema = SCHEMA_VERSION};
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    uint64_t released;
    struct tally_notes notes = {0};
    assert_int_equal(outflow_pull(loopback_store(v.server), &v.env.env, &device, &q, &out, &released, &notes, &err), ERR_DENIED);
    assert_int_equal(out.len, 0);
    buf_free(&out);
}

/* ---- log ---- */

static int keep(void *ctx, const void *bytes, size_t n)
{
    buf_put(ctx, bytes, n);
    return 0;
}

static unsigned lines_with(const struct buf *text, const char *what)
{
    unsigned n = 0;

    for (const char *at = (const char *)text->data; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static int put_in_quarantine(struct store *s, uint64_t seq)
{
    struct quarantine_entry e = {.origin = 77, .seq = seq, .why_zh = "表不认识", .why_en = "unknown table",
                                 .changeset = value_blob("x", 1)};
    return store_quarantine_add(s, &e, &err);
}

static void all_that_is_quarantined_is_told(void **state)
{
    struct store *s = loopback_store(v.server);
    int64_t place = CITY_VILLAGE;
    struct pull_request q = {.origin = 77, .schema = SCHEMA_VERSION};
    struct pull_answer answer;
    struct arena a;

    (void)state;
    assert_int_equal(store_begin(s, &err), 0);
    for (uint64_t seq = 1; seq <= 200; seq += 2)
        assert_int_equal(put_in_quarantine(s, seq), 0);
    assert_int_equal(store_commit(s, &err), 0);
    arena_init(&a, (size_t)256 * 1024 * 1024);
    assert_int_equal(pull(&place, 1, &q, &a, &answer), 0);
    assert_int_equal(answer.quarantined_count, RECEIPT_MAX_QUARANTINE);
    assert_int_equal(answer.further_count, 100 - RECEIPT_MAX_QUARANTINE);
    for (size_t i = 0; i < answer.further_count; i++)
        assert_int_equal(answer.further[i], 2 * (RECEIPT_MAX_QUARANTINE + i) + 1);
    arena_free(&a);
}

static void the_log_streams_each_change_once(void **state)
{
    struct log_request q = {.scope = store_city(loopback_store(v.server)), .format = LOG_NDJSON};
    struct buf text;
    uint64_t cursor;

    (void)state;
    buf_init(&text, 1 << 24);
    assert_int_equal(outflow_log(loopback_store(v.server), &q, keep, &text, &cursor, &err), 0);
    buf_text(&text);
    assert_int_equal(lines_with(&text, "\"table\":\"household\",\"op\":\"put\""), HOUSEHOLDS);
    assert_int_equal(city_visit(v.laptop[0], &v.city, 3, 1, NULL, &err), 0);
    assert_int_equal(city_set(v.laptop[0], v.city.cadre, "household", v.city.household[3], "phone",
                              value_text("15400000000", 11), &err), 0);
    assert_int_equal(village_sync(&v, 0, &report), 0);
    q.since = cursor;
    buf_reset(&text);
    assert_int_equal(outflow_log(loopback_store(v.server), &q, keep, &text, &cursor, &err), 0);
    buf_text(&text);
    assert_int_equal(lines_with(&text, "\"csn\":"), 2);
    assert_int_equal(lines_with(&text, "\"table\":\"visit\",\"op\":\"put\""), 1);
    assert_int_equal(lines_with(&text, "\"table\":\"household\",\"op\":\"amend\""), 1);
    q.since = cursor + 1;
    assert_int_equal(outflow_log(loopback_store(v.server), &q, keep, &text, &cursor, &err), ERR_REFUSED);
    buf_free(&text);
}

static void csv_begins_with_a_bom_and_takes_one_table(void **state)
{
    struct log_request q = {.scope = CITY_VILLAGE, .format = LOG_CSV};
    struct buf text;
    uint64_t cursor;

    (void)state;
    buf_init(&text, 1 << 24);
    assert_int_equal(city_visit(v.laptop[0], &v.city, 3, 1, NULL, &err), 0);
    assert_int_equal(village_sync(&v, 0, &report), 0);
    assert_int_equal(outflow_log(loopback_store(v.server), &q, keep, &text, &cursor, &err), 0);
    assert_memory_equal(text.data, "\xEF\xBB\xBF" "csn,table,op,id,", 19);
    buf_text(&text);
    assert_int_equal(lines_with(&text, ",visit,put,"), 1);
    assert_int_equal(lines_with(&text, "\r\n"), 2);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_make_the_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(another_village_sees_its_ancestors_only, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cursor_of_elsewhere_is_compared_none_starts_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(a_revoked_device_gets_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(all_that_is_quarantined_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(the_log_streams_each_change_once, setup, teardown),
        cmocka_unit_test_setup_teardown(csv_begins_with_a_bom_and_takes_one_table, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
