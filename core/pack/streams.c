/* streams: walks the shapes in order and numbers each (table, column, value or removed, kind) at first sight. */
#include "streams.h"

#include <string.h>

#include "zhucun/err.h"

int shapes_init(struct shapes *s, struct arena *arena, size_t changes)
{
    size_t most = changes < SHAPE_MAX ? changes : SHAPE_MAX;
    *s = (struct shapes){.list = arena_array(arena, most, sizeof *s->list),
                         .of = arena_array(arena, changes, sizeof *s->of)};
    return s->list && s->of ? 0 : ERR_NOMEM;
}

int stream_scratch_init(struct stream_scratch *s, struct arena *arena, size_t changes)
{
    *s = (struct stream_scratch){arena_array(arena, changes, sizeof *s->values),
                                 arena_array(arena, changes, sizeof *s->near)};
    return s->values && s->near ? 0 : ERR_NOMEM;
}

/* Slots are found by hash, because a hostile message may name thousands of streams in thousands of shapes. */
enum { STREAM_MAX = 2048, SLOTS = 4096 };

struct stream_list {
    struct stream *list;
    size_t count, cap;
    size_t shape_count;
    struct arena *arena;
    uint16_t *slots; /* index into list + 1; 0: empty */
};

static struct stream *stream_add(struct stream_list *l, const struct stream *like)
{
    if (l->count == STREAM_MAX) return NULL;
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 32;
        struct stream *list = arena_array(l->arena, cap, sizeof *list);
        if (!list) return NULL;
        if (l->count) memcpy(list, l->list, l->count * sizeof *list);
        l->list = list;
        l->cap = cap;
    }
    struct stream *s = &l->list[l->count];
    *s = *like;
    s->cell_of_shape = arena_array(l->arena, l->shape_count, sizeof *s->cell_of_shape);
    if (!s->cell_of_shape) return NULL;
    memset(s->cell_of_shape, 0xFF, l->shape_count * sizeof *s->cell_of_shape);
    l->count++;
    return s;
}

static bool stream_same(const struct stream *a, const struct stream *b)
{
    return a->table == b->table && a->column == b->column && a->removed == b->removed && a->kind == b->kind;
}

static struct stream *stream_find(struct stream_list *l, const struct stream *like)
{
    uint32_t key = (uint32_t)like->table << 16 | (uint32_t)like->column << 8 | (uint32_t)like->kind << 1 | like->removed;
    uint32_t slot = key * UINT32_C(2654435761) >> 20; /* Knuth's multiplicative hash, 12 bits */
    while (l->slots[slot]) {
        struct stream *s = &l->list[l->slots[slot] - 1];
        if (stream_same(s, like)) return s;
        slot = (slot + 1) % SLOTS;
    }
    struct stream *s = stream_add(l, like);
    if (s) l->slots[slot] = (uint16_t)l->count;
    return s;
}

static int stream_name(struct stream_list *l, const struct shape *shape, size_t shape_index, size_t cell, bool removed)
{
    const struct shape_cell *c = &shape->cells[cell];
    struct stream like = {.table = shape->table, .column = c->column, .removed = removed,
                          .kind = removed ? c->removed : c->kind};
    if (like.kind == VALUE_NULL) return 0;
    struct stream *s = stream_find(l, &like);
    if (!s) return ERR_NOMEM;
    s->cell_of_shape[shape_index] = (int16_t)cell;
    return 0;
}

int streams_of(const struct shapes *shapes, struct arena *arena, struct stream **out, size_t *count)
{
    struct stream_list l = {.shape_count = shapes->count, .arena = arena,
                            .slots = arena_array(arena, SLOTS, sizeof *l.slots)};
    if (!l.slots) return ERR_NOMEM;
    for (size_t i = 0; i < shapes->count; i++) {
        for (size_t k = 0; k < shapes->list[i].count; k++) {
            int rc = stream_name(&l, &shapes->list[i], i, k, false);
            if (rc == 0) rc = stream_name(&l, &shapes->list[i], i, k, true);
            if (rc) return rc;
        }
    }
    *out = l.list;
    *count = l.count;
    return 0;
}
