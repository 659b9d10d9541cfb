/* Visits by author and month, counted on both sides: agreed on in silence, and a difference made on purpose is seen on
 * both sides with its ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "intake.h"
#include "journal_tally.h"
#include "outflow.h"
#include "places.h"
#include "report.h"
#include "village.h"

static struct village v;

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

/* ---- a transport that keeps what was asked ---- */

struct tap {
    struct transport inner;
    unsigned pulls, tallies, numbers; /* pull requests; tallies and numbers in them */
    unsigned requests, lose_at;
};

static int tapped(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct tap *t = ctx;
    if (++t->requests == t->lose_at) {
        t->inner.request(t->inner.ctx, q, a, err);
        return err_set(err, ERR_OFFLINE, "断了", "cut");
    }
    if (strcmp(q->path, "/v1/pull") == 0) {
        struct pull_request request;
        struct arena arena;
        arena_init(&arena, 1024 * 1024);
        assert_int_equal(pull_request_decode(q->body, q->body_len, &arena, &request, err), 0);
        t->pulls++;
        t->tallies += (unsigned)request.tally_count;
        for (size_t i = 0; i < request.tally_count; i++) t->numbers += (unsigned)request.tallies[i].number_count;
        arena_free(&arena);
    }
    return t->inner.request(t->inner.ctx, q, a, err);
}

static int sync_tapped(struct tap *t)
{
    struct transport transport = {tapped, t};
    struct sync_options o = {.sleep_ms = fake_sleep, .sleep_ctx = &v.env, .tries = 1};
    struct sync_report r;
    t->inner = loopback_transport(v.server);
    return sync_round(v.laptop[0], &transport, &o, &r, &v.err);
}

static struct tap sync_now(void)
{
    struct tap t = {0};
    ok(sync_tapped(&t));
    return t;
}

/* ---- both sides ---- */

struct seen {
    unsigned months;
    int month;
    uint64_t here, there;
    size_t only_here, only_there;
    uint64_t first_here, first_there;
    char worker[100];
};

static int see_laptop(void *ctx, const struct journal_difference *d)
{
    struct seen *s = ctx;
    *s = (struct seen){s->months + 1, d->month, d->here, d->there, d->only_here_count, d->only_there_count, 0, 0, ""};
    if (d->only_here_count) s->first_here = d->only_here[0];
    if (d->only_there_count) s->first_there = d->only_there[0];
    return 0;
}

static int see_server(void *ctx, const struct report_missing *m)
{
    struct seen *s = ctx;
    *s = (struct seen){s->months + 1, m->month, m->here, m->there, m->only_here_count, m->only_there_count, 0, 0, ""};
    if (m->only_here_count) s->first_here = m->only_here[0];
    if (m->only_there_count) s->first_there = m->only_there[0];
    snprintf(s->worker, sizeof s->worker, "%s", m->worker);
    return 0;
}

static struct seen on_laptop(void)
{
    struct seen s = {0};
    uint64_t count;
    ok(journal_tally_differences(v.laptop[0], see_laptop, &s, &v.err));
    ok(journal_tally_differ(v.laptop[0], &count, &v.err));
    assert_int_equal(count, s.months);
    return s;
}

static struct seen at_server(void)
{
    struct seen s = {0};
    ok(report_missing(loopback_store(v.server), INT64_C(231202000000), see_server, &s, &v.err));
    return s;
}

static void nobody_differs(void)
{
    assert_int_equal(on_laptop().months, 0);
    assert_int_equal(at_server().months, 0);
}

static struct row_id visit(unsigned n)
{
    struct row_id id;
    ok(city_visit(v.laptop[0], &v.city, n, n, &id, &v.err));
    return id;
}

static void run_at_server(const char *sql)
{
    struct store *s = loopback_store(v.server);
    db_guard(store_db(s), true);
    ok(db_exec(store_db(s), sql, &v.err));
    db_guard(store_db(s), false);
}

/* As if intake had forgotten a visit: no row of it, and its tally is one less. */
static void forget_at_server(struct row_id id)
{
    uint8_t bytes[ROW_ID_BYTES];
    char hex[2 * ROW_ID_BYTES + 1], sql[400];
    row_id_to_bytes(id, bytes);
    for (size_t i = 0; i < ROW_ID_BYTES; i++) snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    snprintf(sql, sizeof sql, "DELETE FROM visit WHERE id = x'%s'; UPDATE tally SET count = count - 1, digest = digest - (%lld)", hex,
             (long long)tally_hash(id));
    run_at_server(sql);
}

static int open_village(void **state)
{
    (void)state;
    return village_open(&v, "tally", 1, 5) ? -1 : 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

/* ---- tests ---- */

static void agreed_on_it_is_not_told_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) visit(i);
    struct tap t = sync_now();
    assert_true(t.pulls == 1 && t.tallies == 1 && t.numbers == 0);
    t = sync_now();
    assert_true(t.pulls == 1 && t.tallies == 0);
    visit(6);
    v.env.now_ms += INT64_C(40) * 86400000;
    visit(7);
    t = sync_now();
    assert_true(t.pulls == 1 && t.tallies == 2);
    nobody_differs();
}

