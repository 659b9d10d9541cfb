/* cut: the test knob that breaks connections. Deterministic from its seed (splitmix64: Steele, Lea, Flood, "Fast
 * Splittable Pseudorandom Number Generators", 2014). */
#include "curl_state.h"

void send_curl_cut(struct transport *t, double probability, uint64_t seed)
{
    struct send_curl *c = t->ctx;
    c->cut = probability;
    c->random = seed;
}

static uint64_t next(struct send_curl *c)
{
    uint64_t z = c->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* From 0 bytes to all of them; after all of them it is the reply that is lost. */
void cut_plan(struct send_curl *c)
{
    c->cut_at = SIZE_MAX;
    c->lose_reply = false;
    if (c->cut <= 0 || (double)(next(c) >> 11) * 0x1p-53 >= c->cut) return;
    size_t at = (size_t)(next(c) % (c->q->body_len + 1));
    c->lose_reply = at == c->q->body_len;
    if (!c->lose_reply) c->cut_at = at;
}
