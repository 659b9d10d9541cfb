/* roster: see roster.h. Invariant: `changes` are the next changeset of the server's origin, so that a new row's
 * id is known when its line is read. */
#include "roster.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 64 * 1024 * 1024, ROW_MAX = 4 * 1024 * 1024 };

int roster_open(struct roster *r, struct store *s, const struct env *env, struct err *err)
{
    uint64_t head;
    int rc;

    *r = (struct roster){.store = s, .env = env};
    keymap_init(&r->keys);
    arena_init(&r->cells, CELLS_MAX);
    arena_init(&r->current, ROW_MAX);
    ownlog_open(&r->log, s, env);
    rc = store_head(s, &head, err);
    r->empty_store = rc == 0 && head == 0;
    return rc;
}

void roster_close(struct roster *r)
{
    keymap_free(&r->keys);
    arena_free(&r->cells);
    arena_free(&r->current);
}

/* ---- finding ---- */

static int find(struct roster *r, const struct schema_table *t, const char *key, size_t n, struct row_id *id,
                bool *made_now, struct err *err)
{
    const struct keymap_entry *e = keymap_get(&r->keys, t->number, key, n);

    *made_now = e && e->made_now;
    if (e) {
        *id = e->id;
        return 1;
    }
    int rc = r->empty_store ? 0 : store_row_find(r->store, t, key, n, id, err);
    if (rc > 0 && keymap_put(&r->keys, t->number, key, n, *id, false, err) < 0)
        rc = ERR_NOMEM;
    return rc;
}

int roster_find(struct roster *r, const struct schema_table *t, const char *key, size_t n, struct row_id *id, struct err *err)
{
    bool made_now;

    return find(r, t, key, n, id, &made_now, err);
}

static const struct cell *cell_of(const struct cell *cells, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].column == column && cells[i].value.kind != VALUE_NULL)
            return &cells[i];
    return NULL;
}

/* The natural key as text; empty: the row has none. */
static void key_text(const struct schema_table *t, const struct cell *cells, size_t count, struct buf *out)
{
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    const struct cell *c = key ? cell_of(cells, count, key->number) : NULL;

    buf_init(out, 1024);
    if (c)
        schema_format(key, &c->value, LANG_ZH, out);
}

/* What stands for a row without a natural key: its required columns, one after the other. */
static void required_key(const struct schema_table *t, const struct cell *cells, size_t count, struct buf *out)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct cell *c = cell_of(cells, count, t->columns[i].number);
        if (!(t->columns[i].flags & COLUMN_REQUIRED) || !c)
            continue;
        buf_put_varint(out, (uint64_t)t->columns[i].number);
        buf_put_zigzag(out, c->value.i);
        buf_put_varint(out, c->value.len);
        buf_put(out, c->value.data, c->value.len);
    }
}

enum { REQUIRED_KEYS = 1000 }; /* added to a table's number: a space of its own in the map */

struct indexing {
    struct roster *roster;
    const struct schema_table *table;
    struct err *err;
};

static int index_row(void *ctx, const struct table_row *row)
{
    struct indexing *in = ctx;
    struct arena cells_arena;
    struct cell *cells;
    size_t count;
    struct buf key;

    arena_init(&cells_arena, ROW_MAX);
    buf_init(&key, CHANGE_MAX_BYTES);
    int rc = table_row_cells(in->table, row, &cells_arena, &cells, &count, in->err);
    if (rc >= 0) {
        required_key(in->table, cells, count, &key);
        rc = keymap_put(&in->roster->keys, in->table->number + REQUIRED_KEYS, (const char *)key.data, key.len, row->id,
                        false, in->err);
    }
    buf_free(&key);
    arena_free(&cells_arena);
    return rc;
}

/* A row without a natural key is the one with the same required columns. The store has no index for that: the
 * table is read once. */
static int find_by_required(struct roster *r, const struct schema_table *t, const struct cell *cells, size_t count,
                            struct row_id *id, struct err *err)
{
    struct indexing in = {r, t, err};
    struct buf key;
    int rc = 0;

    if (r->empty_store)
        return 0;
    if (!r->indexed[t->number])
        rc = table_walk(store_tables(r->store), t, 0, "_dead = 0", NULL, 0, &r->current, index_row, &in, err);
    if (rc < 0)
        return rc;
    r->indexed[t->number] = true;
    buf_init(&key, CHANGE_MAX_BYTES);
    required_key(t, cells, count, &key);
    const struct keymap_entry *e = keymap_get(&r->keys, t->number + REQUIRED_KEYS, (const char *)key.data, key.len);
    if (e)
        *id = e->id;
    buf_free(&key);
    return e != NULL;
}

/* ---- changes ---- */

static int keep_cells(struct roster *r, struct change *c, const struct cell *cells, size_t count, struct err *err)
{
    c->cells = arena_array(&r->cells, count ? count : 1, sizeof c->cells[0]);
    if (!c->cells)
        return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        struct cell *to = &c->cells[c->count];
        *to = cells[i];
        if (to->value.kind == VALUE_NULL && to->removed.kind == VALUE_NULL)
            continue;
        if (to->value.len && !(to->value.data = arena_copy(&r->cells, to->value.data, to->value.len)))
            return err_nomem(err);
        c->count++;
    }
    return 0;
}

