/* text: one value written by a person, as a value of its column. References are looked up by natural key here;
 * everything else is schema_parse's, and schema_check has the last word. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ELEMENTS = 200 };

struct span {
    const char *at;
    size_t n;
};

/* Takes the next element of a list separated by "," ";" "，" "、" or "；"; spaces around it are dropped. False: no more. */
static bool next_element(struct span *rest, struct span *element)
{
    static const char *const marks[] = {",", ";", "，", "、", "；"};
    if (rest->n == 0) return false;
    size_t end = 0, skip = 0;
    for (; end < rest->n && skip == 0; end += skip == 0) {
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            size_t k = strlen(marks[i]);
            if (k <= rest->n - end && memcmp(rest->at + end, marks[i], k) == 0) skip = k;
        }
    }
    *element = (struct span){rest->at, end};
    rest->at += end + skip;
    rest->n -= end + skip;
    while (element->n > 0 && element->at[0] == ' ')
        element->at++, element->n--;
    while (element->n > 0 && element->at[element->n - 1] == ' ')
        element->n--;
    return true;
}

static const struct schema_table *target(struct home *h, const struct schema_column *c, struct err *err)
{
    const struct schema_table *t = schema_table(h->schema, c->ref);
    if (!t) err_set(err, ERR_REFUSED, "列 %s 指向未知的表 %d", "column %s refers to unknown table %d", c->name, c->ref);
    return t;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, ROW_ID_BYTES);
}

/* Ids in byte order without doubles: the one form of a refset. */
static int parse_refs(struct home *h, const struct schema_column *c, struct span text, struct arena *arena,
                      struct value *out, struct err *err)
{
    const struct schema_table *to = target(h, c, err);
    uint8_t *ids = arena_array(arena, MAX_ELEMENTS, ROW_ID_BYTES);
    size_t count = 0, kept = 0;
    struct span element;
    struct row_id id;
    if (!to) return ERR_REFUSED;
    if (!ids) return err_nomem(err);
    while (next_element(&text, &element)) {
        if (element.n == 0) continue;
        if (count == MAX_ELEMENTS)
            return err_set(err, ERR_REFUSED, "列 %s 最多 %d 项", "column %s takes at most %d elements", c->name,
                           MAX_ELEMENTS);
        int rc = fields_row(h, to, element.at, element.n, &id, err);
        if (rc) return rc;
        row_id_to_bytes(id, ids + ROW_ID_BYTES * count++);
    }
    qsort(ids, count, ROW_ID_BYTES, compare_ids);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare_ids(ids + ROW_ID_BYTES * (kept - 1), ids + ROW_ID_BYTES * i) == 0) continue;
        memmove(ids + ROW_ID_BYTES * kept++, ids + ROW_ID_BYTES * i, ROW_ID_BYTES);
    }
    *out = kept ? value_blob(ids, ROW_ID_BYTES * kept) : value_null();
    return 0;
}

static int parse_ref(struct home *h, const struct schema_column *c, struct span text, struct arena *arena,
                     struct value *out, struct err *err)
{
    const struct schema_table *to = target(h, c, err);
    uint8_t *bytes = arena_alloc(arena, ROW_ID_BYTES);
    struct row_id id;
    if (!to) return ERR_REFUSED;
    if (!bytes) return err_nomem(err);
    int rc = fields_row(h, to, text.at, text.n, &id, err);
    if (rc) return rc;
    row_id_to_bytes(id, bytes);
    *out = value_blob(bytes, ROW_ID_BYTES);
    return 0;
}

/* Dates, numbers and the rest: schema_parse, with its scratch copied into the arena. */
static int parse_plain(const struct schema_table *t, const struct schema_column *c, struct span text,
                       struct arena *arena, struct value *out, struct err *err)
{
    struct buf scratch;
    buf_init(&scratch, CHANGE_MAX_TEXT);
    int rc = schema_parse(c, text.at, text.n, &scratch, out, err);
    if (rc == 0) rc = schema_check(t, c, out, err);
    if (rc == 0 && out->len > 0) {
        out->data = arena_copy(arena, out->data, out->len);
        if (!out->data) rc = err_nomem(err);
    }
    buf_free(&scratch);
    return rc;
}

int fields_text(struct home *h, const struct schema_table *t, const struct schema_column *c, const char *text, size_t n,
                struct arena *arena, struct value *out, struct err *err)
{
    struct span all = {text, n};
    *out = value_null();
    if (n == 0) return 0;
    if (!utf8_valid(text, n))
        return err_set(err, ERR_REFUSED, "%s.%s（%s）的内容不是有效的 UTF-8，请把文件另存为 UTF-8",
                       "%s.%s (%s) is not valid UTF-8; save the file as UTF-8", t->name, c->name, c->zh);
    switch (c->type) {
    case TYPE_REF:
        return parse_ref(h, c, all, arena, out, err);
    case TYPE_REFSET:
        return parse_refs(h, c, all, arena, out, err);
    default:
        return parse_plain(t, c, all, arena, out, err);
    }
}
