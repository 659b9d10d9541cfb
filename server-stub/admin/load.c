/* load: a roster folder, sheet by sheet, in the order in which they name each other; all or nothing. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sheet.h"
#include "verbs.h"

static const struct {
    const char *stem, *table;
} sheets[] = {{"regions", "region"}, {"workers", "worker"}, {"households", "household"}, {"members", "member"},
              {"assignments", "assignment"}};
static const char *const endings[] = {"csv", "ndjson"};

/* The sheet's path and when it was written; false: the folder has none. */
static bool find_sheet(const char *dir, const char *stem, char *path, size_t n, int64_t *written_ms)
{
    struct stat st;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, n, "%s/%s.%s", dir, stem, endings[i]);
        if (stat(path, &st) != 0)
            continue;
        *written_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
        return true;
    }
    return false;
}

static int load_sheets(struct verb_call *c, struct roster *r, const char *dir, json_t *loaded, struct err *err)
{
    unsigned found = 0;
    char path[1024];
    int rc = 0;

    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0] && rc >= 0; i++) {
        const struct schema_table *t = schema_table_named(store_schema(c->store), sheets[i].table);
        uint64_t rows = 0;
        if (!find_sheet(dir, sheets[i].stem, path, sizeof path, &r->sheet_ms))
            continue;
        found++;
        rc = sheet_load(r, t, path, c->admin, &rows, err);
        json_object_set_new(loaded, t->name, json_integer((json_int_t)rows));
    }
    if (rc >= 0 && !found)
        return err_set(err, ERR_REFUSED, "“%s”中没有名册文件（regions.csv、workers.csv、households.csv、members.csv、assignments.csv）",
                       "there is no roster file in \"%s\" (regions.csv, workers.csv, households.csv, members.csv, "
                       "assignments.csv)", dir);
    return rc < 0 ? rc : roster_flush(r, err);
}

int verb_load(struct verb_call *c, struct err *err)
{
    const char *dir = verb_text(c, "dir");
    struct roster *r = malloc(sizeof *r);
    json_t *loaded = json_object();
    int rc = r && loaded ? 0 : err_nomem(err);

    if (rc == 0 && !dir)
        rc = err_set(err, ERR_USAGE, "缺少名册目录", "the roster folder is missing");
    if (rc == 0) {
        rc = roster_open(r, c->store, c->admin->env, err);
        if (rc >= 0)
            rc = load_sheets(c, r, dir, loaded, err);
        if (rc >= 0 && (json_object_set(c->answer, "loaded", loaded) ||
                        json_object_set_new(c->answer, "new", json_integer((json_int_t)r->made)) ||
                        json_object_set_new(c->answer, "changed", json_integer((json_int_t)r->changed)) ||
                        json_object_set_new(c->answer, "same", json_integer((json_int_t)r->same)) ||
                        json_object_set_new(c->answer, "kept", json_integer((json_int_t)r->kept))))
            rc = err_nomem(err);
        roster_close(r);
    }
    json_decref(loaded);
    free(r);
    return rc;
}
