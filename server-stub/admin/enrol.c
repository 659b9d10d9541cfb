/* enrol: one-time codes. A code is 80 random bits in Crockford's base 32, four groups of four, so that it can
 * be read out on the telephone; only its SHA-256 is kept. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "zhucun/csv.h"
#include "zhucun/wire.h"

enum { CODE_BYTES = 10, CODE_CHARS = 16, CODE_TEXT = CODE_CHARS + 3 + 1, HOURS_DEFAULT = 24, HOURS_MAX = 24 * 31 };

struct wanted {
    int64_t places[WIRE_MAX_PLACES];
    struct enrol_code code;
};

static int make_code(const struct env *env, char out[CODE_TEXT], struct digest *digest, struct err *err)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t random[CODE_BYTES];
    char plain[CODE_CHARS + 1];
    uint64_t bits = 0;
    int have = 0;
    size_t n = 0;

    if (env->random(env->ctx, random, sizeof random) < 0)
        return err_set(err, ERR_DISK, "没有可用的随机数", "no randomness available");
    for (size_t i = 0; i < CODE_BYTES; i++) {
        bits = bits << 8 | random[i];
        for (have += 8; have >= 5; have -= 5)
            plain[n++] = alphabet[bits >> (have - 5) & 31];
    }
    plain[n] = '\0';
    digest_of(plain, n, digest);
    snprintf(out, CODE_TEXT, "%.4s-%.4s-%.4s-%.4s", plain, plain + 4, plain + 8, plain + 12);
    return 0;
}

/* ---- what the code is for ---- */

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

static int add_place(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err)
{
    return verb_add_place(s, &w->code.device, text, n, err);
}

static int add_worker(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err)
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

typedef int add_fn(struct store *s, struct wanted *w, const char *text, size_t n, struct err *err);

/* A text of words between blanks or commas. */
static int add_words(struct store *s, struct wanted *w, const char *text, add_fn *add, struct err *err)
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

static int add_list(struct store *s, struct wanted *w, const json_t *list, add_fn *add, struct err *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        int rc = text ? add_words(s, w, text, add, err) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void wanted_start(struct wanted *w, const char *name)
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

static int issue(struct verb_call *c, struct wanted *w, int64_t hours, char code[CODE_TEXT], struct err *err)
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
    if ((rc = make_code(env, code, &w->code.code, err)) < 0)
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

int verb_enrol(struct verb_call *c, struct err *err)
{
    struct wanted *w = malloc(sizeof *w);
    char code[CODE_TEXT];
    int rc;

    if (!w)
        return err_nomem(err);
    wanted_start(w, verb_text(c, "name"));
    rc = add_list(c->store, w, json_object_get(c->request, "scope"), add_place, err);
    if (rc >= 0)
        rc = add_list(c->store, w, json_object_get(c->request, "workers"), add_worker, err);
    if (rc >= 0)
        rc = issue(c, w, hours_of(c), code, err);
    if (rc >= 0)
        rc = extent_put(c, &w->code.device, date_of_ms(c->admin->env->now_ms(c->admin->env->ctx)), c->answer, err);
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
    char code[CODE_TEXT];
    json_t *one = json_object();
    int rc;

    wanted_start(w, field(r, "laptop"));
    rc = add_words(c->store, w, field(r, "scope"), add_place, err);
    if (rc >= 0)
        rc = add_words(c->store, w, field(r, "workers"), add_worker, err);
    if (rc >= 0)
        rc = issue(c, w, hours_of(c), code, err);
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
