/* quarantine: own changesets that the server could not take, with its reason in both languages. Told by receipts as
 * they happen, and by every pull as the whole that is true now: so a retry at the server is known here. */
#include "journal.h"

#include <stdio.h>

#include "statements.h"

int journal_run_seq(struct home *h, enum journal_sql which, uint64_t seq, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, which, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)seq);
    return db_done(h->db, st, err);
}

int journal_quarantine_add(struct home *h, const struct receipt_quarantine *list, size_t count, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        sqlite3_stmt *st;
        rc = journal_statement(h, SQL_QUARANTINE_ADD, &st, err);
        if (rc) return rc;
        sqlite3_bind_int64(st, 1, (int64_t)list[i].seq);
        sqlite3_bind_text(st, 2, list[i].why, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 3, list[i].why_en, -1, SQLITE_STATIC);
        rc = db_done(h->db, st, err);
    }
    return rc;
}

int journal_quarantine_told(struct home *h, const struct receipt_quarantine *list, size_t count, uint64_t received,
                            struct err *err)
{
    bool whole = count < RECEIPT_MAX_QUARANTINE; /* a full list may lack some */
    int rc = whole ? journal_run_seq(h, SQL_QUARANTINE_CLEAR, received, err) : 0;
    return rc ? rc : journal_quarantine_add(h, list, count, err);
}

static void read_entry(sqlite3_stmt *st, int at, struct receipt_quarantine *q)
{
    const char *zh = (const char *)sqlite3_column_text(st, at), *en = (const char *)sqlite3_column_text(st, at + 1);
    snprintf(q->why, sizeof q->why, "%s", zh ? zh : "");
    snprintf(q->why_en, sizeof q->why_en, "%s", en ? en : "");
}

int journal_quarantine_of(struct home *h, uint64_t seq, struct receipt_quarantine *q, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_QUARANTINE_OF, &st, err);
    if (rc) return rc;
    *q = (struct receipt_quarantine){.seq = seq};
    sqlite3_bind_int64(st, 1, (int64_t)seq);
    rc = db_row(h->db, st, err);
    if (rc == 1) read_entry(st, 0, q);
    sqlite3_reset(st);
    return rc;
}

int journal_quarantine_walk(struct home *h, journal_quarantine_fn *fn, void *ctx, struct err *err)
{
    uint64_t after = 0;
    int rc = 0;
    while (rc == 0) { /* one at a time: the callback may read as it likes */
        struct receipt_quarantine q = {0};
        sqlite3_stmt *st;
        rc = journal_statement(h, SQL_QUARANTINE_NEXT, &st, err);
        if (rc) break;
        sqlite3_bind_int64(st, 1, (int64_t)after);
        int found = db_row(h->db, st, err);
        if (found == 1) {
            q.seq = after = (uint64_t)sqlite3_column_int64(st, 0);
            read_entry(st, 1, &q);
        }
        sqlite3_reset(st);
        if (found != 1) return found;
        rc = fn(ctx, &q);
    }
    return rc;
}
