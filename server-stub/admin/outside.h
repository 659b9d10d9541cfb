/* outside: people of a laptop whose own region it does not hold. They may be on it, for contacts help across villages; but
 * their rows of the roster are not there, so that they cannot sign. */
#ifndef ZHUCUN_ADMIN_OUTSIDE_H
#define ZHUCUN_ADMIN_OUTSIDE_H

#include "verbs.h"

/* Into `out`, as `outside`: worker, name and region of each; nothing when there is none. */
int outside_put(struct store *s, const struct device *d, int64_t day, json_t *out, struct err *err);

#endif
