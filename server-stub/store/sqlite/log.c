/* log: the server's order and the origins' logs — head, origins, changesets, received bundles.
 *
 * The head row is written once a transaction (flush_head in session.c); between begin and commit the session's
 * own copy is the truth, and a rollback takes it back. */
#include "sqlite.h"

int sqlite_head(struct store *s, uint64_t *csn, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    if (q->writing) {
        *csn = q->head;
        return 0;
    }
    sqlite3_stmt *st = sqlite_sql(q, SQL_HEAD_GET, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc == 0) return err_set(err, ERR_CORRUPT, "数据库里没有顺序号", "the database has no head row");
    if (rc < 0) return rc;
    *csn = sqlite_u64(st, 0);
    sqlite3_reset(st);
    return 0;
}

int sqlite_head_take(struct store *s, uint64_t n, uint64_t *first, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    if (!q->writing)
        return err_set(err, ERR_REFUSED, "顺序号只能在写事务中取", "csns are taken in a writing transaction only");
    *first = q->head + 1;
    q->head += n;
    return 0;
}

int sqlite_origin_get(struct store *s, uint64_t origin, struct origin_state *o, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_ORIGIN_GET, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    *o = (struct origin_state){.origin = origin,
                               .high = sqlite_u64(st, 0),
                               .last_contact_ms = sqlite3_column_int64(st, 2),
                               .skew_ms = sqlite3_column_int64(st, 3)};
    rc = sqlite_digest(st, 1, &o->hash);
    sqlite3_reset(st);
    if (rc != 0) return err_set(err, rc, "来源 %016llx 的链值损坏", "the hash of origin %016llx is damaged", (unsigned long long)origin);
    return 1;
}

int sqlite_origin_put(struct store *s, const struct origin_state *o, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_ORIGIN_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, o->origin);
    sqlite_bind_u64(st, 2, o->high);
    sqlite3_bind_blob(st, 3, o->hash.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 4, o->last_contact_ms);
    sqlite3_bind_int64(st, 5, o->skew_ms);
    return db_done(q->db, st, err);
}

/* A changeset without changes in the order (quarantined, or empty) has no csn: numbered downwards from −1. */
static int lowest_key(struct sqlite_store *q, int64_t *key, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_CHANGESET_LOWEST, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc < 0) return rc;
    int64_t lowest = rc == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    *key = lowest < 0 ? lowest - 1 : -1;
    return 0;
}

/* Names the changeset in `run` unless it follows the one before it. */
static int add_to_run(struct sqlite_store *q, const struct changeset_record *r, struct err *err)
{
    struct run *run = &q->run;
    if (run->origin == r->origin && run->seq + 1 == r->seq && run->count < RUN_MAX) {
        run->seq++;
        run->count++;
        return 0;
    }
    *run = (struct run){r->origin, r->seq, 1};
    sqlite3_stmt *st = sqlite_sql(q, SQL_RUN_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, r->origin);
    sqlite_bind_u64(st, 2, r->seq);
    sqlite_bind_u64(st, 3, r->csn);
    return db_done(q->db, st, err);
}

