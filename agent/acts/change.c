/* change: one change of an act — which row, which values — handed to capture. */
#include <string.h>

#include "acts_impl.h"
#include "elements.h"

/* "@t7" → the id of the row made under that tag; anything else is itself. */
static int untag(struct acts *a, const char *text, const char **out, struct err *err)
{
    *out = text;
    if (text[0] != '@') return 0;
    *out = json_string_value(json_object_get(a->tags, text + 1));
    if (*out) return 0;
    return err_set(err, ERR_REFUSED, "前面没有标记为 %.40s 的记录", "no earlier row is tagged %.40s", text + 1);
}

static int value_of(struct acts *a, const struct schema_table *t, const struct schema_column *c, const json_t *json,
                    struct value *out, struct err *err)
{
    const char *text = json_string_value(json);
    if (c->type != TYPE_REF || !text) return fields_json(a->h, t, c, json, &a->arena, out, err);
    int rc = untag(a, text, &text, err);
    return rc ? rc : fields_text(a->h, t, c, text, strlen(text), &a->arena, out, err);
}

/* Appends the members of holder's object `name` to list[*count…]. */
static int members(struct acts *a, const struct schema_table *t, const json_t *holder, const char *name,
                   enum field_op op, struct field *list, size_t *count, struct err *err)
{
    const struct schema_column *c;
    json_t *object = json_object_get(holder, name); /* an iterator wants it writable */
    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
        const char *key = json_object_iter_key(it);
        int rc = fields_column(t, key, &c, err);
        if (rc) return rc;
        bool set = elements_column(c);
        if (op == FIELD_TAKE && !set)
            return err_set(err, ERR_REFUSED, "removed 只用于集合列，%s 不是", "removed is for set columns, which %s is not", key);
        list[*count] = (struct field){.column = c, .op = set ? op : FIELD_IS};
        rc = value_of(a, t, c, json_object_iter_value(it), &list[*count].value, err);
        if (rc) return rc;
        ++*count;
    }
    return 0;
}

static int fields_of(struct acts *a, const struct schema_table *t, const json_t *change, enum field_op op,
                     struct field **list, size_t *count, struct err *err)
{
    size_t room = json_object_size(json_object_get(change, "values")) + json_object_size(json_object_get(change, "removed"));
    *list = arena_array(&a->arena, room ? room : 1, sizeof **list);
    *count = 0;
    if (!*list) return err_nomem(err);
    int rc = members(a, t, change, "values", op, *list, count, err);
    return rc ? rc : members(a, t, change, "removed", FIELD_TAKE, *list, count, err);
}

static int put(struct acts *a, const struct schema_table *t, const json_t *change, struct err *err)
{
    struct field *list;
    struct cell *cells;
    struct row_id id;
    char text[ROW_ID_TEXT];
    size_t count, cell_count;
    const char *tag = json_string_value(json_object_get(change, "tag"));
    int rc = fields_of(a, t, change, FIELD_IS, &list, &count, err);
    if (rc == 0) rc = fields_cells(t, list, count, NULL, &a->arena, &cells, &cell_count, err);
    if (rc == 0) rc = capture_put(a->capture, t, cells, cell_count, &id, err);
    if (rc || !tag) return rc;
    row_id_to_text(id, text);
    return json_object_set_new(a->tags, tag, json_string(text)) ? err_nomem(err) : 0;
}

struct found {
    struct row_id id;
    size_t count;
};

static int on_found(void *ctx, const struct table_row *row)
{
    struct found *f = ctx;
    f->id = row->id;
    return ++f->count > 1;
}

static int find_row(struct acts *a, const struct schema_table *t, const json_t *change, struct row_id *id,
                    struct err *err)
{
    struct fields_where where;
    struct found found = {.count = 0};
    struct arena rows;
    size_t count = 0;
    struct field *list = arena_array(&a->arena, json_object_size(json_object_get(change, "find")) + 1, sizeof *list);
    if (!list) return err_nomem(err);
    int rc = members(a, t, change, "find", FIELD_IS, list, &count, err);
    if (rc) return rc;
    arena_init(&rows, 1024 * 1024);
    fields_where_init(&where);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = fields_where_add(&where, &list[i], err);
    if (rc == 0)
        rc = table_walk(a->h->tables, t, 0, fields_where_sql(&where), where.args, where.count, &rows, on_found, &found, err);
    fields_where_free(&where);
    arena_free(&rows);
    *id = found.id;
    if (rc < 0) return rc;
    if (found.count == 1) return 0;
    return found.count ? err_set(err, ERR_REFUSED, "find 在 %s 中找到多条", "find matches more than one row of %s", t->name)
                       : err_set(err, ERR_NOT_FOUND, "find 在 %s 中没有找到", "find matches no row of %s", t->name);
}

static int target(struct acts *a, const struct schema_table *t, const json_t *change, struct row_id *id, struct err *err)
{
    const char *row = json_string_value(json_object_get(change, "row"));
    if (!row && json_object_size(json_object_get(change, "find"))) return find_row(a, t, change, id, err);
    if (!row) return err_set(err, ERR_REFUSED, "缺少 row 或 find", "row or find is missing");
    int rc = untag(a, row, &row, err);
    return rc ? rc : fields_row(a->h, t, row, strlen(row), id, err);
}

static int set(struct acts *a, const struct schema_table *t, const json_t *change, struct err *err)
{
    struct field *list;
    struct cell *cells;
    struct row_id id;
    struct table_row shown;
    size_t count, cell_count;
    int rc = target(a, t, change, &id, err);
    if (rc == 0) rc = fields_of(a, t, change, FIELD_ADD, &list, &count, err);
    if (rc) return rc;
    int found = table_read(a->h->tables, t, id, &a->arena, &shown, err);
    if (found == 0) return err_set(err, ERR_NOT_FOUND, "%s 中没有这条记录", "there is no such row in %s", t->name);
    if (found < 0) return found;
    rc = fields_cells(t, list, count, &shown, &a->arena, &cells, &cell_count, err);
    return rc ? rc : capture_set(a->capture, t, id, cells, cell_count, err);
}

static int bury(struct acts *a, const struct schema_table *t, const json_t *change, struct err *err)
{
    struct row_id id;
    int rc = target(a, t, change, &id, err);
    return rc ? rc : capture_delete(a->capture, t, id, err);
}

int acts_change(struct acts *a, const json_t *change, struct err *err)
{
    static const struct {
        const char *op;
        int (*run)(struct acts *a, const struct schema_table *t, const json_t *change, struct err *err);
    } ops[] = {{"put", put}, {"set", set}, {"delete", bury}};
    const struct schema_table *t;
    const char *op = json_string_value(json_object_get(change, "op"));
    const char *table = json_string_value(json_object_get(change, "table"));
    if (!op || !table) return err_set(err, ERR_REFUSED, "一项改动缺少 op 或 table", "a change lacks op or table");
    int rc = fields_table(a->h->schema, table, &t, err);
    for (size_t i = 0; rc == 0 && i < sizeof ops / sizeof ops[0]; i++) {
        if (strcmp(op, ops[i].op) == 0) return ops[i].run(a, t, change, err);
    }
    return rc ? rc : err_set(err, ERR_REFUSED, "op “%.20s”应是 put、set 或 delete", "op \"%.20s\" is not put, set or delete", op);
}
