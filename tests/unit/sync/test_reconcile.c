/* Rows compared with the server instead of fetched anew: damage behind the laptop's back, a changed scope, a restored
 * server, strangers, ten thousand rows; what it costs, cut at every request, and that it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "apply.h"
#include "capture.h"
#include "journal.h"
#include "meddle.h"
#include "places.h"
#include "village.h"
#include "zhucun/reconcile.h"

static struct village v;

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

/* ---- a transport that counts, and may answer for the server ---- */

struct meter {
    struct transport inner;
    size_t up, down;
    unsigned requests, compares;
    unsigned lose_at;        /* this request, from 1, is lost; 0: none */
    bool reply;              /* … only its reply */
    const struct reconcile_answer *instead; /* of what the server says */
};

static int metered(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct meter *m = ctx;
    bool compare = strcmp(q->path, "/v1/reconcile") == 0, lost = ++m->requests == m->lose_at;
    m->compares += compare;
    m->up += q->body_len;
    if (lost && !m->reply) return err_set(err, ERR_OFFLINE, "断了", "cut");
    int rc = m->inner.request(m->inner.ctx, q, a, err);
    if (rc == 0 && compare && m->instead) {
        buf_reset(&a->body);
        rc = reconcile_answer_encode(m->instead, ROWS_LEVEL, &a->body, err);
    }
    m->down += a->body.len;
    return rc == 0 && lost ? err_set(err, ERR_OFFLINE, "断了", "cut") : rc;
}

static int sync_metered(size_t laptop, struct meter *m, struct sync_report *r)
{
    struct transport t = {metered, m};
    struct sync_options o = {.sleep_ms = fake_sleep, .sleep_ctx = &v.env, .tries = 1};
    m->inner = loopback_transport(v.server);
    return sync_round(v.laptop[laptop], &t, &o, r, &v.err);
}

static struct sync_report sync_well(size_t laptop, struct meter *m)
{
    struct sync_report r;
    *m = (struct meter){0};
    ok(sync_metered(laptop, m, &r));
    if (!r.agree) fail_msg("laptop %zu does not agree", laptop);
    ok(apply_verify(v.laptop[laptop], NULL, &v.err));
    return r;
}

/* ---- the village ---- */

static int open_village(void **state)
{
    (void)state;
    return village_open(&v, "reconcile", 2, 40) ? -1 : 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void behind_its_back(size_t laptop, const char *sql)
{
    struct db *db = v.laptop[laptop]->db;
    ok(db_begin(db, &v.err));
    db_guard(db, true);
    ok(db_exec(db, sql, &v.err));
    db_guard(db, false);
    ok(db_commit(db, &v.err));
}

static void next_day(void)
{
    v.env.now_ms += INT64_C(24) * 3600 * 1000;
}

static int64_t number(size_t laptop, const char *sql)
{
    sqlite3_stmt *st = NULL;
    ok(db_prepare(v.laptop[laptop]->db, sql, &st, &v.err));
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* What a laptop that holds nothing is sent. */
static size_t snapshot_bytes(size_t laptop)
{
    struct meter m;
    ok(home_meta_set_int(v.laptop[laptop], META_SNAPSHOT, SNAPSHOT_WANTED, &v.err));
    sync_well(laptop, &m);
    assert_int_equal(m.compares, 0);
    return m.down;
}

/* ---- damage ---- */

static void a_flipped_cell_is_mended_alone(void **state)
{
    (void)state;
    struct meter m;
    size_t whole = snapshot_bytes(0);
    behind_its_back(0, "UPDATE household SET phone = '1' WHERE rowid = (SELECT max(rowid) FROM household)");
    assert_int_equal(apply_verify(v.laptop[0], NULL, &v.err), ERR_CORRUPT);
    next_day();
    struct sync_report r = sync_well(0, &m);
    assert_int_equal(r.mended, 1);
    assert_int_equal(r.pulled, 1);
    assert_int_equal(number(0, "SELECT count(*) FROM household WHERE phone = '1'"), 0);
    assert_true(m.compares >= 1 && m.compares <= 3);
    assert_true(m.down < whole);
    assert_int_equal(sync_well(0, &m).requests, 1); /* and that was that */
}

static void a_dropped_row_comes_back_alone(void **state)
{
    (void)state;
    struct meter m;
    behind_its_back(0, "DELETE FROM member WHERE rowid = (SELECT max(rowid) - 3 FROM member)");
    next_day();
    assert_int_equal(sync_well(0, &m).mended, 1);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 40);
}

static void an_alien_row_goes_alone(void **state)
{
    (void)state;
    struct meter m;
    behind_its_back(0, "INSERT INTO member(id, household, name, _csn, _hash)"
                       " SELECT randomblob(16), household, '外来', 7, 7 FROM member LIMIT 1");
    next_day();
    struct sync_report r = sync_well(0, &m);
    assert_int_equal(r.mended, 1);
    assert_int_equal(r.pulled, 0);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 40);
}

