/* Tests of core/table: rows in and out for every column type, unknown columns kept and promoted, older files
 * brought up, keys, walks, and the guard on every way in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "zhucun/table.h"

enum { APP = 0x5a435554 };

static const char *const system_names[] = {"_seq", "_csn"};
static const char *const system_types[] = {"INTEGER", "INTEGER NOT NULL DEFAULT 0"};
static const struct table_side side = {system_names, system_types, 2, true, COLUMN_PARENT | COLUMN_KEY};

/* A schema of three releases of one small table, "order" by name to meet SQL's own words. */
static const struct schema_column columns_v1[] = {
    {1, "number", TYPE_TEXT, 30, NULL, 0, POLICY_LATEST, 0, COLUMN_KEY, 1, "单号", "number"},
    {3, "group", TYPE_INT, 0, NULL, 0, POLICY_LATEST, 0, 0, 1, "组", "group"},
};
static const struct schema_column columns_v2[] = {
    {1, "number", TYPE_TEXT, 30, NULL, 0, POLICY_LATEST, 0, COLUMN_KEY, 1, "单号", "number"},
    {7, "select", TYPE_TEXT, 30, NULL, 0, POLICY_LATEST, 0, 0, 2, "选", "select"},
    {3, "group", TYPE_INT, 0, NULL, 0, POLICY_LATEST, 0, 0, 1, "组", "group"},
};
static const struct schema_table table_v1 = {5, "order", "单", "orders", LEVEL_CONTACT, POLICY_LATEST, columns_v1, 2, 1};
static const struct schema_table table_v2 = {5, "order", "单", "orders", LEVEL_CONTACT, POLICY_LATEST, columns_v2, 3, 1};
/* Rows may be merged: "into" names the one that stays. */
static const struct schema_column columns_merging[] = {
    {1, "number", TYPE_TEXT, 30, NULL, 0, POLICY_LATEST, 0, COLUMN_KEY, 1, "单号", "number"},
    {3, "group", TYPE_INT, 0, NULL, 0, POLICY_LATEST, 0, 0, 1, "组", "group"},
    {4, "into", TYPE_INT, 0, NULL, 0, POLICY_LATEST, 0, COLUMN_MERGED, 2, "并入", "into"},
};
static const struct schema_table table_merging = {5, "order", "单", "orders", LEVEL_CONTACT, POLICY_LATEST, columns_merging, 3, 1};
static const struct schema schema_merging = {2, &table_merging, 1};
static const struct schema schema_v1 = {1, &table_v1, 1};
static const struct schema schema_v2 = {2, &table_v2, 1};

struct fixture {
    char dir[64];
    char file[96];
    struct db *db;
    struct table_set *ts;
    struct arena arena;
    struct err err;
};

static void open_with(struct fixture *f, enum db_mode mode, const struct schema *schema)
{
    if (db_open(&f->db, f->file, mode, APP, 0, &f->err) != 0) fail_msg("%s", f->err.en);
    if (table_set_open(f->db, schema, &side, &f->ts, &f->err) != 0) fail_msg("%s", f->err.en);
}

static void close_all(struct fixture *f)
{
    table_set_close(f->ts);
    db_close(f->db);
    f->ts = NULL;
    f->db = NULL;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL) return -1;
    snprintf(f->dir, sizeof f->dir, "/tmp/zhucun-table-XXXXXX");
    if (mkdtemp(f->dir) == NULL) return -1;
    snprintf(f->file, sizeof f->file, "%s/a.db", f->dir);
    arena_init(&f->arena, 1 << 20);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[192];
    close_all(f);
    arena_free(&f->arena);
    snprintf(command, sizeof command, "rm -rf %s", f->dir);
    int rc = system(command);
    free(f);
    return rc;
}

static struct value text(const char *s)
{
    return value_text(s, strlen(s));
}

static struct row_id id_of(uint64_t seq)
{
    return row_id_make(0xfeedfacecafebeefU, seq, 0);
}

