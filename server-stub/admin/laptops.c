/* laptops: see laptops.h. They are walked to the end before the first of them is written. */
#include "laptops.h"

#include <stdlib.h>
#include <string.h>

enum { DEVICE_ARENA = 256 * 1024 };

struct laptops {
    laptop_fn *fn;
    void *ctx;
    uint64_t *list;
    size_t count, cap;
    int64_t places[WIRE_MAX_PLACES];
    struct err *err;
};

static bool change(struct laptops *l, struct device *d)
{
    if (d->place_count)
        memcpy(l->places, d->places, d->place_count * sizeof l->places[0]);
    d->places = l->places;
    return l->fn(l->ctx, d);
}

static int keep(void *ctx, const struct device *d)
{
    struct laptops *l = ctx;
    struct device copy = *d;

    if (!change(l, &copy))
        return 0;
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        uint64_t *list = realloc(l->list, cap * sizeof *list);
        if (!list)
            return err_nomem(l->err);
        l->list = list;
        l->cap = cap;
    }
    l->list[l->count++] = d->origin;
    return 0;
}

static int write(struct laptops *l, struct store *s, uint64_t origin)
{
    struct arena arena;
    struct device d;

    arena_init(&arena, DEVICE_ARENA);
    int rc = store_device_by_origin(s, origin, &arena, &d, l->err);
    if (rc > 0 && change(l, &d)) {
        verb_sort_places(&d);
        rc = store_device_put(s, &d, l->err);
    }
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

int laptops_change(struct store *s, laptop_fn *fn, void *ctx, size_t *count, struct err *err)
{
    struct laptops *l = calloc(1, sizeof *l);

    if (!l)
        return err_nomem(err);
    l->fn = fn;
    l->ctx = ctx;
    l->err = err;
    int rc = store_device_walk(s, keep, l, err);
    for (size_t i = 0; i < l->count && rc >= 0; i++)
        rc = write(l, s, l->list[i]);
    *count = l->count;
    free(l->list);
    free(l);
    return rc < 0 ? rc : 0;
}
