/* note: what a changeset loses, supersedes or only proposes, noted for the ledger while it is decided; write.c gives the
 * notes their csns and writes them. Invariant: of one cell, one changeset has at most one entry that waits. */
#include "work.h"

/* A changeset that writes a cell twice says its last word the second time: what lost before is its author's own earlier
 * value, and nobody need decide about it. */
static void take_back(struct decision *d, const struct ledger_entry *e)
{
    for (struct ledger_note *n = d->notes; n; n = n->next) {
        struct ledger_entry *before = &n->entry;
        if (before->kind != e->kind || before->column != e->column || before->table != e->table) continue;
        if (!row_id_equal(before->row, e->row) || before->loser.origin != d->cs->origin || before->loser.seq != d->cs->seq) continue;
        before->kind = LEDGER_SUPERSEDED;
        before->reason = REASON_NONE;
        before->to_verify = false;
        before->winner = e->loser;
    }
}

static bool own_word(const struct decision *d, const struct schema_table *t, const struct ledger_entry *e)
{
    const struct schema_column *c = e->column ? schema_column(t, e->column) : NULL;
    bool waits = e->kind == LEDGER_LOST || e->kind == LEDGER_PROPOSAL;
    return waits && c && c->policy != POLICY_SET && e->loser.origin == d->cs->origin && e->loser.seq == d->cs->seq;
}

int decide_note(struct decision *d, const struct pending_row *p, enum ledger_kind kind, struct merge_result why,
                int column, const struct value *value, const struct cell_version *loser,
                const struct cell_version *winner, struct err *err)
{
    struct ledger_note *n = arena_alloc(&d->work->arena, sizeof *n);
    if (n == NULL) return err_nomem(err);
    n->entry = (struct ledger_entry){.kind = kind,
                                     .reason = why.reason,
                                     .to_verify = why.to_verify,
                                     .table = p->table->number,
                                     .column = column,
                                     .row = p->row.row.id,
                                     .place = p->row.home.place,
                                     .value = *value,
                                     .loser = *loser,
                                     .winner_csn = d->incoming.csn,
                                     .at_ms = d->received_ms};
    if (winner != NULL) n->entry.winner = *winner;
    if (own_word(d, p->table, &n->entry)) take_back(d, &n->entry);
    *d->notes_end = n;
    d->notes_end = &n->next;
    return 0;
}
