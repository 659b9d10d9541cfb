/* county: wave 2, what a county's supervisors write on their laptop when the teams' work has arrived: who is
 * monitored, decisions on clues, clearings with the closing of their risks, orders, indicators. */
#ifndef ZHUCUN_SEEDS_COUNTY_H
#define ZHUCUN_SEEDS_COUNTY_H

#include "story.h"

void county_tell(struct story *s, int county);

#endif
