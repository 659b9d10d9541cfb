/* store: everything the server keeps, behind one table of functions, so that SQLite today and PostgreSQL later
 * run the same intake, outflow and reports and the same contract tests (tests/contract).
 *
 * One `struct store` is one session, used by one thread at a time. Exactly one session writes (SQLite); any
 * number read. Reads between store_begin_read and store_end see one moment. */
#ifndef ZHUCUN_STORE_H
#define ZHUCUN_STORE_H

#include "zhucun/change.h"
#include "zhucun/env.h"
#include "zhucun/merge.h"
#include "zhucun/schema.h"
#include "zhucun/seal.h"
#include "zhucun/table.h"
#include "zhucun/wire.h"

/* What the server knows of an origin's log. */
struct origin_state {
    uint64_t origin;
    uint64_t high;              /* all up to here is stored; 0: none */
    struct digest hash;         /* h(high) */
    int64_t last_contact_ms;
    int64_t skew_ms;            /* server clock − its clock at last contact */
};

struct device {
    uint64_t origin;            /* 0 until enrolled */
    char name[40];
    struct public_key sign, box; /* its keys, of the server's suite */
    uint64_t counter;           /* of its last request that was written down; the next one is higher */
    int64_t *places;            /* scope codes, ascending */
    size_t place_count;
    char workers[WIRE_MAX_WORKERS][24]; /* worker numbers; may be none */
    size_t worker_count;
    bool assigned;              /* besides, it holds the households that are assigned to its workers: see holdings */
    int64_t enrolled_ms, revoked_ms, last_pull_ms;
    uint64_t pulled_csn;
};

/* A household that a laptop holds because it is assigned to one of its workers. Leaving: it is assigned no more; the
 * laptop goes on holding it until it knows and nothing of its work is on the way (server-stub/scope). */
struct holding {
    uint64_t origin;
    struct row_id household;
    uint64_t since_csn;
    uint64_t leaving_csn;       /* 0: held */
};

/* What a supervisor should know of a changeset. It is stored and credited all the same. */
enum changeset_mark {
    MARK_CLOCK = 1,          /* the laptop's clock was off by a day, or its stamp had to be put right */
    MARK_OLD_SCHEMA = 2,     /* written by an older program than the server's */
    MARK_LEFT = 4,           /* the author had left before the day it was observed */
    MARK_NOT_HOLDER = 8,     /* of a household that is neither in the device's places nor assigned to the author */
    MARK_UNKNOWN_AUTHOR = 16,/* nobody, or a worker that the server has never heard of */
    MARK_LATE_REPLY = 32,    /* a reply to an order, dated in time and received after it was due: 延迟上传 */
    MARK_REVOKED = 64,       /* the device was revoked before it arrived */
    MARK_NOT_OF_LAPTOP = 128,/* the author is none of those whom the device was enrolled for */
    MARK_OVERDUE_REPLY = 256,/* a reply to an order, written after it was due: 逾期 */
    MARK_CLOSED_ORDER = 512  /* a reply to an order that its issuer had closed when it arrived */
};

/* One stored changeset: its place in the origin's log and in the server's order. */
struct changeset_record {
    uint64_t csn;               /* of its first change; a quarantined changeset has count 0 and csn 0 */
    uint64_t origin, seq;
    size_t count;               /* changes; they have csn … csn + count − 1 */
    struct digest hash;         /* h(seq) */
    uint64_t stamp;             /* raw, as written */
    uint64_t corrected;         /* by the server's clock, see intake/clock.c */
    int64_t observed;           /* day, as written */
    int64_t day;                /* that day, put right: what merging goes by */
    int64_t received_ms;
    int schema;
    struct row_id author;
    uint64_t base;              /* csn its author had applied */
    unsigned marks;             /* enum changeset_mark */
};

/* A row as stored: table_row.system is used by the store only; its meaning is here. */
struct cell_mark {              /* a cell, or one element of a set, written after the row was made */
    int column;
    uint64_t element;           /* sets: bit number, or digest_short-like key of a refset's element; else 0 */
    struct cell_version version;
};
/* Where a row lives: the region, and the household it hangs on (its rid), which a scope by household asks for. */
enum { UNIT_COMMON = 0 };        /* of no household: regions, workers, orders; for everybody at the place */
#define UNIT_PLACE_ONLY INT64_MAX /* of no household, but nobody's who holds single households: a described person */
struct row_home {
    int64_t place;              /* region code; negative: region_private */
    int64_t unit;
};

