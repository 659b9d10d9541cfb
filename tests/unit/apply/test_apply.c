/* Pull answers made by hand: what is shown, what lies below it, and that the sums follow, page by page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apply.h"
#include "capture.h"
#include "journal.h"
#include "village.h"

enum { MEMBER_NAME = 2, MEMBER_HEALTH = 8, HOUSEHOLD_PHONE = 4 };

static struct village v;
static struct home *h;
static struct arena arena;

static int open_village(void **state)
{
    (void)state;
    arena_init(&arena, 4 * 1024 * 1024);
    if (village_open(&v, "apply", 1, 3)) return -1;
    h = v.laptop[0];
    return 0;
}

static int close_village(void **state)
{
    (void)state;
    arena_free(&arena);
    village_close(&v);
    return 0;
}

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

static struct value text(const char *s)
{
    return value_text(s, strlen(s));
}

static struct value shown(const char *table, struct row_id id, const char *column)
{
    struct table_row row;
    struct value value = value_null();
    assert_int_equal(city_read(h, table, id, column, &arena, &row, &value, &v.err), 1);
    return value;
}

static void shows_text(const char *table, struct row_id id, const char *column, const char *want)
{
    struct value got = shown(table, id, column), wanted = text(want);
    assert_true(value_equal(&got, &wanted));
}

/* ---- the server's answers ---- */

static struct pull_answer answer(struct pulled_row *rows, size_t count, uint64_t received)
{
    static int64_t places[] = {CITY_VILLAGE};
    int64_t cursor, epoch;
    ok(home_meta_int(h, META_CURSOR, 0, &cursor, &v.err));
    ok(home_meta_int(h, META_EPOCH, 0, &epoch, &v.err));
    return (struct pull_answer){.epoch = (uint64_t)epoch, .from = (uint64_t)cursor, .to = (uint64_t)cursor + 10, .received = received,
                                .server_ms = 5, .scope_told = true, .places = places, .place_count = 1, .rows = rows, .row_count = count};
}

/* The row as the server has it: what is stored here below the overlay, with one cell changed. */
static struct pulled_row told(const char *table, struct row_id id, int column, struct value value)
{
    const struct schema_table *t = schema_table_named(h->schema, table);
    struct table_row row;
    struct pulled_row r = {.csn = 1000, .author = v.city.cadre, .authored_ms = 1, .received_ms = 2};
    struct overlay_cell *list;
    size_t count;
    if (table_read(h->tables, t, id, &arena, &row, &v.err) != 1) ok(table_row_new(t, &arena, &row, &v.err));
    ok(journal_overlay_row(h, t->number, id, &arena, &list, &count, &v.err));
    for (size_t i = 0; i < count; i++)
        if (list[i].column) row.values[schema_column_index(t, schema_column(t, list[i].column))] = list[i].below;
    if (column) row.values[schema_column_index(t, schema_column(t, column))] = value;
    r.change = (struct change){.op = CHANGE_PUT, .table = t->number, .explicit_id = true, .id = id};
    ok(table_row_cells(t, &row, &arena, &r.change.cells, &r.change.count, &v.err));
    r.row_hash = row_hash(t->number, id, r.change.cells, r.change.count);
    return r;
}

static struct pulled_row grave(const char *table, struct row_id id)
{
    struct pulled_row r = {.csn = 1001};
    r.change = (struct change){.op = CHANGE_DELETE, .table = schema_table_named(h->schema, table)->number, .explicit_id = true, .id = id};
    return r;
}

static struct apply_report apply(struct pulled_row *rows, size_t count, uint64_t received)
{
    struct pull_answer a = answer(rows, count, received);
    struct apply_report r;
    ok(apply_answer(h, &a, &r, &v.err));
    ok(apply_verify(h, NULL, &v.err));
    return r;
}

static void set_phone(const char *number)
{
    ok(city_set(h, v.city.cadre, "household", v.city.household[0], "phone", text(number), &v.err));
}

/* ---- tests ---- */

