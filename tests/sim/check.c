/* check: P3 and the scopes. The server against the model, each laptop against the server, row by row and cell by cell,
 * read from both databases directly. */
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "sim.h"

enum { MEMORY = 32 * 1024 * 1024 };

void sim_row_text(const struct schema_table *t, struct row_id id, char out[80])
{
    char text[ROW_ID_TEXT];
    row_id_to_text(id, text);
    snprintf(out, 80, "%s/%s", t->name, text);
}

void sim_value_text(const struct schema_column *c, const struct value *v, char *out, size_t n)
{
    struct buf b;
    buf_init(&b, 4096);
    if (v->kind == VALUE_NULL) buf_put_text(&b, "(nothing)");
    else if (c) schema_format(c, v, LANG_ZH, &b);
    else if (v->kind == VALUE_INT) buf_printf(&b, "%lld", (long long)v->i);
    else buf_put(&b, v->data, v->len);
    snprintf(out, n, "%s", buf_text(&b));
    buf_free(&b);
}

/* An emptied bit set may stand as 0 or as nothing. */
static bool same(const struct schema_column *c, const struct value *a, const struct value *b)
{
    if (value_equal(a, b)) return true;
    if (!c || c->type != TYPE_SET) return false;
    return (a->kind == VALUE_INT ? a->i : 0) == (b->kind == VALUE_INT ? b->i : 0);
}

static const struct value *cell_value(const struct cell *cells, size_t count, int column)
{
    static const struct value nothing = {.kind = VALUE_NULL};
    for (size_t i = 0; i < count; i++)
        if (cells[i].column == column) return &cells[i].value;
    return &nothing;
}

void check_differs(struct sim *s, const char *check, const char *who, const struct schema_table *t, struct row_id id,
                   int column, const struct value *want, const struct value *have)
{
    char row[80], a[200], b[200];
    const struct schema_column *c = schema_column(t, column);
    sim_row_text(t, id, row);
    sim_value_text(c, want, a, sizeof a);
    sim_value_text(c, have, b, sizeof b);
    sim_fail(s, check, "%s: %s column %d (%s): should be '%s', is '%s'", who, row, column, c ? c->name : "unknown", a, b);
}

/* ---- the server against the model ---- */

static void compare_cells(struct sim *s, const struct model_row *m, const struct cell *cells, size_t count, struct arena *a)
{
    struct value want;
    for (const struct model_cell *c = m->cells; c && !s->failed; c = c->next) {
        model_value(c, a, &want);
        const struct value *have = cell_value(cells, count, c->column);
        if (!same(c->c, &want, have)) check_differs(s, "model", "server", m->t, m->id, c->column, &want, have);
    }
    for (size_t i = 0; i < count && !s->failed; i++) {
        bool known = false;
        for (const struct model_cell *c = m->cells; c; c = c->next) known = known || c->column == cells[i].column;
        const struct value nothing = value_null();
        if (!known) check_differs(s, "model", "server", m->t, m->id, cells[i].column, &nothing, &cells[i].value);
    }
}

static void compare_row(struct sim *s, const struct model_row *m)
{
    struct arena a;
    struct stored_row row;
    struct cell *cells;
    size_t count;
    struct err err = {0};
    char name[80];
    arena_init(&a, MEMORY);
    int rc = store_row_get(loopback_store(s->server), m->t, m->id, &a, &row, &err);
    sim_row_text(m->t, m->id, name);
    if (rc != !m->proposed) {
        sim_fail(s, "model", "%s should%s be at the server (%d %s)", name, m->proposed ? " not" : "", rc, err.en);
    } else if (rc == 1 && (row.dead != m->dead || row.home.place != m->place || (m->csn ? row.csn != m->csn : row.csn <= m->carried))) {
        sim_fail(s, "model", "%s should be dead %d, at %lld, csn %llu; is %d, %lld, %llu", name, m->dead, (long long)m->place,
                 (unsigned long long)m->csn, row.dead, (long long)row.home.place, (unsigned long long)row.csn);
    } else if (rc == 1 && (m->unit ? row.home.unit != (int64_t)m->unit->made.csn : row.home.unit != UNIT_COMMON && row.home.unit != UNIT_PLACE_ONLY)) {
        sim_fail(s, "model", "%s should belong to household %llu, is of %lld", name, m->unit ? (unsigned long long)m->unit->made.csn : 0,
                 (long long)row.home.unit);
    } else if (rc == 1 && table_row_cells(m->t, &row.row, &a, &cells, &count, &err) == 0) {
        compare_cells(s, m, cells, count, &a);
    }
    arena_free(&a);
}

