/* fields: what people and files say about one row — "k=v" words, CSV cells, JSON values — becomes cells of the
 * schema's types, with references by natural key. Used by cli and acts; knows the home only to look rows up.
 *
 * Every refusal names the wrong word and lists what would have been right, closest first. */
#ifndef ZHUCUN_FIELDS_H
#define ZHUCUN_FIELDS_H

#include <jansson.h>

#include "home.h"
#include "zhucun/arena.h"
#include "zhucun/change.h"

/* By name or label. ERR_REFUSED lists the tables / columns. */
int fields_table(const struct schema *s, const char *name, const struct schema_table **t, struct err *err);
int fields_column(const struct schema_table *t, const char *name, const struct schema_column **c, struct err *err);

/* A row by natural key or UUID. ERR_NOT_FOUND says which table has no such row. */
int fields_row(struct home *h, const struct schema_table *t, const char *text, size_t n, struct row_id *id,
               struct err *err);

/* A household or member that was merged into another stands for that one: *id becomes it and 1 is returned; 0: it was
 * not, or the other is not here to stand for it. */
int fields_kept(struct home *h, const struct schema_table *t, struct row_id *id, struct err *err);

/* Text or JSON → value of the column's type; what it points to lives in the arena (or in `text`). Empty text and
 * JSON null are NULL. JSON: sets and refsets are arrays or comma separated text. */
int fields_text(struct home *h, const struct schema_table *t, const struct schema_column *c, const char *text, size_t n,
                struct arena *arena, struct value *out, struct err *err);
int fields_json(struct home *h, const struct schema_table *t, const struct schema_column *c, const json_t *json,
                struct arena *arena, struct value *out, struct err *err);

enum field_op {
    FIELD_IS,  /* k=v: exactly that */
    FIELD_ADD, /* k+=v: these elements too (set columns) */
    FIELD_TAKE /* k-=v: without these elements (set columns) */
};
struct field {
    const struct schema_column *column;
    enum field_op op;
    struct value value;
};
/* One "k=v", "k+=v" or "k-=v". */
int fields_pair(struct home *h, const struct schema_table *t, const char *pair, struct arena *arena, struct field *out,
                struct err *err);

/* Fields → cells for capture_put (`shown` NULL: a new row) or capture_set (added and removed elements are worked
 * out against the shown row). ERR_REFUSED: a column twice, or a required one emptied. */
int fields_cells(const struct schema_table *t, const struct field *fields, size_t count, const struct table_row *shown,
                 struct arena *arena, struct cell **cells, size_t *cell_count, struct err *err);

/* Conditions for table_walk. A region covers all below it; a set matches when it holds all the elements named; an
 * empty value matches rows without one. What the values point to must outlive the walk. */
enum { FIELDS_WHERE_MAX = 40 };
struct fields_where {
    struct buf sql;
    struct value args[FIELDS_WHERE_MAX];
    size_t count;
};
void fields_where_init(struct fields_where *w);
void fields_where_free(struct fields_where *w);
int fields_where_add(struct fields_where *w, const struct field *f, struct err *err);
const char *fields_where_sql(struct fields_where *w); /* NULL: no condition */

/* Codes by their Chinese term: for rules that name a term. The term must be in the list. */
struct value fields_code(const struct schema_table *t, const char *column, const char *term);

/* Names by closeness to `word`, by name or label: appends up to `max` of them, "name（label）", closest first. */
struct field_name {
    const char *name;
    const char *zh; /* NULL: no label */
};
void fields_closest(const char *word, const struct field_name *names, size_t count, size_t max, struct buf *out);

#endif