static int add_change(struct roster *r, const struct change *change, const struct cell *cells, size_t count,
                      struct err *err)
{
    struct change *c = &r->changes[r->count];
    int rc;

    *c = *change;
    if ((rc = keep_cells(r, c, cells, count, err)) < 0)
        return rc;
    r->count++;
    return r->count == ROSTER_GROUP ? roster_flush(r, err) : 0;
}

static int put_row(struct roster *r, const struct schema_table *t, const struct cell *cells, size_t count,
                   const struct buf *key, struct err *err)
{
    struct change change = {.op = CHANGE_PUT, .table = t->number};

    int rc = r->seq ? 0 : ownlog_next(&r->log, &r->seq, err);
    if (rc < 0)
        return rc;
    change.id = row_id_make(store_server_origin(r->store), r->seq, (unsigned)r->count);
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i].flags & COLUMN_REQUIRED && !cell_of(cells, count, t->columns[i].number))
            return err_set(err, ERR_REFUSED, "缺少必填列“%s”", "the required column \"%s\" is missing or empty",
                           t->columns[i].name);
    if (key->len &&
        keymap_put(&r->keys, t->number, (const char *)key->data, key->len, change.id, true, err) < 0)
        return ERR_NOMEM;
    r->made++;
    return add_change(r, &change, cells, count, err);
}

/* Did somebody else write the cell, or one of its elements, after the sheet was written? */
static bool field_is_newer(const struct roster *r, const struct stored_row *row, int column)
{
    int64_t day = date_of_ms(r->sheet_ms);
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct cell_version *v = &row->marks[i].version;
        if (row->marks[i].column != column || v->origin == store_server_origin(r->store))
            continue;
        if (v->observed > day || (v->observed == day && v->stamp > hlc_from_ms(r->sheet_ms)))
            return true;
    }
    return false;
}

/* What the sheet says and the store does not. An empty field says nothing. */
static size_t differing(struct roster *r, const struct schema_table *t, const struct stored_row *row, const struct cell *cells,
                        size_t count, struct cell *out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const struct schema_column *c = schema_column(t, cells[i].column);
        const struct value *now = &row->row.values[schema_column_index(t, c)];
        if (cells[i].value.kind == VALUE_NULL || value_equal(now, &cells[i].value))
            continue;
        if (field_is_newer(r, row, c->number)) {
            r->kept++;
            continue;
        }
        out[n] = cells[i];
        if (c->type == TYPE_SET && now->kind == VALUE_INT) {
            int64_t added = cells[i].value.i & ~now->i, gone = now->i & ~cells[i].value.i;
            out[n].value = added ? value_int(added) : value_null();
            out[n].removed = gone ? value_int(gone) : value_null();
        }
        n++;
    }
    return n;
}

static int set_row(struct roster *r, const struct schema_table *t, struct row_id id, const struct cell *cells,
                   size_t count, struct err *err)
{
    struct change change = {.op = CHANGE_SET, .table = t->number, .id = id};
    struct cell *changed;
    struct stored_row row;
    int rc;

    arena_reset(&r->current);
    rc = store_row_get(r->store, t, id, &r->current, &row, err);
    if (rc < 0)
        return rc;
    if (rc == 0 || row.dead)
        return err_set(err, ERR_REFUSED, "此行已被删除", "this row has been deleted");
    changed = arena_array(&r->current, count ? count : 1, sizeof *changed);
    if (!changed)
        return err_nomem(err);
    size_t n = differing(r, t, &row, cells, count, changed);
    if (n == 0) {
        r->same++;
        return 0;
    }
    r->changed++;
    return add_change(r, &change, changed, n, err);
}

int roster_add(struct roster *r, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err)
{
    struct row_id id;
    struct buf key;
    bool made_now = false;
    int rc;

    key_text(t, cells, count, &key);
    if (key.len)
        rc = find(r, t, (const char *)key.data, key.len, &id, &made_now, err);
    else
        rc = find_by_required(r, t, cells, count, &id, err);
    if (made_now)
        rc = err_set(err, ERR_REFUSED, "“%s”在名册中出现了两次", "\"%s\" stands in the roster twice", buf_text(&key));
    else if (rc > 0)
        rc = set_row(r, t, id, cells, count, err);
    else if (rc == 0)
        rc = put_row(r, t, cells, count, &key, err);
    buf_free(&key);
    return rc < 0 ? rc : 0;
}

int roster_flush(struct roster *r, struct err *err)
{
    struct row_id office = {0};
    int64_t today = date_of_ms(r->env->now_ms(r->env->ctx)), day = date_of_ms(r->sheet_ms);
    int rc;

    if (r->count == 0)
        return 0;
    if ((rc = ownlog_write(&r->log, office, day < today ? day : today, r->changes, r->count, err)) < 0)
        return rc;
    r->count = 0;
    r->seq = 0;
    arena_reset(&r->cells);
    return 0;
}
