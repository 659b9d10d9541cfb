/* statements: the SQL that follows from the schema, made at first use and kept, and the acts on one row. An
 * insert allocates nothing and builds no text: the server takes in tens of thousands a second. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "table_impl.h"

enum { SQL_MAX = 64 * 1024, FOUND_TWO = 2 };

struct table_slot *table_slot(struct table_set *ts, const struct schema_table *t)
{
    size_t i = (size_t)(t - ts->schema->tables);
    assert(i < ts->schema->count && "a table of another schema");
    return &ts->slots[i];
}

void table_select_list(const struct table_set *ts, const struct table_slot *slot, struct buf *sql)
{
    const struct schema_table *t = slot->t;
    buf_put_text(sql, "rid, id");
    for (size_t i = 0; i < t->count; i++) buf_printf(sql, slot->columns[i] ? ", \"%s\"" : ", NULL", t->columns[i].name);
    buf_put_text(sql, slot->extra ? ", _extra" : ", NULL");
    for (size_t i = 0; i < ts->side.count; i++)
        buf_printf(sql, slot->system[i] ? ", \"%s\"" : ", NULL", ts->side.system[i]);
}

/* ?1 rid, ?2 id, ?3 … as in table_impl.h. */
static void sql_insert(const struct table_set *ts, const struct table_slot *slot, struct buf *sql)
{
    size_t params = 2 + slot->t->count + 1 + ts->side.count;
    buf_printf(sql, "INSERT INTO \"%s\" (", slot->t->name);
    table_select_list(ts, slot, sql);
    buf_put_text(sql, ") VALUES (?");
    for (size_t i = 1; i < params; i++) buf_put_text(sql, ", ?");
    buf_put_text(sql, ")");
}

/* The id is left out: a row keeps it for life, and naming it would rewrite its index entry. */
static void sql_update(const struct table_set *ts, const struct table_slot *slot, struct buf *sql)
{
    size_t at = 3;
    buf_printf(sql, "UPDATE \"%s\" SET ", slot->t->name);
    for (size_t i = 0; i < slot->t->count; i++) buf_printf(sql, "\"%s\" = ?%zu, ", slot->t->columns[i].name, at++);
    buf_printf(sql, "_extra = ?%zu", at++);
    for (size_t i = 0; i < ts->side.count; i++) buf_printf(sql, ", \"%s\" = ?%zu", ts->side.system[i], at++);
    buf_put_text(sql, " WHERE rid = ?1");
}

static void sql_read(const struct table_set *ts, const struct table_slot *slot, const char *key, struct buf *sql)
{
    buf_put_text(sql, "SELECT ");
    table_select_list(ts, slot, sql);
    buf_printf(sql, " FROM \"%s\" WHERE %s = ?1", slot->t->name, key);
}

/* Graves of the server's side keep their values, but nobody means them by name; a row that was merged into another
 * leaves the name to that one. Second column: was it merged? */
static void sql_find(const struct table_set *ts, const struct table_slot *slot, struct buf *sql)
{
    const struct schema_column *key = schema_flagged(slot->t, COLUMN_KEY);
    const struct schema_column *merged = schema_flagged(slot->t, COLUMN_MERGED);
    bool known = merged != NULL && slot->columns[schema_column_index(slot->t, merged)];
    buf_put_text(sql, "SELECT id, ");
    if (known) buf_printf(sql, "\"%s\" IS NOT NULL", merged->name);
    buf_printf(sql, "%s FROM \"%s\" WHERE \"%s\" = ?1", known ? "" : "0", slot->t->name, key->name);
    for (size_t i = 0; i < ts->side.count; i++)
        if (strcmp(ts->side.system[i], "_dead") == 0) buf_put_text(sql, " AND _dead = 0");
    buf_put_text(sql, " ORDER BY 2 LIMIT 2");
}

static void sql_of(const struct table_set *ts, const struct table_slot *slot, enum table_act act, struct buf *sql)
{
    switch (act) {
    case ACT_INSERT: sql_insert(ts, slot, sql); break;
    case ACT_UPDATE: sql_update(ts, slot, sql); break;
    case ACT_DELETE: buf_printf(sql, "DELETE FROM \"%s\" WHERE rid = ?1", slot->t->name); break;
    case ACT_READ: sql_read(ts, slot, "id", sql); break;
    case ACT_READ_RID: sql_read(ts, slot, "rid", sql); break;
    case ACT_EXISTS: buf_printf(sql, "SELECT 1 FROM \"%s\" WHERE id = ?1", slot->t->name); break;
    case ACT_FIND: sql_find(ts, slot, sql); break;
    case ACT_COUNT: break;
    }
}

