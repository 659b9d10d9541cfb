/* clock: when a changeset was written and what day it speaks of, by the server's clock. Pure; the rule is above clock.c.
 * Neighbours: push.c reads each changeset by it, marks.c and report/orders.c the dates in one. */
#ifndef ZHUCUN_INTAKE_CLOCK_H
#define ZHUCUN_INTAKE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock_facts {
    uint64_t raw;           /* stamp as written */
    int64_t observed;       /* day as written */
    int64_t skew_ms;        /* server's clock − laptop's, at the push */
    int64_t base_ms;        /* receipt of the changeset that holds csn `base`; 0: none */
    uint64_t previous;      /* corrected stamp of the log's previous changeset; 0: none */
    int64_t received_ms;
};
struct clock_reading {
    uint64_t stamp;         /* corrected */
    int64_t day;            /* observed, put right */
    bool wrong;             /* the clock was: MARK_CLOCK */
};
void clock_read(const struct clock_facts *f, struct clock_reading *out);
/* A date that stands in the changeset: one that the laptop's clock gave is put right, one that a person typed stays. A typed
 * one is not the clock's own today and is plausible by the server's clock. Of the facts raw, base_ms and received_ms matter. */
int64_t clock_day(const struct clock_facts *f, uint64_t stamp, int64_t day);

#endif
