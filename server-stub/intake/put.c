/* put: a row that a changeset makes — may its author, is its name free, where would it live; see the table above decide.c.
 * Writes nothing. */
#include "work.h"

static bool may_write_new(const struct decision *d, const struct schema_column *c)
{
    return c == NULL || c->policy != POLICY_AUTHORITY || d->level >= c->level ||
           (c->flags & (COLUMN_REQUIRED | COLUMN_PLACE | COLUMN_KEY)) != 0;
}

/* Cells that count go into the row; the others are proposed once the row's place is known. */
static int fill_row(struct decision *d, const struct change *c, struct pending_row *p, struct err *err)
{
    struct arena *a = &d->work->arena;
    const struct schema_table *t = p->table;
    struct row_id id = p->row.row.id;
    int rc = table_row_new(t, a, &p->row.row, err);
    p->row.row.id = id;
    for (size_t i = 0; i < c->count && rc == 0; i++) {
        const struct schema_column *column = schema_column(t, c->cells[i].column);
        if (!may_write_new(d, column)) continue;
        if (column != NULL)
            p->row.row.values[schema_column_index(t, column)] = c->cells[i].value;
        else
            rc = table_row_put_cells(t, &p->row.row, &c->cells[i], 1, a, err);
    }
    return rc;
}

static int check_required(struct decision *d, size_t i, const struct pending_row *p)
{
    for (size_t k = 0; k < p->table->count; k++) {
        const struct schema_column *c = &p->table->columns[k];
        bool known = c->since <= d->cs->schema; /* an older program could not have asked for it */
        if ((c->flags & COLUMN_REQUIRED) && known && p->row.row.values[k].kind == VALUE_NULL)
            return decide_unfit(d, i, "缺少必填项", "a required column is missing");
    }
    return 0;
}

static int propose_cells(struct decision *d, const struct change *c, const struct pending_row *p, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < c->count && rc == 0; i++) {
        if (!may_write_new(d, schema_column(p->table, c->cells[i].column)))
            rc = decide_propose(d, p, REASON_NO_AUTHORITY, c->cells[i].column, &c->cells[i].value, err);
    }
    return rc;
}

static int propose_row(struct decision *d, const struct change *c, const struct pending_row *p, struct err *err)
{
    struct work *w = d->work;
    buf_reset(&w->scratch);
    int rc = cells_encode(c->cells, c->count, &w->scratch, err);
    const void *bytes = rc == 0 ? arena_copy(&w->arena, w->scratch.data, w->scratch.len) : NULL;
    if (rc == 0 && bytes == NULL) rc = err_nomem(err);
    struct value v = value_blob(bytes, w->scratch.len);
    return rc == 0 ? decide_propose(d, p, REASON_NO_AUTHORITY, 0, &v, err) : rc;
}

/* An id that follows from the log's place is free unless somebody has forged one: the store's uniqueness would
 * refuse it then, and batch.c takes the push again, carefully. */
static int check_free(struct decision *d, size_t i, const struct schema_table *t, struct row_id id, struct err *err)
{
    struct row_home home;
    const struct changeset *cs = d->cs;
    if (row_id_is_null(id)) return decide_unfit(d, i, "记录编号无效", "the row's id is not valid");
    /* A row is named after its place in its maker's log: nobody may take another's names, or its own to come. But the
     * office makes a row that was proposed under the name that its proposer gave it. */
    bool office = cs->origin == store_server_origin(d->work->store) && id.origin != cs->origin;
    if (cs->changes[i].explicit_id && !office && (id.origin != cs->origin || id.number >> ROW_INDEX_BITS > cs->seq))
        return decide_unfit(d, i, "记录编号不是本机的", "the row's id is not this installation's to give");
    if (!d->work->careful && !d->cs->changes[i].explicit_id) return 0;
    int rc = *decide_slot(d, t->number, id) ? 1 : store_row_home(d->work->store, t, id, &home, err);
    return rc == 1 ? decide_unfit(d, i, "该编号的记录已存在", "a row with this id exists already") : rc;
}

/* A put that names a row which has been deleted: what it says is kept under the one who deleted. 1 it is so. */
static int put_on_grave(struct decision *d, size_t i, const struct schema_table *t, struct err *err)
{
    const struct change *c = &d->cs->changes[i];
    struct pending_row *p = NULL;
    struct row_home home;
    if (*decide_slot(d, t->number, c->id) == NULL) {
        int rc = store_row_home(d->work->store, t, c->id, &home, err);
        if (rc != 1) return rc;
    }
    int rc = decide_find(d, i, t, &p, err);
    if (rc != 0 || !p->row.dead) return rc;
    rc = decide_made(d, p, err);
    if (rc == 0) rc = cells_check(d, i, t);
    p->last_change = i;
    if (rc == 0) rc = grave_lose(d, p, c, err);
    return rc == 0 ? 1 : rc;
}

int put_decide(struct decision *d, size_t i, const struct schema_table *t, struct err *err)
{
    const struct change *c = &d->cs->changes[i];
    struct row_id id = c->explicit_id ? c->id : row_id_make(d->cs->origin, d->cs->seq, (unsigned)i);
    struct pending_row *p = NULL;
    int rc = c->explicit_id && !row_id_is_null(id) ? put_on_grave(d, i, t, err) : 0;
    if (rc != 0) return rc == 1 ? 0 : rc;
    rc = check_free(d, i, t, id, err);
    if (rc == 0) rc = cells_check(d, i, t);
    if (rc == 0) rc = decide_add(d, t, id, &p, err);
    if (rc != 0) return rc;
    p->is_new = p->made_known = true;
    p->made_by = p->last_change = i;
    p->made = d->incoming;
    rc = author_at(d, i, p, err);
    p->proposed = t->level > d->level;
    if (rc == 0) rc = fill_row(d, c, p, err);
    if (rc == 0) rc = check_required(d, i, p);
    if (rc == 0) rc = place_find(d, i, p, err);
    if (rc == 0) rc = p->proposed ? propose_row(d, c, p, err) : propose_cells(d, c, p, err);
    if (rc == 0) decide_keep(d, p);
    return rc;
}
