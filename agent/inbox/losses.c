/* losses: see losses.h. Neighbours: notice.c, journal's lost. The list of notices by (cell, changeset) is made first,
 * so that what both know is told once. */
#include "losses.h"

#include <stdlib.h>
#include <string.h>

#include "inbox_sql.h"

enum { ROW_BYTES = 1024 * 1024, KEYS_FIRST = 64 };

struct key {
    int table, column;
    struct row_id row;
    uint64_t seq;
    int64_t rid;          /* of the notice */
    struct row_id notice;
};

struct losses {
    struct home *h;
    const struct schema_table *of;
    struct row_id row;
    loss_fn *fn;
    void *ctx;
    struct key *keys;     /* by cell and changeset, the newest notice of each */
    size_t count, room;
    struct arena arena;   /* for one entry */
    struct err *err;
};

/* ---- which notices there are ---- */

static int by_cell(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->table != b->table) return a->table < b->table ? -1 : 1;
    if (a->row.origin != b->row.origin) return a->row.origin < b->row.origin ? -1 : 1;
    if (a->row.number != b->row.number) return a->row.number < b->row.number ? -1 : 1;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int by_cell_newest_first(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = by_cell(a, b);
    if (order) return order;
    return a->rid > b->rid ? -1 : a->rid < b->rid;
}

/* What this program cannot name stands alone under its own number. */
static struct key key_of(const struct notice *n)
{
    struct key k = {.row = n->row, .seq = n->seq, .rid = n->rid, .notice = n->id};
    k.table = n->table ? n->table->number : 0;
    k.column = n->column ? n->column->number : 0;
    if (!n->table || (!n->column && n->item.kind == VALUE_TEXT)) {
        k.row = n->id;
        k.column = -1;
    }
    return k;
}

static int on_key(void *ctx, const struct notice *n)
{
    struct losses *l = ctx;
    if (!notice_of_value(n)) return 0;
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : KEYS_FIRST;
        struct key *keys = realloc(l->keys, room * sizeof *keys);
        if (!keys) return err_nomem(l->err);
        l->keys = keys;
        l->room = room;
    }
    l->keys[l->count++] = key_of(n);
    return 0;
}

static int load_keys(struct losses *l)
{
    return notice_walk(l->h, l->of, l->row, on_key, l, l->err);
}

/* Of two that speak of the same, the newer one counts. */
static void sort_keys(struct losses *l)
{
    size_t kept = 0;
    if (l->count == 0) return;
    qsort(l->keys, l->count, sizeof *l->keys, by_cell_newest_first);
    for (size_t i = 0; i < l->count; i++) {
        if (kept == 0 || by_cell(&l->keys[kept - 1], &l->keys[i])) l->keys[kept++] = l->keys[i];
    }
    l->count = kept;
}

static const struct key *find(const struct losses *l, const struct key *k)
{
    return l->count ? bsearch(k, l->keys, l->count, sizeof *l->keys, by_cell) : NULL;
}

/* ---- one entry ---- */

static void take_words(struct losses *l, const struct notice *n, struct loss *e)
{
    if (e->column && notice_value(e->column, &n->yours, &l->arena, &e->mine) &&
        notice_value(e->column, &n->current, &l->arena, &e->theirs))
        return;
    e->as_text = true;
    e->mine = n->yours;
    e->theirs = n->current;
}

static int take_noted(struct losses *l, struct loss *e, struct err *err)
{
    sqlite3_stmt *st;
    if (!e->table || !e->column) return 0;
    int rc = inbox_statement(l->h, SQL_LOST_OF, &st, err);
    if (rc) return rc;
    int bad = sqlite3_bind_int(st, 1, e->table->number);
    bad |= db_bind_id(st, 2, e->row);
    bad |= sqlite3_bind_int(st, 3, e->column->number);
    bad |= sqlite3_bind_int64(st, 4, (int64_t)e->seq);
    int found = bad ? db_error(l->h->db, err) : db_row(l->h->db, st, err);
    if (found == 1) {
        e->csn = (uint64_t)sqlite3_column_int64(st, 0);
        e->at_ms = sqlite3_column_int64(st, 1);
        if (sqlite3_column_int(st, 2) == LOST_LATER) e->kind = LOSS_REPLACED;
        else if (e->kind == LOSS_VERIFY) e->kind = LOSS_LOST;
        if (db_value_copy(st, 3, &l->arena, &e->mine) || db_value_copy(st, 4, &l->arena, &e->theirs))
            found = err_nomem(err);
        e->as_text = false;
    }
    sqlite3_reset(st);
    return found;
}

