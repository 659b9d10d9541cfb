/* model: see model.h. Rows: made, addressed, deleted; what is quarantined as a whole.
 *
 *   PUT      the table's level above the author's      → proposed, not made
 *            a cell above the author's level           → proposed, unless the row needs it, lives or is named by it
 *   SET      of a row that is not there                → quarantine, the whole changeset
 *            of a dead row                             → lost
 *   DELETE   the maker, the county, or the level of the table's keepers; others propose it
 *            what others wrote and its author had not seen     → lost                                            */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

void *model_alloc(struct model *m, size_t n)
{
    void *p = arena_alloc(&m->arena, n);
    if (!p) abort(); /* a simulation is small: this is a fault of the test */
    return p;
}

struct value model_keep(struct model *m, const struct value *v)
{
    struct value copy = *v;
    if (v->len == 0) return copy;
    uint8_t *bytes = model_alloc(m, v->len);
    memcpy(bytes, v->data, v->len);
    copy.data = bytes;
    return copy;
}

/* ---- rows by id ---- */

static size_t slot_of(int table, struct row_id id)
{
    uint64_t h = (id.origin + (uint64_t)table * 31) * UINT64_C(0x9E3779B97F4A7C15) + id.number * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(h >> 40) % MODEL_SLOTS;
}

struct model_row *model_find(const struct model *m, int table, struct row_id id)
{
    for (struct model_row *r = m->slots[slot_of(table, id)]; r; r = r->sibling)
        if (r->t->number == table && row_id_equal(r->id, id)) return r;
    return NULL;
}

struct model_row *model_rows(const struct model *m)
{
    return m->rows;
}

struct fate *model_fates(const struct model *m)
{
    return m->fates;
}

static struct model_row *make_row(struct taking *k, const struct schema_table *t, struct row_id id)
{
    struct model_row *r = model_alloc(k->m, sizeof *r);
    struct model_row **slot = &k->m->slots[slot_of(t->number, id)];
    *r = (struct model_row){.t = t, .id = id, .made = k->now, .sibling = *slot};
    *slot = r;
    *k->m->rows_end = r;
    k->m->rows_end = &r->next;
    return r;
}

struct model_cell *model_cell(struct model_row *r, int column)
{
    for (struct model_cell *c = r->cells; c; c = c->next)
        if (c->column == column) return c;
    return NULL;
}

struct model_cell *model_cell_make(struct taking *k, struct model_row *r, int column)
{
    struct model_cell *c = model_cell(r, column);
    if (c) return c;
    c = model_alloc(k->m, sizeof *c);
    *c = (struct model_cell){.next = r->cells, .column = column, .c = schema_column(r->t, column), .by = r->made};
    r->cells = c;
    return c;
}

/* Whoever writes a cell twice in one changeset has replaced the first value himself: only the last one waits. */
static void last_word(struct taking *k, const struct model_row *r, const struct fate *last)
{
    const struct schema_column *c = schema_column(r->t, last->column);
    bool own = last->origin == k->now.origin && last->seq == k->now.seq;
    if (!own || !c || c->policy == POLICY_SET || last->kind == FATE_SUPERSEDED) return;
    for (struct fate *f = k->m->fates; f; f = f->next) {
        bool same = f->kind == last->kind && f->table == last->table && f->column == last->column && row_id_equal(f->row, last->row);
        if (same && f->origin == last->origin && f->seq == last->seq) f->kind = FATE_SUPERSEDED;
    }
}

void model_fate(struct taking *k, const struct model_row *r, enum fate_kind kind, int column, const struct value *value,
                const struct written *by)
{
    struct fate *f = model_alloc(k->m, sizeof *f);
    *f = (struct fate){.kind = kind, .table = r->t->number, .column = column, .row = r->id};
    if (value) f->value = model_keep(k->m, value);
    else f->any_value = true;
    if (by) {
        f->origin = by->origin;
        f->seq = by->seq;
    }
    last_word(k, r, f);
    *k->m->fates_end = f;
    k->m->fates_end = &f->next;
}

/* ---- whom the changeset speaks for ---- */

static bool enrolled(const struct arrival *a, const struct value *no)
{
    for (size_t i = 0; i < a->worker_count; i++)
        if (strlen(a->workers[i]) == no->len && memcmp(a->workers[i], no->data, no->len) == 0) return true;
    return false;
}