static int64_t ask(struct fixture *f, const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (db_prepare(f->db, sql, &st, &f->err) != 0) fail_msg("%s", f->err.en);
    assert_int_equal(db_row(f->db, st, &f->err), 1);
    int64_t v = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return v;
}

static void insert_order(struct fixture *f, const struct schema_table *t, uint64_t seq, const char *number, int64_t group)
{
    struct table_row row;
    const struct cell cells[] = {{.column = 1, .value = text(number)}, {.column = 3, .value = value_int(group)}};
    assert_int_equal(table_row_new(t, &f->arena, &row, &f->err), 0);
    assert_int_equal(table_row_put_cells(t, &row, cells, 2, &f->arena, &f->err), 0);
    row.id = id_of(seq);
    row.system[1] = value_int(0);
    db_guard(f->db, true);
    if (table_insert(f->ts, t, &row, &f->err) != 0) fail_msg("%s", f->err.en);
    db_guard(f->db, false);
}

static struct value sample(const struct schema_column *c, unsigned k)
{
    static const uint8_t bytes[32] = {1, 2, 3};
    switch (c->type) {
    case TYPE_TEXT: return text(k % 2 != 0 ? "走访" : "x");
    case TYPE_REF: return value_blob(bytes, 16);
    case TYPE_REFSET: return value_blob(bytes, 32);
    case TYPE_HASH: return value_blob(bytes, 32);
    default: return value_int((int64_t)k * 1000003 - 5);
    }
}

static void every_table_of_the_schema_takes_a_row_and_gives_it_back(void **state)
{
    struct fixture *f = *state;
    const struct schema *s = schema_current();
    open_with(f, DB_CREATE, s);
    assert_ptr_equal(table_set_schema(f->ts), s);
    assert_int_equal(db_begin(f->db, &f->err), 0);
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_table *t = &s->tables[i];
        struct table_row row, got;
        assert_int_equal(table_row_new(t, &f->arena, &row, &f->err), 0);
        row.id = id_of(i + 1);
        for (size_t c = 0; c < t->count; c++)
            if (c % 5 != 4) row.values[c] = sample(&t->columns[c], (unsigned)c);
        row.system[0] = value_int(9);
        row.system[1] = value_int(10);
        db_guard(f->db, true);
        if (table_insert(f->ts, t, &row, &f->err) != 0) fail_msg("%s", f->err.en);
        db_guard(f->db, false);
        assert_int_equal(row.rid, 1);
        assert_int_equal(table_read(f->ts, t, row.id, &f->arena, &got, &f->err), 1);
        assert_true(row_id_equal(got.id, row.id));
        for (size_t c = 0; c < t->count; c++) assert_true(value_equal(&got.values[c], &row.values[c]));
        assert_int_equal(got.system[0].i, 9);
        assert_int_equal(got.system[1].i, 10);
        assert_int_equal(got.extra_count, 0);
        assert_int_equal(table_read(f->ts, t, id_of(900), &f->arena, &got, &f->err), 0);
        assert_int_equal(table_read_rid(f->ts, t, 1, &f->arena, &got, &f->err), 1);
        assert_int_equal(table_read_rid(f->ts, t, 2, &f->arena, &got, &f->err), 0);
    }
    assert_int_equal(db_commit(f->db, &f->err), 0);
    assert_int_equal(db_check(f->db, &f->err), 0);
    close_all(f);
    open_with(f, DB_WRITE, s); /* again: nothing to make */
    assert_int_equal(ask(f, "SELECT count(*) FROM \"order\""), 1);
}

