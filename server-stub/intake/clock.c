/* clock: when a changeset was written and what it says was seen, by the server's clock. Pure.
 *
 *   stamp   raw + skew of the laptop's clock at the push,
 *           not before  the receipt of what its author had applied (base), nor before the log's previous changeset
 *           not after   its own receipt
 *   day     the day it was observed; where the laptop's clock turns out to have been off by a day or more, a day that
 *           this clock gave is shifted by as many days; what a person typed in stays. Never after the day of the receipt
 *
 *             the clock's own today                                              shifted
 *             up to 31 days before that, and nobody can have meant it            shifted ("yesterday" in 2016)
 *             up to 31 days before that, and plausible                           stays
 *             any other                                                          stays
 *
 *           Plausible, by the server's clock: from 31 days before the stamp, or from the last contact if that is longer
 *           ago, to the stamp. The clock's own today typed on purpose cannot be told from one that it filled in
 *
 * So a laptop in 2034 does not win for ever, and one in 2016 does not always lose. Rows keep what was written. */
#include "work.h"

enum { DEFAULT_DAYS = 31, TOLERATED_MS = 5 * 60 * 1000 };
static const int64_t day_ms = INT64_C(86400000);

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static bool plausible(const struct clock_facts *f, int64_t written, int64_t day)
{
    int64_t from = written - DEFAULT_DAYS;
    if (f->base_ms > 0 && date_of_ms(f->base_ms) < from) from = date_of_ms(f->base_ms);
    return day >= from && day <= written;
}

static bool by_clock(const struct clock_facts *f, int64_t written, int64_t day)
{
    int64_t today = date_of_ms(hlc_ms(f->raw)); /* of a day anything may stand in the changeset: no differences */
    return day == today || (day < today && day >= today - DEFAULT_DAYS && !plausible(f, written, day));
}

int64_t clock_day(const struct clock_facts *f, uint64_t stamp, int64_t day)
{
    int64_t raw_ms = hlc_ms(f->raw), ms = hlc_ms(stamp);
    int64_t written = date_of_ms(ms), last = date_of_ms(f->received_ms);
    if (distance(raw_ms, ms) >= day_ms && by_clock(f, written, day)) day += written - date_of_ms(raw_ms);
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
