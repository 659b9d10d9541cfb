/* places: where the city is: villages that take part, and which team's laptop serves them.
 *
 * Invariant: villages stand in the order of their codes; each belongs to exactly one laptop, whose villages
 * are neighbours in that order. Only units named 村委会 have rural households here. */
#ifndef ZHUCUN_SEEDS_PLACES_H
#define ZHUCUN_SEEDS_PLACES_H

#include <stdint.h>

#include "figures.h"
#include "zhucun/err.h"

enum { PLACES_COUNTIES = 10, PLACES_HAMLETS = 4 };

struct county {
    int64_t code;
    char name[16];
};

struct village {
    int64_t code;
    char name[48];                        /* 友谊村 */
    char township[40];                    /* 四方台镇 */
    int county;                           /* index */
    uint32_t laptop;                      /* index */
    uint32_t first_household, households; /* ranges into the city's lists (city.c) */
    uint32_t first_contact, contacts;
    uint32_t first_cadre, cadres;
    int hamlets;
    char hamlet[PLACES_HAMLETS][40]; /* 前王家屯 */
};

struct laptop {
    char name[20];
    int county;
    uint32_t first_village, villages;
};

struct places {
    struct county county[PLACES_COUNTIES];
    struct village *village;
    uint32_t villages;
    struct laptop *laptop;
    uint32_t laptops;
};

/* Takes f->villages villages and f->laptops laptops over the counties. The villages that the source names are
 * always among them. */
int places_make(struct places *places, const struct figures *f, uint64_t seed, struct err *err);
void places_free(struct places *places);

/* A built-in file's text by its name; NULL when there is no such file. */
const char *places_data(const char *name, size_t *len);

#endif
