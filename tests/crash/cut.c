/* cut: one push cut at every byte of its bundle; pushes replayed, out of order, and with lost replies. Whatever
 * happens on the way, the server has each visit exactly once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "journal.h"
#include "village.h"

enum { VISITS = 6, MOST_BYTES = 4096 };

static void ok(int rc, const struct village *v, const char *what)
{
    if (rc) fail_msg("%s = %d: %s", what, rc, v->err.en);
}

static void some_visits(struct village *v, unsigned count)
{
    struct row_id id;
    for (unsigned i = 0; i < count; i++)
        ok(city_visit(v->laptop[0], &v->city, i, i, &id, &v->err), v, "visit");
}

static size_t visits_there(struct village *v)
{
    return city_count(store_tables(loopback_store(v->server)), "visit");
}

/* ---- what went by ---- */

struct recorded {
    char path[200];
    uint8_t bytes[MOST_BYTES];
    size_t n, sent;
    int64_t offset, clock_ms;
    struct send_signature signature;
};

static int record(void *ctx, const struct send_request *q, bool after)
{
    struct recorded *r = ctx;
    if (after || strcmp(q->method, "PATCH") != 0 || q->body_len > MOST_BYTES) return 0;
    snprintf(r->path, sizeof r->path, "%s", q->path);
    memcpy(r->bytes, q->body, q->body_len);
    r->n = q->body_len;
    r->sent += q->body_len;
    r->offset = q->upload_offset;
    r->clock_ms = q->clock_ms;
    if (q->signature) r->signature = *q->signature;
    return 0;
}

static int replay(struct village *v, const struct recorded *r)
{
    struct transport t = loopback_transport(v->server);
    struct send_answer a = {0};
    struct send_request q = {.method = "PATCH", .path = r->path, .body = r->bytes, .body_len = r->n,
                             .upload_offset = r->offset, .upload_length = (int64_t)r->n, .clock_ms = r->clock_ms,
                             .signature = &r->signature};
    buf_init(&a.body, WIRE_MAX_JSON);
    ok(t.request(t.ctx, &q, &a, &v->err), v, "replay");
    buf_free(&a.body);
    return a.status;
}

/* Cuts the first push after `at` bytes in every one of its bundles. Within one round the rest follows from there. */
static void a_push_is_cut_at_every_byte(void **state)
{
    (void)state;
    struct village v;
    struct recorded r = {0};
    struct sync_report report;
    ok(village_open(&v, "cut", 1, 4), &v, "open");
    loopback_on_request(v.server, record, &r);
    size_t visits = 0, length = 1;
    for (size_t at = 0; at <= length; at++) {
        r = (struct recorded){0};
        some_visits(&v, VISITS);
        visits += VISITS;
        loopback_cut(v.server, (int64_t)at);
        ok(village_sync(&v, 0, &report), &v, "sync");
        assert_true(report.agree);
        assert_int_equal(report.pushed, VISITS);
        assert_int_equal(visits_there(&v), visits);
        length = (size_t)r.offset + r.n;
        assert_true(r.sent <= length + (length - at)); /* the second request brings only the rest */
    }
    printf("cut at each of %zu bytes\n", length);
    village_close(&v);
}

/* The same, but the laptop gives up and comes back another day with more to say. */
static void a_cut_push_goes_on_another_day(void **state)
{
    (void)state;
    struct village v;
    struct sync_report report;
    struct transport t;
    struct sync_options once = {.tries = 1};
    ok(village_open(&v, "day", 1, 4), &v, "open");
    t = loopback_transport(v.server);
    size_t visits = 0;
    for (int64_t at = 0; at < 112; at += 7) {
        some_visits(&v, VISITS);
        loopback_cut(v.server, at);
        assert_int_equal(sync_round(v.laptop[0], &t, &once, &report, &v.err), ERR_OFFLINE);
        assert_int_equal(report.pending, VISITS);
        some_visits(&v, 1);
        visits += VISITS + 1;
        ok(village_reopen(&v, 0), &v, "reopen");
        ok(village_sync(&v, 0, &report), &v, "sync");
        assert_true(report.agree);
        assert_int_equal(visits_there(&v), visits);
    }
    village_close(&v);
}