static void unreceived_cells_stay_above_the_servers(void **state)
{
    (void)state;
    set_phone("111");
    struct pulled_row row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("999"));
    apply(&row, 1, 0);
    shows_text("household", v.city.household[0], "phone", "111");
    row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("998"));
    apply(&row, 1, 1); /* received, and the server decided otherwise */
    shows_text("household", v.city.household[0], "phone", "998");
    bool any;
    ok(journal_overlay_any(h, &any, &v.err));
    assert_false(any);
}

static void other_cells_of_the_row_follow_the_server(void **state)
{
    (void)state;
    set_phone("111");
    struct pulled_row row = told("household", v.city.household[0], 5, text("村西"));
    apply(&row, 1, 0);
    shows_text("household", v.city.household[0], "phone", "111");
    shows_text("household", v.city.household[0], "address", "村西");
}

static void sets_show_both_sides(void **state)
{
    (void)state;
    struct row_id m = v.city.member[0]; /* has 2 */
    ok(city_set_elements(h, v.city.cadre, "member", m, "health", value_int(4), value_int(2), &v.err));
    struct pulled_row row = told("member", m, MEMBER_HEALTH, value_int(2 | 16));
    apply(&row, 1, 0);
    assert_int_equal(shown("member", m, "health").i, 4 | 16);
    ok(city_set_elements(h, v.city.cadre, "member", m, "health", value_int(2), value_int(4), &v.err)); /* second thoughts */
    assert_int_equal(shown("member", m, "health").i, 2 | 16);
    row = told("member", m, MEMBER_HEALTH, value_int(16));
    apply(&row, 1, 0);
    assert_int_equal(shown("member", m, "health").i, 2 | 16);
}

static void a_received_change_the_server_did_not_tell_falls_back(void **state)
{
    (void)state;
    set_phone("111");
    apply(NULL, 0, 0);
    shows_text("household", v.city.household[0], "phone", "111");
    apply(NULL, 0, 1);
    shows_text("household", v.city.household[0], "phone", "13900000000");
}

static void quarantined_work_stays_shown_until_the_server_tells(void **state)
{
    (void)state;
    struct receipt r = {.high = 1, .quarantined_count = 1};
    int64_t epoch;
    set_phone("111");
    ok(journal_hash(h, 1, &r.hash, &v.err));
    ok(home_meta_int(h, META_EPOCH, 0, &epoch, &v.err));
    r.epoch = (uint64_t)epoch;
    r.quarantined[0].seq = 1;
    ok(journal_receipt(h, &r, &v.err));
    struct apply_report report;
    struct pull_answer a = answer(NULL, 0, 1);
    a.quarantined = r.quarantined;
    a.quarantined_count = 1;
    ok(apply_answer(h, &a, &report, &v.err));
    shows_text("household", v.city.household[0], "phone", "111");
    struct pulled_row row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("222"));
    apply(&row, 1, 1);
    shows_text("household", v.city.household[0], "phone", "222");
}

static int count_lost(void *ctx, const struct lost_value *lost)
{
    (void)lost;
    ++*(size_t *)ctx;
    return 0;
}

/* The server tells the row for another's sake: what is in quarantine did not lose, it waits. */
static void quarantined_work_stays_over_a_row_that_is_told(void **state)
{
    (void)state;
    struct receipt_quarantine q = {.seq = 1, .why = "不认识", .why_en = "unknown"};
    struct apply_report report;
    struct overlay_cell *overlay;
    size_t count;
    set_phone("111");
    ok(journal_quarantine_add(h, &q, 1, &v.err));
    struct pulled_row row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("222"));
    struct pull_answer a = answer(&row, 1, 1);
    a.quarantined = &q;
    a.quarantined_count = 1;
    ok(apply_answer(h, &a, &report, &v.err));
    shows_text("household", v.city.household[0], "phone", "111");
    ok(journal_overlay_row(h, schema_table_named(h->schema, "household")->number, v.city.household[0], &arena, &overlay, &count,
                           &v.err));
    assert_int_equal(count, 1);
    struct value below = text("222");
    assert_true(value_equal(&overlay[0].below, &below));
    size_t lost = 0;
    ok(journal_lost_walk(h, count_lost, &lost, &v.err));
    assert_int_equal(lost, 0);
}

