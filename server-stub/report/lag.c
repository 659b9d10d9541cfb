/* lag: what the server has heard of each device. What a laptop has not sent yet the server cannot know; how long
 * it has been silent, it can. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

struct lags {
    struct store *store;
    struct device_lag *list;
    size_t count, cap;
    int64_t now_ms;
    struct err *err;
};

static int count_one(void *ctx, const struct quarantine_entry *e)
{
    (void)e;
    (*(uint64_t *)ctx)++;
    return 0;
}

/* A laptop that told of more visits than came: what it has alone. */
static int count_missing(void *ctx, const struct tally_difference *d)
{
    struct lags *l = ctx;

    for (size_t i = 0; i < l->count && d->there.count > d->here.count; i++)
        if (l->list[i].origin == d->key.origin)
            l->list[i].missing += d->there.count - d->here.count;
    return 0;
}

static int add_device(void *ctx, const struct device *d)
{
    struct lags *l = ctx;
    struct origin_state state = {0};
    int rc = store_origin_get(l->store, d->origin, &state, l->err);

    if (rc < 0)
        return rc;
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct device_lag *list = realloc(l->list, cap * sizeof *list);
        if (!list)
            return err_nomem(l->err);
        l->list = list;
        l->cap = cap;
    }
    struct device_lag *one = &l->list[l->count++];
    *one = (struct device_lag){.origin = d->origin, .received = state.high, .last_contact_ms = device_heard_ms(d, &state),
                               .last_pull_ms = d->last_pull_ms, .enrolled_ms = d->enrolled_ms,
                               .revoked_ms = d->revoked_ms, .skew_ms = state.skew_ms};
    memcpy(one->name, d->name, sizeof one->name);
    int64_t since = one->last_contact_ms > d->enrolled_ms ? one->last_contact_ms : d->enrolled_ms;
    one->silent_days = (l->now_ms - since) / (24 * 3600 * 1000);
    return 0;
}

static int by_silence(const void *a, const void *b)
{
    const struct device_lag *x = a, *y = b;

    if (x->silent_days != y->silent_days)
        return x->silent_days > y->silent_days ? -1 : 1;
    return x->origin < y->origin ? -1 : x->origin > y->origin;
}

static int run(struct lags *l, report_lag_fn *fn, void *ctx)
{
    int rc = store_device_walk(l->store, add_device, l, l->err);

    if (rc >= 0)
        rc = store_difference_walk(l->store, count_missing, l, l->err);
    if (rc >= 0 && l->count)
        qsort(l->list, l->count, sizeof l->list[0], by_silence);
    for (size_t i = 0; i < l->count && rc >= 0; i++) {
        rc = store_quarantine_walk(l->store, l->list[i].origin, 0, count_one, &l->list[i].quarantined, l->err);
        if (rc >= 0)
            rc = fn(ctx, &l->list[i]);
    }
    return rc;
}

int report_lag(struct store *reader, int64_t now_ms, report_lag_fn *fn, void *ctx, struct err *err)
{
    struct lags l = {.store = reader, .now_ms = now_ms, .err = err};
    int rc = store_begin_read(reader, err);

    if (rc < 0)
        return rc;
    rc = run(&l, fn, ctx);
    store_end(reader);
    free(l.list);
    return rc < 0 ? rc : 0;
}
