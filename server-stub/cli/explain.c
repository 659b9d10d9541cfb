/* explain: see explain.h. */
#include "explain.h"

#include <inttypes.h>
#include <string.h>

void explain_open(struct explain *x, struct cli *c, struct store *s)
{
    *x = (struct explain){.c = c, .s = s};
    arena_init(&x->arena, (size_t)32 * 1024 * 1024);
}

void explain_close(struct explain *x)
{
    arena_free(&x->arena);
}

void explain_next(struct explain *x)
{
    arena_reset(&x->arena);
}

const char *explain_text(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "";
}

static int put_time(json_t *o, const char *name, int64_t ms)
{
    char text[30];

    time_format(ms, text);
    return json_object_set_new(o, name, json_string(text));
}

static const struct value *field(const struct schema_table *t, const struct stored_row *row, const char *name)
{
    return &row->row.values[schema_column_index(t, schema_column_named(t, name))];
}

static int put_text(json_t *o, const char *name, const struct value *v)
{
    return json_object_set_new(o, name, json_stringn(v->len ? (const char *)v->data : "", v->kind == VALUE_TEXT ? v->len : 0));
}

/* ---- who and when ---- */

static int put_worker(struct explain *x, json_t *o, struct row_id worker, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(x->s), "worker");
    struct stored_row row;
    char id[ROW_ID_TEXT] = "";
    int rc = row_id_is_null(worker) ? 0 : store_row_get(x->s, t, worker, &x->arena, &row, err);

    if (rc < 0)
        return rc;
    if (!row_id_is_null(worker))
        row_id_to_text(worker, id);
    if (rc == 1)
        rc = put_text(o, "author", field(t, &row, "no")) | put_text(o, "name", field(t, &row, "name"));
    else
        rc = json_object_set_new(o, "author", json_string(id)) | json_object_set_new(o, "name", json_string(""));
    return rc ? err_nomem(err) : 0;
}

static int put_laptop(struct explain *x, json_t *o, uint64_t origin, struct err *err)
{
    struct device d = {0};
    char hex[24];
    int rc = store_device_by_origin(x->s, origin, &x->arena, &d, err);

    if (rc < 0)
        return rc;
    snprintf(hex, sizeof hex, "%016" PRIx64, origin);
    if (origin == store_server_origin(x->s))
        snprintf(d.name, sizeof d.name, "%s", say(x->c, "服务器", "the server"));
    rc = json_object_set_new(o, "origin", json_string(hex)) | json_object_set_new(o, "laptop", json_string(d.name));
    return rc ? err_nomem(err) : 0;
}

/* What had been seen there: the server's order up to `base`, told by the time at which that was received. */
static int put_seen(struct explain *x, json_t *o, uint64_t base, struct err *err)
{
    struct changeset_record r;
    int rc = base ? store_changeset_by_csn(x->s, base, &r, err) : 0;

    if (rc == 1)
        rc = put_time(o, "seen_up_to", r.received_ms) ? err_nomem(err) : 0;
    return rc;
}

int explain_write(struct explain *x, json_t *o, uint64_t origin, uint64_t seq, struct err *err)
{
    struct changeset_record r;
    char day[11];
    int rc = put_laptop(x, o, origin, err);

    if (rc == 0 && json_object_set_new(o, "seq", json_integer((json_int_t)seq)))
        rc = err_nomem(err);
    if (rc == 0)
        rc = store_changeset_by_seq(x->s, origin, seq, &r, err);
    if (rc != 1)
        return rc;
    rc = put_worker(x, o, r.author, err);
    if (rc != 0)
        return rc;
    date_format(r.observed, day);
    rc = json_object_set_new(o, "observed", json_string(day)) | put_time(o, "authored_at", hlc_ms(r.stamp)) |
         put_time(o, "corrected_at", hlc_ms(r.corrected)) | put_time(o, "received_at", r.received_ms) |
         json_object_set_new(o, "base", json_integer((json_int_t)r.base));
    return rc ? err_nomem(err) : put_seen(x, o, r.base, err);
}

/* ---- which record ---- */

/* What a row says of whose it is; then the id of the row that it hangs on, null at the top. */
static int read_row(json_t *o, const struct schema_table *t, const struct table_row *row, struct row_id *up)
{
    const struct schema_column *parent = schema_flagged(t, COLUMN_PARENT), *key = schema_flagged(t, COLUMN_KEY);
    bool household = strcmp(t->name, "household") == 0;
    bool person = household || strcmp(t->name, "member") == 0 || strcmp(t->name, "worker") == 0;
    const struct schema_column *name = schema_column_named(t, household ? "head_name" : "name");
    int rc = 0;

    *up = (struct row_id){0};
    if (household)
        rc = put_text(o, "household", &row->values[schema_column_index(t, key)]);
    if (person && !json_object_get(o, "person"))
        rc |= put_text(o, "person", &row->values[schema_column_index(t, name)]);
    const struct value *v = parent ? &row->values[schema_column_index(t, parent)] : NULL;
    if (v && v->kind == VALUE_BLOB && row_id_from_bytes(v->data, v->len, up) < 0)
        rc = -1;
    return rc;
}

/* A row that is only proposed stands in the ledger, as its cells. */
static int proposed_row(struct explain *x, const struct schema_table *t, const struct ledger_entry *e, struct table_row *row,
                        struct err *err)
{
    struct cell *cells;
    size_t count;

    if (!e || e->column != 0 || e->value.kind != VALUE_BLOB)
        return 0;
    int rc = cells_decode(e->value.data, e->value.len, &x->arena, &cells, &count, err);
    if (rc == 0)
        rc = table_row_new(t, &x->arena, row, err);
    if (rc == 0)
        rc = table_row_put_cells(t, row, cells, count, &x->arena, err);
    return rc == 0 ? 1 : rc;
}

int explain_record(struct explain *x, json_t *o, const struct schema_table *t, struct row_id id,
                   const struct ledger_entry *e, struct err *err)
{
    enum { LEVELS = 4 };
    struct stored_row row;
    struct row_id up = {0};

    for (int i = 0; i < LEVELS && t; i++) {
        int rc = store_row_get(x->s, t, id, &x->arena, &row, err);
        if (rc == 0 && i == 0)
            rc = proposed_row(x, t, e, &row.row, err);
        if (rc <= 0)
            return rc;
        if (read_row(o, t, &row.row, &up) != 0)
            return err_nomem(err);
        const struct schema_column *parent = schema_flagged(t, COLUMN_PARENT);
        t = parent && !row_id_is_null(up) ? schema_table(store_schema(x->s), parent->ref) : NULL;
        id = up;
    }
    return 0;
}

int explain_find(struct cli *c, struct store *s, const char *text, const struct schema_table **t, struct row_id *id,
                 bool *found)
{
    const char *slash = strchr(text, '/');
    char name[64];

    snprintf(name, sizeof name, "%.*s", slash ? (int)(slash - text) : 0, text);
    *t = schema_table_named(store_schema(s), name);
    if (!slash || !*t)
        return err_set(&c->err, ERR_USAGE, "“%s”不是 表/编号（如 household/户编号）",
                       "\"%s\" is not TABLE/ID (like household/NUMBER)", text);
    int rc = store_row_find(s, *t, slash + 1, strlen(slash + 1), id, &c->err);
    if (rc < 0)
        return rc;
    *found = rc == 1;
    if (!*found && row_id_from_text(slash + 1, strlen(slash + 1), id) < 0)
        return err_set(&c->err, ERR_NOT_FOUND, "没有%s“%s”", "there is no %s \"%s\"", say(c, (*t)->zh, (*t)->name), slash + 1);
    return 0;
}
