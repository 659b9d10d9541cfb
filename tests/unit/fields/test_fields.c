/* What people write about one row: names and their nearest, references by key, sets, and what each refusal says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"
#include "village.h"

static struct village v;
static struct home *h;
static struct arena arena;

static int open_village(void **state)
{
    (void)state;
    arena_init(&arena, 4 * 1024 * 1024);
    if (village_open(&v, "fields", 1, 2)) return -1;
    h = v.laptop[0];
    return 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    arena_free(&arena);
    return 0;
}

static const struct schema_table *table(const char *name)
{
    return schema_table_named(h->schema, name);
}

static void says(int rc, int want, const char *part)
{
    assert_int_equal(rc, want);
    if (!strstr(v.err.en, part)) fail_msg("\"%s\" does not say \"%s\"", v.err.en, part);
}

static struct field pair(const char *t, const char *word)
{
    struct field f;
    if (fields_pair(h, table(t), word, &arena, &f, &v.err)) fail_msg("%s: %s", word, v.err.en);
    return f;
}

static void refuses(const char *t, const char *word, int code, const char *part)
{
    struct field f;
    says(fields_pair(h, table(t), word, &arena, &f, &v.err), code, part);
}

static void names_and_labels(void **state)
{
    const struct schema_table *t;
    (void)state;
    assert_int_equal(fields_table(h->schema, "household", &t, &v.err), 0);
    assert_int_equal(fields_table(h->schema, "户", &t, &v.err), 0);
    assert_int_equal(fields_table(h->schema, "households", &t, &v.err), 0);
    assert_string_equal(t->name, "household");
    assert_string_equal(pair("household", "联系电话=1").column->name, "phone");
}

static void a_wrong_name_gets_the_nearest(void **state)
{
    const struct schema_table *t;
    (void)state;
    says(fields_table(h->schema, "houshold", &t, &v.err), ERR_REFUSED, "tables are: household");
    refuses("household", "fone=1", ERR_REFUSED, "closest are: phone（联系电话）");
    refuses("household", "电话=1", ERR_REFUSED, "closest are: phone（联系电话）");
    refuses("household", "phone", ERR_USAGE, "column=value");
    refuses("household", "=1", ERR_USAGE, "column=value");
    refuses("household", "phone+=1", ERR_REFUSED, "not a set");
}

static void references_by_key_or_id(void **state)
{
    struct field f = pair("visit", "companions=B2,B1、B2");
    char id[ROW_ID_TEXT], word[80];
    (void)state;
    assert_int_equal(f.value.len, 2 * ROW_ID_BYTES); /* sorted, without doubles */
    assert_true(memcmp(f.value.data, f.value.data + ROW_ID_BYTES, ROW_ID_BYTES) < 0);
    row_id_to_text(v.city.household[0], id);
    snprintf(word, sizeof word, "household=%s", id);
    assert_int_equal(pair("visit", word).value.len, ROW_ID_BYTES);
    refuses("visit", "companions=B1,B7", ERR_NOT_FOUND, "no worker \"B7\"");
    refuses("visit", "household=nobody", ERR_NOT_FOUND, "no household \"nobody\"");
}

static void values_are_checked(void **state)
{
    (void)state;
    refuses("visit", "date=2026-02-30", ERR_REFUSED, "not a date");
    refuses("visit", "mode=电报", ERR_REFUSED, "at home, phone, wechat");
    refuses("visit", "summary=\xFF", ERR_REFUSED, "UTF-8");
    refuses("visit", "summary=a\033b", ERR_REFUSED, "control");
    assert_int_equal(pair("visit", "summary=").value.kind, VALUE_NULL);
    assert_int_equal(pair("income_sheet", "wages=123.4").value.i, 12340);
}

static void json_reads_as_text_does(void **state)
{
    static const struct {
        const char *json;
        int rc;
        int64_t want;
    } cases[] = {{"[\"大病\",\"残疾\"]", 0, 24}, {"\"大病,残疾\"", 0, 24}, {"[]", 0, -1},          {"null", 0, -1},
                 {"[[\"大病\"]]", ERR_REFUSED, 0}, {"{}", ERR_REFUSED, 0},   {"[null]", ERR_REFUSED, 0}};
    const struct schema_column *c = schema_column_named(table("member"), "health");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value value;
        json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        assert_int_equal(fields_json(h, table("member"), c, json, &arena, &value, &v.err), cases[i].rc);
        if (cases[i].rc == 0 && cases[i].want < 0) assert_int_equal(value.kind, VALUE_NULL);
        if (cases[i].rc == 0 && cases[i].want > 0) assert_int_equal(value.i, cases[i].want);
        json_decref(json);
    }
}

