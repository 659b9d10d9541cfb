/* Rounds against the real server code, without a network: what a team of laptops sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply.h"
#include "capture.h"
#include "journal.h"
#include "places.h"
#include "village.h"

#define OK(call) ok((call), &v, #call)
static void ok(int rc, const struct village *v, const char *what)
{
    if (rc) fail_msg("%s = %d: %s", what, rc, v->err.en);
}

static struct value text(const char *s)
{
    return value_text(s, strlen(s));
}

static void shows(struct village *v, size_t laptop, const char *table, struct row_id id, const char *column, const char *want)
{
    struct table_row row;
    struct value got;
    struct arena a;
    arena_init(&a, 1024 * 1024);
    assert_int_equal(city_read(v->laptop[laptop], table, id, column, &a, &row, &got, &v->err), 1);
    assert_int_equal(got.kind, VALUE_TEXT);
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.data, want, got.len);
    arena_free(&a);
}

static int64_t shows_int(struct village *v, size_t laptop, const char *table, struct row_id id, const char *column)
{
    struct table_row row;
    struct value got;
    struct arena a;
    arena_init(&a, 1024 * 1024);
    assert_int_equal(city_read(v->laptop[laptop], table, id, column, &a, &row, &got, &v->err), 1);
    arena_free(&a);
    return got.kind == VALUE_INT ? got.i : 0;
}

static void settle(struct village *v, size_t laptops)
{
    struct sync_report r;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < laptops; i++) {
            ok(village_sync(v, i, &r), v, "sync");
            assert_true(r.agree);
            assert_int_equal(r.pending, 0);
        }
    }
    for (size_t i = 0; i < laptops; i++) {
        ok(apply_verify(v->laptop[i], NULL, &v->err), v, "apply_verify");
        ok(journal_verify(v->laptop[i], NULL, &v->err), v, "journal_verify");
    }
}

static void a_new_laptop_holds_its_scope(void **state)
{
    (void)state;
    struct village v;
    OK(village_open(&v, "scope", 1, 5));
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 5);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 5);
    assert_int_equal(city_count(v.laptop[0]->tables, "region"), 4); /* the village and what is above it */
    OK(apply_verify(v.laptop[0], NULL, &v.err));
    village_close(&v);
}

static void two_laptops_share_visits(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    OK(village_open(&v, "share", 2, 3));
    for (unsigned i = 0; i < 20; i++)
        OK(city_visit(v.laptop[i % 2], &v.city, i, i, &id, &v.err));
    settle(&v, 2);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 20);
    assert_int_equal(city_count(v.laptop[1]->tables, "visit"), 20);
    assert_int_equal(city_count(store_tables(loopback_store(v.server)), "visit"), 20);
    village_close(&v);
}

static void records_turn_from_pending_to_received(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct table_row row;
    struct record_status status;
    struct value value;
    struct sync_report r;
    struct arena a;
    OK(village_open(&v, "state", 1, 3));
    arena_init(&a, 1024 * 1024);
    OK(city_visit(v.laptop[0], &v.city, 0, 1, &id, &v.err));
    assert_int_equal(city_read(v.laptop[0], "visit", id, "date", &a, &row, &value, &v.err), 1);
    OK(journal_row_status(v.laptop[0], &row, &status, &v.err));
    assert_int_equal(status.state, RECORD_PENDING);
    OK(village_sync(&v, 0, &r));
    assert_int_equal(r.pushed, 1);
    assert_int_equal(city_read(v.laptop[0], "visit", id, "date", &a, &row, &value, &v.err), 1);
    OK(journal_row_status(v.laptop[0], &row, &status, &v.err));
    assert_int_equal(status.state, RECORD_RECEIVED);
    assert_true(status.received_ms > 0);
    arena_free(&a);
    village_close(&v);
}

static void a_later_day_wins_and_both_see_it(void **state)
{
    (void)state;
    struct village v;
    struct row_id home;
    OK(village_open(&v, "conflict", 2, 3));
    home = v.city.household[1];
    OK(city_set(v.laptop[0], v.city.cadre, "household", home, "phone", text("13811111111"), &v.err));
    v.env.now_ms += INT64_C(3) * 86400000;
    OK(city_set(v.laptop[1], v.city.contact, "household", home, "phone", text("13822222222"), &v.err));
    shows(&v, 0, "household", home, "phone", "13811111111");
    struct sync_report r;
    OK(village_sync(&v, 1, &r));
    OK(village_sync(&v, 0, &r)); /* the older observation comes later */
    shows(&v, 0, "household", home, "phone", "13822222222");
    settle(&v, 2);
    shows(&v, 1, "household", home, "phone", "13822222222");
    village_close(&v);
}

