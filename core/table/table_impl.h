/* table_impl: what the files of core/table share. Nobody else includes it.
 *
 * Every statement reads or binds a row in one order: rid, id, data columns, _extra, system columns. */
#ifndef ZHUCUN_CORE_TABLE_IMPL_H
#define ZHUCUN_CORE_TABLE_IMPL_H

#include "zhucun/table.h"

enum table_act { ACT_INSERT, ACT_UPDATE, ACT_DELETE, ACT_READ, ACT_READ_RID, ACT_EXISTS, ACT_FIND, ACT_COUNT };

struct table_slot {
    const struct schema_table *t;
    sqlite3_stmt *acts[ACT_COUNT]; /* prepared at first use, kept */
    sqlite3_stmt *walk;            /* the last walk's, when it is not under way */
    char *walk_where;
    bool exists;
    bool extra, system[TABLE_MAX_SYSTEM];
    bool columns[SCHEMA_MAX_COLUMN + 1]; /* by index: is it in the file? Always, unless the db is read-only */
};

struct table_set {
    struct db *db;
    const struct schema *schema;
    struct table_side side;
    bool read_only;
    bool older;              /* read-only, and the file lacks something of the schema */
    const char **names;      /* of all tables, for the guard */
    struct buf extra;        /* an insert's _extra, borrowed by the statement until its reset */
    uint8_t id[ROW_ID_BYTES];/* likewise its id */
    struct table_slot slots[];
};

struct table_slot *table_slot(struct table_set *ts, const struct schema_table *t);
/* Appends "rid, id, …" of a SELECT; what an older file lacks reads as NULL. */
void table_select_list(const struct table_set *ts, const struct table_slot *slot, struct buf *sql);
/* Copies a result row into the arena. Extra cells whose column is known by now become values. */
int table_row_load(const struct table_set *ts, const struct schema_table *t, sqlite3_stmt *st, struct arena *arena,
                   struct table_row *row, struct err *err);

#endif
