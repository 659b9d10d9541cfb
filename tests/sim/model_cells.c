/* model_cells: the policy table, cell by cell. Knew: the author had applied the current write, or its own laptop had
 * made it. Newer: by the day it was seen, then by stamp, origin, seq; against the current write and all that it had
 * overruled, as far as the author did not know these.
 *
 *   append     another than the row's maker proposes; its maker on two laptops: newer wins
 *   latest     knew: takes; else newer wins
 *   set        elements come in; one goes out only if its adding was known
 *   sticky     model_risk.c
 *   atomic     knew the whole sheet: takes; else the sheet there stays
 *   authority  below the level: proposes; else as latest
 *   order      another than the issuer: proposes; else as latest                                              */
#include <string.h>

#include "model_impl.h"

bool model_knew(const struct taking *k, const struct written *w)
{
    return w->csn <= k->cs->base || (w->origin == k->cs->origin && w->seq <= k->cs->seq);
}

static bool newer(const struct written *a, const struct written *b)
{
    if (a->observed != b->observed) return a->observed > b->observed;
    if (a->stamp != b->stamp) return a->stamp > b->stamp;
    if (a->origin != b->origin) return a->origin > b->origin;
    return a->seq > b->seq;
}

/* ---- sets ---- */

bool cell_is_set(const struct model_cell *cell)
{
    return cell->c && cell->c->policy == POLICY_SET;
}

/* The n-th element of a set value, or false. */
static bool element_at(const struct model_cell *cell, const struct value *v, size_t n, uint8_t key[ROW_ID_BYTES])
{
    memset(key, 0, ROW_ID_BYTES);
    if (cell->c->type == TYPE_REFSET) {
        if (v->kind != VALUE_BLOB || (n + 1) * ROW_ID_BYTES > v->len) return false;
        memcpy(key, v->data + n * ROW_ID_BYTES, ROW_ID_BYTES);
        return true;
    }
    for (unsigned bit = 0; v->kind == VALUE_INT && bit < 63; bit++) {
        if (!(v->i >> bit & 1) || n-- > 0) continue;
        key[0] = (uint8_t)bit;
        return true;
    }
    return false;
}

static struct element **element_find(struct model_cell *cell, const uint8_t key[ROW_ID_BYTES])
{
    struct element **at = &cell->elements;
    while (*at && memcmp((*at)->key, key, ROW_ID_BYTES) < 0) at = &(*at)->next;
    return at;
}

static void element_add(struct taking *k, struct model_cell *cell, const uint8_t key[ROW_ID_BYTES])
{
    struct element **at = element_find(cell, key);
    if (!*at || memcmp((*at)->key, key, ROW_ID_BYTES) != 0) {
        struct element *e = model_alloc(k->m, sizeof *e);
        memcpy(e->key, key, ROW_ID_BYTES);
        e->next = *at;
        *at = e;
    }
    (*at)->by = k->now;
}

static void set_change(struct taking *k, struct model_row *r, struct model_cell *cell, const struct cell *in)
{
    uint8_t key[ROW_ID_BYTES];
    bool spared = false, gone = false;
    struct written adder = {0}; /* of the first that goes */
    for (size_t n = 0; element_at(cell, &in->removed, n, key); n++) {
        struct element **at = element_find(cell, key);
        if (!*at || memcmp((*at)->key, key, ROW_ID_BYTES) != 0) continue;
        if (model_knew(k, &(*at)->by)) {
            if (!gone) adder = (*at)->by;
            *at = (*at)->next;
            gone = true;
        } else {
            spared = true;
        }
    }
    for (size_t n = 0; element_at(cell, &in->value, n, key); n++) element_add(k, cell, key);
    if (gone) model_fate(k, r, FATE_SUPERSEDED, cell->column, NULL, &adder);
    if (spared) model_fate(k, r, FATE_LOST, cell->column, NULL, &k->now);
}

void model_value(const struct model_cell *cell, struct arena *a, struct value *out)
{
    size_t n = 0;
    int64_t bits = 0;
    *out = cell->value;
    if (!cell_is_set(cell)) return;
    for (const struct element *e = cell->elements; e; e = e->next, n++) bits |= INT64_C(1) << e->key[0] % 63;
    *out = n ? value_int(bits) : value_null();
    if (cell->c->type != TYPE_REFSET || n == 0) return;
    uint8_t *ids = arena_alloc(a, n * ROW_ID_BYTES), *at = ids;
    for (const struct element *e = cell->elements; e && ids; e = e->next, at += ROW_ID_BYTES) memcpy(at, e->key, ROW_ID_BYTES);
    *out = value_blob(ids, (uint32_t)(n * ROW_ID_BYTES));
}

void cell_first(struct taking *k, struct model_row *r, const struct cell *from)
{
    struct model_cell *cell = model_cell_make(k, r, from->column);
    uint8_t key[ROW_ID_BYTES];
    if (!cell_is_set(cell)) cell->value = model_keep(k->m, &from->value);
    else
        for (size_t n = 0; element_at(cell, &from->value, n, key); n++) element_add(k, cell, key);
}

/* ---- what else there is ---- */

/* Nobody is the same nobody on one laptop only; the office counts as anybody. */
static bool stranger(const struct taking *k, const struct model_row *r)
{
    bool nobody = r->made.author.origin == 0 && r->made.author.number == 0;
    if (k->a->server) return false;
    return !row_id_equal(r->made.author, k->cs->author) || (nobody && r->made.origin != k->cs->origin);
}

