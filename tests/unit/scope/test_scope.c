/* Scopes, with real laptops against the real intake and outflow: by village and by assignment, handover in two phases,
 * households and members that move with what hangs on them, work outside the scope, and what the notices say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "held.h"
#include "outflow.h"
#include "scope.h"
#include "village.h"

enum { TEAM, ELSEWHERE, CONTACT, CADRE, DAY_MS = 24 * 3600 * 1000 };
static struct village v;
static struct err err;
static struct arena arena;

static void ok(int rc)
{
    if (rc != 0) fail_msg("%d %s / %s", rc, err.en, v.err.en);
}

static void sync(size_t laptop)
{
    struct sync_report r;
    ok(village_sync(&v, laptop, &r));
    assert_true(r.agree);
    assert_int_equal(r.quarantined, 0);
}

static void enrol(size_t n, int64_t place, const char *worker, bool assigned)
{
    char path[600];
    struct device d = {.places = &place, .place_count = place ? 1 : 0, .assigned = assigned, .name = "laptop", .worker_count = 1};
    snprintf(d.workers[0], sizeof d.workers[0], "%s", worker);
    village_path(&v, "laptop", (int)n, path, sizeof path);
    ok(home_create(&v.laptop[n], path, &v.env.env, &err));
    ok(loopback_enrol_as(v.server, v.laptop[n], &d, &err));
}

/* A team laptop of the village that may speak for everybody, one of the other village, and two that follow the
 * assignments of a contact and of the cadre. */
static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    arena_init(&arena, 4 * 1024 * 1024);
    ok(village_open(&v, "scope", 1, 3));
    enrol(ELSEWHERE, CITY_OTHER_VILLAGE, "X1", false);
    enrol(CONTACT, 0, "B2", true);
    enrol(CADRE, 0, "B1", true);
    for (size_t i = ELSEWHERE; i <= CADRE; i++) sync(i);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    village_close(&v);
    arena_free(&arena);
    return 0;
}

static const struct schema_table *table(const char *name)
{
    return schema_table_named(schema_current(), name);
}

