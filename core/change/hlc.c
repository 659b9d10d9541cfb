/* hlc: the hybrid logical clock. Kulkarni, Demirbas et al., "Logical Physical Clocks and Consistent Snapshots in
 * Globally Distributed Databases" (2014), section 5: 48 bits of milliseconds, 16 bits of counter. */
#include "zhucun/change.h"

static const int64_t last_ms = (INT64_C(1) << 47) - 1; /* year 6429: no laptop's clock is believed beyond it */

uint64_t hlc_from_ms(int64_t ms)
{
    if (ms < 0) ms = 0;
    if (ms > last_ms) ms = last_ms;
    return (uint64_t)ms << 16;
}

int64_t hlc_ms(uint64_t stamp)
{
    return (int64_t)(stamp >> 16);
}

uint64_t hlc_next(uint64_t last, int64_t now_ms)
{
    uint64_t now = hlc_from_ms(now_ms);
    return now > last ? now : last + 1; /* a full counter carries into the milliseconds: still greater */
}
