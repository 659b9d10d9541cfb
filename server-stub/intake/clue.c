/* clue: a risk found on a household whose risk was removed opens a clue for 回退 — by the laptop when it knows, else
 * here: the one who found it may not have known that the county had cleared the household. */
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

static int put_clue(struct decision *d, const struct pending_row *risk, const struct stored_row *household, struct err *err)
{
    struct work *w = d->work;
    const struct schema_table *t = schema_table_named(w->schema, "clue"), *th = schema_table_named(w->schema, "household");
    const struct value *found_on = value_of(risk->table, risk->row.row.values, "found_on");
    static const char detail[] = "风险消除户新增风险，系统登记";
    uint8_t *id = arena_alloc(&w->arena, ROW_ID_BYTES);
    if (id == NULL) return err_nomem(err);
    row_id_to_bytes(risk->row.row.id, id);
    struct cell cells[] = {
        {.column = 1, .value = *value_of(th, household->row.values, "village")},
        {.column = 2, .value = *value_of(risk->table, risk->row.row.values, "household")},
        {.column = 4, .value = *found_on},
        {.column = 5, .value = value_int(CLUE_FELL_BACK)},
        {.column = 6, .value = value_blob(id, ROW_ID_BYTES)},
        {.column = 7, .value = value_int(due_decision(found_on->i))},
        {.column = 10, .value = value_text(detail, sizeof detail - 1)},
    };
    return own_put(w, t, cells, sizeof cells / sizeof cells[0], err);
}

/* Only one clue a household and push. */
static bool told_already(const struct decision *d, const struct value *household)
{
    const struct own *o = &d->work->own;
    const struct schema_table *t = schema_table_named(d->work->schema, "clue");
    for (size_t i = 0; i < o->count; i++)
        if (o->changes[i].table == t->number && o->changes[i].count > 1 &&
            value_equal(&o->changes[i].cells[1].value, household))
            return true;
    return false;
}

static int reopen(struct decision *d, const struct pending_row *risk, struct err *err)
{
    struct work *w = d->work;
    const struct schema_table *th = schema_table_named(w->schema, "household");
    const struct value *ref = value_of(risk->table, risk->row.row.values, "household");
    struct stored_row household;
    struct row_id id;
    bool open = true;
    if (ref->kind != VALUE_BLOB || row_id_from_bytes(ref->data, ref->len, &id) != 0 || told_already(d, ref)) return 0;
    int rc = store_row_get(w->store, th, id, &w->arena, &household, err);
    if (rc != 1) return rc;
    const struct value *status = value_of(th, household.row.values, "monitor_status");
    if (household.dead || status->kind != VALUE_INT || status->i != STATUS_CLEARED) return 0;
    rc = has_open_clue(d, household.home, &open, err);
    return rc == 0 && !open ? put_clue(d, risk, &household, err) : rc;
}

int clue_reopen(struct decision *d, struct err *err)
{
    const struct schema_table *t = schema_table_named(d->work->schema, "risk");
    int rc = 0;
    for (const struct pending_row *p = d->rows; p && rc == 0; p = p->next) {
        if (p->table != t || !p->is_new || p->proposed) continue;
        const struct value *state = value_of(t, p->row.row.values, "state");
        if (state->kind == VALUE_NULL || state->i == RISK_OPEN) rc = reopen(d, p, err);
    }
    return rc;
}
