/* log: the consolidated log for supervisors — the same feed and cursor as pull, over a wider scope, as text.
 * Neighbours: told.c (rows), line.c (their text). Invariant: memory is one row and one piece of output.
 *
 *   the row, for a reader who stands at `since`        op
 *   was not there, or not in the scope                 put
 *   was there, in the scope                            amend
 *   is dead                                            delete
 *   was in the scope and is not any more               leave: it lives on elsewhere */
#include "outflow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

enum { ARENA_MAX = 16 * 1024 * 1024, PIECE = 64 * 1024, OUT_MAX = 4 * 1024 * 1024, NAMES = 4096 };

/* Worker and household numbers, by row id: direct-mapped, because a village's people come together. */
struct name_slot {
    struct row_id id;
    char text[100];
};

struct log_run {
    struct store *s;
    const struct log_request *q;
    const struct schema_table *table; /* CSV's, or NULL */
    log_write_fn *write;
    void *ctx;
    struct arena arena, names_arena;
    struct told_cache cache;
    struct name_slot *names;
    struct buf out;
    struct csv_writer csv;
    struct err *err;
};

/* ---- names ---- */

static int read_key(struct log_run *r, const struct schema_table *t, struct row_id id, struct name_slot *slot)
{
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    struct stored_row row;

    arena_reset(&r->names_arena);
    int rc = store_row_get(r->s, t, id, &r->names_arena, &row, r->err);
    if (rc < 0)
        return rc;
    slot->id = id;
    slot->text[0] = '\0';
    const struct value *v = rc && key ? &row.row.values[schema_column_index(t, key)] : NULL;
    if (v && v->kind == VALUE_TEXT && v->len < sizeof slot->text) {
        memcpy(slot->text, v->data, v->len);
        slot->text[v->len] = '\0';
    }
    return 0;
}

/* The natural key of a row of table `name`: "" when there is none. Borrowed until the next call. */
static int name_of(struct log_run *r, const char *name, struct row_id id, const char **text)
{
    const struct schema_table *t = schema_table_named(store_schema(r->s), name);
    int rc = 0;

    *text = "";
    if (row_id_is_null(id) || !t)
        return 0;
    struct name_slot *slot = &r->names[(id.origin ^ id.number * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (NAMES - 1)];
    if (!row_id_equal(slot->id, id))
        rc = read_key(r, t, id, slot);
    *text = slot->text;
    return rc;
}

static int household_of(struct log_run *r, const struct told *t, const char **text)
{
    const struct schema_column *c = schema_column_named(t->table, "household");
    struct row_id id = {0};

    *text = "";
    if (!c || c->type != TYPE_REF)
        return 0;
    const struct value *v = &t->row.row.values[schema_column_index(t->table, c)];
    if (v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id) < 0)
        return 0;
    return name_of(r, "household", id, text);
}

/* ---- lines ---- */

static int flush(struct log_run *r, size_t from)
{
    int rc = 0;

    if (r->out.failed)
        return err_nomem(r->err);
    if (r->out.len >= from && r->out.len > 0) {
        rc = r->write(r->ctx, r->out.data, r->out.len);
        if (rc < 0)
            err_set(r->err, rc, "写出失败", "writing the output failed");
        buf_reset(&r->out);
    }
    return rc;
}

static bool in_scope(const struct log_run *r, int64_t place)
{
    return region_covers(r->q->scope, place);
}

/* 1 and *op, 0 nothing to tell the reader, negative. */
static int op_of(struct log_run *r, const struct feed_entry *e, const struct told *t, const char **op)
{
    bool known = (uint64_t)t->row.row.rid <= r->q->since;
    struct feed_entry left;
    int rc = known ? store_feed_left(r->s, e->table, e->rid, r->q->since, &left, r->err) : 0;

    if (rc < 0)
        return rc;
    bool was_in = known && (rc == 0 || in_scope(r, left.home.place));
    if (e->moved_out) {
        *op = "leave";
        return was_in && left.csn == e->csn && !in_scope(r, t->row.home.place);
    }
    *op = t->row.dead ? "delete" : was_in ? "amend" : "put";
    return 1;
}

static int tell(struct log_run *r, const struct feed_entry *e, const struct told *t)
{
    char author[100]; /* both names may fall on one slot */
    const char *text;
    struct line line = {.told = t, .csn = e->csn, .author = author};
    int rc = op_of(r, e, t, &line.op);

    if (rc <= 0 || (rc = name_of(r, "worker", t->author, &text)) < 0)
        return rc;
    line.bare = t->row.dead || e->moved_out;
    memcpy(author, text, strlen(text) + 1);
    if ((rc = household_of(r, t, &line.household_no)) < 0)
        return rc;
    if (r->q->format == LOG_CSV)
        line_csv(&line, &r->csv);
    else
        line_json(&line, &r->out);
    return flush(r, PIECE);
}

static int each(void *ctx, const struct feed_entry *e)
{
    struct log_run *r = ctx;
    struct told t;

    if (!in_scope(r, e->home.place) || (r->table && e->table != r->table->number))
        return 0;
    arena_reset(&r->arena);
    int rc = told_read(r->s, e, &r->cache, &r->arena, &t, r->err);
    return rc <= 0 ? rc : tell(r, e, &t);
}

/* ---- the whole ---- */

static int run(struct log_run *r, uint64_t *cursor)
{
    int rc = store_head(r->s, cursor, r->err);

    if (rc < 0)
        return rc;
    if (r->q->since > *cursor)
        return err_set(r->err, ERR_REFUSED, "游标 %" PRIu64 " 在服务器日志末尾 %" PRIu64 " 之后：它来自另一个或已恢复的服务器",
                       "cursor %" PRIu64 " is past the end of the server's log, %" PRIu64
                       ": it is of another server, or of one since restored", r->q->since, *cursor);
    if (r->q->format == LOG_CSV) {
        csv_put_bom(&r->csv);
        line_csv_header(r->table, &r->csv);
    }
    if ((rc = store_feed(r->s, r->q->since, each, r, r->err)) < 0)
        return rc;
    if (r->q->format == LOG_NDJSON)
        buf_printf(&r->out, "{\"cursor\":\"%" PRIu64 "\"}\n", *cursor);
    return flush(r, 0);
}

static int pick_table(struct log_run *r)
{
    const struct schema *schema = store_schema(r->s);

    if (r->q->table)
        r->table = schema_table(schema, r->q->table);
    else if (r->q->format == LOG_CSV)
        r->table = schema_table_named(schema, "visit");
    else
        return 0;
    return r->table ? 0 : err_set(r->err, ERR_REFUSED, "没有这个表", "there is no such table");
}

int outflow_log(struct store *reader, const struct log_request *q, log_write_fn *write, void *ctx, uint64_t *cursor,
                struct err *err)
{
    struct log_run r = {.s = reader, .q = q, .cache.intervals = true, .write = write, .ctx = ctx, .err = err};
    int rc;

    arena_init(&r.arena, ARENA_MAX);
    arena_init(&r.names_arena, ARENA_MAX);
    buf_init(&r.out, OUT_MAX);
    r.csv = (struct csv_writer){.out = &r.out, .neutralise = true};
    r.names = calloc(NAMES, sizeof r.names[0]);
    rc = r.names ? pick_table(&r) : err_nomem(err);
    if (rc >= 0)
        rc = store_begin_read(reader, err);
    if (rc >= 0) {
        rc = run(&r, cursor);
        store_end(reader);
    }
    free(r.names);
    buf_free(&r.out);
    arena_free(&r.names_arena);
    arena_free(&r.arena);
    return rc < 0 ? rc : 0;
}