static void a_row_is_updated_and_deleted_by_its_rid(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 4);
    insert_order(f, &table_v1, 2, "乙", 5);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    row.values[0] = value_null();
    row.values[1] = value_int(-7);
    row.system[1] = value_int(77);
    db_guard(f->db, true);
    assert_int_equal(table_update(f->ts, &table_v1, &row, &f->err), 0);
    row.rid = 50;
    assert_int_equal(table_update(f->ts, &table_v1, &row, &f->err), ERR_NOT_FOUND);
    assert_int_equal(table_delete(f->ts, &table_v1, 2, &f->err), 0);
    assert_int_equal(table_delete(f->ts, &table_v1, 2, &f->err), ERR_NOT_FOUND);
    db_guard(f->db, false);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    assert_int_equal(row.values[0].kind, VALUE_NULL);
    assert_int_equal(row.values[1].i, -7);
    assert_int_equal(row.system[1].i, 77);
    assert_int_equal(ask(f, "SELECT count(*) FROM \"order\""), 1);
}

static void the_same_id_twice_is_refused_by_name(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    char id[ROW_ID_TEXT];
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 4);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    row.rid = 0;
    row_id_to_text(row.id, id);
    db_guard(f->db, true);
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), ERR_REFUSED);
    assert_non_null(strstr(f->err.en, id));
    row.id = id_of(2);
    row.rid = 1;
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), ERR_REFUSED);
    row.rid = 1234;
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), 0);
    assert_int_equal(row.rid, 1234);
    row.id = id_of(3);
    row.rid = 0;
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), 0);
    assert_int_equal(row.rid, 1235);
}

static void the_guard_stands_on_every_way_in(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 4);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    assert_int_equal(table_update(f->ts, &table_v1, &row, &f->err), ERR_REFUSED);
    assert_int_equal(table_delete(f->ts, &table_v1, 1, &f->err), ERR_REFUSED);
    row.rid = 0;
    row.id = id_of(2);
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), ERR_REFUSED);
    assert_non_null(strstr(f->err.en, "within a capture"));
    assert_int_equal(db_exec(f->db, "DELETE FROM \"order\"", &f->err), ERR_REFUSED);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(f->file, &other), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(other, "UPDATE \"order\" SET \"group\" = 1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    struct err first = {0};
    struct db *reader = NULL;
    struct table_set *ts = NULL;
    assert_int_equal(db_open(&reader, f->file, DB_READ, APP, 0, &first), 0);
    assert_int_equal(table_set_open(reader, &schema_v1, &side, &ts, &first), 0);
    db_guard(reader, true);
    assert_int_equal(table_insert(ts, &table_v1, &row, &first), ERR_REFUSED);
    assert_non_null(strstr(first.en, "reading only"));
    table_set_close(ts);
    db_close(reader);
    assert_int_equal(ask(f, "SELECT count(*) FROM \"order\""), 1);
}

static void unknown_cells_are_kept_sorted_and_the_newest_replaces(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    struct cell *cells;
    size_t count;
    const struct cell first[] = {{.column = 9, .value = text("nine")}, {.column = 2, .value = value_int(2)},
                                 {.column = 1, .value = text("甲")}, {.column = 199, .value = value_blob("b", 1)}};
    const struct cell then[] = {{.column = 2, .value = value_int(22)}, {.column = 9, .value = value_null()},
                                {.column = 5, .value = text("")}, {.column = 3, .value = value_int(3)},
                                {.column = 5, .value = text("five")}};
    open_with(f, DB_CREATE, &schema_v1);
    assert_int_equal(table_row_new(&table_v1, &f->arena, &row, &f->err), 0);
    row.id = id_of(1);
    row.system[1] = value_int(0);
    assert_int_equal(table_row_put_cells(&table_v1, &row, first, 4, &f->arena, &f->err), 0);
    assert_int_equal(row.extra_count, 3);
    db_guard(f->db, true);
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), 0);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    assert_int_equal(table_row_put_cells(&table_v1, &row, then, 5, &f->arena, &f->err), 0);
    assert_int_equal(table_update(f->ts, &table_v1, &row, &f->err), 0);
    db_guard(f->db, false);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 1);
    assert_int_equal(table_row_cells(&table_v1, &row, &f->arena, &cells, &count, &f->err), 0);
    static const int expected[] = {1, 2, 3, 5, 199};
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) assert_int_equal(cells[i].column, expected[i]);
    assert_int_equal(cells[1].value.i, 22);
    assert_memory_equal(cells[3].value.data, "five", 4);
}

