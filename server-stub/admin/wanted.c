/* wanted: see wanted.h. */
#include "wanted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_code(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int region_known(struct store *s, int64_t code, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s), "region");
    struct row_id id;
    char text[24];

    snprintf(text, sizeof text, "%012" PRId64, code);
    return store_row_find(s, t, text, strlen(text), &id, err);
}

/* "assigned": the households assigned to its workers, whatever they are from day to day. */
static bool is_assigned(const char *text, size_t n)
{
    return (n == 8 && memcmp(text, "assigned", 8) == 0) || (n == 6 && memcmp(text, "帮扶", 6) == 0);
}

/* Its villagers live elsewhere now: a laptop that held it would hold nothing. */
static int check_not_merged(struct store *s, int64_t code, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s), "region");
    const struct schema_column *merged = schema_flagged(t, COLUMN_MERGED);
    struct stored_row row;
    struct arena arena;
    struct row_id id;
    char text[24];

    snprintf(text, sizeof text, "%012" PRId64, code);
    arena_init(&arena, 1024 * 1024);
    int rc = store_row_find(s, t, text, strlen(text), &id, err);
    if (rc > 0)
        rc = store_row_get(s, t, id, &arena, &row, err);
    if (rc > 0) {
        const struct value *into = &row.row.values[schema_column_index(t, merged)];
        rc = into->kind != VALUE_INT ? 0
                                     : err_set(err, ERR_REFUSED, "%s 已并入 %012" PRId64 "：请用后者",
                                               "%s was merged into %012" PRId64 ": name that one", text, into->i);
    }
    arena_free(&arena);
    return rc;
}

int verb_add_place(struct store *s, struct device *d, const char *text, size_t n, struct err *err)
{
    int64_t code = region_code(text, n), city = store_city(s);

    if (is_assigned(text, n)) {
        d->assigned = true;
        return 0;
    }
    if (code < 0 || !region_covers(city, code))
        return err_set(err, ERR_REFUSED, "“%.*s”不是本市（%012" PRId64 "）的区划代码",
                       "\"%.*s\" is not a region code of this city (%012" PRId64 ")", (int)n, text, city);
    int city_known = region_known(s, city, err);
    int known = city_known > 0 ? region_known(s, code, err) : city_known == 0 ? 1 : city_known;
    if (known < 0)
        return known;
    if (!known)
        return err_set(err, ERR_REFUSED, "区划表中没有 %012" PRId64, "there is no region %012" PRId64, code);
    if ((known = check_not_merged(s, code, err)) < 0)
        return known;
    if (d->place_count == WIRE_MAX_PLACES)
        return err_set(err, ERR_REFUSED, "范围过多", "too many scope codes");
    d->places[d->place_count++] = code;
    return 0;
}

int wanted_place(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err)
{
    return verb_add_place(s, &w->code.device, text, n, err);
}

int wanted_worker(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s), "worker");
    struct device *d = &w->code.device;
    struct row_id id;
    int rc = n < sizeof d->workers[0] ? store_row_find(s, t, text, n, &id, err) : 0;

    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(err, ERR_REFUSED, "没有工号为“%.*s”的工作人员：请先 load 名册",
                       "there is no worker with number \"%.*s\": load the roster first", (int)n, text);
    if (d->worker_count == sizeof d->workers / sizeof d->workers[0])
        return err_set(err, ERR_REFUSED, "一台设备的使用者过多", "too many workers for one device");
    memcpy(d->workers[d->worker_count], text, n);
    d->workers[d->worker_count++][n] = '\0';
    return 0;
}

int wanted_words(struct store *s, struct wanted *w, const char *text, wanted_fn *add, struct err *err)
{
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, " ,");
        int rc = n ? add(s, w, at, n, err) : 0;
        if (rc < 0)
            return rc;
        at += n + (at[n] != '\0');
    }
    return 0;
}

int wanted_list(struct store *s, struct wanted *w, const json_t *list, wanted_fn *add, struct err *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        int rc = text ? wanted_words(s, w, text, add, err) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

void wanted_start(struct wanted *w, const char *name)
{
    memset(w, 0, sizeof *w);
    w->code.device.places = w->places;
    snprintf(w->code.device.name, sizeof w->code.device.name, "%.*s", (int)sizeof w->code.device.name - 1,
             name ? name : "");
}

void verb_sort_places(struct device *d)
{
    size_t kept = 0;

    qsort(d->places, d->place_count, sizeof d->places[0], by_code);
    for (size_t i = 0; i < d->place_count; i++)
        if (kept == 0 || d->places[kept - 1] != d->places[i])
            d->places[kept++] = d->places[i];
    d->place_count = kept;
}