static void deleting_and_amending_change_nothing(void **state)
{
    (void)state;
    struct row_id a = visit(1), b = visit(2);
    struct capture *c;
    sync_now();
    ok(capture_begin(&c, v.laptop[0], v.city.cadre, 19187, &v.err));
    ok(capture_delete(c, schema_table_named(schema_current(), "visit"), a, &v.err));
    ok(capture_commit(c, NULL, &v.err));
    ok(city_set(v.laptop[0], v.city.cadre, "visit", b, "date", value_int(19000), &v.err));
    struct tap t = sync_now();
    assert_int_equal(t.tallies, 0);
    visit(3);
    t = sync_now();
    assert_true(t.pulls == 1 && t.tallies == 1);
    nobody_differs();
}

static void what_the_server_lost_is_seen_on_both_sides(void **state)
{
    (void)state;
    struct row_id lost = visit(1);
    visit(2);
    sync_now();
    forget_at_server(lost);
    visit(3); /* of the same month: now it is compared again */
    struct tap t = sync_now();
    assert_int_equal(t.pulls, 2); /* the second tells the own numbers */
    assert_int_equal(t.numbers, 3);
    struct seen laptop = on_laptop(), server = at_server();
    assert_int_equal(laptop.months, 1);
    assert_true(laptop.month == 202207 && laptop.here == 3 && laptop.there == 2);
    assert_true(laptop.only_here == 1 && laptop.first_here == lost.number && laptop.only_there == 0);
    assert_int_equal(server.months, 1);
    assert_true(server.month == 202207 && server.here == 2 && server.there == 3);
    assert_true(server.only_there == 1 && server.first_there == lost.number && server.only_here == 0);
    assert_string_equal(server.worker, "B1 驻村甲");
    t = sync_now(); /* told once; only whether it is over is asked */
    assert_true(t.pulls == 1 && t.tallies == 1 && t.numbers == 0);
    assert_int_equal(on_laptop().months, 1);
}

static void when_it_is_over_both_forget_it(void **state)
{
    (void)state;
    struct row_id lost = visit(1);
    sync_now();
    run_at_server("CREATE TABLE kept AS SELECT * FROM visit");
    forget_at_server(lost);
    visit(2);
    sync_now();
    assert_int_equal(on_laptop().months, 1);
    run_at_server("INSERT OR IGNORE INTO visit SELECT * FROM kept; DROP TABLE kept"); /* somebody brought it back */
    visit(3);
    sync_now();
    nobody_differs();
    assert_int_equal(sync_now().tallies, 0);
}

static void a_wrong_tally_is_mended_from_the_log(void **state)
{
    (void)state;
    visit(1);
    sync_now();
    run_at_server("UPDATE tally SET count = 77");
    visit(2);
    sync_now();
    nobody_differs();
    ok(db_exec(v.laptop[0]->db, "UPDATE tally SET count = 5, agreed = 0", &v.err));
    sync_now();
    nobody_differs();
    visit(3);
    assert_int_equal(sync_now().pulls, 1);
    nobody_differs();
}

static void a_damaged_log_does_not_stop_the_sync(void **state)
{
    (void)state;
    visit(1);
    visit(2);
    sync_now();
    ok(db_exec(v.laptop[0]->db, "UPDATE journal SET body = (SELECT body FROM journal WHERE seq = 1) WHERE seq = 2;"
                                "UPDATE tally SET count = 1, agreed = 0", &v.err));
    assert_int_equal(journal_verify(v.laptop[0], NULL, &v.err), ERR_CORRUPT);
    sync_now();
    visit(3);
    sync_now();
    assert_int_equal(at_server().months, 0); /* of what cannot be read nothing is claimed */
}

