/* apply: a pull answer becomes rows here. Rows, cursor and scope sums move in one transaction; cells with an
 * unreceived local change keep showing it, and what the server said goes below them. */
#ifndef ZHUCUN_APPLY_H
#define ZHUCUN_APPLY_H

#include "home.h"
#include "zhucun/wire.h"

struct apply_report {
    size_t rows;          /* written */
    size_t graves;
    bool agree;           /* only when !answer.more: count and fingerprint equal the server's */
};
int apply_answer(struct home *h, const struct pull_answer *a, struct apply_report *report, struct err *err);

/* Recomputes every row's hash from what is stored (overlay taken off) and the sums from those: ERR_CORRUPT names
 * the first difference. */
int apply_verify(struct home *h, uint64_t *rows, struct err *err);

#endif
