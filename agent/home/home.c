/* home: makes and opens the laptop's folder. Neighbours: structure.c (DDL), meta.c (small facts), core/db.
 * Invariant: a home that opens has an origin; it is made once, in the last step of home_create, so that a home
 * whose making was cut can be made again. */
#include "home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "structure.h"

enum { LOCK_WAIT_MS = 5000, RANDOM_TRIES = 8 };

static int make_folder(const char *path, struct err *err)
{
    struct stat st;
    if (mkdir(path, 0700) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))) return 0;
    return err_set(err, ERR_DISK, "不能建立文件夹 %s：%s", "cannot make the folder %s: %s", path, strerror(errno));
}

/* Parents too, each private: what is below holds people's data. */
static int make_folders(const char *dir, struct err *err)
{
    char path[sizeof ((struct home *)0)->dir];
    snprintf(path, sizeof path, "%s", dir);
    for (char *at = path + 1; *path && *at; at++) {
        if (*at != '/') continue;
        *at = 0;
        int rc = make_folder(path, err);
        *at = '/';
        if (rc) return rc;
    }
    return make_folder(path, err);
}

static int home_new(struct home **out, const char *dir, const struct schema *schema, const struct env *env,
                    struct err *err)
{
    *out = NULL;
    if (!*dir || strlen(dir) >= sizeof (*out)->dir)
        return err_set(err, ERR_REFUSED, "文件夹名称为空或太长", "the folder's name is empty or too long");
    struct home *h = calloc(1, sizeof *h);
    if (!h) return err_nomem(err);
    snprintf(h->dir, sizeof h->dir, "%s", dir);
    h->schema = schema ? schema : schema_current();
    h->env = env;
    *out = h;
    return 0;
}

static int open_database(struct home *h, enum db_mode mode, struct err *err)
{
    char path[sizeof h->dir + 16];
    snprintf(path, sizeof path, "%s/zhucun.db", h->dir);
    if (mode != DB_CREATE && access(path, F_OK) != 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s 里还没有驻村通的数据：请先运行 zhucun enrol",
                       "there is no zhucun data in %s: run zhucun enrol first", h->dir);
    int rc = db_open(&h->db, path, mode, HOME_APPLICATION_ID, LOCK_WAIT_MS, err);
    if (rc == 0) rc = db_migrate(h->db, home_migrations, home_migration_count, err);
    if (rc == 0) rc = table_set_open(h->db, h->schema, &home_side, &h->tables, err);
    return rc;
}

/* Rows of tables that the program did not know were only counted; they are fetched when it does. Columns need
 * nothing: their cells were kept, and core/table has put them in their place. */
static int want_strangers(struct home *h, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = db_prepare(h->db, "SELECT 1 FROM stranger LIMIT 1", &st, err);
    if (rc == 0) rc = db_row(h->db, st, err);
    sqlite3_finalize(st);
    return rc == 1 ? home_meta_set_int(h, META_SNAPSHOT, SNAPSHOT_MENDING, err) : rc;
}

/* An older program must not write into what it does not know. */
static int check_schema(struct home *h, enum db_mode mode, struct err *err)
{
    int64_t was;
    int rc = home_meta_int(h, META_SCHEMA, h->schema->version, &was, err);
    if (rc || was == h->schema->version) return rc;
    if (was > h->schema->version)
        return err_set(err, ERR_REFUSED, "数据由较新的驻村通写成（表结构 %lld，本程序 %d）：请升级程序",
                       "written by a newer zhucun (schema %lld, this program %d): upgrade the program",
                       (long long)was, h->schema->version);
    if (mode == DB_READ) return 0;
    if ((rc = db_begin(h->db, err))) return rc;
    rc = home_meta_set_int(h, META_SCHEMA, h->schema->version, err);
    if (rc == 0) rc = want_strangers(h, err);
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    return rc;
}

