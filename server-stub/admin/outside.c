/* outside: see outside.h. Invariant: what is called outside here is what server-stub/scope/cover.c leaves out. */
#include "outside.h"

#include <inttypes.h>
#include <string.h>

enum { ROW_ARENA = 1024 * 1024 };

struct looking {
    struct store *store;
    const struct device *device;
    int64_t region; /* of the worker at hand */
    bool held;
    struct err *err;
};

static const struct value *value_of(const struct schema_table *t, const struct stored_row *row, const char *column)
{
    return &row->row.values[schema_column_index(t, schema_column_named(t, column))];
}

/* A household of the laptop brings the roster of its village, and of the regions above. */
static int look_at_household(void *ctx, struct row_id household)
{
    struct looking *l = ctx;
    struct row_home home;
    const struct schema_table *t = schema_table_named(store_schema(l->store), "household");
    int rc = l->held ? 0 : store_row_home(l->store, t, household, &home, l->err);

    if (rc > 0)
        l->held = region_covers(l->region, home.place);
    return rc < 0 ? rc : 0;
}

static int find_held(struct looking *l, int64_t day)
{
    const struct schema_table *t = schema_table_named(store_schema(l->store), "worker");
    const struct device *d = l->device;
    int rc = 0;

    l->held = false;
    for (size_t i = 0; i < d->place_count; i++)
        l->held |= region_covers(d->places[i], l->region) || region_covers(l->region, d->places[i]);
    for (size_t i = 0; i < d->worker_count && d->assigned && !l->held && rc >= 0; i++) {
        struct row_id worker;
        rc = store_row_find(l->store, t, d->workers[i], strlen(d->workers[i]), &worker, l->err);
        if (rc > 0)
            rc = store_assigned(l->store, worker, day, look_at_household, l, l->err);
    }
    return rc < 0 ? rc : 0;
}

static int add(json_t *list, const struct schema_table *t, const struct stored_row *row, const char *no, struct err *err)
{
    const struct value *name = value_of(t, row, "name");
    char region[24];

    snprintf(region, sizeof region, "%012" PRId64, value_of(t, row, "region")->i);
    json_t *one = json_pack("{s:s,s:s%,s:s}", "worker", no, "name", name->len ? (const char *)name->data : "", (size_t)name->len,
                            "region", region);
    return one && json_array_append_new(list, one) == 0 ? 0 : err_nomem(err);
}

static int look_at_worker(struct looking *l, const char *no, int64_t day, json_t *list)
{
    const struct schema_table *t = schema_table_named(store_schema(l->store), "worker");
    struct stored_row row;
    struct arena arena;
    struct row_id id;

    arena_init(&arena, ROW_ARENA);
    int rc = store_row_find(l->store, t, no, strlen(no), &id, l->err);
    if (rc > 0)
        rc = store_row_get(l->store, t, id, &arena, &row, l->err);
    if (rc > 0) {
        l->region = value_of(t, &row, "region")->i;
        rc = find_held(l, day);
        if (rc == 0 && !l->held)
            rc = add(list, t, &row, no, l->err);
    }
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

int outside_put(struct store *s, const struct device *d, int64_t day, json_t *out, struct err *err)
{
    struct looking l = {.store = s, .device = d, .err = err};
    json_t *list = json_array();
    int rc = list ? 0 : err_nomem(err);

    for (size_t i = 0; i < d->worker_count && rc == 0; i++)
        rc = look_at_worker(&l, d->workers[i], day, list);
    if (rc == 0 && json_array_size(list) && json_object_set(out, "outside", list))
        rc = err_nomem(err);
    json_decref(list);
    return rc;
}
