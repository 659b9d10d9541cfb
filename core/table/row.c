/* row: a table's row in memory. Known columns stand in `values` in schema order; cells of columns that this
 * program does not know yet stand in `extra`, ascending, and go wherever the row goes. */
#include <assert.h>
#include <string.h>

#include "table_impl.h"

int table_row_new(const struct schema_table *t, struct arena *arena, struct table_row *row, struct err *err)
{
    memset(row, 0, sizeof *row);
    row->values = arena_array(arena, t->count, sizeof *row->values);
    if (row->values == NULL) return err_nomem(err);
    row->count = t->count;
    for (size_t i = 0; i < t->count; i++) row->values[i] = value_null();
    for (size_t i = 0; i < TABLE_MAX_SYSTEM; i++) row->system[i] = value_null();
    return 0;
}

/* The newest value replaces; NULL takes the cell away, for absent means NULL. There is room for one more. */
static void extra_put(struct table_row *row, const struct cell *cell)
{
    size_t at = 0;
    while (at < row->extra_count && row->extra[at].column < cell->column) at++;
    bool there = at < row->extra_count && row->extra[at].column == cell->column;
    bool keep = cell->value.kind != VALUE_NULL;
    size_t behind = row->extra_count - at - there;
    memmove(&row->extra[at + keep], &row->extra[at + there], behind * sizeof *row->extra);
    if (keep) row->extra[at] = (struct cell){.column = cell->column, .value = cell->value};
    row->extra_count = at + keep + behind;
}

static int extra_room(struct table_row *row, size_t more, struct arena *arena, struct err *err)
{
    struct cell *grown = arena_array(arena, row->extra_count + more, sizeof *grown);
    if (grown == NULL) return err_nomem(err);
    if (row->extra_count > 0) memcpy(grown, row->extra, row->extra_count * sizeof *grown);
    row->extra = grown;
    return 0;
}

int table_row_put_cells(const struct schema_table *t, struct table_row *row, const struct cell *cells, size_t count,
                        struct arena *arena, struct err *err)
{
    bool room = false;
    for (size_t i = 0; i < count; i++) {
        const struct schema_column *c = schema_column(t, cells[i].column);
        if (c != NULL) {
            row->values[schema_column_index(t, c)] = cells[i].value;
            continue;
        }
        int rc = room ? 0 : extra_room(row, count - i, arena, err);
        if (rc != 0) return rc;
        room = true;
        extra_put(row, &cells[i]);
    }
    return 0;
}

int table_row_cells(const struct schema_table *t, const struct table_row *row, struct arena *arena, struct cell **cells,
                    size_t *count, struct err *err)
{
    struct cell *list = arena_array(arena, row->count + row->extra_count + 1, sizeof *list);
    if (list == NULL) return err_nomem(err);
    size_t n = 0;
    for (size_t i = 0; i < row->count + row->extra_count; i++) {
        struct cell cell = {0};
        if (i < row->count)
            cell = (struct cell){.column = t->columns[i].number, .value = row->values[i]};
        else
            cell = row->extra[i - row->count];
        if (cell.value.kind == VALUE_NULL) continue;
        size_t at = n++; /* nearly always the place already: schema lines stand in the order of their numbers */
        for (; at > 0 && list[at - 1].column > cell.column; at--) list[at] = list[at - 1];
        list[at] = cell;
    }
    *cells = list;
    *count = n;
    return 0;
}

/* A column that was unknown when the cell came and is known now moves to its place. */
static void promote_extra(const struct schema_table *t, struct table_row *row)
{
    size_t kept = 0;
    for (size_t i = 0; i < row->extra_count; i++) {
        const struct schema_column *c = schema_column(t, row->extra[i].column);
        if (c == NULL) {
            row->extra[kept++] = row->extra[i];
            continue;
        }
        struct value *v = &row->values[schema_column_index(t, c)];
        if (v->kind == VALUE_NULL) *v = row->extra[i].value;
    }
    row->extra_count = kept;
}

int table_row_load(const struct table_set *ts, const struct schema_table *t, sqlite3_stmt *st, struct arena *arena,
                   struct table_row *row, struct err *err)
{
    int rc = table_row_new(t, arena, row, err);
    if (rc != 0) return rc;
    int at = 0;
    row->rid = sqlite3_column_int64(st, at++);
    row->id = db_id(st, at++);
    for (size_t i = 0; i < t->count; i++)
        if (db_value_copy(st, at++, arena, &row->values[i]) != 0) return err_nomem(err);
    struct value extra;
    if (db_value_copy(st, at++, arena, &extra) != 0) return err_nomem(err);
    for (size_t i = 0; i < ts->side.count; i++)
        if (db_value_copy(st, at++, arena, &row->system[i]) != 0) return err_nomem(err);
    if (extra.kind != VALUE_BLOB) return 0;
    rc = cells_decode(extra.data, extra.len, arena, &row->extra, &row->extra_count, err);
    if (rc == 0) promote_extra(t, row);
    return rc;
}
