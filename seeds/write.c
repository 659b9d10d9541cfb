/* write: the whole city into a folder: roster, laptops, acts of all waves, figures and counts. See write.h.
 */
#include "write.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "county.h"
#include "fieldwork.h"
#include "replies.h"
#include "roster.h"

int write_folder(const char *folder, struct err *err)
{
    struct dirent *entry;
    bool empty = true;
    if (mkdir(folder, 0755) == 0) return 0;
    if (errno != EEXIST)
        return err_set(err, ERR_DISK, "无法建立目录 %s:%s", "cannot make %s: %s", folder, strerror(errno));
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set(err, ERR_DISK, "无法打开目录 %s:%s", "cannot open folder %s: %s", folder,
                       strerror(errno));
    while (empty && (entry = readdir(dir)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(dir);
    return empty ? 0
                 : err_set(err, ERR_REFUSED, "目录 %s 不是空的，未写入",
                           "folder %s is not empty, nothing written", folder);
}

static int make_inside(const char *folder, const char *name, char path[4096], struct err *err)
{
    if (snprintf(path, 4096, "%s/%s", folder, name) >= 4096)
        return err_set(err, ERR_USAGE, "路径过长", "path too long");
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
        return err_set(err, ERR_DISK, "无法建立目录 %s:%s", "cannot make %s: %s", path, strerror(errno));
    }
    return 0;
}

static int tell_teams(struct story *s, const char *folder, struct err *err)
{
    const struct city *city = s->city;
    char name[32];
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < city->places.laptops; i++) {
        const struct laptop *l = &city->places.laptop[i];
        for (uint32_t k = 0; k < l->villages; k++) {
            const struct village *v = &city->places.village[l->first_village + k];
            for (uint32_t h = 0; h < v->households; h++)
                fieldwork_household(s, &city->household[v->first_household + h]);
        }
        rc = acts_flush(s->acts, folder, l->name, err);
        replies_tell(s, i);
        snprintf(name, sizeof name, "%s.w3", l->name);
        if (rc == 0) rc = acts_flush(s->acts, folder, name, err);
    }
    return rc;
}

static int tell_counties(struct story *s, const char *folder, struct err *err)
{
    char name[32];
    int rc = 0;
    for (int c = 0; rc == 0 && c < PLACES_COUNTIES; c++) {
        county_tell(s, c);
        snprintf(name, sizeof name, "X%06d", (int)(s->city->places.county[c].code / 1000000));
        rc = acts_flush(s->acts, folder, name, err);
    }
    return rc;
}

static int tell_year(const struct city *city, const char *folder, struct tally *tally, struct err *err)
{
    struct story story;
    struct acts acts;
    struct prose *prose = NULL;
    int rc = prose_load(&prose, scene_tag_names, scene_fact_names, err);
    if (rc != 0) return rc;
    rc = story_begin(&story, city, prose, tally, &acts, err);
    if (rc == 0) rc = tell_teams(&story, folder, err);
    if (rc == 0) rc = tell_counties(&story, folder, err);
    story_end(&story);
    prose_free(prose);
    return rc;
}

static int write_text(const char *folder, const char *name, struct buf *text, struct err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    bool bad = !file || text->failed || fwrite(text->data, 1, text->len, file) != text->len;
    if (file && fclose(file) != 0) bad = true;
    return bad ? err_set(err, ERR_DISK, "写入 %s 失败", "writing %s failed", path) : 0;
}

/* counts.json: what the acts hold, by table, so that a reader can see that nothing is missing. */
static void counts_json(const struct city *city, const struct tally *t, struct buf *out)
{
    const struct schema *schema = schema_current();
    buf_printf(out, "{\n  \"households\": %u,\n  \"members\": %u,\n  \"workers\": %u,\n", city->households,
               city->members, city->workers);
    buf_printf(out, "  \"files\": %" PRId64 ",\n  \"changesets\": %" PRId64 ",\n  \"changes\": %" PRId64,
               t->files, t->changesets, t->changes);
    for (size_t i = 0; i < schema->count; i++) {
        int n = schema->tables[i].number;
        if (t->put[n]) buf_printf(out, ",\n  \"put_%s\": %" PRId64, schema->tables[i].name, t->put[n]);
        if (t->set[n]) buf_printf(out, ",\n  \"set_%s\": %" PRId64, schema->tables[i].name, t->set[n]);
    }
    buf_put_text(out, "\n}\n");
}

int write_city(const struct city *city, const char *folder, struct err *err)
{
    char roster[4096], acts[4096];
    struct tally tally = {0};
    struct buf figures, counts;
    buf_init(&figures, 65536);
    buf_init(&counts, 65536);
    int rc = make_inside(folder, "roster", roster, err);
    if (rc == 0) rc = make_inside(folder, "acts", acts, err);
    if (rc == 0) rc = roster_write(city, roster, err);
    if (rc == 0) rc = roster_write_laptops(city, folder, err);
    if (rc == 0) rc = tell_year(city, acts, &tally, err);
    figures_json(&city->figures, &figures);
    counts_json(city, &tally, &counts);
    if (rc == 0) rc = write_text(folder, "figures.json", &figures, err);
    if (rc == 0) rc = write_text(folder, "counts.json", &counts, err);
    if (rc == 0) fwrite(counts.data, 1, counts.len, stdout);
    buf_free(&figures);
    buf_free(&counts);
    return rc;
}
