/* write: a decision becomes rows, feed, sums and ledger. Only here are csns taken, as late as can be: one for each
 * change, and one behind them for each row that moved out of a place.
 *
 * A row that moves takes its feed entry along and leaves a moved-out entry at the old place. Rows that hang on it
 * (a household's members and visits) stay where they are for now, consistently in place, feed and sums: carrying
 * them over belongs to handover. */
#include "work.h"

static uint64_t csn_of(uint64_t first, uint64_t csn)
{
    return csn & PENDING ? first + (csn & ~PENDING) : csn;
}

static size_t count_moves(const struct decision *d)
{
    size_t n = 0;
    for (const struct pending_row *p = d->rows; p; p = p->next)
        n += !p->is_new && p->row.place != p->old_place;
    return n;
}

static int add_sums(struct store *s, const struct pending_row *p, uint64_t hash, uint64_t left, struct err *err)
{
    int64_t live = !p->row.dead, was = p->was_live;
    uint64_t out = was ? 0 - p->old_hash : 0, in = live ? hash : 0;
    if (left == 0) return store_place_add(s, p->row.place, live - was, in + out, p->row.csn, err);
    int rc = store_place_add(s, p->old_place, -was, out, left, err);
    return rc == 0 ? store_place_add(s, p->row.place, live, in, p->row.csn, err) : rc;
}

/* `left`: the csn of its moved-out entry, 0 if it stayed. */
static int add_feed(struct store *s, const struct pending_row *p, uint64_t left, struct err *err)
{
    struct feed_entry e = {p->row.csn, p->row.place, p->table->number, p->row.row.rid, false};
    int rc = store_feed_move(s, p->old_csn, &e, err);
    if (rc != 0 || left == 0) return rc;
    e.csn = left;
    e.place = p->old_place;
    e.moved_out = true;
    return store_feed_move(s, 0, &e, err);
}

static int write_row(struct decision *d, struct pending_row *p, uint64_t first, uint64_t left, struct err *err)
{
    struct work *w = d->work;
    struct cell *cells = NULL;
    size_t count = 0;
    p->row.csn = first + p->last_change;
    if (p->is_new) p->row.row.rid = (int64_t)(first + p->made_by);
    for (size_t i = 0; i < p->row.mark_count; i++)
        p->row.marks[i].version.csn = csn_of(first, p->row.marks[i].version.csn);
    int rc = p->is_new ? store_row_insert(w->store, p->table, &p->row, err)
                       : store_row_update(w->store, p->table, &p->row, err);
    if (rc == 0) rc = table_row_cells(p->table, &p->row.row, &w->arena, &cells, &count, err);
    if (rc != 0) return rc;
    rc = add_sums(w->store, p, row_hash(p->table->number, p->row.row.id, cells, count), left, err);
    return rc == 0 ? add_feed(w->store, p, left, err) : rc;
}

static int write_rows(struct decision *d, uint64_t first, struct err *err)
{
    uint64_t behind = first + d->cs->count; /* for the move-outs */
    int rc = 0;
    for (struct pending_row *p = d->rows; p && rc == 0; p = p->next) {
        bool moved = !p->is_new && p->row.place != p->old_place;
        if (!p->proposed) rc = write_row(d, p, first, moved ? behind++ : 0, err);
    }
    return rc;
}

static int write_notes(struct decision *d, uint64_t first, struct err *err)
{
    int rc = 0;
    for (struct ledger_note *n = d->notes; n && rc == 0; n = n->next) {
        n->entry.loser.csn = csn_of(first, n->entry.loser.csn);
        n->entry.winner.csn = csn_of(first, n->entry.winner.csn);
        n->entry.winner_csn = csn_of(first, n->entry.winner_csn);
        rc = store_ledger_add(d->work->store, &n->entry, err);
    }
    return rc;
}

int write_decision(struct decision *d, const struct changeset_record *record, struct err *err)
{
    struct changeset_record r = *record;
    r.count = d->cs->count;
    r.csn = 0;
    int rc = r.count ? store_head_take(d->work->store, r.count + count_moves(d), &r.csn, err) : 0;
    if (rc == 0) rc = store_changeset_add(d->work->store, &r, err);
    if (rc == 0) rc = write_rows(d, r.csn, err);
    if (rc == 0) rc = write_notes(d, r.csn, err);
    return rc;
}
