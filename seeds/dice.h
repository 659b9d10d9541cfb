/* dice: the generator's only source of chance, so that one seed gives one city, on every machine.
 *
 * SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014). Every
 * household, village and laptop has dice of its own, thrown from the seed: what one of them needs more
 * or fewer throws for does not change the others.
 *
 * Never throw twice among the arguments of one call: compilers evaluate them in different orders. */
#ifndef ZHUCUN_SEEDS_DICE_H
#define ZHUCUN_SEEDS_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

/* `purpose` is a word such as "family"; `number` tells the things with that purpose apart. */
struct dice dice_for(uint64_t seed, const char *purpose, uint64_t number);
uint64_t dice_next(struct dice *d);
uint32_t dice_below(struct dice *d, uint32_t n);     /* 0…n-1; n > 0 */
int dice_between(struct dice *d, int low, int high); /* both included */
bool dice_chance(struct dice *d, int per_mille);
/* Index of `weights` (small positive numbers), in proportion. */
int dice_weighted(struct dice *d, const int *weights, size_t n);
/* Fills `order` with a shuffled 0…n-1. */
void dice_shuffle(struct dice *d, uint32_t *order, size_t n);

#endif