static void an_older_file_gets_new_columns_and_finds_their_early_values(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    const struct cell from_newer[] = {{.column = 7, .value = text("早到的")}, {.column = 8, .value = value_int(8)}};
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 4);
    assert_int_equal(table_row_new(&table_v1, &f->arena, &row, &f->err), 0);
    row.id = id_of(2);
    row.system[1] = value_int(0);
    assert_int_equal(table_row_put_cells(&table_v1, &row, from_newer, 2, &f->arena, &f->err), 0);
    db_guard(f->db, true);
    assert_int_equal(table_insert(f->ts, &table_v1, &row, &f->err), 0);
    close_all(f);

    open_with(f, DB_READ, &schema_v2); /* nothing can be added yet; the value is found all the same */
    assert_int_equal(table_read(f->ts, &table_v2, id_of(2), &f->arena, &row, &f->err), 1);
    assert_memory_equal(row.values[1].data, "早到的", strlen("早到的"));
    assert_int_equal(table_read(f->ts, &table_v2, id_of(1), &f->arena, &row, &f->err), 1);
    assert_int_equal(row.values[1].kind, VALUE_NULL);
    assert_int_equal(row.values[2].i, 4);
    close_all(f);

    open_with(f, DB_WRITE, &schema_v2);
    assert_int_equal(ask(f, "SELECT \"select\" = '早到的' FROM \"order\" WHERE rid = 2"), 1);
    assert_int_equal(table_read(f->ts, &table_v2, id_of(2), &f->arena, &row, &f->err), 1);
    assert_int_equal(row.extra_count, 1);
    assert_int_equal(row.extra[0].column, 8);
    assert_false(db_guard_is_open(f->db));
    close_all(f);

    open_with(f, DB_WRITE, &schema_v1); /* a column the file has and the schema lacks is left alone */
    insert_order(f, &table_v1, 3, "丙", 6);
    assert_int_equal(ask(f, "SELECT count(*) FROM \"order\" WHERE \"select\" = '早到的'"), 1);
}

static void a_merged_row_leaves_its_key_to_the_one_that_stays(void **state)
{
    struct fixture *f = *state;
    struct row_id id = {0, 0};
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 1);
    insert_order(f, &table_v1, 2, "甲", 1);
    insert_order(f, &table_v1, 3, "乙", 1);
    close_all(f);
    open_with(f, DB_READ, &schema_merging); /* the file lacks the column yet: nothing is merged */
    assert_int_equal(table_find(f->ts, &table_merging, "甲", 3, &id, &f->err), ERR_REFUSED);
    assert_int_equal(table_find(f->ts, &table_merging, "乙", 3, &id, &f->err), 1);
    close_all(f);
    open_with(f, DB_WRITE, &schema_merging);
    db_guard(f->db, true);
    assert_int_equal(db_exec(f->db, "UPDATE \"order\" SET \"into\" = 2 WHERE rid = 1", &f->err), 0);
    assert_int_equal(db_exec(f->db, "UPDATE \"order\" SET \"into\" = 2 WHERE rid = 3", &f->err), 0);
    db_guard(f->db, false);
    assert_int_equal(table_find(f->ts, &table_merging, "甲", 3, &id, &f->err), 1);
    assert_true(row_id_equal(id, id_of(2)));
    assert_int_equal(table_find(f->ts, &table_merging, "乙", 3, &id, &f->err), 1); /* nobody else has it */
    assert_true(row_id_equal(id, id_of(3)));
}

