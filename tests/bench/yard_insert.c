/* yard_insert: the bare insert. See yard.h. */
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "yard.h"

enum { COLUMNS = 14 }; /* of a visit, numbered from 1 in core/schema; parameter = number + 1 */

enum { SQL_SETTINGS, SQL_TABLE, SQL_INSERT, SQL_BEGIN, SQL_COMMIT, SQL_COUNT };
static const char *const sql[] = {
    [SQL_SETTINGS] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY",
    [SQL_TABLE] = "CREATE TABLE visit(id BLOB PRIMARY KEY NOT NULL, household BLOB, date INTEGER, time INTEGER,"
                  " mode INTEGER, companions BLOB, summary TEXT, needs INTEGER, education INTEGER, medical INTEGER,"
                  " housing INTEGER, water INTEGER, policy TEXT, latitude_e6 INTEGER, longitude_e6 INTEGER,"
                  " author BLOB, authored INTEGER)",
    [SQL_INSERT] = "INSERT INTO visit VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_COUNT] = "SELECT count(*) FROM visit",
};

static void check(const struct yard *y, int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) die(sqlite3_errmsg(y->db), NULL);
}

void yard_open(struct yard *y, const char *path)
{
    *y = (struct yard){0};
    check(y, sqlite3_open(path, &y->db));
    check(y, sqlite3_exec(y->db, sql[SQL_SETTINGS], NULL, NULL, NULL));
    check(y, sqlite3_exec(y->db, sql[SQL_TABLE], NULL, NULL, NULL));
    check(y, sqlite3_prepare_v3(y->db, sql[SQL_INSERT], -1, SQLITE_PREPARE_PERSISTENT, &y->insert, NULL));
}

void yard_close(struct yard *y)
{
    if (y->session) sqlite3session_delete(y->session);
    sqlite3_finalize(y->insert);
    sqlite3_close(y->db);
}

void yard_begin(struct yard *y)
{
    check(y, sqlite3_exec(y->db, sql[SQL_BEGIN], NULL, NULL, NULL));
}

void yard_commit(struct yard *y)
{
    check(y, sqlite3_exec(y->db, sql[SQL_COMMIT], NULL, NULL, NULL));
}

static void bind(sqlite3_stmt *st, int at, const struct value *v)
{
    if (v->kind == VALUE_INT) sqlite3_bind_int64(st, at, v->i);
    if (v->kind == VALUE_TEXT) sqlite3_bind_text(st, at, (const char *)v->data, (int)v->len, SQLITE_STATIC);
    if (v->kind == VALUE_BLOB) sqlite3_bind_blob(st, at, v->data, (int)v->len, SQLITE_STATIC);
}

void yard_put(struct yard *y, struct row_id id, const struct changeset *visit)
{
    const struct change *c = &visit->changes[0];
    uint8_t key[ROW_ID_BYTES], author[ROW_ID_BYTES];
    row_id_to_bytes(id, key);
    row_id_to_bytes(visit->author, author);
    sqlite3_bind_blob(y->insert, 1, key, sizeof key, SQLITE_STATIC);
    for (size_t i = 0; i < c->count; i++)
        if (c->cells[i].column <= COLUMNS) bind(y->insert, c->cells[i].column + 1, &c->cells[i].value);
    sqlite3_bind_blob(y->insert, COLUMNS + 2, author, sizeof author, SQLITE_STATIC);
    sqlite3_bind_int64(y->insert, COLUMNS + 3, hlc_ms(visit->stamp));
    check(y, sqlite3_step(y->insert));
    check(y, sqlite3_reset(y->insert));
    sqlite3_clear_bindings(y->insert);
}

size_t yard_count(struct yard *y)
{
    sqlite3_stmt *st;
    check(y, sqlite3_prepare_v2(y->db, sql[SQL_COUNT], -1, &st, NULL));
    check(y, sqlite3_step(st));
    size_t n = (size_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}
