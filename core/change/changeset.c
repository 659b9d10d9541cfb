/* changeset: the canonical byte form, over which the log's hash chain runs. One meaning, one form: the decoder
 * accepts only what the encoder writes.
 *
 *   varint   seq
 *   varint   stamp           ms << 16 | counter
 *   varint   base            csn
 *   varint   schema
 *   id       author          8 bytes origin big-endian, varint number; origin 0: nobody (number 0)
 *   zigzag   observed        days since 1970-01-01
 *   varint   changes         each:
 *     u8       op | 0x80 when a PUT carries its id
 *     varint   table
 *     id       row           not for a PUT without 0x80: that is (origin, seq << 12 | index)
 *     varint   cells         each as in cell.h, ascending columns; none for DELETE
 *
 * The origin is not in it: the chain starts from it (seal.h). */
#include "cell.h"

enum { EXPLICIT_ID = 0x80, MAX_TABLE = 255 };

static void id_encode(struct row_id id, struct buf *out)
{
    buf_put_u64be(out, id.origin);
    buf_put_varint(out, id.origin ? id.number : 0);
}

static struct row_id id_decode(struct reader *in)
{
    struct row_id id = {.origin = reader_u64be(in)};
    id.number = reader_varint_max(in, id.origin ? (UINT64_C(1) << 58) - 1 : 0);
    return id;
}

static void change_encode(const struct change *c, struct buf *out)
{
    bool implicit = c->op == CHANGE_PUT && !c->explicit_id;
    buf_put_u8(out, (uint8_t)((int)c->op | (c->op == CHANGE_PUT && c->explicit_id ? EXPLICIT_ID : 0)));
    buf_put_varint(out, (uint64_t)c->table);
    if (!implicit) id_encode(c->id, out);
    buf_put_varint(out, c->count);
    for (size_t i = 0; i < c->count; i++)
        cell_encode(&c->cells[i], out);
}

int changeset_encode(const struct changeset *cs, struct buf *out, struct err *err)
{
    size_t start = out->len;
    buf_put_varint(out, cs->seq);
    buf_put_varint(out, cs->stamp);
    buf_put_varint(out, cs->base);
    buf_put_varint(out, (uint64_t)cs->schema);
    id_encode(cs->author, out);
    buf_put_zigzag(out, cs->observed);
    buf_put_varint(out, cs->count);
    for (size_t i = 0; i < cs->count; i++)
        change_encode(&cs->changes[i], out);
    if (out->failed) return err_nomem(err);
    if (out->len - start <= CHANGE_MAX_BYTES && cs->count <= CHANGE_MAX_CHANGES) return 0;
    return err_set(err, ERR_REFUSED, "一次保存的内容太多：%zu 条，%zu 字节", "too much in one act: %zu changes, %zu bytes",
                   cs->count, out->len - start);
}

static int cells_decode_into(struct change *c, struct reader *in, struct arena *arena)
{
    c->count = (size_t)reader_varint_max(in, c->op == CHANGE_DELETE ? 0 : CHANGE_MAX_CELLS);
    if (in->failed || c->count > reader_left(in)) return ERR_CORRUPT;
    c->cells = arena_array(arena, c->count, sizeof *c->cells);
    if (!c->cells) return ERR_NOMEM;
    for (size_t i = 0; i < c->count; i++) {
        if (cell_decode(in, arena, &c->cells[i])) return ERR_CORRUPT;
        if (i && c->cells[i].column <= c->cells[i - 1].column) return ERR_CORRUPT;
        if (c->op == CHANGE_PUT && c->cells[i].removed.kind != VALUE_NULL) return ERR_CORRUPT;
    }
    return 0;
}

static int change_decode(struct change *c, struct row_id implicit, struct reader *in, struct arena *arena)
{
    uint8_t op = reader_u8(in);
    c->op = (enum change_op)(op & 0x7F);
    c->explicit_id = op & EXPLICIT_ID;
    if (c->op < CHANGE_PUT || c->op > CHANGE_DELETE || (c->explicit_id && c->op != CHANGE_PUT)) return ERR_CORRUPT;
    c->table = (int)reader_varint_max(in, MAX_TABLE);
    c->id = implicit;
    if (c->op != CHANGE_PUT || c->explicit_id) c->id = id_decode(in);
    if (in->failed || c->table == 0 || c->id.origin == 0) return ERR_CORRUPT;
    return cells_decode_into(c, in, arena);
}

static int head_decode(struct changeset *cs, struct reader *in)
{
    cs->seq = reader_varint_max(in, (UINT64_C(1) << 46) - 1);
    cs->stamp = reader_varint(in);
    cs->base = reader_varint_max(in, INT64_MAX);
    cs->schema = (int)reader_varint_max(in, 1 << 20);
    cs->author = id_decode(in);
    cs->observed = reader_zigzag(in);
    cs->count = (size_t)reader_varint_max(in, CHANGE_MAX_CHANGES);
    return in->failed || cs->seq == 0 || cs->count > reader_left(in) ? ERR_CORRUPT : 0;
}

int changeset_decode(uint64_t origin, const void *bytes, size_t n, struct arena *arena, struct changeset *out,
                     struct err *err)
{
    struct reader in = reader_over(bytes, n);
    *out = (struct changeset){.origin = origin};
    int rc = n > CHANGE_MAX_BYTES ? ERR_CORRUPT : head_decode(out, &in);
    if (rc == 0) {
        out->changes = arena_array(arena, out->count, sizeof *out->changes);
        rc = out->changes ? 0 : ERR_NOMEM;
    }
    for (size_t i = 0; rc == 0 && i < out->count; i++)
        rc = change_decode(&out->changes[i], row_id_make(origin, out->seq, (unsigned)i), &in, arena);
    if (rc == 0 && reader_left(&in) != 0) rc = ERR_CORRUPT;
    if (rc == ERR_NOMEM) return err_nomem(err);
    if (rc == 0) return 0;
    return err_set(err, rc, "变更记录的字节已损坏（%zu 字节）", "the bytes of a changeset are damaged (%zu bytes)", n);
}
