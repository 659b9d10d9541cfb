/* db: one SQLite file, opened the one way that keeps what was confirmed: WAL, synchronous=FULL,
 * temp_store=MEMORY, untrusted schema, one writing connection a file (an flock on FILE.lock held by it). */
#ifndef ZHUCUN_DB_H
#define ZHUCUN_DB_H

#include <sqlite3.h>

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/value.h"

enum db_mode {
    DB_READ,  /* must exist; may run beside the writer */
    DB_WRITE, /* must exist; takes the writer's lock or fails with ERR_BUSY naming the holder's pid */
    DB_CREATE /* made if missing; else as DB_WRITE */
};

struct db; /* not thread-safe: one thread at a time uses a db and what hangs on it */

/* What encrypts a file's pages: passed in, for only core/seal knows how (page_cipher() in zhucun/aead.h). */
enum { DB_CIPHER_BESIDE = 32, DB_CIPHER_BLOCK = 16 };
struct db_cipher {
    void *(*begin)(void *ctx); /* a key at work for one file, one thread at a time; NULL: no memory */
    void (*end)(void *key);
    /* n bytes where they are; `place` binds them to where they stand, `beside` is kept with them. 0, or negative. */
    int (*seal)(void *key, const void *place, size_t place_n, void *bytes, size_t n, uint8_t beside[DB_CIPHER_BESIDE]);
    /* 0; else not what was sealed there, and `bytes` is of no use */
    int (*open)(void *key, const void *place, size_t place_n, void *bytes, size_t n, const uint8_t beside[DB_CIPHER_BESIDE]);
    int (*block)(void *key, bool sealing, uint8_t block[DB_CIPHER_BLOCK]); /* one block to one block, and back */
    void *ctx;
};

/* `wait_ms` is how long to wait for the writer's lock. `application_id` (PRAGMA) tells agent, server and
 * strangers apart: another one is ERR_REFUSED. */
int db_open(struct db **out, const char *path, enum db_mode mode, int application_id, int wait_ms, struct err *err);
/* The same, for a file that is encrypted, WAL and journal too (core/db/sealed.h). The cipher is borrowed until db_close. A
 * plain file is ERR_REFUSED; another key, or bytes that were altered, ERR_CORRUPT. */
int db_open_sealed(struct db **out, const char *path, enum db_mode mode, int application_id, int wait_ms,
                   const struct db_cipher *cipher, struct err *err);
void db_close(struct db *db);
bool db_is_held(const char *path); /* the writer's lock, by anybody; asked without taking it */
sqlite3 *db_handle(struct db *db);
const char *db_path(const struct db *db);

/* Structure version (PRAGMA user_version). Runs the migrations from the file's version on, each in its own
 * transaction; a file newer than `count` is ERR_REFUSED ("made by a newer zhucun"). On DB_READ it only checks. */
int db_migrate(struct db *db, const char *const *migrations, int count, struct err *err);

int db_exec(struct db *db, const char *sql, struct err *err);
int db_prepare(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err); /* kept long; yours to finalize */
int db_begin(struct db *db, struct err *err);  /* BEGIN IMMEDIATE */
int db_begin_read(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err); /* on failure the transaction is rolled back */
void db_rollback(struct db *db);

/* Guard: while false, writes to synced tables are refused; other programs that open the file lack the triggers'
 * function and are refused always. */
void db_guard(struct db *db, bool writing);
bool db_guard_is_open(const struct db *db);
void db_guard_ddl(const char *table, struct buf *sql); /* appends CREATE TRIGGER IF NOT EXISTS … for a table */
/* Takes the guard of these tables from the triggers (which cost 30 % of an insert) over to this connection: its
 * triggers are off from here on, and statements that write to the tables are refused when prepared while the
 * guard is closed. Names are borrowed until the next call; count 0 gives it back to the triggers. */
int db_guard_own(struct db *db, const char *const *tables, size_t count, struct err *err);

/* Named statements: a module keeps its SQL in one const array and asks for them by index. Prepared at first
 * use, kept, handed out reset and unbound. */
struct statements;
int statements_open(struct db *db, const char *const *sql, size_t count, struct statements **out, struct err *err);
void statements_close(struct statements *s);
sqlite3_stmt *statement(struct statements *s, size_t which, struct err *err); /* NULL: err says why */

/* Step helpers: db_row → 1 there is a row, 0 there is none (statement reset), negative error. db_done: run a
 * statement that returns nothing; reset after it. */
int db_row(struct db *db, sqlite3_stmt *st, struct err *err);
int db_done(struct db *db, sqlite3_stmt *st, struct err *err);

int db_bind(sqlite3_stmt *st, int index, const struct value *v);  /* borrowed until the next reset */
int db_bind_id(sqlite3_stmt *st, int index, struct row_id id);    /* null id binds NULL */
struct value db_value(sqlite3_stmt *st, int column);              /* borrowed until the next step */
int db_value_copy(sqlite3_stmt *st, int column, struct arena *arena, struct value *out);
struct row_id db_id(sqlite3_stmt *st, int column);                /* null id for NULL or a wrong blob */

/* Turns the handle's last SQLite error into ours: full disk, read-only and I/O → ERR_DISK; busy → ERR_BUSY;
 * corrupt or not a database → ERR_CORRUPT; the rest → ERR_REFUSED. */
int db_error(struct db *db, struct err *err);

/* Online copy that opens by itself (VACUUM INTO); refuses an existing file. */
int db_backup(struct db *db, const char *to, struct err *err);
int db_check(struct db *db, struct err *err); /* PRAGMA integrity_check; ERR_CORRUPT with its first line */

#endif
