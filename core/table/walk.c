/* walk: rows in the order of their rid, one at a time. The statement of a table's last walk is kept for the next
 * with the same condition; a walk within a walk prepares its own. */
#include <stdlib.h>
#include <string.h>

#include "table_impl.h"

enum { WALK_SQL_MAX = 64 * 1024 };

static int prepare_walk(struct table_set *ts, const struct table_slot *slot, const char *where, sqlite3_stmt **st,
                        struct err *err)
{
    struct buf sql;
    buf_init(&sql, WALK_SQL_MAX);
    buf_put_text(&sql, "SELECT ");
    table_select_list(ts, slot, &sql);
    buf_printf(&sql, " FROM \"%s\" WHERE (%s) AND rid > :after ORDER BY rid", slot->t->name, where);
    int rc = sql.failed ? err_nomem(err) : db_prepare(ts->db, buf_text(&sql), st, err);
    buf_free(&sql);
    return rc;
}

/* Takes the kept statement out of its slot, so that a walk inside the callback cannot get it too. */
static int take_walk(struct table_set *ts, struct table_slot *slot, const char *where, sqlite3_stmt **st, struct err *err)
{
    *st = NULL;
    if (slot->walk == NULL || strcmp(slot->walk_where, where) != 0) return prepare_walk(ts, slot, where, st, err);
    *st = slot->walk;
    slot->walk = NULL;
    return 0;
}

static void keep_walk(struct table_slot *slot, const char *where, sqlite3_stmt *st)
{
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    char *copy = strdup(where);
    if (copy == NULL) {
        sqlite3_finalize(st);
        return;
    }
    sqlite3_finalize(slot->walk);
    free(slot->walk_where);
    slot->walk = st;
    slot->walk_where = copy;
}

static int bind_walk(struct table_set *ts, sqlite3_stmt *st, const struct value *args, size_t count, int64_t after,
                     struct err *err)
{
    int bad = 0;
    for (size_t i = 0; i < count; i++) bad |= db_bind(st, (int)i + 1, &args[i]);
    bad |= sqlite3_bind_int64(st, sqlite3_bind_parameter_index(st, ":after"), after);
    return bad == 0 ? 0 : db_error(ts->db, err);
}

int table_walk(struct table_set *ts, const struct schema_table *t, int64_t after_rid, const char *where,
               const struct value *args, size_t arg_count, struct arena *arena, table_walk_fn *fn, void *ctx,
               struct err *err)
{
    struct table_slot *slot = table_slot(ts, t);
    struct table_row row;
    sqlite3_stmt *st = NULL;
    if (!slot->exists) return 0;
    if (where == NULL) where = "1";
    int rc = take_walk(ts, slot, where, &st, err);
    if (rc != 0) return rc;
    rc = bind_walk(ts, st, args, arg_count, after_rid, err);
    while (rc == 0 && (rc = db_row(ts->db, st, err)) == 1) {
        rc = table_row_load(ts, t, st, arena, &row, err);
        if (rc == 0) rc = fn(ctx, &row);
        arena_reset(arena);
    }
    keep_walk(slot, where, st);
    return rc;
}
