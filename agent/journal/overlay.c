/* overlay: what unreceived local changes show above the server's state, cell by cell. Neighbours: capture writes
 * it, apply takes off what is received. Invariant: a cell stands here once, with its last local changeset. */
#include "journal.h"

#include "elements.h"
#include "statements.h"

static int of_row(struct home *h, enum journal_sql which, int table, struct row_id row, uint8_t id[ROW_ID_BYTES],
                  sqlite3_stmt **st, struct err *err)
{
    int rc = journal_statement(h, which, st, err);
    if (rc) return rc;
    row_id_to_bytes(row, id);
    sqlite3_bind_int(*st, 1, table);
    sqlite3_bind_blob(*st, 2, id, ROW_ID_BYTES, SQLITE_STATIC);
    return 0;
}

int journal_overlay_put(struct home *h, int table, struct row_id row, const struct overlay_cell *o, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    int rc = of_row(h, SQL_OVERLAY_PUT, table, row, id, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 3, o->column);
    sqlite3_bind_int64(st, 4, (int64_t)o->seq);
    db_bind(st, 5, &o->value);
    db_bind(st, 6, &o->removed);
    db_bind(st, 7, &o->below);
    return db_done(h->db, st, err);
}

int journal_overlay_drop(struct home *h, int table, struct row_id row, int column, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    int rc = of_row(h, column == OVERLAY_ALL ? SQL_OVERLAY_DROP_ROW : SQL_OVERLAY_DROP, table, row, id, &st, err);
    if (rc) return rc;
    if (column != OVERLAY_ALL) sqlite3_bind_int(st, 3, column);
    return db_done(h->db, st, err);
}

static int copy(sqlite3_stmt *st, struct arena *arena, struct overlay_cell *o)
{
    *o = (struct overlay_cell){.column = sqlite3_column_int(st, 0), .seq = (uint64_t)sqlite3_column_int64(st, 1),
                               .quarantined = sqlite3_column_int(st, 5) != 0};
    int rc = db_value_copy(st, 2, arena, &o->value);
    if (rc == 0) rc = db_value_copy(st, 3, arena, &o->removed);
    if (rc == 0) rc = db_value_copy(st, 4, arena, &o->below);
    return rc;
}

int journal_overlay_row(struct home *h, int table, struct row_id row, struct arena *arena, struct overlay_cell **list,
                        size_t *count, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    *list = NULL;
    *count = 0;
    int rc = of_row(h, SQL_OVERLAY_ROW, table, row, id, &st, err);
    if (rc) return rc;
    while ((rc = db_row(h->db, st, err)) == 1) {
        if (!*list) *list = arena_array(arena, SCHEMA_MAX_COLUMN + 1, sizeof **list);
        if (!*list || *count > SCHEMA_MAX_COLUMN || copy(st, arena, *list + *count)) rc = err_nomem(err);
        if (rc < 0) break;
        (*count)++;
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* 1 there, 0 not. */
static int read_one(struct home *h, int table, struct row_id row, int column, struct arena *arena,
                    struct overlay_cell *o, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    int rc = of_row(h, SQL_OVERLAY_ONE, table, row, id, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 3, column);
    rc = db_row(h->db, st, err);
    if (rc == 1 && copy(st, arena, o)) rc = err_nomem(err);
    sqlite3_reset(st);
    return rc;
}

/* A later act on a set undoes an earlier one on the same element; other elements stay as they were. */
static int add_elements(struct overlay_cell *o, const struct cell *cell, struct arena *arena, struct err *err)
{
    struct value added, removed;
    int rc = elements_union(&o->value, &cell->value, arena, &added, err);
    if (rc == 0) rc = elements_minus(&added, &cell->removed, arena, &added, err);
    if (rc == 0) rc = elements_union(&o->removed, &cell->removed, arena, &removed, err);
    if (rc == 0) rc = elements_minus(&removed, &cell->value, arena, &removed, err);
    if (rc) return rc;
    o->value = added;
    o->removed = removed;
    return 0;
}

int journal_overlay_add(struct home *h, const struct schema_table *t, struct row_id row, const struct cell *cell,
                        const struct value *below, uint64_t seq, struct err *err)
{
    const struct schema_column *c = schema_column(t, cell->column);
    struct overlay_cell o = {.column = cell->column};
    struct arena arena;
    arena_init(&arena, 16 * CHANGE_MAX_TEXT);
    int rc = read_one(h, t->number, row, cell->column, &arena, &o, err);
    if (rc == 0) o.below = *below;
    if (rc >= 0) {
        rc = 0;
        o.seq = seq;
        if (c && elements_column(c)) rc = add_elements(&o, cell, &arena, err);
        else o.value = cell->value;
    }
    if (rc == 0) rc = journal_overlay_put(h, t->number, row, &o, err);
    arena_free(&arena);
    return rc;
}

int journal_overlay_shown(const struct schema_column *c, const struct overlay_cell *o, struct arena *arena,
                          struct value *out, struct err *err)
{
    *out = o->value;
    if (!elements_column(c)) return 0;
    int rc = elements_union(&o->below, &o->value, arena, out, err);
    return rc ? rc : elements_minus(out, &o->removed, arena, out, err);
}

int journal_overlay_arrived(struct home *h, uint64_t received, struct overlay_row after, struct overlay_row *list, size_t max,
                            size_t *count, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    *count = 0;
    int rc = of_row(h, SQL_OVERLAY_ARRIVED, after.table, after.row, id, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 3, (int64_t)received);
    sqlite3_bind_int64(st, 4, (int64_t)max);
    while (*count < max && (rc = db_row(h->db, st, err)) == 1)
        list[(*count)++] = (struct overlay_row){sqlite3_column_int(st, 0), db_id(st, 1)};
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int journal_overlay_any(struct home *h, bool *any, struct err *err)
{
    sqlite3_stmt *st;
    *any = false;
    int rc = journal_statement(h, SQL_OVERLAY_ANY, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) *any = sqlite3_column_int(st, 0) != 0;
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int journal_overlay_deleted(struct home *h, journal_deleted_fn *fn, void *ctx, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_OVERLAY_DELETED, &st, err);
    if (rc) return rc;
    while (rc == 0 && (rc = db_row(h->db, st, err)) == 1)
        rc = fn(ctx, sqlite3_column_int(st, 0), db_id(st, 1), (uint64_t)sqlite3_column_int64(st, 2),
                (uint64_t)sqlite3_column_int64(st, 3));
    sqlite3_reset(st);
    return rc;
}

int journal_overlay_untell(struct home *h, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_OVERLAY_UNTELL, &st, err);
    return rc ? rc : db_done(h->db, st, err);
}
