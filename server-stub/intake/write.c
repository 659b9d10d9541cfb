/* write: a decision becomes rows, feed, sums and ledger. Only here are csns taken, as late as can be: one for each
 * change, and behind them one for each row that is carried along, for each home that a row left, and for each row
 * that its author's laptop wrote outside of what it holds.
 *
 * A row that moves takes its feed entry along and leaves a moved-out entry at its old home. A row that a laptop wrote
 * outside its scope leaves one at the laptop's private place: the laptop then knows that it holds the row no more. */
#include "work.h"

enum { ROW_ARENA = 4 * 1024 * 1024 };

static uint64_t csn_of(uint64_t first, uint64_t csn)
{
    return csn & PENDING ? first + (csn & ~PENDING) : csn;
}

static bool outside(const struct decision *d, const struct pending_row *p)
{
    return !p->carried && d->work->cover != NULL && !cover_has(d->work->cover, p->row.home);
}

static size_t count_behind(const struct decision *d)
{
    size_t n = 0;
    for (const struct pending_row *p = d->rows; p; p = p->next)
        if (!p->proposed) n += (size_t)p->carried + place_moved(p) + outside(d, p);
    return n;
}

static int add_sums(struct store *s, const struct pending_row *p, uint64_t hash, uint64_t left, struct err *err)
{
    int64_t live = !p->row.dead, was = p->was_live;
    uint64_t out = was ? 0 - p->old_hash : 0, in = live ? hash : 0;
    if (left == 0) return store_home_add(s, p->row.home, live - was, in + out, p->row.csn, err);
    int rc = store_home_add(s, p->old_home, -was, out, left, err);
    return rc == 0 ? store_home_add(s, p->row.home, live, in, p->row.csn, err) : rc;
}

static int leave_trace(struct store *s, const struct pending_row *p, struct row_home home, uint64_t csn, struct err *err)
{
    struct feed_entry e = {csn, home, p->table->number, p->row.row.rid, true};
    return csn ? store_feed_move(s, 0, &e, err) : 0;
}

/* A household that somebody holds singly brings its sums to the new place, which then has such of its own. */
static int track_move(struct store *s, const struct pending_row *p, struct err *err)
{
    struct place_sum sum;
    if (p->row.home.unit != p->row.row.rid || p->row.home.place == p->old_home.place) return 0;
    int rc = store_unit_sum(s, p->row.home, &sum, err);
    return rc == 1 ? store_unit_track(s, (struct row_home){p->row.home.place, UNIT_COMMON}, err) : rc;
}

/* csns behind the changes' own: 0 where there is none. */
struct behind {
    uint64_t carried, left, outside;
};

/* What is carried is read only now, and forgotten when it is written: a village may bring any number of rows. */
static int load_carried(struct decision *d, struct pending_row *p, struct arena *a, struct err *err)
{
    struct row_home from = p->old_home, to = p->row.home;
    int rc = store_row_by_rid(d->work->store, p->table, p->row.row.rid, a, &p->row, err);
    if (rc == 0)
        return err_set(err, ERR_CORRUPT, "第 %lld 号记录读不到了：请用备份恢复",
                       "row %lld cannot be read any more: restore a backup", (long long)p->row.row.rid);
    if (rc == 1) rc = decide_stored(p, a, err);
    p->old_home = from;
    p->row.home = to;
    return rc;
}

static int write_row(struct decision *d, struct pending_row *p, uint64_t first, const struct behind *at, struct arena *a,
                     struct err *err)
{
    struct store *s = d->work->store;
    struct cell *cells = NULL;
    size_t count = 0;
    p->row.csn = at->carried ? at->carried : first + p->last_change;
    if (p->is_new) p->row.row.rid = (int64_t)(first + p->made_by);
    p->row.home.unit = (int64_t)csn_of(first, (uint64_t)p->row.home.unit);
    for (size_t i = 0; i < p->row.mark_count; i++)
        p->row.marks[i].version.csn = csn_of(first, p->row.marks[i].version.csn);
    struct feed_entry e = {p->row.csn, p->row.home, p->table->number, p->row.row.rid, false};
    int rc = p->is_new ? store_row_insert(s, p->table, &p->row, err) : store_row_update(s, p->table, &p->row, err);
    if (rc == 0) rc = table_row_cells(p->table, &p->row.row, a, &cells, &count, err);
    if (rc == 0) rc = add_sums(s, p, row_hash(p->table->number, p->row.row.id, cells, count), at->left, err);
    if (rc == 0) rc = store_feed_move(s, p->old_csn, &e, err);
    if (rc == 0) rc = leave_trace(s, p, p->old_home, at->left, err);
    if (rc == 0) rc = leave_trace(s, p, (struct row_home){region_private(d->cs->origin), UNIT_COMMON}, at->outside, err);
    return rc == 0 && at->left ? track_move(s, p, err) : rc;
}

static int write_rows(struct decision *d, uint64_t first, struct err *err)
{
    uint64_t next = first + d->cs->count;
    struct arena a;
    int rc = 0;
    arena_init(&a, ROW_ARENA);
    for (struct pending_row *p = d->rows; p && rc == 0; p = p->next) {
        struct behind at = {0};
        if (p->proposed) continue;
        if (p->carried) at.carried = next++;
        if (place_moved(p)) at.left = next++;
        if (outside(d, p)) at.outside = next++;
        arena_reset(&a);
        if (p->carried) rc = load_carried(d, p, &a, err);
        if (rc == 0) rc = write_row(d, p, first, &at, &a, err);
        if (p->carried) p->row.row.values = NULL; /* they were in the arena */
    }
    arena_free(&a);
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
    int rc = own_device(d->work, d->cs->origin, err);
    if (rc == 0 && r.count) rc = store_head_take(d->work->store, r.count + count_behind(d), &r.csn, err);
    if (rc == 0) rc = store_changeset_add(d->work->store, &r, err);
    if (rc == 0) rc = write_rows(d, r.csn, err);
    if (rc == 0) rc = write_notes(d, r.csn, err);
    if (rc == 0) rc = tally_made(d, err);
    if (rc != 0 || d->work->own.writing) return rc;
    rc = settle_written(d, r.csn, err);
    if (rc == 0) rc = notice_losses(d, err);
    if (rc == 0) rc = handover_note(d, err);
    if (rc == 0) rc = moves_note(d, err);
    return rc == 0 ? clue_reopen(d, err) : rc;
}
