/* db_impl: what the files of core/db share. Nobody else includes it. */
#ifndef ZHUCUN_CORE_DB_IMPL_H
#define ZHUCUN_CORE_DB_IMPL_H

#include "zhucun/db.h"

enum db_act { ACT_BEGIN, ACT_BEGIN_READ, ACT_COMMIT, ACT_COUNT };

struct sealed_vfs;

struct db {
    sqlite3 *handle;
    char *path;
    struct sealed_vfs *sealed;      /* NULL: a plain file */
    enum db_mode mode;
    int lock_fd;                    /* the writer's lock; -1 for readers */
    bool writing;                   /* what zhucun_writing() answers */
    const char *const *guarded;     /* tables whose guard this connection keeps itself, see guard.c */
    size_t guarded_count;
    sqlite3_stmt *acts[ACT_COUNT];  /* prepared once: a visit's transaction should cost its fsync and no parsing */
};

/* lock.c: takes FILE.lock, waiting up to wait_ms; *fd is the caller's to close. */
int db_lock_take(const char *path, int wait_ms, int *fd, struct err *err);

/* place.c: what the file system says about a path before SQLite is asked. */
int db_place_check(const char *path, enum db_mode mode, struct err *err);
int db_place_make(const char *path, struct err *err);  /* an empty file that only its owner can read */
bool db_place_is_still(const char *path);              /* no writer could be at work: folder read-only, no WAL */
int db_place_error(const char *path, int number, struct err *err); /* an errno as one of our sentences */
int db_place_sync(const char *path, struct err *err);  /* file and its folder, to the disk */

/* guard.c */
int db_guard_register(struct db *db, struct err *err);

/* One integer from a pragma or query. */
int db_ask_int(struct db *db, const char *sql, int64_t *out, struct err *err);

#endif
