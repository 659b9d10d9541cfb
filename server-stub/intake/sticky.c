/* sticky: what a SET on a risk means beside its cells — is it a finding, does it close, does it open again? The rules
 * stand in core/merge; here is what they need to know, and what follows for the other cells of the row.
 *
 * Invariant: an open risk has no who, when and why of a closing; those of one that lost, or was opened again, are in
 * the ledger. Findings and closings in force are remembered by csn in the row's marks (enum row_element). */
#include "work.h"

enum { RISK_OPEN = 1, RISK_CLOSED = 2 }; /* codes_risk_state */

static const struct schema_column *state_column(const struct schema_table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->columns[i].policy == POLICY_STICKY && t->columns[i].type == TYPE_CODE) return &t->columns[i];
    }
    return NULL;
}

static bool is_ground(const struct schema_column *c)
{
    return c->policy == POLICY_STICKY && c->type != TYPE_CODE;
}

static struct value *value_at(struct pending_row *p, const struct schema_column *c)
{
    return &p->row.row.values[schema_column_index(p->table, c)];
}

static bool is_closed(struct pending_row *p, const struct schema_column *state)
{
    const struct value *v = value_at(p, state);
    return v->kind == VALUE_INT && v->i == RISK_CLOSED;
}

static const struct cell *cell_named(const struct change *c, int column)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->cells[i].column == column) return &c->cells[i];
    }
    return NULL;
}

/* Who verified and why: in the change, or, when a closing is being amended, in the row already. */
static bool has_grounds(struct pending_row *p, const struct change *c, bool closed)
{
    for (size_t i = 0; i < p->table->count; i++) {
        const struct schema_column *column = &p->table->columns[i];
        const struct cell *cell = cell_named(c, column->number);
        if (!is_ground(column) || column->type == TYPE_DATE) continue;
        if (cell ? cell->value.kind == VALUE_NULL : !closed || value_at(p, column)->kind == VALUE_NULL) return false;
    }
    return true;
}

/* A cell that is only proposed finds nothing; one that loses to a later observation does. */
static bool is_finding(const struct decision *d, struct pending_row *p, const struct cell *cell)
{
    const struct schema_column *column = schema_column(p->table, cell->column);
    if (column && column->policy == POLICY_STICKY) return column->type == TYPE_CODE && cell->value.i != RISK_CLOSED;
    if (column == NULL) return true;
    struct merge_input in = cells_input(d, p, column, value_at(p, column), cells_version(p, cell->column, 0), cell);
    return merge_cell(&in).outcome != MERGE_PROPOSAL;
}

/* The newest finding or closing in force, and the newest of another installation than `origin`. */
static const struct cell_version *newest(struct pending_row *p, enum row_element kind, const struct schema_column *state)
{
    const struct cell_version *v = cells_marked(p, 0, kind);
    if (v != NULL) return v;
    if (kind == ROW_FINDING) return &p->made;
    return is_closed(p, state) ? cells_version(p, state->number, 0) : NULL;
}

static const struct cell_version *newest_of_others(struct pending_row *p, enum row_element kind,
                                                   const struct schema_column *state, uint64_t origin)
{
    const struct cell_version *v = newest(p, kind, state);
    if (v && v->origin == origin) v = cells_marked(p, 0, kind + 1);
    if (v == NULL && kind == ROW_FINDING && p->made.origin != origin) v = &p->made;
    return v;
}

static int remember(struct decision *d, struct pending_row *p, enum row_element kind, const struct schema_column *state,
                    struct err *err)
{
    const struct cell_version *v = newest(p, kind, state);
    int rc = v && v->origin != d->incoming.origin ? cells_mark(d, p, 0, kind + 1, v, err) : 0;
    return rc == 0 ? cells_mark(d, p, 0, kind, &d->incoming, err) : rc;
}

