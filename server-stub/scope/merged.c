/* merged: a place of a device that was merged into another stands for that one. Neighbours: admin/region.c rescopes the
 * laptops that are there at a merge; a code handed out before it is redeemed after. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

enum { MOST_STEPS = 16, ROW_ARENA = 1024 * 1024 }; /* villages that were merged, one into the next */

/* Into what the region was merged. 1 into *code, 0 it was not, negative. */
static int step(struct store *s, struct arena *arena, int64_t *code, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s), "region");
    struct stored_row row;
    struct row_id id;
    char text[24];
    arena_reset(arena);
    snprintf(text, sizeof text, "%012" PRId64, *code);
    int rc = store_row_find(s, t, text, strlen(text), &id, err);
    if (rc > 0) rc = store_row_get(s, t, id, arena, &row, err);
    if (rc <= 0) return rc;
    const struct value *into = &row.row.values[schema_column_index(t, schema_flagged(t, COLUMN_MERGED))];
    if (into->kind != VALUE_INT || into->i == *code) return 0;
    *code = into->i;
    return 1;
}

static int by_code(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void sort_places(struct device *d)
{
    size_t kept = 0;
    if (d->place_count == 0) return;
    qsort(d->places, d->place_count, sizeof d->places[0], by_code);
    for (size_t i = 0; i < d->place_count; i++)
        if (kept == 0 || d->places[kept - 1] != d->places[i]) d->places[kept++] = d->places[i];
    d->place_count = kept;
}

int scope_follow_merged(struct store *s, struct device *d, struct err *err)
{
    struct arena arena;
    int rc = 0;
    arena_init(&arena, ROW_ARENA);
    for (size_t i = 0; i < d->place_count && rc >= 0; i++) {
        rc = 1;
        for (int n = 0; n < MOST_STEPS && rc > 0; n++) rc = step(s, &arena, &d->places[i], err);
    }
    arena_free(&arena);
    sort_places(d);
    return rc < 0 ? rc : 0;
}