static void a_row_under_another_csn_is_told_again(void **state)
{
    (void)state;
    struct meter m;
    behind_its_back(0, "UPDATE member SET _csn = (SELECT max(_csn) FROM household) WHERE rowid = 2");
    behind_its_back(0, "UPDATE member SET _csn = 5000, name = '改' WHERE rowid = 3");
    next_day();
    sync_well(0, &m);
    assert_int_equal(number(0, "SELECT count(*) FROM member WHERE name = '改' OR _csn > 4000"), 0);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 40);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 40);
}

static void unreceived_work_stays_through_it(void **state)
{
    (void)state;
    struct meter m;
    struct row_id visit;
    struct sync_report r;
    struct capture *c;
    ok(city_visit(v.laptop[0], &v.city, 1, 1, &visit, &v.err));
    ok(city_set(v.laptop[0], v.city.cadre, "household", v.city.household[2], "phone", value_text("777", 3), &v.err));
    ok(capture_begin(&c, v.laptop[0], v.city.cadre, 19187, &v.err));
    ok(capture_delete(c, schema_table_named(schema_current(), "member"), v.city.member[5], &v.err));
    ok(capture_commit(c, NULL, &v.err));
    behind_its_back(0, "UPDATE household SET address = '坏' WHERE rowid > 1; DELETE FROM member WHERE rowid IN (9, 10)");
    ok(home_meta_set_int(v.laptop[0], META_SNAPSHOT, SNAPSHOT_MENDING, &v.err));
    m = (struct meter){.lose_at = 1}; /* the push is lost: what is here is compared with it pending */
    assert_int_equal(sync_metered(0, &m, &r), ERR_OFFLINE);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 37);
    r = sync_well(0, &m);
    assert_int_equal(number(0, "SELECT count(*) FROM household WHERE phone = '777'"), 1);
    assert_int_equal(number(0, "SELECT count(*) FROM household WHERE address = '坏'"), 0);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 1);
    assert_int_equal(city_count(v.laptop[0]->tables, "member"), 40); /* a cadre only proposes to delete one */
}

/* ---- sums that lie ---- */

static void at_the_server(const char *sql)
{
    struct store *s = loopback_store(v.server);
    ok(db_exec(store_db(s), sql, &v.err));
}

static void what_nothing_mends_does_not_loop(void **state)
{
    (void)state;
    struct meter m = {0};
    struct sync_report r;
    at_the_server("UPDATE place SET fingerprint = fingerprint + 1 WHERE place = 231202109250");
    ok(sync_metered(0, &m, &r));
    assert_false(r.agree);
    assert_int_equal(m.compares, 1); /* all equal, and yet; then a snapshot, and no more */
    assert_true(m.requests <= 5);
    m = (struct meter){0};
    ok(sync_metered(0, &m, &r));
    assert_int_equal(m.requests, 1);
    at_the_server("UPDATE place SET fingerprint = fingerprint - 1 WHERE place = 231202109250");
    sync_well(0, &m);
    assert_int_equal(m.requests, 1);
}