/* A worker's level by its role; above a cadre's only on a laptop that is enrolled for it. */
static int level_of(const struct model *m, const struct changeset *cs, const struct arrival *a, int64_t *region)
{
    const struct schema_table *t = schema_table_named(m->schema, "worker");
    const struct schema_codes *roles = schema_column_named(t, "role")->codes;
    struct model_row *w = model_find(m, t->number, cs->author);
    int level = LEVEL_CONTACT;
    *region = 0;
    if (a->server) return LEVEL_CITY;
    if (!w) return level;
    struct model_cell *role = model_cell(w, schema_column_named(t, "role")->number);
    struct model_cell *no = model_cell(w, schema_column_named(t, "no")->number);
    (void)model_int(w, "region", region);
    for (size_t i = 0; i < roles->count; i++)
        if (role && roles->list[i].code == role->value.i) level = roles->list[i].level;
    if (level > LEVEL_CADRE && !(no && enrolled(a, &no->value))) level = LEVEL_CADRE;
    return level;
}

/* ---- changes ---- */

static struct row_id id_of(const struct changeset *cs, size_t i)
{
    const struct change *c = &cs->changes[i];
    return c->op == CHANGE_PUT && !c->explicit_id ? row_id_make(cs->origin, cs->seq, (unsigned)i) : c->id;
}

static bool counts_in_a_new_row(const struct taking *k, const struct schema_column *c)
{
    if (!c || c->policy != POLICY_AUTHORITY) return true;
    return k->level >= c->level || c->flags & (COLUMN_REQUIRED | COLUMN_PLACE | COLUMN_KEY);
}

static void put(struct taking *k, size_t i)
{
    const struct change *c = &k->cs->changes[i];
    const struct schema_table *t = schema_table(k->m->schema, c->table);
    struct model_row *r = make_row(k, t, id_of(k->cs, i));
    r->csn = k->now.csn;
    for (size_t n = 0; n < c->count; n++)
        if (counts_in_a_new_row(k, schema_column(t, c->cells[n].column))) cell_first(k, r, &c->cells[n]);
    const struct schema_column *parent = schema_flagged(t, COLUMN_PARENT);
    struct model_cell *up = parent ? model_cell(r, parent->number) : NULL;
    struct row_id id;
    struct model_row *above = up && row_id_from_bytes(up->value.data, up->value.len, &id) == 0 ? model_find(k->m, parent->ref, id) : NULL;
    r->proposed = t->level > k->level || (above && above->proposed);
    home_find(k, r);
    r->moved = false;
    if (r->proposed) {
        model_fate(k, r, FATE_PROPOSAL, 0, NULL, &k->now);
        return;
    }
    for (size_t n = 0; n < c->count; n++)
        if (!counts_in_a_new_row(k, schema_column(t, c->cells[n].column)))
            model_fate(k, r, FATE_PROPOSAL, c->cells[n].column, &c->cells[n].value, &k->now);
}

static void set(struct taking *k, struct model_row *r, const struct change *c)
{
    enum fate_kind kind = r->proposed ? FATE_PROPOSAL : FATE_LOST;
    r->csn = k->now.csn;
    if (!r->proposed && !r->dead) {
        cells_change(k, r, c);
        home_find(k, r);
        return;
    }
    for (size_t n = 0; n < c->count; n++) model_fate(k, r, kind, c->cells[n].column, &c->cells[n].value, &k->now);
}

static void delete(struct taking *k, struct model_row *r)
{
    const struct row_id nobody = {0, 0};
    bool maker = row_id_equal(r->made.author, k->cs->author) &&
                 (!row_id_equal(k->cs->author, nobody) || r->made.origin == k->cs->origin);
    bool keeper = r->t->level > LEVEL_CONTACT && k->level >= r->t->level;
    struct value nothing = value_null();
    r->csn = k->now.csn;
    if (r->dead) return;
    if (r->proposed || !(maker || keeper || k->level >= LEVEL_COUNTY)) {
        model_fate(k, r, FATE_PROPOSAL, 0, &nothing, &k->now);
        return;
    }
    cells_buried(k, r);
    r->dead = true;
    r->buried = k->now;
}

