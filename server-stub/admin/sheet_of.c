/* sheet_of: an income sheet as the author of a losing changeset had it. The changeset wrote some of its columns;
 * the others were what its laptop showed at that moment. Taking only the written ones would mix two sheets.
 *
 * What it showed of a column, the first that holds:
 *   now            nobody else wrote the column since: whoever holds it was seen, or is the author
 *   its own word   the author's latest earlier value that lost too, if the loss was not known there yet
 *   as replaced    the value that the first write after `base` put out of force
 *   nothing        it was empty then */
#include "ruling.h"

struct picture {
    struct ruling *r;
    uint64_t base;              /* csn the author had seen */
    const struct schema_column *column;
    struct value own, replaced;
    uint64_t own_seq, replaced_csn;
    bool has_own, was_empty;
    int rc;
    struct err *err;
};

/* Had the author seen this write when it wrote? Marks of a value that stayed carry a newer csn: so by its changeset. */
static int saw(struct picture *p, uint64_t origin, uint64_t seq)
{
    const struct cell_version *author = &p->r->entry.loser;
    struct changeset_record record;

    if (origin == author->origin)
        return seq <= author->seq;
    int rc = store_changeset_by_seq(p->r->store, origin, seq, &record, p->err);
    return rc < 0 ? rc : rc == 1 && record.csn <= p->base;
}

static int look(void *ctx, const struct ledger_entry *e)
{
    struct picture *p = ctx;
    const struct cell_version *author = &p->r->entry.loser;
    bool stayed_out = e->loser.csn == e->winner_csn; /* it never was in force */

    if (e->column != p->column->number || e->kind == LEDGER_PROPOSAL || e->winner_csn <= p->base)
        return 0;
    if (stayed_out) {
        if (e->loser.origin != author->origin || e->loser.seq >= author->seq || e->loser.seq < p->own_seq)
            return 0;
        p->own = e->value;
        p->own_seq = e->loser.seq;
        p->has_own = true;
        return p->rc = ruling_keep(p->r->arena, &p->own);
    }
    if (p->replaced_csn && e->winner_csn >= p->replaced_csn)
        return 0;
    p->replaced = e->value;
    p->replaced_csn = e->winner_csn;
    int seen = saw(p, e->loser.origin, e->loser.seq);
    p->was_empty = seen == 0;
    p->rc = seen < 0 ? seen : ruling_keep(p->r->arena, &p->replaced);
    return p->rc;
}

/* Who holds the column now: its mark, else whoever made the row. 1 the author had seen it, 0, negative. */
static int saw_now(struct picture *p)
{
    const struct stored_row *row = &p->r->row;
    struct changeset_record made;

    for (size_t i = 0; i < row->mark_count; i++)
        if (row->marks[i].column == p->column->number)
            return saw(p, row->marks[i].version.origin, row->marks[i].version.seq);
    int rc = store_changeset_by_csn(p->r->store, (uint64_t)row->row.rid, &made, p->err);
    return rc == 1 ? saw(p, made.origin, made.seq) : rc;
}

/* 1 and *out: the author had something else than stands there now; 0, negative. */
static int as_it_was(struct picture *p, struct value *out)
{
    int rc = saw_now(p);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = store_ledger_of_row(p->r->store, p->r->entry.table, p->r->entry.row, look, p, p->err)) < 0)
        return rc;
    *out = p->has_own ? p->own : p->replaced_csn && !p->was_empty ? p->replaced : value_null();
    return !value_equal(out, ruling_now(p->r, p->column->number));
}

static bool written(const struct ruling *r, int column)
{
    for (size_t i = 0; i < r->group_count; i++)
        if (r->group[i].column == column)
            return true;
    return false;
}

int sheet_of(struct ruling *r, struct cell *cells, size_t *count, struct err *err)
{
    struct changeset_record loser;
    int rc = store_changeset_by_seq(r->store, r->entry.loser.origin, r->entry.loser.seq, &loser, err);

    *count = 0;
    if (rc == 0)
        return err_set(err, ERR_CORRUPT, "落选变更的记录不见了：请用备份恢复",
                       "the record of the losing changeset is missing: restore a backup");
    rc = rc < 0 ? rc : 0;
    for (size_t i = 0; i < r->table->count && rc == 0; i++) {
        const struct schema_column *c = &r->table->columns[i];
        struct picture p = {.r = r, .base = loser.base, .column = c, .err = err};
        struct cell cell = {.column = c->number};
        if (c->policy != POLICY_ATOMIC || written(r, c->number))
            continue;
        rc = as_it_was(&p, &cell.value);
        if (rc == 1)
            cells[(*count)++] = cell;
        rc = rc < 0 ? rc : 0;
    }
    return rc;
}
