/* model_cells: the policy table, cell by cell. Knew: the author had applied the current write, or its own laptop had
 * made it. Newer: by the day it was seen, then by stamp, origin, seq.
 *
 *   append     another than the row's maker proposes; its maker on two laptops: newer wins
 *   latest     knew: takes; else newer wins
 *   set        elements come in; one goes out only if its adding was known
 *   sticky     knew: takes; else an open state beats a closing, and being emptied beats who, when and why
 *   atomic     knew the whole sheet: takes; else the sheet there stays
 *   authority  below the level: proposes; else as latest
 *   order      another than the issuer: proposes; else as latest                                              */
#include <string.h>

#include "model_impl.h"

enum { STATE_OPEN = 1 };

static bool knew(const struct taking *k, const struct written *w)
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
    for (size_t n = 0; element_at(cell, &in->removed, n, key); n++) {
        struct element **at = element_find(cell, key);
        if (!*at || memcmp((*at)->key, key, ROW_ID_BYTES) != 0) continue;
        if (knew(k, &(*at)->by)) {
            *at = (*at)->next;
            gone = true;
        } else {
            spared = true;
        }
    }
    for (size_t n = 0; element_at(cell, &in->value, n, key); n++) element_add(k, cell, key);
    if (gone) model_fate(k, r, FATE_SUPERSEDED, cell->column, NULL, NULL);
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

enum outcome { TAKES, WINS, LOSES, PROPOSES };

static enum outcome weigh(const struct taking *k, const struct model_row *r, const struct model_cell *cell,
                          const struct written *cur, const struct value *in)
{
    enum schema_policy policy = cell->c ? cell->c->policy : POLICY_LATEST;
    bool stranger = !row_id_equal(r->made.author, k->cs->author);
    if ((policy == POLICY_APPEND || policy == POLICY_ORDER) && stranger) return PROPOSES;
    if (policy == POLICY_AUTHORITY && k->level < cell->c->level) return PROPOSES;
    if (knew(k, cur)) return TAKES;
    if (policy == POLICY_ATOMIC) return LOSES;
    if (policy == POLICY_STICKY && cell->c->type == TYPE_CODE) return in->i == STATE_OPEN ? WINS : LOSES;
    if (policy == POLICY_STICKY) return in->kind == VALUE_NULL ? WINS : LOSES;
    return newer(&k->now, cur) ? WINS : LOSES;
}

static void cell_change(struct taking *k, struct model_row *r, const struct cell *in, const struct written *sheet)
{
    struct model_cell *cell = model_cell_make(k, r, in->column);
    const struct written before = cell->c && cell->c->policy == POLICY_ATOMIC ? *sheet : cell->by;
    bool latest = !cell->c || cell->c->policy == POLICY_LATEST;
    if (value_equal(&cell->value, &in->value)) { /* nobody loses; who confirmed it later answers for it */
        if (latest && newer(&k->now, &before)) cell->by = k->now;
        return;
    }
    enum outcome o = weigh(k, r, cell, &before, &in->value);
    if (o == PROPOSES) {
        model_fate(k, r, FATE_PROPOSAL, in->column, &in->value, &k->now);
    } else if (o == LOSES) {
        model_fate(k, r, FATE_LOST, in->column, &in->value, &k->now);
        cell->by = before;
        cell->by.csn = k->now.csn; /* stamped anew: the loser's screen is corrected */
    } else {
        if (o == WINS || cell->value.kind != VALUE_NULL)
            model_fate(k, r, o == WINS ? FATE_LOST : FATE_SUPERSEDED, in->column, &cell->value, &before);
        cell->value = model_keep(k->m, &in->value);
        cell->by = k->now;
    }
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
    for (size_t i = 0; i < c->count; i++) {
        struct model_cell *cell = model_cell_make(k, r, c->cells[i].column);
        if (cell_is_set(cell)) set_change(k, r, cell, &c->cells[i]);
        else cell_change(k, r, &c->cells[i], &sheet);
    }
}
