/* holdings: which households a laptop holds by assignment, and what is assigned to whom. */
#include "sqlite.h"

int sqlite_assigned(struct store *s, struct row_id worker, int64_t day, store_assigned_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_ASSIGNED, err);
    if (st == NULL) return sqlite_failed(err);
    db_bind_id(st, 1, worker);
    sqlite3_bind_int64(st, 2, day);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) rc = fn(ctx, db_id(st, 0));
    sqlite3_reset(st);
    return rc;
}

int sqlite_turns(struct store *s, int64_t from, int64_t to, store_turn_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_TURNS, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, from);
    sqlite3_bind_int64(st, 2, to);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1)
        rc = fn(ctx, db_id(st, 0), db_id(st, 1), sqlite3_column_int(st, 2) != 0);
    sqlite3_reset(st);
    return rc;
}

int sqlite_scope_day(struct store *s, int64_t *day, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_SCOPE_DAY, err);
    if (st == NULL) return sqlite_failed(err);
    int rc = db_row(q->db, st, err);
    if (rc == 1) *day = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc;
}

int sqlite_scope_day_put(struct store *s, int64_t day, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_SCOPE_DAY_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, day);
    return db_done(q->db, st, err);
}

int sqlite_holding_put(struct store *s, const struct holding *h, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_HOLDING_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, h->origin);
    db_bind_id(st, 2, h->household);
    sqlite_bind_u64(st, 3, h->since_csn);
    sqlite_bind_u64(st, 4, h->leaving_csn);
    return db_done(q->db, st, err);
}

int sqlite_holding_drop(struct store *s, uint64_t origin, struct row_id household, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_HOLDING_DROP, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    db_bind_id(st, 2, household);
    return db_done(q->db, st, err);
}

int sqlite_holdings(struct store *s, uint64_t origin, store_holding_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_HOLDINGS, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct holding h = {origin, db_id(st, 0), sqlite_u64(st, 1), sqlite_u64(st, 2)};
        rc = fn(ctx, &h);
    }
    sqlite3_reset(st);
    return rc;
}
