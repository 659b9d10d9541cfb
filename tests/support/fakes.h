/* fakes: a clock that moves a little at each look, and randomness that follows from a seed. */
#ifndef ZHUCUN_TEST_FAKES_H
#define ZHUCUN_TEST_FAKES_H

#include "zhucun/env.h"

struct fake_env {
    struct env env; /* pass &fake.env */
    int64_t now_ms;
    int64_t tick_ms;
    uint64_t random;
};
void fake_env_init(struct fake_env *f, int64_t now_ms, uint64_t seed);
uint64_t fake_random(uint64_t *state);
void fake_sleep(void *fake_env, int ms); /* sync_options.sleep_ms: moves the clock */

#endif
