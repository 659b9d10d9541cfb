/* audit_acts: reads one laptop's changesets as an agent would: columns and values by the schema, references
 * to rows that are there, `find` to exactly one row; and counts what the bulletin counts. See audit.h. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "codes.h"
#include "zhucun/env.h"

struct reading { /* one file */
    struct audit *a;
    struct keyset tags;
    char before[32]; /* time of the changeset before */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static const struct keyset *keys_of(struct audit *a, const char *table)
{
    if (strcmp(table, "household") == 0) return &a->households;
    if (strcmp(table, "member") == 0) return &a->members;
    if (strcmp(table, "worker") == 0) return &a->workers;
    return strcmp(table, "order") == 0 ? &a->orders : NULL;
}

static int refuse(struct err *err, const char *table, const char *what)
{
    return err_set(err, ERR_REFUSED, "%s：%s 不对", "%s: %s is wrong", table, what);
}

/* A reference is "@tag" of this file, or natural keys with commas between. */
static int check_ref(struct reading *r, const struct schema_column *c, const char *text, struct err *err)
{
    const char *table = schema_table(schema_current(), c->ref)->name;
    const struct keyset *keys = keys_of(r->a, table);
    char copy[256], *save = NULL;
    if (*text == '@') return keyset_find(&r->tags, text + 1) < 0 ? refuse(err, c->name, text) : 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *key = strtok_r(copy, ",", &save); key; key = strtok_r(NULL, ",", &save)) {
        if (!keys || keyset_find(keys, key) < 0) return refuse(err, c->name, key);
    }
    return 0;
}

static int check_values(struct reading *r, const struct schema_table *t, json_t *values, struct err *err)
{
    const char *name;
    json_t *item;
    struct buf scratch;
    int rc = 0;
    buf_init(&scratch, 65536);
    json_object_foreach(values, name, item)
    {
        const struct schema_column *c = schema_column_named(t, name);
        const char *text = json_string_value(item);
        struct value v;
        if (!c || !text)
            rc = refuse(err, t->name, name);
        else if (c->type == TYPE_REF || c->type == TYPE_REFSET)
            rc = check_ref(r, c, text, err);
        else
            rc = schema_parse(c, text, strlen(text), &scratch, &v, err);
        if (rc == 0 && c && c->type == TYPE_REGION && keyset_find(&r->a->regions, text) < 0)
            rc = refuse(err, t->name, text);
        if (rc != 0) break;
    }
    buf_free(&scratch);
    return rc;
}

static int64_t number_of(const json_t *values, const char *key)
{
    return strtoll(text_of(values, key), NULL, 10);
}

static void count_indicator(struct figures *f, const json_t *values)
{
    const struct {
        const char *key;
        int64_t *sum;
    } keys[] = {{"employment_target", &f->employment_target},
                {"funds_central_yuan", &f->funds_central_yuan},
                {"funds_provincial_yuan", &f->funds_provincial_yuan},
                {"spent_central_yuan", &f->spent_central_yuan},
                {"spent_provincial_yuan", &f->spent_provincial_yuan},
                {"projects", &f->projects},
                {"projects_industry", &f->projects_industry},
                {"training_classes", &f->training_classes},
                {"trained", &f->trained},
                {"loans_yuan", &f->loans_yuan},
                {"firms", &f->firms}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(text_of(values, "key"), keys[i].key) == 0) *keys[i].sum += number_of(values, "value");
    }
}

/* Rows that other laptops find again must be the only ones with their columns. */
static int add_found(struct keyset *set, const char *household, const char *kind, const char *day,
                     struct err *err)
{
    char key[160];
    bool fresh;
    snprintf(key, sizeof key, "%s|%s|%s", household, kind, day);
    keyset_add(set, key, &fresh);
    return fresh ? 0 : refuse(err, "find", key);
}

static int count_put(struct audit *a, const char *table, const json_t *values, struct err *err)
{
    bool fresh;
    if (strcmp(table, "job") == 0) {
        keyset_add(&a->employed, text_of(values, "member"), NULL);
        a->seen.employed = (int64_t)a->employed.count;
    } else if (strcmp(table, "risk") == 0) {
        return add_found(&a->risks, text_of(values, "household"), text_of(values, "kind"),
                         text_of(values, "found_on"), err);
    } else if (strcmp(table, "clue") == 0) {
        return add_found(&a->clues, text_of(values, "household"), text_of(values, "due_on"),
                         text_of(values, "found_on"), err);
    } else if (strcmp(table, "order") == 0) {
        keyset_add(&a->orders, text_of(values, "number"), &fresh);
        if (!fresh) return refuse(err, table, "number");
        a->seen.orders_issued++;
    } else if (strcmp(table, "order_reply") == 0) {
        a->seen.orders_answered++;
    } else if (strcmp(table, "indicator") == 0) {
        count_indicator(&a->seen, values);
    }
    return 0;
}

