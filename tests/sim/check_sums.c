/* check_sums: the server's sums — live rows and what their hashes add up to, of each place and of each household that
 * some laptop holds singly — against the rows themselves. The fingerprints of pulls are made of these. */
#include "sim.h"
#include "zhucun/pack.h"

enum { MEMORY = 32 * 1024 * 1024, SUMS = 512 };

struct sum {
    struct row_home home; /* of a place: unit −1 */
    uint64_t count, fingerprint;
};

struct adding {
    struct sim *s;
    const struct schema_table *t;
    struct arena a;
    struct sum list[SUMS];
    size_t count;
};

static struct sum *sum_of(struct adding *w, struct row_home home)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->list[i].home.place == home.place && w->list[i].home.unit == home.unit) return &w->list[i];
    if (w->count == SUMS) return NULL;
    w->list[w->count] = (struct sum){.home = home};
    return &w->list[w->count++];
}

static int add_row(void *ctx, const struct table_row *row)
{
    struct adding *w = ctx;
    struct stored_row stored;
    struct cell *cells;
    size_t count;
    arena_reset(&w->a);
    if (store_row_get(loopback_store(w->s->server), w->t, row->id, &w->a, &stored, NULL) != 1 || stored.dead) return 0;
    if (table_row_cells(w->t, &stored.row, &w->a, &cells, &count, NULL)) return 0;
    uint64_t hash = row_hash(w->t->number, row->id, cells, count);
    struct sum *of_place = sum_of(w, (struct row_home){stored.home.place, -1}), *of_unit = sum_of(w, stored.home);
    if (!of_place || !of_unit) return 0;
    of_place->count++;
    of_place->fingerprint += hash;
    of_unit->count++;
    of_unit->fingerprint += hash;
    return 0;
}

static int compare_place(void *ctx, const struct place_sum *p)
{
    struct adding *w = ctx;
    const struct sum *mine = sum_of(w, (struct row_home){p->place, -1});
    if (mine && (mine->count != p->count || mine->fingerprint != p->fingerprint))
        sim_fail(w->s, "sums", "place %lld has %llu live rows, its sum says %llu", (long long)p->place, (unsigned long long)mine->count,
                 (unsigned long long)p->count);
    return w->s->failed;
}

static void compare_units(struct adding *w)
{
    for (size_t i = 0; i < w->count && !w->s->failed; i++) {
        const struct sum *mine = &w->list[i];
        struct place_sum sum;
        if (mine->home.unit < 0 || mine->home.unit == UNIT_PLACE_ONLY) continue;
        if (store_unit_sum(loopback_store(w->s->server), mine->home, &sum, NULL) != 1) continue; /* held by nobody singly */
        if (mine->count != sum.count || mine->fingerprint != sum.fingerprint)
            sim_fail(w->s, "sums", "unit %lld at %lld has %llu live rows, its sum says %llu", (long long)mine->home.unit,
                     (long long)mine->home.place, (unsigned long long)mine->count, (unsigned long long)sum.count);
    }
}

void check_sums(struct sim *s)
{
    struct store *store = loopback_store(s->server);
    const struct schema *schema = store_schema(store);
    struct adding w = {.s = s};
    struct arena walking;
    arena_init(&w.a, MEMORY);
    arena_init(&walking, MEMORY);
    for (size_t i = 0; i < schema->count; i++) {
        w.t = &schema->tables[i];
        table_walk(store_tables(store), w.t, 0, NULL, NULL, 0, &walking, add_row, &w, NULL);
    }
    if (store_places(store, INT64_MIN, INT64_MAX, compare_place, &w, NULL) < 0) sim_fail(s, "sums", "the sums cannot be read");
    if (!s->failed) compare_units(&w);
    arena_free(&walking);
    arena_free(&w.a);
}
