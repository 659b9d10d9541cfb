/* The log and what the server says of it: chain, receipts in both directions, quarantine, and every way to tamper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "elements.h"
#include "journal.h"
#include "village.h"

static struct village v;
static struct home *h;

static int open_village(void **state)
{
    struct row_id id;
    (void)state;
    if (village_open(&v, "journal", 1, 3)) return -1;
    h = v.laptop[0];
    for (unsigned i = 0; i < 6; i++)
        if (city_visit(h, &v.city, i, i, &id, &v.err)) return -1;
    return 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

static struct receipt receipt(uint64_t high)
{
    int64_t epoch = 0;
    struct receipt r = {.high = high, .csn = 100 + high, .server_ms = 1000 + (int64_t)high, .skew_ms = 5};
    ok(home_meta_int(h, META_EPOCH, 0, &epoch, &v.err));
    r.epoch = (uint64_t)epoch;
    ok(journal_hash(h, high, &r.hash, &v.err));
    return r;
}

static enum record_state state_of(uint64_t seq, struct record_status *s)
{
    struct table_row row = {0};
    row.system[HOME_SEQ] = value_int((int64_t)seq);
    ok(journal_row_status(h, &row, s, &v.err));
    return s->state;
}

static void receipts_make_records_received(void **state)
{
    (void)state;
    struct record_status s;
    struct receipt r = receipt(2);
    ok(journal_receipt(h, &r, &v.err));
    r = receipt(4);
    r.quarantined_count = 1;
    r.quarantined[0] = (struct receipt_quarantine){.seq = 3, .why = "unknown table"};
    ok(journal_receipt(h, &r, &v.err));
    assert_int_equal(state_of(2, &s), RECORD_RECEIVED);
    assert_int_equal(s.received_ms, 1002);
    assert_int_equal(state_of(3, &s), RECORD_QUARANTINED);
    assert_string_equal(s.why, "unknown table");
    assert_int_equal(state_of(4, &s), RECORD_RECEIVED);
    assert_int_equal(s.received_ms, 1004);
    assert_int_equal(state_of(5, &s), RECORD_PENDING);
    struct journal_counts c;
    ok(journal_counts(h, &c, &v.err));
    assert_int_equal(c.pending, 2);
    assert_int_equal(c.received, 3);
    assert_int_equal(c.quarantined, 1);
}

static void a_receipt_of_another_branch_is_refused(void **state)
{
    (void)state;
    uint64_t high;
    struct receipt r = receipt(3);
    r.hash.bytes[0] ^= 1;
    assert_int_equal(journal_receipt(h, &r, &v.err), ERR_REFUSED);
    r.high = 77;
    assert_int_equal(journal_receipt(h, &r, &v.err), ERR_REFUSED);
    ok(journal_received(h, &high, &v.err));
    assert_int_equal(high, 0);
}

static void a_restored_server_makes_records_pending_again(void **state)
{
    (void)state;
    struct record_status s;
    struct receipt r = receipt(2);
    ok(journal_receipt(h, &r, &v.err));
    r = receipt(5);
    ok(journal_receipt(h, &r, &v.err));
    ok(journal_set_received(h, 4, &v.err));
    assert_int_equal(state_of(4, &s), RECORD_RECEIVED);
    assert_int_equal(s.received_ms, 1005);
    assert_int_equal(state_of(5, &s), RECORD_PENDING);
    ok(journal_set_received(h, 0, &v.err));
    assert_int_equal(state_of(1, &s), RECORD_PENDING);
}

static void another_epoch_compares_and_sees_nothing(void **state)
{
    (void)state;
    int64_t snapshot, cursor;
    struct receipt r = receipt(2);
    r.epoch ^= 1;
    ok(journal_receipt(h, &r, &v.err));
    ok(home_meta_int(h, META_SNAPSHOT, 0, &snapshot, &v.err));
    ok(home_meta_int(h, META_CURSOR, 0, &cursor, &v.err));
    assert_int_equal(snapshot, SNAPSHOT_MENDING);
    assert_int_equal(cursor, 0);
}

static void a_sealed_bundle_stays_until_it_is_covered(void **state)
{
    (void)state;
    struct sealed_bundle b = {.first = 1, .last = 4, .offset = 2}, got;
    buf_init(&b.bytes, 100);
    buf_put_text(&b.bytes, "sealed");
    ok(journal_sealed_put(h, &b, &v.err));
    struct receipt r = receipt(2);
    ok(journal_receipt(h, &r, &v.err));
    assert_int_equal(journal_sealed_get(h, &got, &v.err), 1);
    assert_int_equal(got.bytes.len, 6);
    assert_int_equal(got.last, 4);
    buf_free(&got.bytes);
    r = receipt(4);
    ok(journal_receipt(h, &r, &v.err));
    assert_int_equal(journal_sealed_get(h, &got, &v.err), 0);
    buf_free(&got.bytes);
    buf_free(&b.bytes);
}

static void reading_stops_at_its_limits(void **state)
{
    (void)state;
    struct changeset *list;
    struct arena a;
    size_t got;
    arena_init(&a, 1024 * 1024);
    ok(journal_read(h, 2, 3, 100000, &a, &list, &got, &v.err));
    assert_int_equal(got, 3);
    assert_int_equal(list[0].seq, 2);
    ok(journal_read(h, 2, 3, 1, &a, &list, &got, &v.err));
    assert_int_equal(got, 1); /* at least one */
    ok(journal_read(h, 7, 3, 1, &a, &list, &got, &v.err));
    assert_int_equal(got, 0);
    arena_free(&a);
}

