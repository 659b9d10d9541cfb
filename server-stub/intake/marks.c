/* marks: what a supervisor should know of a changeset that is stored and credited all the same — a wrong clock, an
 * author who had left, a household he does not hold, a reply that came late,
 * or to an order that was closed. Read only; see enum changeset_mark. */
#include <string.h>

#include "work.h"

enum { MOST_STEPS = 4 }; /* member event → member → household */

static const struct value *value_named(const struct pending_row *p, const char *column)
{
    const struct schema_column *c = schema_column_named(p->table, column);
    return &p->row.row.values[schema_column_index(p->table, c)];
}

static bool covers(const struct device *device, int64_t place)
{
    for (size_t i = 0; device && i < device->place_count; i++) {
        if (region_covers(device->places[i], place)) return true;
    }
    return false;
}

/* The row that a parent cell names: of this changeset, or stored. 1 found, 0 not, negative. */
static int parent_row(struct decision *d, const struct schema_table *t, const struct table_row *row,
                      const struct schema_table **of, struct stored_row *out, struct err *err)
{
    const struct schema_column *c = schema_flagged(t, COLUMN_PARENT);
    struct row_id id;
    if (c == NULL) return 0;
    const struct value *v = &row->values[schema_column_index(t, c)];
    if (v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id) != 0) return 0;
    *of = schema_table(d->work->schema, c->ref);
    const struct pending_row *p = *decide_slot(d, c->ref, id);
    if (p == NULL) return store_row_get(d->work->store, *of, id, &d->work->arena, out, err);
    *out = p->row;
    return 1;
}

/* The household that the row hangs on. 1 found, 0 it hangs on none, negative. */
static int household_of(struct decision *d, const struct pending_row *p, struct row_id *id, struct err *err)
{
    const struct schema_table *t = p->table;
    struct stored_row row = p->row;
    for (int i = 0; i < MOST_STEPS; i++) {
        if (strcmp(t->name, "household") == 0) {
            *id = row.row.id;
            return 1;
        }
        struct table_row child = row.row;
        int rc = parent_row(d, t, &child, &t, &row, err);
        if (rc != 1) return rc;
    }
    return 0;
}

/* 1 the author's work, 0 somebody else's, negative. */
static int holds(struct decision *d, const struct device *device, const struct pending_row *p, struct err *err)
{
    struct row_id household;
    if (p->carried || covers(device, p->row.home.place)) return 1;
    int rc = household_of(d, p, &household, err);
    if (rc != 1) return rc < 0 ? rc : 1;
    return store_is_assigned(d->work->store, household, d->cs->author, d->incoming.observed, err);
}

static int not_holder(struct decision *d, const struct device *device, unsigned *marks, struct err *err)
{
    int rc = 1;
    for (const struct pending_row *p = d->rows; p && rc == 1; p = p->next) rc = holds(d, device, p, err);
    if (rc == 0) *marks |= MARK_NOT_HOLDER;
    return rc < 0 ? rc : 0;
}

/* A reply is of the day that stands on it, by the server's clock. */
static unsigned reply_marks(const struct decision *d, const struct clock_facts *f, int64_t date, const struct value *due)
{
    if (due->kind != VALUE_INT) return 0;
    if (clock_day(f, d->incoming.stamp, date) > due->i) return MARK_OVERDUE_REPLY;
    return date_of_ms(d->received_ms) > due->i ? MARK_LATE_REPLY : 0;
}

/* In time and received after; late; to an order that is closed: its issuer waits for no more. */
static int mark_reply(struct decision *d, const struct clock_facts *f, const struct pending_row *p, unsigned *marks,
                      struct err *err)
{
    enum { STATE_CLOSED = 2 }; /* codes_order_state */
    const struct schema_table *order;
    struct stored_row row;
    if (!p->is_new || strcmp(p->table->name, "order_reply") != 0) return 0;
    int rc = parent_row(d, p->table, &p->row.row, &order, &row, err);
    if (rc != 1) return rc;
    const struct value *due = &row.row.values[schema_column_index(order, schema_column_named(order, "due_on"))];
    const struct value *state = &row.row.values[schema_column_index(order, schema_column_named(order, "state"))];
    const struct value *date = value_named(p, "date");
    if (date->kind == VALUE_INT) *marks |= reply_marks(d, f, date->i, due);
    if (state->kind == VALUE_INT && state->i == STATE_CLOSED) *marks |= MARK_CLOSED_ORDER;
    return 0;
}

int marks_find(struct decision *d, const struct clock_facts *f, unsigned *marks, struct err *err)
{
    const struct author *a = &d->work->author;
    const struct device *device;
    if (d->ruling) return 0;
    int rc = author_device(d, &device, err);
    if (!a->known) *marks |= MARK_UNKNOWN_AUTHOR;
    if (a->active_to < d->incoming.observed) *marks |= MARK_LEFT;
    if (rc == 0 && device && device->revoked_ms) *marks |= MARK_REVOKED;
    if (rc == 0 && device && device->worker_count && a->known && !author_of_device(device, a->no)) *marks |= MARK_NOT_OF_LAPTOP;
    if (rc == 0) rc = not_holder(d, device, marks, err);
    for (const struct pending_row *p = d->rows; p && rc == 0; p = p->next) rc = mark_reply(d, f, p, marks, err);
    return rc;
}
