/* dice: SplitMix64, see dice.h. Range reduction by multiplication (Lemire 2019) without the rejection step: a
 * bias of one in four billion does not matter to a synthetic city. */
#include "dice.h"

#include <assert.h>

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct dice dice_for(uint64_t seed, const char *purpose, uint64_t number)
{
    uint64_t h = mix(seed + UINT64_C(0x9e3779b97f4a7c15));
    for (; *purpose; purpose++)
        h = mix(h ^ (unsigned char)*purpose);
    return (struct dice){mix(h ^ mix(number + 1))};
}

uint64_t dice_next(struct dice *d)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(d->state);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
    assert(n > 0);
    return (uint32_t)(((dice_next(d) >> 32) * n) >> 32);
}

int dice_between(struct dice *d, int low, int high)
{
    assert(low <= high);
    return low + (int)dice_below(d, (uint32_t)(high - low) + 1);
}

bool dice_chance(struct dice *d, int per_mille)
{
    return (int)dice_below(d, 1000) < per_mille;
}

int dice_weighted(struct dice *d, const int *weights, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    int at = (int)dice_below(d, (uint32_t)sum);
    size_t i = 0;
    while (i + 1 < n && at >= weights[i])
        at -= weights[i++];
    return (int)i;
}

void dice_shuffle(struct dice *d, uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = dice_below(d, (uint32_t)i + 1);
        order[i] = order[j];
        order[j] = (uint32_t)i;
    }
}