int sqlite_changeset_add(struct store *s, const struct changeset_record *r, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int64_t key = (int64_t)r->csn;
    int rc = r->count == 0 ? lowest_key(q, &key, err) : add_to_run(q, r, err);
    if (rc != 0) return rc;
    sqlite3_stmt *st = sqlite_sql(q, SQL_CHANGESET_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, key);
    sqlite_bind_u64(st, 2, r->origin);
    sqlite_bind_u64(st, 3, r->seq);
    sqlite_bind_u64(st, 4, r->count);
    sqlite3_bind_blob(st, 5, r->hash.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite_bind_u64(st, 6, r->stamp);
    sqlite_bind_u64(st, 7, r->corrected);
    sqlite3_bind_int64(st, 8, r->observed);
    sqlite3_bind_int64(st, 9, r->received_ms);
    sqlite3_bind_int(st, 10, r->schema);
    db_bind_id(st, 11, r->author);
    sqlite3_bind_int64(st, 12, r->day);
    sqlite_bind_u64(st, 13, r->base);
    sqlite3_bind_int64(st, 14, r->marks);
    return db_done(q->db, st, err);
}

/* The statement's next row; it stays open when there is one. */
static int changeset_read(struct sqlite_store *q, sqlite3_stmt *st, struct changeset_record *r, struct err *err)
{
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    int64_t key = sqlite3_column_int64(st, 0);
    *r = (struct changeset_record){.csn = key > 0 ? (uint64_t)key : 0,
                                   .origin = sqlite_u64(st, 1),
                                   .seq = sqlite_u64(st, 2),
                                   .count = (size_t)sqlite3_column_int64(st, 3),
                                   .stamp = sqlite_u64(st, 5),
                                   .corrected = sqlite_u64(st, 6),
                                   .observed = sqlite3_column_int64(st, 7),
                                   .received_ms = sqlite3_column_int64(st, 8),
                                   .schema = sqlite3_column_int(st, 9),
                                   .author = db_id(st, 10),
                                   .day = sqlite3_column_int64(st, 11),
                                   .base = sqlite_u64(st, 12),
                                   .marks = (unsigned)sqlite3_column_int64(st, 13)};
    rc = sqlite_digest(st, 4, &r->hash);
    if (rc != 0) return err_set(err, rc, "来源 %016llx 第 %llu 号的记录损坏", "the record of origin %016llx, seq %llu is damaged",
                                (unsigned long long)r->origin, (unsigned long long)r->seq);
    return 1;
}

/* Where the run begins that may hold (origin, seq). 1 found, 0 none, negative. */
static int find_run(struct sqlite_store *q, uint64_t origin, uint64_t seq, uint64_t *key, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_RUN_OF, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, seq);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    *key = sqlite_u64(st, 0);
    sqlite3_reset(st);
    return 1;
}

static int find_apart(struct sqlite_store *q, uint64_t origin, uint64_t seq, struct changeset_record *r,
                      struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_CHANGESET_APART, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, seq);
    int rc = changeset_read(q, st, r, err);
    sqlite3_reset(st);
    return rc;
}

int sqlite_changeset_by_seq(struct store *s, uint64_t origin, uint64_t seq, struct changeset_record *r,
                            struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    uint64_t key = 0;
    int rc = find_run(q, origin, seq, &key, err);
    sqlite3_stmt *st = rc == 1 ? sqlite_sql(q, SQL_CHANGESET_RUN, err) : NULL;
    if (rc < 0 || (rc == 1 && st == NULL)) return rc < 0 ? rc : sqlite_failed(err);
    if (st != NULL) sqlite_bind_u64(st, 1, key);
    for (int i = 0; i < RUN_MAX && rc == 1; i++) {
        rc = changeset_read(q, st, r, err);
        if (rc != 1 || r->origin != origin || r->seq >= seq) break;
    }
    if (st != NULL) sqlite3_reset(st);
    if (rc < 0 || (rc == 1 && r->origin == origin && r->seq == seq)) return rc;
    return find_apart(q, origin, seq, r, err);
}

int sqlite_changeset_by_csn(struct store *s, uint64_t csn, struct changeset_record *r, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_CHANGESET_BY_CSN, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, csn);
    int rc = changeset_read(q, st, r, err);
    sqlite3_reset(st);
    return rc;
}

int sqlite_bundle_add(struct store *s, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n,
                      struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_BUNDLE_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, first);
    sqlite_bind_u64(st, 3, last);
    sqlite3_bind_blob64(st, 4, bytes, n, SQLITE_STATIC);
    return db_done(q->db, st, err);
}

int sqlite_bundle_walk(struct store *s, store_bundle_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_BUNDLE_WALK, err);
    int rc = st ? 0 : sqlite_failed(err);
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1)
        rc = fn(ctx, sqlite_u64(st, 0), sqlite_u64(st, 1), sqlite_u64(st, 2), sqlite3_column_blob(st, 3),
                (size_t)sqlite3_column_bytes(st, 3));
    if (st) sqlite3_reset(st);
    return rc;
}

int sqlite_bundle_holding(struct store *s, uint64_t origin, uint64_t seq, struct arena *a, struct value *bytes,
                          struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_BUNDLE_HOLDING, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, seq);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    if (db_value_copy(st, 0, a, bytes) != 0) rc = err_nomem(err);
    sqlite3_reset(st);
    return rc;
}