struct stored_row {
    struct table_row row;       /* rid = csn of the change that made it */
    uint64_t csn;               /* latest change */
    struct row_home home;
    bool dead;                  /* a grave; values are kept */
    struct cell_mark *marks;    /* ascending (column, element) */
    size_t mark_count;
};

enum ledger_kind { LEDGER_SUPERSEDED = 1, LEDGER_LOST = 2, LEDGER_PROPOSAL = 3 };
/* What a person decided about an entry; the codes of `ruling` in core/schema/codes.c. */
enum ledger_ruling { RULING_OPEN = 0, RULING_WINNER = 1, RULING_LOSER = 2, RULING_OTHER = 3 };
struct ledger_resolution {
    enum ledger_ruling ruling;
    struct value by;            /* text: worker number and name; NULL: the office at the server */
    struct value why;           /* text */
    int64_t at_ms;
};
struct ledger_entry {
    uint64_t id;                /* given by the store */
    enum ledger_kind kind;
    enum merge_reason reason;
    bool to_verify;
    int table, column;          /* column 0: the whole row (cells_encode form in value) */
    struct row_id row;
    int64_t place;
    struct value value;         /* what lost, was superseded or is proposed */
    struct cell_version loser;  /* who wrote it; csn 0 when it never got one */
    struct cell_version winner; /* who holds the cell now */
    uint64_t winner_csn;        /* csn at which this was decided */
    int64_t at_ms;
    struct ledger_resolution decided;
};

struct quarantine_entry {
    uint64_t origin, seq;
    struct digest hash;
    char why_zh[300], why_en[300];
    struct value changeset;     /* canonical bytes */
    int64_t received_ms;
};

struct feed_entry {             /* one for each live row, grave or move-out: where to find it in the order */
    uint64_t csn;
    struct row_home home;       /* moved_out: the one it left */
    int table;
    int64_t rid;
    bool moved_out;
};

/* Visits that an origin's log made, by author and month (zhucun/tally.h). */
struct tally_key {
    uint64_t origin;
    struct row_id author;
    int month;
};
struct tally_sum {
    uint64_t count, digest;
};
/* A laptop counts otherwise: what each side has alone, as bytes (varint differences of row numbers). */
struct tally_difference {
    struct tally_key key;
    struct tally_sum here, there;
    struct value only_here, only_there; /* NULL: none */
    int64_t since_ms, told_ms;          /* first and last time the laptop told it */
};

struct place_sum {              /* live rows of one place */
    int64_t place;
    uint64_t count, fingerprint, last_csn;
};

struct enrol_code {
    struct digest code;         /* SHA-256 of the code's text: the code itself is not kept */
    int64_t expires_ms;
    struct device device;       /* scope and workers it will get */
};

struct store;
struct store_ops;               /* the vtable, store_ops.h */

/* DIR/server.db, encrypted under the keys in DIR/keys (keys.h). `city` (4 digits → 12) and suite only with create. Errors as
 * db_open and server_keys_load. */
int store_create(struct store **out, const char *dir, int64_t city, enum seal_suite suite, const struct env *env,
                 struct err *err);
int store_open_writer(struct store **out, const char *dir, struct err *err);  /* ERR_BUSY: a server is running */
int store_open_reader(struct store **out, const char *dir, struct err *err);
void store_close(struct store *s);
bool store_is_held(const char *dir); /* by a writer, asked without waiting for it */
struct server_keys;
const struct server_keys *store_keys(struct store *s);

uint64_t store_epoch(struct store *s);
int64_t store_city(struct store *s);
uint64_t store_server_origin(struct store *s);   /* the origin under which rosters are loaded */
const struct schema *store_schema(struct store *s);
/* The 32 bytes under which people are matched without comparing their numbers: made once, never leave the store. */
int store_match_key(struct store *s, struct digest *key, struct err *err);

int store_begin(struct store *s, struct err *err);
int store_savepoint(struct store *s, struct err *err);          /* one level: a push within the group */
int store_release(struct store *s, struct err *err);
int store_rollback_savepoint(struct store *s, struct err *err);
int store_commit(struct store *s, struct err *err);
void store_rollback(struct store *s);
int store_begin_read(struct store *s, struct err *err);
void store_end(struct store *s);

