/* Schema drift: laptops of today's schema, of the one before and of the one before that (core/schema made them from the
 * `since` of each table and column) work with one server at the same time, in all directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "journal.h"
#include "village.h"

enum { OLDEST, MIDDLE, TODAY, LAPTOPS };
static struct village v;
static struct err err;
static struct arena arena, schemas;
static const struct schema *version[LAPTOPS];

static void ok(int rc)
{
    if (rc != 0) fail_msg("%d %s / %s", rc, err.en, v.err.en);
}

static void reopen(size_t laptop)
{
    char path[600];
    village_path(&v, "laptop", (int)laptop, path, sizeof path);
    home_close(v.laptop[laptop]);
    ok(home_open(&v.laptop[laptop], path, DB_WRITE, version[laptop], &v.env.env, &err));
}

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    arena_init(&arena, 4 * 1024 * 1024);
    arena_init(&schemas, 4 * 1024 * 1024);
    ok(village_open(&v, "drift", LAPTOPS, 2));
    for (size_t i = 0; i < LAPTOPS; i++) {
        version[i] = schema_at(SCHEMA_VERSION - LAPTOPS + 1 + (int)i, &schemas);
        assert_non_null(version[i]);
        ok(home_meta_set_int(v.laptop[i], META_SCHEMA, version[i]->version, &err));
        reopen(i);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    village_close(&v);
    arena_free(&arena);
    arena_free(&schemas);
    return 0;
}

static void sync(size_t laptop)
{
    struct sync_report r;
    ok(village_sync(&v, laptop, &r));
    assert_true(r.agree);
    assert_int_equal(r.quarantined, 0);
    assert_int_equal(r.pending, 0);
}

static void sync_all(void)
{
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < LAPTOPS; i++) sync(i);
}

static struct value id_value(struct row_id id)
{
    uint8_t *bytes = arena_alloc(&arena, ROW_ID_BYTES);
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static struct value shown(size_t laptop, const char *t, struct row_id id, const char *column)
{
    struct table_row row;
    struct value value = value_null();
    assert_int_equal(city_read(v.laptop[laptop], t, id, column, &arena, &row, &value, &err), 1);
    return value;
}

static void is_text(struct value got, const char *want)
{
    assert_int_equal(got.kind, VALUE_TEXT);
    assert_true(got.len == strlen(want) && memcmp(got.data, want, got.len) == 0);
}

static void versions_are_three(void **state)
{
    (void)state;
    assert_null(schema_table_named(version[OLDEST], "notice"));
    assert_null(schema_column_named(schema_table_named(version[OLDEST], "visit"), "joined"));
    assert_non_null(schema_column_named(schema_table_named(version[MIDDLE], "visit"), "joined"));
    assert_null(schema_table_named(version[MIDDLE], "notice"));
    assert_non_null(schema_table_named(version[TODAY], "notice"));
}

static void every_version_reads_what_every_version_writes(void **state)
{
    (void)state;
    struct row_id visit[LAPTOPS];
    for (size_t i = 0; i < LAPTOPS; i++) ok(city_visit(v.laptop[i], &v.city, i, (unsigned)i, &visit[i], &err));
    sync_all();
    for (size_t i = 0; i < LAPTOPS; i++)
        for (size_t k = 0; k < LAPTOPS; k++)
            is_text(shown(i, "visit", visit[k], "summary"),
                    k == 0 ? "第0次走访：老人身体平稳，玉米长势好，嘱咐按时服药，查看了饮水。"
                    : k == 1 ? "第1次走访：老人身体平稳，玉米长势好，嘱咐按时服药，查看了饮水。"
                             : "第2次走访：老人身体平稳，玉米长势好，嘱咐按时服药，查看了饮水。");
}

static void an_unknown_column_survives_the_hands_of_the_oldest(void **state)
{
    (void)state;
    struct row_id first, second;
    ok(city_visit(v.laptop[TODAY], &v.city, 0, 1, &first, &err));
    ok(city_visit(v.laptop[TODAY], &v.city, 0, 2, &second, &err));
    ok(city_set(v.laptop[TODAY], v.city.cadre, "visit", second, "joined", id_value(first), &err));
    sync_all();
    ok(city_set(v.laptop[OLDEST], v.city.cadre, "visit", second, "summary", value_text("改过", 6), &err));
    sync_all();
    struct value joined = shown(TODAY, "visit", second, "joined"), wanted = id_value(first);
    assert_true(value_equal(&joined, &wanted));
    is_text(shown(TODAY, "visit", second, "summary"), "改过");
    joined = shown(MIDDLE, "visit", second, "joined");
    assert_true(value_equal(&joined, &wanted));
    version[OLDEST] = schema_current(); /* upgraded, it knows what it kept */
    reopen(OLDEST);
    joined = shown(OLDEST, "visit", second, "joined");
    assert_true(value_equal(&joined, &wanted));
    sync(OLDEST);
}

static void unknown_tables_are_counted_and_known_after_an_upgrade(void **state)
{
    (void)state;
    ok(city_set(v.laptop[OLDEST], v.city.cadre, "household", v.city.household[0], "phone", value_text("111", 3), &err));
    v.env.now_ms += 1000;
    ok(city_set(v.laptop[TODAY], v.city.cadre, "household", v.city.household[0], "phone", value_text("222", 3), &err));
    sync(TODAY);
    sync(OLDEST); /* its value loses: a notice it cannot read */
    sync_all();
    is_text(shown(OLDEST, "household", v.city.household[0], "phone"), "222");
    assert_int_equal(city_count(v.laptop[TODAY]->tables, "notice"), 1); /* 待核实 */
    version[OLDEST] = schema_current();
    reopen(OLDEST);
    sync(OLDEST);
    assert_int_equal(city_count(v.laptop[OLDEST]->tables, "notice"), 1); /* 未采用 */
}

static void a_merge_made_today_is_kept_by_all(void **state)
{
    (void)state;
    ok(city_set(v.laptop[TODAY], v.city.county, "member", v.city.member[1], "merged_into", id_value(v.city.member[0]), &err));
    sync_all();
    ok(city_set(v.laptop[OLDEST], v.city.cadre, "member", v.city.member[1], "name", value_text("改名", 6), &err));
    sync_all();
    struct value into = shown(TODAY, "member", v.city.member[1], "merged_into"), wanted = id_value(v.city.member[0]);
    assert_true(value_equal(&into, &wanted));
    is_text(shown(MIDDLE, "member", v.city.member[1], "name"), "改名");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(versions_are_three),
        TEST(every_version_reads_what_every_version_writes),
        TEST(an_unknown_column_survives_the_hands_of_the_oldest),
        TEST(unknown_tables_are_counted_and_known_after_an_upgrade),
        TEST(a_merge_made_today_is_kept_by_all),
    };
    return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