/* More are in quarantine than are told with a reason: the rest by number, and none of them is taken for received. */
static void a_quarantine_told_by_number_keeps_what_is_shown(void **state)
{
    (void)state;
    struct receipt_quarantine known = {.seq = 3, .why = "不认识", .why_en = "unknown"}, got;
    uint64_t further[] = {1, 3};
    struct apply_report report;
    set_phone("111");
    ok(city_set(h, v.city.cadre, "household", v.city.household[1], "phone", text("112"), &v.err));
    ok(city_set(h, v.city.cadre, "household", v.city.household[2], "phone", text("113"), &v.err));
    ok(journal_quarantine_add(h, &known, 1, &v.err));
    struct pulled_row row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("222"));
    struct pull_answer a = answer(&row, 1, 3);
    a.further = further;
    a.further_count = 2;
    ok(apply_answer(h, &a, &report, &v.err));
    shows_text("household", v.city.household[0], "phone", "111");
    shows_text("household", v.city.household[1], "phone", "13900000000"); /* received, and not in force */
    shows_text("household", v.city.household[2], "phone", "113");
    assert_int_equal(journal_quarantine_of(h, 1, &got, &v.err), 1);
    assert_string_equal(got.why, "原因见服务器");
    assert_string_equal(got.why_en, "the server says why");
    assert_int_equal(journal_quarantine_of(h, 2, &got, &v.err), 0);
    assert_int_equal(journal_quarantine_of(h, 3, &got, &v.err), 1);
    assert_string_equal(got.why_en, "unknown"); /* as a receipt had told */
}

static void apply_with_quarantine(struct pulled_row *row, struct receipt_quarantine *q)
{
    struct apply_report report;
    struct pull_answer a = answer(row, row ? 1 : 0, 1);
    a.quarantined = q;
    a.quarantined_count = 1;
    ok(apply_answer(h, &a, &report, &v.err));
    ok(apply_verify(h, NULL, &v.err));
}

/* It has arrived, so it does not hold a row that leaves; coming back, the row shows it again, and whose it is. */
static void quarantined_work_does_not_hold_what_moves_out(void **state)
{
    (void)state;
    struct row_id id = v.city.household[0];
    struct receipt_quarantine q = {.seq = 1, .why = "不认识", .why_en = "unknown"}, got;
    struct pulled_row away = grave("household", id), back = told("household", id, HOUSEHOLD_PHONE, text("222"));
    struct table_row row;
    away.moved_out = true;
    set_phone("111");
    apply_with_quarantine(&away, &q);
    assert_int_equal(city_count(h->tables, "household"), 2);
    assert_int_equal(journal_quarantine_of(h, 1, &got, &v.err), 1);
    apply_with_quarantine(&back, &q);
    shows_text("household", id, "phone", "111");
    assert_int_equal(table_read(h->tables, schema_table_named(h->schema, "household"), id, &arena, &row, &v.err), 1);
    assert_int_equal(row.system[HOME_SEQ].i, 1);
}

/* The row left while the work was still on its way: the row goes when it arrives, though into quarantine. */
static void what_moved_out_goes_when_its_work_arrives_in_quarantine(void **state)
{
    (void)state;
    struct receipt_quarantine q = {.seq = 1, .why = "不认识", .why_en = "unknown"};
    struct pulled_row away = grave("household", v.city.household[0]);
    away.moved_out = true;
    set_phone("111");
    apply(&away, 1, 0);
    shows_text("household", v.city.household[0], "phone", "111");
    apply_with_quarantine(NULL, &q);
    assert_int_equal(city_count(h->tables, "household"), 2);
}

static void taken_out_of_quarantine_it_follows_the_server(void **state)
{
    (void)state;
    struct receipt_quarantine q = {.seq = 1, .why = "不认识", .why_en = "unknown"};
    struct journal_counts counts;
    set_phone("111");
    ok(journal_quarantine_add(h, &q, 1, &v.err));
    ok(journal_counts(h, &counts, &v.err));
    assert_int_equal(counts.quarantined, 1);
    struct pulled_row row = told("household", v.city.household[0], HOUSEHOLD_PHONE, text("111"));
    apply(&row, 1, 1); /* a list without it: a retry at the server went through */
    ok(journal_counts(h, &counts, &v.err));
    assert_int_equal(counts.quarantined, 0);
    shows_text("household", v.city.household[0], "phone", "111");
}

