/* sqlite: the SQLite backend of store.h, DIR/server.db. Private to this folder and to store.c, which opens it.
 *
 * The writer keeps in memory what would otherwise be read again for every change: the head (flushed once at
 * commit), the sums of places touched since the last savepoint (flushed at release and commit), where rows
 * live and how high workers stand. Invariant: a rollback of any kind leaves nothing of it behind. */
#ifndef ZHUCUN_STORE_SQLITE_H
#define ZHUCUN_STORE_SQLITE_H

#include "../store_ops.h"
#include "sql.h"

enum {
    SQLITE_APPLICATION_ID = 0x5a435553, /* "ZCUS" */
    SQLITE_WAIT_MS = 3000,              /* for the writer's lock */
    SUM_SLOTS = 512,                    /* powers of two */
    PLACE_SLOTS = 32768,
    LEVEL_SLOTS = 4096,
    TALLY_SLOTS = 64,
    RUN_MAX = 32,                       /* changesets in a run: what a look-up may have to walk */
    MARKS_MAX_BYTES = 4 * 1024 * 1024,
    SCRATCH_MAX_BYTES = 8 * 1024 * 1024
};

/* Server-side system columns of every synced table, in table_row.system's order. */
enum server_system { SERVER_CSN, SERVER_PLACE, SERVER_UNIT, SERVER_DEAD, SERVER_MARKS, SERVER_SYSTEM_COUNT };

struct place_slot {
    struct row_id id;
    struct row_home home;
    int table; /* 0: empty */
};
struct level_slot {
    struct row_id id; /* null: empty */
    int level;
};

struct tally_slot {
    struct tally_key key;
    struct tally_sum added; /* count 0: empty */
};

struct run { /* of changesets being added; origin 0: none */
    uint64_t origin, seq; /* the latest */
    int count;
};

struct unit_keys {
    int64_t *list;
    size_t count, room;
};

struct sqlite_store {
    struct store base;
    struct db_cipher *cipher;
    struct db *db;
    struct statements *sql;
    struct table_set *tables;
    const struct schema *schema;
    uint64_t epoch, server_origin;
    int64_t city;

    bool writer, writing;             /* may write; is in a writing transaction */
    uint64_t head, head_stored, head_at_savepoint;
    struct run run;
    struct place_sum *sums;           /* SUM_SLOTS deltas; last_csn 0: empty */
    struct place_sum *unit_sums;      /* the same, of units */
    struct unit_keys units;           /* tracked ones, ascending; writer only */
    struct tally_slot tallies[TALLY_SLOTS]; /* what was added since the last savepoint */
    struct place_slot *where;         /* writer only */
    struct level_slot *levels;        /* writer only */
    bool caches_touched;              /* rows were written since the last savepoint */
    const struct schema_table *worker;
    int worker_role;                  /* index of the column */
    struct arena scratch;
    struct buf marks;
};

static inline struct sqlite_store *sqlite_of(struct store *s)
{
    return (struct sqlite_store *)s; /* base is its first member */
}

int sqlite_store_create(struct store **out, const char *dir, int64_t city, enum seal_suite suite, const struct env *env,
                        struct err *err);
int sqlite_store_open(struct store **out, const char *dir, enum db_mode mode, struct err *err);
bool sqlite_store_is_held(const char *dir);

/* The code that a function which only fills err failed with. */
static inline int sqlite_failed(const struct err *err)
{
    return err && err->code ? err->code : ERR_REFUSED;
}

/* A statement ready to bind, or NULL. */
sqlite3_stmt *sqlite_sql(struct sqlite_store *q, enum sql_name which, struct err *err);
/* csn, origins and fingerprints are 64 bits without sign; SQLite keeps their two's complement. */
int sqlite_bind_u64(sqlite3_stmt *st, int index, uint64_t v);
uint64_t sqlite_u64(sqlite3_stmt *st, int column);
int sqlite_digest(sqlite3_stmt *st, int column, struct digest *out); /* negative: not 32 bytes */
void sqlite_text(sqlite3_stmt *st, int column, char *out, size_t n); /* cut to fit, NUL-terminated */
int sqlite_flush_sums(struct sqlite_store *q, struct err *err);
void sqlite_forget(struct sqlite_store *q); /* empties the caches of rows */

/* marks.c */
int marks_encode(const struct cell_mark *marks, size_t count, struct buf *out, struct err *err);
int marks_decode(const void *bytes, size_t n, struct arena *a, struct cell_mark **marks, size_t *count,
                 struct err *err);

/* The rest of the vtable, by file. */
int sqlite_head(struct store *s, uint64_t *csn, struct err *err); /* log.c */
int sqlite_head_take(struct store *s, uint64_t n, uint64_t *first, struct err *err);
int sqlite_origin_get(struct store *s, uint64_t origin, struct origin_state *o, struct err *err);
int sqlite_origin_put(struct store *s, const struct origin_state *o, struct err *err);
int sqlite_changeset_add(struct store *s, const struct changeset_record *r, struct err *err);
int sqlite_changeset_by_seq(struct store *s, uint64_t origin, uint64_t seq, struct changeset_record *r,
                            struct err *err);
int sqlite_changeset_by_csn(struct store *s, uint64_t csn, struct changeset_record *r, struct err *err);
int sqlite_bundle_add(struct store *s, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n,
                      struct err *err);
