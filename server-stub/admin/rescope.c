/* rescope: what a laptop holds, changed at the server: regions, and "assigned" for the households of its workers. The
 * laptop gets the new scope with its next pull. */
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "outside.h"
#include "scope.h"
#include "villages.h"
#include "zhucun/wire.h"

enum { DEVICE_ARENA = 256 * 1024 };

struct rescoping {
    struct verb_call *c;
    int64_t places[WIRE_MAX_PLACES];
    struct device d; /* its places are those above */
    struct err *err;
};

typedef int word_fn(struct rescoping *r, const char *text, size_t n);

static int add(struct rescoping *r, const char *text, size_t n)
{
    return verb_add_place(r->c->store, &r->d, text, n, r->err);
}

static int take_away(struct rescoping *r, const char *text, size_t n)
{
    int64_t code = region_code(text, n);
    size_t kept = 0;

    if (n == strlen("assigned") && memcmp(text, "assigned", n) == 0 && r->d.assigned) {
        r->d.assigned = false;
        return 0;
    }
    for (size_t i = 0; i < r->d.place_count; i++)
        if (r->d.places[i] != code)
            r->d.places[kept++] = r->d.places[i];
    if (kept == r->d.place_count)
        return err_set(r->err, ERR_REFUSED, "设备“%s”的范围里没有 %.*s", "the scope of \"%s\" has no %.*s", r->d.name, (int)n, text);
    r->d.place_count = kept;
    return 0;
}

/* Words between commas or blanks, in a list of such texts. */
static int each_word(struct rescoping *r, const char *name, word_fn *fn)
{
    const json_t *list = json_object_get(r->c->request, name);
    int rc = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = json_string_value(json_array_get(list, i));
        while (at && *at && rc == 0) {
            size_t n = strcspn(at, " ,");
            rc = n ? fn(r, at, n) : 0;
            at += n + (at[n] != '\0');
        }
    }
    return rc;
}

static int load_device(struct rescoping *r, uint64_t origin, struct arena *arena)
{
    int rc = store_device_by_origin(r->c->store, origin, arena, &r->d, r->err);

    if (rc == 0)
        return err_set(r->err, ERR_NOT_FOUND, "没有设备 %016llx", "there is no device %016llx", (unsigned long long)origin);
    if (rc < 0)
        return rc;
    if (r->d.place_count)
        memcpy(r->places, r->d.places, r->d.place_count * sizeof r->places[0]);
    r->d.places = r->places;
    return 0;
}

static int change(struct rescoping *r)
{
    bool set = json_array_size(json_object_get(r->c->request, "set")) > 0;
    bool other = json_array_size(json_object_get(r->c->request, "add")) + json_array_size(json_object_get(r->c->request, "remove")) > 0;
    int rc;

    if (set == other)
        return err_set(r->err, ERR_USAGE, "用 --set，或用 --add、--remove", "use --set, or --add and --remove");
    if (set) {
        r->d.place_count = 0;
        r->d.assigned = false;
    }
    if ((rc = each_word(r, "remove", take_away)) < 0 || (rc = each_word(r, "set", add)) < 0 || (rc = each_word(r, "add", add)) < 0)
        return rc;
    if (r->d.place_count == 0 && !r->d.assigned)
        return err_set(r->err, ERR_REFUSED, "范围不能为空：要收回设备请用 device revoke", "a scope cannot be empty: device revoke takes a laptop's right away");
    if (r->d.assigned && r->d.worker_count == 0)
        return err_set(r->err, ERR_REFUSED, "设备“%s”没有写明使用者，不能按帮扶关系定范围", "\"%s\" belongs to no worker: its scope cannot follow assignments",
                       r->d.name);
    verb_sort_places(&r->d);
    return store_device_put(r->c->store, &r->d, r->err);
}

/* A laptop that follows assignments now holds what they are today. */
static int follow(struct rescoping *r)
{
    const struct env *env = r->c->admin->env;
    uint64_t head;
    int rc = r->d.assigned ? store_head(r->c->store, &head, r->err) : 0;

    return rc == 0 && r->d.assigned ? scope_refresh(r->c->store, &r->d, date_of_ms(env->now_ms(env->ctx)), head, r->err) : rc;
}

static int answer(struct rescoping *r)
{
    json_t *scope = json_array();
    char code[24];
    int bad = 0;

    for (size_t i = 0; i < r->d.place_count; i++) {
        villages_text(r->d.places[i], code);
        bad |= json_array_append_new(scope, json_string(code));
    }
    if (r->d.assigned)
        bad |= json_array_append_new(scope, json_string("assigned"));
    snprintf(code, sizeof code, "%016llx", (unsigned long long)r->d.origin);
    bad |= json_object_set_new(r->c->answer, "origin", json_string(code));
    bad |= json_object_set_new(r->c->answer, "name", json_string(r->d.name));
    bad |= json_object_set_new(r->c->answer, "scope", scope);
    return bad ? err_nomem(r->err) : 0;
}

/* The same words as when it was enrolled. */
static int note(struct rescoping *r)
{
    const struct env *env = r->c->admin->env;
    int64_t day = date_of_ms(env->now_ms(env->ctx));
    int rc = extent_put(r->c, &r->d, day, r->c->answer, r->err);

    return rc < 0 ? rc : outside_put(r->c->store, &r->d, day, r->c->answer, r->err);
}

int verb_device_scope(struct verb_call *c, struct err *err)
{
    struct rescoping *r = calloc(1, sizeof *r);
    const char *which = verb_text(c, "origin");
    struct arena arena;
    uint64_t origin = 0;

    if (!r)
        return err_nomem(err);
    r->c = c;
    r->err = err;
    arena_init(&arena, DEVICE_ARENA);
    int rc = which ? verb_device_find(c, which, &origin, err) : err_set(err, ERR_USAGE, "缺少设备", "the device is missing");
    if (rc == 0)
        rc = load_device(r, origin, &arena);
    if (rc == 0)
        rc = change(r);
    if (rc == 0)
        rc = follow(r);
    if (rc == 0)
        rc = answer(r);
    if (rc == 0)
        rc = note(r);
    arena_free(&arena);
    free(r);
    return rc;
}