static void a_reader_of_a_file_without_the_table_finds_nothing(void **state)
{
    struct fixture *f = *state;
    static const struct schema none = {1, &table_v1, 0};
    struct table_row row;
    struct row_id id;
    open_with(f, DB_CREATE, &none);
    assert_int_equal(db_exec(f->db, "CREATE TABLE other(x)", &f->err), 0);
    close_all(f);
    open_with(f, DB_READ, &schema_v1);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), 0);
    assert_int_equal(table_find(f->ts, &table_v1, "甲", 3, &id, &f->err), 0);
    assert_int_equal(table_walk(f->ts, &table_v1, 0, NULL, NULL, 0, &f->arena, NULL, NULL, &f->err), 0);
}

static void rows_are_found_by_key_or_id(void **state)
{
    struct fixture *f = *state;
    struct row_id id = {0, 0};
    char name[ROW_ID_TEXT];
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲-1", 1);
    insert_order(f, &table_v1, 2, "乙", 1);
    insert_order(f, &table_v1, 3, "乙", 1);
    assert_int_equal(table_find(f->ts, &table_v1, "甲-1", strlen("甲-1"), &id, &f->err), 1);
    assert_true(row_id_equal(id, id_of(1)));
    assert_int_equal(table_find(f->ts, &table_v1, "丙", 3, &id, &f->err), 0);
    assert_int_equal(table_find(f->ts, &table_v1, "", 0, &id, &f->err), 0);
    assert_int_equal(table_find(f->ts, &table_v1, "乙", 3, &id, &f->err), ERR_REFUSED);
    assert_non_null(strstr(f->err.en, "two rows"));
    row_id_to_text(id_of(2), name);
    assert_int_equal(table_find(f->ts, &table_v1, name, strlen(name), &id, &f->err), 1);
    assert_true(row_id_equal(id, id_of(2)));
    row_id_to_text(id_of(99), name);
    assert_int_equal(table_find(f->ts, &table_v1, name, strlen(name), &id, &f->err), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM sqlite_schema WHERE name = 'index_order_number'"), 1);
}

struct seen {
    struct fixture *f;
    int64_t sum, stop_at;
    bool nest;
};

static int add_seen(void *ctx, const struct table_row *row)
{
    struct seen *s = ctx;
    s->sum = s->sum * 10 + row->rid;
    if (s->nest) {
        struct seen inner = {s->f, 0, 0, false};
        struct arena arena;
        arena_init(&arena, 1 << 20);
        assert_int_equal(table_walk(s->f->ts, &table_v1, 0, NULL, NULL, 0, &arena, add_seen, &inner, &s->f->err), 0);
        assert_int_equal(inner.sum, 1234);
        arena_free(&arena);
    }
    return row->rid == s->stop_at ? 42 : 0;
}

static int64_t walked(struct fixture *f, int64_t after, const char *where, const struct value *args, size_t count)
{
    struct seen s = {f, 0, 0, false};
    if (table_walk(f->ts, &table_v1, after, where, args, count, &f->arena, add_seen, &s, &f->err) != 0)
        fail_msg("%s", f->err.en);
    return s.sum;
}

static void walks_go_by_rid_with_conditions_and_stops(void **state)
{
    struct fixture *f = *state;
    const struct value args[] = {value_int(2), text("丁")};
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 1);
    insert_order(f, &table_v1, 2, "乙", 2);
    insert_order(f, &table_v1, 3, "丙", 1);
    insert_order(f, &table_v1, 4, "丁", 2);
    assert_int_equal(walked(f, 0, NULL, NULL, 0), 1234);
    assert_int_equal(walked(f, 2, NULL, NULL, 0), 34);
    assert_int_equal(walked(f, 0, "\"group\" = ?1", args, 1), 24);
    assert_int_equal(walked(f, 0, "\"group\" = ?1 OR number = ?2", args, 2), 24);
    assert_int_equal(walked(f, 2, "\"group\" = ?1", args, 1), 4);
    assert_int_equal(walked(f, 4, NULL, NULL, 0), 0);
    struct seen s = {f, 0, 3, false};
    assert_int_equal(table_walk(f->ts, &table_v1, 0, NULL, NULL, 0, &f->arena, add_seen, &s, &f->err), 42);
    assert_int_equal(s.sum, 123);
    s = (struct seen){f, 0, 0, true};
    assert_int_equal(table_walk(f->ts, &table_v1, 0, NULL, NULL, 0, &f->arena, add_seen, &s, &f->err), 0);
    assert_int_equal(s.sum, 1234);
    assert_int_equal(table_walk(f->ts, &table_v1, 0, "nonsense(", NULL, 0, &f->arena, add_seen, &s, &f->err), ERR_REFUSED);
    assert_int_equal(walked(f, 0, NULL, NULL, 0), 1234);
}