int sqlite_bundle_walk(struct store *s, store_bundle_fn *fn, void *ctx, struct err *err);
int sqlite_bundle_holding(struct store *s, uint64_t origin, uint64_t seq, struct arena *a, struct value *bytes,
                          struct err *err);

int sqlite_row_get(struct store *s, const struct schema_table *t, struct row_id id, struct arena *a,
                   struct stored_row *row, struct err *err); /* rows.c */
int sqlite_row_by_rid(struct store *s, const struct schema_table *t, int64_t rid, struct arena *a,
                      struct stored_row *row, struct err *err);
int sqlite_row_home(struct store *s, const struct schema_table *t, struct row_id id, struct row_home *home,
                    struct err *err);
int sqlite_row_find(struct store *s, const struct schema_table *t, const char *key, size_t n, struct row_id *id,
                    struct err *err);
int sqlite_row_insert(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
int sqlite_row_update(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
int sqlite_is_assigned(struct store *s, struct row_id household, struct row_id worker, int64_t day, struct err *err);
int sqlite_worker_level(struct store *s, struct row_id worker, int *level, struct err *err);

int sqlite_feed_move(struct store *s, uint64_t old_csn, const struct feed_entry *e, struct err *err); /* feed.c */
int sqlite_feed_of_place(struct store *s, int64_t place, uint64_t after_csn, store_feed_fn *fn, void *ctx,
                         struct err *err);
int sqlite_feed_left(struct store *s, int table, int64_t rid, uint64_t after_csn, struct feed_entry *e,
                     struct err *err);
int sqlite_feed(struct store *s, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err);

int sqlite_home_add(struct store *s, struct row_home home, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                    struct err *err); /* sums.c */
int sqlite_unit_track(struct store *s, struct row_home home, struct err *err);
int sqlite_unit_sum(struct store *s, struct row_home home, struct place_sum *sum, struct err *err);
int sqlite_places(struct store *s, int64_t from, int64_t to, store_place_fn *fn, void *ctx, struct err *err);
int sqlite_read_units(struct sqlite_store *q, struct err *err); /* at opening */

int sqlite_assigned(struct store *s, struct row_id worker, int64_t day, store_assigned_fn *fn, void *ctx,
                    struct err *err); /* holdings.c */
int sqlite_turns(struct store *s, int64_t from, int64_t to, store_turn_fn *fn, void *ctx, struct err *err);
int sqlite_scope_day(struct store *s, int64_t *day, struct err *err);
int sqlite_scope_day_put(struct store *s, int64_t day, struct err *err);
int sqlite_holding_put(struct store *s, const struct holding *h, struct err *err);
int sqlite_holding_drop(struct store *s, uint64_t origin, struct row_id household, struct err *err);
int sqlite_holdings(struct store *s, uint64_t origin, store_holding_fn *fn, void *ctx, struct err *err);

int sqlite_flush_tallies(struct sqlite_store *q, struct err *err); /* tally.c */
int sqlite_tally_add(struct store *s, const struct tally_key *k, const struct tally_sum *added, struct err *err);
int sqlite_tally_get(struct store *s, const struct tally_key *k, struct tally_sum *sum, struct err *err);
int sqlite_tally_put(struct store *s, const struct tally_key *k, const struct tally_sum *sum, struct err *err);
int sqlite_difference_put(struct store *s, const struct tally_difference *d, struct err *err);
int sqlite_difference_has(struct store *s, const struct tally_key *k, struct err *err);
int sqlite_difference_drop(struct store *s, const struct tally_key *k, struct err *err);
int sqlite_difference_walk(struct store *s, store_difference_fn *fn, void *ctx, struct err *err);

int sqlite_ledger_add(struct store *s, struct ledger_entry *e, struct err *err); /* ledger.c */
int sqlite_ledger_get(struct store *s, uint64_t id, struct arena *a, struct ledger_entry *e, struct err *err);
int sqlite_ledger_of_row(struct store *s, int table, struct row_id row, store_ledger_fn *fn, void *ctx,
                         struct err *err);
int sqlite_ledger_resolve(struct store *s, uint64_t id, const struct ledger_resolution *r, struct err *err);
int sqlite_ledger_walk(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err);
int sqlite_quarantine_add(struct store *s, const struct quarantine_entry *e, struct err *err);
int sqlite_quarantine_walk(struct store *s, uint64_t origin, uint64_t after_seq, store_quarantine_fn *fn, void *ctx,
                           struct err *err);
int sqlite_quarantine_drop(struct store *s, uint64_t origin, uint64_t seq, struct err *err);
int sqlite_notices_of(struct store *s, uint64_t ledger, store_id_fn *fn, void *ctx, struct err *err);

int sqlite_code_add(struct store *s, const struct enrol_code *c, struct err *err); /* devices.c */
int sqlite_code_take(struct store *s, const struct digest *code, int64_t now_ms, struct arena *a, struct device *d,
                     struct err *err);
int sqlite_device_put(struct store *s, const struct device *d, struct err *err);
int sqlite_device_by_origin(struct store *s, uint64_t origin, struct arena *a, struct device *d, struct err *err);
int sqlite_device_walk(struct store *s, store_device_fn *fn, void *ctx, struct err *err);

#endif
