/* guard: keeps every writer but zhucun's own write path away from synced tables.
 *
 * Triggers in the file ask zhucun_writing(): another program lacks the function and is refused when it prepares
 * the statement. For ourselves they are too dear: a trigger that does nothing but ask costs 0.28 to 0.32 of the
 * insert rate, because SQLite builds a program frame for each row. So the connection that owns a table set
 * switches its own triggers off and is guarded by SQLite's authorizer instead, which costs nothing per row;
 * core/table asks db_guard_is_open() at each write besides.
 * RAISE(FAIL), not ABORT: it stops at the first row, before anything was written, and needs no statement journal. */
#include <string.h>

#include "db_impl.h"

static void writing_function(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const struct db *db = sqlite3_user_data(ctx);
    (void)argc;
    (void)argv;
    sqlite3_result_int(ctx, db->writing);
}

int db_guard_register(struct db *db, struct err *err)
{
    /* Not DETERMINISTIC: the answer changes between two statements. INNOCUOUS: or triggers may not call it. */
    int rc = sqlite3_create_function_v2(db->handle, "zhucun_writing", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, db,
                                        writing_function, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : db_error(db, err);
}

void db_guard(struct db *db, bool writing)
{
    db->writing = writing;
}

bool db_guard_is_open(const struct db *db)
{
    return db->writing;
}

void db_guard_ddl(const char *table, struct buf *sql)
{
    static const char *const acts[] = {"INSERT", "UPDATE", "DELETE"};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        buf_printf(sql,
                   "CREATE TRIGGER IF NOT EXISTS \"guard_%s_%s\" BEFORE %s ON \"%s\" WHEN NOT zhucun_writing() "
                   "BEGIN SELECT RAISE(FAIL, 'this table is written by zhucun only'); END;\n",
                   table, acts[i], acts[i], table);
}

static bool is_guarded(const struct db *db, const char *table)
{
    for (size_t i = 0; i < db->guarded_count; i++)
        if (sqlite3_stricmp(db->guarded[i], table) == 0) return true;
    return false;
}

/* Asked for each act of a statement while it is prepared. Only "main": a backup fills tables of the same names
 * in the copy. */
static int authorize(void *ctx, int act, const char *table, const char *column, const char *schema, const char *trigger)
{
    const struct db *db = ctx;
    (void)column;
    (void)trigger;
    if (act != SQLITE_INSERT && act != SQLITE_UPDATE && act != SQLITE_DELETE) return SQLITE_OK;
    if (db->writing || schema == NULL || strcmp(schema, "main") != 0) return SQLITE_OK;
    return is_guarded(db, table) ? SQLITE_DENY : SQLITE_OK;
}

int db_guard_own(struct db *db, const char *const *tables, size_t count, struct err *err)
{
    db->guarded = tables;
    db->guarded_count = count;
    int rc = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, count == 0, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_set_authorizer(db->handle, count > 0 ? authorize : NULL, db);
    return rc == SQLITE_OK ? 0 : db_error(db, err);
}
