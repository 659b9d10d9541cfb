/* settle: entries of the ledger that nobody need decide any more, because of what a changeset wrote.
 *
 *   open entry                       settled when                                                       as
 *   a value is proposed              somebody entitled writes that value                                loser taken
 *   a deletion is proposed           the row is deleted                                                 loser taken
 *   a pair is to be verified         somebody who had seen how it came out writes the cell: the losing
 *                                    value, what stands there already, or something else                loser taken,
 *                                                                                                       kept, another
 *
 * Columns that are decided as one (a sheet, a closing) are settled as one. Marked as decided by whoever wrote; the
 * laptops are told when the push is written, since their notices may be on the way in the same push. */
#include "work.h"

#include "ruled.h"

struct settling {
    struct decision *d;
    const struct pending_row *p;
    uint64_t first;             /* csn of the changeset: entries from here on are its own */
    struct ledger_entry *list;
    size_t count, room;
    struct err *err;
};

static bool as_one(const struct schema_column *c)
{
    return c->policy == POLICY_ATOMIC || c->policy == POLICY_STICKY;
}

/* Did the changeset write the cell; of what goes as one, any of it? */
static bool wrote(const struct settling *k, const struct schema_column *c)
{
    for (size_t i = 0; i < k->p->row.mark_count; i++) {
        const struct cell_mark *m = &k->p->row.marks[i];
        const struct schema_column *of = schema_column(k->p->table, m->column);
        bool here = m->column == c->number || (as_one(c) && of && of->policy == c->policy);
        if (here && m->version.origin == k->d->cs->origin && m->version.seq == k->d->cs->seq) return true;
    }
    return false;
}

/* How the entry is settled; RULING_OPEN: it is not. */
static enum ledger_ruling outcome(const struct settling *k, const struct ledger_entry *e)
{
    const struct pending_row *p = k->p;
    const struct schema_column *c = e->column ? schema_column(p->table, e->column) : NULL;
    if (e->column == 0) {
        bool deletion = e->kind == LEDGER_PROPOSAL && e->value.kind == VALUE_NULL;
        return deletion && p->row.dead ? RULING_LOSER : RULING_OPEN;
    }
    if (c == NULL || c->policy == POLICY_SET || p->row.dead || !wrote(k, c)) return RULING_OPEN;
    int at = schema_column_index(p->table, c);
    bool taken = value_equal(&p->row.row.values[at], &e->value);
    if (e->kind == LEDGER_PROPOSAL) return taken ? RULING_LOSER : RULING_OPEN;
    if (!e->to_verify || k->d->cs->base < e->winner_csn) return RULING_OPEN;
    if (as_one(c)) return RULING_OTHER;
    return taken ? RULING_LOSER : value_equal(&p->row.row.values[at], &p->old_values[at]) ? RULING_WINNER : RULING_OTHER;
}

/* Kept aside: a table is not written while it is walked. */
static int collect(void *ctx, const struct ledger_entry *e)
{
    struct settling *k = ctx;
    struct arena *a = &k->d->work->arena;
    if (e->decided.ruling != RULING_OPEN || e->winner_csn >= k->first) return 0;
    enum ledger_ruling ruling = outcome(k, e);
    if (ruling == RULING_OPEN) return 0;
    if (k->count == k->room) {
        size_t room = k->room * 2 + 8;
        struct ledger_entry *list = arena_array(a, room, sizeof *list);
        if (list == NULL) return err_nomem(k->err);
        for (size_t i = 0; i < k->count; i++) list[i] = k->list[i];
        k->list = list;
        k->room = room;
    }
    k->list[k->count] = *e;
    k->list[k->count].value = value_null(); /* borrowed, and not needed */
    k->list[k->count++].decided.ruling = ruling;
    return 0;
}

static int mark(struct settling *k, struct ledger_entry *e, const struct value *by)
{
    struct work *w = k->d->work;
    const struct schema_column *c = e->column ? schema_column(k->p->table, e->column) : NULL;
    struct settled *s = arena_alloc(&w->arena, sizeof *s);
    if (s == NULL) return err_nomem(k->err);
    bool seen = e->kind != LEDGER_PROPOSAL;
    s->ledger = e->id;
    s->loser_origin = e->loser.origin;
    s->resolution = (struct ledger_resolution){.ruling = e->decided.ruling, .by = *by, .at_ms = k->d->received_ms};
    s->resolution.why = schema_said(seen ? SAID_ANEW : SAID_WRITTEN);
    int rc = store_ledger_resolve(w->store, e->id, &s->resolution, k->err);
    if (rc != 1) return rc;
    s->next = w->own.settled;
    w->own.settled = s;
    return ruled_text(w->schema, c, c ? &k->p->row.row.values[schema_column_index(k->p->table, c)] : NULL, &w->arena,
                      &s->current, k->err);
}

static int settle_row(struct settling *k)
{
    struct decision *d = k->d;
    struct value by;
    k->count = 0;
    int rc = store_ledger_of_row(d->work->store, k->p->table->number, k->p->row.row.id, collect, k, k->err);
    if (rc == 0 && k->count) rc = notice_author(d, d->cs->author, &by, k->err);
    for (size_t i = 0; i < k->count && rc == 0; i++) rc = mark(k, &k->list[i], &by);
    return rc < 0 ? rc : 0;
}

int settle_written(struct decision *d, uint64_t first, struct err *err)
{
    struct settling k = {.d = d, .first = first, .err = err};
    int rc = 0;
    for (k.p = d->rows; k.p && rc == 0; k.p = k.p->next)
        if (!k.p->is_new && !k.p->proposed && !k.p->carried) rc = settle_row(&k);
    return rc;
}

/* ---- telling ---- */

struct telling {
    struct work *work;
    const struct settled *settled;
    struct err *err;
};

static int tell_one(void *ctx, struct row_id id)
{
    struct telling *k = ctx;
    struct work *w = k->work;
    const struct settled *s = k->settled;
    struct cell cells[RULED_CELLS];
    int rc = ruled_cells(w->store, id, s->loser_origin, &s->resolution, &s->current, &w->arena, cells, k->err);
    return rc == 1 ? own_set(w, schema_table_named(w->schema, "notice"), id, cells, RULED_CELLS, k->err) : rc;
}

int settle_tell(struct work *w, struct err *err)
{
    int rc = 0;
    for (const struct settled *s = w->own.settled; s && rc == 0; s = s->next) {
        struct telling k = {w, s, err};
        rc = store_notices_of(w->store, s->ledger, tell_one, &k, err);
    }
    w->own.settled = NULL;
    return rc;
}