static struct value id_value(struct row_id id)
{
    uint8_t *bytes = arena_alloc(&arena, ROW_ID_BYTES);
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static struct cell cell(const char *t, const char *column, struct value value)
{
    return (struct cell){.column = schema_column_named(table(t), column)->number, .value = value};
}

static struct row_id put(size_t laptop, struct row_id author, const char *t, const struct cell *cells, size_t count)
{
    struct capture *c;
    struct row_id id;
    ok(capture_begin(&c, v.laptop[laptop], author, date_of_ms(v.env.now_ms), &err));
    ok(capture_put(c, table(t), cells, count, &id, &err));
    ok(capture_commit(c, NULL, &err));
    return id;
}

static struct row_id assign_on(size_t household, struct row_id worker, int64_t since)
{
    struct cell cells[] = {cell("assignment", "household", id_value(v.city.household[household])),
                           cell("assignment", "worker", id_value(worker)),
                           cell("assignment", "since", value_int(since))};
    return put(TEAM, v.city.county, "assignment", cells, 3);
}

static struct row_id assign(size_t household, struct row_id worker)
{
    return assign_on(household, worker, date_of_ms(v.env.now_ms));
}

static bool holds(size_t laptop, const char *t, struct row_id id)
{
    return table_exists(v.laptop[laptop]->tables, table(t), id, &err) == 1;
}

static struct value shown(size_t laptop, const char *t, struct row_id id, const char *column)
{
    struct table_row row;
    struct value value = value_null();
    assert_int_equal(city_read(v.laptop[laptop], t, id, column, &arena, &row, &value, &err), 1);
    return value;
}

struct notices {
    int kind[8];
    struct row_id id[8];
    size_t count;
};

static int keep_notice(void *ctx, const struct table_row *row)
{
    struct notices *n = ctx;
    const struct schema_table *t = table("notice");
    assert_true(n->count < 8);
    n->id[n->count] = row->id;
    n->kind[n->count++] = (int)row->values[schema_column_index(t, schema_column_named(t, "kind"))].i;
    return 0;
}

static struct notices notices(size_t laptop)
{
    struct notices n = {0};
    struct arena rows;
    arena_init(&rows, 1024 * 1024);
    ok(table_walk(v.laptop[laptop]->tables, table("notice"), 0, NULL, NULL, 0, &rows, keep_notice, &n, &err));
    arena_free(&rows);
    return n;
}

static void says(size_t laptop, struct row_id notice, const char *column, const char *want)
{
    struct value got = shown(laptop, "notice", notice, column);
    assert_int_equal(got.kind, VALUE_TEXT);
    if (got.len != strlen(want) || memcmp(got.data, want, got.len) != 0)
        fail_msg("%s: %.*s, not %s", column, (int)got.len, (const char *)got.data, want);
}

static void a_contact_holds_what_is_assigned_and_nothing_else(void **state)
{
    (void)state;
    struct row_id visit, other;
    assert_false(holds(CONTACT, "household", v.city.household[0]));
    assert_true(holds(CONTACT, "notice", (struct row_id){0}) == false);
    assign(0, v.city.contact);
    ok(city_visit(v.laptop[TEAM], &v.city, 0, 1, &visit, &err));
    ok(city_visit(v.laptop[TEAM], &v.city, 1, 2, &other, &err));
    sync(TEAM);
    sync(CONTACT);
    assert_true(holds(CONTACT, "household", v.city.household[0]) && holds(CONTACT, "member", v.city.member[0]));
    assert_true(holds(CONTACT, "visit", visit));
    assert_false(holds(CONTACT, "household", v.city.household[1]) || holds(CONTACT, "member", v.city.member[1]));
    assert_false(holds(CONTACT, "visit", other));
    assert_true(holds(CONTACT, "worker", v.city.contact)); /* who is who at the village */
    struct notices n = notices(CONTACT);
    assert_int_equal(n.count, 1);
    assert_int_equal(n.kind[0], 5); /* 接手 */
    ok(city_visit(v.laptop[TEAM], &v.city, 0, 3, &visit, &err)); /* goes on by the tail */
    sync(TEAM);
    sync(CONTACT);
    assert_true(holds(CONTACT, "visit", visit));
}

static void end_assignment(struct row_id id)
{
    ok(city_set(v.laptop[TEAM], v.city.county, "assignment", id, "until", value_int(date_of_ms(v.env.now_ms) - 1), &err));
}

static void a_handover_waits_for_the_last_change(void **state)
{
    (void)state;
    struct row_id late, first = assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    v.env.now_ms += DAY_MS;
    end_assignment(first);
    assign(0, v.city.cadre);
    sync(TEAM);
    ok(city_visit(v.laptop[CONTACT], &v.city, 0, 1, &late, &err)); /* he does not know yet */
    sync(CONTACT); /* phase one: told, and still holding */
    assert_true(holds(CONTACT, "household", v.city.household[0]) && holds(CONTACT, "visit", late));
    struct notices n = notices(CONTACT);
    assert_int_equal(n.kind[n.count - 1], 4); /* 移交 */
    says(CONTACT, n.id[n.count - 1], "other", "B1 驻村甲");
    struct row_id last;
    ok(city_visit(v.laptop[CONTACT], &v.city, 0, 2, &last, &err)); /* knowing, he still finishes what he began */
    sync(CONTACT); /* phase two */
    assert_false(holds(CONTACT, "household", v.city.household[0]) || holds(CONTACT, "visit", late));
    assert_false(holds(CONTACT, "visit", last));
    sync(CONTACT); /* and it stays so */
    assert_false(holds(CONTACT, "household", v.city.household[0]));
    sync(CADRE);
    assert_true(holds(CADRE, "household", v.city.household[0]) && holds(CADRE, "visit", late) && holds(CADRE, "visit", last));
    assign(0, v.city.contact); /* both have it now */
    sync(TEAM);
    sync(CONTACT);
    assert_true(holds(CONTACT, "household", v.city.household[0]) && holds(CONTACT, "visit", last));
    assert_true(holds(CADRE, "household", v.city.household[0]));
}

static struct device device_of(size_t laptop)
{
    struct device d = {0};
    assert_int_equal(store_device_by_origin(loopback_store(v.server), v.laptop[laptop]->origin, &arena, &d, &err), 1);
    return d;
}

/* What the next pull of the contact would be told while a change of his is on the way. */
static size_t households_told(void)
{
    struct device d = device_of(CONTACT);
    int64_t cursor;
    struct pull_request q = {.origin = d.origin, .head = 1000};
    struct scope scope;
    ok(home_meta_int(v.laptop[CONTACT], META_CURSOR, 0, &cursor, &err));
    ok(home_held_digest(v.laptop[CONTACT], &q.scope, &err));
    q.csn = (uint64_t)cursor;
    ok(scope_of_device(loopback_store(v.server), &d, &q, 0, &arena, &scope, &err));
    return scope.household_count;
}

/* The release alone says so: what the laptop shows is neither what it holds now nor what it held before. */
static void what_was_released_does_not_come_back_with_the_next_assignment(void **state)
{
    (void)state;
    struct row_id first = assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    v.env.now_ms += DAY_MS;
    end_assignment(first);
    assign(0, v.city.cadre);
    sync(TEAM);
    sync(CONTACT); /* phase one */
    assert_int_equal(households_told(), 1);
    sync(CONTACT); /* phase two */
    assert_int_equal(households_told(), 0);
    assign(1, v.city.contact);
    sync(TEAM);
    assert_int_equal(households_told(), 1); /* the new one; with the release unwritten it would be both: http/pull.c */
}

static void end_on(struct row_id id, int64_t until)
{
    ok(city_set(v.laptop[TEAM], v.city.county, "assignment", id, "until", value_int(until), &err));
}

static void a_handover_written_ahead_happens_on_its_day(void **state)
{
    (void)state;
    int64_t day = date_of_ms(v.env.now_ms) + 2;
    struct row_id first = assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    end_on(first, day - 1);
    assign_on(0, v.city.cadre, day);
    sync(TEAM);
    for (int i = 0; i < 2; i++, v.env.now_ms += DAY_MS) {
        sync(CONTACT);
        sync(CADRE);
        assert_true(holds(CONTACT, "household", v.city.household[0]));
        assert_false(holds(CADRE, "household", v.city.household[0]));
        assert_int_equal(notices(CADRE).count, 0); /* nothing to take over yet */
        assert_int_equal(notices(CONTACT).count, 1);
    }
    sync(CADRE); /* nobody has pushed anything since */
    assert_true(holds(CADRE, "household", v.city.household[0]));
    struct notices taken = notices(CADRE);
    assert_int_equal(taken.count, 1);
    assert_int_equal(taken.kind[0], 5); /* 接手 */
    says(CADRE, taken.id[0], "other", "B2 帮扶乙");
    sync(CONTACT); /* phase one */
    struct notices given = notices(CONTACT);
    assert_int_equal(given.count, 2);
    assert_int_equal(given.kind[1], 4); /* 移交 */
    says(CONTACT, given.id[1], "other", "B1 驻村甲");
    assert_true(holds(CONTACT, "household", v.city.household[0]));
    sync(CONTACT);
    assert_false(holds(CONTACT, "household", v.city.household[0]));
    v.env.now_ms += DAY_MS;
    sync(CADRE);
    sync(CONTACT);
    assert_int_equal(notices(CADRE).count, 1); /* told once */
    assert_int_equal(notices(CONTACT).count, 2);
}

/* ---- more than a laptop can hold ---- */

/* Of made-up households with numbers from…to. */
static void put_holdings(size_t laptop, uint64_t from, uint64_t to, uint64_t leaving)
{
    struct store *s = loopback_store(v.server);
    ok(store_begin(s, &err));
    for (uint64_t n = from; n <= to; n++) {
        struct holding h = {v.laptop[laptop]->origin, {77, n}, 1, leaving};
        ok(store_holding_put(s, &h, &err));
    }
    ok(store_commit(s, &err));
}

static void what_is_held_comes_before_what_is_leaving(void **state)
{
    (void)state;
    struct scope scope;
    struct device d = device_of(CONTACT);
    put_holdings(CONTACT, 1, WIRE_MAX_HOUSEHOLDS, 5);
    put_holdings(CONTACT, WIRE_MAX_HOUSEHOLDS + 1, WIRE_MAX_HOUSEHOLDS + 10, 0);
    ok(scope_of_device(loopback_store(v.server), &d, NULL, 0, &arena, &scope, &err));
    assert_int_equal(scope.household_count, WIRE_MAX_HOUSEHOLDS);
    for (uint64_t i = 0; i < 10; i++) /* ascending, the held ones are the last */
        assert_true(scope.households[WIRE_MAX_HOUSEHOLDS - 10 + i].number == WIRE_MAX_HOUSEHOLDS + 1 + i);
}

static void too_many_holdings_are_no_error(void **state)
{
    (void)state;
    struct scope scope;
    struct device d = device_of(CONTACT);
    put_holdings(CONTACT, 1, 4 * WIRE_MAX_HOUSEHOLDS + 1, 0);
    ok(scope_of_device(loopback_store(v.server), &d, NULL, 0, &arena, &scope, &err));
    assert_int_equal(scope.household_count, WIRE_MAX_HOUSEHOLDS);
}

static void more_are_assigned_than_a_laptop_holds(void **state)
{
    (void)state;
    enum { EACH = 250, OVER = 5 };
    const size_t all = WIRE_MAX_HOUSEHOLDS + OVER;
    size_t held, assigned;
    for (size_t done = 0; done < all;) {
        struct capture *c;
        ok(capture_begin(&c, v.laptop[TEAM], v.city.county, date_of_ms(v.env.now_ms), &err));
        for (size_t i = 0; i < EACH && done < all; i++, done++) {
            struct row_id id;
            struct cell h[] = {cell("household", "village", value_int(CITY_VILLAGE)), cell("household", "head_name", value_text("x", 1))};
            ok(capture_put(c, table("household"), h, 2, &id, &err));
            struct cell a[] = {cell("assignment", "household", id_value(id)), cell("assignment", "worker", id_value(v.city.contact))};
            ok(capture_put(c, table("assignment"), a, 2, &id, &err));
        }
        ok(capture_commit(c, NULL, &err));
    }
    sync(TEAM);
    sync(CONTACT); /* nobody's push or pull fails for it */
    assert_int_equal(city_count(v.laptop[CONTACT]->tables, "household"), WIRE_MAX_HOUSEHOLDS);
    struct device d = device_of(CONTACT);
    ok(scope_extent(loopback_store(v.server), &d, date_of_ms(v.env.now_ms), &held, &assigned, &err));
    assert_int_equal(held, WIRE_MAX_HOUSEHOLDS);
    assert_int_equal(assigned, all);
}

static void move(size_t household, int64_t to)
{
    ok(city_set(v.laptop[TEAM], v.city.county, "household", v.city.household[household], "village", value_int(to), &err));
    sync(TEAM);
}

static void a_household_moves_with_all_that_hangs_on_it(void **state)
{
    (void)state;
    struct row_id visit;
    struct cell j[] = {cell("job", "member", id_value(v.city.member[0])), cell("job", "months", value_int(6))};
    struct cell k[] = {cell("risk", "household", id_value(v.city.household[0])), cell("risk", "kind", value_int(1)),
                       cell("risk", "found_on", value_int(date_of_ms(v.env.now_ms))), cell("risk", "state", value_int(1))};
    assign(0, v.city.contact);
    ok(city_visit(v.laptop[TEAM], &v.city, 0, 1, &visit, &err));
    struct row_id job = put(TEAM, v.city.cadre, "job", j, 2), risk = put(TEAM, v.city.cadre, "risk", k, 4);
    sync(TEAM);
    sync(CONTACT);
    sync(ELSEWHERE);
    assert_false(holds(ELSEWHERE, "visit", visit));
    move(0, CITY_OTHER_VILLAGE);
    sync(ELSEWHERE);
    sync(CONTACT);
    const struct { const char *t; struct row_id id; } all[] = {{"household", v.city.household[0]}, {"member", v.city.member[0]},
        {"visit", visit}, {"job", job}, {"risk", risk}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_false(holds(TEAM, all[i].t, all[i].id));
        assert_true(holds(ELSEWHERE, all[i].t, all[i].id));
        assert_true(holds(CONTACT, all[i].t, all[i].id)); /* who holds the household holds it wherever it lives */
    }
    assert_true(holds(TEAM, "household", v.city.household[1]));
}

static void a_member_moves_with_its_jobs(void **state)
{
    (void)state;
    struct cell j[] = {cell("job", "member", id_value(v.city.member[0])), cell("job", "months", value_int(6))};
    struct row_id job = put(TEAM, v.city.cadre, "job", j, 2);
    assign(0, v.city.contact);
    assign(1, v.city.cadre);
    sync(TEAM);
    sync(CONTACT);
    sync(CADRE);
    assert_true(holds(CONTACT, "job", job) && !holds(CADRE, "job", job));
    ok(city_set(v.laptop[TEAM], v.city.county, "member", v.city.member[0], "household", id_value(v.city.household[1]), &err));
    sync(TEAM);
    sync(CONTACT);
    sync(CADRE);
    assert_false(holds(CONTACT, "job", job) || holds(CONTACT, "member", v.city.member[0]));
    assert_true(holds(CADRE, "job", job) && holds(CADRE, "member", v.city.member[0]) && holds(TEAM, "job", job));
}

static void a_visit_to_a_household_that_moved_is_credited(void **state)
{
    (void)state;
    struct row_id visit;
    struct stored_row row;
    assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    sync(ELSEWHERE);
    move(0, CITY_OTHER_VILLAGE);
    sync(ELSEWHERE);
    ok(city_set(v.laptop[ELSEWHERE], v.city.county, "household", v.city.household[0], "village", value_int(CITY_VILLAGE), &err));
    ok(city_visit(v.laptop[ELSEWHERE], &v.city, 0, 1, &visit, &err)); /* sent away, and visited once more */
    sync(ELSEWHERE);
    assert_false(holds(ELSEWHERE, "household", v.city.household[0]) || holds(ELSEWHERE, "visit", visit));
    assert_int_equal(store_row_get(loopback_store(v.server), table("visit"), visit, &arena, &row, &err), 1);
    assert_int_equal(row.home.place, CITY_VILLAGE);
    struct notices n = notices(ELSEWHERE);
    assert_true(n.count >= 1);
    assert_int_equal(n.kind[n.count - 1], 6); /* 范围外 */
    sync(TEAM);
    assert_true(holds(TEAM, "visit", visit));
}

static void losers_and_winners_are_told(void **state)
{
    (void)state;
    assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    ok(city_set(v.laptop[TEAM], v.city.cadre, "household", v.city.household[0], "phone", value_text("111", 3), &err));
    v.env.now_ms += 1000;
    ok(city_set(v.laptop[CONTACT], v.city.contact, "household", v.city.household[0], "phone", value_text("222", 3), &err));
    sync(CONTACT);
    sync(TEAM);
    sync(CONTACT);
    struct notices lost = notices(TEAM), won = notices(CONTACT);
    assert_int_equal(lost.kind[lost.count - 1], 1); /* 未采用 */
    assert_int_equal(won.kind[won.count - 1], 3);   /* 待核实 */
    struct row_id at = lost.id[lost.count - 1];
    says(TEAM, at, "item", "phone");
    says(TEAM, at, "yours", "111");
    says(TEAM, at, "current", "222");
    says(TEAM, at, "other", "B2 帮扶乙");
    assert_int_equal(shown(TEAM, "notice", at, "reason").i, 2);
    assert_int_equal(shown(TEAM, "notice", at, "ledger").i, shown(CONTACT, "notice", won.id[won.count - 1], "ledger").i);
    says(CONTACT, won.id[won.count - 1], "yours", "222");
}

static int find_clue(void *ctx, const struct table_row *row)
{
    const struct schema_table *t = table("clue");
    *(int64_t *)ctx = row->values[schema_column_index(t, schema_column_named(t, "kind"))].i;
    return 0;
}

static void a_risk_on_a_cleared_household_opens_a_clue(void **state)
{
    (void)state;
    int64_t kind = 0;
    struct cell k[] = {cell("risk", "household", id_value(v.city.household[0])), cell("risk", "kind", value_int(1)),
                       cell("risk", "found_on", value_int(date_of_ms(v.env.now_ms))), cell("risk", "state", value_int(1))};
    ok(city_set(v.laptop[TEAM], v.city.county, "household", v.city.household[0], "monitor_status", value_int(3), &err));
    sync(TEAM);
    put(TEAM, v.city.cadre, "risk", k, 4);
    put(TEAM, v.city.cadre, "risk", k, 4); /* found twice, one clue */
    sync(TEAM);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 1);
    ok(table_walk(v.laptop[TEAM]->tables, table("clue"), 0, NULL, NULL, 0, &arena, find_clue, &kind, &err));
    assert_int_equal(kind, 4); /* 回退 */
    put(TEAM, v.city.cadre, "risk", k, 4);
    sync(TEAM);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 1);
}