static void a_pull_does_not_hide_what_was_just_typed(void **state)
{
    (void)state;
    struct village v;
    struct sync_report r;
    OK(village_open(&v, "overlay", 2, 3));
    struct row_id home = v.city.household[0];
    OK(city_set(v.laptop[1], v.city.contact, "household", home, "address", text("村东"), &v.err));
    OK(village_sync(&v, 1, &r));
    OK(city_set(v.laptop[0], v.city.cadre, "household", home, "phone", text("13833333333"), &v.err));
    OK(city_set_elements(v.laptop[0], v.city.cadre, "member", v.city.member[0], "health", value_int(8), value_int(2), &v.err));
    shows(&v, 0, "household", home, "phone", "13833333333");
    settle(&v, 2);
    shows(&v, 0, "household", home, "address", "村东");
    shows(&v, 1, "household", home, "phone", "13833333333");
    assert_int_equal(shows_int(&v, 1, "member", v.city.member[0], "health"), 8);
    village_close(&v);
}

static void sets_grow_together(void **state)
{
    (void)state;
    struct village v;
    OK(village_open(&v, "sets", 2, 3));
    struct row_id m = v.city.member[2];
    OK(city_set_elements(v.laptop[0], v.city.cadre, "member", m, "health", value_int(4), value_null(), &v.err));
    OK(city_set_elements(v.laptop[1], v.city.contact, "member", m, "health", value_int(8), value_int(2), &v.err));
    assert_int_equal(shows_int(&v, 0, "member", m, "health"), 6);
    assert_int_equal(shows_int(&v, 1, "member", m, "health"), 8);
    settle(&v, 2);
    assert_int_equal(shows_int(&v, 0, "member", m, "health"), 12);
    assert_int_equal(shows_int(&v, 1, "member", m, "health"), 12);
    village_close(&v);
}

static void without_authority_a_value_falls_back(void **state)
{
    (void)state;
    struct village v;
    OK(village_open(&v, "authority", 2, 3));
    struct row_id home = v.city.household[2];
    OK(city_set(v.laptop[0], v.city.cadre, "household", home, "monitor_status", value_int(2), &v.err));
    assert_int_equal(shows_int(&v, 0, "household", home, "monitor_status"), 2);
    settle(&v, 2);
    assert_int_equal(shows_int(&v, 0, "household", home, "monitor_status"), 0);
    OK(city_set(v.laptop[1], v.city.county, "household", home, "monitor_status", value_int(2), &v.err));
    settle(&v, 2);
    assert_int_equal(shows_int(&v, 0, "household", home, "monitor_status"), 2);
    village_close(&v);
}

/* ---- what the network does ---- */

struct losing {
    int skip;    /* requests that pass first */
    int lose;    /* then this many are lost */
    bool reply;  /* their replies, not they themselves */
    int seen;
};

static int lose(void *ctx, const struct send_request *q, bool after)
{
    struct losing *l = ctx;
    (void)q;
    if (after != l->reply) return 0;
    l->seen++;
    return l->seen > l->skip && l->seen <= l->skip + l->lose;
}

static void a_lost_reply_is_asked_again(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "reply", 1, 3));
    for (unsigned i = 0; i < 5; i++)
        OK(city_visit(v.laptop[0], &v.city, i, i, &id, &v.err));
    struct losing l = {.lose = 2, .reply = true};
    loopback_on_request(v.server, lose, &l);
    OK(village_sync(&v, 0, &r));
    loopback_on_request(v.server, NULL, NULL);
    assert_int_equal(r.pushed, 5);
    assert_true(r.agree);
    assert_int_equal(city_count(store_tables(loopback_store(v.server)), "visit"), 5);
    village_close(&v);
}

static void nobody_there_is_offline_and_all_is_kept(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "offline", 1, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    struct losing l = {.lose = 1000};
    loopback_on_request(v.server, lose, &l);
    assert_int_equal(village_sync(&v, 0, &r), ERR_OFFLINE);
    assert_int_equal(r.pending, 1);
    assert_int_equal(r.requests, 3);
    loopback_on_request(v.server, NULL, NULL);
    settle(&v, 1);
    village_close(&v);
}

static void a_login_page_is_named(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "page", 1, 3));
    loopback_page(v.server, 200);
    assert_int_equal(village_sync(&v, 0, &r), ERR_PEER);
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    assert_int_equal(village_sync(&v, 0, &r), ERR_PEER);
    assert_int_equal(r.pending, 1);
    loopback_page(v.server, 302);
    assert_int_equal(village_sync(&v, 0, &r), ERR_PEER);
    assert_non_null(strstr(v.err.en, "web page"));
    loopback_page(v.server, 0);
    settle(&v, 1);
    village_close(&v);
}