static int read_origin(struct home *h, struct err *err)
{
    int64_t origin;
    int rc = home_meta_int(h, META_ORIGIN, 0, &origin, err);
    if (rc) return rc;
    h->origin = (uint64_t)origin;
    return 0;
}

static int new_origin(struct home *h, struct err *err)
{
    uint64_t origin = 0;
    for (int i = 0; i < RANDOM_TRIES && origin == 0; i++)
        if (h->env->random(h->env->ctx, &origin, sizeof origin) < 0) break;
    if (origin == 0)
        return err_set(err, ERR_REFUSED, "系统没有提供随机数", "the system gives no random numbers");
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = home_meta_set_int(h, META_ORIGIN, (int64_t)origin, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SCHEMA, h->schema->version, err);
    if (rc) {
        db_rollback(h->db);
        return rc;
    }
    h->origin = origin;
    return db_commit(h->db, err);
}

int home_create(struct home **out, const char *dir, const struct env *env, struct err *err)
{
    struct home *h = NULL;
    int rc = home_new(&h, dir, NULL, env, err);
    if (rc == 0) rc = make_folders(dir, err);
    if (rc == 0) rc = open_database(h, DB_CREATE, err);
    if (rc == 0) rc = read_origin(h, err);
    if (rc == 0 && h->origin)
        rc = err_set(err, ERR_REFUSED, "%s 里已有驻村通的数据", "%s already holds zhucun data", dir);
    if (rc == 0) rc = new_origin(h, err);
    if (rc) {
        home_close(h);
        h = NULL;
    }
    *out = h;
    return rc;
}

static int open_once(struct home **out, const char *dir, enum db_mode mode, const struct schema *schema,
                     const struct env *env, struct err *err)
{
    struct home *h = NULL;
    int rc = home_new(&h, dir, schema, env, err);
    if (rc == 0) rc = open_database(h, mode, err);
    if (rc == 0) rc = read_origin(h, err);
    if (rc == 0 && h->origin == 0)
        rc = err_set(err, ERR_NOT_FOUND, "%s 的注册没有完成：请重新运行 zhucun enrol",
                     "enrolment in %s was not finished: run zhucun enrol again", dir);
    if (rc == 0) rc = check_schema(h, mode, err);
    if (rc) {
        home_close(h);
        h = NULL;
    }
    *out = h;
    return rc;
}

int home_open(struct home **out, const char *dir, enum db_mode mode, const struct schema *schema, const struct env *env,
              struct err *err)
{
    int rc = open_once(out, dir, mode, schema, env, err);
    bool older = rc == 0 ? table_set_older((*out)->tables) : rc == ERR_REFUSED;
    if (mode != DB_READ || !older) return rc;
    /* The program was upgraded since: bring the file up to it, so that a list can ask for the new tables and columns.
     * When it cannot be written now, what it holds is shown as it is, or refused as it was. */
    struct home *writer;
    if (open_once(&writer, dir, DB_WRITE, schema, env, NULL)) return rc;
    home_close(writer);
    home_close(*out);
    return open_once(out, dir, mode, schema, env, err);
}

void home_close(struct home *h)
{
    if (!h) return;
    for (size_t i = 0; i < HOME_SQL_MODULES; i++)
        if (h->sql[i]) statements_close(h->sql[i]);
    if (h->tables) table_set_close(h->tables);
    if (h->db) db_close(h->db);
    free(h);
}

int home_statement(struct home *h, enum home_module module, const char *const *sql, size_t count, size_t which,
                   sqlite3_stmt **out, struct err *err)
{
    struct err local = {0};
    if (!err) err = &local;
    *out = NULL;
    if (!h->sql[module]) {
        int rc = statements_open(h->db, sql, count, &h->sql[module], err);
        if (rc) return rc;
    }
    *out = statement(h->sql[module], which, err);
    if (*out) return 0;
    return err->code ? err->code : ERR_REFUSED;
}
