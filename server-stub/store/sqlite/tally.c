/* tally: how many visits each laptop's authors made in each month (zhucun/tally.h), and where a laptop counts otherwise.
 *
 * What is added waits in a small direct-mapped table and is written with the sums of places (sums.c): a push of twenty
 * visits by one author is one update. */
#include "sqlite.h"

static struct tally_slot *slot_of(struct sqlite_store *q, const struct tally_key *k)
{
    uint64_t h = (k->origin ^ k->author.origin ^ k->author.number << 20 ^ (uint64_t)k->month) * UINT64_C(0x9e3779b97f4a7c15);
    return &q->tallies[(h >> 32) & (TALLY_SLOTS - 1)];
}

static bool same_key(const struct tally_key *a, const struct tally_key *b)
{
    return a->origin == b->origin && a->month == b->month && row_id_equal(a->author, b->author);
}

/* origin, author, month as parameters 1 to 3. An author is not NULL in a key: nobody is the empty blob. */
static sqlite3_stmt *with_key(struct sqlite_store *q, enum sql_name which, const struct tally_key *k, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st = sqlite_sql(q, which, err);
    if (st == NULL) return NULL;
    row_id_to_bytes(k->author, id);
    sqlite_bind_u64(st, 1, k->origin);
    sqlite3_bind_blob(st, 2, id, row_id_is_null(k->author) ? 0 : ROW_ID_BYTES, SQLITE_TRANSIENT);
    sqlite3_bind_int(st, 3, k->month);
    return st;
}

static struct tally_key read_key(sqlite3_stmt *st)
{
    return (struct tally_key){.origin = sqlite_u64(st, 0), .author = db_id(st, 1), .month = sqlite3_column_int(st, 2)};
}

static int read_stored(struct sqlite_store *q, const struct tally_key *k, struct tally_sum *sum, struct err *err)
{
    *sum = (struct tally_sum){0};
    sqlite3_stmt *st = with_key(q, SQL_TALLY_GET, k, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc != 1) return rc;
    *sum = (struct tally_sum){sqlite_u64(st, 0), sqlite_u64(st, 1)};
    sqlite3_reset(st);
    return 1;
}

int sqlite_tally_put(struct store *s, const struct tally_key *k, const struct tally_sum *sum, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = with_key(q, SQL_TALLY_PUT, k, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 4, sum->count);
    sqlite_bind_u64(st, 5, sum->digest);
    return db_done(q->db, st, err);
}

static int flush_slot(struct sqlite_store *q, struct tally_slot *slot, struct err *err)
{
    struct tally_sum sum;
    if (slot->added.count == 0) return 0;
    int rc = read_stored(q, &slot->key, &sum, err);
    if (rc < 0) return rc;
    sum.count += slot->added.count;
    sum.digest += slot->added.digest;
    rc = sqlite_tally_put(&q->base, &slot->key, &sum, err);
    *slot = (struct tally_slot){0};
    return rc;
}

int sqlite_flush_tallies(struct sqlite_store *q, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < TALLY_SLOTS && rc == 0; i++) rc = flush_slot(q, &q->tallies[i], err);
    return rc;
}

int sqlite_tally_add(struct store *s, const struct tally_key *k, const struct tally_sum *added, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct tally_slot *slot = slot_of(q, k);
    int rc = slot->added.count != 0 && !same_key(&slot->key, k) ? flush_slot(q, slot, err) : 0;
    slot->key = *k;
    slot->added.count += added->count;
    slot->added.digest += added->digest;
    return rc;
}

int sqlite_tally_get(struct store *s, const struct tally_key *k, struct tally_sum *sum, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = q->writing ? sqlite_flush_tallies(q, err) : 0;
    return rc == 0 ? read_stored(q, k, sum, err) : rc;
}

/* ---- where a laptop counts otherwise ---- */

int sqlite_difference_put(struct store *s, const struct tally_difference *d, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = with_key(q, SQL_DIFFERENCE_PUT, &d->key, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 4, d->here.count);
    sqlite_bind_u64(st, 5, d->here.digest);
    sqlite_bind_u64(st, 6, d->there.count);
    sqlite_bind_u64(st, 7, d->there.digest);
    db_bind(st, 8, &d->only_here);
    db_bind(st, 9, &d->only_there);
    sqlite3_bind_int64(st, 10, d->since_ms);
    sqlite3_bind_int64(st, 11, d->told_ms);
    return db_done(q->db, st, err);
}

int sqlite_difference_drop(struct store *s, const struct tally_key *k, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = with_key(q, SQL_DIFFERENCE_DROP, k, err);
    return st ? db_done(q->db, st, err) : sqlite_failed(err);
}

int sqlite_difference_has(struct store *s, const struct tally_key *k, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = with_key(q, SQL_DIFFERENCE_GET, k, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc == 1) sqlite3_reset(st);
    return rc;
}

int sqlite_difference_walk(struct store *s, store_difference_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_DIFFERENCE_WALK, err);
    int rc = st ? 0 : sqlite_failed(err);
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct tally_difference d = {.key = read_key(st),
                                     .here = {sqlite_u64(st, 3), sqlite_u64(st, 4)},
                                     .there = {sqlite_u64(st, 5), sqlite_u64(st, 6)},
                                     .only_here = db_value(st, 7),
                                     .only_there = db_value(st, 8),
                                     .since_ms = sqlite3_column_int64(st, 9),
                                     .told_ms = sqlite3_column_int64(st, 10)};
        rc = fn(ctx, &d);
    }
    if (st) sqlite3_reset(st);
    return rc;
}
