/* fieldwork: wave 1, what cadres and contacts write on the team's laptop: visits with what they found,
 * measures, jobs, corrections and changes of members. */
#ifndef ZHUCUN_SEEDS_FIELDWORK_H
#define ZHUCUN_SEEDS_FIELDWORK_H

#include "story.h"

/* Adds the whole year of one household to the open laptop's acts. */
void fieldwork_household(struct story *s, const struct household *h);

/* events.c: jobs of the year, and (unmonitored households only, so that the people monitored stay as many as
 * the source says) births, deaths and moves. */
void events_jobs(struct story *s, const struct household *h, struct dice *dice);
void events_members(struct story *s, const struct household *h, struct dice *dice);
/* Adds a correction of a phone, a school state, a health set … to the open changeset, now and then. */
void events_correction(struct story *s, const struct household *h, int32_t day, struct dice *dice);

#endif
