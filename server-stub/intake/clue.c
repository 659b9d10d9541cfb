/* clue: a risk found on a household whose risk was removed opens a clue for 回退 — by the laptop when it knows, else
 * here: the one who found it may not have known that the county had cleared the household, nor the county of the risk.
 *
 *   arrives                                        →  a clue, unless one is open
 *   a risk, new or open again, household cleared      for it
 *   the clearing, its author had not seen a risk      for that risk: the result is the same in either order */
#include "work.h"

#include "zhucun/rules.h"

enum { STATUS_CLEARED = 3, CLUE_FELL_BACK = 4, RISK_OPEN = 1 }; /* core/schema/codes.c */

static const struct value *value_of(const struct schema_table *t, const struct value *values, const char *column)
{
    return &values[schema_column_index(t, schema_column_named(t, column))];
}

struct looking {
    struct decision *d;
    const struct schema_table *t;
    struct arena arena;
    int64_t unit;
    bool found;
    struct err *err;
};

static int look(void *ctx, const struct feed_entry *e)
{
    struct looking *k = ctx;
    struct stored_row row;
    if (e->moved_out || e->table != k->t->number || e->home.unit != k->unit) return 0;
    arena_reset(&k->arena);
    int rc = store_row_by_rid(k->d->work->store, k->t, e->rid, &k->arena, &row, k->err);
    if (rc <= 0 || row.dead) return rc < 0 ? rc : 0;
    k->found = value_of(k->t, row.row.values, "decided_on")->kind == VALUE_NULL;
    return k->found;
}

static int has_open_clue(struct decision *d, struct row_home home, bool *open, struct err *err)
{
    struct looking k = {.d = d, .t = schema_table_named(d->work->schema, "clue"), .unit = home.unit, .err = err};
    arena_init(&k.arena, 1024 * 1024);
    int rc = store_feed_of_place(d->work->store, home.place, 0, look, &k, err);
    arena_free(&k.arena);
    *open = k.found;
    return rc < 0 ? rc : 0;
}

/* The day on which it was found, as far as a clue can start then: not after it was received. */
static int64_t found_day(const struct decision *d, const struct value *found_on)
{
    int64_t received = date_of_ms(d->received_ms);
    return found_on->kind == VALUE_INT && found_on->i < received ? found_on->i : received;
}

static int put_clue(struct decision *d, const struct schema_table *risks, struct row_id risk, const struct value *values,
                    const struct stored_row *household, struct err *err)
{
    struct work *w = d->work;
    const struct schema_table *t = schema_table_named(w->schema, "clue"), *th = schema_table_named(w->schema, "household");
    int64_t found = found_day(d, value_of(risks, values, "found_on"));
    static const char detail[] = "风险消除户有未消除的风险，系统登记";
    uint8_t *id = arena_alloc(&w->arena, ROW_ID_BYTES);
    if (id == NULL) return err_nomem(err);
    row_id_to_bytes(risk, id);
    struct cell cells[] = {
        {.column = 1, .value = *value_of(th, household->row.values, "village")},
        {.column = 2, .value = *value_of(risks, values, "household")},
        {.column = 4, .value = value_int(found)},
        {.column = 5, .value = value_int(CLUE_FELL_BACK)},
        {.column = 6, .value = value_blob(id, ROW_ID_BYTES)},
        {.column = 7, .value = value_int(due_decision(found))},
        {.column = 10, .value = value_text(detail, sizeof detail - 1)},
    };
    return own_put(w, t, cells, sizeof cells / sizeof cells[0], err);
}

/* Each household is looked at once a push. */
static bool looked_already(const struct own *o, struct row_id household)
{
    for (size_t i = 0; i < o->looked_count; i++)
        if (row_id_equal(o->looked[i], household)) return true;
    return false;
}

static int note_looked(struct work *w, struct row_id household, struct err *err)
{
    struct own *o = &w->own;
    if (o->looked_count == o->looked_room) {
        size_t room = o->looked_room * 2 + 16;
        struct row_id *list = arena_array(&w->arena, room, sizeof *list);
        if (list == NULL) return err_nomem(err);
        for (size_t i = 0; i < o->looked_count; i++) list[i] = o->looked[i];
        o->looked = list;
        o->looked_room = room;
    }
    o->looked[o->looked_count++] = household;
    return 0;
}