static void a_grave_takes_the_row_unless_work_is_on_it(void **state)
{
    (void)state;
    struct pulled_row rows[] = {grave("member", v.city.member[1]), grave("household", v.city.household[0])};
    set_phone("111");
    struct apply_report r = apply(rows, 2, 0);
    assert_int_equal(r.graves, 2);
    assert_int_equal(city_count(h->tables, "member"), 2);
    shows_text("household", v.city.household[0], "phone", "111"); /* not received yet */
    apply(NULL, 0, 1);                                            /* received, and the server did not revive it */
    assert_int_equal(city_count(h->tables, "household"), 2);
}

static void moving_out_forgets_and_moving_in_brings_whole(void **state)
{
    (void)state;
    struct pulled_row back = told("member", v.city.member[2], MEMBER_NAME, text("回来")), away = grave("member", v.city.member[2]);
    away.moved_out = true;
    apply(&away, 1, 0);
    assert_int_equal(city_count(h->tables, "member"), 2);
    struct pulled_row both[] = {away, back}; /* leaving comes before arriving */
    apply(both, 2, 0);
    shows_text("member", v.city.member[2], "name", "回来");
}

static void a_deleted_row_is_not_shown_again_before_the_server_knows(void **state)
{
    (void)state;
    struct capture *c;
    struct row_id m = v.city.member[0];
    struct pulled_row row = told("member", m, MEMBER_NAME, text("改名"));
    ok(capture_begin(&c, h, v.city.cadre, 19187, &v.err));
    ok(capture_delete(c, schema_table_named(h->schema, "member"), m, &v.err));
    ok(capture_commit(c, NULL, &v.err));
    ok(apply_verify(h, NULL, &v.err));
    apply(&row, 1, 0);
    assert_int_equal(city_count(h->tables, "member"), 2);
    apply(&row, 1, 1); /* the server kept it */
    assert_int_equal(city_count(h->tables, "member"), 3);
    shows_text("member", m, "name", "改名");
}

static void an_answer_that_does_not_follow_is_refused(void **state)
{
    (void)state;
    struct apply_report r;
    struct pull_answer a = answer(NULL, 0, 0);
    a.from += 1;
    assert_int_equal(apply_answer(h, &a, &r, &v.err), ERR_PEER);
    a = answer(NULL, 0, 0);
    a.epoch ^= 4;
    assert_int_equal(apply_answer(h, &a, &r, &v.err), ERR_PEER);
}

static void a_row_that_is_not_its_hash_changes_nothing(void **state)
{
    (void)state;
    struct apply_report r;
    int64_t before, after;
    struct pulled_row rows[] = {told("member", v.city.member[0], MEMBER_NAME, text("好")), told("member", v.city.member[1], MEMBER_NAME, text("坏"))};
    rows[1].row_hash ^= 1;
    struct pull_answer a = answer(rows, 2, 0);
    ok(home_meta_int(h, META_CURSOR, 0, &before, &v.err));
    assert_int_equal(apply_answer(h, &a, &r, &v.err), ERR_CORRUPT);
    ok(home_meta_int(h, META_CURSOR, 0, &after, &v.err));
    assert_int_equal(before, after);
    shows_text("member", v.city.member[0], "name", "成员0");
    ok(apply_verify(h, NULL, &v.err));
}

static void unknown_tables_and_columns_are_counted(void **state)
{
    (void)state;
    struct cell cells[] = {{.column = 1, .value = value_int(7)}};
    struct pulled_row strange = {.csn = 1002, .change = {.op = CHANGE_PUT, .table = 60, .explicit_id = true,
                                                          .id = row_id_make(5, 5, 5), .cells = cells, .count = 1}};
    strange.row_hash = row_hash(60, strange.change.id, cells, 1);
    struct pulled_row row = told("member", v.city.member[0], 0, value_null());
    struct cell *more = arena_array(&arena, row.change.count + 1, sizeof *more);
    memcpy(more, row.change.cells, row.change.count * sizeof *more);
    more[row.change.count++] = (struct cell){.column = 150, .value = text("later")};
    row.change.cells = more;
    row.row_hash = row_hash(row.change.table, row.change.id, more, row.change.count);
    struct pulled_row rows[] = {strange, row, strange};
    apply(rows, 3, 0);
    strange.change.op = CHANGE_DELETE;
    apply(&strange, 1, 0);
}

