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

/* What is not listed is not in quarantine. */
static int clear_between(struct home *h, uint64_t after, uint64_t before, struct err *err)
{
    sqlite3_stmt *st;
    if (before <= after + 1) return 0;
    int rc = journal_statement(h, SQL_QUARANTINE_CLEAR, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)after);
    sqlite3_bind_int64(st, 2, (int64_t)before);
    return db_done(h->db, st, err);
}

/* Of the further ones the numbers are told; a reason that a receipt told stays. */
int journal_quarantine_told(struct home *h, const struct pull_answer *a, struct err *err)
{
    bool whole = a->further_count < WIRE_MAX_FURTHER; /* full lists may lack some */
    uint64_t last = 0;
    int rc = 0;
    for (size_t i = 0; i < a->quarantined_count && rc == 0; i++) {
        rc = clear_between(h, last, a->quarantined[i].seq, err);
        last = a->quarantined[i].seq;
    }
    if (rc == 0) rc = journal_quarantine_add(h, a->quarantined, a->quarantined_count, err);
    for (size_t i = 0; i < a->further_count && rc == 0; i++) {
        rc = clear_between(h, last, a->further[i], err);
        if (rc == 0) rc = journal_run_seq(h, SQL_QUARANTINE_NUMBER, a->further[i], err);
        last = a->further[i];
    }
    return rc || !whole ? rc : clear_between(h, last, a->received + 1, err);
}

static void read_entry(sqlite3_stmt *st, int at, struct receipt_quarantine *q)
{
    const char *zh = (const char *)sqlite3_column_text(st, at), *en = (const char *)sqlite3_column_text(st, at + 1);
    bool told = (zh && *zh) || (en && *en);
    snprintf(q->why, sizeof q->why, "%s", !told ? "原因见服务器" : zh ? zh : "");
    snprintf(q->why_en, sizeof q->why_en, "%s", !told ? "the server says why" : en ? en : "");
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