static struct row_id risk_on(size_t laptop, int64_t found_on)
{
    struct cell k[] = {cell("risk", "household", id_value(v.city.household[0])), cell("risk", "kind", value_int(1)),
                       cell("risk", "found_on", value_int(found_on)), cell("risk", "state", value_int(1))};
    return put(laptop, v.city.cadre, "risk", k, 4);
}

static void clear_household(size_t laptop)
{
    ok(city_set(v.laptop[laptop], v.city.county, "household", v.city.household[0], "monitor_status", value_int(3), &err));
}

static void a_date_out_of_the_world_blocks_nobody(void **state)
{
    (void)state;
    clear_household(TEAM);
    sync(TEAM);
    risk_on(TEAM, 84000); /* 2199-12-27: nine days on there are no dates any more */
    sync(TEAM);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 1);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "risk"), 1);
}

static void a_clearing_that_had_not_seen_the_risk_opens_the_clue_too(void **state)
{
    (void)state;
    assign(0, v.city.contact);
    sync(TEAM);
    sync(CONTACT);
    risk_on(CONTACT, date_of_ms(v.env.now_ms));
    clear_household(TEAM);
    sync(CONTACT); /* the risk arrives first */
    sync(TEAM);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 1);
}

static void a_clearing_that_had_seen_it_opens_none(void **state)
{
    (void)state;
    risk_on(TEAM, date_of_ms(v.env.now_ms));
    sync(TEAM);
    clear_household(TEAM);
    sync(TEAM);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 0);
}