static int prepare(struct table_set *ts, struct table_slot *slot, enum table_act act, struct err *err)
{
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    sql_of(ts, slot, act, &sql);
    int rc = sql.failed ? err_nomem(err) : db_prepare(ts->db, buf_text(&sql), &slot->acts[act], err);
    buf_free(&sql);
    return rc;
}

/* Every act binds all its parameters and resets behind itself, so there is nothing to clear here. */
static sqlite3_stmt *act(struct table_set *ts, const struct schema_table *t, enum table_act which, struct err *err)
{
    struct table_slot *slot = table_slot(ts, t);
    if (slot->acts[which] == NULL && prepare(ts, slot, which, err) != 0) return NULL;
    return slot->acts[which];
}

static sqlite3_stmt *writing_act(struct table_set *ts, const struct schema_table *t, enum table_act which, struct err *err)
{
    if (ts->read_only) {
        err_set(err, ERR_REFUSED, "%s 是以只读方式打开的，不能修改“%s”", "%s is open for reading only: \"%s\" cannot be changed",
                db_path(ts->db), t->name);
        return NULL;
    }
    if (ts->side.guard && !db_guard_is_open(ts->db)) {
        err_set(err, ERR_REFUSED, "“%s”只能在写入事务中修改", "\"%s\" is written within a capture or intake only", t->name);
        return NULL;
    }
    return act(ts, t, which, err);
}

static int fail_code(const struct err *err)
{
    return err != NULL && err->code != 0 ? err->code : ERR_REFUSED;
}

static int bind_row(struct table_set *ts, sqlite3_stmt *st, const struct table_row *row, struct err *err)
{
    int bad = 0, at = 3;
    for (size_t i = 0; i < row->count; i++) bad |= db_bind(st, at++, &row->values[i]);
    struct value extra = value_null();
    if (row->extra_count > 0) {
        buf_reset(&ts->extra);
        int rc = cells_encode(row->extra, row->extra_count, &ts->extra, err);
        if (rc != 0) return rc;
        extra = value_blob(ts->extra.data, ts->extra.len);
    }
    bad |= db_bind(st, at++, &extra);
    for (size_t i = 0; i < ts->side.count; i++) bad |= db_bind(st, at++, &row->system[i]);
    return bad == 0 ? 0 : db_error(ts->db, err);
}

/* A repeated id is the one refusal that people meet; say which row, not which index. */
static int insert_error(struct table_set *ts, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    int code = sqlite3_extended_errcode(db_handle(ts->db));
    if (code != SQLITE_CONSTRAINT_UNIQUE && code != SQLITE_CONSTRAINT_PRIMARYKEY) return db_error(ts->db, err);
    char id[ROW_ID_TEXT];
    row_id_to_text(row->id, id);
    return err_set(err, ERR_REFUSED, "“%s”里已经有这一行：%s", "\"%s\" has this row already: %s", t->name, id);
}

int table_insert(struct table_set *ts, const struct schema_table *t, struct table_row *row, struct err *err)
{
    assert(row->count == t->count);
    sqlite3_stmt *st = writing_act(ts, t, ACT_INSERT, err);
    if (st == NULL) return fail_code(err);
    row_id_to_bytes(row->id, ts->id);
    int bad = row->rid != 0 ? sqlite3_bind_int64(st, 1, row->rid) : sqlite3_bind_null(st, 1);
    bad |= sqlite3_bind_blob(st, 2, ts->id, ROW_ID_BYTES, SQLITE_STATIC);
    int rc = bad == 0 ? bind_row(ts, st, row, err) : db_error(ts->db, err);
    if (rc != 0) return rc;
    if (sqlite3_step(st) == SQLITE_DONE)
        row->rid = sqlite3_last_insert_rowid(db_handle(ts->db));
    else
        rc = insert_error(ts, t, row, err);
    sqlite3_reset(st);
    return rc;
}

static int changed_one(struct table_set *ts, const struct schema_table *t, int64_t rid, struct err *err)
{
    if (sqlite3_changes(db_handle(ts->db)) == 1) return 0;
    return err_set(err, ERR_NOT_FOUND, "“%s”里没有第 %lld 行", "\"%s\" has no row %lld", t->name, (long long)rid);
}

int table_update(struct table_set *ts, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    assert(row->count == t->count);
    sqlite3_stmt *st = writing_act(ts, t, ACT_UPDATE, err);
    if (st == NULL) return fail_code(err);
    int rc = sqlite3_bind_int64(st, 1, row->rid) == SQLITE_OK ? bind_row(ts, st, row, err) : db_error(ts->db, err);
    if (rc == 0) rc = db_done(ts->db, st, err);
    return rc == 0 ? changed_one(ts, t, row->rid, err) : rc;
}

