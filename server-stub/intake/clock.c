/* clock: when a changeset was written and what it says was seen, by the server's clock. Pure.
 *
 *   stamp   raw + skew of the laptop's clock at the push,
 *           not before  the receipt of what its author had applied (base), nor before the log's previous changeset
 *           not after   its own receipt
 *   day     the day it was observed; where the laptop's clock turns out to have been off by a day or more, a day that
 *           this clock itself gave — its today, or up to 31 days before — is shifted by as many days; another was
 *           typed in by a person, and stays. Never after the day of the receipt
 *
 * So a laptop in 2034 does not win for ever, and one in 2016 does not always lose. Rows keep what was written. */
#include "work.h"

enum { DEFAULT_DAYS = 31, TOLERATED_MS = 5 * 60 * 1000 };
static const int64_t day_ms = INT64_C(86400000);

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

int64_t clock_day(const struct clock_facts *f, uint64_t stamp, int64_t day)
{
    int64_t raw_ms = hlc_ms(f->raw), ms = hlc_ms(stamp);
    int64_t raw_day = date_of_ms(raw_ms), last = date_of_ms(f->received_ms);
    bool by_clock = day <= raw_day && day >= raw_day - DEFAULT_DAYS;
    if (distance(raw_ms, ms) >= day_ms && by_clock) day += date_of_ms(ms) - raw_day;
    return day < last ? day : last;
}

void clock_read(const struct clock_facts *f, struct clock_reading *out)
{
    int64_t shifted = hlc_ms(f->raw) + f->skew_ms, ms = shifted;
    if (ms < f->base_ms) ms = f->base_ms;
    if (ms > f->received_ms) ms = f->received_ms;
    out->stamp = hlc_from_ms(ms) | (f->raw & 0xffff);
    if (out->stamp < f->previous) out->stamp = f->previous;
    out->day = clock_day(f, out->stamp, f->observed);
    out->wrong = distance(f->skew_ms, 0) >= day_ms || distance(shifted, ms) > TOLERATED_MS;
}
