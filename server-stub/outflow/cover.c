/* cover: see cover.h. Invariant: ranges are sorted and disjoint, so that no row is counted or sent twice. */
#include "cover.h"

#include <stdlib.h>

enum { MAX_ANCESTORS = 4, MAX_PLACES = 200000 };

static int by_from(const void *a, const void *b)
{
    const struct cover_range *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to > y->to ? -1 : x->to < y->to; /* the wider first */
}

/* Codes are a tree: of two ranges one holds the other or they do not touch. */
static void drop_inner(struct cover *c)
{
    size_t kept = 0;

    qsort(c->ranges, c->count, sizeof c->ranges[0], by_from);
    for (size_t i = 0; i < c->count; i++)
        if (kept == 0 || c->ranges[i].from > c->ranges[kept - 1].to)
            c->ranges[kept++] = c->ranges[i];
    c->count = kept;
}

/* An ancestor is one code at the start of a wide range: dropping inner ranges must not let it swallow what
 * follows, which is why it goes in as a range of one. */
int cover_make(struct cover *c, const int64_t *codes, size_t count, struct err *err)
{
    *c = (struct cover){0};
    c->ranges = calloc(count * (1 + MAX_ANCESTORS) + 1, sizeof c->ranges[0]);
    if (!c->ranges)
        return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        int64_t up = region_parent(codes[i]);
        c->ranges[c->count++] = (struct cover_range){codes[i], region_last(codes[i])};
        for (int level = 0; level < MAX_ANCESTORS && up > 0; level++, up = region_parent(up))
            c->ranges[c->count++] = (struct cover_range){up, up};
    }
    drop_inner(c);
    return 0;
}

void cover_free(struct cover *c)
{
    free(c->ranges);
    *c = (struct cover){0};
}

bool cover_has(const struct cover *c, int64_t place)
{
    size_t low = 0, high = c->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (place < c->ranges[mid].from)
            high = mid;
        else if (place > c->ranges[mid].to)
            low = mid + 1;
        else
            return true;
    }
    return false;
}

static int keep_place(void *ctx, const struct place_sum *p)
{
    struct cover_places *out = ctx;

    if (out->count == out->cap) {
        size_t cap = out->cap ? out->cap * 2 : 64;
        struct place_sum *list = cap <= MAX_PLACES ? realloc(out->list, cap * sizeof *list) : NULL;
        if (!list)
            return err_nomem(NULL);
        out->list = list;
        out->cap = cap;
    }
    out->list[out->count++] = *p;
    out->rows += p->count;
    out->fingerprint += p->fingerprint;
    return 0;
}

int cover_places_read(const struct cover *c, struct store *s, struct cover_places *out, struct err *err)
{
    *out = (struct cover_places){0};
    for (size_t i = 0; i < c->count; i++) {
        int rc = store_places(s, c->ranges[i].from, c->ranges[i].to, keep_place, out, err);
        if (rc < 0) {
            cover_places_free(out);
            return rc == ERR_NOMEM ? err_nomem(err) : rc;
        }
    }
    return 0;
}

void cover_places_free(struct cover_places *p)
{
    free(p->list);
    *p = (struct cover_places){0};
}
