/* check_pending: what the user has just typed stays shown until the server has received it, whatever a pull brings. */
#include "journal.h"
#include "sim.h"

enum { MEMORY = 32 * 1024 * 1024 };

static bool written_later(const struct laptop *l, size_t entry, size_t change, int column)
{
    const struct change *c = &l->log[entry].cs.changes[change];
    for (size_t i = entry; i < l->log_count; i++)
        for (size_t n = i == entry ? change + 1 : 0; n < l->log[i].cs.count; n++) {
            const struct change *d = &l->log[i].cs.changes[n];
            if (d->table != c->table || !row_id_equal(d->id, c->id)) continue;
            if (d->op == CHANGE_DELETE) return true;
            for (size_t k = 0; k < d->count; k++)
                if (d->cells[k].column == column) return true;
        }
    return false;
}

static void shown(struct laptop *l, size_t entry, size_t change, const struct table_row *row)
{
    const struct change *c = &l->log[entry].cs.changes[change];
    const struct schema_table *t = schema_table(l->home->schema, c->table);
    for (size_t i = 0; i < c->count && !l->sim->failed; i++) {
        const struct schema_column *column = schema_column(t, c->cells[i].column);
        if (!column || column->policy == POLICY_SET || written_later(l, entry, change, column->number)) continue;
        const struct value *v = &row->values[schema_column_index(t, column)];
        if (!value_equal(v, &c->cells[i].value))
            check_differs(l->sim, "overlay", l->folder, t, c->id, column->number, &c->cells[i].value, v);
    }
}

/* A pull never hides what is typed here and not received yet. */
void check_pending(struct laptop *l)
{
    struct arena a;
    struct table_row row;
    uint64_t received = 0;
    if (journal_received(l->home, &received, NULL)) return;
    arena_init(&a, MEMORY);
    for (size_t i = received; i < l->log_count && !l->sim->failed; i++)
        for (size_t n = 0; n < l->log[i].cs.count && !l->sim->failed; n++) {
            const struct change *c = &l->log[i].cs.changes[n];
            const struct schema_table *t = schema_table(l->home->schema, c->table);
            if (c->op != CHANGE_SET || !t || table_read(l->home->tables, t, c->id, &a, &row, NULL) != 1) continue;
            shown(l, i, n, &row);
        }
    arena_free(&a);
}