/* health of the shown row: 长期慢性病 (2) and 残疾 (4) */
static void sets(const char *const *words, size_t count, int64_t added, int64_t removed)
{
    const struct schema_table *t = table("member");
    struct field fields[4];
    struct table_row shown;
    struct cell *cells;
    size_t n;
    assert_int_equal(table_row_new(t, &arena, &shown, &v.err), 0);
    shown.values[schema_column_index(t, schema_column_named(t, "health"))] = value_int(1 << 2 | 1 << 4);
    for (size_t i = 0; i < count; i++)
        fields[i] = pair("member", words[i]);
    assert_int_equal(fields_cells(t, fields, count, &shown, &arena, &cells, &n, &v.err), 0);
    assert_int_equal(n, 1);
    assert_int_equal(cells[0].value.kind == VALUE_NULL ? 0 : cells[0].value.i, added);
    assert_int_equal(cells[0].removed.kind == VALUE_NULL ? 0 : cells[0].removed.i, removed);
}

static void sets_say_what_comes_and_goes(void **state)
{
    static const char *const is[] = {"health=大病,残疾"}, *const none[] = {"health="}, *const add[] = {"health+=大病"};
    static const char *const both[] = {"health+=大病", "health-=残疾"}, *const twice[] = {"health+=大病", "health+=健康"};
    (void)state;
    sets(is, 1, 1 << 3 | 1 << 4, 1 << 2); /* what is there already is trimmed by capture */
    sets(none, 1, 0, 1 << 2 | 1 << 4);
    sets(add, 1, 1 << 3, 0);
    sets(both, 2, 1 << 3, 1 << 4);
    sets(twice, 2, 1 << 3 | 1 << 1, 0);
}

static void columns_once_and_required(void **state)
{
    const struct schema_table *t = table("household");
    struct field fields[] = {pair("household", "phone=1"), pair("household", "phone=2")};
    struct field emptied = pair("household", "head_name=");
    struct table_row shown;
    struct cell *cells;
    size_t n;
    (void)state;
    assert_int_equal(table_row_new(t, &arena, &shown, &v.err), 0);
    says(fields_cells(t, fields, 2, &shown, &arena, &cells, &n, &v.err), ERR_REFUSED, "twice");
    says(fields_cells(t, &emptied, 1, &shown, &arena, &cells, &n, &v.err), ERR_REFUSED, "required");
    assert_int_equal(fields_cells(t, &emptied, 1, NULL, &arena, &cells, &n, &v.err), 0);
    assert_int_equal(n, 0); /* a new row has no cell without a value; capture asks for the required ones */
}

static int count_row(void *ctx, const struct table_row *row)
{
    (void)row;
    ++*(size_t *)ctx;
    return 0;
}

static size_t matching(const char *t, const char *word)
{
    struct fields_where where;
    struct field f = pair(t, word);
    struct arena rows;
    size_t count = 0;
    arena_init(&rows, 1024 * 1024);
    fields_where_init(&where);
    assert_int_equal(fields_where_add(&where, &f, &v.err), 0);
    assert_int_equal(table_walk(h->tables, table(t), 0, fields_where_sql(&where), where.args, where.count, &rows, count_row,
                                &count, &v.err), 0);
    fields_where_free(&where);
    arena_free(&rows);
    return count;
}

static void conditions(void **state)
{
    (void)state;
    assert_int_equal(matching("household", "village=231202"), 2); /* a region covers all below it */
    assert_int_equal(matching("household", "village=231221"), 0);
    assert_int_equal(matching("household", "phone=13900000000"), 2);
    assert_int_equal(matching("household", "kind="), 2);
    assert_int_equal(matching("household", "head_name=' OR 1=1 --"), 0);
    assert_int_equal(matching("member", "health=健康"), 2);
    assert_int_equal(matching("member", "health=健康,大病"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_labels),        cmocka_unit_test(a_wrong_name_gets_the_nearest),
        cmocka_unit_test(references_by_key_or_id), cmocka_unit_test(values_are_checked),
        cmocka_unit_test(json_reads_as_text_does), cmocka_unit_test(sets_say_what_comes_and_goes),
        cmocka_unit_test(columns_once_and_required), cmocka_unit_test(conditions),
    };
    return cmocka_run_group_tests(tests, open_village, close_village);
}