static void cells_round_trip_and_refuse_garbage(void **state)
{
    struct fixture *f = *state;
    struct buf b;
    struct cell *got;
    size_t count;
    const struct cell cells[] = {{.column = 1, .value = value_int(INT64_MIN)}, {.column = 2, .value = text("村")},
                                 {.column = 8, .value = value_null()},
                                 {.column = 199, .value = value_blob("\0\1", 2), .removed = value_int(5)}};
    buf_init(&b, 65536);
    assert_int_equal(cells_encode(cells, 4, &b, &f->err), 0);
    assert_int_equal(cells_decode(b.data, b.len, &f->arena, &got, &count, &f->err), 0);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(got[i].column, cells[i].column);
        assert_true(value_equal(&got[i].value, &cells[i].value));
        assert_true(value_equal(&got[i].removed, &cells[i].removed));
    }
    for (size_t cut = 0; cut < b.len; cut++)
        assert_int_equal(cells_decode(b.data, cut, &f->arena, &got, &count, &f->err), ERR_CORRUPT);
    buf_put_u8(&b, 0);
    assert_int_equal(cells_decode(b.data, b.len, &f->arena, &got, &count, &f->err), ERR_CORRUPT);
    uint32_t seed = 12345;
    for (int round = 0; round < 20000; round++) {
        uint8_t junk[24];
        for (size_t i = 0; i < sizeof junk; i++) junk[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
        junk[0] &= 7;
        int rc = cells_decode(junk, 1 + seed % sizeof junk, &f->arena, &got, &count, &f->err);
        assert_true(rc == 0 || rc == ERR_CORRUPT);
        arena_reset(&f->arena);
    }
    buf_free(&b);
}

static void stored_garbage_is_named_not_followed(void **state)
{
    struct fixture *f = *state;
    struct table_row row;
    open_with(f, DB_CREATE, &schema_v1);
    insert_order(f, &table_v1, 1, "甲", 1);
    db_guard(f->db, true);
    assert_int_equal(db_exec(f->db, "UPDATE \"order\" SET _extra = x'05ffffffffff', \"group\" = 'text'", &f->err), 0);
    db_guard(f->db, false);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &f->arena, &row, &f->err), ERR_CORRUPT);
    struct arena small;
    arena_init(&small, 16);
    assert_int_equal(table_read(f->ts, &table_v1, id_of(1), &small, &row, &f->err), ERR_NOMEM);
    arena_free(&small);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_table_of_the_schema_takes_a_row_and_gives_it_back),
        TEST(a_row_is_updated_and_deleted_by_its_rid),
        TEST(the_same_id_twice_is_refused_by_name),
        TEST(the_guard_stands_on_every_way_in),
        TEST(unknown_cells_are_kept_sorted_and_the_newest_replaces),
        TEST(an_older_file_gets_new_columns_and_finds_their_early_values),
        TEST(a_merged_row_leaves_its_key_to_the_one_that_stays),
        TEST(a_reader_of_a_file_without_the_table_finds_nothing),
        TEST(rows_are_found_by_key_or_id),
        TEST(walks_go_by_rid_with_conditions_and_stops),
        TEST(cells_round_trip_and_refuse_garbage),
        TEST(stored_garbage_is_named_not_followed),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
