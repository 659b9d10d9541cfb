/* carry: what goes along when a row moves that others hang on. A household takes its members, visits, risks and all the
 * rest to another village; a member takes its jobs and events to another household. What this changeset makes or changes
 * itself is re-homed where it stands, what is only stored is carried (decide_carry): with a csn of its own, so that the new
 * place is sent it whole. Graves go along, too: what hangs on them does.
 *
 * In waves, a level of the tables each: what was carried takes along what hangs on it in turn. A wave walks each place that
 * it leaves once, however many households leave it. */
#include <stdlib.h>

#include "work.h"

enum { ROW_ARENA = 1024 * 1024 };

/* The rows of one wave, by id; and of the place at hand the units that they leave, ascending. */
struct wave {
    struct decision *d;
    const struct pending_row **movers;
    size_t count;
    int64_t place, *units;
    size_t unit_count;
    struct arena arena; /* for looking at a row */
    struct err *err;
};

bool place_moved(const struct pending_row *p)
{
    return !p->is_new && (p->row.home.place != p->old_home.place || p->row.home.unit != p->old_home.unit);
}

/* ---- what the changeset touches ---- */

/* The row it hangs on, by its PARENT cell; null: on none. */
static struct row_id parent_id(const struct schema_column *parent, const struct schema_table *t, const struct value *values)
{
    struct row_id id = {0};
    if (parent == NULL) return id;
    const struct value *v = &values[schema_column_index(t, parent)];
    return v->kind == VALUE_BLOB && row_id_from_bytes(v->data, v->len, &id) == 0 ? id : (struct row_id){0};
}

static int compare(int table, struct row_id id, const struct pending_row *p)
{
    struct row_id other = p->row.row.id;
    if (table != p->table->number) return table < p->table->number ? -1 : 1;
    if (id.origin != other.origin) return id.origin < other.origin ? -1 : 1;
    return id.number < other.number ? -1 : id.number > other.number;
}

static const struct pending_row *mover_named(const struct wave *w, int table, struct row_id id)
{
    size_t lo = 0, hi = w->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = compare(table, id, w->movers[mid]);
        if (order == 0) return w->movers[mid];
        if (order < 0) hi = mid;
        else lo = mid + 1;
    }
    return NULL;
}

/* Rows that the changeset touches go where the row is that they hang on: one of it, parents before children, or one
 * that is carried. */
static void rehome_touched(struct decision *d, const struct wave *carried)
{
    for (struct pending_row *p = d->rows; p; p = p->next) {
        const struct schema_column *parent = p->carried ? NULL : schema_flagged(p->table, COLUMN_PARENT);
        struct row_id id = parent_id(parent, p->table, p->row.row.values);
        if (row_id_is_null(id)) continue;
        const struct pending_row *above = *decide_slot(d, parent->ref, id);
        if (above == NULL && carried != NULL) above = mover_named(carried, parent->ref, id);
        if (above != NULL && !above->proposed) p->row.home = above->row.home;
    }
}

/* ---- what is only stored ---- */

static int by_unit(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int by_id(const void *a, const void *b)
{
    const struct pending_row *x = *(const struct pending_row *const *)a;
    return compare(x->table->number, x->row.row.id, *(const struct pending_row *const *)b);
}

static int carry_entry(void *ctx, const struct feed_entry *e)
{
    struct wave *w = ctx;
    const struct schema_table *t = schema_table(w->d->work->schema, e->table);
    const struct schema_column *parent = t ? schema_flagged(t, COLUMN_PARENT) : NULL;
    struct stored_row row;
    if (e->moved_out || !parent || !bsearch(&e->home.unit, w->units, w->unit_count, sizeof w->units[0], by_unit)) return 0;
    arena_reset(&w->arena);
    int rc = store_row_by_rid(w->d->work->store, t, e->rid, &w->arena, &row, w->err);
    if (rc <= 0) return rc;
    struct row_id id = parent_id(parent, t, row.row.values);
    const struct pending_row *above = row_id_is_null(id) ? NULL : mover_named(w, parent->ref, id);
    if (!above || above->old_home.place != w->place || above->old_home.unit != e->home.unit) return 0;
    return decide_carry(w->d, t, &row.row, e->home, above->row.home, w->err);
}

static bool has_children(const struct decision *d, const struct schema_table *t)
{
    for (size_t i = 0; i < d->work->schema->count; i++) {
        const struct schema_column *parent = schema_flagged(&d->work->schema->tables[i], COLUMN_PARENT);
        if (parent && parent->ref == t->number) return true;
    }
    return false;
}

static int gather(struct wave *w, const struct pending_row *from)
{
    struct decision *d = w->d;
    size_t n = 0;
    for (const struct pending_row *p = from; p; p = p->next) n += place_moved(p) && has_children(d, p->table);
    w->count = 0;
    w->movers = arena_array(&d->work->arena, n + 1, sizeof *w->movers);
    w->units = arena_array(&d->work->arena, n + 1, sizeof *w->units);
    if (w->movers == NULL || w->units == NULL) return err_nomem(w->err);
    for (const struct pending_row *p = from; p; p = p->next) /* one that moved and died takes them along, too */
        if (place_moved(p) && has_children(d, p->table)) w->movers[w->count++] = p;
    qsort(w->movers, w->count, sizeof w->movers[0], by_id);
    return 0;
}

static int walk_place(struct wave *w, int64_t place)
{
    w->place = place;
    w->unit_count = 0;
    for (size_t i = 0; i < w->count; i++)
        if (w->movers[i]->old_home.place == place) w->units[w->unit_count++] = w->movers[i]->old_home.unit;
    qsort(w->units, w->unit_count, sizeof w->units[0], by_unit);
    arena_init(&w->arena, ROW_ARENA);
    int rc = store_feed_of_place(w->d->work->store, place, 0, carry_entry, w, w->err);
    arena_free(&w->arena);
    return rc;
}

static bool walked(const struct wave *w, size_t until)
{
    for (size_t i = 0; i < until; i++)
        if (w->movers[i]->old_home.place == w->movers[until]->old_home.place) return true;
    return false;
}

int place_carry(struct decision *d, struct err *err)
{
    enum { DEPTH = 3 }; /* household, member, job */
    struct wave w = {.d = d, .err = err};
    struct pending_row **from = &d->rows;
    int rc = 0;
    for (int i = 0; i < DEPTH; i++) rehome_touched(d, NULL);
    do {
        struct pending_row **end = d->rows_end;
        rc = gather(&w, *from);
        for (size_t i = 0; i < w.count && rc == 0; i++)
            if (!walked(&w, i)) rc = walk_place(&w, w.movers[i]->old_home.place);
        if (rc == 0 && from != &d->rows && w.count) rehome_touched(d, &w);
        from = end;
    } while (rc == 0 && *from != NULL);
    return rc;
}
