/* shape: the coder of shapes.
 *
 *   u8      op | 0x80 when a PUT carries its id
 *   varint  table
 *   varint  bit i set: the i-th column of the table's first schema version is there, of the kind that its type
 *           says, nothing removed. Those columns never go away, so that every receiver knows them
 *   varint  number of other cells; each: varint column << 3 | removed << 2 | kind, and with removed: u8 its kind */
#include "shape.h"

#include <stdlib.h>

#include "zhucun/schema.h"

enum { EXPLICIT_ID = 0x80, FIRST_VERSION = 1, MAX_BITS = 63, MAX_TABLE = 255, MAX_COLUMN = 255 };

static enum value_kind kind_of(enum schema_type type)
{
    if (type == TYPE_TEXT) return VALUE_TEXT;
    return type == TYPE_REF || type == TYPE_REFSET || type == TYPE_HASH ? VALUE_BLOB : VALUE_INT;
}

/* The column that bit i of the map stands for; NULL behind the last. */
static const struct schema_column *mapped(const struct schema_table *t, int i)
{
    for (size_t k = 0; t && k < t->count; k++) {
        if (t->columns[k].since == FIRST_VERSION && i-- == 0) return &t->columns[k];
    }
    return NULL;
}

static int bit_of(const struct schema_table *t, const struct shape_cell *cell)
{
    if (cell->removed != VALUE_NULL) return -1;
    const struct schema_column *c;
    for (int i = 0; i < MAX_BITS && (c = mapped(t, i)); i++) {
        if (c->number == cell->column) return cell->kind == kind_of(c->type) ? i : -1;
    }
    return -1;
}

bool shape_fits(const struct shape *s, const struct change *c)
{
    if (s->op != c->op || s->table != c->table || s->count != c->count || s->explicit_id != c->explicit_id) return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct shape_cell *a = &s->cells[i];
        const struct cell *b = &c->cells[i];
        if (a->column != b->column || a->kind != b->value.kind || a->removed != b->removed.kind) return false;
    }
    return true;
}

int shape_of(const struct change *c, struct arena *arena, struct shape *out)
{
    *out = (struct shape){c->op, c->explicit_id, c->table, NULL, c->count};
    out->cells = arena_array(arena, c->count, sizeof *out->cells);
    if (!out->cells) return ERR_NOMEM;
    for (size_t i = 0; i < c->count; i++)
        out->cells[i] = (struct shape_cell){c->cells[i].column, c->cells[i].value.kind, c->cells[i].removed.kind};
    return 0;
}

void shape_encode(const struct shape *s, struct buf *out)
{
    const struct schema_table *t = schema_table(schema_current(), s->table);
    uint64_t map = 0, others = 0;
    for (size_t i = 0; i < s->count; i++) {
        int bit = bit_of(t, &s->cells[i]);
        if (bit >= 0) map |= UINT64_C(1) << bit;
        else others++;
    }
    buf_put_u8(out, (uint8_t)((int)s->op | (s->explicit_id ? EXPLICIT_ID : 0)));
    buf_put_varint(out, (uint64_t)s->table);
    buf_put_varint(out, map);
    buf_put_varint(out, others);
    for (size_t i = 0; i < s->count; i++) {
        const struct shape_cell *c = &s->cells[i];
        if (bit_of(t, c) >= 0) continue;
        bool removed = c->removed != VALUE_NULL;
        buf_put_varint(out, (uint64_t)c->column << 3 | (uint64_t)removed << 2 | (uint64_t)c->kind);
        if (removed) buf_put_u8(out, (uint8_t)c->removed);
    }
}

static int compare_columns(const void *a, const void *b)
{
    return ((const struct shape_cell *)a)->column - ((const struct shape_cell *)b)->column;
}

static int others_decode(struct reader *in, struct shape *s, size_t others)
{
    for (size_t i = 0; i < others; i++) {
        uint64_t key = reader_varint_max(in, (uint64_t)MAX_COLUMN << 3 | 7);
        struct shape_cell c = {.column = (int)(key >> 3), .kind = (enum value_kind)(key & 3)};
        if (key & 4) {
            uint8_t kind = reader_u8(in);
            if (kind == VALUE_NULL || kind > VALUE_BLOB || s->op == CHANGE_PUT) return ERR_CORRUPT;
            c.removed = (enum value_kind)kind;
        }
        if (in->failed || c.column == 0) return ERR_CORRUPT;
        s->cells[s->count++] = c;
    }
    qsort(s->cells, s->count, sizeof *s->cells, compare_columns);
    for (size_t i = 1; i < s->count; i++) {
        if (s->cells[i].column == s->cells[i - 1].column) return ERR_CORRUPT;
    }
    return 0;
}

int shape_decode(struct reader *in, struct arena *arena, struct shape *out)
{
    uint8_t op = reader_u8(in);
    *out = (struct shape){.op = (enum change_op)(op & 0x7F), .explicit_id = op & EXPLICIT_ID};
    out->table = (int)reader_varint_max(in, MAX_TABLE);
    uint64_t map = reader_varint(in);
    size_t others = (size_t)reader_varint_max(in, CHANGE_MAX_CELLS);
    if (in->failed || out->op < CHANGE_PUT || out->op > CHANGE_DELETE || out->table == 0) return ERR_CORRUPT;
    if (out->explicit_id && out->op != CHANGE_PUT) return ERR_CORRUPT;
    if (out->op == CHANGE_DELETE && (map || others)) return ERR_CORRUPT;
    if (others > reader_left(in)) return ERR_CORRUPT;
    const struct schema_table *t = schema_table(schema_current(), out->table);
    out->cells = arena_array(arena, others + MAX_BITS + 1, sizeof *out->cells);
    if (!out->cells) return ERR_NOMEM;
    for (int i = 0; i <= MAX_BITS; i++) {
        if (!(map >> i & 1)) continue;
        const struct schema_column *c = i < MAX_BITS ? mapped(t, i) : NULL;
        if (!c) return ERR_CORRUPT;
        out->cells[out->count++] = (struct shape_cell){.column = c->number, .kind = kind_of(c->type)};
    }
    int rc = others_decode(in, out, others);
    return rc ? rc : out->count > CHANGE_MAX_CELLS ? ERR_CORRUPT : 0;
}
