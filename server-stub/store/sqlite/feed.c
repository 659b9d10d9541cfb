/* feed: where to find each row in the server's order. */
#include "sqlite.h"

int sqlite_feed_move(struct store *s, uint64_t old_csn, const struct feed_entry *e, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st;
    if (old_csn != 0) {
        if ((st = sqlite_sql(q, SQL_FEED_DROP, err)) == NULL) return sqlite_failed(err);
        sqlite_bind_u64(st, 1, old_csn);
        int rc = db_done(q->db, st, err);
        if (rc != 0) return rc;
    }
    if ((st = sqlite_sql(q, SQL_FEED_ADD, err)) == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, e->csn);
    sqlite3_bind_int64(st, 2, e->home.place);
    sqlite3_bind_int(st, 3, e->table);
    sqlite3_bind_int64(st, 4, e->rid);
    sqlite3_bind_int(st, 5, e->moved_out);
    sqlite3_bind_int64(st, 6, e->home.unit);
    return db_done(q->db, st, err);
}

static struct feed_entry read_entry(sqlite3_stmt *st)
{
    return (struct feed_entry){.csn = sqlite_u64(st, 0),
                               .home = {sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 5)},
                               .table = sqlite3_column_int(st, 2),
                               .rid = sqlite3_column_int64(st, 3),
                               .moved_out = sqlite3_column_int(st, 4) != 0};
}

static int walk(struct sqlite_store *q, sqlite3_stmt *st, store_feed_fn *fn, void *ctx, struct err *err)
{
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct feed_entry e = read_entry(st);
        rc = fn(ctx, &e);
    }
    sqlite3_reset(st);
    return rc;
}

int sqlite_feed_of_place(struct store *s, int64_t place, uint64_t after_csn, store_feed_fn *fn, void *ctx,
                         struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_FEED_OF_PLACE, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, place);
    sqlite_bind_u64(st, 2, after_csn);
    return walk(q, st, fn, ctx, err);
}

int sqlite_feed(struct store *s, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_FEED, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, after_csn);
    return walk(q, st, fn, ctx, err);
}

int sqlite_feed_left(struct store *s, int table, int64_t rid, uint64_t after_csn, struct feed_entry *e,
                     struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_FEED_LEFT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int(st, 1, table);
    sqlite3_bind_int64(st, 2, rid);
    sqlite_bind_u64(st, 3, after_csn);
    int rc = db_row(q->db, st, err);
    if (rc == 1) *e = read_entry(st);
    sqlite3_reset(st);
    return rc;
}
