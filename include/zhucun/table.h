/* table: the schema's tables in one SQLite file, with prepared statements made from the schema: the same code
 * on the laptop and on the server, which differ only in their system columns.
 *
 * Every table has: rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, its data columns, _extra BLOB (cells of
 * columns this program does not know yet, cells_encode form), and the side's system columns. */
#ifndef ZHUCUN_TABLE_H
#define ZHUCUN_TABLE_H

#include "zhucun/change.h"
#include "zhucun/db.h"
#include "zhucun/schema.h"

enum { TABLE_MAX_SYSTEM = 12 };

struct table_side {
    const char *const *system;  /* names, "_csn" … */
    const char *const *types;   /* their SQL types and constraints, "INTEGER NOT NULL DEFAULT 0" */
    size_t count;
    bool guard;                 /* make guard triggers */
    unsigned index_flags;       /* an index on each column with one of these flags (COLUMN_PARENT, COLUMN_KEY) */
};

struct table_row {
    int64_t rid;
    struct row_id id;
    struct value *values;       /* one for each data column, schema order */
    size_t count;
    struct cell *extra;         /* unknown columns, ascending; value only */
    size_t extra_count;
    struct value system[TABLE_MAX_SYSTEM]; /* written as they stand: NULL is NULL, never an SQL DEFAULT */
};

struct table_set;
/* Opens over `db`; unless the db is read-only, makes missing tables and adds missing columns. */
int table_set_open(struct db *db, const struct schema *schema, const struct table_side *side,
                   struct table_set **out, struct err *err);
void table_set_close(struct table_set *ts);
const struct schema *table_set_schema(const struct table_set *ts);
/* Does the file lack tables or columns of the schema? Only when it is open for reading: they read as NULL, and a
 * condition cannot name them. */
bool table_set_older(const struct table_set *ts);

/* Makes an empty row (all NULL) in the arena. */
int table_row_new(const struct schema_table *t, struct arena *arena, struct table_row *row, struct err *err);
/* Puts cells into the row (unknown columns go to extra). Only cell.value is used. */
int table_row_put_cells(const struct schema_table *t, struct table_row *row, const struct cell *cells, size_t count,
                        struct arena *arena, struct err *err);
/* The row's non-NULL cells, ascending by column number, extras included: what row_hash() and packing take. */
int table_row_cells(const struct schema_table *t, const struct table_row *row, struct arena *arena,
                    struct cell **cells, size_t *count, struct err *err);

int table_insert(struct table_set *ts, const struct schema_table *t, struct table_row *row, struct err *err); /* rid 0: chosen, written back */
int table_update(struct table_set *ts, const struct schema_table *t, const struct table_row *row, struct err *err); /* whole row, by rid */
int table_delete(struct table_set *ts, const struct schema_table *t, int64_t rid, struct err *err);
/* 1 found (copied into the arena), 0 not there, negative error. */
int table_read(struct table_set *ts, const struct schema_table *t, struct row_id id, struct arena *arena,
               struct table_row *row, struct err *err);
int table_read_rid(struct table_set *ts, const struct schema_table *t, int64_t rid, struct arena *arena,
                   struct table_row *row, struct err *err);

/* 1 there is a row of this id (graves count), 0 there is none, negative error. Cheaper than reading it. */
int table_exists(struct table_set *ts, const struct schema_table *t, struct row_id id, struct err *err);

/* Walks rows, ascending rid, after `after_rid`, that match `where` (an SQL condition with ?1… bound from
 * `args`; NULL: all). The callback returns 0 to go on, anything else to stop (returned). The arena is reset
 * between rows. */
typedef int table_walk_fn(void *ctx, const struct table_row *row);
int table_walk(struct table_set *ts, const struct schema_table *t, int64_t after_rid, const char *where,
               const struct value *args, size_t arg_count, struct arena *arena, table_walk_fn *fn, void *ctx,
               struct err *err);

/* Finds a row by UUID text or by its natural key (column flagged KEY). A row whose system column "_dead" is set
 * has no natural key any more; one that was merged (column flagged MERGED) has it only while no other row does. 1 found, 0 none, negative error (two rows with one key: ERR_REFUSED). */
int table_find(struct table_set *ts, const struct schema_table *t, const char *text, size_t n, struct row_id *id,
               struct err *err);

/* Cells as bytes, the same form as in a canonical changeset: count, then each cell. */
int cells_encode(const struct cell *cells, size_t count, struct buf *out, struct err *err);
int cells_decode(const void *bytes, size_t n, struct arena *arena, struct cell **cells, size_t *count, struct err *err);

#endif
