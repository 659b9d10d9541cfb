/* open: makes the tables of a schema in a file, or brings an older file up to it: missing tables, columns, indexes
 * and guards are added, what the file has beyond the schema is left alone. All in one transaction, which writes
 * nothing when nothing is missing. */
#include <assert.h>
#include <stdlib.h>

#include "table_impl.h"

enum { DDL_MAX = 64 * 1024 };

static bool has_column(struct table_set *ts, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(db_handle(ts->db), "main", table, column, NULL, NULL, NULL, NULL, NULL) ==
           SQLITE_OK;
}

/* Does each column stand in the file? Returns how many do not. */
static size_t note_columns(struct table_set *ts, struct table_slot *slot)
{
    const char *name = slot->t->name;
    size_t missing = 0;
    slot->exists = has_column(ts, name, "rid");
    for (size_t i = 0; i < slot->t->count; i++)
        missing += !(slot->columns[i] = has_column(ts, name, slot->t->columns[i].name));
    for (size_t i = 0; i < ts->side.count; i++) missing += !(slot->system[i] = has_column(ts, name, ts->side.system[i]));
    missing += !(slot->extra = has_column(ts, name, "_extra"));
    return missing;
}

static void ddl_table(const struct table_set *ts, const struct schema_table *t, struct buf *sql)
{
    buf_printf(sql, "CREATE TABLE IF NOT EXISTS \"%s\" (rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE", t->name);
    schema_ddl_columns(t, sql);
    buf_put_text(sql, ", _extra BLOB");
    for (size_t i = 0; i < ts->side.count; i++) buf_printf(sql, ", \"%s\" %s", ts->side.system[i], ts->side.types[i]);
    buf_put_text(sql, ");\n");
}

/* ", name TYPE" as the schema writes it, for one column. */
static void ddl_one_column(const struct schema_column *c, struct buf *out)
{
    const struct schema_table only = {.columns = c, .count = 1};
    struct buf text;
    buf_init(&text, DDL_MAX);
    schema_ddl_columns(&only, &text);
    const char *definition = buf_text(&text);
    if (*definition == ',') definition++;
    buf_put_text(out, definition);
    if (text.failed) out->failed = true;
    buf_free(&text);
}

static void ddl_columns(const struct table_set *ts, const struct table_slot *slot, struct buf *sql)
{
    const struct schema_table *t = slot->t;
    for (size_t i = 0; i < t->count; i++) {
        if (slot->columns[i]) continue;
        buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN", t->name);
        ddl_one_column(&t->columns[i], sql);
        buf_put_text(sql, ";\n");
    }
    if (!slot->extra) buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN _extra BLOB;\n", t->name);
    for (size_t i = 0; i < ts->side.count; i++)
        if (!slot->system[i])
            buf_printf(sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s;\n", t->name, ts->side.system[i], ts->side.types[i]);
}

static void ddl_indexes(const struct table_set *ts, const struct schema_table *t, struct buf *sql)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i].flags & ts->side.index_flags)
            buf_printf(sql, "CREATE INDEX IF NOT EXISTS \"index_%s_%s\" ON \"%s\" (\"%s\");\n", t->name, t->columns[i].name,
                       t->name, t->columns[i].name);
    if (ts->side.guard) db_guard_ddl(t->name, sql);
}

static int run(struct table_set *ts, struct buf *sql, struct err *err)
{
    int rc = sql->failed ? err_nomem(err) : sql->len > 0 ? db_exec(ts->db, buf_text(sql), err) : 0;
    buf_reset(sql);
    return rc;
}

struct promotion {
    struct table_set *ts;
    const struct schema_table *t;
    struct err *err;
};

static int promote_row(void *ctx, const struct table_row *row)
{
    struct promotion *p = ctx;
    return table_update(p->ts, p->t, row, p->err);
}

/* Cells that came from newer programs before this one knew their column: loading a row finds their place, saving
 * it puts them there, where reports look. */
