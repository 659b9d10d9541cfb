/* row_hash: the fingerprint of one row (formula in pack.h). Laptop and server compute it from what each has, so
 * that equal sums mean equal rows. */
#include "cell.h"
#include "zhucun/pack.h"

enum { TYPICAL_ROW = 1024 };

uint64_t row_hash(int table, struct row_id id, const struct cell *cells, size_t count)
{
    struct buf bytes;
    struct digest digest;
    uint8_t id_bytes[ROW_ID_BYTES];
    buf_init(&bytes, CHANGE_MAX_BYTES);
    buf_reserve(&bytes, TYPICAL_ROW);
    row_id_to_bytes(id, id_bytes);
    buf_put_varint(&bytes, (uint64_t)table);
    buf_put(&bytes, id_bytes, sizeof id_bytes);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].value.kind == VALUE_NULL) continue;
        cell_encode(&(struct cell){.column = cells[i].column, .value = cells[i].value}, &bytes);
    }
    digest_of(bytes.data, bytes.len, &digest);
    buf_free(&bytes);
    return digest_short(&digest);
}
