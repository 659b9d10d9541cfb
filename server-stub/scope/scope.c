/* scope: see scope.h. */
#include "scope.h"

#include <stdlib.h>
#include <string.h>

/* Held and leaving ones together: follow() keeps each below WIRE_MAX_HOUSEHOLDS. */
enum { MAX_LEAVING = WIRE_MAX_HOUSEHOLDS, MAX_HOLDINGS = WIRE_MAX_HOUSEHOLDS + MAX_LEAVING };

struct gathering {
    struct holding *list; /* ascending by household */
    size_t count, leaving;
};

static int keep_holding(void *ctx, const struct holding *h)
{
    struct gathering *g = ctx;
    if (g->count == MAX_HOLDINGS) return 0;
    g->leaving += h->leaving_csn != 0;
    g->list[g->count++] = *h;
    return 0;
}

static int gather(struct store *s, uint64_t origin, struct arena *arena, struct gathering *g, struct err *err)
{
    *g = (struct gathering){.count = 0};
    g->list = arena_array(arena, MAX_HOLDINGS, sizeof *g->list);
    return g->list ? store_holdings(s, origin, keep_holding, g, err) : err_nomem(err);
}

/* The set without what was to leave up to `released`. What is held comes before what is leaving. */
static void choose(const struct gathering *g, uint64_t released, struct scope *out)
{
    size_t held = g->count - g->leaving < WIRE_MAX_HOUSEHOLDS ? g->count - g->leaving : WIRE_MAX_HOUSEHOLDS;
    size_t leaving = WIRE_MAX_HOUSEHOLDS - held;
    out->household_count = 0;
    out->released_csn = released;
    for (size_t i = 0; i < g->count; i++) {
        const struct holding *h = &g->list[i];
        size_t *room = h->leaving_csn == 0 ? &held : &leaving;
        if (*room == 0 || (h->leaving_csn != 0 && h->leaving_csn <= released)) continue;
        out->households[out->household_count++] = h->household;
        --*room;
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
    struct row_id *wanted;       /* what is assigned to its workers; ascending, no doubles, once all are read */
    size_t count, room;
    struct err *err;
};

static int want(void *ctx, struct row_id household)
{
    struct following *f = ctx;
    if (f->count == f->room) {
        size_t room = f->room * 2 + 256;
        struct row_id *wanted = realloc(f->wanted, room * sizeof *wanted);
        if (wanted == NULL) return err_nomem(f->err);
        f->wanted = wanted;
        f->room = room;
    }
    f->wanted[f->count++] = household;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct row_id *x = a, *y = b;
    if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void sort_wanted(struct following *f)
{
    size_t kept = 0;
    if (f->count != 0) qsort(f->wanted, f->count, sizeof *f->wanted, by_id);
    for (size_t i = 0; i < f->count; i++)
        if (kept == 0 || !row_id_equal(f->wanted[kept - 1], f->wanted[i])) f->wanted[kept++] = f->wanted[i];
    f->count = kept;
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
    sort_wanted(f);
    return 0;
}

static int by_household(const void *id, const void *holding)
{
    return by_id(id, &((const struct holding *)holding)->household);
}

static int hold(struct following *f, const struct device *d, struct row_id household, uint64_t csn)
{
    const struct schema_table *t = schema_table_named(store_schema(f->s), "household");
    struct holding h = {d->origin, household, csn, 0};
    struct row_home home;
    const struct holding *had = bsearch(&household, f->now.list, f->now.count, sizeof *f->now.list, by_household);
    if (had != NULL && had->leaving_csn == 0) return 0;
    int rc = store_row_home(f->s, t, household, &home, f->err);
    if (rc <= 0) return rc; /* an assignment to a household that nobody has seen yet */
    rc = store_unit_track(f->s, home, f->err);
    if (rc == 0) rc = store_unit_track(f->s, (struct row_home){home.place, UNIT_COMMON}, f->err);
    return rc == 0 ? store_holding_put(f->s, &h, f->err) : rc;
}

static int let_go(struct following *f, const struct holding *had, uint64_t csn)
{
    struct holding h = *had;
    if (h.leaving_csn != 0 || (f->count != 0 && bsearch(&h.household, f->wanted, f->count, sizeof *f->wanted, by_id))) return 0;
    if (f->now.leaving == MAX_LEAVING) return store_holding_drop(f->s, h.origin, h.household, f->err);
    f->now.leaving++;
    h.leaving_csn = csn;
    return store_holding_put(f->s, &h, f->err);
}

static int follow(struct following *f, const struct device *d, int64_t day, uint64_t csn)
{
    int rc = want_of_workers(f, d, day);
    if (f->count > WIRE_MAX_HOUSEHOLDS) f->count = WIRE_MAX_HOUSEHOLDS; /* scope_extent says so */
    for (size_t i = 0; i < f->count && rc == 0; i++) rc = hold(f, d, f->wanted[i], csn);
    for (size_t i = 0; i < f->now.count && rc == 0; i++) rc = let_go(f, &f->now.list[i], csn);
    return rc;
}

int scope_refresh(struct store *s, const struct device *d, int64_t day, uint64_t csn, struct err *err)
{
    struct following f = {.s = s, .err = err};
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    int rc = gather(s, d->origin, &arena, &f.now, err);
    if (rc == 0) rc = follow(&f, d, day, csn);
    arena_free(&arena);
    free(f.wanted);
    return rc;
}

int scope_extent(struct store *s, const struct device *d, int64_t day, size_t *held, size_t *assigned, struct err *err)
{
    struct following f = {.s = s, .err = err};
    int rc = d->assigned ? want_of_workers(&f, d, day) : 0;
    *assigned = rc == 0 ? f.count : 0;
    *held = *assigned < WIRE_MAX_HOUSEHOLDS ? *assigned : WIRE_MAX_HOUSEHOLDS;
    free(f.wanted);
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
