/* wanted: what an enrolment code is for — regions of this city that are there still, workers of the roster — word by
 * word, from a request or a sheet. */
#ifndef ZHUCUN_ADMIN_WANTED_H
#define ZHUCUN_ADMIN_WANTED_H

#include "verbs.h"
#include "zhucun/wire.h"

struct wanted {
    int64_t places[WIRE_MAX_PLACES]; /* the device's */
    struct enrol_code code;
};
void wanted_start(struct wanted *w, const char *name); /* NULL: none */

typedef int wanted_fn(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err);
wanted_fn wanted_place, wanted_worker;
/* A text of words between blanks or commas; a list of such texts. */
int wanted_words(struct store *s, struct wanted *w, const char *text, wanted_fn *add, struct err *err);
int wanted_list(struct store *s, struct wanted *w, const json_t *list, wanted_fn *add, struct err *err);

#endif
