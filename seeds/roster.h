/* roster: what the server loads before any laptop works: regions, workers, households, members, assignments;
 * and laptops.csv, which says who works where. */
#ifndef ZHUCUN_SEEDS_ROSTER_H
#define ZHUCUN_SEEDS_ROSTER_H

#include "city.h"

/* Writes FOLDER/roster/ *.csv; the folder exists. */
int roster_write(const struct city *city, const char *folder, struct err *err);
/* Writes FOLDER/laptops.csv: wave 1 the teams, wave 2 the counties, wave 3 the teams that reply to orders. */
int roster_write_laptops(const struct city *city, const char *folder, struct err *err);

#endif