/* ---- snapshots ---- */

static void a_snapshot_in_pages_sweeps_at_its_end(void **state)
{
    (void)state;
    struct row_id own;
    struct apply_report r;
    struct pulled_row first = told("household", v.city.household[0], 0, value_null()), second = told("household", v.city.household[1], 0, value_null());
    ok(city_visit(h, &v.city, 0, 1, &own, &v.err));
    struct pull_answer a = answer(&first, 1, 0);
    a.restart = a.more = true;
    a.from = 0;
    a.to = 5;
    ok(apply_answer(h, &a, &r, &v.err));
    ok(apply_verify(h, NULL, &v.err));
    assert_int_equal(city_count(h->tables, "household"), 3); /* nothing vanishes before the end */
    ok(village_reopen(&v, 0));                               /* the machine is switched off in between */
    h = v.laptop[0];
    a = answer(&second, 1, 0);
    a.count = 2;
    a.fingerprint = first.row_hash + second.row_hash;
    ok(apply_answer(h, &a, &r, &v.err));
    assert_true(r.agree);
    ok(apply_verify(h, NULL, &v.err));
    assert_int_equal(city_count(h->tables, "household"), 2);
    assert_int_equal(city_count(h->tables, "member"), 0);
    assert_int_equal(city_count(h->tables, "visit"), 1); /* not received: it stays */
    int64_t snapshot;
    ok(home_meta_int(h, META_SNAPSHOT, -1, &snapshot, &v.err));
    assert_int_equal(snapshot, SNAPSHOT_NONE);
}

static int64_t snapshot_state(void)
{
    int64_t state;
    ok(home_meta_int(h, META_SNAPSHOT, SNAPSHOT_NONE, &state, &v.err));
    return state;
}

/* Columns need nothing; rows of tables that were strangers are fetched. */
static void a_newer_program_asks_for_what_was_strange(void **state)
{
    (void)state;
    ok(home_meta_set_int(h, META_SCHEMA, 0, &v.err));
    ok(village_reopen(&v, 0));
    h = v.laptop[0];
    assert_int_equal(snapshot_state(), SNAPSHOT_NONE);
    ok(db_exec(h->db, "INSERT INTO stranger(tab, row, hash, csn) VALUES(60, zeroblob(16), 5, 5)", &v.err));
    ok(home_meta_set_int(h, META_SCHEMA, 0, &v.err));
    ok(village_reopen(&v, 0));
    h = v.laptop[0];
    assert_int_equal(snapshot_state(), SNAPSHOT_MENDING);
    ok(home_meta_set_int(h, META_SCHEMA, SCHEMA_VERSION + 1, &v.err));
    assert_int_equal(village_reopen(&v, 0), ERR_REFUSED);
    h = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_village, close_village)
        TEST(unreceived_cells_stay_above_the_servers),
        TEST(other_cells_of_the_row_follow_the_server),
        TEST(sets_show_both_sides),
        TEST(a_received_change_the_server_did_not_tell_falls_back),
        TEST(quarantined_work_stays_shown_until_the_server_tells),
        TEST(quarantined_work_stays_over_a_row_that_is_told),
        TEST(a_quarantine_told_by_number_keeps_what_is_shown),
        TEST(quarantined_work_does_not_hold_what_moves_out),
        TEST(what_moved_out_goes_when_its_work_arrives_in_quarantine),
        TEST(taken_out_of_quarantine_it_follows_the_server),
        TEST(a_grave_takes_the_row_unless_work_is_on_it),
        TEST(moving_out_forgets_and_moving_in_brings_whole),
        TEST(a_deleted_row_is_not_shown_again_before_the_server_knows),
        TEST(an_answer_that_does_not_follow_is_refused),
        TEST(a_row_that_is_not_its_hash_changes_nothing),
        TEST(unknown_tables_and_columns_are_counted),
        TEST(a_snapshot_in_pages_sweeps_at_its_end),
        TEST(a_newer_program_asks_for_what_was_strange),
    };
    return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