/* The row as it is here, and whether the cell has been changed since. */
static int look(struct losses *l, struct loss *e, struct table_row *row)
{
    if (!e->table) return 0;
    int found = table_read(l->h->tables, e->table, e->row, &l->arena, row, l->err);
    e->here = found == 1;
    if (found < 0) return found;
    if (!e->here) {
        e->settled = !e->notice;
        return 0;
    }
    e->shown = row;
    if (!e->column || e->as_text) return 0;
    const struct value *now = &row->values[schema_column_index(e->table, e->column)];
    e->settled = !value_equal(now, e->kind == LOSS_VERIFY ? &e->mine : &e->theirs);
    return 0;
}

static int emit(struct losses *l, struct loss *e)
{
    struct table_row row;
    int rc = look(l, e, &row);
    if (e->notice && notice_decided(e->notice) && !e->seen) e->settled = false;
    return rc ? rc : l->fn(l->ctx, e);
}

static int on_notice(void *ctx, const struct notice *n)
{
    struct losses *l = ctx;
    if (!notice_of_value(n)) return 0;
    struct key k = key_of(n);
    const struct key *newest = find(l, &k);
    if (!newest || newest->rid != n->rid) return 0;
    arena_reset(&l->arena);
    struct loss e = {.table = n->table, .row = n->row, .column = n->column, .seq = n->seq, .csn = n->csn,
                     .at_ms = n->told_ms, .seen = n->seen, .notice = n};
    e.kind = n->kind == NOTICE_PROPOSAL ? LOSS_PROPOSAL : n->kind == NOTICE_VERIFY ? LOSS_VERIFY : LOSS_LOST;
    take_words(l, n, &e);
    int rc = take_noted(l, &e, l->err);
    return rc < 0 ? rc : emit(l, &e);
}

static int on_lost(void *ctx, const struct lost_value *lost)
{
    struct losses *l = ctx;
    struct key k = {.table = lost->table, .column = lost->column, .row = lost->row, .seq = lost->seq};
    if (find(l, &k)) return 0;
    if (l->of && (l->of->number != lost->table || !row_id_equal(l->row, lost->row))) return 0;
    arena_reset(&l->arena);
    struct loss e = {.table = schema_table(l->h->schema, lost->table), .row = lost->row, .seq = lost->seq,
                     .csn = lost->csn, .at_ms = lost->at_ms, .seen = lost->seen, .mine = lost->mine,
                     .theirs = lost->theirs};
    e.column = e.table ? schema_column(e.table, lost->column) : NULL;
    e.kind = lost->how == LOST_LATER ? LOSS_REPLACED : LOSS_LOST;
    return e.column ? emit(l, &e) : 0;
}

int losses_walk(struct home *h, const struct schema_table *of, struct row_id row, loss_fn *fn, void *ctx,
                struct err *err)
{
    struct losses l = {.h = h, .of = of, .row = row, .fn = fn, .ctx = ctx, .err = err};
    arena_init(&l.arena, ROW_BYTES);
    int rc = load_keys(&l);
    sort_keys(&l);
    if (rc == 0) rc = notice_walk(h, of, row, on_notice, &l, err);
    if (rc == 0) rc = journal_lost_walk(h, on_lost, &l, err);
    arena_free(&l.arena);
    free(l.keys);
    return rc;
}

bool loss_open(const struct loss *l)
{
    return !l->seen && !l->settled;
}

int losses_seen(struct home *h, struct err *err)
{
    const struct schema_table *notice = schema_table_named(h->schema, "notice");
    struct losses l = {.h = h, .err = err};
    int rc = load_keys(&l);
    if (rc == 0) rc = db_begin(h->db, err);
    if (rc == 0) {
        for (size_t i = 0; rc == 0 && i < l.count; i++)
            rc = seen_mark(h, notice, l.keys[i].notice, err);
        if (rc == 0) rc = journal_lost_seen(h, err);
        if (rc == 0) rc = db_commit(h->db, err);
        else db_rollback(h->db);
    }
    free(l.keys);
    return rc;
}