static void nonsense_is_refused_and_all_is_kept(void **state)
{
    (void)state;
    static uint8_t verdicts[] = {RECONCILE_SPLIT, RECONCILE_LATER, RECONCILE_RESOLVED, RECONCILE_EQUAL};
    static uint64_t gone[] = {INT64_MAX - 5};
    struct reconcile_answer nonsense[] = {
        {.verdicts = verdicts, .range_count = 4},                      /* other ranges than asked */
        {.verdicts = verdicts + 1, .range_count = 1},                  /* no step further */
        {.verdicts = verdicts + 1, .range_count = 1, .upto = INT64_MAX},
        {.verdicts = verdicts + 3, .range_count = 1, .gone = gone, .gone_count = 1},
    };
    struct sync_report r;
    struct meter m;
    behind_its_back(0, "DELETE FROM household WHERE rowid > 30"); /* 96 rows are left: two summaries */
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        int64_t epoch = number(0, "SELECT value FROM meta WHERE key = 'epoch'");
        nonsense[i].told.epoch = (uint64_t)epoch;
        nonsense[i].told.to = (uint64_t)number(0, "SELECT value FROM meta WHERE key = 'cursor'");
        ok(home_meta_set_int(v.laptop[0], META_SNAPSHOT, SNAPSHOT_MENDING, &v.err));
        m = (struct meter){.instead = &nonsense[i]};
        assert_int_equal(sync_metered(0, &m, &r), ERR_PEER);
        assert_int_equal(city_count(v.laptop[0]->tables, "member"), 40);
    }
    sync_well(0, &m);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 40);
}

/* ---- scopes ---- */

static void put_households(size_t count)
{
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct capture *c;
    struct row_id id;
    char name[40];
    ok(capture_begin(&c, v.laptop[1], v.city.county, 19187, &v.err));
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "东风户主%zu", i);
        struct cell cells[] = {
            {.column = schema_column_named(t, "village")->number, .value = value_int(CITY_OTHER_VILLAGE)},
            {.column = schema_column_named(t, "head_name")->number, .value = value_text(name, strlen(name))},
        };
        if (cells[0].column > cells[1].column) {
            struct cell first = cells[0];
            cells[0] = cells[1];
            cells[1] = first;
        }
        ok(capture_put(c, t, cells, 2, &id, &v.err));
    }
    ok(capture_commit(c, NULL, &v.err));
}

static void give_scope(size_t laptop, const int64_t *places, size_t count)
{
    struct store *s = loopback_store(v.server);
    struct device d = {0};
    struct arena arena;
    int64_t copy[4];
    arena_init(&arena, 1024 * 1024);
    assert_int_equal(store_device_by_origin(s, v.laptop[laptop]->origin, &arena, &d, &v.err), 1);
    memcpy(copy, places, count * sizeof copy[0]);
    d.places = copy;
    d.place_count = count;
    ok(store_begin(s, &v.err));
    ok(store_device_put(s, &d, &v.err));
    ok(store_commit(s, &v.err));
    arena_free(&arena);
}

static const int64_t both[] = {CITY_VILLAGE, CITY_OTHER_VILLAGE};

static void another_village_brings_and_takes_only_its_own(void **state)
{
    (void)state;
    struct meter m;
    struct row_id visit;
    give_scope(1, both, 2);
    put_households(30);
    sync_well(1, &m);
    ok(city_visit(v.laptop[0], &v.city, 1, 1, &visit, &v.err));
    sync_well(0, &m);
    size_t whole = snapshot_bytes(0);
    give_scope(0, both, 2);
    struct sync_report r = sync_well(0, &m);
    assert_int_equal(r.mended, 31); /* with its region */
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 70);
    print_message("a village of 31 rows more: %u requests, %zu bytes up, %zu down (a snapshot before: %zu)\n", m.requests, m.up,
                  m.down, whole);
    give_scope(0, both + 1, 1);
    r = sync_well(0, &m);
    assert_int_equal(r.pulled, 0);
    assert_true(r.mended >= 40 + 40 + 1);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 30);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 0);
    assert_int_equal(city_count(v.laptop[0]->tables, "region"), 4);
    assert_int_equal(sync_well(0, &m).requests, 1);
}

static void without_any_village_left_it_ends_too(void **state)
{
    (void)state;
    struct meter m;
    struct row_id visit;
    static const int64_t elsewhere[] = {INT64_C(231221100200)};
    ok(city_visit(v.laptop[0], &v.city, 1, 1, &visit, &v.err));
    give_scope(0, elsewhere, 1);
    sync_well(0, &m);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 0);
    give_scope(0, both, 1);
    sync_well(0, &m);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 40);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 1);
}