/* The laptop was upgraded before the server: one sentence, nothing sent twice, and all of it goes later. */
static void another_format_costs_nothing_but_time(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "format", 1, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    loopback_format(v.server, BUNDLE_FORMAT + 1);
    for (unsigned round = 1; round <= 2; round++) { /* the second one asks first how much of the bundle is there */
        assert_int_equal(village_sync(&v, 0, &r), ERR_PEER);
        assert_int_equal(r.requests, round);
        assert_int_equal(r.pending, 1);
        assert_non_null(strstr(v.err.zh, "请升级"));
        assert_non_null(strstr(v.err.en, "everything is kept"));
    }
    loopback_format(v.server, 0);
    OK(village_sync(&v, 0, &r));
    assert_int_equal(r.pushed, 1);
    settle(&v, 1);
    village_close(&v);
}

/* The program was changed between two rounds, and the former one left its bundle on the way. */
static void a_bundle_of_another_program_is_made_anew(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    struct sealed_bundle b = {.first = 1, .last = 1};
    static const char old[] = "ZB\002\001 what comes then, this program does not know";
    OK(village_open(&v, "kept", 1, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    buf_init(&b.bytes, sizeof old);
    buf_put(&b.bytes, old, sizeof old);
    digest_of(old, sizeof old, &b.digest);
    OK(journal_sealed_put(v.laptop[0], &b, &v.err));
    buf_free(&b.bytes);
    OK(village_sync(&v, 0, &r));
    assert_int_equal(r.pushed, 1);
    settle(&v, 1);
    village_close(&v);
}

static void small_bundles_and_pages_arrive_too(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "small", 2, 3));
    for (unsigned i = 0; i < 40; i++)
        OK(city_visit(v.laptop[0], &v.city, i, i, &id, &v.err));
    struct transport t = loopback_transport(v.server);
    struct sync_options o = {.bundle_changesets = 3, .max_answer_bytes = 500};
    OK(sync_round(v.laptop[0], &t, &o, &r, &v.err));
    assert_int_equal(r.pushed, 40);
    assert_true(r.requests > 20);
    OK(sync_round(v.laptop[1], &t, &o, &r, &v.err));
    assert_true(r.agree);
    settle(&v, 2);
    assert_int_equal(city_count(v.laptop[1]->tables, "visit"), 40);
    village_close(&v);
}

/* ---- what disasters do ---- */

static void a_server_that_lost_a_receipt_here_is_followed(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    OK(village_open(&v, "gap", 1, 3));
    for (unsigned i = 0; i < 6; i++) {
        OK(city_visit(v.laptop[0], &v.city, i, i, &id, &v.err));
        if (i == 3) OK(village_sync(&v, 0, &r));
    }
    OK(journal_set_received(v.laptop[0], 1, &v.err)); /* this side forgot */
    OK(village_sync(&v, 0, &r));
    assert_true(r.agree);
    assert_int_equal(city_count(store_tables(loopback_store(v.server)), "visit"), 6);
    settle(&v, 1);
    village_close(&v);
}

