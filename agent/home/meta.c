/* meta: the laptop's small facts. Setting one takes part in the caller's transaction, if there is one. */
#include "home.h"

#include <string.h>

enum { SQL_GET, SQL_SET, SQL_COUNT };

static const char *const meta_sql[SQL_COUNT] = {
    [SQL_GET] = "SELECT value FROM meta WHERE key = ?1",
    [SQL_SET] = "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
};

static int prepare(struct home *h, size_t which, const char *key, sqlite3_stmt **st, struct err *err)
{
    int rc = home_statement(h, HOME_SQL_META, meta_sql, SQL_COUNT, which, st, err);
    if (rc == 0) sqlite3_bind_text(*st, 1, key, -1, SQLITE_STATIC);
    return rc;
}

int home_meta_int(struct home *h, const char *key, int64_t fallback, int64_t *out, struct err *err)
{
    sqlite3_stmt *st;
    *out = fallback;
    int rc = prepare(h, SQL_GET, key, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1 && sqlite3_column_type(st, 0) == SQLITE_INTEGER) *out = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int home_meta_text(struct home *h, const char *key, char *out, size_t n, struct err *err)
{
    sqlite3_stmt *st;
    *out = 0;
    int rc = prepare(h, SQL_GET, key, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) {
        const unsigned char *text = sqlite3_column_text(st, 0);
        size_t len = (size_t)sqlite3_column_bytes(st, 0);
        if (text && len >= n)
            rc = err_set(err, ERR_CORRUPT, "设置 %s 太长（%zu 字节）", "the setting %s is too long (%zu bytes)", key, len);
        else if (text)
            memcpy(out, text, len + 1);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int home_meta_set_int(struct home *h, const char *key, int64_t value, struct err *err)
{
    sqlite3_stmt *st;
    int rc = prepare(h, SQL_SET, key, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 2, value);
    return db_done(h->db, st, err);
}

int home_meta_set_text(struct home *h, const char *key, const char *value, struct err *err)
{
    sqlite3_stmt *st;
    int rc = prepare(h, SQL_SET, key, &st, err);
    if (rc) return rc;
    sqlite3_bind_text(st, 2, value, -1, SQLITE_STATIC);
    return db_done(h->db, st, err);
}