static void put_visits(size_t changesets, size_t each)
{
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    uint8_t home[ROW_ID_BYTES];
    struct row_id id;
    char words[200];
    for (size_t k = 0; k < changesets; k++) {
        struct capture *c;
        ok(capture_begin(&c, v.laptop[1], v.city.cadre, 19187, &v.err));
        for (size_t i = 0; i < each; i++) {
            row_id_to_bytes(v.city.household[(k * each + i) % v.city.households], home);
            snprintf(words, sizeof words, "第%zu次入户，查看了饮水和住房，老人身体平稳，玉米长势好，嘱咐按时服药。", k * each + i);
            struct cell cells[] = {{.column = 1, .value = value_blob(home, sizeof home)},
                                   {.column = 2, .value = value_int(19187 - (int64_t)(i % 300))},
                                   {.column = 4, .value = value_int(1)},
                                   {.column = 6, .value = value_text(words, strlen(words))}};
            ok(capture_put(c, t, cells, 4, &id, &v.err));
        }
        ok(capture_commit(c, NULL, &v.err));
    }
}

/* ---- a restored server ---- */

static void another_epoch(const char *dir)
{
    char path[700];
    snprintf(path, sizeof path, "%s/server.db", dir);
    ok(meddle(path, "UPDATE meta SET epoch = epoch + 1", &v.err));
}

static void a_restored_server_costs_the_difference(void **state)
{
    (void)state;
    struct meter m;
    struct row_id visit;
    char live[600], copy[600];
    put_visits(1, 900);
    sync_well(1, &m);
    sync_well(0, &m);
    size_t whole = snapshot_bytes(1);
    village_path(&v, "server", -1, live, sizeof live);
    village_path(&v, "copy", -1, copy, sizeof copy);
    loopback_close(v.server);
    assert_int_equal(place_copy(live, copy), 0);
    ok(loopback_open(&v.server, live, &v.env.env, &v.err));
    ok(city_visit(v.laptop[0], &v.city, 1, 100, &visit, &v.err)); /* confirmed, then lost by the server */
    sync_well(0, &m);
    ok(city_set(v.laptop[1], v.city.county, "household", v.city.household[3], "phone", value_text("555", 3), &v.err));
    sync_well(1, &m);
    loopback_close(v.server);
    assert_int_equal(place_copy(copy, live), 0);
    another_epoch(live);
    ok(loopback_open(&v.server, live, &v.env.env, &v.err));
    ok(city_set(v.laptop[1], v.city.county, "household", v.city.household[4], "phone", value_text("666", 3), &v.err));
    sync_well(1, &m); /* others write first: the csns mean other rows now */
    print_message("a restored server: %u requests, %zu bytes up, %zu down (a snapshot: %zu)\n", m.requests, m.up, m.down, whole);
    assert_true(m.down < whole / 2);
    sync_well(0, &m);
    for (size_t i = 0; i < 2; i++) {
        sync_well(i, &m);
        assert_int_equal(city_count(v.laptop[i]->tables, "visit"), 901);
        assert_int_equal(number(i, "SELECT count(*) FROM household WHERE phone IN ('555', '666')"), 2);
    }
}

/* ---- strangers ---- */

static void strangers_are_fetched_when_they_are_known(void **state)
{
    (void)state;
    const struct schema *now = schema_current();
    struct schema_table *tables = calloc(now->count, sizeof *tables);
    struct schema older = {now->version - 1, tables, 0};
    struct meter m;
    struct sync_report r;
    char path[600];
    for (size_t i = 0; i < now->count; i++)
        if (strcmp(now->tables[i].name, "member") != 0) tables[older.count++] = now->tables[i];
    village_path(&v, "laptop", 2, path, sizeof path);
    ok(home_create(&v.laptop[2], path, &v.env.env, &v.err));
    ok(loopback_enrol(v.server, v.laptop[2], both, 1, &v.err));
    home_close(v.laptop[2]);
    sqlite3 *db = NULL;
    snprintf(path + strlen(path), sizeof path - strlen(path), "/zhucun.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE meta SET value = value - 1 WHERE key = 'schema'; DROP TABLE member", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    village_path(&v, "laptop", 2, path, sizeof path);
    ok(home_open(&v.laptop[2], path, DB_WRITE, &older, &v.env.env, &v.err));
    m = (struct meter){0};
    ok(sync_metered(2, &m, &r));
    assert_true(r.agree);
    assert_int_equal(number(2, "SELECT count(*) FROM stranger WHERE csn > 0"), 40);
    size_t whole = m.down;
    ok(village_reopen(&v, 2)); /* the program is upgraded */
    r = sync_well(2, &m);
    assert_int_equal(r.mended, 40);
    assert_int_equal(city_count(v.laptop[2]->tables, "member"), 40);
    assert_int_equal(number(2, "SELECT count(*) FROM stranger"), 0);
    assert_true(m.down < whole);
    free(tables);
}

/* ---- many rows ---- */

static void of_ten_thousand_rows_one_is_sent(void **state)
{
    (void)state;
    struct meter m;
    put_visits(10, 1000);
    sync_well(1, &m);
    sync_well(0, &m);
    size_t whole = snapshot_bytes(0);
    behind_its_back(0, "UPDATE visit SET summary = 'x' WHERE rowid = 5000");
    next_day();
    struct sync_report r = sync_well(0, &m);
    print_message("one of 10,091 rows: %u requests, %zu bytes up, %zu down (a snapshot: %zu)\n", m.requests, m.up, m.down, whole);
    assert_int_equal(r.mended, 1);
    assert_true(m.compares <= 3);
    assert_true(m.up < 8192 && m.down < 2048);
    assert_true(whole > 50 * m.down);
    behind_its_back(0, "DELETE FROM visit WHERE rowid % 3 = 0");
    next_day();
    r = sync_well(0, &m);
    assert_int_equal(r.mended, 3333);
    print_message("a third of them: %u requests, %zu bytes up, %zu down\n", m.requests, m.up, m.down);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 10000);
}