/* An open risk on a household that is cleared and has no open clue: one is opened. */
static int reopen(struct decision *d, const struct schema_table *risks, struct row_id risk, const struct value *values,
                  struct err *err)
{
    struct work *w = d->work;
    const struct schema_table *th = schema_table_named(w->schema, "household");
    const struct value *ref = value_of(risks, values, "household");
    struct stored_row household;
    struct row_id id;
    bool open = true;
    if (ref->kind != VALUE_BLOB || row_id_from_bytes(ref->data, ref->len, &id) != 0 || looked_already(&w->own, id)) return 0;
    int rc = store_row_get(w->store, th, id, &w->arena, &household, err);
    if (rc != 1) return rc;
    const struct value *status = value_of(th, household.row.values, "monitor_status");
    if (household.dead || status->kind != VALUE_INT || status->i != STATUS_CLEARED) return 0;
    rc = note_looked(w, id, err);
    if (rc == 0) rc = has_open_clue(d, household.home, &open, err);
    return rc == 0 && !open ? put_clue(d, risks, risk, values, &household, err) : rc;
}

static bool is_open(const struct schema_table *risks, const struct value *values)
{
    const struct value *state = value_of(risks, values, "state");
    return state->kind == VALUE_NULL || state->i == RISK_OPEN;
}

/* ---- a household is cleared by somebody who had not seen a risk that is open ---- */

struct searching {
    struct decision *d;
    const struct schema_table *risks;
    struct arena arena;
    int64_t unit;
    struct err *err;
};

static int unseen_risk(void *ctx, const struct feed_entry *e)
{
    struct searching *k = ctx;
    struct stored_row row;
    if (e->moved_out || e->table != k->risks->number || e->home.unit != k->unit || e->csn <= k->d->cs->base) return 0;
    arena_reset(&k->arena);
    int rc = store_row_by_rid(k->d->work->store, k->risks, e->rid, &k->arena, &row, k->err);
    if (rc <= 0 || row.dead || row.row.id.origin == k->d->cs->origin || !is_open(k->risks, row.row.values))
        return rc < 0 ? rc : 0;
    struct value household = *value_of(k->risks, row.row.values, "household");
    struct value *kept = arena_array(&k->d->work->arena, row.row.count + 1, sizeof *kept);
    if (kept == NULL) return err_nomem(k->err);
    for (size_t i = 0; i < row.row.count; i++) kept[i] = row.row.values[i];
    if (household.len && (household.data = arena_copy(&k->d->work->arena, household.data, household.len)) == NULL)
        return err_nomem(k->err);
    kept[schema_column_index(k->risks, schema_column_named(k->risks, "household"))] = household;
    rc = reopen(k->d, k->risks, row.row.id, kept, k->err);
    return rc < 0 ? rc : 1;
}

static int look_for_unseen(struct decision *d, const struct schema_table *risks, const struct pending_row *household,
                           struct err *err)
{
    struct searching k = {.d = d, .risks = risks, .unit = household->row.home.unit, .err = err};
    arena_init(&k.arena, 1024 * 1024);
    int rc = store_feed_of_place(d->work->store, household->row.home.place, d->cs->base, unseen_risk, &k, err);
    arena_free(&k.arena);
    return rc < 0 ? rc : 0;
}

static bool cleared_now(const struct pending_row *p)
{
    const struct value *now = value_of(p->table, p->row.row.values, "monitor_status");
    const struct value *was = p->old_values ? value_of(p->table, p->old_values, "monitor_status") : NULL;
    return !p->row.dead && now->kind == VALUE_INT && now->i == STATUS_CLEARED &&
           !(was && was->kind == VALUE_INT && was->i == STATUS_CLEARED);
}

int clue_reopen(struct decision *d, struct err *err)
{
    const struct schema_table *risks = schema_table_named(d->work->schema, "risk");
    const struct schema_table *households = schema_table_named(d->work->schema, "household");
    int rc = 0;
    for (const struct pending_row *p = d->rows; p && rc == 0; p = p->next) {
        if (p->proposed || p->carried || p->row.dead) continue;
        bool found = p->table == risks && is_open(risks, p->row.row.values) &&
                     (p->is_new || !is_open(risks, p->old_values));
        if (found) rc = reopen(d, risks, p->row.row.id, p->row.row.values, err);
        if (p->table == households && cleared_now(p)) rc = look_for_unseen(d, risks, p, err);
    }
    return rc;
}
