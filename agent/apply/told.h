/* told: every row that this laptop counts as told by the server, and what it really hashes to. For verify.c and mend.c. */
#ifndef ZHUCUN_APPLY_TOLD_H
#define ZHUCUN_APPLY_TOLD_H

#include "applying.h"

struct told_row {
    const struct schema_table *t; /* NULL: a table that this program does not know */
    int table;
    int64_t rid;     /* 0: it is not in its table — a stranger, or deleted here */
    struct row_id id;
    uint64_t csn;
    uint64_t noted;  /* the hash noted when it was told, part of the scope's sums */
    uint64_t actual; /* of what is stored, overlay taken off; as noted for a stranger and a row deleted here */
};
typedef int told_fn(void *ctx, const struct told_row *row);
/* Inside a transaction of the caller, if what it finds must hold. The callback writes nothing and returns 0 to go on. */
int told_walk(struct home *h, told_fn *fn, void *ctx, struct err *err);

#endif