int store_head(struct store *s, uint64_t *csn, struct err *err);
int store_head_take(struct store *s, uint64_t n, uint64_t *first, struct err *err); /* dense; gone with a rollback */

/* Found 1, none 0, negative error, wherever something is looked up. */
int store_origin_get(struct store *s, uint64_t origin, struct origin_state *o, struct err *err);
int store_origin_put(struct store *s, const struct origin_state *o, struct err *err);
int store_changeset_add(struct store *s, const struct changeset_record *r, struct err *err);
int store_changeset_by_seq(struct store *s, uint64_t origin, uint64_t seq, struct changeset_record *r, struct err *err);
/* The changeset that took this csn (≤ head): its own changes, or the move-outs right behind them that it caused. */
int store_changeset_by_csn(struct store *s, uint64_t csn, struct changeset_record *r, struct err *err);
/* The received bytes, kept for good: history, verify, restore. */
int store_bundle_add(struct store *s, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n,
                     struct err *err);
typedef int store_bundle_fn(void *ctx, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n);
int store_bundle_walk(struct store *s, store_bundle_fn *fn, void *ctx, struct err *err); /* by origin, first */
/* The bundle that brought this seq; its bytes live in the arena. */
int store_bundle_holding(struct store *s, uint64_t origin, uint64_t seq, struct arena *a, struct value *bytes,
                         struct err *err);
/* bundle_unpack of a stored bundle, which is opened first when it is sealed. */
int store_bundle_unpack(struct store *s, const void *bytes, size_t n, struct arena *arena, struct bundle_header *header,
                        struct changeset **list, size_t *count, struct err *err);

int store_row_get(struct store *s, const struct schema_table *t, struct row_id id, struct arena *a,
                  struct stored_row *row, struct err *err);
int store_row_by_rid(struct store *s, const struct schema_table *t, int64_t rid, struct arena *a,
                     struct stored_row *row, struct err *err);
/* Only where the row lives (live row or grave): much cheaper than the row, and cached by the writer. */
int store_row_home(struct store *s, const struct schema_table *t, struct row_id id, struct row_home *home, struct err *err);
int store_row_find(struct store *s, const struct schema_table *t, const char *key, size_t n, struct row_id *id,
                   struct err *err);
