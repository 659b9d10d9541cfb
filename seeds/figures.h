/* figures: what the source says about the city, and what the bulletin must therefore say.
 *
 * Source: 《巩固拓展脱贫成果 全面推进乡村振兴》, 绥化日报, 2022-07-14. The newspaper has no figure for the
 * rosters' size beside cadres and contacts, for the target of employment, or for how the money divides: those
 * lines say "ours" in figures.c. */
#ifndef ZHUCUN_SEEDS_FIGURES_H
#define ZHUCUN_SEEDS_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "zhucun/buf.h"

struct figures {
    int64_t resident_cadres, contacts;
    int64_t monitored_households, monitored_people;
    int64_t taken_in_households, taken_in_people;
    int64_t cleared_households, cleared_people;
    int64_t employed, employment_target;
    int64_t orders_issued, orders_answered;
    int64_t projects, projects_industry;
    int64_t funds_central_yuan, funds_provincial_yuan, spent_central_yuan, spent_provincial_yuan;
    int64_t training_classes, trained, loans_yuan, firms;
    int64_t households, people, villages, laptops, ruled_out_clues, other_visits; /* sizes of ours */
};

/* Every count times `per_million`/1,000,000, rounded, at least 1; 1,000,000 gives the source's own. */
struct figures figures_scaled(int64_t per_million);

/* The names under which the bulletin shows them, with values as it prints them ("54.71"). */
enum { FIGURES_MAX = 32 };
struct figure {
    const char *name;
    char text[24];
};
size_t figures_list(const struct figures *f, struct figure out[FIGURES_MAX]);
void figures_json(const struct figures *f, struct buf *out); /* one object, one figure a line */

/* part/whole in percent with two decimals, half up, in whole numbers only. */
void figures_percent(int64_t part, int64_t whole, char out[24]);

#endif