static void count_status(struct audit *a, int64_t household, const json_t *values)
{
    const char *status = text_of(values, "monitor_status");
    int64_t day;
    if (household < 0 || !*status) return;
    a->household[household].status = (uint8_t)schema_code_find(&codes_monitor_status, status, strlen(status));
    if (date_parse(text_of(values, "taken_in"), &day) == 0) a->household[household].taken_in = (int32_t)day;
}

static int count_found(struct audit *a, const char *table, const json_t *find, const json_t *values,
                       struct err *err)
{
    int64_t found, decided;
    char key[160], due[11];
    if (strcmp(table, "risk") == 0) {
        snprintf(key, sizeof key, "%s|%s|%s", text_of(find, "household"), text_of(find, "kind"),
                 text_of(find, "found_on"));
        return keyset_find(&a->risks, key) < 0 ? refuse(err, table, key) : 0;
    }
    if (date_parse(text_of(find, "found_on"), &found) != 0 ||
        date_parse(text_of(values, "decided_on"), &decided) != 0) {
        return refuse(err, table, "find");
    }
    date_format(found + 9, due);
    snprintf(key, sizeof key, "%s|%s|%s", text_of(find, "household"), due, text_of(find, "found_on"));
    if (keyset_find(&a->clues, key) < 0 || decided > found + 9) return refuse(err, table, key);
    a->decided++;
    return 0;
}

static int read_set(struct reading *r, const struct schema_table *t, const json_t *change,
                    const json_t *values, struct err *err)
{
    struct audit *a = r->a;
    json_t *find = json_object_get(change, "find");
    const char *row = text_of(change, "row");
    const struct keyset *keys = keys_of(a, t->name);
    a->set[t->number]++;
    if (find) return count_found(a, t->name, find, values, err);
    if (!keys || keyset_find(keys, row) < 0) return refuse(err, t->name, row);
    if (strcmp(t->name, "household") == 0) count_status(a, keyset_find(keys, row), values);
    return 0;
}

/* What the schema requires of a new row must be there. */
static int check_complete(const struct schema_table *t, const json_t *values, struct err *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct schema_column *c = &t->columns[i];
        if (c->flags & COLUMN_REQUIRED && !json_object_get(values, c->name))
            return refuse(err, t->name, c->name);
    }
    return 0;
}

static int read_change(struct reading *r, json_t *change, struct err *err)
{
    const struct schema_table *t = schema_table_named(schema_current(), text_of(change, "table"));
    json_t *values = json_object_get(change, "values");
    if (!t) return refuse(err, "table", text_of(change, "table"));
    int rc = check_values(r, t, values, err);
    if (rc == 0) rc = check_values(r, t, json_object_get(change, "removed"), err);
    if (rc == 0) rc = check_values(r, t, json_object_get(change, "find"), err);
    if (rc != 0) return rc;
    r->a->changes++;
    if (strcmp(text_of(change, "op"), "put") != 0) return read_set(r, t, change, values, err);
    r->a->put[t->number]++;
    keyset_add(&r->tags, text_of(change, "tag"), NULL);
    rc = check_complete(t, values, err);
    return rc == 0 ? count_put(r->a, t->name, values, err) : rc;
}

static bool may_write(const char *workers, const char *who)
{
    size_t n = strlen(who);
    for (const char *at = workers; n && (at = strstr(at, who)); at += n) {
        if ((at == workers || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    }
    return false;
}

static int read_line(struct reading *r, const char *line, const char *workers, struct err *err)
{
    json_error_t where;
    json_t *changeset = json_loads(line, 0, &where), *change;
    size_t i;
    int rc = 0;
    if (!changeset) return err_set(err, ERR_REFUSED, "不是 JSON:%s", "not JSON: %s", where.text);
    const char *at = text_of(changeset, "at"), *as = text_of(changeset, "as");
    if (strcmp(at, r->before) < 0)
        rc = refuse(err, "at", at);
    else if (!may_write(workers, as))
        rc = refuse(err, "as", as);
    snprintf(r->before, sizeof r->before, "%s", at);
    json_array_foreach(json_object_get(changeset, "changes"), i, change)
    {
        if (rc == 0) rc = read_change(r, change, err);
    }
    r->a->changesets++;
    json_decref(changeset);
    return rc;
}

int audit_acts(struct audit *a, const char *folder, const char *name, const char *workers, struct err *err)
{
    struct reading r = {.a = a};
    char path[4096], *line = NULL;
    size_t cap = 0;
    int rc = 0, number = 0;
    snprintf(path, sizeof path, "%s/acts/%s.ndjson", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    keyset_init(&r.tags);
    while (rc == 0 && getline(&line, &cap, file) > 0) {
        number++;
        rc = read_line(&r, line, workers, err);
    }
    if (rc != 0) err_where(err, rc, "%s 第 %d 行", "%s line %d", path, number);
    a->files++;
    keyset_free(&r.tags);
    free(line);
    fclose(file);
    return rc;
}
