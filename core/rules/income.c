/* income: what an income sheet adds up to. The row is atomic, so the figures travel with their parts. */
#include "zhucun/rules.h"

/* A thousand times a billion yuan: sums of five stay far from the end of 64 bits. */
static const int64_t most_fen = INT64_C(100000000000000);

static bool part(int64_t fen, int64_t sign, int64_t *sum, bool *any)
{
    if (fen == RULE_NONE) return true;
    if (fen > most_fen || fen < -most_fen) return false;
    *any = true;
    *sum += sign * fen;
    return true;
}

bool income_net(const struct income *i, int64_t *net)
{
    int64_t sum = 0;
    bool any = false;
    *net = RULE_NONE;
    if (!part(i->wages, 1, &sum, &any) || !part(i->business, 1, &sum, &any) || !part(i->property, 1, &sum, &any) ||
        !part(i->transfers, 1, &sum, &any) || !part(i->costs, -1, &sum, &any) || !any)
        return false;
    *net = sum;
    return true;
}

bool income_per_head(int64_t net, int64_t persons, int64_t *per_head)
{
    *per_head = RULE_NONE;
    if (net == RULE_NONE || persons == RULE_NONE || persons <= 0 || persons > INT32_MAX || net > 8 * most_fen ||
        net < -8 * most_fen)
        return false;
    int64_t twice = 2 * net + persons; /* half up: floor((2·net + persons) / (2·persons)) */
    *per_head = twice / (2 * persons) - (twice % (2 * persons) < 0);
    return true;
}
