/* device: who is enrolled, when it was last heard of, and taking the right away. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extent.h"

struct listing {
    struct verb_call *c;
    int64_t day;
    json_t *list;
    struct err *err;
};

static int put_time(json_t *one, const char *name, int64_t ms)
{
    char text[30];

    if (ms == 0)
        return json_object_set_new(one, name, json_null());
    time_format(ms, text);
    return json_object_set_new(one, name, json_string(text));
}

static json_t *scope_list(const struct device *d)
{
    json_t *list = json_array();
    char text[24];

    if (d->assigned)
        json_array_append_new(list, json_string("assigned"));
    for (size_t i = 0; i < d->place_count; i++) {
        snprintf(text, sizeof text, "%012" PRId64, d->places[i]);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *worker_list(const struct device *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->worker_count; i++)
        json_array_append_new(list, json_string(d->workers[i]));
    return list;
}

static int list_one(void *ctx, const struct device *d)
{
    struct listing *l = ctx;
    struct origin_state state = {0};
    json_t *one = json_object();
    char origin[24];
    int rc = store_origin_get(l->c->store, d->origin, &state, l->err);

    if (rc < 0) {
        json_decref(one);
        return rc;
    }
    snprintf(origin, sizeof origin, "%016" PRIx64, d->origin);
    rc = json_object_set_new(one, "origin", json_string(origin));
    rc |= json_object_set_new(one, "name", json_string(d->name));
    rc |= json_object_set_new(one, "scope", scope_list(d));
    rc |= json_object_set_new(one, "workers", worker_list(d));
    rc |= put_time(one, "enrolled_at", d->enrolled_ms);
    rc |= put_time(one, "last_contact", device_heard_ms(d, &state));
    rc |= put_time(one, "last_pull", d->last_pull_ms);
    rc |= put_time(one, "revoked_at", d->revoked_ms);
    rc |= json_object_set_new(one, "received_seq", json_integer((json_int_t)state.high));
    rc |= json_object_set_new(one, "clock_skew_s", json_integer(state.skew_ms / 1000));
    rc |= json_array_append_new(l->list, one);
    if (rc)
        return err_nomem(l->err);
    rc = extent_put(l->c, d, l->day, one, l->err);
    return rc < 0 ? rc : 0;
}

int verb_device_list(struct verb_call *c, struct err *err)
{
    const struct env *env = c->admin->env;
    struct listing l = {.c = c, .day = date_of_ms(env->now_ms(env->ctx)), .list = json_array(), .err = err};
    int rc = store_device_walk(c->store, list_one, &l, err);

    if (rc < 0) {
        json_decref(l.list);
        return rc;
    }
    return json_object_set_new(c->answer, "devices", l.list) ? err_nomem(err) : 0;
}

struct search {
    const char *name;
    uint64_t origin;
    unsigned found;
};

static int match_name(void *ctx, const struct device *d)
{
    struct search *s = ctx;

    if (strcmp(d->name, s->name) == 0) {
        s->origin = d->origin;
        s->found++;
    }
    return 0;
}

int verb_device_find(struct verb_call *c, const char *text, uint64_t *origin, struct err *err)
{
    struct search s = {.name = text};
    char *end;

    *origin = strtoull(text, &end, 16);
    if (end == text + 16 && !*end)
        return 0;
    int rc = store_device_walk(c->store, match_name, &s, err);
    if (rc < 0)
        return rc;
    if (s.found == 0)
        return err_set(err, ERR_NOT_FOUND, "没有名为“%s”的设备（见 device list）", "no device is named \"%s\" (see device list)",
                       text);
    if (s.found > 1)
        return err_set(err, ERR_REFUSED, "有 %u 台设备名为“%s”：请用 16 位编号",
                       "%u devices are named \"%s\": use the 16-digit origin", s.found, text);
    *origin = s.origin;
    return 0;
}

static int revoke(struct verb_call *c, uint64_t origin, struct arena *arena, struct err *err)
{
    const struct env *env = c->admin->env;
    struct device d;
    int rc = store_device_by_origin(c->store, origin, arena, &d, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "没有设备 %016" PRIx64, "there is no device %016" PRIx64, origin);
    if (!d.revoked_ms)
        d.revoked_ms = env->now_ms(env->ctx);
    if ((rc = store_device_put(c->store, &d, err)) < 0)
        return rc;
    return json_object_set_new(c->answer, "revoked", json_string(d.name)) ? err_nomem(err) : 0;
}

int verb_device_revoke(struct verb_call *c, struct err *err)
{
    const char *text = verb_text(c, "origin");
    struct arena arena;
    uint64_t origin = 0;
    int rc = text ? verb_device_find(c, text, &origin, err) : err_set(err, ERR_USAGE, "缺少设备", "the device is missing");

    if (rc < 0)
        return rc;
    arena_init(&arena, 256 * 1024);
    rc = revoke(c, origin, &arena, err);
    arena_free(&arena);
    return rc;
}