/* What only the server has, as it would be with a laptop whose log is another: by a request made by hand. */
static void what_the_laptop_lacks_is_noted_with_its_id(void **state)
{
    (void)state;
    struct row_id one = visit(1), two = visit(2);
    struct pull_request q = {.origin = v.laptop[0]->origin, .schema = SCHEMA_VERSION, .head = 2, .tallied = 2, .tally_count = 1};
    struct tally mine = {.author = v.city.cadre, .month = 202207, .count = 1, .digest = tally_hash(two), .want = true,
                         .numbers = &two.number, .number_count = 1};
    struct tally_notes notes = {0};
    struct pull_answer a;
    struct device d = {0};
    struct arena arena;
    struct buf out;
    uint64_t released, numbers[4];
    size_t count;
    sync_now();
    arena_init(&arena, 64 * 1024 * 1024);
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    q.tallies = &mine;
    assert_int_equal(store_device_by_origin(loopback_store(v.server), q.origin, &arena, &d, &v.err), 1);
    ok(outflow_pull(loopback_store(v.server), &v.env.env, &d, &q, &out, &released, &notes, &v.err));
    ok(pull_answer_decode(out.data, out.len, &arena, &a, &v.err));
    assert_true(a.tallied && a.tally_count == 1 && a.tallies[0].count == 2 && a.tallies[0].number_count == 2);
    assert_true(a.tallies[0].numbers[0] == one.number && a.tallies[0].numbers[1] == two.number);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.list[0].about, TALLY_DIFFERS);
    const struct tally_difference *diff = &notes.list[0].difference;
    ok(tally_numbers_decode(diff->only_here.data, diff->only_here.len, numbers, 4, &count));
    assert_true(count == 1 && numbers[0] == one.number);
    assert_int_equal(diff->only_there.kind, VALUE_NULL);
    tally_notes_free(&notes);
    buf_reset(&out);
    q.tallied = 1; /* of another part of the log: nothing can be said */
    ok(outflow_pull(loopback_store(v.server), &v.env.env, &d, &q, &out, &released, &notes, &v.err));
    ok(pull_answer_decode(out.data, out.len, &arena, &a, &v.err));
    assert_true(!a.tallied && notes.count == 0);
    tally_notes_free(&notes);
    buf_free(&out);
    arena_free(&arena);
}

static void reopen_server(void)
{
    char path[600];
    village_path(&v, "server", -1, path, sizeof path);
    loopback_close(v.server);
    ok(loopback_open(&v.server, path, &v.env.env, &v.err));
    loopback_quiet(v.server);
}

static void quarantine_is_no_difference(void **state)
{
    (void)state;
    struct journal_counts counts;
    visit(1);
    run_at_server("CREATE TABLE kept AS SELECT * FROM household; DELETE FROM household");
    reopen_server();
    visit(2); /* the server does not know its household */
    sync_now();
    ok(journal_counts(v.laptop[0], &counts, &v.err));
    assert_int_equal(counts.quarantined, 2);
    run_at_server("INSERT INTO household SELECT * FROM kept; DROP TABLE kept");
    reopen_server();
    visit(3);
    sync_now();
    nobody_differs();
    struct store *s = loopback_store(v.server);
    ok(store_begin(s, &v.err));
    assert_int_equal(intake_retry(s, &v.env.env, v.laptop[0]->origin, 2, &v.err), 1);
    ok(store_commit(s, &v.err));
    visit(4); /* told with the quarantined one still out: the same answer says that it is in */
    struct tap t = sync_now();
    assert_true(t.pulls == 2 && t.tallies == 2 && t.numbers == 0);
    nobody_differs();
    assert_int_equal(sync_now().tallies, 0);
    ok(journal_counts(v.laptop[0], &counts, &v.err));
    assert_int_equal(counts.quarantined, 1);
}

static void a_restored_server_is_followed(void **state)
{
    (void)state;
    char live[600], copy[600];
    visit(1);
    sync_now();
    village_path(&v, "server", -1, live, sizeof live);
    village_path(&v, "copy", -1, copy, sizeof copy);
    loopback_close(v.server);
    assert_int_equal(place_copy(live, copy), 0);
    ok(loopback_open(&v.server, live, &v.env.env, &v.err));
    visit(2);
    visit(3);
    sync_now();
    loopback_close(v.server);
    assert_int_equal(place_copy(copy, live), 0);
    ok(loopback_open(&v.server, live, &v.env.env, &v.err));
    sync_now();
    nobody_differs();
    assert_int_equal(sync_now().tallies, 0);
}

static void cut_anywhere_both_know_in_the_end(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 4; at++) {
        struct row_id lost = visit(at);
        sync_now();
        forget_at_server(lost);
        visit(at + 1);
        struct tap t = {.lose_at = at};
        int rc = sync_tapped(&t);
        assert_true(rc == 0 || rc == ERR_OFFLINE);
        ok(village_reopen(&v, 0));
        sync_now();
        struct seen laptop = on_laptop(), server = at_server();
        assert_true(laptop.months == 1 && server.months == 1);
        assert_true(laptop.only_here == at && server.only_there == at);
        assert_true(laptop.here == server.there && laptop.there == server.here);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_village, close_village)
    const struct CMUnitTest tests[] = {
        TEST(agreed_on_it_is_not_told_again),
        TEST(deleting_and_amending_change_nothing),
        TEST(what_the_server_lost_is_seen_on_both_sides),
        TEST(when_it_is_over_both_forget_it),
        TEST(a_wrong_tally_is_mended_from_the_log),
        TEST(a_damaged_log_does_not_stop_the_sync),
        TEST(what_the_laptop_lacks_is_noted_with_its_id),
        TEST(quarantine_is_no_difference),
        TEST(a_restored_server_is_followed),
        TEST(cut_anywhere_both_know_in_the_end),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