int store_row_insert(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
int store_row_update(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
int store_worker_level(struct store *s, struct row_id worker, int *level, struct err *err); /* 0: unknown worker */
/* Is the household assigned to the worker on that day, by a live row of table assignment? 1 or 0. */
int store_is_assigned(struct store *s, struct row_id household, struct row_id worker, int64_t day, struct err *err);

/* Removes the entry at old_csn (0: none) and adds `e`. */
int store_feed_move(struct store *s, uint64_t old_csn, const struct feed_entry *e, struct err *err);
/* Adds to the sums of a place, and of the unit there if it is tracked (two's complement for taking away); sets last_csn. */
int store_home_add(struct store *s, struct row_home home, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                   struct err *err);
typedef int store_place_fn(void *ctx, const struct place_sum *p);
int store_places(struct store *s, int64_t from, int64_t to, store_place_fn *fn, void *ctx, struct err *err);
typedef int store_feed_fn(void *ctx, const struct feed_entry *e);
/* Sums of one household, or (unit UNIT_COMMON) of what is nobody's household at the place: kept only for those that some
 * laptop holds by household. `track` makes them, from the rows; place_sum.place is not filled. */
int store_unit_track(struct store *s, struct row_home home, struct err *err);
int store_unit_sum(struct store *s, struct row_home home, struct place_sum *sum, struct err *err); /* 1, 0 not tracked */
int store_feed_of_place(struct store *s, int64_t place, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err);
/* The first home that a row left after a csn (private places apart): 1, 0 it has not moved since. */
int store_feed_left(struct store *s, int table, int64_t rid, uint64_t after_csn, struct feed_entry *e, struct err *err);
int store_feed(struct store *s, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err); /* by csn, whole city */

int store_ledger_add(struct store *s, struct ledger_entry *e, struct err *err); /* e->id is written back */
int store_ledger_get(struct store *s, uint64_t id, struct arena *a, struct ledger_entry *e, struct err *err);
typedef int store_ledger_fn(void *ctx, const struct ledger_entry *e);
int store_ledger_walk(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err);
/* Everything about one row, by id. */
int store_ledger_of_row(struct store *s, int table, struct row_id row, store_ledger_fn *fn, void *ctx, struct err *err);
/* Marks an open entry as decided: 1; 0 when there is no such entry, or it is decided already. */
int store_ledger_resolve(struct store *s, uint64_t id, const struct ledger_resolution *r, struct err *err);
int store_quarantine_add(struct store *s, const struct quarantine_entry *e, struct err *err);
typedef int store_quarantine_fn(void *ctx, const struct quarantine_entry *e);
int store_quarantine_walk(struct store *s, uint64_t origin /* 0: all */, uint64_t after_seq, store_quarantine_fn *fn,
                          void *ctx, struct err *err);
/* Takes one out, with its changeset's record, which has no csn: it is written now, with one. 1; 0 there is none. */
int store_quarantine_drop(struct store *s, uint64_t origin, uint64_t seq, struct err *err);
/* The notices that tell laptops about a ledger entry: live rows of the table `notice`. */
typedef int store_id_fn(void *ctx, struct row_id id);
int store_notices_of(struct store *s, uint64_t ledger, store_id_fn *fn, void *ctx, struct err *err);

int store_code_add(struct store *s, const struct enrol_code *c, struct err *err);
/* Uses a code up: found 1 and gone; expired or unknown 0. device.places lives in the arena. */
int store_code_take(struct store *s, const struct digest *code, int64_t now_ms, struct arena *a, struct device *d, struct err *err);
int store_device_put(struct store *s, const struct device *d, struct err *err);
int store_device_by_origin(struct store *s, uint64_t origin, struct arena *a, struct device *d, struct err *err);
typedef int store_device_fn(void *ctx, const struct device *d);
int store_device_walk(struct store *s, store_device_fn *fn, void *ctx, struct err *err);
/* When the server last heard of it: a push, a pull or a comparison. 0: never since it enrolled. */
int64_t device_heard_ms(const struct device *d, const struct origin_state *state);
/* ERR_DENIED, in words for the person at the laptop: that nothing is lost, and whom to ask. */
int device_check_revoked(const struct device *d, struct err *err);

/* Households assigned to a worker on a day: live assignment rows that have begun and have not ended before it. */
typedef int store_assigned_fn(void *ctx, struct row_id household);
int store_assigned(struct store *s, struct row_id worker, int64_t day, store_assigned_fn *fn, void *ctx, struct err *err);
/* What begins or ends between two days: live assignment rows that are in force on one of them only, by household. */
typedef int store_turn_fn(void *ctx, struct row_id household, struct row_id worker, bool begins);
int store_turns(struct store *s, int64_t from, int64_t to, store_turn_fn *fn, void *ctx, struct err *err);
/* The day up to which holdings follow what begins and ends by itself. */
int store_scope_day(struct store *s, int64_t *day, struct err *err); /* 1; 0 never written */
int store_scope_day_put(struct store *s, int64_t day, struct err *err);
int store_holding_put(struct store *s, const struct holding *h, struct err *err);
int store_holding_drop(struct store *s, uint64_t origin, struct row_id household, struct err *err);
typedef int store_holding_fn(void *ctx, const struct holding *h);
int store_holdings(struct store *s, uint64_t origin, store_holding_fn *fn, void *ctx, struct err *err); /* by household */

int store_tally_add(struct store *s, const struct tally_key *k, const struct tally_sum *added, struct err *err);
int store_tally_get(struct store *s, const struct tally_key *k, struct tally_sum *sum, struct err *err); /* 1, 0 none */
int store_tally_put(struct store *s, const struct tally_key *k, const struct tally_sum *sum, struct err *err);
int store_difference_put(struct store *s, const struct tally_difference *d, struct err *err); /* keeps an earlier since_ms */
int store_difference_has(struct store *s, const struct tally_key *k, struct err *err);        /* 1, 0 */
int store_difference_drop(struct store *s, const struct tally_key *k, struct err *err);
typedef int store_difference_fn(void *ctx, const struct tally_difference *d);
int store_difference_walk(struct store *s, store_difference_fn *fn, void *ctx, struct err *err); /* by origin, author, month */

/* SQLite handle for reports, which are SQL over the typed tables; NULL on another store. */
struct db *store_db(struct store *s);
struct table_set *store_tables(struct store *s);
int store_backup(struct store *s, const char *to, struct err *err);

#endif
