/* The facts, gathered from tables of both sides: laptop and server find the same, also of households that were merged
 * and of members who left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "village.h"
#include "zhucun/rules.h"

enum { HOUSEHOLDS = 4, MOST = 64 };
static struct village v;
static struct err err;
static const int64_t today = 20517; /* 2026-03-05 */

struct heard {
    struct row_id row[MOST];
    enum rule_code code[MOST];
    size_t count;
};

static int hear(void *ctx, const struct rule_household *h, const struct rule_finding *f)
{
    struct heard *all = ctx;
    (void)h;
    assert_true(all->count < MOST);
    all->row[all->count] = f->row;
    all->code[all->count++] = f->rule->code;
    return 0;
}

static bool has(const struct heard *all, struct row_id row, enum rule_code code)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->code[i] == code && row_id_equal(all->row[i], row)) return true;
    }
    return false;
}

static void ask_laptop(struct row_id household, struct heard *out)
{
    const struct rule_scope scope = {.side = RULE_SIDE_LAPTOP, .household = household};
    *out = (struct heard){0};
    assert_int_equal(rules_walk(v.laptop[0]->db, &scope, today, hear, out, &err), 0);
}

static void ask_server(int64_t place, struct heard *out)
{
    const struct rule_scope scope = {.side = RULE_SIDE_SERVER, .place = place};
    *out = (struct heard){0};
    assert_int_equal(rules_walk(store_db(loopback_store(v.server)), &scope, today, hear, out, &err), 0);
}

static void both_find_the_same(struct heard *out)
{
    struct heard other;
    assert_int_equal(village_sync(&v, 0, &(struct sync_report){0}), 0);
    ask_laptop((struct row_id){0}, out);
    ask_server(CITY_VILLAGE, &other);
    assert_int_equal(out->count, other.count);
    for (size_t i = 0; i < out->count; i++) assert_true(has(&other, out->row[i], out->code[i]));
    ask_server(CITY_OTHER_VILLAGE, &other);
    assert_int_equal(other.count, 0);
}

static struct cell cell_of(const struct schema_table *t, const char *column, struct value value)
{
    return (struct cell){.column = schema_column_named(t, column)->number, .value = value};
}

