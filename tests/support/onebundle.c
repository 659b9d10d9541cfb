/* onebundle: writes one sealed bundle with one visit to stdout, for stories that damage it. */
#include <stdio.h>

#include "zhucun/pack.h"

int main(void)
{
    static const char summary[] = "老人住院，花了不少钱；想贷款养鹅。";
    struct row_id household = row_id_make(0x1234567890ABCDEFu, 1, 1);
    uint8_t id[ROW_ID_BYTES];
    struct cell cells[] = {
        {.column = 1},
        {.column = 2, .value = value_int(20517)},
        {.column = 4, .value = value_int(1)},
        {.column = 6, .value = value_text(summary, sizeof summary - 1)},
    };
    struct change change = {.op = CHANGE_PUT, .table = 7, .id = row_id_make(0xFEDCBA0987654321u, 1, 0), .cells = cells,
                            .count = sizeof cells / sizeof cells[0]};
    struct changeset cs = {.origin = change.id.origin, .seq = 1, .stamp = hlc_from_ms(INT64_C(1770000000000)), .schema = 1,
                           .author = household, .observed = 20517, .changes = &change, .count = 1};
    struct digest before;
    struct buf out;
    struct err err = {0};
    row_id_to_bytes(household, id);
    cells[0].value = value_blob(id, sizeof id);
    chain_start(cs.origin, &before);
    buf_init(&out, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(&cs, 1, &before, 6, &out, &err);
    if (rc) fprintf(stderr, "onebundle: %s\n", err.en);
    else if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout)) rc = -1;
    buf_free(&out);
    return rc ? 1 : 0;
}
