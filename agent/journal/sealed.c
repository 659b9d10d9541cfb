/* sealed: the bundle on its way, as bytes, so that an upload that was cut goes on with the same ones. There is at
 * most one; losing it costs bytes, never a change. */
#include "journal.h"

#include "statements.h"

int journal_sealed_get(struct home *h, struct sealed_bundle *b, struct err *err)
{
    sqlite3_stmt *st;
    *b = (struct sealed_bundle){0};
    buf_init(&b->bytes, BUNDLE_MAX_BYTES);
    int rc = journal_statement(h, SQL_SEALED_GET, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) {
        b->first = (uint64_t)sqlite3_column_int64(st, 0);
        b->last = (uint64_t)sqlite3_column_int64(st, 1);
        b->offset = (uint64_t)sqlite3_column_int64(st, 3);
        buf_put(&b->bytes, sqlite3_column_blob(st, 4), (size_t)sqlite3_column_bytes(st, 4));
        int bad = journal_digest(st, 2, &b->digest, err);
        if (bad) rc = bad;
        else if (b->bytes.failed) rc = err_nomem(err);
    }
    sqlite3_reset(st);
    return rc;
}

static int put(struct home *h, const struct sealed_bundle *b, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_SEALED_PUT, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)b->first);
    sqlite3_bind_int64(st, 2, (int64_t)b->last);
    sqlite3_bind_blob(st, 3, b->digest.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 4, (int64_t)b->offset);
    sqlite3_bind_blob64(st, 5, b->bytes.data, b->bytes.len, SQLITE_STATIC);
    return db_done(h->db, st, err);
}

int journal_sealed_put(struct home *h, const struct sealed_bundle *b, struct err *err)
{
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    return journal_end(h, put(h, b, err), err);
}

int journal_sealed_drop(struct home *h, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_SEALED_DROP, &st, err);
    return rc ? rc : db_done(h->db, st, err);
}
