/* history: what this laptop itself has done to one row, from its own log: when by its clock, by whom, and whether the
 * server has it. */
#ifndef ZHUCUN_INBOX_HISTORY_H
#define ZHUCUN_INBOX_HISTORY_H

#include "journal.h"

struct own_act {
    uint64_t seq;
    int64_t authored_ms;        /* this laptop's clock */
    int64_t observed;           /* day */
    struct row_id author;
    enum change_op op;
    const struct cell *cells;
    size_t count;
    struct record_status status;
};
typedef int own_act_fn(void *ctx, const struct own_act *a);
/* Oldest first. What an act points to lives until the callback returns; it returns 0 to go on. */
int history_walk(struct home *h, const struct schema_table *t, const struct table_row *row, own_act_fn *fn, void *ctx,
                 struct err *err);

#endif
