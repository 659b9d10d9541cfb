/* own: which cells the server shows as this laptop wrote them, so that apply can tell when another's value replaces
 * one. Only cells of changed rows: what a new row was made with is not followed. */
#include "journal.h"
#include "statements.h"

static int prepare(struct home *h, enum journal_sql which, int table, struct row_id row, sqlite3_stmt **st,
                   struct err *err)
{
    int rc = journal_statement(h, which, st, err);
    if (rc) return rc;
    int bad = sqlite3_bind_int(*st, 1, table);
    bad |= db_bind_id(*st, 2, row);
    return bad ? db_error(h->db, err) : 0;
}

int journal_own_put(struct home *h, int table, struct row_id row, const struct own_cell *own, struct err *err)
{
    sqlite3_stmt *st;
    int rc = prepare(h, SQL_OWN_PUT, table, row, &st, err);
    if (rc) return rc;
    int bad = sqlite3_bind_int(st, 3, own->column);
    bad |= sqlite3_bind_int64(st, 4, (int64_t)own->seq);
    bad |= db_bind(st, 5, &own->value);
    bad |= db_bind(st, 6, &own->removed);
    return bad ? db_error(h->db, err) : db_done(h->db, st, err);
}

int journal_own_drop(struct home *h, int table, struct row_id row, int column, struct err *err)
{
    sqlite3_stmt *st;
    int rc = prepare(h, SQL_OWN_DROP, table, row, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 3, column);
    return db_done(h->db, st, err);
}

int journal_own_row(struct home *h, int table, struct row_id row, struct arena *arena, struct own_cell list[OWN_MAX],
                    size_t *count, struct err *err)
{
    sqlite3_stmt *st;
    *count = 0;
    int rc = prepare(h, SQL_OWN_ROW, table, row, &st, err);
    if (rc) return rc;
    while (*count < OWN_MAX && (rc = db_row(h->db, st, err)) == 1) {
        struct own_cell *own = &list[*count];
        *own = (struct own_cell){.column = sqlite3_column_int(st, 0), .seq = (uint64_t)sqlite3_column_int64(st, 1)};
        if (db_value_copy(st, 2, arena, &own->value) || db_value_copy(st, 3, arena, &own->removed)) {
            rc = err_nomem(err);
            break;
        }
        ++*count;
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}
