/* cell: one cell's bytes, the same in a canonical changeset and wherever cells are stored by themselves. */
#ifndef ZHUCUN_CORE_CHANGE_CELL_H
#define ZHUCUN_CORE_CHANGE_CELL_H

#include "zhucun/change.h"

/*  varint   column << 3 | removed << 2 | kind      kind: 0 NULL, 1 INT, 2 TEXT, 3 BLOB
 *  value    INT: zigzag varint · TEXT, BLOB: varint length, bytes · NULL: nothing
 *  removed  only with its bit: one byte kind, value                                     */
enum { CELL_MAX_COLUMN = 255 };

void cell_encode(const struct cell *cell, struct buf *out);
/* Text and bytes are borrowed from the reader's input. Negative: malformed. */
int cell_decode(struct reader *in, struct arena *arena, struct cell *cell);

void value_encode(const struct value *v, struct buf *out); /* without its kind */
int value_decode(struct reader *in, enum value_kind kind, struct value *v);

#endif
