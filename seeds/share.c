/* share: exact sums, see share.h. Ties go to the lower index, so that the result depends on nothing else. */
#include "share.h"

#include <assert.h>
#include <stdlib.h>

struct remainder {
    int64_t rest;
    size_t index;
};

static int by_rest(const void *left, const void *right)
{
    const struct remainder *a = left, *b = right;
    if (a->rest != b->rest) return a->rest > b->rest ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

void share_out(int64_t total, const int64_t *weight, size_t n, int64_t *out)
{
    struct remainder *rest = calloc(n, sizeof *rest);
    int64_t sum = 0, given = 0;
    if (!rest) abort();
    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    assert(sum > 0);
    for (size_t i = 0; i < n; i++) {
        out[i] = total * weight[i] / sum;
        given += out[i];
        rest[i] = (struct remainder){total * weight[i] % sum, i};
    }
    qsort(rest, n, sizeof *rest, by_rest);
    for (size_t i = 0; given < total; i++, given++)
        out[rest[i % n].index]++;
    free(rest);
}

void share_seats(int64_t total, const int64_t *weight, const int64_t *max, size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = 1;
    for (int64_t left = total - (int64_t)n; left > 0; left--) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            if (out[i] >= max[i]) continue;
            if (best == n || weight[i] * (out[best] + 1) > weight[best] * (out[i] + 1)) best = i;
        }
        assert(best < n);
        out[best]++;
    }
}

void share_sizes(struct dice *dice, size_t n, int64_t total, uint8_t *size)
{
    static const int often[] = {24, 38, 19, 11, 6, 2};
    int64_t sum = 0;
    assert(n == 0 || ((int64_t)n <= total && total <= 6 * (int64_t)n));
    for (size_t i = 0; i < n; i++) {
        size[i] = (uint8_t)(1 + dice_weighted(dice, often, 6));
        sum += size[i];
    }
    while (n && sum != total) {
        uint32_t i = dice_below(dice, (uint32_t)n);
        int step = sum < total ? 1 : -1;
        if (size[i] + step < 1 || size[i] + step > 6) continue;
        size[i] = (uint8_t)(size[i] + step);
        sum += step;
    }
}