void check_touched(struct sim *s, const struct changeset *cs)
{
    for (size_t i = 0; i < cs->count && !s->failed; i++) {
        const struct change *c = &cs->changes[i];
        struct row_id id = c->op == CHANGE_PUT && !c->explicit_id ? row_id_make(cs->origin, cs->seq, (unsigned)i) : c->id;
        const struct model_row *m = model_find(s->model, c->table, id);
        if (m) compare_row(s, m);
    }
}

static int known_to_model(void *ctx, const struct table_row *row)
{
    struct { struct sim *s; const struct schema_table *t; } *w = ctx;
    char name[80];
    sim_row_text(w->t, row->id, name);
    if (!model_find(w->s->model, w->t->number, row->id)) sim_fail(w->s, "model", "server: nobody made %s", name);
    return w->s->failed;
}

void check_server(struct sim *s)
{
    struct store *store = loopback_store(s->server);
    const struct schema *schema = store_schema(store);
    struct arena a;
    arena_init(&a, MEMORY);
    for (struct model_row *m = model_rows(s->model); m && !s->failed; m = m->next) compare_row(s, m);
    for (size_t i = 0; i < schema->count && !s->failed; i++) {
        struct { struct sim *s; const struct schema_table *t; } w = {s, &schema->tables[i]};
        if (strcmp(w.t->name, "notice") != 0)
            table_walk(store_tables(store), w.t, 0, NULL, NULL, 0, &a, known_to_model, &w, NULL);
    }
    arena_free(&a);
}

/* ---- a laptop against the server ---- */

struct against {
    struct laptop *l;
    const struct schema_table *t;   /* the server's */
    struct arena a;
};

static bool above(int64_t code, int64_t place)
{
    for (int64_t up = region_parent(code); up > 0; up = region_parent(up))
        if (up == place) return true;
    return false;
}

/* Is the household assigned to one of the laptop's workers? By the model's assignments. */
static bool assigned(const struct laptop *l, const struct model_row *household)
{
    const struct schema *schema = schema_current();
    const struct schema_table *t = schema_table_named(schema, "assignment"), *workers = schema_table_named(schema, "worker");
    for (const struct model_row *r = model_rows(l->sim->model); r; r = r->next) {
        struct row_id who, which;
        if (r->t != t || r->dead || r->proposed || model_ref(r, "household", &which) || !row_id_equal(which, household->id)) continue;
        const struct model_row *w = model_ref(r, "worker", &who) ? NULL : model_find(l->sim->model, workers->number, who);
        if (!w || model_has(r, "until")) continue; /* the simulation ends assignments in the past only */
        for (size_t i = 0; i < l->worker_count; i++)
            if (model_is(w, "no", l->workers[i])) return true;
    }
    return false;
}

/* By the enrolment's regions, by what lies above them for everybody, by households assigned, and the laptop's own. */
static bool in_scope(const struct laptop *l, const struct stored_row *row)
{
    const struct row_home home = row->home;
    bool common = false;
    for (size_t i = 0; i < l->place_count; i++)
        if (region_covers(l->places[i], home.place) || above(l->places[i], home.place)) return true;
    if (home.place == region_private(l->origin)) return true;
    if (!l->assigned) return false;
    for (const struct model_row *r = model_rows(l->sim->model); r; r = r->next) {
        if (r->unit != r || !assigned(l, r)) continue; /* a dead household is still where it was */
        if (home.unit == (int64_t)r->made.csn || above(r->place, home.place)) return true;
        common = common || r->place == home.place;
    }
    return common && home.unit == UNIT_COMMON;
}

static bool quarantined(const struct laptop *l, uint64_t seq)
{
    return seq >= 1 && seq <= l->log_count && l->log[seq - 1].quarantined;
}

/* Takes local cells off a row that is shown: what the server said stays. *gone: a deletion is among them. */
static void take_off(struct against *w, const struct schema_table *mine, struct row_id id, struct table_row *row, bool *gone)
{
    struct overlay_cell *list;
    size_t count = 0;
    char name[80];
    *gone = false;
    sim_row_text(mine, id, name);
    if (journal_overlay_row(w->l->home, mine->number, id, &w->a, &list, &count, NULL)) return;
    for (size_t i = 0; i < count; i++) {
        if (!quarantined(w->l, list[i].seq))
            sim_fail(w->l->sim, "P3", "%s: %s column %d still shows entry %llu, which is received", w->l->folder, name, list[i].column,
                     (unsigned long long)list[i].seq);
        if (list[i].column == OVERLAY_DELETED) *gone = true;
        else if (row) row->values[schema_column_index(mine, schema_column(mine, list[i].column))] = list[i].below;
    }
}

