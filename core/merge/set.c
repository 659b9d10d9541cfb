/* set: add-wins arithmetic. new = (current ∪ added) − (removed − unseen), for bit sets (TYPE_SET) and sorted lists
 * of row ids (TYPE_REFSET). */
#include <string.h>

#include "zhucun/merge.h"

static int64_t bits_of(const struct value *v)
{
    return v->kind == VALUE_INT ? v->i : 0;
}

static void merge_bits(const struct value *current, const struct cell *incoming, const struct value *unseen,
                       struct value *out)
{
    int64_t leaves = bits_of(&incoming->removed) & ~bits_of(unseen) & ~bits_of(&incoming->value);
    *out = value_int((bits_of(current) | bits_of(&incoming->value)) & ~leaves);
}

/* A cursor over a sorted list of ids. */
struct ids {
    const uint8_t *at;
    const uint8_t *end;
};

static struct ids ids_of(const struct value *v)
{
    if (v->kind != VALUE_BLOB || v->len == 0) return (struct ids){NULL, NULL};
    return (struct ids){v->data, v->data + v->len / ROW_ID_BYTES * ROW_ID_BYTES};
}

static bool ids_hold(struct ids list, const uint8_t *id)
{
    for (; list.at != list.end; list.at += ROW_ID_BYTES) {
        if (memcmp(list.at, id, ROW_ID_BYTES) == 0) return true;
    }
    return false;
}

/* The smaller of the two heads; both move when they are equal. NULL at the end of both. */
static const uint8_t *ids_next(struct ids *a, struct ids *b)
{
    if (a->at == a->end && b->at == b->end) return NULL;
    int order = a->at == a->end ? 1 : b->at == b->end ? -1 : memcmp(a->at, b->at, ROW_ID_BYTES);
    const uint8_t *id = order <= 0 ? a->at : b->at;
    if (order <= 0) a->at += ROW_ID_BYTES;
    if (order >= 0) b->at += ROW_ID_BYTES;
    return id;
}

static int merge_ids(const struct value *current, const struct cell *incoming, const struct value *unseen,
                     struct buf *scratch, struct value *out)
{
    struct ids a = ids_of(current), b = ids_of(&incoming->value);
    struct ids added = b, removed = ids_of(&incoming->removed), kept = ids_of(unseen);
    size_t start = scratch->len;
    for (const uint8_t *id; (id = ids_next(&a, &b));) {
        if (ids_hold(removed, id) && !ids_hold(kept, id) && !ids_hold(added, id)) continue;
        buf_put(scratch, id, ROW_ID_BYTES);
    }
    if (scratch->failed) return ERR_NOMEM;
    size_t n = scratch->len - start;
    *out = n ? value_blob(scratch->data + start, n) : value_null();
    return 0;
}

int merge_set(const struct schema_column *column, const struct value *current, const struct cell *incoming,
              const struct value *unseen_added, struct buf *scratch, struct value *out)
{
    if (column->type == TYPE_REFSET) return merge_ids(current, incoming, unseen_added, scratch, out);
    merge_bits(current, incoming, unseen_added, out);
    return 0;
}