static int promote_extras(struct table_set *ts, const struct schema_table *t, struct err *err)
{
    struct promotion p = {ts, t, err};
    struct arena arena;
    bool was_open = db_guard_is_open(ts->db);
    arena_init(&arena, 8 * 1024 * 1024);
    db_guard(ts->db, true);
    int rc = table_walk(ts, t, 0, "_extra IS NOT NULL", NULL, 0, &arena, promote_row, &p, err);
    db_guard(ts->db, was_open);
    arena_free(&arena);
    return rc;
}

static int bring_table(struct table_set *ts, struct table_slot *slot, struct buf *sql, struct err *err)
{
    size_t missing = note_columns(ts, slot);
    bool older = slot->exists && missing > 0;
    if (!slot->exists)
        ddl_table(ts, slot->t, sql);
    else
        ddl_columns(ts, slot, sql);
    ddl_indexes(ts, slot->t, sql);
    int rc = run(ts, sql, err);
    if (rc != 0) return err_where(err, rc, "建立表“%s”", "making table \"%s\"", slot->t->name);
    if (missing > 0 && note_columns(ts, slot) > 0)
        return err_set(err, ERR_CORRUPT, "“%s”里缺少应有的字段", "\"%s\" lacks columns that it must have", slot->t->name);
    return older ? promote_extras(ts, slot->t, err) : 0;
}

static int bring_up(struct table_set *ts, struct err *err)
{
    struct buf sql;
    bool own = sqlite3_get_autocommit(db_handle(ts->db)) != 0;
    int rc = own ? db_begin_read(ts->db, err) : 0; /* becomes a writing one at the first thing that is missing */
    buf_init(&sql, DDL_MAX);
    for (size_t i = 0; i < ts->schema->count && rc == 0; i++) rc = bring_table(ts, &ts->slots[i], &sql, err);
    buf_free(&sql);
    if (!own) return rc;
    if (rc == 0) return db_commit(ts->db, err);
    db_rollback(ts->db);
    return rc;
}

static int start(struct table_set *ts, struct err *err)
{
    size_t count = ts->schema->count;
    ts->names = calloc(count + 1, sizeof *ts->names);
    if (ts->names == NULL) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        ts->slots[i].t = &ts->schema->tables[i];
        ts->names[i] = ts->schema->tables[i].name;
        assert(ts->schema->tables[i].count <= SCHEMA_MAX_COLUMN);
    }
    if (ts->read_only) {
        for (size_t i = 0; i < count; i++) ts->older |= note_columns(ts, &ts->slots[i]) > 0;
        return 0;
    }
    int rc = bring_up(ts, err);
    return rc == 0 && ts->side.guard ? db_guard_own(ts->db, ts->names, count, err) : rc;
}

int table_set_open(struct db *db, const struct schema *schema, const struct table_side *side, struct table_set **out,
                   struct err *err)
{
    assert(side->count <= TABLE_MAX_SYSTEM);
    *out = NULL;
    struct table_set *ts = calloc(1, sizeof *ts + schema->count * sizeof ts->slots[0]);
    if (ts == NULL) return err_nomem(err);
    ts->db = db;
    ts->schema = schema;
    ts->side = *side;
    ts->read_only = sqlite3_db_readonly(db_handle(db), "main") == 1;
    buf_init(&ts->extra, CHANGE_MAX_BYTES);
    int rc = start(ts, err);
    if (rc == 0)
        *out = ts;
    else
        table_set_close(ts);
    return rc;
}

void table_set_close(struct table_set *ts)
{
    if (ts == NULL) return;
    for (size_t i = 0; i < ts->schema->count; i++) {
        struct table_slot *slot = &ts->slots[i];
        for (size_t k = 0; k < ACT_COUNT; k++) sqlite3_finalize(slot->acts[k]);
        sqlite3_finalize(slot->walk);
        free(slot->walk_where);
    }
    if (ts->side.guard && !ts->read_only) db_guard_own(ts->db, NULL, 0, NULL);
    buf_free(&ts->extra);
    free(ts->names);
    free(ts);
}

bool table_set_older(const struct table_set *ts)
{
    return ts->older;
}

const struct schema *table_set_schema(const struct table_set *ts)
{
    return ts->schema;
}
