/* model_time: when something was written and seen, by the server's clock. A wrong clock poisons nothing: the stamp is
 * shifted by what the clock was wrong by at the push, and is never later than the receipt. */
#include "model_impl.h"

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct written time_of(const struct changeset *cs, const struct arrival *a)
{
    int64_t wrong = a->clock_ms ? a->received_ms - a->clock_ms : 0;
    int64_t ms = at_most((int64_t)(cs->stamp >> 16) + wrong, a->received_ms);
    uint64_t counter = cs->stamp & 0xffff;
    uint64_t stamp = (ms > 0 ? (uint64_t)ms << 16 : 0) | counter;
    return (struct written){.origin = cs->origin, .seq = cs->seq, .stamp = stamp, .observed = cs->observed, .author = cs->author};
}
