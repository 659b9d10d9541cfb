/* fakes: see fakes.h. splitmix64. */
#include "fakes.h"

#include <string.h>

uint64_t fake_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t now(void *ctx)
{
    struct fake_env *f = ctx;
    return f->now_ms += f->tick_ms;
}

static int fill(void *ctx, void *out, size_t n)
{
    struct fake_env *f = ctx;
    uint8_t *at = out;
    for (size_t i = 0; i < n; i++)
        at[i] = (uint8_t)fake_random(&f->random);
    return 0;
}

void fake_env_init(struct fake_env *f, int64_t now_ms, uint64_t seed)
{
    *f = (struct fake_env){.env = {now, fill, f}, .now_ms = now_ms, .tick_ms = 1, .random = seed};
}

void fake_sleep(void *ctx, int ms)
{
    struct fake_env *f = ctx;
    f->now_ms += ms;
}