static enum outcome newest(const struct taking *k, const struct model_cell *cell, const struct written *cur)
{
    if (!newer(&k->now, cur)) return LOSES;
    for (const struct overruled *o = cell->overruled; o; o = o->next)
        if (!model_knew(k, &o->by) && !newer(&k->now, &o->by)) return LOSES;
    return WINS;
}

/* The closing's cells: its state, and who, when and why. */
static enum outcome weigh_risk(const struct taking *k, const struct model_cell *cell, const struct written *cur,
                               const struct value *in)
{
    const struct risk_view *v = &k->risk;
    bool state = cell->c->type == TYPE_CODE, empty = in->kind == VALUE_NULL;
    if (state && v->opens) return TAKES;
    if (v->closes) {
        if (!v->named) return PROPOSES;
        if (v->unknown_finding) return LOSES;
        if (!v->closed) return TAKES;
    } else {
        if (v->opens && empty) return PASSES;
        bool alone = !v->closed || v->opens || (empty && cell->c->type != TYPE_DATE);
        if (alone && !k->a->server) return PROPOSES;
    }
    return model_knew(k, cur) ? TAKES : newest(k, cell, cur);
}

enum outcome cell_weigh(const struct taking *k, const struct model_row *r, const struct model_cell *cell,
                        const struct written *cur, const struct value *in)
{
    enum schema_policy policy = cell->c ? cell->c->policy : POLICY_LATEST;
    if ((policy == POLICY_APPEND || policy == POLICY_ORDER) && stranger(k, r)) return PROPOSES;
    if (policy == POLICY_AUTHORITY && k->level < cell->c->level) return PROPOSES;
    if (policy == POLICY_STICKY) return weigh_risk(k, cell, cur, in);
    if (model_knew(k, cur)) return TAKES;
    return policy == POLICY_ATOMIC ? LOSES : newest(k, cell, cur);
}

/* From now on this write answers for the cell. */
static void answer(struct taking *k, struct model_row *r, struct model_cell *cell)
{
    bool knew_it = model_knew(k, &cell->by);
    struct overruled *kept = NULL, *next;
    for (struct overruled *o = cell->overruled; o; o = next) {
        next = o->next;
        if (!model_knew(k, &o->by)) continue;
        o->next = kept;
        kept = o;
    }
    cell->overruled = kept;
    if (knew_it && cell->by.csn != r->made.csn) {
        struct overruled *o = model_alloc(k->m, sizeof *o);
        *o = (struct overruled){kept, cell->by};
        cell->overruled = o;
    }
    cell->by = k->now;
}

void cell_change(struct taking *k, struct model_row *r, const struct cell *in, const struct written *sheet)
{
    struct model_cell *cell = model_cell_make(k, r, in->column);
    bool atomic = cell->c && cell->c->policy == POLICY_ATOMIC;
    const struct written before = atomic ? *sheet : cell->by;
    enum outcome o = cell_weigh(k, r, cell, &before, &in->value);
    bool same = value_equal(&cell->value, &in->value);
    if (o == PASSES || (same && !(atomic && o == LOSES))) { /* nobody loses; who confirmed it later answers for it */
        if (o == TAKES || o == WINS) answer(k, r, cell);
        return;
    }
    if (o == PROPOSES || o == LOSES) {
        model_fate(k, r, o == LOSES ? FATE_LOST : FATE_PROPOSAL, in->column, &in->value, &k->now);
        return;
    }
    if (o == WINS || cell->value.kind != VALUE_NULL)
        model_fate(k, r, o == WINS ? FATE_LOST : FATE_SUPERSEDED, in->column, &cell->value, &before);
    answer(k, r, cell);
    cell->value = model_keep(k->m, &in->value);
}

/* A sheet is one thing: who wrote any of it last wrote it. */
static struct written sheet_of(const struct model_row *r)
{
    struct written last = r->made;
    for (const struct model_cell *c = r->cells; c; c = c->next)
        if (c->c && c->c->policy == POLICY_ATOMIC && c->by.csn > last.csn) last = c->by;
    return last;
}

void cells_change(struct taking *k, struct model_row *r, const struct change *c)
{
    const struct written sheet = sheet_of(r);
    bool risk = risk_begins(k, r, c);
    for (size_t i = 0; i < c->count; i++) {
        struct model_cell *cell = model_cell_make(k, r, c->cells[i].column);
        if (cell_is_set(cell)) set_change(k, r, cell, &c->cells[i]);
        else cell_change(k, r, &c->cells[i], &sheet);
    }
    if (risk) risk_ends(k, r, c);
}

static bool unseen_amendment(const struct taking *k, const struct model_row *r, const struct written *by)
{
    return by->csn != r->made.csn && !model_knew(k, by);
}

void cells_buried(struct taking *k, struct model_row *r)
{
    for (struct model_cell *c = r->cells; c; c = c->next) {
        if (!cell_is_set(c) && unseen_amendment(k, r, &c->by)) model_fate(k, r, FATE_LOST, c->column, &c->value, &c->by);
        for (struct element *e = c->elements; e; e = e->next)
            if (unseen_amendment(k, r, &e->by)) model_fate(k, r, FATE_LOST, c->column, NULL, &e->by);
    }
}
