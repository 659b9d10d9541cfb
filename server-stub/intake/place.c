/* place: where a row lives — region and household (struct row_home): from its own village, or from the row it hangs on,
 * in this changeset or in the store. carry.c sees to what hangs on a row that moves. */
#include <stdio.h>

#include "work.h"

static const struct value *cell_of(const struct pending_row *p, const struct schema_column *c)
{
    return &p->row.row.values[schema_column_index(p->table, c)];
}

static bool is_household(const struct decision *d, const struct schema_table *t)
{
    return t == schema_table_named(d->work->schema, "household");
}

/* The home of the row named by a PARENT cell: in this changeset, or in the store. 1 found, 0 not, negative. */
static int home_of_parent(struct decision *d, struct pending_row *p, const struct schema_column *c,
                          const struct value *v, struct err *err)
{
    struct row_id id;
    if (v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id) != 0) return 0;
    const struct pending_row *parent = *decide_slot(d, c->ref, id);
    if (parent == NULL)
        return store_row_home(d->work->store, schema_table(d->work->schema, c->ref), id, &p->row.home, err);
    if (parent->proposed && !p->is_new) return 0;
    p->row.home = parent->row.home;
    p->proposed = p->proposed || parent->proposed;
    return 1;
}

static int64_t own_unit(const struct decision *d, const struct pending_row *p, const struct schema_column *parent)
{
    if (is_household(d, p->table)) return p->is_new ? (int64_t)(PENDING | p->made_by) : p->row.row.rid;
    return parent ? UNIT_PLACE_ONLY : UNIT_COMMON;
}

static const struct schema_table *region_table(const struct decision *d)
{
    return schema_table_named(d->work->schema, "region");
}

/* A laptop that was away may still give a village's old code: what it writes there lives where the village went. The
 * cell stays as it was written. */
static int follow_merger(struct decision *d, struct pending_row *p, struct err *err)
{
    enum { MERGERS = 8 }; /* one after the other */
    const struct schema_table *t = region_table(d);
    const struct schema_column *merged = schema_column_named(t, "merged_into");
    char code[24];
    int rc = 1;
    for (int i = 0; i < MERGERS && rc == 1 && p->row.home.place > 0 && merged; i++) {
        struct stored_row region;
        struct row_id id;
        int n = snprintf(code, sizeof code, "%012lld", (long long)p->row.home.place);
        rc = store_row_find(d->work->store, t, code, (size_t)n, &id, err);
        if (rc == 1) rc = store_row_get(d->work->store, t, id, &d->work->arena, &region, err);
        if (rc != 1) break;
        const struct value *into = &region.row.values[schema_column_index(t, merged)];
        if (region.dead || into->kind != VALUE_INT) break;
        p->row.home.place = into->i;
    }
    return rc < 0 ? rc : 0;
}

int place_find(struct decision *d, size_t i, struct pending_row *p, struct err *err)
{
    const struct schema_column *place = schema_flagged(p->table, COLUMN_PLACE);
    const struct schema_column *parent = schema_flagged(p->table, COLUMN_PARENT);
    bool has_parent = parent != NULL && cell_of(p, parent)->kind != VALUE_NULL;
    if (!has_parent && place != NULL && cell_of(p, place)->kind == VALUE_INT) {
        p->row.home = (struct row_home){cell_of(p, place)->i, own_unit(d, p, parent)};
        return p->table != region_table(d) ? follow_merger(d, p, err) : 0;
    }
    int rc = has_parent ? home_of_parent(d, p, parent, cell_of(p, parent), err) : 0;
    if (rc < 0) return rc;
    if (rc == 0)
        return decide_unfit(d, i, "所属的记录不存在，找不到所在地", "the row it belongs to does not exist, so it has no place");
    return 0;
}

/* The cells of a change that say where the row lives, into a copy of it. 1 there are such. */
static int put_homing(struct decision *d, const struct change *c, struct pending_row *as, struct err *err)
{
    struct table_row *row = &as->row.row;
    const struct value *before = row->values;
    int rc = as->is_new ? table_row_new(as->table, &d->work->arena, row, err) : 0, any = 0;
    if (rc == 0 && !as->is_new && (row->values = arena_array(&d->work->arena, row->count + 1, sizeof *row->values)) == NULL)
        rc = err_nomem(err);
    for (size_t i = 0; i < row->count && rc == 0 && !as->is_new; i++) row->values[i] = before[i];
    for (size_t i = 0; i < c->count && rc == 0; i++) {
        const struct schema_column *column = schema_column(as->table, c->cells[i].column);
        if (column == NULL || !(column->flags & (COLUMN_PLACE | COLUMN_PARENT))) continue;
        row->values[schema_column_index(as->table, column)] = c->cells[i].value;
        any = 1;
    }
    return rc < 0 ? rc : any;
}

int place_wanted(struct decision *d, size_t i, const struct pending_row *p, struct row_home *home, struct err *err)
{
    struct pending_row as = *p;
    int rc = d->cs->changes[i].op == CHANGE_DELETE ? 0 : put_homing(d, &d->cs->changes[i], &as, err);
    int unfit = rc == 1 ? place_find(d, i, &as, err) : 0; /* that it is will be seen when it counts */
    *home = as.row.home;
    return unfit < 0 ? unfit : unfit == UNFIT ? 0 : rc;
}
