/* write: where the city goes. */
#ifndef ZHUCUN_SEEDS_WRITE_H
#define ZHUCUN_SEEDS_WRITE_H

#include "city.h"

/* Makes `folder` when it is not there; refuses one that holds anything. */
int write_folder(const char *folder, struct err *err);
/* Writes everything into the empty folder and prints counts.json on stdout. */
int write_city(const struct city *city, const char *folder, struct err *err);

#endif
