/* laptops: regions of many laptops, changed by one act. Their workers' assignments are scope's. */
#ifndef ZHUCUN_ADMIN_LAPTOPS_H
#define ZHUCUN_ADMIN_LAPTOPS_H

#include "verbs.h"
#include "zhucun/wire.h"

/* Changes d->places, which has room for WIRE_MAX_PLACES; true: it is another scope now. Asked more than once. */
typedef bool laptop_fn(void *ctx, struct device *d);
int laptops_change(struct store *s, laptop_fn *fn, void *ctx, size_t *count, struct err *err);

#endif
