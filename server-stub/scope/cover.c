/* cover: see cover.h. Invariant: ranges are sorted and disjoint and no unit lies in one, so that no row is counted or
 * sent twice. */
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

static void add_range(struct cover *c, int64_t from, int64_t to)
{
    c->ranges[c->count++] = (struct cover_range){from, to};
}

/* An ancestor is one code at the start of a wide range: dropping inner ranges must not let it swallow what
 * follows, which is why it goes in as a range of one. */
static void add_ancestors(struct cover *c, int64_t code)
{
    int64_t up = region_parent(code);

    for (int level = 0; level < MAX_ANCESTORS && up > 0; level++, up = region_parent(up))
        add_range(c, up, up);
}

static int by_unit(const void *a, const void *b)
{
    const struct row_home *x = a, *y = b;

    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static int by_code(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static const struct cover_range *range_at(const struct cover *c, int64_t place)
{
    size_t low = 0, high = c->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (place < c->ranges[mid].from)
            high = mid;
        else if (place > c->ranges[mid].to)
            low = mid + 1;
        else
            return &c->ranges[mid];
    }
    return NULL;
}

/* Where the households live now; a deleted or unknown one covers nothing. */
static int find_units(struct cover *c, struct store *s, const struct scope *scope, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s), "household");
    int rc = 1;

    for (size_t i = 0; i < scope->household_count && rc >= 0; i++) {
        rc = store_row_home(s, t, scope->households[i], &c->units[c->unit_count], err);
        c->unit_count += rc > 0;
    }
    return rc < 0 ? rc : 0;
}

static void note_commons(struct cover *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->unit_count; i++)
        if (!range_at(c, c->units[i].place))
            c->units[kept++] = c->units[i];
    c->unit_count = kept;
    for (size_t i = 0; i < c->unit_count; i++)
        c->commons[i] = c->units[i].place;
    qsort(c->commons, c->unit_count, sizeof c->commons[0], by_code);
    for (size_t i = 0; i < c->unit_count; i++)
        if (c->common_count == 0 || c->commons[c->common_count - 1] != c->commons[i])
            c->commons[c->common_count++] = c->commons[i];
    qsort(c->units, c->unit_count, sizeof c->units[0], by_unit);
}

int cover_make(struct cover *c, struct store *s, const struct scope *scope, uint64_t origin, struct err *err)
{
    size_t households = scope->household_count;

    *c = (struct cover){0};
    c->ranges = calloc((scope->place_count + households) * (1 + MAX_ANCESTORS) + 1, sizeof c->ranges[0]);
    c->units = calloc(households + 1, sizeof c->units[0]);
    c->commons = calloc(households + 1, sizeof c->commons[0]);
    if (!c->ranges || !c->units || !c->commons) {
        cover_free(c);
        return err_nomem(err);
    }
    for (size_t i = 0; i < scope->place_count; i++) {
        add_range(c, scope->places[i], region_last(scope->places[i]));
        add_ancestors(c, scope->places[i]);
    }
    int rc = find_units(c, s, scope, err);
    for (size_t i = 0; i < c->unit_count; i++)
        add_ancestors(c, c->units[i].place);
    if (origin)
        add_range(c, region_private(origin), region_private(origin));
    drop_inner(c);
    note_commons(c);
    if (rc < 0)
        cover_free(c);
    return rc;
}

void cover_free(struct cover *c)
{
    free(c->ranges);
    free(c->units);
    free(c->commons);
    *c = (struct cover){0};
}

bool cover_has(const struct cover *c, struct row_home home)
{
    if (range_at(c, home.place))
        return true;
    if (home.unit == UNIT_COMMON)
        return bsearch(&home.place, c->commons, c->common_count, sizeof c->commons[0], by_code) != NULL;
    return bsearch(&home, c->units, c->unit_count, sizeof c->units[0], by_unit) != NULL;
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

/* Of one place that the cover has in parts: what is nobody's household, and its households. */
static int keep_common(const struct cover *c, struct store *s, int64_t place, struct cover_places *out, struct err *err)
{
    struct place_sum all = {.place = place}, part;
    struct row_home home = {place, UNIT_COMMON};
    int rc = store_unit_sum(s, home, &part, err);

    for (size_t i = 0; rc >= 0; i++) {
        if (rc > 0) {
            all.count += part.count;
            all.fingerprint += part.fingerprint;
            if (all.last_csn < part.last_csn)
                all.last_csn = part.last_csn;
        }
        while (i < c->unit_count && c->units[i].place != place)
            i++;
        if (i == c->unit_count)
            break;
        rc = store_unit_sum(s, c->units[i], &part, err);
    }
    return rc < 0 ? rc : keep_place(out, &all);
}

int cover_places_read(const struct cover *c, struct store *s, struct cover_places *out, struct err *err)
{
    int rc = 0;

    *out = (struct cover_places){0};
    for (size_t i = 0; i < c->count && rc >= 0; i++)
        rc = store_places(s, c->ranges[i].from, c->ranges[i].to, keep_place, out, err);
    for (size_t i = 0; i < c->common_count && rc >= 0; i++)
        rc = keep_common(c, s, c->commons[i], out, err);
    if (rc >= 0)
        return 0;
    cover_places_free(out);
    return rc == ERR_NOMEM ? err_nomem(err) : rc;
}

void cover_places_free(struct cover_places *p)
{
    free(p->list);
    *p = (struct cover_places){0};
}