/* The laptop's disk was copied, and both copies worked on. */
static void a_cloned_laptop_is_stopped_and_keeps_its_work(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    char from[600], to[600];
    OK(village_open(&v, "fork", 1, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    OK(village_sync(&v, 0, &r));
    village_path(&v, "laptop", 0, from, sizeof from);
    village_path(&v, "laptop", 1, to, sizeof to);
    home_close(v.laptop[0]);
    v.laptop[0] = NULL;
    assert_int_equal(place_copy(from, to), 0);
    OK(village_reopen(&v, 0));
    OK(village_reopen(&v, 1));
    OK(city_visit(v.laptop[0], &v.city, 1, 1, &id, &v.err));
    OK(village_sync(&v, 0, &r));
    assert_int_equal(village_sync(&v, 1, &r), ERR_REFUSED); /* nothing of its own yet, but the server knows more of it */
    assert_non_null(strstr(v.err.en, "copy"));
    OK(city_visit(v.laptop[1], &v.city, 2, 2, &id, &v.err));
    OK(city_visit(v.laptop[1], &v.city, 2, 3, &id, &v.err));
    assert_int_equal(village_sync(&v, 1, &r), ERR_REFUSED);
    assert_int_equal(r.pending, 2);
    assert_int_equal(city_count(v.laptop[1]->tables, "visit"), 3);
    assert_int_equal(city_count(store_tables(loopback_store(v.server)), "visit"), 2);
    settle(&v, 1);
    village_close(&v);
}

/* The server comes back from last night's copy: what it had confirmed since is pushed again. */
static void a_restored_server_gets_everything_again(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct sync_report r;
    char live[600], copy[600];
    OK(village_open(&v, "restore", 2, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 0, &id, &v.err));
    settle(&v, 2);
    village_path(&v, "server", -1, live, sizeof live);
    village_path(&v, "copy", -1, copy, sizeof copy);
    loopback_close(v.server);
    assert_int_equal(place_copy(live, copy), 0);
    OK(loopback_open(&v.server, live, &v.env.env, &v.err));
    OK(city_visit(v.laptop[0], &v.city, 1, 1, &id, &v.err));
    OK(city_set(v.laptop[0], v.city.cadre, "household", v.city.household[0], "phone", text("13844444444"), &v.err));
    OK(village_sync(&v, 0, &r));
    loopback_close(v.server);
    assert_int_equal(place_copy(copy, live), 0);
    OK(loopback_open(&v.server, live, &v.env.env, &v.err));
    OK(village_sync(&v, 0, &r)); /* nothing new here: the pull tells that the server has less */
    assert_int_equal(r.pushed, 2);
    shows(&v, 0, "household", v.city.household[0], "phone", "13844444444");
    settle(&v, 2);
    assert_int_equal(city_count(v.laptop[1]->tables, "visit"), 2);
    shows(&v, 1, "household", v.city.household[0], "phone", "13844444444");
    village_close(&v);
}

static void a_difference_is_mended_by_one_snapshot(void **state)
{
    (void)state;
    struct village v;
    struct sync_report r;
    OK(village_open(&v, "mend", 1, 3));
    OK(db_begin(v.laptop[0]->db, &v.err));
    db_guard(v.laptop[0]->db, true);
    OK(db_exec(v.laptop[0]->db, "DELETE FROM member", &v.err));
    db_guard(v.laptop[0]->db, false);
    OK(home_meta_set_int(v.laptop[0], META_SCOPE_COUNT, 3, &v.err));
    OK(db_commit(v.laptop[0]->db, &v.err));
    OK(village_sync(&v, 0, &r));
    assert_true(r.agree);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 3);
    settle(&v, 1);
    village_close(&v);
}

static void a_deleted_row_does_not_come_back(void **state)
{
    (void)state;
    struct village v;
    struct row_id id;
    struct capture *c;
    OK(village_open(&v, "grave", 2, 3));
    OK(city_visit(v.laptop[0], &v.city, 0, 1, &id, &v.err));
    settle(&v, 2);
    OK(capture_begin(&c, v.laptop[0], v.city.cadre, 19187, &v.err));
    OK(capture_delete(c, schema_table_named(schema_current(), "visit"), id, &v.err));
    OK(capture_commit(c, NULL, &v.err));
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 0);
    OK(apply_verify(v.laptop[0], NULL, &v.err));
    settle(&v, 2);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 0);
    assert_int_equal(city_count(v.laptop[1]->tables, "visit"), 0);
    village_close(&v);
}

static void a_delete_that_is_refused_brings_the_row_back(void **state)
{
    (void)state;
    struct village v;
    struct capture *c;
    OK(village_open(&v, "refused", 2, 3));
    OK(capture_begin(&c, v.laptop[0], v.city.contact, 19187, &v.err));
    OK(capture_delete(c, schema_table_named(schema_current(), "household"), v.city.household[0], &v.err));
    OK(capture_commit(c, NULL, &v.err));
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 2);
    settle(&v, 2);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 3);
    village_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_laptop_holds_its_scope),
        cmocka_unit_test(two_laptops_share_visits),
        cmocka_unit_test(records_turn_from_pending_to_received),
        cmocka_unit_test(a_later_day_wins_and_both_see_it),
        cmocka_unit_test(a_pull_does_not_hide_what_was_just_typed),
        cmocka_unit_test(sets_grow_together),
        cmocka_unit_test(without_authority_a_value_falls_back),
        cmocka_unit_test(a_lost_reply_is_asked_again),
        cmocka_unit_test(nobody_there_is_offline_and_all_is_kept),
        cmocka_unit_test(a_login_page_is_named),
        cmocka_unit_test(another_format_costs_nothing_but_time),
        cmocka_unit_test(a_bundle_of_another_program_is_made_anew),
        cmocka_unit_test(small_bundles_and_pages_arrive_too),
        cmocka_unit_test(a_server_that_lost_a_receipt_here_is_followed),
        cmocka_unit_test(a_cloned_laptop_is_stopped_and_keeps_its_work),
        cmocka_unit_test(a_restored_server_gets_everything_again),
        cmocka_unit_test(a_difference_is_mended_by_one_snapshot),
        cmocka_unit_test(a_deleted_row_does_not_come_back),
        cmocka_unit_test(a_delete_that_is_refused_brings_the_row_back),
    };
    return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
