/* scope: see scope.h. */
#include "scope.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_HOLDINGS = 4 * WIRE_MAX_HOUSEHOLDS }; /* held and leaving ones together */

struct gathering {
    struct holding *list;
    size_t count;
    struct err *err;
};

static int keep_holding(void *ctx, const struct holding *h)
{
    struct gathering *g = ctx;
    if (g->count == MAX_HOLDINGS)
        return err_set(g->err, ERR_REFUSED, "设备 %016llx 按户的范围过大：请改用村的范围",
                       "device %016llx holds too many single households: give it villages instead",
                       (unsigned long long)h->origin);
    g->list[g->count++] = *h;
    return 0;
}

static int gather(struct store *s, uint64_t origin, struct arena *arena, struct gathering *g, struct err *err)
{
    g->err = err;
    g->count = 0;
    g->list = arena_array(arena, MAX_HOLDINGS, sizeof *g->list);
    return g->list ? store_holdings(s, origin, keep_holding, g, err) : err_nomem(err);
}

/* The set without what was to leave up to `released`. */
static void choose(const struct gathering *g, uint64_t released, struct scope *out)
{
    out->household_count = 0;
    out->released_csn = released;
    for (size_t i = 0; i < g->count && out->household_count < WIRE_MAX_HOUSEHOLDS; i++) {
        const struct holding *h = &g->list[i];
        if (h->leaving_csn == 0 || h->leaving_csn > released) out->households[out->household_count++] = h->household;
    }
}

uint64_t scope_held_digest(const struct scope *scope)
{
    return scope_digest(scope->places, scope->place_count, scope->households, scope->household_count);
}

/* What the laptop has released already, as its digest shows; 0: nothing. */
static uint64_t shown_released(const struct gathering *g, const struct pull_request *q, struct scope *out)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->list[i].leaving_csn == 0) continue;
        choose(g, g->list[i].leaving_csn, out);
        if (scope_held_digest(out) == q->scope) return g->list[i].leaving_csn;
    }
    return 0;
}

/* What may be released now: it knows of it, and nothing of its log is on the way. */
static uint64_t may_release(const struct gathering *g, const struct pull_request *q, uint64_t received)
{
    uint64_t most = 0;
    if (q->head > received) return 0;
    for (size_t i = 0; i < g->count; i++)
        if (g->list[i].leaving_csn <= q->csn && g->list[i].leaving_csn > most) most = g->list[i].leaving_csn;
    return most;
}

int scope_of_device(struct store *s, const struct device *d, const struct pull_request *q, uint64_t received,
                    struct arena *arena, struct scope *out, struct err *err)
{
    struct gathering g;
    *out = (struct scope){.places = d->places, .place_count = d->place_count};
    if (!d->assigned) return 0;
    int rc = gather(s, d->origin, arena, &g, err);
    if (rc != 0) return rc;
    out->households = arena_array(arena, WIRE_MAX_HOUSEHOLDS, sizeof *out->households);
    if (out->households == NULL) return err_nomem(err);
    uint64_t shown = q ? shown_released(&g, q, out) : 0, now = q ? may_release(&g, q, received) : 0;
    choose(&g, shown > now ? shown : now, out);
    return 0;
}

/* ---- following assignments ---- */

struct following {
    struct store *s;
    struct gathering now;        /* what the device holds */
    struct row_id *wanted;       /* what is assigned to its workers */
    size_t count, room;
    struct err *err;
};

static int want(void *ctx, struct row_id household)
{
    struct following *f = ctx;
    if (f->count == f->room) return 0; /* scope_of_device says it is too large */
    f->wanted[f->count++] = household;
    return 0;
}

static int want_of_workers(struct following *f, const struct device *d, int64_t day)
{
    const struct schema_table *t = schema_table_named(store_schema(f->s), "worker");
    for (size_t i = 0; i < d->worker_count; i++) {
        struct row_id worker;
        int rc = store_row_find(f->s, t, d->workers[i], strlen(d->workers[i]), &worker, f->err);
        if (rc == 1) rc = store_assigned(f->s, worker, day, want, f, f->err);
        if (rc < 0) return rc;
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct row_id *x = a, *y = b;
    if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int hold(struct following *f, const struct device *d, struct row_id household, uint64_t csn)
{
    const struct schema_table *t = schema_table_named(store_schema(f->s), "household");
    struct holding h = {d->origin, household, csn, 0};
    struct row_home home;
    for (size_t i = 0; i < f->now.count; i++)
        if (row_id_equal(f->now.list[i].household, household) && f->now.list[i].leaving_csn == 0) return 0;
    int rc = store_row_home(f->s, t, household, &home, f->err);
    if (rc <= 0) return rc; /* an assignment to a household that nobody has seen yet */
    rc = store_unit_track(f->s, home, f->err);
    if (rc == 0) rc = store_unit_track(f->s, (struct row_home){home.place, UNIT_COMMON}, f->err);
    return rc == 0 ? store_holding_put(f->s, &h, f->err) : rc;
}

static int let_go(struct following *f, const struct holding *had, uint64_t csn)
{
    struct holding h = *had;
    if (h.leaving_csn != 0 || bsearch(&h.household, f->wanted, f->count, sizeof *f->wanted, by_id)) return 0;
    h.leaving_csn = csn;
    return store_holding_put(f->s, &h, f->err);
}

static int follow(struct following *f, const struct device *d, int64_t day, uint64_t csn)
{
    int rc = want_of_workers(f, d, day);
    if (rc != 0) return rc;
    qsort(f->wanted, f->count, sizeof *f->wanted, by_id);
    for (size_t i = 0; i < f->count && rc == 0; i++)
        if (i == 0 || !row_id_equal(f->wanted[i - 1], f->wanted[i])) rc = hold(f, d, f->wanted[i], csn);
    for (size_t i = 0; i < f->now.count && rc == 0; i++) rc = let_go(f, &f->now.list[i], csn);
    return rc;
}

int scope_refresh(struct store *s, const struct device *d, int64_t day, uint64_t csn, struct err *err)
{
    struct following f = {.s = s, .room = MAX_HOLDINGS, .err = err};
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    int rc = gather(s, d->origin, &arena, &f.now, err);
    if (rc == 0 && (f.wanted = arena_array(&arena, f.room, sizeof *f.wanted)) == NULL) rc = err_nomem(err);
    if (rc == 0) rc = follow(&f, d, day, csn);
    arena_free(&arena);
    return rc;
}

int scope_forget(struct store *s, uint64_t origin, uint64_t released, struct err *err)
{
    struct gathering g;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    int rc = released ? gather(s, origin, &arena, &g, err) : 0;
    for (size_t i = 0; released && i < g.count && rc == 0; i++)
        if (g.list[i].leaving_csn != 0 && g.list[i].leaving_csn <= released)
            rc = store_holding_drop(s, origin, g.list[i].household, err);
    arena_free(&arena);
    return rc;
}
