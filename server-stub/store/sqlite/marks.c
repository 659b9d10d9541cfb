/* marks: the _marks column — who wrote which cell after its row was made.
 *
 *   varint count, then for each mark, ascending (column, element):
 *   varint column · varint element · varint csn · u64be origin · varint seq · varint stamp · zigzag observed ·
 *   u64be author's origin (0: nobody, and then no number) · varint author's number */
#include "sqlite.h"

enum { MARK_LEAST_BYTES = 22, MARK_MAX_COLUMN = 255 };

int marks_encode(const struct cell_mark *marks, size_t count, struct buf *out, struct err *err)
{
    buf_put_varint(out, count);
    for (size_t i = 0; i < count; i++) {
        const struct cell_mark *m = &marks[i];
        buf_put_varint(out, (uint64_t)m->column);
        buf_put_varint(out, m->element);
        buf_put_varint(out, m->version.csn);
        buf_put_u64be(out, m->version.origin);
        buf_put_varint(out, m->version.seq);
        buf_put_varint(out, m->version.stamp);
        buf_put_zigzag(out, m->version.observed);
        buf_put_u64be(out, m->version.author.origin);
        if (!row_id_is_null(m->version.author)) buf_put_varint(out, m->version.author.number);
    }
    return out->failed ? err_nomem(err) : 0;
}

static struct cell_mark mark_decode(struct reader *r)
{
    struct cell_mark m = {0};
    m.column = (int)reader_varint_max(r, MARK_MAX_COLUMN); /* columns of newer schemas included */
    m.element = reader_varint(r);
    m.version.csn = reader_varint(r);
    m.version.origin = reader_u64be(r);
    m.version.seq = reader_varint(r);
    m.version.stamp = reader_varint(r);
    m.version.observed = reader_zigzag(r);
    m.version.author.origin = reader_u64be(r);
    if (m.version.author.origin != 0) m.version.author.number = reader_varint(r);
    return m;
}

int marks_decode(const void *bytes, size_t n, struct arena *a, struct cell_mark **marks, size_t *count,
                 struct err *err)
{
    *marks = NULL;
    *count = 0;
    if (n == 0) return 0;
    struct reader r = reader_over(bytes, n);
    size_t total = (size_t)reader_varint_max(&r, n / MARK_LEAST_BYTES + 1);
    if (total > 0 && !r.failed) *marks = arena_array(a, total, sizeof **marks);
    if (total > 0 && !r.failed && *marks == NULL) return err_nomem(err);
    for (size_t i = 0; i < total && !r.failed; i++) (*marks)[i] = mark_decode(&r);
    if (r.failed || reader_left(&r) != 0)
        return err_set(err, ERR_CORRUPT, "行的版本标记损坏：请用备份恢复", "a row's version marks are damaged: restore a backup");
    *count = total;
    return 0;
}
