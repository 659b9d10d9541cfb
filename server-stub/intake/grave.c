/* grave: what is lost to a deletion — what comes after it, and what its author had not seen when he deleted. Both can be
 * read in the ledger, under the one who deleted. Neighbours: decide.c (who may delete), sets.c (elements of sets). */
#include "work.h"

static const struct merge_result lost_to_it = {MERGE_KEEP, REASON_ROW_DELETED, false};

/* SET on a grave, or a PUT that names one: what was meant is kept. */
int grave_lose(struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < c->count && rc == 0; i++)
        rc = decide_note(d, p, LEDGER_LOST, lost_to_it, c->cells[i].column, &c->cells[i].value, &d->incoming,
                         cells_version(p, 0, ROW_DELETED), err);
    return rc;
}

static const struct value *value_at(const struct pending_row *p, int column)
{
    const struct schema_column *c = schema_column(p->table, column);
    if (c != NULL) return &p->row.row.values[schema_column_index(p->table, c)];
    for (size_t i = 0; i < p->row.row.extra_count; i++)
        if (p->row.row.extra[i].column == column) return &p->row.row.extra[i].value;
    return NULL;
}

static bool is_set(const struct schema_column *c)
{
    return c->policy == POLICY_SET;
}

/* Cells that are not sets: each has one mark of its own, element 0. */
static int bury_cells(struct decision *d, struct pending_row *p, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < p->row.mark_count && rc == 0; i++) {
        const struct cell_mark *m = &p->row.marks[i];
        const struct schema_column *c = schema_column(p->table, m->column);
        const struct value *v = value_at(p, m->column);
        struct merge_input in = cells_input(d, p, c, v, &m->version, NULL);
        if (m->column == 0 || m->element != 0 || v == NULL || (c && is_set(c)) || merge_saw(&in)) continue;
        rc = decide_note(d, p, LEDGER_LOST, lost_to_it, m->column, v, &m->version, &d->incoming, err);
    }
    return rc;
}

/* Before the row is dead. What the deletion's author had seen he meant to be gone; the rest he could not mean. */
int grave_bury(struct decision *d, struct pending_row *p, struct err *err)
{
    int rc = bury_cells(d, p, err);
    for (size_t i = 0; i < p->table->count && rc == 0; i++) {
        const struct schema_column *c = &p->table->columns[i];
        if (is_set(c)) rc = sets_bury(d, p, c, &p->row.row.values[i], err);
    }
    p->row.dead = true;
    return rc == 0 ? cells_mark(d, p, 0, ROW_DELETED, &d->incoming, err) : rc; /* column 0: who deleted it */
}
