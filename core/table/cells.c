/* cells: a list of cells as bytes: varint count, then each cell as in a canonical changeset (change/cell.h). */
#include "cell.h"
#include "zhucun/table.h"

int cells_encode(const struct cell *cells, size_t count, struct buf *out, struct err *err)
{
    if (count > CHANGE_MAX_CELLS)
        return err_set(err, ERR_REFUSED, "一行的字段太多（%zu，最多 %d）", "too many cells in one row (%zu, at most %d)", count,
                       CHANGE_MAX_CELLS);
    buf_put_varint(out, count);
    for (size_t i = 0; i < count; i++) cell_encode(&cells[i], out);
    return out->failed ? err_nomem(err) : 0;
}

static int malformed(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "保存的字段内容不完整或格式不对", "stored cells are cut short or malformed");
}

int cells_decode(const void *bytes, size_t n, struct arena *arena, struct cell **cells, size_t *count, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    size_t wanted = (size_t)reader_varint_max(&in, CHANGE_MAX_CELLS);
    *cells = NULL;
    *count = 0;
    if (in.failed || wanted > reader_left(&in)) return malformed(err); /* a cell takes a byte at least */
    struct cell *list = wanted > 0 ? arena_array(arena, wanted, sizeof *list) : NULL;
    if (wanted > 0 && list == NULL) return err_nomem(err);
    for (size_t i = 0; i < wanted; i++) {
        if (cell_decode(&in, arena, &list[i]) != 0) return malformed(err);
        if (i > 0 && list[i].column <= list[i - 1].column) return malformed(err);
    }
    if (reader_left(&in) != 0) return malformed(err);
    *cells = list;
    *count = wanted;
    return 0;
}
