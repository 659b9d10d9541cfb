/* migrate: the file's structure version (PRAGMA user_version), copies that open by themselves, and the check of
 * the whole file. Each migration is one transaction with its new version number in it, so that a power cut leaves
 * either the old structure or the new one. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db_impl.h"

enum maintenance { SQL_VERSION, SQL_COPY, SQL_CHECK };
static const char *const maintenance[] = {
    [SQL_VERSION] = "PRAGMA user_version",
    [SQL_COPY] = "VACUUM INTO ?1",
    [SQL_CHECK] = "PRAGMA integrity_check(1)",
};

static int migrate_one(struct db *db, const char *sql, int version, struct err *err)
{
    char stamp[48];
    snprintf(stamp, sizeof stamp, "PRAGMA user_version=%d", version);
    int rc = db_begin(db, err);
    if (rc != 0) return rc;
    rc = db_exec(db, sql, err);
    if (rc == 0) rc = db_exec(db, stamp, err);
    if (rc == 0) return db_commit(db, err);
    db_rollback(db);
    return err_where(err, rc, "升级 %s 到结构 %d", "upgrading %s to structure %d", db->path, version);
}

int db_migrate(struct db *db, const char *const *migrations, int count, struct err *err)
{
    int64_t version = 0;
    int rc = db_ask_int(db, maintenance[SQL_VERSION], &version, err);
    if (rc != 0) return rc;
    if (version > count)
        return err_set(err, ERR_REFUSED, "%s 是由更新版本的驻村通建立的（结构 %lld，本程序只到 %d）：请升级本程序",
                       "%s was made by a newer zhucun (structure %lld, this program knows up to %d): upgrade this program",
                       db->path, (long long)version, count);
    if (version < 0)
        return err_set(err, ERR_CORRUPT, "%s 的结构版本号不对（%lld）", "%s has a wrong structure version (%lld)", db->path,
                       (long long)version);
    if (version < count && db->mode == DB_READ)
        return err_set(err, ERR_REFUSED, "%s 是旧版本的结构（%lld，现在是 %d）：请先用会写入的命令打开一次，例如 sync",
                       "%s has an older structure (%lld, now %d): open it once with a command that writes, such as sync",
                       db->path, (long long)version, count);
    for (int v = (int)version; v < count && rc == 0; v++) rc = migrate_one(db, migrations[v], v + 1, err);
    return rc;
}

static int copy_into(struct db *db, const char *to, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, maintenance[SQL_COPY], -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_bind_text(st, 1, to, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    int result = rc == SQLITE_DONE ? 0 : db_error(db, err);
    sqlite3_finalize(st);
    return result == 0 ? db_place_sync(to, err) : result;
}

/* A name that is taken stays as it is, also when it was taken meanwhile. Sticks formatted as FAT know no hard
 * links, hence the second way. */
static int give_name(const char *part, const char *to, struct err *err)
{
    struct stat st;
    if (link(part, to) == 0) {
        unlink(part);
        return 0;
    }
    if (errno == EEXIST || stat(to, &st) == 0) return db_place_error(to, EEXIST, err);
    return rename(part, to) == 0 ? 0 : db_place_error(to, errno, err);
}

int db_backup(struct db *db, const char *to, struct err *err)
{
    char part[PATH_MAX];
    struct stat st;
    if ((size_t)snprintf(part, sizeof part, "%s.part", to) >= sizeof part)
        return err_set(err, ERR_REFUSED, "路径太长：%s", "the path is too long: %s", to);
    if (lstat(to, &st) == 0) return db_place_error(to, EEXIST, err);
    int rc = db_place_check(to, DB_CREATE, err);
    if (rc != 0) return rc;
    unlink(part); /* of a copy that was cut short */
    rc = db_place_make(part, err);
    if (rc != 0) return rc;
    rc = copy_into(db, part, err);
    if (rc == 0) rc = give_name(part, to, err);
    if (rc == 0) return db_place_sync(to, err);
    unlink(part);
    return err_where(err, rc, "备份到 %s", "backup to %s", to);
}

int db_check(struct db *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, maintenance[SQL_CHECK], -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    int result = 0;
    const char *line = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
    if (line == NULL)
        result = db_error(db, err);
    else if (sqlite3_stricmp(line, "ok") != 0)
        result = err_set(err, ERR_CORRUPT, "数据库 %s 已损坏（%.200s）：请用备份恢复，或联系管理员",
                         "the database %s is damaged (%.200s): restore a backup, or ask your administrator", db->path, line);
    sqlite3_finalize(st);
    return result;
}
