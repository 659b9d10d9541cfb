/* orders: how each order stands, see report.h. Neighbours: bulletin.c counts by it, `order list` shows it. */
#include "clock.h"
#include "reading.h"
#include "report.h"

enum { ORDER_MAX_REPLIES = 500, ARENA_MAX = 64 * 1024 * 1024 };
enum { SQL_ORDERS, SQL_COUNT };
static const char *const sql_texts[SQL_COUNT] = {
    [SQL_ORDERS] =
        "SELECT o.rid, o.id, o.region, o.kind, o.issued_on, o.due_on, o.closed_on, o.state, o.number, w.no, o.issuer, o.text,"
        " r.rid, r.id, r.date, r.text, w.name, g.name"
        " FROM \"order\" o LEFT JOIN worker w ON w.id = o.worker"
        " LEFT JOIN region g ON g.code = o.region AND g._dead = 0"
        " LEFT JOIN order_reply r ON r.\"order\" = o.id AND r._dead = 0"
        " WHERE o._dead = 0 AND o._place BETWEEN ?1 AND ?2 AND o.issued_on <= ?3"
        " ORDER BY o.issued_on, o.rid, r.date, r.rid",
};
enum { STATE_CLOSED = 2 }; /* codes_order_state */

void report_order_judge(struct report_order *o, int64_t on)
{
    o->in_time = o->late_upload = false;
    o->answered = o->late = 0;
    for (size_t i = 0; i < o->reply_count; i++) {
        struct report_reply *r = &o->replies[i];
        r->in_time = o->due_on == 0 || r->day <= o->due_on;
        r->late_upload = r->in_time && o->due_on != 0 && date_of_ms(r->received_ms) > o->due_on;
        o->in_time |= r->in_time;
        o->late_upload |= r->late_upload;
        o->answered += r->in_time;
        o->late += !r->in_time;
    }
    o->not_in_time = o->due_on != 0 && o->due_on < on && !o->in_time;
    o->standing = o->closed          ? ORDER_CLOSED
                  : o->in_time       ? ORDER_ANSWERED
                  : o->reply_count   ? ORDER_LATE
                  : o->not_in_time   ? ORDER_OVERDUE
                                     : ORDER_OPEN;
}

struct walk {
    struct store *store;
    int64_t on;
    report_order_fn *fn;
    void *ctx;
    struct arena arena;
    struct report_order order;
    int64_t rid; /* of the order at hand; 0: none */
    uint64_t closed_csn; /* when it was closed; 0: not */
    struct err *err;
};

static int text_at(struct walk *w, sqlite3_stmt *st, int column, const char **out)
{
    const unsigned char *text = sqlite3_column_text(st, column);

    *out = text ? arena_copy(&w->arena, text, (size_t)sqlite3_column_bytes(st, column)) : "";
    return *out ? 0 : err_nomem(w->err);
}

static int end_order(struct walk *w)
{
    if (w->rid == 0)
        return 0;
    report_order_judge(&w->order, w->on);
    return w->fn(w->ctx, &w->order);
}

/* Who issued it, and when it was closed, in the server's order. */
static int find_acts(struct walk *w)
{
    const struct schema_table *t = schema_table_named(store_schema(w->store), "order");
    struct changeset_record made = {0};
    struct stored_row row;
    int rc = store_changeset_by_csn(w->store, (uint64_t)w->rid, &made, w->err);

    w->order.issued_by = made.author;
    w->closed_csn = 0;
    if (rc < 0 || !w->order.closed)
        return rc < 0 ? rc : 0;
    rc = store_row_get(w->store, t, w->order.id, &w->arena, &row, w->err);
    for (size_t i = 0; rc > 0 && i < row.mark_count; i++)
        if (row.marks[i].column == schema_column_named(t, "state")->number && row.marks[i].element == 0)
            w->closed_csn = row.marks[i].version.csn;
    return rc < 0 ? rc : 0;
}

