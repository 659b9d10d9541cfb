/* lost: own values that the server did not keep, noted by apply when it sees so, read by `conflicts`. The server's
 * ledger knows who won and why; this is what the laptop can tell alone. */
#include <stdio.h>

#include "journal.h"
#include "statements.h"

enum { ROW_BYTES = 256 * 1024 };

int journal_lost_add(struct home *h, const struct lost_value *lost, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_LOST_ADD, &st, err);
    if (rc) return rc;
    int bad = sqlite3_bind_int(st, 1, lost->table);
    bad |= db_bind_id(st, 2, lost->row);
    bad |= sqlite3_bind_int(st, 3, lost->column);
    bad |= sqlite3_bind_int64(st, 4, (int64_t)lost->seq);
    bad |= sqlite3_bind_int64(st, 5, (int64_t)lost->csn);
    bad |= sqlite3_bind_int64(st, 6, lost->at_ms);
    bad |= sqlite3_bind_int(st, 7, (int)lost->how);
    bad |= db_bind(st, 8, &lost->mine);
    bad |= db_bind(st, 9, &lost->theirs);
    return bad ? db_error(h->db, err) : db_done(h->db, st, err);
}

static int read_lost(sqlite3_stmt *st, struct arena *arena, struct lost_value *lost)
{
    lost->table = sqlite3_column_int(st, 1);
    lost->row = db_id(st, 2);
    lost->column = sqlite3_column_int(st, 3);
    lost->seq = (uint64_t)sqlite3_column_int64(st, 4);
    lost->csn = (uint64_t)sqlite3_column_int64(st, 5);
    lost->at_ms = sqlite3_column_int64(st, 6);
    lost->how = sqlite3_column_int(st, 7) == LOST_LATER ? LOST_LATER : LOST_AT_ONCE;
    lost->seen = sqlite3_column_int(st, 8) != 0;
    int rc = db_value_copy(st, 9, arena, &lost->mine);
    return rc ? rc : db_value_copy(st, 10, arena, &lost->theirs);
}

int journal_lost_seen(struct home *h, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_LOST_SEEN, &st, err);
    return rc ? rc : db_done(h->db, st, err);
}

int journal_lost_walk(struct home *h, int (*fn)(void *ctx, const struct lost_value *lost), void *ctx, struct err *err)
{
    struct arena arena;
    int64_t after = 0;
    int rc = 0;
    arena_init(&arena, ROW_BYTES);
    while (rc == 0) { /* one at a time: the callback may read and write as it likes */
        struct lost_value lost;
        sqlite3_stmt *st;
        arena_reset(&arena);
        rc = journal_statement(h, SQL_LOST_NEXT, &st, err);
        if (rc) break;
        sqlite3_bind_int64(st, 1, after);
        int found = db_row(h->db, st, err);
        if (found == 1) {
            after = sqlite3_column_int64(st, 0);
            rc = read_lost(st, &arena, &lost) ? err_nomem(err) : 0;
        }
        sqlite3_reset(st);
        if (found != 1) {
            rc = found;
            break;
        }
        if (rc == 0) rc = fn(ctx, &lost);
    }
    arena_free(&arena);
    return rc;
}
