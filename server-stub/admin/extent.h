/* extent: how much of what is assigned to its workers a laptop holds; see scope_extent. */
#ifndef ZHUCUN_ADMIN_EXTENT_H
#define ZHUCUN_ADMIN_EXTENT_H

#include "keymap.h"
#include "verbs.h"

enum { EXTENT_WORKER = 2 }; /* keymap: workers' numbers */

/* households_held and households_assigned, of a laptop that follows assignments: 1 when it cannot hold all, else 0. */
int extent_put(struct verb_call *c, const struct device *d, int64_t day, json_t *out, struct err *err);
/* Into the answer, as `beyond`: the laptops of these workers that cannot hold all on that day. */
int extent_beyond(struct verb_call *c, const struct keymap *workers, int64_t day, struct err *err);

#endif
