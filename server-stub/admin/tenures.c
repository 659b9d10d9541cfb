/* tenures: see tenures.h. */
#include "tenures.h"

#include <stdlib.h>

enum { ROW_ARENA = 4 * 1024 * 1024 };

static int by_household(const void *a, const void *b)
{
    const struct tenure *x = a, *y = b;

    if (x->household.origin != y->household.origin)
        return x->household.origin < y->household.origin ? -1 : 1;
    if (x->household.number != y->household.number)
        return x->household.number < y->household.number ? -1 : 1;
    return 0;
}

static int keep(void *ctx, const struct table_row *row)
{
    struct tenures *ts = ctx;
    const struct stored_row s = {.row = *row};
    const struct value *household = actor_cell(ts->t, &s, "household"), *worker = actor_cell(ts->t, &s, "worker"),
                       *role = actor_cell(ts->t, &s, "role"), *until = actor_cell(ts->t, &s, "until");
    struct tenure k = {.id = row->id, .role = role->kind == VALUE_INT ? role->i : TENURE_ROLE_DEFAULT, .until = until->i,
                       .ends = until->kind == VALUE_INT};

    if (ts->count == ts->cap) {
        size_t cap = ts->cap ? ts->cap * 2 : 64;
        struct tenure *list = realloc(ts->list, cap * sizeof *list);
        if (!list)
            return err_nomem(ts->err);
        ts->list = list;
        ts->cap = cap;
    }
    if (row_id_from_bytes(household->data, household->len, &k.household) == 0 &&
        row_id_from_bytes(worker->data, worker->len, &k.worker) == 0)
        ts->list[ts->count++] = k;
    return 0;
}

int tenures_read(struct tenures *ts, struct verb_call *c, const struct row_id *household, struct err *err)
{
    uint8_t bytes[ROW_ID_BYTES];
    struct arena arena;
    struct value arg = value_null();

    *ts = (struct tenures){.t = actor_table(c, "assignment"), .err = err};
    if (household) {
        row_id_to_bytes(*household, bytes);
        arg = value_blob(bytes, sizeof bytes);
    }
    arena_init(&arena, ROW_ARENA);
    int rc = table_walk(store_tables(c->store), ts->t, 0, household ? "_dead = 0 AND household = ?1" : "_dead = 0", &arg,
                        household ? 1 : 0, &arena, keep, ts, err);
    arena_free(&arena);
    if (ts->count)
        qsort(ts->list, ts->count, sizeof ts->list[0], by_household);
    return rc < 0 ? rc : 0;
}

void tenures_free(struct tenures *ts)
{
    free(ts->list);
    *ts = (struct tenures){0};
}

const struct tenure *tenures_first(const struct tenures *ts, struct row_id household)
{
    const struct tenure key = {.household = household};
    size_t low = 0, high = ts->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (by_household(&ts->list[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < ts->count && by_household(&ts->list[low], &key) == 0 ? &ts->list[low] : NULL;
}

bool tenure_open(const struct tenure *k, int64_t role, int64_t on)
{
    return k->role == role && (!k->ends || k->until >= on);
}
