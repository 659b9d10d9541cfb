/* feed: where to find each row in the server's order, and the sums of each place.
 *
 * Sums of places touched since the last savepoint wait in a small direct-mapped table, so that a push of twenty
 * visits to one village is one update; they are written before a savepoint, at its release and at commit. */
#include <string.h>

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
    sqlite3_bind_int64(st, 2, e->place);
    sqlite3_bind_int(st, 3, e->table);
    sqlite3_bind_int64(st, 4, e->rid);
    sqlite3_bind_int(st, 5, e->moved_out);
    return db_done(q->db, st, err);
}

static int read_sum(struct sqlite_store *q, int64_t place, struct place_sum *sum, struct err *err)
{
    *sum = (struct place_sum){.place = place};
    sqlite3_stmt *st = sqlite_sql(q, SQL_PLACE_GET, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, place);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    sum->count = sqlite_u64(st, 0);
    sum->fingerprint = sqlite_u64(st, 1);
    sqlite3_reset(st);
    return 0;
}

static int flush_slot(struct sqlite_store *q, struct place_sum *delta, struct err *err)
{
    struct place_sum sum;
    if (delta->last_csn == 0) return 0;
    int rc = read_sum(q, delta->place, &sum, err);
    sqlite3_stmt *st = rc == 0 ? sqlite_sql(q, SQL_PLACE_PUT, err) : NULL;
    if (st == NULL) return rc != 0 ? rc : sqlite_failed(err);
    sqlite3_bind_int64(st, 1, delta->place);
    sqlite_bind_u64(st, 2, sum.count + delta->count);
    sqlite_bind_u64(st, 3, sum.fingerprint + delta->fingerprint);
    sqlite_bind_u64(st, 4, delta->last_csn);
    rc = db_done(q->db, st, err);
    *delta = (struct place_sum){0};
    return rc;
}

int sqlite_flush_sums(struct sqlite_store *q, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < SUM_SLOTS && rc == 0; i++) rc = flush_slot(q, &q->sums[i], err);
    return rc;
}

int sqlite_place_add(struct store *s, int64_t place, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                     struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct place_sum *slot = &q->sums[(((uint64_t)place * 0x9e3779b97f4a7c15u) >> 32) & (SUM_SLOTS - 1)];
    int rc = slot->last_csn != 0 && slot->place != place ? flush_slot(q, slot, err) : 0;
    if (rc != 0) return rc;
    slot->place = place;
    slot->count += (uint64_t)count;
    slot->fingerprint += fingerprint;
    if (slot->last_csn < last_csn) slot->last_csn = last_csn;
    return 0;
}

int sqlite_places(struct store *s, int64_t from, int64_t to, store_place_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = q->writing ? sqlite_flush_sums(q, err) : 0;
    sqlite3_stmt *st = rc == 0 ? sqlite_sql(q, SQL_PLACES, err) : NULL;
    if (st == NULL) return rc != 0 ? rc : sqlite_failed(err);
    sqlite3_bind_int64(st, 1, from);
    sqlite3_bind_int64(st, 2, to);
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct place_sum p = {.place = sqlite3_column_int64(st, 0),
                              .count = sqlite_u64(st, 1),
                              .fingerprint = sqlite_u64(st, 2),
                              .last_csn = sqlite_u64(st, 3)};
        rc = fn(ctx, &p);
    }
    sqlite3_reset(st);
    return rc;
}

static int walk(struct sqlite_store *q, sqlite3_stmt *st, store_feed_fn *fn, void *ctx, struct err *err)
{
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct feed_entry e = {.csn = sqlite_u64(st, 0),
                               .place = sqlite3_column_int64(st, 1),
                               .table = sqlite3_column_int(st, 2),
                               .rid = sqlite3_column_int64(st, 3),
                               .moved_out = sqlite3_column_int(st, 4) != 0};
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
