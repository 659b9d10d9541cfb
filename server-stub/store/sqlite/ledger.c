/* ledger: what lost, what was superseded, what is only proposed, and what was put in quarantine. No value is ever
 * deleted: what leaves quarantine has been written. */
#include <string.h>

#include "sqlite.h"

enum { ENTRY_ARENA = 8 * 1024 * 1024 };

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

int sqlite_ledger_add(struct store *s, struct ledger_entry *e, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int(st, 2, (int)e->kind);
    sqlite3_bind_int(st, 3, (int)e->reason);
    sqlite3_bind_int(st, 4, e->to_verify);
    sqlite3_bind_int(st, 5, e->table);
    sqlite3_bind_int(st, 6, e->column);
    db_bind_id(st, 7, e->row);
    sqlite3_bind_int64(st, 8, e->place);
    db_bind(st, 9, &e->value);
    bind_version(st, 10, &e->loser);
    bind_version(st, 16, &e->winner);
    sqlite_bind_u64(st, 22, e->winner_csn);
    sqlite3_bind_int64(st, 23, e->at_ms);
    sqlite3_bind_int(st, 24, (int)e->decided.ruling);
    db_bind(st, 25, &e->decided.by);
    db_bind(st, 26, &e->decided.why);
    sqlite3_bind_int64(st, 27, e->decided.at_ms);
    int rc = db_done(q->db, st, err);
    if (rc == 0) e->id = (uint64_t)sqlite3_last_insert_rowid(sqlite3_db_handle(st));
    return rc;
}

static struct ledger_entry read_entry(sqlite3_stmt *st)
{
    return (struct ledger_entry){.id = sqlite_u64(st, 0),
                                 .kind = (enum ledger_kind)sqlite3_column_int(st, 1),
                                 .reason = (enum merge_reason)sqlite3_column_int(st, 2),
                                 .to_verify = sqlite3_column_int(st, 3) != 0,
                                 .table = sqlite3_column_int(st, 4),
                                 .column = sqlite3_column_int(st, 5),
                                 .row = db_id(st, 6),
                                 .place = sqlite3_column_int64(st, 7),
                                 .value = db_value(st, 8),
                                 .loser = read_version(st, 9),
                                 .winner = read_version(st, 15),
                                 .winner_csn = sqlite_u64(st, 21),
                                 .at_ms = sqlite3_column_int64(st, 22),
                                 .decided = {.ruling = (enum ledger_ruling)sqlite3_column_int(st, 23),
                                             .by = db_value(st, 24),
                                             .why = db_value(st, 25),
                                             .at_ms = sqlite3_column_int64(st, 26)}};
}

static int walk(struct sqlite_store *q, sqlite3_stmt *st, store_ledger_fn *fn, void *ctx, struct err *err)
{
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        struct ledger_entry e = read_entry(st);
        rc = fn(ctx, &e);
    }
    sqlite3_reset(st);
    return rc;
}

int sqlite_ledger_walk(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_WALK, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, after_id);
    return walk(q, st, fn, ctx, err);
}

/* An entry that outlives its statement. */
static int keep_entry(struct ledger_entry *e, struct arena *a)
{
    struct value *values[] = {&e->value, &e->decided.by, &e->decided.why};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (values[i]->len == 0) continue;
        values[i]->data = arena_copy(a, values[i]->data, values[i]->len);
        if (values[i]->data == NULL) return ERR_NOMEM;
    }
    return 0;
}

/* The next entry of a row: 1, 0 there is none, negative. */
static int next_of_row(struct sqlite_store *q, int table, struct row_id row, uint64_t after, struct arena *a,
                       struct ledger_entry *e, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_OF_ROW, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int(st, 1, table);
    db_bind_id(st, 2, row);
    sqlite_bind_u64(st, 3, after);
    int rc = db_row(q->db, st, err);
    if (rc == 1) {
        *e = read_entry(st);
        if (keep_entry(e, a) != 0) rc = err_nomem(err);
    }
    sqlite3_reset(st);
    return rc;
}

/* One at a time: who explains an entry looks at the others of its row. */
int sqlite_ledger_of_row(struct store *s, int table, struct row_id row, store_ledger_fn *fn, void *ctx,
                         struct err *err)
{
    struct ledger_entry e = {0};
    struct arena a;
    int rc = 0;
    arena_init(&a, ENTRY_ARENA);
    while (rc == 0 && (rc = next_of_row(sqlite_of(s), table, row, e.id, &a, &e, err)) == 1) {
        rc = fn(ctx, &e);
        arena_reset(&a);
    }
    arena_free(&a);
    return rc;
}

static int keep_value(struct arena *a, struct value *v, struct err *err)
{
    if (v->len == 0) return 0;
    return (v->data = arena_copy(a, v->data, v->len)) != NULL ? 0 : err_nomem(err);
}

int sqlite_ledger_get(struct store *s, uint64_t id, struct arena *a, struct ledger_entry *e, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_GET, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, id);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    *e = read_entry(st);
    rc = keep_value(a, &e->value, err);
    if (rc == 0) rc = keep_value(a, &e->decided.by, err);
    if (rc == 0) rc = keep_value(a, &e->decided.why, err);
    sqlite3_reset(st);
    return rc == 0 ? 1 : rc;
}

int sqlite_ledger_resolve(struct store *s, uint64_t id, const struct ledger_resolution *r, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_LEDGER_RESOLVE, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, id);
    sqlite3_bind_int(st, 2, (int)r->ruling);
    db_bind(st, 3, &r->by);
    db_bind(st, 4, &r->why);
    sqlite3_bind_int64(st, 5, r->at_ms);
    int rc = db_done(q->db, st, err);
    return rc == 0 ? sqlite3_changes(sqlite3_db_handle(st)) : rc;
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

static int drop(struct sqlite_store *q, enum sql_name which, uint64_t origin, uint64_t seq, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, which, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    sqlite_bind_u64(st, 2, seq);
    int rc = db_done(q->db, st, err);
    return rc == 0 ? sqlite3_changes(sqlite3_db_handle(st)) : rc;
}

int sqlite_quarantine_drop(struct store *s, uint64_t origin, uint64_t seq, struct err *err)
{
    int rc = drop(sqlite_of(s), SQL_QUARANTINE_DROP, origin, seq, err);
    if (rc != 1) return rc;
    rc = drop(sqlite_of(s), SQL_CHANGESET_DROP, origin, seq, err);
    return rc < 0 ? rc : 1;
}

int sqlite_notices_of(struct store *s, uint64_t ledger, store_id_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_NOTICES_OF, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, ledger);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) rc = fn(ctx, db_id(st, 0));
    sqlite3_reset(st);
    return rc;
}
