/* model_risk: when is a risk closed? Every finding and every closing in force is remembered, and who knew which.
 *
 *   a closing names who verified and why; one that did not know a finding of others does not count
 *   a finding that did not know a closing in force opens the risk again; so does a closing that does not count, if the
 *   finding it did not know was unknown to all closings in force, too
 *   open again, knowingly or not: nothing of the closings is left                                              */
#include "model_impl.h"

enum { STATE_CLOSED = 2 };

static const struct schema_column *state_of(const struct schema_table *t)
{
    return schema_column_named(t, "state");
}

static bool ground(const struct schema_column *c)
{
    return c->policy == POLICY_STICKY && c->type != TYPE_CODE;
}

static const struct cell *said(const struct change *c, int column)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->cells[i].column == column) return &c->cells[i];
    return NULL;
}

static bool is_closed(struct taking *k, struct model_row *r)
{
    const struct model_cell *cell = model_cell_make(k, r, state_of(r->t)->number);
    return cell->value.kind == VALUE_INT && cell->value.i == STATE_CLOSED;
}

static void remember(struct taking *k, struct fact **list)
{
    struct fact *f = model_alloc(k->m, sizeof *f);
    *f = (struct fact){*list, k->now, k->cs->base};
    *list = f;
}

static bool known_to(const struct fact *who, const struct written *what)
{
    return what->csn <= who->base || (what->origin == who->by.origin && what->seq <= who->by.seq);
}

static bool named(struct taking *k, struct model_row *r, const struct change *c)
{
    static const char *const needed[] = {"closed_by", "closed_why"};
    if (k->a->server) return true;
    for (size_t i = 0; i < 2; i++) {
        const struct schema_column *column = schema_column_named(r->t, needed[i]);
        const struct cell *cell = said(c, column->number);
        const struct value *v = cell ? &cell->value : &model_cell_make(k, r, column->number)->value;
        if (v->kind == VALUE_NULL || (!cell && !k->risk.closed)) return false;
    }
    return true;
}

static bool finds(struct taking *k, struct model_row *r, const struct change *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct model_cell *cell = model_cell_make(k, r, c->cells[i].column);
        if (cell->c && cell->c->policy == POLICY_STICKY) continue;
        if (cell_weigh(k, r, cell, &cell->by, &c->cells[i].value) != PROPOSES) return true;
    }
    return k->risk.opens;
}

/* Nothing of the closings is left. `by`: whose values are taken away when they lost. */
static void sweep(struct taking *k, struct model_row *r, enum fate_kind kind)
{
    for (size_t i = 0; i < r->t->count; i++) {
        const struct schema_column *c = &r->t->columns[i];
        if (!ground(c)) continue;
        struct model_cell *cell = model_cell_make(k, r, c->number);
        if (cell->value.kind != VALUE_NULL) model_fate(k, r, kind, c->number, &cell->value, &cell->by);
        cell->value = value_null();
        cell->by = k->now;
        cell->overruled = NULL;
    }
    r->closings = NULL;
}

static void open_again(struct taking *k, struct model_row *r)
{
    struct model_cell *state = model_cell_make(k, r, state_of(r->t)->number);
    model_fate(k, r, FATE_LOST, state->column, &state->value, &state->by);
    state->value = value_int(1);
    state->by = k->now;
    state->overruled = NULL;
    sweep(k, r, FATE_LOST);
    k->risk.closed = false;
}

/* A finding of others that the author did not know; `unknown_to_all`: nor any closing in force. */
static bool missed(const struct taking *k, const struct model_row *r, bool unknown_to_all)
{
    for (const struct fact *f = r->findings; f; f = f->next) {
        bool known = model_knew(k, &f->by);
        for (const struct fact *c = r->closings; unknown_to_all && c; c = c->next) known = known || known_to(c, &f->by);
        if (!known) return true;
    }
    return false;
}

bool risk_begins(struct taking *k, struct model_row *r, const struct change *c)
{
    struct risk_view *v = &k->risk;
    *v = (struct risk_view){.is = r->t->policy == POLICY_STICKY};
    if (!v->is) return false;
    const struct cell *state = said(c, state_of(r->t)->number);
    if (!r->findings) { /* the making of the row is the first; it may have been made closed */
        struct fact *f = model_alloc(k->m, sizeof *f);
        *f = (struct fact){NULL, r->made, r->made.csn};
        r->findings = f;
        if (is_closed(k, r)) r->closings = f;
    }
    v->closed = is_closed(k, r);
    v->closes = state && state->value.kind == VALUE_INT && state->value.i == STATE_CLOSED;
    v->opens = state && !v->closes;
    v->named = v->closes && named(k, r, c);
    v->finds = finds(k, r, c);
    v->unknown_finding = missed(k, r, false);
    for (const struct fact *f = r->closings; f; f = f->next) v->unknown_closing = v->unknown_closing || !model_knew(k, &f->by);
    bool stale = v->closes && v->named && missed(k, r, true);
    if (v->closed && ((v->finds && v->unknown_closing) || stale)) {
        open_again(k, r);
        v->named = v->closes && named(k, r, c);
    }
    return true;
}

void risk_ends(struct taking *k, struct model_row *r, const struct change *c)
{
    const struct risk_view *v = &k->risk;
    bool counts = v->closes && v->named && !v->unknown_finding, beside = v->closed && v->unknown_closing;
    for (size_t i = 0; i < r->t->count && counts; i++) { /* of two closings one shows, and shows whole */
        const struct cell silent = {.column = r->t->columns[i].number};
        if (ground(&r->t->columns[i]) && !said(c, silent.column) && (!v->closed || beside)) cell_change(k, r, &silent, NULL);
    }
    if (v->finds) remember(k, &r->findings);
    if (counts) remember(k, &r->closings);
    if (v->closed && !is_closed(k, r)) sweep(k, r, FATE_SUPERSEDED);
}
