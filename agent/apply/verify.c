/* verify: recomputes what the server's rows must hash to from what is stored here, overlay taken off, and compares
 * with what was noted when they were told. Reads only. */
#include "applying.h"

struct verifying {
    struct home *h;
    const struct schema_table *t;
    uint64_t count, sum;
    struct arena arena;
    struct err *err;
};

static int take_overlay_off(struct verifying *v, struct table_row *row)
{
    struct overlay_cell *list;
    size_t count;
    int rc = journal_overlay_row(v->h, v->t->number, row->id, &v->arena, &list, &count, v->err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct schema_column *c = schema_column(v->t, list[i].column);
        if (c) row->values[schema_column_index(v->t, c)] = list[i].below;
    }
    return rc;
}

static int verify_row(void *ctx, const struct table_row *shown)
{
    struct verifying *v = ctx;
    struct table_row row = *shown;
    struct cell *cells;
    char text[ROW_ID_TEXT];
    size_t count;
    arena_reset(&v->arena);
    row.values = arena_array(&v->arena, row.count, sizeof *row.values);
    if (!row.values) return err_nomem(v->err);
    for (size_t i = 0; i < row.count; i++)
        row.values[i] = shown->values[i];
    int rc = take_overlay_off(v, &row);
    if (rc == 0) rc = table_row_cells(v->t, &row, &v->arena, &cells, &count, v->err);
    if (rc) return rc;
    v->count += 1;
    v->sum += (uint64_t)row.system[HOME_HASH].i;
    if (row_hash(v->t->number, row.id, cells, count) == (uint64_t)row.system[HOME_HASH].i) return 0;
    row_id_to_text(row.id, text);
    return err_set(v->err, ERR_CORRUPT, "%s %s 与服务器告知的内容不同：请运行 zhucun doctor",
                   "%s %s is not what the server told: run zhucun doctor", v->t->name, text);
}

static int verify_tables(struct verifying *v)
{
    struct arena walking;
    int rc = 0;
    arena_init(&walking, 4 * 1024 * 1024);
    for (size_t i = 0; i < v->h->schema->count && rc == 0; i++) {
        v->t = &v->h->schema->tables[i];
        rc = table_walk(v->h->tables, v->t, 0, "_hash IS NOT NULL", NULL, 0, &walking, verify_row, v, v->err);
    }
    arena_free(&walking);
    return rc;
}

static int add_others(struct verifying *v)
{
    uint64_t count, sum;
    sqlite3_stmt *st;
    int rc = journal_overlay_deleted(v->h, &count, &sum, v->err);
    if (rc == 0) rc = scope_statement(v->h, SQL_STRANGERS, &st, v->err);
    if (rc) return rc;
    v->count += count;
    v->sum += sum;
    while ((rc = db_row(v->h->db, st, v->err)) == 1) {
        v->count += 1;
        v->sum += (uint64_t)sqlite3_column_int64(st, 0);
    }
    sqlite3_reset(st);
    return rc;
}

int apply_verify(struct home *h, uint64_t *rows, struct err *err)
{
    struct verifying v = {.h = h, .err = err};
    struct applying noted = {.h = h};
    arena_init(&v.arena, 8 * 1024 * 1024);
    int rc = scope_load(&noted, err);
    if (rc == 0) rc = verify_tables(&v);
    if (rc == 0) rc = add_others(&v);
    arena_free(&v.arena);
    if (rows) *rows = v.count;
    if (rc || (v.count == noted.count && v.sum == noted.sum)) return rc;
    return err_set(err, ERR_CORRUPT, "范围合计不符（记 %llu 条，实有 %llu 条）：请运行 zhucun doctor",
                   "the scope's sums do not match (%llu rows noted, %llu found): run zhucun doctor",
                   (unsigned long long)noted.count, (unsigned long long)v.count);
}
