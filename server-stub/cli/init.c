/* init: a new data folder. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static int make_folder(struct cli *c)
{
    if (mkdir(c->data, 0700) == 0 || errno == EEXIST)
        return 0;
    return err_set(&c->err, ERR_DISK, "无法建立目录 %s：%s", "cannot make folder %s: %s", c->data, strerror(errno));
}

/* The international algorithms, or those of the GM/T standards where they are prescribed. */
static int suite_named(struct cli *c, const char *name, enum seal_suite *out)
{
    *out = SUITE_25519;
    if (!name || strcmp(name, "25519") == 0)
        return 0;
    *out = SUITE_SM;
    if (strcmp(name, "sm") == 0)
        return 0;
    return err_set(&c->err, ERR_USAGE, "密码套件只有 25519 和 sm（国密），没有“%s”", "the cipher suites are 25519 and sm, not \"%s\"", name);
}

int command_init(struct cli *c, int argc, char **argv)
{
    const char *city_text = NULL, *kind = NULL, *suite_text = NULL;
    const struct arg args[] = {{"--city", ARG_TEXT, &city_text}, {"--store", ARG_TEXT, &kind}, {"--suite", ARG_TEXT, &suite_text}};
    enum seal_suite suite;
    struct store *s;
    size_t words;
    int rc = args_parse(c, argc, argv, args, 3, NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    int64_t city = city_text && strlen(city_text) == 4 ? region_code(city_text, 4) : -1;
    if (city < 0)
        return err_set(&c->err, ERR_USAGE, "请用 --city 给出 4 位地级市代码，例如 --city 2312",
                       "give the city by --city and its 4-digit code, for example --city 2312");
    if ((rc = suite_named(c, suite_text, &suite)) < 0)
        return rc;
    if (kind)
        return err_set(&c->err, ERR_REFUSED, "此版本只有目录内的 SQLite 库：请去掉 --store",
                       "this version keeps its store in the folder, with SQLite: leave --store out");
    if ((rc = need_data(c)) < 0 || (rc = make_folder(c)) < 0)
        return rc;
    if ((rc = store_create(&s, c->data, city, suite, c->env, &c->err)) < 0)
        return rc;
    uint64_t epoch = store_epoch(s);
    store_close(s);
    if (c->json)
        printf("{\"data\":\"%s\",\"city\":\"%012" PRId64 "\",\"epoch\":\"%016" PRIx64 "\"}\n", c->data, city, epoch);
    else
        printf("%s %s (%012" PRId64 ")\n", say(c, "已建立", "made"), c->data, city);
    return 0;
}
