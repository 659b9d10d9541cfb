/* elements: see elements.h. Ids are merged in one walk over both sorted lists. */
#include "elements.h"

#include <string.h>

enum { UNION, MINUS };

bool elements_column(const struct schema_column *c)
{
    return c->type == TYPE_SET || c->type == TYPE_REFSET;
}

static struct value int_or_null(int64_t bits)
{
    return bits ? value_int(bits) : value_null();
}

/* Walks both lists in order; an id of both counts once in a union and not at all in a difference. */
static size_t walk(const struct value *a, const struct value *b, int act, uint8_t *out)
{
    size_t i = 0, j = 0, n = 0;
    while (i < a->len || (act == UNION && j < b->len)) {
        int order = i >= a->len ? 1 : j >= b->len ? -1 : memcmp(a->data + i, b->data + j, ROW_ID_BYTES);
        const uint8_t *from = order <= 0 ? a->data + i : b->data + j;
        bool take = act == UNION || order < 0;
        if (order <= 0) i += ROW_ID_BYTES;
        if (order >= 0) j += ROW_ID_BYTES;
        if (!take) continue;
        memcpy(out + n, from, ROW_ID_BYTES);
        n += ROW_ID_BYTES;
    }
    return n;
}

static int ids(const struct value *a, const struct value *b, int act, struct arena *arena, struct value *out,
               struct err *err)
{
    if (a->len % ROW_ID_BYTES || b->len % ROW_ID_BYTES)
        return err_set(err, ERR_CORRUPT, "编号集合的长度不对", "a set of ids has a wrong length");
    uint8_t *bytes = arena_alloc(arena, (size_t)a->len + b->len + 1);
    if (!bytes) return err_nomem(err);
    size_t n = walk(a, b, act, bytes);
    *out = n ? value_blob(bytes, n) : value_null();
    return 0;
}

int elements_union(const struct value *a, const struct value *b, struct arena *arena, struct value *out, struct err *err)
{
    if (b->kind == VALUE_NULL) *out = a->kind == VALUE_INT ? int_or_null(a->i) : *a;
    else if (a->kind == VALUE_NULL) *out = b->kind == VALUE_INT ? int_or_null(b->i) : *b;
    else if (a->kind == VALUE_INT && b->kind == VALUE_INT) *out = int_or_null(a->i | b->i);
    else if (a->kind == b->kind) return ids(a, b, UNION, arena, out, err);
    else return err_set(err, ERR_CORRUPT, "集合的类型不一致", "two sets are of different kinds");
    return 0;
}

int elements_minus(const struct value *a, const struct value *b, struct arena *arena, struct value *out, struct err *err)
{
    if (a->kind == VALUE_NULL || b->kind == VALUE_NULL) *out = a->kind == VALUE_INT ? int_or_null(a->i) : *a;
    else if (a->kind == VALUE_INT && b->kind == VALUE_INT) *out = int_or_null(a->i & ~b->i);
    else if (a->kind == b->kind) return ids(a, b, MINUS, arena, out, err);
    else return err_set(err, ERR_CORRUPT, "集合的类型不一致", "two sets are of different kinds");
    return 0;
}
