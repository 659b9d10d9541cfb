/* statements: running SQL. Transactions by statements prepared once, a module's named statements prepared at
 * first use, and SQLite's errors as ours. A statement handed out is reset and unbound. */
#include <stdlib.h>
#include <string.h>

#include "db_impl.h"
#include "sealed.h"

static const char *const act_sql[ACT_COUNT] = {
    [ACT_BEGIN] = "BEGIN IMMEDIATE",
    [ACT_BEGIN_READ] = "BEGIN",
    [ACT_COMMIT] = "COMMIT",
};

int db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
    int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return rc == SQLITE_OK ? 0 : db_error(db, err);
}

static int db_act(struct db *db, enum db_act act, struct err *err)
{
    if (db->acts[act] == NULL) {
        int rc = db_prepare(db, act_sql[act], &db->acts[act], err);
        if (rc != 0) return rc;
    }
    return db_done(db, db->acts[act], err);
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(db, err);
}

int db_begin(struct db *db, struct err *err)
{
    return db_act(db, ACT_BEGIN, err);
}

int db_begin_read(struct db *db, struct err *err)
{
    return db_act(db, ACT_BEGIN_READ, err);
}

int db_commit(struct db *db, struct err *err)
{
    int rc = db_act(db, ACT_COMMIT, err);
    if (rc != 0) db_rollback(db);
    return rc;
}

void db_rollback(struct db *db)
{
    /* Some errors (disk full, I/O) have rolled back already. */
    if (sqlite3_get_autocommit(db->handle) == 0) sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static int error_disk(struct db *db, int code, struct err *err)
{
    const char *path = db->path;
    if (code == SQLITE_FULL)
        return err_set(err, ERR_DISK, "磁盘已满，无法写入 %s：请腾出空间后再试；已保存的不受影响",
                       "the disk is full, cannot write %s: free some space and try again; what was saved is safe", path);
    if (code == SQLITE_READONLY)
        return err_set(err, ERR_DISK, "%s 是只读的，无法写入", "cannot write %s: it is read-only", path);
    if (code == SQLITE_CANTOPEN)
        return err_set(err, ERR_DISK, "无法打开 %s：请检查文件夹的权限和磁盘", "cannot open %s: check the folder's permissions and the disk",
                       path);
    return err_set(err, ERR_DISK, "读写 %s 时磁盘出错（%s）：请检查磁盘", "disk error at %s (%s): check the disk", path,
                   sqlite3_errmsg(db->handle));
}

static int error_sealed(const struct db *db, struct err *err)
{
    if (sealed_saw_plain(db->sealed))
        return err_set(err, ERR_REFUSED, "%s 没有加密，不能当作加密的数据库打开", "%s is not encrypted and is not opened as if it were", db->path);
    return err_set(err, ERR_CORRUPT, "%s 解不开：密钥不是它的，或文件已被改动；请用正确的口令，或用备份恢复",
                   "%s does not decrypt: the key is not its key, or the file was altered; use the right passphrase, or restore a backup",
                   db->path);
}

int db_error(struct db *db, struct err *err)
{
    int code = sqlite3_extended_errcode(db->handle);
    if (code == SQLITE_IOERR_DATA || sealed_saw_plain(db->sealed)) return error_sealed(db, err);
    code &= 0xff;
    switch (code) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return error_disk(db, code, err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_BUSY, "%s 正被另一个程序占用：请稍后再试", "%s is held by another program: try again later", db->path);
    case SQLITE_NOTADB:
        return err_set(err, ERR_CORRUPT, "%s 不是数据库文件，或者是加密的：请检查路径", "%s is not a database, or is encrypted: check the path", db->path);
    case SQLITE_CORRUPT:
        return err_set(err, ERR_CORRUPT, "数据库 %s 已损坏：请用备份恢复，或联系管理员",
                       "the database %s is damaged: restore a backup, or ask your administrator", db->path);
    case SQLITE_NOMEM:
        return err_nomem(err);
    case SQLITE_AUTH:
        return err_set(err, ERR_REFUSED, "%s 的同步表只能经驻村通自己的写入路径修改", "the synced tables of %s are written by zhucun's own path only",
                       db->path);
    default:
        return err_set(err, ERR_REFUSED, "数据库 %s 拒绝了操作：%.300s", "the database %s refused: %.300s", db->path,
                       sqlite3_errmsg(db->handle));
    }
}

struct statements {
    struct db *db;
    const char *const *sql;
    size_t count;
    sqlite3_stmt *prepared[];
};

int statements_open(struct db *db, const char *const *sql, size_t count, struct statements **out, struct err *err)
{
    struct statements *s = calloc(1, sizeof *s + count * sizeof s->prepared[0]);
    *out = s;
    if (s == NULL) return err_nomem(err);
    s->db = db;
    s->sql = sql;
    s->count = count;
    return 0;
}

void statements_close(struct statements *s)
{
    if (s == NULL) return;
    for (size_t i = 0; i < s->count; i++) sqlite3_finalize(s->prepared[i]);
    free(s);
}

sqlite3_stmt *statement(struct statements *s, size_t which, struct err *err)
{
    sqlite3_stmt **st = &s->prepared[which];
    if (*st == NULL) {
        if (db_prepare(s->db, s->sql[which], st, err) != 0) return NULL;
        return *st;
    }
    sqlite3_reset(*st);
    sqlite3_clear_bindings(*st);
    return *st;
}

int db_row(struct db *db, sqlite3_stmt *st, struct err *err)
{
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) return 1;
    int result = rc == SQLITE_DONE ? 0 : db_error(db, err);
    sqlite3_reset(st);
    return result;
}

int db_done(struct db *db, sqlite3_stmt *st, struct err *err)
{
    int rc;
    do
        rc = sqlite3_step(st);
    while (rc == SQLITE_ROW); /* a RETURNING nobody asked for must not leave the statement open */
    int result = rc == SQLITE_DONE ? 0 : db_error(db, err);
    sqlite3_reset(st);
    return result;
}
