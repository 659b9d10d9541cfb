/* city: a small roster — one village and its upper regions, a cadre, a contact and a county worker, households with
 * one member each — loaded as the server's own changesets, and acts of laptops on it. */
#ifndef ZHUCUN_TEST_CITY_H
#define ZHUCUN_TEST_CITY_H

#include "home.h"
#include "store.h"

enum { CITY_MAX_HOUSEHOLDS = 64 };
#define CITY_VILLAGE INT64_C(231202109250)
#define CITY_OTHER_VILLAGE INT64_C(231202109251)

struct city {
    uint64_t origin;
    size_t households;
    struct row_id cadre, contact, county;
    struct row_id household[CITY_MAX_HOUSEHOLDS], member[CITY_MAX_HOUSEHOLDS];
};
int city_load(struct city *c, struct store *s, const struct env *env, size_t households, struct err *err);

/* A visit by the cadre, one changeset, committed. `n` varies its words. */
int city_visit(struct home *h, const struct city *c, size_t household, unsigned n, struct row_id *id, struct err *err);
/* Sets one text or number of a row, one changeset. */
int city_set(struct home *h, struct row_id author, const char *table, struct row_id id, const char *column,
             struct value value, struct err *err);
/* Takes elements in and out of a set column. */
int city_set_elements(struct home *h, struct row_id author, const char *table, struct row_id id, const char *column,
                      struct value added, struct value removed, struct err *err);
/* A cell of the row as the home shows it; `row` and value live in the arena. 1 found, 0 no such row. */
int city_read(struct home *h, const char *table, struct row_id id, const char *column, struct arena *a,
              struct table_row *row, struct value *out, struct err *err);
size_t city_count(struct table_set *ts, const char *table); /* rows */

#endif
