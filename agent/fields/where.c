/* where: fields as one SQL condition. Column names come from the schema, values are always bound. */
#include "fields.h"

void fields_where_init(struct fields_where *w)
{
    *w = (struct fields_where){.count = 0};
    buf_init(&w->sql, 8192);
}

void fields_where_free(struct fields_where *w)
{
    buf_free(&w->sql);
}

const char *fields_where_sql(struct fields_where *w)
{
    return w->sql.len ? buf_text(&w->sql) : NULL;
}

static void compare(struct fields_where *w, const struct schema_column *c, const struct value *v)
{
    switch (c->type) {
    case TYPE_REGION:
        w->args[w->count++] = value_int(region_last(v->i));
        buf_printf(&w->sql, "\"%s\" BETWEEN ?%zu AND ?%zu", c->name, w->count - 1, w->count);
        break;
    case TYPE_SET:
        buf_printf(&w->sql, "(\"%s\" & ?%zu) = ?%zu", c->name, w->count, w->count);
        break;
    case TYPE_REFSET: /* ids are aligned to 16 bytes, and random enough that a match across two is none */
        buf_printf(&w->sql, "instr(\"%s\", ?%zu) %% 16 = 1", c->name, w->count);
        break;
    default:
        buf_printf(&w->sql, "\"%s\" = ?%zu", c->name, w->count);
    }
}

int fields_where_add(struct fields_where *w, const struct field *f, struct err *err)
{
    if (f->op != FIELD_IS)
        return err_set(err, ERR_USAGE, "条件应写成 %s=值", "a condition reads %s=value", f->column->name);
    if (w->count + 2 > FIELDS_WHERE_MAX) return err_set(err, ERR_USAGE, "条件太多", "too many conditions");
    if (f->column->type == TYPE_REFSET && f->value.len > ROW_ID_BYTES)
        return err_set(err, ERR_USAGE, "%s 一次只能按一项查找", "%s is searched for one element at a time", f->column->name);
    buf_put_text(&w->sql, w->sql.len ? " AND " : "");
    if (f->value.kind == VALUE_NULL) {
        buf_printf(&w->sql, "\"%s\" IS NULL", f->column->name);
    } else {
        w->args[w->count++] = f->value;
        compare(w, f->column, &f->value);
    }
    return w->sql.failed ? err_nomem(err) : 0;
}
