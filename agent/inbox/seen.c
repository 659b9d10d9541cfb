/* seen: what somebody here has looked at and let be. A mark holds the row's content hash: a ruling that is added to
 * a notice makes it new again, a snapshot that tells the same row once more does not. */
#include "inbox_sql.h"
#include "notice.h"
#include "zhucun/pack.h"

enum { CELLS_BYTES = 1024 * 1024 };

static int prepare(struct home *h, enum inbox_sql which, int table, struct row_id id, sqlite3_stmt **st, struct err *err)
{
    int rc = inbox_statement(h, which, st, err);
    if (rc) return rc;
    int bad = sqlite3_bind_int(*st, 1, table);
    bad |= db_bind_id(*st, 2, id);
    return bad ? db_error(h->db, err) : 0;
}

/* Not _hash: that is empty while a snapshot is under way. */
static int content(const struct schema_table *t, const struct table_row *row, int64_t *hash, struct err *err)
{
    struct arena arena;
    struct cell *cells;
    size_t count;
    arena_init(&arena, CELLS_BYTES);
    int rc = table_row_cells(t, row, &arena, &cells, &count, err);
    if (rc == 0) *hash = (int64_t)row_hash(t->number, row->id, cells, count);
    arena_free(&arena);
    return rc;
}

int seen_row(struct home *h, const struct schema_table *t, const struct table_row *row, bool *seen, struct err *err)
{
    sqlite3_stmt *st;
    int64_t now = 0;
    *seen = false;
    int rc = prepare(h, SQL_SEEN_GET, t->number, row->id, &st, err);
    if (rc) return rc;
    int found = db_row(h->db, st, err);
    int64_t then = found == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    if (found <= 0) return found;
    rc = content(t, row, &now, err);
    *seen = rc == 0 && now == then;
    return rc;
}

int seen_mark(struct home *h, const struct schema_table *t, struct row_id id, struct err *err)
{
    struct table_row row;
    struct arena arena;
    sqlite3_stmt *st;
    int64_t hash;
    arena_init(&arena, CELLS_BYTES);
    int found = table_read(h->tables, t, id, &arena, &row, err);
    int rc = found < 0 ? found : 0;
    if (found == 1) rc = content(t, &row, &hash, err);
    if (found == 1 && rc == 0) rc = prepare(h, SQL_SEEN_PUT, t->number, id, &st, err);
    if (found == 1 && rc == 0) {
        sqlite3_bind_int64(st, 3, hash);
        rc = db_done(h->db, st, err);
    }
    arena_free(&arena);
    return rc;
}