/* Would the row hang on something after it? It would not if the change takes, and what it names is not there. */
static bool homes(const struct taking *k, struct model_row *r, const struct change *c)
{
    struct taking at = *k;
    at.level = level_at(k, r->t, r, c);
    const struct schema_column *parent = schema_flagged(r->t, COLUMN_PARENT);
    for (size_t n = 0; parent && n < c->count; n++) {
        struct row_id id;
        struct model_cell *cell = model_cell(r, parent->number);
        if (c->cells[n].column != parent->number || !cell || row_id_from_bytes(c->cells[n].value.data, c->cells[n].value.len, &id)) continue;
        const struct model_row *up = model_find(k->m, parent->ref, id);
        enum outcome o = up && !up->proposed ? LOSES : cell_weigh(&at, r, cell, &cell->by, &c->cells[n].value);
        if (o == TAKES || o == WINS) return false;
    }
    return true;
}

/* Can it be applied at all? Rows made by the changeset itself are there for its later changes; a row that was only
 * proposed by an earlier changeset is not. */
static bool fits(const struct taking *k)
{
    const struct changeset *cs = k->cs;
    for (size_t i = 0; i < cs->count; i++) {
        const struct change *c = &cs->changes[i];
        bool own = false;
        if (!schema_table(k->m->schema, c->table)) return false;
        for (size_t n = 0; n < i; n++) own = own || (cs->changes[n].table == c->table && row_id_equal(id_of(cs, n), id_of(cs, i)));
        struct model_row *r = model_find(k->m, c->table, id_of(cs, i));
        if (c->op == CHANGE_SET && !own && r && !r->dead && !homes(k, r, c)) return false;
        if (c->op != CHANGE_PUT && !own && (!r || r->proposed)) return false;
        if (c->op != CHANGE_PUT) continue;
        const struct schema_column *parent = schema_flagged(schema_table(k->m->schema, c->table), COLUMN_PARENT);
        for (size_t n = 0; parent && n < c->count; n++) {
            struct row_id id;
            if (c->cells[n].column != parent->number || row_id_from_bytes(c->cells[n].value.data, c->cells[n].value.len, &id)) continue;
            const struct model_row *up = model_find(k->m, parent->ref, id);
            bool beside = false;
            for (size_t b = 0; b < i; b++) beside = beside || (cs->changes[b].table == parent->ref && row_id_equal(id_of(cs, b), id));
            if (!beside && (!up || up->proposed)) return false;
        }
    }
    return true;
}

bool model_take(struct model *m, const struct changeset *cs, const struct arrival *a)
{
    struct taking k = {.m = m, .cs = cs, .a = a, .now = time_of(m, cs, a)};
    k.rank = level_of(m, cs, a, &k.region);
    if (!fits(&k)) return false;
    for (size_t i = 0; i < cs->count; i++) {
        const struct change *c = &cs->changes[i];
        k.now.csn = a->csn + i;
        k.level = level_at(&k, schema_table(m->schema, c->table), c->op == CHANGE_PUT ? NULL : model_find(m, c->table, c->id), c);
        if (c->op == CHANGE_PUT) put(&k, i);
        else if (c->op == CHANGE_SET) set(&k, model_find(m, c->table, c->id), c);
        else delete(&k, model_find(m, c->table, c->id));
    }
    home_carry(&k);
    return true;
}

static const struct value *value_named(const struct model_row *r, const char *column)
{
    const struct schema_column *c = schema_column_named(r->t, column);
    for (const struct model_cell *cell = r->cells; c && cell; cell = cell->next)
        if (cell->column == c->number) return &cell->value;
    return NULL;
}

int model_ref(const struct model_row *r, const char *column, struct row_id *id)
{
    const struct value *v = value_named(r, column);
    return v && v->kind == VALUE_BLOB && row_id_from_bytes(v->data, v->len, id) == 0 ? 0 : -1;
}

int model_int(const struct model_row *r, const char *column, int64_t *out)
{
    const struct value *v = value_named(r, column);
    if (!v || v->kind != VALUE_INT) return -1;
    *out = v->i;
    return 0;
}

bool model_has(const struct model_row *r, const char *column)
{
    const struct value *v = value_named(r, column);
    return v && v->kind != VALUE_NULL;
}

bool model_is(const struct model_row *r, const char *column, const char *text)
{
    const struct value *v = value_named(r, column);
    return v && v->kind == VALUE_TEXT && strlen(text) == v->len && memcmp(text, v->data, v->len) == 0;
}

struct model *model_open(const struct schema *s)
{
    struct model *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    arena_init(&m->arena, MODEL_MEMORY);
    m->schema = s;
    m->rows_end = &m->rows;
    m->fates_end = &m->fates;
    return m;
}

void model_close(struct model *m)
{
    if (!m) return;
    arena_free(&m->arena);
    free(m);
}
