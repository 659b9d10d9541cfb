/* enrol: one-time codes. A code is 80 random bits and 60 of the server's keys in Crockford's base 32, seven groups of four, so
 * that it can be read out on the telephone; of the random ones only the SHA-256 is kept. Neighbours: wanted.c, what it is for; extent.c and outside.c, what
 * whoever hands it out should know. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "keys.h"
#include "outside.h"
#include "wanted.h"
#include "zhucun/csv.h"

enum { CODE_BYTES = 10, HOURS_DEFAULT = 24, HOURS_MAX = 24 * 31 };

static int make_code(const struct env *env, const struct server_keys *keys, char out[ENROL_CODE], struct digest *digest,
                     struct err *err)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t random[CODE_BYTES];
    char secret[ENROL_SECRET], pin[ENROL_PIN];
    uint64_t bits = 0;
    int have = 0;
    size_t n = 0;

    if (env->random(env->ctx, random, sizeof random) < 0)
        return err_set(err, ERR_DISK, "没有可用的随机数", "no randomness available");
    for (size_t i = 0; i < CODE_BYTES; i++) {
        bits = bits << 8 | random[i];
        for (have += 8; have >= 5; have -= 5)
            secret[n++] = alphabet[bits >> (have - 5) & 31];
    }
    secret[n] = '\0';
    digest_of(secret, n, digest);
    enrol_pin(&keys->sign.public, &keys->box.public, pin);
    enrol_code_join(secret, pin, out);
    return 0;
}

static int issue(struct verb_call *c, struct wanted *w, int64_t hours, char code[ENROL_CODE], struct err *err)
{
    const struct env *env = c->admin->env;
    struct device *d = &w->code.device;
    int rc;

    if (d->place_count == 0 && !d->assigned)
        return err_set(err, ERR_REFUSED, "缺少范围（--scope）", "the scope is missing (--scope)");
    if (d->assigned && d->worker_count == 0)
        return err_set(err, ERR_REFUSED, "按帮扶关系的范围须写明使用者（--worker）",
                       "a scope by assignment needs to know whose (--worker)");
    verb_sort_places(d);
    if (!*d->name)
        snprintf(d->name, sizeof d->name, "%s", d->worker_count ? d->workers[0] : "laptop");
    if ((rc = make_code(env, store_keys(c->store), code, &w->code.code, err)) < 0)
        return rc;
    w->code.expires_ms = env->now_ms(env->ctx) + hours * 3600 * 1000;
    return store_code_add(c->store, &w->code, err);
}

static int64_t hours_of(const struct verb_call *c)
{
    int64_t hours = json_integer_value(json_object_get(c->request, "hours"));

    return hours <= 0 ? HOURS_DEFAULT : hours > HOURS_MAX ? HOURS_MAX : hours;
}

static int answer_code(json_t *out, const struct wanted *w, const char *code)
{
    json_t *scope = json_array(), *workers = json_array();
    char text[30];
    int rc = 0;

    for (size_t i = 0; i < w->code.device.place_count; i++) {
        snprintf(text, sizeof text, "%012" PRId64, w->code.device.places[i]);
        rc |= json_array_append_new(scope, json_string(text));
    }
    if (w->code.device.assigned)
        rc |= json_array_append_new(scope, json_string("assigned"));
    for (size_t i = 0; i < w->code.device.worker_count; i++)
        rc |= json_array_append_new(workers, json_string(w->code.device.workers[i]));
    time_format(w->code.expires_ms, text);
    rc |= json_object_set_new(out, "code", json_string(code));
    rc |= json_object_set_new(out, "expires", json_string(text));
    rc |= json_object_set_new(out, "name", json_string(w->code.device.name));
    rc |= json_object_set_new(out, "scope", scope);
    rc |= json_object_set_new(out, "workers", workers);
    return rc;
}

/* What is allowed, and should be known all the same: more households than fit, people who are not among what it holds. */
static int note(struct verb_call *c, const struct device *d, json_t *out, struct err *err)
{
    int64_t day = date_of_ms(c->admin->env->now_ms(c->admin->env->ctx));
    int rc = extent_put(c, d, day, out, err);

    return rc < 0 ? rc : outside_put(c->store, d, day, out, err);
}

int verb_enrol(struct verb_call *c, struct err *err)
{
    struct wanted *w = malloc(sizeof *w);
    char code[ENROL_CODE];
    int rc;

    if (!w)
        return err_nomem(err);
    wanted_start(w, verb_text(c, "name"));
    rc = wanted_list(c->store, w, json_object_get(c->request, "scope"), wanted_place, err);
    if (rc >= 0)
        rc = wanted_list(c->store, w, json_object_get(c->request, "workers"), wanted_worker, err);
    if (rc >= 0)
        rc = issue(c, w, hours_of(c), code, err);
    if (rc >= 0)
        rc = note(c, &w->code.device, c->answer, err);
    if (rc >= 0)
        rc = answer_code(c->answer, w, code) ? err_nomem(err) : 0;
    free(w);
    return rc;
}

/* ---- many at once: laptop,wave,scope,workers ---- */

static const char *field(const struct csv_record *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->names[i].text, name) == 0)
            return r->fields[i].text;
    return "";
}

static int batch_line(struct verb_call *c, const struct csv_record *r, struct wanted *w, json_t *list, struct err *err)
{
    char code[ENROL_CODE];
    json_t *one = json_object();
    int rc;

    wanted_start(w, field(r, "laptop"));
    rc = wanted_words(c->store, w, field(r, "scope"), wanted_place, err);
    if (rc >= 0)
        rc = wanted_words(c->store, w, field(r, "workers"), wanted_worker, err);
    if (rc >= 0)
        rc = issue(c, w, hours_of(c), code, err);
    if (rc >= 0)
        rc = note(c, &w->code.device, one, err);
    if (rc >= 0 && (answer_code(one, w, code) || json_object_set_new(one, "laptop", json_string(field(r, "laptop"))) ||
                    json_object_set_new(one, "wave", json_string(field(r, "wave"))) ||
                    json_array_append(list, one)))
        rc = err_nomem(err);
    json_decref(one);
    return rc < 0 ? err_where(err, rc, "第 %zu 行", "line %zu", r->line) : 0;
}

static int batch_file(struct verb_call *c, FILE *in, const char *path, json_t *list, struct err *err)
{
    struct csv_reader *reader = NULL;
    struct wanted *w = malloc(sizeof *w);
    struct csv_record r;
    int rc = w ? csv_open(&reader, in, csv_format_of(path), err) : err_nomem(err);

    while (rc >= 0 && (rc = csv_next(reader, &r, err)) > 0)
        rc = batch_line(c, &r, w, list, err);
    csv_close(reader);
    free(w);
    return rc;
}

int verb_enrol_batch(struct verb_call *c, struct err *err)
{
    const char *path = verb_text(c, "file");
    json_t *list = json_array();
    FILE *in = path ? fopen(path, "re") : NULL;
    int rc;

    if (!in) {
        json_decref(list);
        return err_set(err, ERR_REFUSED, "无法打开“%s”：%s", "cannot open \"%s\": %s", path ? path : "", strerror(errno));
    }
    rc = batch_file(c, in, path, list, err);
    fclose(in);
    if (rc < 0) {
        json_decref(list);
        return err_where(err, rc, "%s", "%s", path);
    }
    return json_object_set_new(c->answer, "codes", list) ? err_nomem(err) : 0;
}
