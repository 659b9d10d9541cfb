/* open: from a path to a connection on which nothing can go wrong silently. Strangers' files are recognised
 * before anything in them is changed; one line says what is wrong with any other. Beside it: lock.c (one
 * writer), place.c (what the file system says), guard.c (one write path). */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db_impl.h"
#include "sealed.h"

enum { BUSY_TIMEOUT_MS = 5000 };

enum pragma { PRAGMA_SETTINGS, PRAGMA_WAL, PRAGMA_ALONE, PRAGMA_APPLICATION, PRAGMA_TABLES };
static const char *const pragmas[] = {
    /* cache_size: 2 MiB a connection, for the laptop's 16 MiB in all; the server raises its own. mmap is off: an
     * I/O error would be a signal instead of a return code. wal_autocheckpoint stays at 1,000 pages. */
    [PRAGMA_SETTINGS] = ("PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;"
                         "PRAGMA mmap_size=0; PRAGMA cache_size=-2048; PRAGMA journal_size_limit=4194304;"),
    [PRAGMA_WAL] = "PRAGMA journal_mode=WAL",
    [PRAGMA_ALONE] = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA query_only=ON",
    [PRAGMA_APPLICATION] = "PRAGMA application_id",
    [PRAGMA_TABLES] = "SELECT count(*) FROM sqlite_schema",
};

int db_ask_int(struct db *db, const char *sql, int64_t *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(st, 0);
    int result = rc == SQLITE_ROW ? 0 : db_error(db, err);
    sqlite3_finalize(st);
    return result;
}

/* "file:" URI with everything but the plainest bytes escaped; NULL without memory. */
static char *immutable_uri(const char *path)
{
    static const char tail[] = "?immutable=1";
    char *uri = malloc(5 + 3 * strlen(path) + sizeof tail);
    if (uri == NULL) return NULL;
    char *at = uri + sprintf(uri, "file:");
    for (const char *p = path; *p != '\0'; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '/' ||
                     *p == '.' || *p == '-' || *p == '_';
        at += sprintf(at, plain ? "%c" : "%%%02X", plain ? *p : (unsigned char)*p);
    }
    memcpy(at, tail, sizeof tail);
    return uri;
}

static int open_handle(struct db *db, const char *name, int flags, const char *before, struct err *err)
{
    int64_t tables = 0;
    int rc = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             sealed_name(db->sealed));
    if (db->handle == NULL) return err_nomem(err);
    if (rc != SQLITE_OK) return db_error(db, err);
    int beside = DB_CIPHER_BESIDE;
    if (db->sealed != NULL) sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &beside);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    int set = before ? db_exec(db, before, err) : 0;
    return set ? set : db_ask_int(db, pragmas[PRAGMA_TABLES], &tables, err); /* the first real read: header, WAL, locks */
}

/* Was it the folder that failed us, not the file? Read-only, or full: then the WAL's shared memory has no room. */
static bool folder_failed(struct db *db)
{
    int code = db->handle == NULL ? SQLITE_NOMEM : sqlite3_extended_errcode(db->handle);
    switch (code) {
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMMAP:
    case SQLITE_FULL: return true;
    default: return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
    }
}

static void drop_handle(struct db *db)
{
    sqlite3_close(db->handle);
    db->handle = NULL;
}

/* Reads a file and its WAL with nobody beside: the WAL's index then lives in this process's memory, not in a file
 * that a full disk has no room for. */
static int open_alone(struct db *db)
{
    drop_handle(db);
    if (db_lock_take(db->path, 0, &db->lock_fd, NULL) == 0 &&
        open_handle(db, db->path, SQLITE_OPEN_READWRITE, pragmas[PRAGMA_ALONE], NULL) == 0)
        return 0;
    return ERR_DISK;
}

/* A WAL database in a folder where nothing can be made cannot be opened the usual way. If there is no WAL and no
 * writer, the file stands still, and SQLite may be told so; if there is a WAL, it can be read alone. */
static int open_reader(struct db *db, struct err *err)
{
    struct err first = {0};
    int rc = open_handle(db, db->path, SQLITE_OPEN_READONLY, NULL, &first);
    if (rc == 0) return 0;
    if (!folder_failed(db)) {
        if (err != NULL) *err = first;
        return rc;
    }
    bool still = db_place_is_still(db->path);
    if (!still && open_alone(db) == 0) return 0;
    if (!still)
        return err_set(err, ERR_DISK, "无法读取 %s：文件夹是只读的或磁盘已满，而数据还没有全部归入主文件；请把整个文件夹复制到可写的地方再打开",
                       "cannot read %s: its folder is read-only or its disk full, and part of the data is still in its log; copy the whole folder to "
                       "a writable place and open it there", db->path);
    char *uri = immutable_uri(db->path);
    if (uri == NULL) return err_nomem(err);
    drop_handle(db);
    rc = open_handle(db, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL, err);
    free(uri);
    return rc;
}

