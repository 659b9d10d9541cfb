/* ledger: what lost, what was superseded, what is only proposed, and what was put in quarantine. Nothing here is
 * ever deleted. */
#include <string.h>

#include "sqlite.h"

static void bind_version(sqlite3_stmt *st, int at, const struct cell_version *v)
{
    sqlite_bind_u64(st, at, v->csn);
    sqlite_bind_u64(st, at + 1, v->origin);
    sqlite_bind_u64(st, at + 2, v->seq);
    sqlite_bind_u64(st, at + 3, v->stamp);
    sqlite3_bind_int64(st, at + 4, v->observed);
    db_bind_id(st, at + 5, v->author);
}

static struct cell_version read_version(sqlite3_stmt *st, int at)
{
    return (struct cell_version){.csn = sqlite_u64(st, at),
                                 .origin = sqlite_u64(st, at + 1),
                                 .seq = sqlite_u64(st, at + 2),
                                 .stamp = sqlite_u64(st, at + 3),
                                 .observed = sqlite3_column_int64(st, at + 4),
                                 .author = db_id(st, at + 5)};
}

int sqlite_ledger_add(struct store *s, const struct ledger_entry *e, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int(st, 2, (int)e->kind);
    sqlite3_bind_int(st, 3, (int)e->reason);
    sqlite3_bind_int(st, 4, e->to_verify);
    sqlite3_bind_int(st, 5, e->resolved);
    sqlite3_bind_int(st, 6, e->table);
    sqlite3_bind_int(st, 7, e->column);
    db_bind_id(st, 8, e->row);
    sqlite3_bind_int64(st, 9, e->place);
    db_bind(st, 10, &e->value);
    bind_version(st, 11, &e->loser);
    bind_version(st, 17, &e->winner);
    sqlite_bind_u64(st, 23, e->winner_csn);
    sqlite3_bind_int64(st, 24, e->at_ms);
    return db_done(q->db, st, err);
}

int sqlite_ledger_walk(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_WALK, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, after_id);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct ledger_entry e = {.id = sqlite_u64(st, 0),
                                 .kind = (enum ledger_kind)sqlite3_column_int(st, 1),
                                 .reason = (enum merge_reason)sqlite3_column_int(st, 2),
                                 .to_verify = sqlite3_column_int(st, 3) != 0,
                                 .resolved = sqlite3_column_int(st, 4) != 0,
                                 .table = sqlite3_column_int(st, 5),
                                 .column = sqlite3_column_int(st, 6),
                                 .row = db_id(st, 7),
                                 .place = sqlite3_column_int64(st, 8),
                                 .value = db_value(st, 9),
                                 .loser = read_version(st, 10),
                                 .winner = read_version(st, 16),
                                 .winner_csn = sqlite_u64(st, 22),
                                 .at_ms = sqlite3_column_int64(st, 23)};
        rc = fn(ctx, &e);
    }
    sqlite3_reset(st);
    return rc;
}

int sqlite_quarantine_add(struct store *s, const struct quarantine_entry *e, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_QUARANTINE_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, e->origin);
    sqlite_bind_u64(st, 2, e->seq);
    sqlite3_bind_blob(st, 3, e->hash.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, e->why_zh, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, e->why_en, -1, SQLITE_STATIC);
    db_bind(st, 6, &e->changeset);
    sqlite3_bind_int64(st, 7, e->received_ms);
    return db_done(q->db, st, err);
}

int sqlite_quarantine_walk(struct store *s, uint64_t origin, uint64_t after_seq, store_quarantine_fn *fn, void *ctx,
                           struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, origin ? SQL_QUARANTINE_OF : SQL_QUARANTINE_ALL, err);
    if (st == NULL) return sqlite_failed(err);
    if (origin) sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, after_seq);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct quarantine_entry e = {.origin = sqlite_u64(st, 0), .seq = sqlite_u64(st, 1)};
        if ((rc = sqlite_digest(st, 2, &e.hash)) != 0) break;
        sqlite_text(st, 3, e.why_zh, sizeof e.why_zh);
        sqlite_text(st, 4, e.why_en, sizeof e.why_en);
        e.changeset = db_value(st, 5);
        e.received_ms = sqlite3_column_int64(st, 6);
        rc = fn(ctx, &e);
    }
    sqlite3_reset(st);
    return rc;
}