int table_delete(struct table_set *ts, const struct schema_table *t, int64_t rid, struct err *err)
{
    sqlite3_stmt *st = writing_act(ts, t, ACT_DELETE, err);
    if (st == NULL) return fail_code(err);
    int rc = sqlite3_bind_int64(st, 1, rid) == SQLITE_OK ? db_done(ts->db, st, err) : db_error(ts->db, err);
    return rc == 0 ? changed_one(ts, t, rid, err) : rc;
}

static int read_bound(struct table_set *ts, const struct schema_table *t, sqlite3_stmt *st, struct arena *arena,
                      struct table_row *row, struct err *err)
{
    int rc = db_row(ts->db, st, err);
    if (rc != 1) return rc;
    int loaded = table_row_load(ts, t, st, arena, row, err);
    sqlite3_reset(st);
    return loaded == 0 ? 1 : loaded;
}

int table_read(struct table_set *ts, const struct schema_table *t, struct row_id id, struct arena *arena,
               struct table_row *row, struct err *err)
{
    if (!table_slot(ts, t)->exists) return 0;
    sqlite3_stmt *st = act(ts, t, ACT_READ, err);
    if (st == NULL) return fail_code(err);
    row_id_to_bytes(id, ts->id);
    if (sqlite3_bind_blob(st, 1, ts->id, ROW_ID_BYTES, SQLITE_STATIC) != SQLITE_OK) return db_error(ts->db, err);
    return read_bound(ts, t, st, arena, row, err);
}

int table_read_rid(struct table_set *ts, const struct schema_table *t, int64_t rid, struct arena *arena,
                   struct table_row *row, struct err *err)
{
    if (!table_slot(ts, t)->exists) return 0;
    sqlite3_stmt *st = act(ts, t, ACT_READ_RID, err);
    if (st == NULL) return fail_code(err);
    if (sqlite3_bind_int64(st, 1, rid) != SQLITE_OK) return db_error(ts->db, err);
    return read_bound(ts, t, st, arena, row, err);
}

static int find_value(struct table_set *ts, const struct schema_table *t, const struct value *key, struct row_id *id,
                      struct err *err)
{
    sqlite3_stmt *st = act(ts, t, ACT_FIND, err);
    if (st == NULL) return fail_code(err);
    if (db_bind(st, 1, key) != SQLITE_OK) return db_error(ts->db, err);
    int rc = db_row(ts->db, st, err);
    if (rc != 1) return rc;
    *id = db_id(st, 0);
    int merged = sqlite3_column_int(st, 1);
    rc = db_row(ts->db, st, err);
    bool two = rc == 1 && sqlite3_column_int(st, 1) == merged;
    sqlite3_reset(st);
    return rc < 0 ? rc : two ? FOUND_TWO : 1;
}

int table_exists(struct table_set *ts, const struct schema_table *t, struct row_id id, struct err *err)
{
    if (!table_slot(ts, t)->exists) return 0;
    sqlite3_stmt *st = act(ts, t, ACT_EXISTS, err);
    if (st == NULL) return fail_code(err);
    row_id_to_bytes(id, ts->id);
    if (sqlite3_bind_blob(st, 1, ts->id, ROW_ID_BYTES, SQLITE_STATIC) != SQLITE_OK) return db_error(ts->db, err);
    int rc = db_row(ts->db, st, err);
    if (rc == 1) sqlite3_reset(st);
    return rc;
}

static int find_id(struct table_set *ts, const struct schema_table *t, struct row_id wanted, struct row_id *id,
                   struct err *err)
{
    int rc = table_exists(ts, t, wanted, err);
    if (rc == 1) *id = wanted;
    return rc;
}

int table_find(struct table_set *ts, const struct schema_table *t, const char *text, size_t n, struct row_id *id,
               struct err *err)
{
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    struct row_id named;
    struct value v;
    if (n == 0 || !table_slot(ts, t)->exists) return 0;
    if (row_id_from_text(text, n, &named) == 0) return find_id(ts, t, named, id, err);
    struct buf scratch;
    buf_init(&scratch, CHANGE_MAX_TEXT);
    int rc = 0;
    if (key != NULL && schema_parse(key, text, n, &scratch, &v, NULL) == 0) rc = find_value(ts, t, &v, id, err);
    buf_free(&scratch);
    if (rc != FOUND_TWO) return rc;
    return err_set(err, ERR_REFUSED, "“%s”里有两行的“%s”都是 %.*s：请用编号（id）指明", "\"%s\" has two rows whose \"%s\" is %.*s: name one by its id",
                   t->name, key->name, (int)n, text);
}
