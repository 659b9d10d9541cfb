/* cell: encoder and decoder of one cell, layout in cell.h. */
#include "cell.h"

void value_encode(const struct value *v, struct buf *out)
{
    switch (v->kind) {
    case VALUE_NULL: return;
    case VALUE_INT: buf_put_zigzag(out, v->i); return;
    case VALUE_TEXT:
    case VALUE_BLOB:
        buf_put_varint(out, v->len);
        buf_put(out, v->data, v->len);
        return;
    }
}

int value_decode(struct reader *in, enum value_kind kind, struct value *v)
{
    *v = value_null();
    if (kind == VALUE_INT) {
        *v = value_int(reader_zigzag(in));
    } else if (kind == VALUE_TEXT || kind == VALUE_BLOB) {
        size_t n = (size_t)reader_varint_max(in, CHANGE_MAX_TEXT);
        const uint8_t *bytes = reader_bytes(in, n);
        if (!in->failed) *v = (struct value){.kind = kind, .len = (uint32_t)n, .data = n ? bytes : NULL};
    }
    return in->failed ? ERR_CORRUPT : 0;
}

void cell_encode(const struct cell *cell, struct buf *out)
{
    bool removed = cell->removed.kind != VALUE_NULL;
    buf_put_varint(out, (uint64_t)cell->column << 3 | (uint64_t)removed << 2 | (uint64_t)cell->value.kind);
    value_encode(&cell->value, out);
    if (!removed) return;
    buf_put_u8(out, (uint8_t)cell->removed.kind);
    value_encode(&cell->removed, out);
}

int cell_decode(struct reader *in, struct arena *arena, struct cell *cell)
{
    (void)arena;
    uint64_t key = reader_varint_max(in, (uint64_t)CELL_MAX_COLUMN << 3 | 7);
    *cell = (struct cell){.column = (int)(key >> 3)};
    if (in->failed || cell->column == 0) return ERR_CORRUPT;
    if (value_decode(in, (enum value_kind)(key & 3), &cell->value)) return ERR_CORRUPT;
    if (!(key & 4)) return 0;
    uint8_t kind = reader_u8(in);
    if (kind == VALUE_NULL || kind > VALUE_BLOB) return ERR_CORRUPT;
    return value_decode(in, (enum value_kind)kind, &cell->removed);
}
