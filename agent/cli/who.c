/* who: which home, and who writes in it. A laptop may be shared by several people: then the author is named on
 * every act, never guessed. */
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "fields.h"
#include "zhucun/wire.h"

int cli_open(struct cli *c, enum db_mode mode, struct err *err)
{
    char file[600];
    struct stat st;
    snprintf(file, sizeof file, "%s/zhucun.db", c->dir);
    if (stat(c->dir, &st) == 0 && !S_ISDIR(st.st_mode))
        return err_set(err, ERR_DISK, "%s 不是目录；用 --home 指明数据目录", "%s is not a folder; name the home by --home", c->dir);
    if (stat(file, &st) != 0)
        return err_set(err, ERR_NOT_FOUND, "%s 里没有本机数据；先运行 zhucun enrol --server URL --code CODE",
                       "there is no home in %s; run zhucun enrol --server URL --code CODE first", c->dir);
    int rc = home_open(&c->home, c->dir, mode, NULL, c->env, err);
    return rc ? rc : cli_clock_read(c, err);
}

static int worker_named(struct cli *c, const char *text, struct row_id *author, struct err *err)
{
    const struct schema_table *t = schema_table_named(c->home->schema, "worker");
    return fields_row(c->home, t, text, strlen(text), author, err);
}

static bool is_listed(const char *list, const char *no)
{
    size_t n = strlen(no);
    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, no, n) == 0 && (at[n] == ',' || at[n] == '\0')) return true;
    return false;
}

/* One who uses this laptop may belong to a region that it does not hold: then his row of the roster is not here. */
static int author_named(struct cli *c, const char *no, struct row_id *author, struct err *err)
{
    char workers[WIRE_MAX_WORKERS * 24], places[400];
    int rc = worker_named(c, no, author, err);
    if (rc != ERR_NOT_FOUND || home_meta_text(c->home, META_WORKERS, workers, sizeof workers, NULL) || !is_listed(workers, no) ||
        home_meta_text(c->home, META_PLACES, places, sizeof places, NULL))
        return rc;
    return err_set(err, ERR_NOT_FOUND,
                   "这台电脑发给 %.40s，但他所在的区划不在本机范围（%.100s）内，这里没有他的名册，不能署名；请办公室把他的区划加入本机范围，再同步",
                   "this laptop is for %.40s, whose region is not among what it holds (%.100s): his row is not here, so that he cannot sign; have the office add his region to its scope, and sync",
                   no, places[0] ? places : cli_pick(c, "所帮扶的户", "assigned households"));
}

/* Is the worker one of the laptop's own? A laptop of nobody in particular is everybody's. */
static bool of_laptop(struct cli *c, struct row_id author, char *workers)
{
    const struct schema_table *t = schema_table_named(c->home->schema, "worker");
    struct row_id id;
    for (char *at = workers; *at;) {
        size_t n = strcspn(at, ",");
        if (table_find(c->home->tables, t, at, n, &id, NULL) == 1 && row_id_equal(id, author)) return true;
        at += n + (at[n] == ',');
    }
    return !workers[0];
}

/* Work is never refused for who did it; but whoever types another's number should know that it shows. */
static int named(struct cli *c, struct row_id *author, struct err *err)
{
    char workers[WIRE_MAX_WORKERS * 24];
    int rc = author_named(c, c->as, author, err);
    if (rc == 0) rc = home_meta_text(c->home, META_WORKERS, workers, sizeof workers, err);
    if (rc == 0 && !of_laptop(c, *author, workers))
        cli_warn(c, "“%.80s”不是这台电脑的人员（%.200s）：照记，署其名，并向上级注明",
                 "\"%.80s\" is none of this laptop's people (%.200s): recorded in that name, and marked for the supervisors", c->as,
                 workers);
    return rc;
}

int cli_author(struct cli *c, struct row_id *author, struct err *err)
{
    char workers[WIRE_MAX_WORKERS * 24];
    if (c->as) return named(c, author, err);
    int rc = home_meta_text(c->home, META_WORKERS, workers, sizeof workers, err);
    if (rc) return rc;
    if (workers[0] && !strchr(workers, ',')) return author_named(c, workers, author, err);
    if (!workers[0])
        return err_set(err, ERR_REFUSED, "不知道是谁在写；用 --as 工号 指明（list worker 可查工号）",
                       "who writes is not known; name the worker by --as NUMBER (list worker shows them)");
    return err_set(err, ERR_REFUSED, "这台电脑有多人使用，用 --as 指明是谁在写：%.300s",
                   "several people use this laptop; say who writes by --as: %.300s", workers);
}
