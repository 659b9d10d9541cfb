/* orders: which orders wait for an answer here, and which answers came late through no fault of their author.
 * Replies are read first, all in one pass: an order has few of them, a laptop few orders. */
#include <stdlib.h>

#include "collect.h"
#include "journal.h"

enum { ROW_BYTES = 1024 * 1024, REPLIES_FIRST = 32 };

struct reply {
    struct row_id order, id;
    int64_t at_ms;
    bool ours, late, seen;
};

struct orders {
    struct collect *c;
    const struct schema_table *order, *reply;
    struct reply *replies;
    size_t count, room;
};

static const struct value *column(const struct schema_table *t, const struct table_row *row, const char *name)
{
    return &row->values[schema_column_index(t, schema_column_named(t, name))];
}

/* ---- replies ---- */

/* By the day that stands on it, as the bulletin counts (server-stub/report/orders.c). */
int inbox_reply_late(struct home *h, const struct schema_table *t, const struct table_row *reply, bool *late,
                     struct err *err)
{
    const struct schema_table *order = schema_table_named(h->schema, "order");
    struct record_status status;
    struct table_row row;
    struct row_id id;
    struct arena arena;
    const struct value *to = column(t, reply, "order"), *date = column(t, reply, "date");
    *late = false;
    if (date->kind != VALUE_INT || to->kind != VALUE_BLOB || row_id_from_bytes(to->data, to->len, &id)) return 0;
    int rc = journal_row_status(h, reply, &status, err);
    if (rc || status.state != RECORD_RECEIVED || !status.received_ms) return rc;
    arena_init(&arena, ROW_BYTES);
    int found = table_read(h->tables, order, id, &arena, &row, err);
    const struct value *due = found == 1 ? column(order, &row, "due_on") : NULL;
    if (due && due->kind == VALUE_INT) *late = date->i <= due->i && date_of_ms(status.received_ms) > due->i;
    arena_free(&arena);
    return found < 0 ? found : 0;
}

static int keep(struct orders *o, const struct reply *r)
{
    if (o->count == o->room) {
        size_t room = o->room ? o->room * 2 : REPLIES_FIRST;
        struct reply *list = realloc(o->replies, room * sizeof *list);
        if (!list) return err_nomem(o->c->err);
        o->replies = list;
        o->room = room;
    }
    o->replies[o->count++] = *r;
    return 0;
}

static int on_reply(void *ctx, const struct table_row *row)
{
    struct orders *o = ctx;
    struct home *h = o->c->h;
    const struct value *to = column(o->reply, row, "order"), *received = &row->system[HOME_RECEIVED];
    struct reply r = {.id = row->id, .at_ms = received->kind == VALUE_INT ? received->i : 0};
    if (to->kind != VALUE_BLOB || row_id_from_bytes(to->data, to->len, &r.order)) return 0;
    r.ours = row->id.origin == h->origin || here_worker(&o->c->here, &row->system[HOME_AUTHOR]);
    int rc = r.ours ? inbox_reply_late(h, o->reply, row, &r.late, o->c->err) : 0;
    if (rc == 0 && r.late) rc = seen_row(h, o->reply, row, &r.seen, o->c->err);
    return rc ? rc : keep(o, &r);
}

static int add_late(struct orders *o)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < o->count; i++) {
        const struct reply *r = &o->replies[i];
        if (!r->late) continue;
        rc = collect_add(o->c, (struct inbox_entry){.kind = INBOX_LATE_REPLY, .table = o->reply, .row = r->id,
                                                    .at_ms = r->at_ms, .done = r->seen});
    }
    return rc;
}

/* ---- orders ---- */

static bool is_closed(const struct schema_table *order, const struct table_row *row)
{
    static const char closed[] = "已办结";
    const struct value *state = column(order, row, "state");
    const struct schema_codes *codes = schema_column_named(order, "state")->codes;
    return state->kind == VALUE_INT && state->i == schema_code_find(codes, closed, sizeof closed - 1);
}

/* By name, to the people of this laptop only; to a region, to whoever is there. What was issued here is not. */
static enum here_reach addressed(const struct orders *o, const struct table_row *row)
{
    const struct value *worker = column(o->order, row, "worker"), *region = column(o->order, row, "region");
    if (row->id.origin == o->c->h->origin || here_worker(&o->c->here, &row->system[HOME_AUTHOR])) return HERE_NOT;
    if (worker->kind == VALUE_BLOB) return here_worker(&o->c->here, worker) ? HERE_EXACTLY : HERE_NOT;
    return region->kind == VALUE_INT ? here_reach(&o->c->here, region->i) : HERE_NOT;
}

static bool answered(const struct orders *o, struct row_id order, bool by_anybody)
{
    for (size_t i = 0; i < o->count; i++) {
        if (row_id_equal(o->replies[i].order, order) && (by_anybody || o->replies[i].ours)) return true;
    }
    return false;
}

static int on_order(void *ctx, const struct table_row *row)
{
    struct orders *o = ctx;
    const struct value *due = column(o->order, row, "due_on"), *received = &row->system[HOME_RECEIVED];
    enum here_reach reach = addressed(o, row);
    if (reach == HERE_NOT || is_closed(o->order, row)) return 0;
    struct inbox_entry e = {.kind = INBOX_ORDER, .table = o->order, .row = row->id, .dated = due->kind == VALUE_INT};
    e.due_on = e.dated ? due->i : 0;
    e.at_ms = received->kind == VALUE_INT ? received->i : 0;
    e.done = answered(o, row->id, reach == HERE_BELOW);
    return collect_add(o->c, e);
}

int collect_orders(struct collect *c)
{
    struct orders o = {.c = c, .order = schema_table_named(c->h->schema, "order"),
                       .reply = schema_table_named(c->h->schema, "order_reply")};
    struct arena arena;
    arena_init(&arena, ROW_BYTES);
    int rc = table_walk(c->h->tables, o.reply, 0, NULL, NULL, 0, &arena, on_reply, &o, c->err);
    if (rc == 0) rc = add_late(&o);
    if (rc == 0) rc = table_walk(c->h->tables, o.order, 0, NULL, NULL, 0, &arena, on_order, &o, c->err);
    arena_free(&arena);
    free(o.replies);
    return rc;
}
