/* visits: the visits of a seeded city as changesets of a real laptop: zhucun-seed's acts, cut down to their visits,
 * go through the agent's own importer into a home, and its journal is read back. So references, authors, days and
 * clocks are what they are in the field. */
#ifndef ZHUCUN_BENCH_VISITS_H
#define ZHUCUN_BENCH_VISITS_H

#include <stdio.h>

#include "stage.h"
#include "zhucun/change.h"
#include "zhucun/seal.h"

struct texts { /* one text a line */
    char **list;
    size_t count;
};
void texts_read(struct texts *t, const char *file);
void texts_free(struct texts *t);

/* Copies the acts of `from` that make a visit, only the visits, to `to`; their summaries are replaced by `texts`
 * from *next on, when given. Stops after `most`. Returns how many. */
size_t visits_filter(const char *from, FILE *to, size_t most, const struct texts *texts, size_t *next);

struct visits {
    struct arena arena;
    struct digest before;    /* of the first, in its origin's chain */
    struct changeset *list;  /* one visit each */
    size_t count;
};
/* Imports a filtered file into the laptop's home and reads back what that wrote. */
void visits_import(struct visits *v, struct laptop *l, FILE *acts);
/* All visits of the city's acts, at most `most`; the laptop's scope is the whole city. */
void visits_of_city(struct visits *v, const struct stage *s, struct laptop *l, size_t most);
void visits_free(struct visits *v);

/* The same visit once more, in a capture of the home `h`: one change. */
struct capture;
void visits_put(struct capture *c, const struct home *h, const struct changeset *visit, struct row_id *id);

#endif
