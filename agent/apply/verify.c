/* verify: recomputes what the server's rows must hash to from what is stored here, overlay taken off, and compares
 * with what was noted when they were told. Reads only. */
#include "told.h"

struct verifying {
    uint64_t count, sum;
    struct err *err;
};

static int verify_row(void *ctx, const struct told_row *row)
{
    struct verifying *v = ctx;
    char text[ROW_ID_TEXT];
    v->count += 1;
    v->sum += row->noted;
    if (row->actual == row->noted) return 0;
    row_id_to_text(row->id, text);
    return err_set(v->err, ERR_CORRUPT, "%s %s 与服务器告知的内容不同：请运行 zhucun sync，会重新取来",
                   "%s %s is not what the server told: run zhucun sync, which fetches it anew", row->t->name, text);
}

int apply_verify(struct home *h, uint64_t *rows, struct err *err)
{
    struct verifying v = {.err = err};
    struct applying noted = {.h = h};
    int rc = scope_load(&noted, err);
    if (rc == 0) rc = told_walk(h, verify_row, &v, err);
    if (rows) *rows = v.count;
    if (rc || (v.count == noted.count && v.sum == noted.sum)) return rc;
    return err_set(err, ERR_CORRUPT, "范围合计不符（记 %llu 条，实有 %llu 条）：请运行 zhucun sync，会只取相差的",
                   "the scope's sums do not match (%llu rows noted, %llu found): run zhucun sync, which fetches what differs",
                   (unsigned long long)noted.count, (unsigned long long)v.count);
}
