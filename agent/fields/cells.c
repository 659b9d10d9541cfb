/* cells: "k=v", "k+=v" and "k-=v" become the cells that capture takes. For set columns a cell says what comes in
 * and what goes out, worked out against the row as it is shown now. */
#include "fields.h"

#include "elements.h"

#include <string.h>

int fields_pair(struct home *h, const struct schema_table *t, const char *pair, struct arena *arena, struct field *out,
                struct err *err)
{
    const char *equals = strchr(pair, '=');
    if (!equals || equals == pair)
        return err_set(err, ERR_USAGE, "“%.60s”应写成 列=值", "\"%.60s\" should read column=value", pair);
    const char *end = equals;
    out->op = FIELD_IS;
    if (end[-1] == '+') out->op = FIELD_ADD;
    if (end[-1] == '-') out->op = FIELD_TAKE;
    if (out->op != FIELD_IS) end--;
    char *name = arena_copy(arena, pair, (size_t)(end - pair));
    if (!name) return err_nomem(err);
    int rc = fields_column(t, name, &out->column, err);
    if (rc) return rc;
    if (out->op != FIELD_IS && !elements_column(out->column))
        return err_set(err, ERR_REFUSED, "%s.%s（%s）不是集合，只能写 %s=值", "%s.%s (%s) is not a set: write %s=value",
                       t->name, out->column->name, out->column->zh, out->column->name);
    return fields_text(h, t, out->column, equals + 1, strlen(equals + 1), arena, &out->value, err);
}

static const struct value *shown_value(const struct schema_table *t, const struct schema_column *c,
                                       const struct table_row *shown)
{
    int at = schema_column_index(t, c);
    return shown && at >= 0 && (size_t)at < shown->count ? &shown->values[at] : NULL;
}

/* One field of a set column into its cell: cell.value is what comes in, cell.removed what goes out; what is there
 * already, or is not there, is trimmed by capture. */
static int set_field(const struct field *f, const struct value *shown, struct arena *arena, struct cell *cell,
                     struct err *err)
{
    struct value none = value_null();
    if (f->op == FIELD_ADD) return elements_union(&cell->value, &f->value, arena, &cell->value, err);
    if (f->op == FIELD_TAKE) return elements_union(&cell->removed, &f->value, arena, &cell->removed, err);
    cell->value = f->value;
    return elements_minus(shown ? shown : &none, &f->value, arena, &cell->removed, err);
}

static int plain_field(const struct schema_table *t, const struct field *f, const struct table_row *shown,
                       struct cell *cell, struct err *err)
{
    if (shown && f->value.kind == VALUE_NULL && (f->column->flags & COLUMN_REQUIRED))
        return err_set(err, ERR_REFUSED, "%s.%s（%s）必填，不能清空", "%s.%s (%s) is required and cannot be emptied", t->name,
                       f->column->name, f->column->zh);
    cell->value = f->value;
    return 0;
}

static struct cell *cell_of(struct cell *cells, size_t count, int column)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i].column == column) return &cells[i];
    }
    return NULL;
}

int fields_cells(const struct schema_table *t, const struct field *fields, size_t count, const struct table_row *shown,
                 struct arena *arena, struct cell **cells, size_t *cell_count, struct err *err)
{
    struct cell *list = arena_array(arena, count, sizeof *list);
    size_t n = 0;
    if (!list) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        const struct field *f = &fields[i];
        struct cell *cell = cell_of(list, n, f->column->number);
        if (cell && f->op == FIELD_IS)
            return err_set(err, ERR_REFUSED, "列 %s 写了两次", "column %s is given twice", f->column->name);
        if (!shown && f->value.kind == VALUE_NULL) continue;
        if (!cell) {
            cell = &list[n++];
            *cell = (struct cell){.column = f->column->number};
        }
        int rc = elements_column(f->column) ? set_field(f, shown_value(t, f->column, shown), arena, cell, err)
                                   : plain_field(t, f, shown, cell, err);
        if (rc) return rc;
        if (!shown) cell->removed = value_null();
    }
    *cells = list;
    *cell_count = n;
    return 0;
}
