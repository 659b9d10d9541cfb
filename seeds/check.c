/* check: walks the laptops wave by wave, then compares what was counted. See check.h and audit.h. */
#include "check.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "codes.h"

enum { YEAR_START = 18993, STATUS_NONE = 1, STATUS_CLEARED = 3 }; /* 2022-01-01; codes of monitor_status */

struct walk { /* audit_csv gives its rows only the audit; it is the first member here */
    struct audit audit;
    const char *folder;
    int wave;
};

static int laptop_row(struct audit *a, char **field, struct err *err)
{
    struct walk *w = (struct walk *)a;
    char name[64];
    if (atoi(field[1]) != w->wave) return 0;
    snprintf(name, sizeof name, "%s%s", field[0], w->wave == 3 ? ".w3" : "");
    return audit_acts(a, w->folder, name, field[3], err);
}

static int walk_laptops(struct walk *w, struct err *err)
{
    char path[4096];
    int rc = 0;
    snprintf(path, sizeof path, "%s/laptops.csv", w->folder);
    for (w->wave = 1; rc == 0 && w->wave <= 3; w->wave++)
        rc = audit_csv(path, 4, laptop_row, &w->audit, err);
    return rc;
}

static void count_households(struct audit *a)
{
    struct figures *f = &a->seen;
    for (size_t i = 0; i < a->households.count; i++) {
        const struct audit_household *h = &a->household[i];
        if (h->status <= STATUS_NONE) continue;
        f->monitored_households++;
        f->monitored_people += h->people;
        f->cleared_households += h->status == STATUS_CLEARED;
        f->cleared_people += h->status == STATUS_CLEARED ? h->people : 0;
        f->taken_in_households += h->taken_in >= YEAR_START;
        f->taken_in_people += h->taken_in >= YEAR_START ? h->people : 0;
    }
}

static json_t *load_json(const char *folder, const char *name, struct err *err)
{
    char path[4096];
    json_error_t where;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *object = json_load_file(path, 0, &where);
    if (!object) err_set(err, ERR_REFUSED, "%s：%s", "%s: %s", path, where.text);
    return object;
}

static int compare_one(const json_t *expected, const char *name, const char *counted, struct err *err)
{
    const json_t *item = json_object_get(expected, name);
    char text[32];
    if (json_is_integer(item))
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(item));
    else
        snprintf(text, sizeof text, "%.2f", json_real_value(item));
    if (item && strcmp(text, counted) == 0) return 0;
    return err_set(err, ERR_REFUSED, "%s 应为 %s，实为 %s", "%s should be %s, is %s", name, item ? text : "-",
                   counted);
}

static int compare_figures(struct audit *a, const json_t *expected, struct err *err)
{
    struct figure list[FIGURES_MAX];
    size_t n = figures_list(&a->seen, list);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = compare_one(expected, list[i].name, list[i].text, err);
    if (rc == 0 && a->decided != (int64_t)a->clues.count) {
        rc = err_set(err, ERR_REFUSED, "%zu 条线索只认定了 %lld 条", "of %zu clues only %lld are decided",
                     a->clues.count, (long long)a->decided);
    }
    return rc;
}

static int compare_number(const json_t *expected, const char *name, int64_t counted, struct err *err)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, counted);
    return compare_one(expected, name, text, err);
}

static int compare_counts(const struct audit *a, const json_t *expected, struct err *err)
{
    const struct schema *schema = schema_current();
    int rc = compare_number(expected, "households", (int64_t)a->households.count, err);
    if (rc == 0) rc = compare_number(expected, "members", (int64_t)a->members.count, err);
    if (rc == 0) rc = compare_number(expected, "workers", (int64_t)a->workers.count, err);
    if (rc == 0) rc = compare_number(expected, "files", a->files, err);
    if (rc == 0) rc = compare_number(expected, "changesets", a->changesets, err);
    if (rc == 0) rc = compare_number(expected, "changes", a->changes, err);
    for (size_t i = 0; rc == 0 && i < schema->count; i++) {
        int n = schema->tables[i].number;
        char name[64];
        snprintf(name, sizeof name, "put_%s", schema->tables[i].name);
        if (a->put[n]) rc = compare_number(expected, name, a->put[n], err);
        snprintf(name, sizeof name, "set_%s", schema->tables[i].name);
        if (rc == 0 && a->set[n]) rc = compare_number(expected, name, a->set[n], err);
    }
    return rc;
}

static int compare(struct audit *a, const char *folder, struct err *err)
{
    json_t *figures = load_json(folder, "figures.json", err), *counts = load_json(folder, "counts.json", err);
    int rc = figures && counts ? 0 : ERR_REFUSED;
    if (rc == 0) rc = compare_figures(a, figures, err);
    if (rc == 0) rc = compare_counts(a, counts, err);
    json_decref(figures);
    json_decref(counts);
    return rc;
}

int check_folder(const char *folder, struct err *err)
{
    struct walk w = {.folder = folder};
    struct audit *a = &w.audit;
    struct keyset *sets[] = {&a->regions, &a->workers, &a->households, &a->members,
                             &a->orders,  &a->risks,   &a->clues,      &a->employed};
    enum { SETS = sizeof sets / sizeof sets[0] };
    for (size_t i = 0; i < SETS; i++)
        keyset_init(sets[i]);
    int rc = audit_roster(a, folder, err);
    if (rc == 0) rc = walk_laptops(&w, err);
    if (rc == 0) {
        count_households(a);
        rc = compare(a, folder, err);
    }
    for (size_t i = 0; i < SETS; i++)
        keyset_free(sets[i]);
    free(a->household);
    return rc;
}
