/* day: what a laptop does between two opens — visits, edits, two syncs — and what must hold after it was cut. */
#ifndef ZHUCUN_CRASH_DAY_H
#define ZHUCUN_CRASH_DAY_H

#include "city.h"
#include "fakes.h"
#include "loopback.h"

enum { DAY_VISITS = 12 };

/* Shared with the process that will die: what it was told is saved. */
struct day_log {
    struct row_id saved[DAY_VISITS];
    size_t saved_count;
    size_t phones;          /* edits of the household's phone that were confirmed */
    bool finished;
};
struct day_place {
    char laptop[600], server[600];
    struct city city;
};
/* Runs the day. What fails is tried once more, as a person would; errors do not end it. */
int day_run(const struct day_place *p, struct day_log *log, bool steps, struct err *err);
/* Opens what is left: everything confirmed is there, log and rows agree, and a sync makes both sides equal with each
 * visit exactly once. */
int day_check(const struct day_place *p, const struct day_log *log, struct err *err);

#endif