static void compare_told(struct against *w, const struct table_row *theirs)
{
    struct sim *s = w->l->sim;
    const struct schema_table *mine = schema_table(w->l->home->schema, w->t->number);
    struct table_row row;
    struct cell *want, *have;
    size_t want_count, have_count;
    bool gone;
    char name[80];
    sim_row_text(w->t, theirs->id, name);
    int rc = table_read(w->l->home->tables, mine, theirs->id, &w->a, &row, NULL);
    take_off(w, mine, theirs->id, rc == 1 ? &row : NULL, &gone);
    if (rc != 1) {
        if (!gone) sim_fail(s, "P3", "%s: %s is not there", w->l->folder, name);
        return;
    }
    table_row_cells(w->t, theirs, &w->a, &want, &want_count, NULL);
    table_row_cells(mine, &row, &w->a, &have, &have_count, NULL);
    for (size_t i = 0; i < want_count && !s->failed; i++) {
        const struct value *v = cell_value(have, have_count, want[i].column);
        if (!same(schema_column(w->t, want[i].column), &want[i].value, v))
            check_differs(s, "P3", w->l->folder, w->t, theirs->id, want[i].column, &want[i].value, v);
    }
    for (size_t i = 0; i < have_count && !s->failed; i++) {
        const struct value *v = cell_value(want, want_count, have[i].column);
        if (!same(schema_column(w->t, have[i].column), &have[i].value, v))
            check_differs(s, "P3", w->l->folder, w->t, theirs->id, have[i].column, v, &have[i].value);
    }
}

static int server_row(void *ctx, const struct table_row *row)
{
    struct against *w = ctx;
    struct stored_row stored;
    arena_reset(&w->a);
    int rc = store_row_get(loopback_store(w->l->sim->server), w->t, row->id, &w->a, &stored, NULL);
    if (rc == 1 && !stored.dead && in_scope(w->l, &stored)) compare_told(w, &stored.row);
    return w->l->sim->failed;
}

/* A row on the laptop: in its scope and alive, or own work that the server did not take as a row. */
static int laptop_row(void *ctx, const struct table_row *row)
{
    struct against *w = ctx;
    struct stored_row stored;
    char name[80];
    arena_reset(&w->a);
    int rc = store_row_get(loopback_store(w->l->sim->server), w->t, row->id, &w->a, &stored, NULL);
    const struct model_row *m = model_find(w->l->sim->model, w->t->number, row->id);
    bool untold = row->system[HOME_HASH].kind == VALUE_NULL;
    bool own = row->id.origin == w->l->origin && untold && rc == 0 && (m == NULL || m->proposed);
    uint64_t last = row->system[HOME_SEQ].kind == VALUE_INT ? (uint64_t)row->system[HOME_SEQ].i : 0;
    bool kept = row->system[HOME_CSN].i == 0 && quarantined(w->l, last); /* never told: it cannot have left */
    sim_row_text(w->t, row->id, name);
    if (!(rc == 1 && !stored.dead && in_scope(w->l, &stored)) && !own && !kept)
        sim_fail(w->l->sim, "scope", "%s holds %s, which is %s", w->l->folder, name, rc != 1 ? "nowhere" : stored.dead ? "dead" : "of elsewhere");
    return w->l->sim->failed;
}

void check_laptop(struct laptop *l)
{
    struct sim *s = l->sim;
    struct store *store = loopback_store(s->server);
    const struct schema *schema = store_schema(store);
    struct against w = {.l = l};
    struct arena walking;
    arena_init(&w.a, MEMORY);
    arena_init(&walking, MEMORY);
    for (size_t i = 0; i < schema->count && !s->failed; i++) {
        w.t = &schema->tables[i];
        const struct schema_table *mine = schema_table(l->home->schema, w.t->number);
        if (!mine) continue; /* of a newer program: only the fingerprint tells */
        table_walk(store_tables(store), w.t, 0, NULL, NULL, 0, &walking, server_row, &w, NULL);
        if (!s->failed) table_walk(l->home->tables, mine, 0, NULL, NULL, 0, &walking, laptop_row, &w, NULL);
    }
    arena_free(&walking);
    arena_free(&w.a);
}
