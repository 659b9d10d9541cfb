/* extent: laptops whose workers have more households than a laptop can hold (scope_extent). Nothing is refused for it:
 * whoever enrols, assigns or lists laptops is told, and what he does stands. */
#include "extent.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scope.h"

int extent_put(struct verb_call *c, const struct device *d, int64_t day, json_t *out, struct err *err)
{
    size_t held, assigned;
    int rc = d->assigned ? scope_extent(c->store, d, day, &held, &assigned, err) : 0;

    if (rc < 0 || !d->assigned)
        return rc;
    rc = json_object_set_new(out, "households_held", json_integer((json_int_t)held));
    rc |= json_object_set_new(out, "households_assigned", json_integer((json_int_t)assigned));
    return rc ? err_nomem(err) : assigned > held;
}

struct watching {
    struct verb_call *c;
    const struct keymap *workers;
    int64_t day;
    json_t *beyond;
    struct err *err;
};

static bool is_concerned(const struct watching *w, const struct device *d)
{
    for (size_t i = 0; i < d->worker_count; i++)
        if (keymap_get(w->workers, EXTENT_WORKER, d->workers[i], strlen(d->workers[i])))
            return true;
    return false;
}

static int look(void *ctx, const struct device *d)
{
    struct watching *w = ctx;
    char origin[24];

    if (!d->assigned || d->revoked_ms || !is_concerned(w, d))
        return 0;
    snprintf(origin, sizeof origin, "%016" PRIx64, d->origin);
    json_t *one = json_pack("{s:s,s:s}", "origin", origin, "name", d->name);
    int rc = one ? extent_put(w->c, d, w->day, one, w->err) : err_nomem(w->err);

    if (rc > 0)
        rc = json_array_append(w->beyond, one) ? err_nomem(w->err) : 0;
    json_decref(one);
    return rc;
}

int extent_beyond(struct verb_call *c, const struct keymap *workers, int64_t day, struct err *err)
{
    struct watching w = {c, workers, day, json_array(), err};
    int rc = w.beyond ? store_device_walk(c->store, look, &w, err) : err_nomem(err);

    if (rc == 0 && json_array_size(w.beyond) && json_object_set(c->answer, "beyond", w.beyond))
        rc = err_nomem(err);
    json_decref(w.beyond);
    return rc;
}