/* A bundle above what is kept in the database: the next round asks for its offset and sends the rest only. */
static void a_large_push_resumes_with_the_same_bytes(void **state)
{
    (void)state;
    struct village v;
    struct sync_report report;
    struct sync_options once = {.tries = 1};
    struct sealed_bundle kept;
    char words[400];
    ok(village_open(&v, "large", 1, 4), &v, "open");
    for (unsigned i = 0; i < 120; i++) {
        uint64_t dice = i;
        int n = 0;
        while (n < 300)
            n += snprintf(words + n, sizeof words - (size_t)n, "%llx", (unsigned long long)fake_random(&dice));
        words[100] = 0;
        ok(city_set(v.laptop[0], v.city.cadre, "household", v.city.household[0], "address", value_text(words, 100), &v.err), &v, "set");
    }
    struct transport t = loopback_transport(v.server);
    loopback_cut(v.server, 3000);
    assert_int_equal(sync_round(v.laptop[0], &t, &once, &report, &v.err), ERR_OFFLINE);
    ok(village_reopen(&v, 0), &v, "reopen");
    assert_int_equal(journal_sealed_get(v.laptop[0], &kept, &v.err), 1);
    assert_true(kept.bytes.len > 4096);
    struct recorded r = {0};
    loopback_on_request(v.server, record, &r);
    ok(village_sync(&v, 0, &report), &v, "sync");
    assert_true(report.agree);
    assert_int_equal(report.pushed, 120);
    assert_int_equal(r.n == 0 || (size_t)r.offset == 3000, 1);
    buf_free(&kept.bytes);
    village_close(&v);
}

static void replayed_and_reordered_pushes_change_nothing(void **state)
{
    (void)state;
    struct village v;
    struct recorded first = {0}, second = {0};
    struct sync_report report;
    ok(village_open(&v, "replay", 1, 4), &v, "open");
    some_visits(&v, 2);
    loopback_on_request(v.server, record, &first);
    ok(village_sync(&v, 0, &report), &v, "sync");
    some_visits(&v, 2);
    loopback_on_request(v.server, record, &second);
    ok(village_sync(&v, 0, &report), &v, "sync");
    loopback_on_request(v.server, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(replay(&v, &second), 200);
        assert_int_equal(replay(&v, &first), 200);
    }
    assert_int_equal(visits_there(&v), 4);
    ok(village_sync(&v, 0, &report), &v, "sync");
    assert_true(report.agree);
    village_close(&v);
}

/* Loses everything it is told to, and keeps a copy. */
static int record_and_lose(void *ctx, const struct send_request *q, bool after)
{
    record(ctx, q, after);
    return !after;
}

static void pushes_that_overtake_each_other_leave_no_gap(void **state)
{
    (void)state;
    struct village v;
    struct recorded first = {0}, both = {0};
    struct sync_report report;
    struct sync_options once = {.tries = 1}, two = {.tries = 1, .bundle_changesets = 2};
    ok(village_open(&v, "overtake", 1, 4), &v, "open");
    struct transport t = loopback_transport(v.server);
    some_visits(&v, 2);
    loopback_on_request(v.server, record_and_lose, &first);
    assert_int_equal(sync_round(v.laptop[0], &t, &once, &report, &v.err), ERR_OFFLINE);
    some_visits(&v, 2);
    ok(journal_sealed_drop(v.laptop[0], &v.err), &v, "drop"); /* the bundle on its way was not kept: another is sealed */
    loopback_on_request(v.server, record_and_lose, &both);
    assert_int_equal(sync_round(v.laptop[0], &t, &once, &report, &v.err), ERR_OFFLINE);
    loopback_on_request(v.server, NULL, NULL);
    assert_int_equal(replay(&v, &both), 200);  /* 1–4, of which nobody told the laptop */
    assert_int_equal(replay(&v, &first), 200); /* 1–2, late */
    assert_int_equal(visits_there(&v), 4);
    some_visits(&v, 3);
    ok(sync_round(v.laptop[0], &t, &two, &report, &v.err), &v, "sync");
    assert_true(report.agree);
    assert_int_equal(visits_there(&v), 7);
    village_close(&v);
}

static int lose_replies(void *ctx, const struct send_request *q, bool after)
{
    int *left = ctx;
    (void)q;
    return after && *left > 0 && (*left)-- > 0;
}

static void lost_replies_double_nothing(void **state)
{
    (void)state;
    struct village v;
    struct sync_report report;
    struct transport t;
    struct sync_options once = {.tries = 1};
    ok(village_open(&v, "lost", 1, 4), &v, "open");
    t = loopback_transport(v.server);
    size_t visits = 0;
    for (int i = 0; i < 10; i++) {
        int left = 1;
        some_visits(&v, 2);
        visits += 2;
        loopback_on_request(v.server, lose_replies, &left);
        assert_int_equal(sync_round(v.laptop[0], &t, &once, &report, &v.err), ERR_OFFLINE);
        loopback_on_request(v.server, NULL, NULL);
        if (i % 2) continue; /* and some days the next push brings it all */
        ok(village_sync(&v, 0, &report), &v, "sync");
        assert_int_equal(visits_there(&v), visits);
    }
    ok(village_sync(&v, 0, &report), &v, "sync");
    assert_true(report.agree);
    assert_int_equal(visits_there(&v), visits);
    village_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_push_is_cut_at_every_byte),
        cmocka_unit_test(a_cut_push_goes_on_another_day),
        cmocka_unit_test(a_large_push_resumes_with_the_same_bytes),
        cmocka_unit_test(replayed_and_reordered_pushes_change_nothing),
        cmocka_unit_test(pushes_that_overtake_each_other_leave_no_gap),
        cmocka_unit_test(lost_replies_double_nothing),
    };
    return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
