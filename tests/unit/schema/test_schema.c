/* schema: the table of tables holds together, and every type reads back what it writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/schema.h"

static void check_column(const struct schema_table *t, const struct schema_column *c)
{
    assert_true(c->number >= 1 && c->number <= SCHEMA_MAX_COLUMN && c->since >= 1);
    assert_true(c->name[0] && c->zh[0] && c->en[0]);
    assert_ptr_equal(schema_column(t, c->number), c); /* no number and no name twice */
    assert_ptr_equal(schema_column_named(t, c->name), c);
    assert_true((c->type == TYPE_CODE || c->type == TYPE_SET) == (c->codes != NULL));
    assert_true((c->type == TYPE_REF || c->type == TYPE_REFSET) == (schema_table(schema_current(), c->ref) != NULL));
    assert_true((c->type == TYPE_TEXT) == (c->limit > 0));
    assert_true((c->policy == POLICY_AUTHORITY) == (c->level > 0));
    assert_true(c->policy != POLICY_SET || c->type == TYPE_SET || c->type == TYPE_REFSET);
}

static void the_table_holds_together(void **state)
{
    (void)state;
    const struct schema *s = schema_current();
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_table *t = &s->tables[i];
        assert_ptr_equal(schema_table(s, t->number), t);
        assert_ptr_equal(schema_table_named(s, t->name), t);
        assert_ptr_equal(schema_table_named(s, t->zh), t);
        for (size_t k = 0; k < t->count; k++)
            check_column(t, &t->columns[k]);
        const struct schema_column *place = schema_flagged(t, COLUMN_PLACE), *parent = schema_flagged(t, COLUMN_PARENT);
        assert_true(place != NULL || parent != NULL); /* a row lives somewhere, whatever is left out */
        assert_true(((place ? place : parent)->flags & COLUMN_REQUIRED) != 0);
    }
}

static void codes_are_found_by_every_name(void **state)
{
    (void)state;
    const struct schema *s = schema_current();
    for (size_t i = 0; i < s->count; i++) {
        for (size_t k = 0; k < s->tables[i].count; k++) {
            const struct schema_codes *codes = s->tables[i].columns[k].codes;
            for (size_t n = 0; codes && n < codes->count; n++) {
                const struct schema_code *c = &codes->list[n];
                assert_int_equal(schema_code_find(codes, c->zh, strlen(c->zh)), c->code);
                assert_int_equal(schema_code_find(codes, c->en, strlen(c->en)), c->code);
                assert_string_equal(schema_code_label(codes, c->code, LANG_ZH), c->zh);
            }
        }
    }
}

/* Each column and each code is told, in both languages, within the room. */
static void a_table_is_described_whole(void **state)
{
    (void)state;
    const struct schema *s = schema_current();
    for (size_t i = 0; i < 2 * s->count; i++) {
        const struct schema_table *t = &s->tables[i / 2];
        struct buf out;
        buf_init(&out, SCHEMA_DESCRIBE_MAX);
        schema_describe(s, t, i % 2 ? LANG_EN : LANG_ZH, &out);
        assert_false(out.failed);
        const char *at = buf_text(&out);
        for (size_t k = 0; k < t->count; k++) {
            const struct schema_codes *codes = t->columns[k].codes;
            at = strstr(at, t->columns[k].name);
            assert_non_null(at);
            for (size_t n = 0; codes && n < codes->count; n++)
                assert_non_null(strstr(at, i % 2 ? codes->list[n].en : codes->list[n].zh));
        }
        buf_free(&out);
    }
}

static void reads(const char *table, const char *column, const char *text, const char *again)
{
    const struct schema_table *t = schema_table_named(schema_current(), table);
    const struct schema_column *c = schema_column_named(t, column);
    struct buf scratch, out;
    struct value v;
    struct err err = {0};
    buf_init(&scratch, 4096);
    buf_init(&out, 4096);
    int rc = schema_parse(c, text, strlen(text), &scratch, &v, &err);
    if (rc == 0) rc = schema_check(t, c, &v, &err);
    if (!again) {
        assert_int_equal(rc, ERR_REFUSED);
        assert_true(err.zh[0] && err.en[0]);
    } else {
        assert_int_equal(rc, 0);
        schema_format(c, &v, LANG_ZH, &out);
        assert_string_equal(buf_text(&out), again);
    }
    buf_free(&scratch);
    buf_free(&out);
}

static void every_type_reads_what_it_writes(void **state)
{
    (void)state;
    reads("visit", "summary", "老人在家", "老人在家");
    reads("visit", "summary", "铃\a响", NULL);
    reads("job", "months", "7", "7");
    reads("job", "months", "七", NULL);
    reads("job", "months", " 7", NULL);
    reads("job", "months", "-", NULL);
    reads("job", "months", "99999999999999999999", NULL);
    reads("visit", "date", "2022-03-05", "2022-03-05");
    reads("visit", "date", "2022-02-30", NULL);
    reads("visit", "time", "23:59", "23:59");
    reads("visit", "time", "24:00", NULL);
    reads("income_sheet", "wages", "1234.5", "1234.50");
    reads("income_sheet", "wages", "-0.05", "-0.05");
    reads("income_sheet", "wages", "1.234", NULL);
    reads("visit", "mode", "phone", "电话");
    reads("visit", "mode", "飞鸽", NULL);
    reads("member", "health", "残疾、大病", "大病,残疾");
    reads("household", "no_labour", "yes", "是");
    reads("household", "village", "231202109", "231202109000");
    reads("household", "village", "2312021", NULL);
    reads("visit", "household", "not an id", NULL);
    reads("attachment", "sha256", "00", NULL);
}

static void regions_cover_what_lies_below(void **state)
{
    (void)state;
    int64_t city = region_code("2312", 4), county = region_code("231202", 6), village = region_code("231202109250", 12);
    assert_true(region_covers(city, village) && region_covers(county, village) && region_covers(village, village));
    assert_false(region_covers(county, region_code("231221", 6)));
    assert_true(region_parent(village) == region_code("231202109", 9));
    assert_true(region_parent(county) == city);
    assert_true(region_last(county) == INT64_C(231202999999));
}

static void a_private_place_is_nobody_elses(void **state)
{
    (void)state;
    uint64_t low = 1, high = UINT64_MAX;
    assert_true(region_private(low) < 0 && region_private(high) < 0);
    assert_false(region_covers(region_code("23", 2), region_private(low)));
    assert_true(region_private(2) != region_private(4));
}

static void older_versions_lack_what_came_later(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    const struct schema *first = schema_at(1, &arena), *second = schema_at(2, &arena), *now = schema_at(SCHEMA_VERSION, &arena);
    assert_non_null(first);
    assert_int_equal(first->version, 1);
    assert_null(schema_table_named(first, "notice"));
    assert_null(schema_column_named(schema_table_named(first, "household"), "merged_into"));
    assert_non_null(schema_column_named(schema_table_named(second, "household"), "merged_into"));
    assert_null(schema_table_named(second, "notice"));
    assert_int_equal(now->count, schema_current()->count);
    for (size_t i = 0; i < now->count; i++) assert_int_equal(now->tables[i].count, schema_current()->tables[i].count);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds_together),
        cmocka_unit_test(a_table_is_described_whole),
        cmocka_unit_test(codes_are_found_by_every_name),
        cmocka_unit_test(every_type_reads_what_it_writes), cmocka_unit_test(regions_cover_what_lies_below),
        cmocka_unit_test(a_private_place_is_nobody_elses), cmocka_unit_test(older_versions_lack_what_came_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
