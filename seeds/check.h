/* check: re-reads a written city with other eyes than those that wrote it: counts what stands in the roster
 * and in the acts of all waves, and compares with figures.json and counts.json. */
#ifndef ZHUCUN_SEEDS_CHECK_H
#define ZHUCUN_SEEDS_CHECK_H

#include "zhucun/err.h"

/* 0, or the first difference. */
int check_folder(const char *folder, struct err *err);

#endif