static void small_answers_bring_it_too(void **state)
{
    (void)state;
    struct sync_report r;
    struct meter m = {0};
    struct transport t = {metered, &m};
    struct sync_options o = {.max_answer_bytes = 700};
    put_visits(1, 300);
    sync_well(1, &m);
    sync_well(0, &m);
    behind_its_back(0, "DELETE FROM visit WHERE rowid > 100");
    ok(home_meta_set_int(v.laptop[0], META_SNAPSHOT, SNAPSHOT_MENDING, &v.err));
    m = (struct meter){.inner = loopback_transport(v.server)};
    ok(sync_round(v.laptop[0], &t, &o, &r, &v.err));
    assert_true(r.agree);
    assert_int_equal(r.mended, 200);
    assert_true(m.compares > 10);
    ok(apply_verify(v.laptop[0], NULL, &v.err));
}

/* ---- cut ---- */

static void cut_anywhere_it_begins_again(void **state)
{
    (void)state;
    struct sync_report r;
    struct meter m;
    int rc = ERR_OFFLINE;
    give_scope(1, both, 2);
    put_households(30);
    put_visits(1, 200);
    sync_well(1, &m);
    sync_well(0, &m);
    for (unsigned at = 1; rc == ERR_OFFLINE; at++) {
        assert_true(at < 40);
        behind_its_back(0, "DELETE FROM visit WHERE rowid % 7 = 1; UPDATE member SET name = '坏' WHERE rowid < 9");
        give_scope(0, at % 2 ? both : both + 1, at % 2 ? 2 : 1);
        ok(home_meta_set_int(v.laptop[0], META_CHECKED, 0, &v.err));
        m = (struct meter){.lose_at = (at + 1) / 2, .reply = at % 4 > 1};
        rc = sync_metered(0, &m, &r);
        if (rc) assert_int_equal(rc, ERR_OFFLINE);
        ok(village_reopen(&v, 0));
        sync_well(0, &m);
        assert_int_equal(number(0, "SELECT count(*) FROM member WHERE name = '坏'"), 0);
    }
    give_scope(0, both, 2);
    sync_well(0, &m);
    assert_int_equal(city_count(v.laptop[0]->tables, "visit"), 200);
    assert_int_equal(city_count(v.laptop[0]->tables, "household"), 70);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_village, close_village)
    const struct CMUnitTest tests[] = {
        TEST(a_flipped_cell_is_mended_alone),
        TEST(a_dropped_row_comes_back_alone),
        TEST(an_alien_row_goes_alone),
        TEST(a_row_under_another_csn_is_told_again),
        TEST(unreceived_work_stays_through_it),
        TEST(what_nothing_mends_does_not_loop),
        TEST(nonsense_is_refused_and_all_is_kept),
        TEST(another_village_brings_and_takes_only_its_own),
        TEST(without_any_village_left_it_ends_too),
        TEST(a_restored_server_costs_the_difference),
        TEST(strangers_are_fetched_when_they_are_known),
        TEST(of_ten_thousand_rows_one_is_sent),
        TEST(small_answers_bring_it_too),
        TEST(cut_anywhere_it_begins_again),
    };
    return cmocka_run_group_tests_name("reconcile", tests, NULL, NULL);
}
