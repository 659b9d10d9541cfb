/* missing: where a laptop and the server count other visits, see report.h. The differences are kept by the doors as the
 * laptops tell them (outflow/tally.c); here they get names. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 1024 * 1024 };

struct missing {
    struct store *store;
    int64_t scope;
    report_missing_fn *fn;
    void *ctx;
    struct arena arena;
    uint64_t only_here[TALLY_MAX_NUMBERS], only_there[TALLY_MAX_NUMBERS];
    struct err *err;
};

static bool concerns(int64_t scope, const struct device *d)
{
    for (size_t i = 0; i < d->place_count; i++)
        if (region_covers(scope, d->places[i]) || region_covers(d->places[i], scope))
            return true;
    return d->place_count == 0; /* one that only follows assignments lives nowhere */
}

static void put_text(char *out, size_t room, const struct value *v)
{
    size_t at = strlen(out);

    if (v->kind == VALUE_TEXT && at + v->len + 2 < room) {
        if (at)
            out[at++] = ' ';
        memcpy(out + at, v->data, v->len);
        out[at + v->len] = '\0';
    }
}

static int name_worker(struct missing *m, struct row_id id, char out[100])
{
    const struct schema_table *t = schema_table_named(store_schema(m->store), "worker");
    struct stored_row row;

    out[0] = '\0';
    int rc = row_id_is_null(id) ? 0 : store_row_get(m->store, t, id, &m->arena, &row, m->err);
    if (rc <= 0)
        return rc;
    put_text(out, 100, &row.row.values[schema_column_index(t, schema_column_named(t, "no"))]);
    put_text(out, 100, &row.row.values[schema_column_index(t, schema_column_named(t, "name"))]);
    return 0;
}

static int tell(void *ctx, const struct tally_difference *d)
{
    struct missing *m = ctx;
    struct device device = {0};
    struct report_missing one = {.origin = d->key.origin, .month = d->key.month, .here = d->here.count, .there = d->there.count,
                                 .only_here = m->only_here, .only_there = m->only_there, .since_ms = d->since_ms,
                                 .told_ms = d->told_ms};

    arena_reset(&m->arena);
    int rc = store_device_by_origin(m->store, d->key.origin, &m->arena, &device, m->err);
    if (rc < 0 || !concerns(m->scope, &device))
        return rc < 0 ? rc : 0;
    memcpy(one.device, device.name, sizeof one.device);
    rc = name_worker(m, d->key.author, one.worker);
    if (rc < 0)
        return rc;
    rc = tally_numbers_decode(d->only_here.data, d->only_here.len, m->only_here, TALLY_MAX_NUMBERS, &one.only_here_count);
    if (rc == 0)
        rc = tally_numbers_decode(d->only_there.data, d->only_there.len, m->only_there, TALLY_MAX_NUMBERS, &one.only_there_count);
    if (rc < 0)
        return err_set(m->err, ERR_CORRUPT, "走访差异的记录损坏：设备下次同步时会重新告知", "the noted difference of visits is damaged: "
                       "the laptop tells it anew at its next sync");
    return m->fn(m->ctx, &one);
}

int report_missing(struct store *reader, int64_t scope, report_missing_fn *fn, void *ctx, struct err *err)
{
    struct missing *m = calloc(1, sizeof *m);

    if (!m)
        return err_nomem(err);
    *m = (struct missing){.store = reader, .scope = scope, .fn = fn, .ctx = ctx, .err = err};
    arena_init(&m->arena, ARENA_MAX);
    int rc = store_begin_read(reader, err);
    if (rc >= 0) {
        rc = store_difference_walk(reader, tell, m, err);
        store_end(reader);
    }
    arena_free(&m->arena);
    free(m);
    return rc < 0 ? rc : 0;
}
