/* acts_impl: shared by acts.c (lines, clock, transaction) and change.c (one change of a line). */
#ifndef ZHUCUN_ACTS_IMPL_H
#define ZHUCUN_ACTS_IMPL_H

#include <jansson.h>

#include "acts.h"
#include "capture.h"
#include "fields.h"

struct acts {
    struct home *h;
    FILE *in;
    struct capture *capture; /* opened by the first act of a piece */
    struct arena arena;      /* of one change */
    json_t *tags;            /* tag → id text */
};

int acts_change(struct acts *a, const json_t *change, struct err *err);

#endif
