/* streams: which value streams follow from a list of shapes, the same on both sides of columns. */
#ifndef ZHUCUN_PACK_STREAMS_H
#define ZHUCUN_PACK_STREAMS_H

#include "shape.h"

struct shapes {
    struct shape *list; /* room for SHAPE_MAX */
    size_t count;
    uint16_t *of;       /* change → shape */
};

struct stream {
    int table, column;
    bool removed;
    enum value_kind kind;
    int16_t *cell_of_shape; /* shape → index of its cell in this stream; −1: none */
};

struct stream_scratch {
    struct value *values;
    uint64_t *near;
};

int shapes_init(struct shapes *s, struct arena *arena, size_t changes);
int stream_scratch_init(struct stream_scratch *s, struct arena *arena, size_t changes);
int streams_of(const struct shapes *shapes, struct arena *arena, struct stream **out, size_t *count);

#endif