static void look(struct sticky *s, const struct decision *d, struct pending_row *p, const struct change *c)
{
    struct merge_risk *r = &s->risk;
    const struct cell *state = cell_named(c, s->state->number);
    const struct cell_version *finding = newest_of_others(p, ROW_FINDING, s->state, d->incoming.origin);
    const struct cell_version *closing = newest_of_others(p, ROW_CLOSING, s->state, d->incoming.origin);
    const struct cell_version *last = newest(p, ROW_CLOSING, s->state);
    *r = (struct merge_risk){.closed = is_closed(p, s->state), .last_closing = last ? last->csn : 0};
    /* What was found in the same act as the closing, in whatever order, was known to it. */
    if (last && finding && last->origin == finding->origin && last->seq == finding->seq && finding->csn > last->csn)
        r->last_closing = finding->csn;
    r->closes = state != NULL && state->value.kind == VALUE_INT && state->value.i == RISK_CLOSED;
    r->opens = state != NULL && !r->closes;
    r->grounds = r->closes && (d->ruling || has_grounds(p, c, r->closed));
    for (size_t i = 0; i < c->count && !r->finds; i++) r->finds = is_finding(d, p, &c->cells[i]);
    if (finding) s->finding = *finding;
    if (closing) s->closing = *closing;
    r->finding = finding ? &s->finding : NULL;
    r->closing = closing ? &s->closing : NULL;
}

static int empty(struct decision *d, struct pending_row *p, const struct schema_column *c, enum ledger_kind kind,
                 struct merge_result why, const struct cell_version *winner, struct err *err)
{
    struct value *v = value_at(p, c);
    struct cell_version loser = *cells_version(p, c->number, 0);
    int rc = v->kind == VALUE_NULL ? 0 : decide_note(d, p, kind, why, c->number, v, &loser, winner, err);
    *v = value_null();
    for (size_t i = 0; i < MERGE_OVERRULED; i++) cells_unmark(p, c->number, ELEMENT_OVERRULED + i);
    return rc == 0 ? cells_mark(d, p, c->number, 0, &d->incoming, err) : rc;
}

/* Nothing of the closings stays behind. */
static int drop_closings(struct decision *d, struct pending_row *p, enum ledger_kind kind, struct merge_result why,
                         const struct cell_version *winner, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < p->table->count && rc == 0; i++) {
        if (is_ground(&p->table->columns[i])) rc = empty(d, p, &p->table->columns[i], kind, why, winner, err);
    }
    cells_unmark(p, 0, ROW_CLOSING);
    cells_unmark(p, 0, ROW_CLOSING_OTHER);
    return rc;
}

/* The closings had not seen this finding; or this stale closing shows that one in force had not seen a newer one. */
static int reopen(struct sticky *s, struct decision *d, struct pending_row *p, struct err *err)
{
    static const struct merge_result why = {MERGE_TAKE_WON, REASON_UNSEEN_FINDING, true};
    struct cell_version winner = s->risk.finds ? d->incoming : s->finding;
    int rc = empty(d, p, s->state, LEDGER_LOST, why, &winner, err);
    if (rc == 0) rc = drop_closings(d, p, LEDGER_LOST, why, &winner, err);
    *value_at(p, s->state) = value_int(RISK_OPEN);
    return rc;
}

int sticky_begin(struct sticky *s, struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    s->state = state_column(p->table);
    look(s, d, p, c);
    if (!merge_reopens(&s->risk, d->cs->base)) return 0;
    int rc = reopen(s, d, p, err);
    bool finds = s->risk.finds;
    look(s, d, p, c);
    s->risk.finds = finds;
    return rc;
}

/* Two closings in force: the later one shows whole. What it does not say must not be left from the other. */
static int complete(struct sticky *s, struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < p->table->count && rc == 0; i++) {
        struct cell silent = {.column = p->table->columns[i].number};
        if (!is_ground(&p->table->columns[i]) || cell_named(c, silent.column)) continue;
        rc = cells_one(d, p, &silent, NULL, &s->risk, err);
    }
    return rc;
}

int sticky_end(struct sticky *s, struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    static const struct merge_result seen = {MERGE_TAKE, REASON_NONE, false};
    const struct merge_risk *r = &s->risk;
    bool unseen = r->finding && r->finding->csn > d->cs->base;
    bool in_force = r->closes && r->grounds && !unseen;
    bool amends = r->closed && !(r->closing && r->closing->csn > d->cs->base);
    int rc = r->finds ? remember(d, p, ROW_FINDING, s->state, err) : 0;
    if (rc == 0 && in_force && !amends) rc = complete(s, d, p, c, err);
    if (rc == 0 && in_force) rc = remember(d, p, ROW_CLOSING, s->state, err);
    if (rc == 0 && r->closed && !is_closed(p, s->state))
        rc = drop_closings(d, p, LEDGER_SUPERSEDED, seen, &d->incoming, err);
    return rc;
}
