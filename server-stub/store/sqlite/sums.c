/* sums: how many live rows there are and what their hashes add up to — of each place, and of each unit that some
 * laptop holds by household (a household's rid; for what is nobody's household at a place, the negated place).
 *
 * Sums touched since the last savepoint wait in small direct-mapped tables, so that a push of twenty visits to one
 * village is one update; they are written before a savepoint, at its release and at commit. */
#include <stdlib.h>
#include <string.h>

#include "sqlite.h"

enum { TRACK_ARENA = 4 * 1024 * 1024 };

static int read_sum(struct sqlite_store *q, enum sql_name which, int64_t key, struct place_sum *sum, struct err *err)
{
    *sum = (struct place_sum){.place = key};
    sqlite3_stmt *st = sqlite_sql(q, which, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, key);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    sum->count = sqlite_u64(st, 0);
    sum->fingerprint = sqlite_u64(st, 1);
    sum->last_csn = sqlite_u64(st, 2);
    sqlite3_reset(st);
    return 1;
}

static int write_sum(struct sqlite_store *q, enum sql_name which, const struct place_sum *sum, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, which, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, sum->place);
    sqlite_bind_u64(st, 2, sum->count);
    sqlite_bind_u64(st, 3, sum->fingerprint);
    sqlite_bind_u64(st, 4, sum->last_csn);
    return db_done(q->db, st, err);
}

/* Of units only those that are there: a tracked one may be gone with a rollback. */
static int flush_slot(struct sqlite_store *q, struct place_sum *delta, bool unit, struct err *err)
{
    struct place_sum sum;
    if (delta->last_csn == 0) return 0;
    int rc = read_sum(q, unit ? SQL_UNIT_GET : SQL_PLACE_GET, delta->place, &sum, err);
    if (rc == 1 || (rc == 0 && !unit)) {
        sum.count += delta->count;
        sum.fingerprint += delta->fingerprint;
        if (sum.last_csn < delta->last_csn) sum.last_csn = delta->last_csn;
        rc = write_sum(q, unit ? SQL_UNIT_PUT : SQL_PLACE_PUT, &sum, err);
    }
    *delta = (struct place_sum){0};
    return rc;
}

int sqlite_flush_sums(struct sqlite_store *q, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < SUM_SLOTS && rc == 0; i++) rc = flush_slot(q, &q->sums[i], false, err);
    for (size_t i = 0; i < SUM_SLOTS && rc == 0 && q->units.count > 0; i++) rc = flush_slot(q, &q->unit_sums[i], true, err);
    return rc;
}

static int add(struct sqlite_store *q, bool unit, int64_t key, const struct place_sum *delta, struct err *err)
{
    struct place_sum *table = unit ? q->unit_sums : q->sums;
    struct place_sum *slot = &table[(((uint64_t)key * 0x9e3779b97f4a7c15u) >> 32) & (SUM_SLOTS - 1)];
    int rc = slot->last_csn != 0 && slot->place != key ? flush_slot(q, slot, unit, err) : 0;
    if (rc != 0) return rc;
    slot->place = key;
    slot->count += delta->count;
    slot->fingerprint += delta->fingerprint;
    if (slot->last_csn < delta->last_csn) slot->last_csn = delta->last_csn;
    return 0;
}

/* ---- which units are tracked ---- */

static int64_t key_of(struct row_home home)
{
    return home.unit == UNIT_COMMON ? -home.place : home.unit;
}

static size_t find(const struct unit_keys *u, int64_t key)
{
    size_t lo = 0, hi = u->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (u->list[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool tracked(const struct unit_keys *u, int64_t key)
{
    size_t at = find(u, key);
    return at < u->count && u->list[at] == key;
}

static int remember(struct unit_keys *u, int64_t key, struct err *err)
{
    size_t at = find(u, key);
    if (at < u->count && u->list[at] == key) return 0;
    if (u->count == u->room) {
        size_t room = u->room * 2 + 64;
        int64_t *list = realloc(u->list, room * sizeof *list);
        if (list == NULL) return err_nomem(err);
        u->list = list;
        u->room = room;
    }
    memmove(u->list + at + 1, u->list + at, (u->count - at) * sizeof *u->list);
    u->list[at] = key;
    u->count++;
    return 0;
}

int sqlite_read_units(struct sqlite_store *q, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_UNIT_KEYS, err);
    int rc = st ? 0 : sqlite_failed(err);
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) rc = remember(&q->units, sqlite3_column_int64(st, 0), err);
    if (st) sqlite3_reset(st);
    return rc;
}

/* ---- the vtable's ---- */

int sqlite_home_add(struct store *s, struct row_home home, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                    struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct place_sum delta = {0, (uint64_t)count, fingerprint, last_csn};
    int rc = add(q, false, home.place, &delta, err);
    if (rc != 0 || q->units.count == 0 || home.unit == UNIT_PLACE_ONLY || !tracked(&q->units, key_of(home))) return rc;
    return add(q, true, key_of(home), &delta, err);
}

struct tracking {
    struct sqlite_store *q;
    struct row_home home;
    struct place_sum sum;
    struct arena arena;
    struct err *err;
};

static int count_row(void *ctx, const struct feed_entry *e)
{
    struct tracking *k = ctx;
    const struct schema_table *t = schema_table(k->q->schema, e->table);
    struct stored_row row;
    struct cell *cells;
    size_t count;
    if (e->moved_out || e->home.unit != k->home.unit || t == NULL) return 0;
    arena_reset(&k->arena);
    int rc = sqlite_row_by_rid(&k->q->base, t, e->rid, &k->arena, &row, k->err);
    if (rc != 1 || row.dead) return rc < 0 ? rc : 0;
    rc = table_row_cells(t, &row.row, &k->arena, &cells, &count, k->err);
    if (rc != 0) return rc;
    k->sum.count++;
    k->sum.fingerprint += row_hash(e->table, row.row.id, cells, count);
    if (k->sum.last_csn < e->csn) k->sum.last_csn = e->csn;
    return 0;
}

int sqlite_unit_track(struct store *s, struct row_home home, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct tracking k = {.q = q, .home = home, .sum = {.place = key_of(home)}, .err = err};
    struct place_sum known;
    if (home.unit == UNIT_PLACE_ONLY) return 0;
    int rc = sqlite_flush_sums(q, err);
    if (rc == 0) rc = read_sum(q, SQL_UNIT_GET, k.sum.place, &known, err);
    if (rc != 0) return rc < 0 ? rc : remember(&q->units, k.sum.place, err);
    arena_init(&k.arena, TRACK_ARENA);
    rc = sqlite_feed_of_place(s, home.place, 0, count_row, &k, err);
    arena_free(&k.arena);
    if (rc == 0) rc = write_sum(q, SQL_UNIT_PUT, &k.sum, err);
    return rc == 0 ? remember(&q->units, k.sum.place, err) : rc;
}

int sqlite_unit_sum(struct store *s, struct row_home home, struct place_sum *sum, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = q->writing ? sqlite_flush_sums(q, err) : 0;
    return rc == 0 ? read_sum(q, SQL_UNIT_GET, key_of(home), sum, err) : rc;
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
