/* story: what fieldwork, county and replies all hold while they tell the year: the city, the phrase books and
 * the laptop's acts; and how a sentence gets into a column. */
#ifndef ZHUCUN_SEEDS_STORY_H
#define ZHUCUN_SEEDS_STORY_H

#include "acts.h"
#include "city.h"
#include "scene.h"

struct story {
    const struct city *city;
    struct prose *prose;
    struct acts *acts;
    struct buf line; /* scratch */
};

int story_begin(struct story *s, const struct city *city, struct prose *prose, struct tally *tally,
                struct acts *acts, struct err *err);
void story_end(struct story *s);

/* column = one way of saying `section`, cut to `limit` code points at a full stop; left out when nothing
 * fits. */
void story_say(struct story *s, const char *column, const char *section, const struct scene *scene,
               struct dice *dice, size_t limit);
/* The same with a numbered section: "measure_7". */
void story_say_of(struct story *s, const char *column, const char *section, int number,
                  const struct scene *scene, struct dice *dice, size_t limit);
/* A minute of the working day. */
int story_minute(struct dice *dice);

#endif
