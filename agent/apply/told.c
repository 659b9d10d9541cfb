/* told: see told.h. Rows with a _hash, then rows deleted here that the server still has, then strangers. */
#include "told.h"

struct walking {
    struct home *h;
    const struct schema_table *t;
    bool overlay;      /* is there any? */
    struct arena arena;
    told_fn *fn;
    void *ctx;
    struct err *err;
};

static int take_overlay_off(struct walking *w, struct table_row *row)
{
    struct overlay_cell *list;
    size_t count;
    if (!w->overlay) return 0;
    int rc = journal_overlay_row(w->h, w->t->number, row->id, &w->arena, &list, &count, w->err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct schema_column *c = schema_column(w->t, list[i].column);
        if (c) row->values[schema_column_index(w->t, c)] = list[i].below;
    }
    return rc;
}

static int walk_row(void *ctx, const struct table_row *shown)
{
    struct walking *w = ctx;
    struct table_row row = *shown;
    struct told_row told = {.t = w->t, .table = w->t->number, .rid = shown->rid, .id = shown->id};
    struct cell *cells;
    size_t count;
    arena_reset(&w->arena);
    row.values = arena_array(&w->arena, row.count, sizeof *row.values);
    if (!row.values) return err_nomem(w->err);
    for (size_t i = 0; i < row.count; i++)
        row.values[i] = shown->values[i];
    int rc = take_overlay_off(w, &row);
    if (rc == 0) rc = table_row_cells(w->t, &row, &w->arena, &cells, &count, w->err);
    if (rc) return rc;
    told.csn = (uint64_t)row.system[HOME_CSN].i;
    told.noted = (uint64_t)row.system[HOME_HASH].i;
    told.actual = row_hash(w->t->number, row.id, cells, count);
    return w->fn(w->ctx, &told);
}

static int walk_tables(struct walking *w)
{
    struct arena walking;
    int rc = journal_overlay_any(w->h, &w->overlay, w->err);
    arena_init(&walking, 4 * 1024 * 1024);
    for (size_t i = 0; i < w->h->schema->count && rc == 0; i++) {
        w->t = &w->h->schema->tables[i];
        rc = table_walk(w->h->tables, w->t, 0, "_hash IS NOT NULL", NULL, 0, &walking, walk_row, w, w->err);
    }
    arena_free(&walking);
    return rc;
}

static int walk_deleted(void *ctx, int table, struct row_id id, uint64_t csn, uint64_t hash)
{
    struct walking *w = ctx;
    struct told_row told = {schema_table(w->h->schema, table), table, 0, id, csn, hash, hash};
    return w->fn(w->ctx, &told);
}

static int walk_strangers(struct walking *w)
{
    sqlite3_stmt *st;
    int rc = scope_statement(w->h, SQL_STRANGERS, &st, w->err);
    if (rc) return rc;
    while (rc == 0 && (rc = db_row(w->h->db, st, w->err)) == 1) {
        uint64_t hash = (uint64_t)sqlite3_column_int64(st, 3);
        struct told_row told = {NULL, sqlite3_column_int(st, 0), 0, db_id(st, 1), (uint64_t)sqlite3_column_int64(st, 2), hash, hash};
        rc = w->fn(w->ctx, &told);
    }
    sqlite3_reset(st);
    return rc;
}

int told_walk(struct home *h, told_fn *fn, void *ctx, struct err *err)
{
    struct walking w = {.h = h, .fn = fn, .ctx = ctx, .err = err};
    arena_init(&w.arena, 8 * 1024 * 1024);
    int rc = walk_tables(&w);
    if (rc == 0) rc = journal_overlay_deleted(h, walk_deleted, &w, err);
    if (rc == 0) rc = walk_strangers(&w);
    arena_free(&w.arena);
    return rc;
}