static int start_order(struct walk *w, sqlite3_stmt *st)
{
    struct report_order *o = &w->order;
    int rc;

    arena_reset(&w->arena);
    w->rid = sqlite3_column_int64(st, 0);
    *o = (struct report_order){.id = db_id(st, 1), .region = sqlite3_column_int64(st, 2), .kind = sqlite3_column_int64(st, 3),
                               .issued_on = sqlite3_column_int64(st, 4), .due_on = sqlite3_column_int64(st, 5),
                               .closed_on = sqlite3_column_int64(st, 6), .closed = sqlite3_column_int64(st, 7) == STATE_CLOSED};
    o->replies = arena_array(&w->arena, ORDER_MAX_REPLIES, sizeof o->replies[0]);
    if (!o->replies)
        return err_nomem(w->err);
    if ((rc = text_at(w, st, 8, &o->number)) < 0 || (rc = text_at(w, st, 9, &o->worker)) < 0 ||
        (rc = text_at(w, st, 10, &o->issuer)) < 0 || (rc = text_at(w, st, 11, &o->text)) < 0 ||
        (rc = text_at(w, st, 16, &o->worker_name)) < 0 || (rc = text_at(w, st, 17, &o->region_name)) < 0)
        return rc;
    return find_acts(w);
}

/* When the server received what the author had seen; 0: unknown. */
static int find_contact(struct walk *w, uint64_t base, int64_t *ms)
{
    struct changeset_record seen = {0};
    int rc = store_changeset_by_csn(w->store, base, &seen, w->err);

    *ms = rc > 0 ? seen.received_ms : 0;
    return rc;
}

/* A reply was received when the changeset that made its row was; its date is of that laptop's clock, which may be years off. */
static int add_reply(struct walk *w, sqlite3_stmt *st)
{
    struct report_order *o = &w->order;
    struct changeset_record made = {0};
    int64_t rid = sqlite3_column_int64(st, 12);

    if (rid == 0 || o->reply_count == ORDER_MAX_REPLIES)
        return 0;
    int64_t contact_ms = 0;
    int rc = store_changeset_by_csn(w->store, (uint64_t)rid, &made, w->err);
    if (rc >= 0)
        rc = find_contact(w, made.base, &contact_ms);
    if (rc < 0)
        return rc;
    struct report_reply *r = &o->replies[o->reply_count++];
    *r = (struct report_reply){.id = db_id(st, 13), .date = sqlite3_column_int64(st, 14), .author = made.author,
                               .received_ms = made.received_ms,
                               .to_closed = w->closed_csn != 0 && (uint64_t)rid > w->closed_csn};
    const struct clock_facts facts = {.raw = made.stamp, .base_ms = contact_ms, .received_ms = made.received_ms};
    r->day = clock_day(&facts, made.corrected, r->date);
    return text_at(w, st, 15, &r->text);
}

static int walk_rows(struct walk *w, struct db *db, sqlite3_stmt *st)
{
    int rc;

    while ((rc = db_row(db, st, w->err)) > 0) {
        if (sqlite3_column_int64(st, 0) != w->rid && ((rc = end_order(w)) != 0 || (rc = start_order(w, st)) < 0))
            return rc;
        if ((rc = add_reply(w, st)) < 0)
            return rc;
    }
    return rc < 0 ? rc : end_order(w);
}

int report_orders(struct store *reader, int64_t scope, int64_t on, report_order_fn *fn, void *ctx, struct err *err)
{
    struct walk w = {.store = reader, .on = on, .fn = fn, .ctx = ctx, .err = err};
    struct statements *sql;
    struct db *db;
    int rc = report_db(reader, &db, err);

    if (rc < 0 || (rc = statements_open(db, sql_texts, SQL_COUNT, &sql, err)) < 0)
        return rc;
    arena_init(&w.arena, ARENA_MAX);
    sqlite3_stmt *st = statement(sql, SQL_ORDERS, err);
    rc = st ? 0 : ERR_REFUSED;
    if (st) {
        sqlite3_bind_int64(st, 1, scope);
        sqlite3_bind_int64(st, 2, region_last(scope));
        sqlite3_bind_int64(st, 3, on);
        rc = walk_rows(&w, db, st);
        sqlite3_reset(st);
    }
    arena_free(&w.arena);
    statements_close(sql);
    return rc < 0 ? rc : 0;
}

static int count_one(void *ctx, const struct report_order *o)
{
    struct order_counts *n = ctx;

    n->issued++;
    n->in_time += o->in_time;
    n->not_in_time += o->not_in_time;
    return 0;
}

int report_orders_count(struct store *reader, int64_t scope, int64_t on, struct order_counts *out, struct err *err)
{
    *out = (struct order_counts){0};
    return report_orders(reader, scope, on, count_one, out, err);
}
