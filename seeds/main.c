/* zhucun-seed: writes the synthetic city, prints the source's figures, checks what was written.
 * Exit codes as everywhere: 0, 1 refused, 2 usage, 73 disk. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "county.h"
#include "fieldwork.h"
#include "replies.h"
#include "roster.h"

struct options {
    const char *out, *check;
    bool figures, help;
    int64_t per_million;
    uint64_t seed;
    enum lang lang;
};

static const char usage_en[] =
    "zhucun-seed: the synthetic city of Suihua, its roster and a year of field work\n\n"
    "  zhucun-seed --out DIR [--scale F] [--seed N]   write it into DIR (new or empty); F from 0.01 to 1 (default)\n"
    "  zhucun-seed --check DIR                        read it again and count\n"
    "  zhucun-seed --figures [--scale F]              print the figures that the bulletin must give\n"
    "  --lang zh|en                                   language of messages\n";
static const char usage_zh[] =
    "zhucun-seed:合成的绥化市数据,包括名册和一年的驻村工作记录\n\n"
    "  zhucun-seed --out 目录 [--scale 比例] [--seed 种子]   写入新目录或空目录;比例 0.01 到 1,默认 1\n"
    "  zhucun-seed --check 目录                              重新读取并核对\n"
    "  zhucun-seed --figures [--scale 比例]                  打印通报应有的数字\n"
    "  --lang zh|en                                          提示语言\n";

static int read_scale(const char *text, int64_t *per_million, struct err *err)
{
    char *end;
    double f = strtod(text, &end);
    if (*end || end == text || !(f >= 0.01 && f <= 1)) {
        return err_set(err, ERR_USAGE, "--scale 应在 0.01 到 1 之间,不是“%s”", "--scale must be from 0.01 to 1, not \"%s\"", text);
    }
    *per_million = (int64_t)(f * 1e6 + 0.5);
    return 0;
}

static int read_seed(const char *text, uint64_t *seed, struct err *err)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (*end || end == text || errno || *text == '-') {
        return err_set(err, ERR_USAGE, "--seed 应是非负整数,不是“%s”", "--seed must be a whole number, not \"%s\"", text);
    }
    return 0;
}

static int read_options(int argc, char **argv, struct options *o, struct err *err)
{
    static const struct option names[] = {{"out", required_argument, NULL, 'o'}, {"scale", required_argument, NULL, 's'},
                                          {"seed", required_argument, NULL, 'n'}, {"check", required_argument, NULL, 'c'},
                                          {"figures", no_argument, NULL, 'f'}, {"lang", required_argument, NULL, 'l'},
                                          {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    int c, rc = 0;
    opterr = 0;
    while (rc == 0 && (c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (c) {
        case 'o': o->out = optarg; break;
        case 's': rc = read_scale(optarg, &o->per_million, err); break;
        case 'n': rc = read_seed(optarg, &o->seed, err); break;
        case 'c': o->check = optarg; break;
        case 'f': o->figures = true; break;
        case 'l': o->lang = lang_from(optarg); break;
        case 'h': o->help = true; break;
        default:
            rc = err_set(err, ERR_USAGE, "不认识的参数 %s,见 --help", "unknown or incomplete option %s, see --help", argv[optind - 1]);
        }
    }
    if (rc == 0 && optind < argc) rc = err_set(err, ERR_USAGE, "多余的参数 %s", "unexpected argument %s", argv[optind]);
    if (rc == 0 && !o->out + !o->check + !o->figures != 2 && !o->help) {
        rc = err_set(err, ERR_USAGE, "--out、--check、--figures 应给出其中一个,见 --help", "give one of --out, --check, --figures, see --help");
    }
    return rc;
}

/* Makes `folder` when it is not there. Refuses one that holds anything. */
static int make_empty(const char *folder, struct err *err)
{
    struct dirent *entry;
    bool empty = true;
    if (mkdir(folder, 0755) == 0) return 0;
    if (errno != EEXIST) return err_set(err, ERR_DISK, "无法建立目录 %s:%s", "cannot make %s: %s", folder, strerror(errno));
    DIR *dir = opendir(folder);
    if (!dir) return err_set(err, ERR_DISK, "无法打开目录 %s:%s", "cannot open folder %s: %s", folder, strerror(errno));
    while (empty && (entry = readdir(dir))) empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(dir);
    return empty ? 0 : err_set(err, ERR_REFUSED, "目录 %s 不是空的,未写入", "folder %s is not empty, nothing written", folder);
}

static int make_inside(const char *folder, const char *name, char path[4096], struct err *err)
{
    if (snprintf(path, 4096, "%s/%s", folder, name) >= 4096) return err_set(err, ERR_USAGE, "路径过长", "path too long");
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
            for (uint32_t h = 0; h < v->households; h++) fieldwork_household(s, &city->household[v->first_household + h]);
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
    buf_printf(out, "{\n  \"households\": %u,\n  \"members\": %u,\n  \"workers\": %u,\n", city->households, city->members, city->workers);
    buf_printf(out, "  \"files\": %" PRId64 ",\n  \"changesets\": %" PRId64 ",\n  \"changes\": %" PRId64, t->files, t->changesets, t->changes);
    for (size_t i = 0; i < schema->count; i++) {
        int n = schema->tables[i].number;
        if (t->put[n]) buf_printf(out, ",\n  \"put_%s\": %" PRId64, schema->tables[i].name, t->put[n]);
        if (t->set[n]) buf_printf(out, ",\n  \"set_%s\": %" PRId64, schema->tables[i].name, t->set[n]);
    }
    buf_put_text(out, "\n}\n");
}

static int write_city(const struct city *city, const char *folder, struct err *err)
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

static int print_figures(const struct options *o)
{
    struct figures f = figures_scaled(o->per_million);
    struct buf text;
    buf_init(&text, 65536);
    figures_json(&f, &text);
    fwrite(text.data, 1, text.len, stdout);
    buf_free(&text);
    return 0;
}

static int run(const struct options *o, struct err *err)
{
    struct city city;
    if (o->help) {
        fputs(o->lang == LANG_ZH ? usage_zh : usage_en, stdout);
        return 0;
    }
    if (o->figures) return print_figures(o);
    if (o->check) return check_folder(o->check, err);
    int rc = make_empty(o->out, err);
    if (rc != 0) return rc;
    rc = city_make(&city, o->per_million, o->seed, err);
    if (rc == 0) rc = write_city(&city, o->out, err);
    city_free(&city);
    return rc;
}

int main(int argc, char **argv)
{
    struct options o = {.per_million = 1000000, .seed = 2022, .lang = lang_from(NULL)};
    struct err err = {0};
    int rc = read_options(argc, argv, &o, &err);
    if (rc == 0) rc = run(&o, &err);
    if (rc != 0) fprintf(stderr, "zhucun-seed: %s\n", err_text(&err, o.lang));
    return err_exit_status(rc);
}
