/* shape: which cells a change has, without their values. Most changes of a bundle share a few shapes, so that
 * the values alone remain. Neighbours: columns.c. */
#ifndef ZHUCUN_PACK_SHAPE_H
#define ZHUCUN_PACK_SHAPE_H

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/change.h"

struct shape_cell {
    int column;
    enum value_kind kind;
    enum value_kind removed; /* VALUE_NULL: none */
};

struct shape {
    enum change_op op;
    bool explicit_id;
    int table;
    struct shape_cell *cells; /* ascending columns */
    size_t count;
};

enum { SHAPE_MAX = 4096 };

bool shape_fits(const struct shape *s, const struct change *c);
int shape_of(const struct change *c, struct arena *arena, struct shape *out);
void shape_encode(const struct shape *s, struct buf *out);
int shape_decode(struct reader *in, struct arena *arena, struct shape *out);

#endif