static void a_risk_that_is_open_again_opens_a_clue(void **state)
{
    (void)state;
    struct row_id risk = risk_on(TEAM, date_of_ms(v.env.now_ms));
    sync(TEAM);
    struct cell closing[] = {cell("risk", "state", value_int(2)), cell("risk", "closed_by", id_value(v.city.cadre)),
                             cell("risk", "closed_on", value_int(date_of_ms(v.env.now_ms))),
                             cell("risk", "closed_why", value_text("好了", 6))};
    struct capture *c;
    ok(capture_begin(&c, v.laptop[TEAM], v.city.cadre, date_of_ms(v.env.now_ms), &err));
    ok(capture_set(c, table("risk"), risk, closing, 4, &err));
    ok(capture_commit(c, NULL, &err));
    clear_household(TEAM);
    sync(TEAM);
    assert_int_equal(shown(TEAM, "risk", risk, "state").i, 2);
    ok(city_set(v.laptop[TEAM], v.city.cadre, "risk", risk, "state", value_int(1), &err));
    sync(TEAM);
    assert_int_equal(shown(TEAM, "risk", risk, "state").i, 1);
    assert_int_equal(city_count(v.laptop[TEAM]->tables, "clue"), 1);
}

struct lines {
    char text[8192];
    size_t n;
};