static int open_writer(struct db *db, struct err *err)
{
    struct stat st;
    if (db->mode == DB_CREATE && stat(db->path, &st) != 0) {
        int rc = db_place_make(db->path, err);
        if (rc != 0) return rc;
    }
    int rc = open_handle(db, db->path, SQLITE_OPEN_READWRITE, NULL, err);
    if (rc == 0 && sqlite3_db_readonly(db->handle, "main") == 1) rc = db_place_error(db->path, EROFS, err);
    return rc;
}

/* A file that holds nothing yet (a creation that was cut short) is adopted by a writer. */
static int check_identity(struct db *db, int application_id, struct err *err)
{
    int64_t found = 0, tables = 0;
    int rc = db_ask_int(db, pragmas[PRAGMA_APPLICATION], &found, err);
    if (rc == 0) rc = db_ask_int(db, pragmas[PRAGMA_TABLES], &tables, err);
    if (rc != 0 || found == application_id) return rc;
    if (found != 0 || tables != 0)
        return err_set(err, ERR_REFUSED, "%s 是别的程序的数据库，不是这里要用的：请检查路径",
                       "%s is a database of another program, not the one wanted here: check the path", db->path);
    if (db->mode == DB_READ)
        return err_set(err, ERR_REFUSED, "%s 是空的，还没有建好：请先完成建立", "%s is empty: finish making it first", db->path);
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d", application_id);
    return db_exec(db, sql, err);
}

static int use_wal(struct db *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, pragmas[PRAGMA_WAL], -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    int result = 0;
    if (rc != SQLITE_ROW)
        result = db_error(db, err);
    else if (sqlite3_stricmp((const char *)sqlite3_column_text(st, 0), "wal") != 0)
        result = err_set(err, ERR_DISK, "%s 所在的磁盘不支持预写日志（例如网络共享）：请放在本机磁盘上",
                         "the disk of %s cannot hold a write-ahead log (a network share?): put it on a local disk", db->path);
    sqlite3_finalize(st);
    return result;
}

static int db_start(struct db *db, int application_id, int wait_ms, struct err *err)
{
    int rc = db_place_check(db->path, db->mode, err);
    if (rc == 0 && db->mode != DB_READ) rc = db_lock_take(db->path, wait_ms, &db->lock_fd, err);
    if (rc == 0) rc = db->mode == DB_READ ? open_reader(db, err) : open_writer(db, err);
    if (rc == 0) rc = check_identity(db, application_id, err);
    if (rc == 0) rc = db_guard_register(db, err);
    if (rc == 0 && db->mode != DB_READ) rc = use_wal(db, err);
    if (rc == 0) rc = db_exec(db, pragmas[PRAGMA_SETTINGS], err);
    return rc;
}

int db_open_sealed(struct db **out, const char *path, enum db_mode mode, int application_id, int wait_ms,
                   const struct db_cipher *cipher, struct err *err)
{
    *out = NULL;
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL) return err_nomem(err);
    db->mode = mode;
    db->lock_fd = -1;
    db->path = strdup(path);
    int rc = db->path == NULL ? err_nomem(err) : cipher ? sealed_open(&db->sealed, cipher, err) : 0;
    if (rc == 0) rc = db_start(db, application_id, wait_ms, err);
    if (rc == 0)
        *out = db;
    else
        db_close(db);
    return rc;
}

int db_open(struct db **out, const char *path, enum db_mode mode, int application_id, int wait_ms, struct err *err)
{
    return db_open_sealed(out, path, mode, application_id, wait_ms, NULL, err);
}

void db_close(struct db *db)
{
    if (db == NULL) return;
    for (size_t i = 0; i < ACT_COUNT; i++) sqlite3_finalize(db->acts[i]);
    int rc = sqlite3_close(db->handle);
    assert(rc == SQLITE_OK && "statements are closed before their db");
    (void)rc;
    sealed_close(db->sealed);
    if (db->lock_fd >= 0) close(db->lock_fd); /* last: the next writer starts when this one is done */
    free(db->path);
    free(db);
}

sqlite3 *db_handle(struct db *db)
{
    return db->handle;
}

const char *db_path(const struct db *db)
{
    return db->path;
}
