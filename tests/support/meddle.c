/* meddle: see meddle.h. */
#include "meddle.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "sqlite/sqlite.h"
#include "zhucun/db.h"

static void always(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    (void)argv;
    sqlite3_result_int(ctx, 1);
}

static int plainly(const char *file, const char *sql, struct err *err)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(db, "zhucun_writing", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, always, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK) err_set(err, ERR_REFUSED, "%s：%s", "%s: %s", file, sqlite3_errmsg(db));
    sqlite3_close(db);
    return rc == SQLITE_OK ? 0 : ERR_REFUSED;
}

static int sealed(const char *file, const struct server_keys *k, const char *sql, struct err *err)
{
    struct db_cipher *cipher = NULL;
    struct db *db = NULL;
    int rc = page_cipher_new(&cipher, k->suite, k->data, env_system(), err);
    if (rc == 0) rc = db_open_sealed(&db, file, DB_WRITE, SQLITE_APPLICATION_ID, 0, cipher, err);
    if (rc == 0) db_guard(db, true);
    if (rc == 0) rc = db_exec(db, sql, err);
    db_close(db);
    page_cipher_free(cipher);
    return rc;
}

int meddle(const char *file, const char *sql, struct err *err)
{
    char dir[1000];
    struct server_keys *keys = NULL;
    const char *slash = strrchr(file, '/');
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    if (server_keys_load(dir, &keys, err) != 0) return plainly(file, sql, err);
    int rc = sealed(file, keys, sql, err);
    server_keys_free(keys);
    return rc;
}