static int keep_lines(void *ctx, const void *bytes, size_t n)
{
    struct lines *l = ctx;
    assert_true(l->n + n < sizeof l->text);
    memcpy(l->text + l->n, bytes, n);
    l->n += n;
    l->text[l->n] = '\0';
    return 0;
}

static size_t times(const struct lines *l, const char *word)
{
    size_t n = 0;
    for (const char *at = l->text; (at = strstr(at, word)); at++) n++;
    return n;
}

static void the_log_of_a_scope_tells_leaving_and_arriving(void **state)
{
    (void)state;
    uint64_t since;
    struct lines here = {.n = 0}, there = {.n = 0};
    ok(store_head(loopback_store(v.server), &since, &err));
    move(0, CITY_OTHER_VILLAGE);
    struct log_request q = {.since = since, .scope = CITY_VILLAGE};
    uint64_t cursor;
    ok(outflow_log(loopback_store(v.server), &q, keep_lines, &here, &cursor, &err));
    q.scope = CITY_OTHER_VILLAGE;
    ok(outflow_log(loopback_store(v.server), &q, keep_lines, &there, &cursor, &err));
    assert_int_equal(times(&here, "\"op\":\"leave\""), 2); /* household and member */
    assert_int_equal(times(&here, "\"op\""), 2);
    assert_int_equal(times(&there, "\"op\":\"put\""), 2);
    assert_int_equal(times(&there, "\"op\""), 2);
    q.scope = INT64_C(231202000000); /* to the county nothing left */
    struct lines county = {.n = 0};
    ok(outflow_log(loopback_store(v.server), &q, keep_lines, &county, &cursor, &err));
    assert_int_equal(times(&county, "\"op\":\"amend\""), 2);
    assert_int_equal(times(&county, "\"op\""), 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_contact_holds_what_is_assigned_and_nothing_else),
        TEST(a_handover_waits_for_the_last_change),
        TEST(what_was_released_does_not_come_back_with_the_next_assignment),
        TEST(a_handover_written_ahead_happens_on_its_day),
        TEST(what_is_held_comes_before_what_is_leaving),
        TEST(too_many_holdings_are_no_error),
        TEST(more_are_assigned_than_a_laptop_holds),
        TEST(a_household_moves_with_all_that_hangs_on_it),
        TEST(a_member_moves_with_its_jobs),
        TEST(a_visit_to_a_household_that_moved_is_credited),
        TEST(losers_and_winners_are_told),
        TEST(a_risk_on_a_cleared_household_opens_a_clue),
        TEST(a_date_out_of_the_world_blocks_nobody),
        TEST(a_clearing_that_had_not_seen_the_risk_opens_the_clue_too),
        TEST(a_clearing_that_had_seen_it_opens_none),
        TEST(a_risk_that_is_open_again_opens_a_clue),
        TEST(the_log_of_a_scope_tells_leaving_and_arriving),
    };
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