static struct value ref(struct row_id id, uint8_t bytes[ROW_ID_BYTES])
{
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static struct row_id put(const char *table, struct cell *cells, size_t count, struct row_id author)
{
    struct capture *c;
    struct row_id id = {0};
    assert_int_equal(capture_begin(&c, v.laptop[0], author, today, &err), 0);
    int rc = capture_put(c, schema_table_named(schema_current(), table), cells, count, &id, &err);
    if (rc) fail_msg("%s", err_text(&err, LANG_EN));
    assert_int_equal(capture_commit(c, NULL, &err), 0);
    return id;
}

static struct row_id put_sheet(size_t household, const char *period, int64_t per_head)
{
    uint8_t bytes[ROW_ID_BYTES];
    const struct schema_table *t = schema_table_named(schema_current(), "income_sheet");
    struct cell cells[] = {cell_of(t, "household", ref(v.city.household[household], bytes)),
                           cell_of(t, "period", value_text(period, strlen(period))), cell_of(t, "per_head", value_int(per_head))};
    return put("income_sheet", cells, 3, v.city.cadre);
}

static void put_measure(size_t household)
{
    uint8_t bytes[ROW_ID_BYTES];
    const struct schema_table *t = schema_table_named(schema_current(), "measure");
    struct cell cells[] = {cell_of(t, "household", ref(v.city.household[household], bytes)), cell_of(t, "category", value_int(1))};
    put("measure", cells, 2, v.city.cadre);
}

static void put_event(size_t member, int kind, int64_t date)
{
    uint8_t bytes[ROW_ID_BYTES];
    const struct schema_table *t = schema_table_named(schema_current(), "member_event");
    struct cell cells[] = {cell_of(t, "member", ref(v.city.member[member], bytes)), cell_of(t, "kind", value_int(kind)),
                           cell_of(t, "date", value_int(date))};
    put("member_event", cells, 3, v.city.cadre);
}

static struct row_id put_visit(size_t household, int64_t date, const char *summary)
{
    uint8_t bytes[ROW_ID_BYTES];
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    struct cell cells[] = {cell_of(t, "household", ref(v.city.household[household], bytes)), cell_of(t, "date", value_int(date)),
                           cell_of(t, "mode", value_int(1)), cell_of(t, "summary", value_text(summary, strlen(summary)))};
    return put("visit", cells, 4, v.city.cadre);
}

static void set_by_county(const char *table, struct row_id id, const char *column, struct value value)
{
    if (city_set(v.laptop[0], v.city.county, table, id, column, value, &err)) fail_msg("%s", err_text(&err, LANG_EN));
}

static void monitor(size_t household)
{
    set_by_county("household", v.city.household[household], "monitor_status", value_int(2));
    set_by_county("household", v.city.household[household], "taken_in", value_int(today - 60));
}

static int setup(void **state)
{
    (void)state;
    return village_open(&v, "rules", 1, HOUSEHOLDS);
}

static int teardown(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void rows_of_all_kinds(void **state)
{
    struct heard all, one;
    (void)state;
    monitor(0);
    struct row_id future = put_visit(1, today + 3, "约定");
    struct row_id blank = put_visit(1, today, " \n");
    put_visit(1, today, "看望");
    put_sheet(2, "2024", 900000);
    struct row_id low = put_sheet(2, "2025", 100);
    struct row_id twice = put_sheet(2, "2025", 900000);
    both_find_the_same(&all);
    assert_true(has(&all, v.city.household[0], RULE_MEASURE_MISSING));
    assert_true(has(&all, future, RULE_VISIT_FUTURE));
    assert_true(has(&all, blank, RULE_VISIT_NO_SUMMARY));
    assert_true(has(&all, low, RULE_INCOME_BELOW_LINE));
    assert_true(has(&all, twice, RULE_INCOME_TWICE));
    assert_false(has(&all, low, RULE_INCOME_TWICE));
    ask_laptop(v.city.household[1], &one);
    assert_true(has(&one, future, RULE_VISIT_FUTURE));
    assert_false(has(&one, v.city.household[0], RULE_MEASURE_MISSING));
    assert_false(has(&one, low, RULE_INCOME_BELOW_LINE));
    put_measure(0);
    both_find_the_same(&all);
    assert_false(has(&all, v.city.household[0], RULE_MEASURE_MISSING));
}

static void delete_row(const char *table, struct row_id id, struct row_id author)
{
    struct capture *c;
    assert_int_equal(capture_begin(&c, v.laptop[0], author, today, &err), 0);
    int rc = capture_delete(c, schema_table_named(schema_current(), table), id, &err);
    if (rc) fail_msg("%s", err_text(&err, LANG_EN));
    assert_int_equal(capture_commit(c, NULL, &err), 0);
}

/* The server buries what was deleted; what hangs on a household that is gone stands in nobody's way. */
static void graves_are_not_asked(void **state)
{
    struct heard all;
    (void)state;
    struct row_id visits[HOUSEHOLDS];
    for (size_t i = 0; i < HOUSEHOLDS; i++) visits[i] = put_visit(i, today + 3, "约定");
    both_find_the_same(&all);
    assert_int_equal(all.count, HOUSEHOLDS);
    delete_row("visit", visits[3], v.city.cadre);
    delete_row("household", v.city.household[0], v.city.county);
    both_find_the_same(&all);
    assert_false(has(&all, visits[0], RULE_VISIT_FUTURE));
    assert_true(has(&all, visits[1], RULE_VISIT_FUTURE));
    assert_true(has(&all, visits[2], RULE_VISIT_FUTURE));
    assert_false(has(&all, visits[3], RULE_VISIT_FUTURE));
}

static void members_who_left_are_not_asked(void **state)
{
    struct heard all;
    const struct row_id ill = v.city.member[0];
    (void)state;
    assert_int_equal(city_set_elements(v.laptop[0], v.city.cadre, "member", ill, "health", value_int(1 << 3), value_null(), &err), 0);
    both_find_the_same(&all);
    assert_true(has(&all, ill, RULE_INSURANCE_MISSING));
    put_event(0, 2, today - 9); /* 嫁出 */
    both_find_the_same(&all);
    assert_false(has(&all, ill, RULE_INSURANCE_MISSING));
    put_event(0, 5, today - 2); /* 嫁入: back again */
    both_find_the_same(&all);
    assert_true(has(&all, ill, RULE_INSURANCE_MISSING));
}

static void merged_households_count_once(void **state)
{
    struct heard all;
    uint8_t bytes[ROW_ID_BYTES];
    (void)state;
    monitor(0);
    monitor(1);
    put_measure(1);
    both_find_the_same(&all);
    assert_true(has(&all, v.city.household[0], RULE_MEASURE_MISSING));
    set_by_county("household", v.city.household[1], "merged_into", ref(v.city.household[0], bytes));
    both_find_the_same(&all);
    assert_false(has(&all, v.city.household[0], RULE_MEASURE_MISSING)); /* the other's measure is its own now */
    assert_false(has(&all, v.city.household[1], RULE_MEASURE_MISSING));
    set_by_county("household", v.city.household[0], "merged_into", ref(v.city.household[1], bytes)); /* a circle hides none */
    both_find_the_same(&all);
    assert_true(has(&all, v.city.household[0], RULE_MEASURE_MISSING));
}

static void the_countys_line_reaches_the_laptop(void **state)
{
    struct heard all;
    const struct schema_table *t = schema_table_named(schema_current(), "indicator");
    struct cell cells[] = {cell_of(t, "region", value_int(INT64_C(231202000000))), cell_of(t, "period", value_text("2025", 4)),
                           cell_of(t, "key", value_text("income_line_yuan", 16)), cell_of(t, "value", value_int(9001))};
    (void)state;
    struct row_id s = put_sheet(0, "2025", 900000);
    both_find_the_same(&all);
    assert_false(has(&all, s, RULE_INCOME_BELOW_LINE));
    put("indicator", cells, 4, v.city.county);
    both_find_the_same(&all);
    assert_true(has(&all, s, RULE_INCOME_BELOW_LINE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_of_all_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(graves_are_not_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(members_who_left_are_not_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(merged_households_count_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_countys_line_reaches_the_laptop, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
