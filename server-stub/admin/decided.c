/* decided: what was decided, said so that whoever typed a number sees at once whether it was the right one: which record,
 * which column, the value that is in force now and whose it was. Part of the answer of resolve.c. */
#include <string.h>

#include "ruling.h"

enum { MOST_STEPS = 4, NAME_BYTES = 320 }; /* member event → member → household */

static const struct value *cell_of(const struct schema_table *t, const struct stored_row *row, const char *name)
{
    const struct schema_column *c = schema_column_named(t, name);

    return c ? &row->row.values[schema_column_index(t, c)] : NULL;
}

static int put_text(json_t *o, const char *name, const struct value *v)
{
    bool text = v && v->kind == VALUE_TEXT && v->len;

    return json_object_set_new(o, name, json_stringn(text ? (const char *)v->data : "", text ? v->len : 0));
}

/* "TABLE/NUMBER", by id where there is no number. */
static int put_record(const struct ruling *r, json_t *o)
{
    const struct schema_column *key = schema_flagged(r->table, COLUMN_KEY);
    const struct value *v = key && r->found ? &r->row.row.values[schema_column_index(r->table, key)] : NULL;
    char id[ROW_ID_TEXT], text[NAME_BYTES];

    row_id_to_text(r->entry.row, id);
    if (v && v->kind == VALUE_TEXT && v->len)
        snprintf(text, sizeof text, "%s/%.*s", r->table->name, (int)v->len, (const char *)v->data);
    else
        snprintf(text, sizeof text, "%s/%s", r->table->name, id);
    return json_object_set_new(o, "record", json_string(text));
}

/* The household that the record hangs on, by number and head; nothing for what hangs on none. */
static int put_household(const struct ruling *r, json_t *o, struct err *err)
{
    const struct schema_table *t = r->table;
    struct stored_row row = r->row;
    struct row_id up;
    int rc = r->found;

    for (int i = 0; rc == 1 && i < MOST_STEPS && strcmp(t->name, "household") != 0; i++) {
        const struct schema_column *parent = schema_flagged(t, COLUMN_PARENT);
        const struct value *v = parent ? &row.row.values[schema_column_index(t, parent)] : NULL;
        if (!v || v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &up) != 0)
            return 0;
        t = schema_table(store_schema(r->store), parent->ref);
        rc = t ? store_row_get(r->store, t, up, r->arena, &row, err) : 0;
    }
    if (rc != 1 || strcmp(t->name, "household") != 0)
        return rc < 0 ? rc : 0;
    rc = put_text(o, "household", cell_of(t, &row, "national_no")) | put_text(o, "person", cell_of(t, &row, "head_name"));
    return rc ? err_nomem(err) : 0;
}

/* Who had entered what is in force from now on; nobody, when the ruling itself set another value. */
static struct row_id entered_by(const struct ruling *r)
{
    if (r->take == RULING_LOSER)
        return r->entry.loser.author;
    if (r->take == RULING_OTHER || !r->found || !r->column)
        return (struct row_id){0};
    for (size_t i = 0; i < r->row.mark_count; i++)
        if (r->row.marks[i].column == r->entry.column && r->row.marks[i].element == 0)
            return r->row.marks[i].version.author;
    return r->made_by;
}

static int put_author(const struct ruling *r, json_t *o, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(r->store), "worker");
    struct row_id id = entered_by(r);
    struct stored_row row;
    char text[NAME_BYTES] = "";
    int rc = row_id_is_null(id) ? 0 : store_row_get(r->store, t, id, r->arena, &row, err);

    if (rc == 1) {
        const struct value *no = cell_of(t, &row, "no"), *name = cell_of(t, &row, "name");
        snprintf(text, sizeof text, "%.*s %.*s", (int)no->len, no->len ? (const char *)no->data : "", (int)name->len,
                 name->len ? (const char *)name->data : "");
    }
    if (rc >= 0)
        rc = json_object_set_new(o, "author", json_string(text)) ? err_nomem(err) : 0;
    return rc;
}

int decided_put(const struct ruling *r, json_t *o, struct err *err)
{
    int rc = put_record(r, o) ? err_nomem(err) : 0;

    if (rc == 0)
        rc = put_household(r, o, err);
    return rc == 0 ? put_author(r, o, err) : rc;
}