/* ---- tampering ---- */

static void tampered(const char *sql, int seq)
{
    char word[32];
    uint64_t checked;
    ok(db_exec(h->db, sql, &v.err));
    assert_int_equal(journal_verify(h, &checked, &v.err), ERR_CORRUPT);
    snprintf(word, sizeof word, "entry %d ", seq);
    assert_non_null(strstr(v.err.en, word));
}

static void an_edit_is_seen(void **state)
{
    (void)state;
    tampered("UPDATE journal SET body = substr(body, 1, length(body) - 1) || x'00' WHERE seq = 3", 3);
}

static void a_missing_entry_is_seen(void **state)
{
    (void)state;
    tampered("DELETE FROM journal WHERE seq = 4", 4);
}

static void an_exchange_is_seen(void **state)
{
    (void)state;
    tampered("UPDATE journal SET body = (SELECT body FROM journal j WHERE j.seq = 5 - journal.seq) WHERE seq IN (2, 3)", 2);
}

static void an_insertion_is_seen(void **state)
{
    (void)state;
    tampered("INSERT INTO journal SELECT 7, hash, stamp, body FROM journal WHERE seq = 6", 7);
}

static void a_cut_off_end_is_seen(void **state)
{
    (void)state;
    struct receipt r = receipt(6);
    ok(journal_receipt(h, &r, &v.err));
    tampered("DELETE FROM journal WHERE seq > 4", 5);
}

static void a_whole_log_verifies(void **state)
{
    (void)state;
    uint64_t checked;
    ok(journal_verify(h, &checked, &v.err));
    assert_int_equal(checked, 6);
}

/* ---- sets ---- */

static void elements_are_sets(void **state)
{
    (void)state;
    struct arena a;
    struct value out;
    uint8_t x[2 * ROW_ID_BYTES] = {0}, y[2 * ROW_ID_BYTES] = {0};
    x[15] = 1, x[31] = 3, y[15] = 2, y[31] = 3;
    struct value xs = value_blob(x, sizeof x), ys = value_blob(y, sizeof y), none = value_null(), two = value_int(2), six = value_int(6);
    arena_init(&a, 1024);
    ok(elements_union(&xs, &ys, &a, &out, &v.err));
    assert_int_equal(out.len, 3 * ROW_ID_BYTES);
    assert_int_equal(out.data[15] * 100 + out.data[31] * 10 + out.data[47], 123);
    ok(elements_minus(&xs, &ys, &a, &out, &v.err));
    assert_int_equal(out.len, ROW_ID_BYTES);
    ok(elements_minus(&xs, &xs, &a, &out, &v.err));
    assert_int_equal(out.kind, VALUE_NULL);
    ok(elements_minus(&six, &two, &a, &out, &v.err));
    assert_int_equal(out.i, 4);
    ok(elements_minus(&two, &six, &a, &out, &v.err));
    assert_int_equal(out.kind, VALUE_NULL);
    ok(elements_union(&none, &ys, &a, &out, &v.err));
    assert_int_equal(out.len, sizeof y);
    assert_int_equal(elements_union(&two, &ys, &a, &out, &v.err), ERR_CORRUPT);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_village, close_village)
        TEST(receipts_make_records_received),
        TEST(a_receipt_of_another_branch_is_refused),
        TEST(a_restored_server_makes_records_pending_again),
        TEST(another_epoch_compares_and_sees_nothing),
        TEST(a_sealed_bundle_stays_until_it_is_covered),
        TEST(reading_stops_at_its_limits),
        TEST(an_edit_is_seen),
        TEST(a_missing_entry_is_seen),
        TEST(an_exchange_is_seen),
        TEST(an_insertion_is_seen),
        TEST(a_cut_off_end_is_seen),
        TEST(a_whole_log_verifies),
        TEST(elements_are_sets),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
