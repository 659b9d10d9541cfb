/* share: dividing whole numbers so that the parts add up to the total exactly. */
#ifndef ZHUCUN_SEEDS_SHARE_H
#define ZHUCUN_SEEDS_SHARE_H

#include <stddef.h>
#include <stdint.h>

#include "dice.h"

/* Largest remainder (Hamilton): out[i] ≈ total·weight[i]/Σ, Σ out = total. Weights ≥ 0, not all 0;
 * total·max(weight) below 2^63. A weight of 0 gets 0. Aborts without memory. */
void share_out(int64_t total, const int64_t *weight, size_t n, int64_t *out);

/* Seats: each part gets at least 1 and at most max[i]; the rest go one by one to the part with the greatest
 * weight a seat. n ≤ total ≤ Σ max. */
void share_seats(int64_t total, const int64_t *weight, const int64_t *max, size_t n, int64_t *out);

/* n sizes of 1…6 in the proportion of households of a village, adding up to `total` (n ≤ total ≤ 6n). */
void share_sizes(struct dice *dice, size_t n, int64_t total, uint8_t *size);

#endif
