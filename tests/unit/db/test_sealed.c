/* sealed: an encrypted database does what a plain one does, shows nothing of what is in it to whoever reads its files,
 * never yields other data than was written, and opens after what a power cut leaves. Both suites. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "zhucun/aead.h"
#include "zhucun/db.h"

enum { APP = 0x5a435554, PAGE = 4096 };
static const char canary[] = "金丝雀甲乙丙丁";

struct place {
    char dir[64], file[96], other[96], wal[104];
    struct db_cipher *cipher, *wrong;
};

static struct err err;

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    enum seal_suite suite = *(enum seal_suite *)*state;
    uint8_t key[AEAD_KEY] = {7, 7, 7}, wrong[AEAD_KEY] = {7, 7, 8};
    if (p == NULL) return -1;
    snprintf(p->dir, sizeof p->dir, "/tmp/zhucun-sealed-XXXXXX");
    if (mkdtemp(p->dir) == NULL) return -1;
    snprintf(p->file, sizeof p->file, "%s/a.db", p->dir);
    snprintf(p->other, sizeof p->other, "%s/b.db", p->dir);
    snprintf(p->wal, sizeof p->wal, "%s-swal", p->file);
    *state = p;
    return page_cipher_new(&p->cipher, suite, key, env_system(), &err) || page_cipher_new(&p->wrong, suite, wrong, env_system(), &err);
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[192];
    snprintf(command, sizeof command, "rm -rf %s", p->dir);
    int rc = system(command);
    page_cipher_free(p->cipher);
    page_cipher_free(p->wrong);
    free(p);
    return rc;
}

static struct db *open_ok(const char *file, enum db_mode mode, const struct db_cipher *c)
{
    struct db *db = NULL;
    if (db_open_sealed(&db, file, mode, APP, 0, c, &err) != 0) fail_msg("%s", err.en);
    return db;
}

static void exec_ok(struct db *db, const char *sql)
{
    if (db_exec(db, sql, &err) != 0) fail_msg("%s: %s", sql, err.en);
}

/* One number; negative: it could not be asked. */
static int64_t ask(struct db *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t out = -1;
    if (sqlite3_prepare_v2(db_handle(db), sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        out = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return out;
}

static void put_rows(struct db *db, int count)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)"
             "INSERT INTO visit(summary) SELECT '%s' || i || ' ' || hex(zeroblob(60)) FROM n", count, canary);
    exec_ok(db, sql);
}

static struct db *make(struct place *p, int count)
{
    struct db *db = open_ok(p->file, DB_CREATE, p->cipher);
    exec_ok(db, "CREATE TABLE visit(id INTEGER PRIMARY KEY, summary TEXT); CREATE INDEX by_summary ON visit(summary)");
    put_rows(db, count);
    return db;
}

static uint8_t *read_file(const char *path, size_t *n)
{
    FILE *in = fopen(path, "rb");
    *n = 0;
    if (!in) return NULL;
    fseek(in, 0, SEEK_END);
    *n = (size_t)ftell(in);
    rewind(in);
    uint8_t *bytes = malloc(*n + 1);
    assert_int_equal(fread(bytes, 1, *n, in), *n);
    fclose(in);
    return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(out);
}

static void shows_nothing(const char *path, bool must_exist)
{
    size_t n;
    uint8_t *bytes = read_file(path, &n);
    if (must_exist) assert_true(bytes != NULL && n >= PAGE);
    if (bytes && (memmem(bytes, n, canary, sizeof canary - 1) || memmem(bytes, n, "by_summary", 10) || memmem(bytes, n, "SQLite", 6)))
        fail_msg("%s shows what is in it", path);
    free(bytes);
}

static void what_is_written_is_read_again_and_the_files_show_nothing(void **state)
{
    struct place *p = *state;
    struct db *db = make(p, 500);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit"), 500);
    shows_nothing(p->wal, true);
    db_close(db);
    shows_nothing(p->file, true);
    assert_int_not_equal(access(p->wal, F_OK), 0);
    db = open_ok(p->file, DB_READ, p->cipher);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit WHERE summary LIKE '金丝雀%'"), 500);
    assert_int_equal(db_check(db, &err), 0);
    db_close(db);
}

/* A rollback journal, as VACUUM leaving the WAL makes one: content, order and hot recovery. */
static void a_journal_shows_nothing_and_rolls_back(void **state)
{
    struct place *p = *state;
    char journal[112], kept[112];
    size_t n, jn;
    snprintf(journal, sizeof journal, "%s-sjournal", p->file);
    snprintf(kept, sizeof kept, "%s/kept", p->dir);
    struct db *db = make(p, 500);
    exec_ok(db, "PRAGMA journal_mode=DELETE; PRAGMA cache_size=2; BEGIN IMMEDIATE; UPDATE visit SET summary = 'x' || id");
    shows_nothing(journal, true);
    uint8_t *main_bytes = read_file(p->file, &n), *journal_bytes = read_file(journal, &jn); /* as a power cut leaves them */
    db_rollback(db);
    db_close(db);
    assert_true(jn > PAGE);
    write_file(p->file, main_bytes, n);
    write_file(journal, journal_bytes, jn);
    memset(main_bytes, 0x11, PAGE / 2); /* page 1 torn, too */
    write_file(p->file, main_bytes, n);
    db = open_ok(p->file, DB_WRITE, p->cipher);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit WHERE summary LIKE '金丝雀%'"), 500);
    assert_int_equal(db_check(db, &err), 0);
    db_close(db);
    free(main_bytes);
    free(journal_bytes);
}

static void another_key_opens_nothing(void **state)
{
    struct place *p = *state;
    struct db *db = make(p, 10);
    db_close(db);
    db = NULL;
    assert_int_equal(db_open_sealed(&db, p->file, DB_WRITE, APP, 0, p->wrong, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.en, "does not decrypt"));
    assert_int_equal(db_open(&db, p->file, DB_WRITE, APP, 0, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.en, "is encrypted"));
    db = open_ok(p->file, DB_WRITE, p->cipher);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit"), 10);
    db_close(db);
}

/* Commits that are still in the WAL survive that somebody opens the file without the key, or with another. */
static void strangers_do_not_lose_the_wal(void **state)
{
    struct place *p = *state;
    size_t n, wn;
    struct db *db = make(p, 100);
    uint8_t *bytes = read_file(p->file, &n), *wal = read_file(p->wal, &wn);
    db_close(db);
    write_file(p->file, bytes, n);
    write_file(p->wal, wal, wn); /* as if power had gone: the rows are in the WAL alone */
    assert_int_not_equal(db_open(&db, p->file, DB_WRITE, APP, 0, &err), 0);
    sqlite3 *plain = NULL;
    assert_int_equal(sqlite3_open(p->file, &plain), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(plain, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(plain);
    db = open_ok(p->file, DB_WRITE, p->cipher);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit"), 100);
    db_close(db);
    free(bytes);
    free(wal);
}

static void a_plain_file_is_refused_and_stays_whole(void **state)
{
    struct place *p = *state;
    struct db *db = NULL, *sealed = NULL;
    assert_int_equal(db_open(&db, p->file, DB_CREATE, APP, 0, &err), 0);
    exec_ok(db, "CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    assert_int_equal(db_open_sealed(&sealed, p->file, DB_READ, APP, 0, p->cipher, &err), ERR_REFUSED);
    assert_non_null(strstr(err.en, "is not encrypted"));
    assert_int_equal(ask(db, "SELECT count(*) FROM t"), 1);
    db_close(db);
    assert_int_equal(db_open_sealed(&sealed, p->file, DB_WRITE, APP, 0, p->cipher, &err), ERR_REFUSED);
    assert_int_equal(db_open(&db, p->file, DB_WRITE, APP, 0, &err), 0);
    assert_int_equal(ask(db, "SELECT count(*) FROM t"), 1);
    db_close(db);
}

/* Every page of it is read: an altered byte is an error, wherever it is. */
static bool reads_whole(struct place *p)
{
    struct db *db = NULL;
    if (db_open_sealed(&db, p->file, DB_READ, APP, 0, p->cipher, &err) != 0) return false;
    bool ok = db_check(db, &err) == 0 && ask(db, "SELECT sum(length(summary)) FROM visit NOT INDEXED") > 0;
    db_close(db);
    return ok;
}

static void an_altered_byte_is_an_error(void **state)
{
    enum { STEP = 509 }; /* prime: each part of a page comes up */
    struct place *p = *state;
    struct db *db = make(p, 150);
    db_close(db);
    assert_true(reads_whole(p));
    int fd = open(p->file, O_RDWR | O_CLOEXEC);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    for (off_t at = 0; at < st.st_size; at += at < 64 ? 1 : STEP) {
        uint8_t byte, other;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        other = byte ^ 0x20;
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        if (reads_whole(p)) fail_msg("byte %lld was altered unseen", (long long)at);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
    assert_true(reads_whole(p));
}

/* Pages of one file, changed places: each is genuine, none where it belongs. */
static void pages_do_not_change_places(void **state)
{
    struct place *p = *state;
    size_t n;
    struct db *db = make(p, 300);
    db_close(db);
    uint8_t *bytes = read_file(p->file, &n), page[PAGE];
    assert_true(n > 6 * PAGE);
    memcpy(page, bytes + 3 * PAGE, PAGE);
    memcpy(bytes + 3 * PAGE, bytes + 4 * PAGE, PAGE);
    memcpy(bytes + 4 * PAGE, page, PAGE);
    write_file(p->file, bytes, n);
    assert_false(reads_whole(p));
    free(bytes);
}

/* A checkpoint that a power cut broke off: page 1 half written, the WAL whole. */
static void a_torn_first_page_locks_nobody_out(void **state)
{
    struct place *p = *state;
    size_t n, wn;
    struct db *db = make(p, 100);
    exec_ok(db, "PRAGMA wal_checkpoint");
    put_rows(db, 100);
    uint8_t *bytes = read_file(p->file, &n), *wal = read_file(p->wal, &wn);
    db_close(db);
    memset(bytes + PAGE / 2, 0xee, PAGE / 2);
    write_file(p->file, bytes, n);
    write_file(p->wal, wal, wn);
    db = open_ok(p->file, DB_WRITE, p->cipher);
    assert_int_equal(ask(db, "SELECT count(*) FROM visit"), 200);
    assert_int_equal(db_check(db, &err), 0);
    db_close(db);
    free(bytes);
    free(wal);
}

/* The last frame cut or garbled: what was committed before it is there. */
static void a_torn_wal_ends_before_the_tear(void **state)
{
    struct place *p = *state;
    size_t n, wn;
    struct db *db = make(p, 50);
    uint8_t *ignored = read_file(p->wal, &wn);
    put_rows(db, 50);
    uint8_t *bytes = read_file(p->file, &n), *wal = read_file(p->wal, &n);
    size_t whole = n;
    free(bytes);
    bytes = read_file(p->file, &n);
    db_close(db);
    for (int cut = 0; cut < 2; cut++) {
        write_file(p->file, bytes, n);
        if (cut == 0) wal[whole - 100] ^= 1;
        write_file(p->wal, wal, cut ? whole - 2000 : whole);
        db = open_ok(p->file, DB_WRITE, p->cipher);
        assert_int_equal(ask(db, "SELECT count(*) FROM visit"), 50);
        assert_int_equal(db_check(db, &err), 0);
        db_close(db);
    }
    free(ignored);
    free(bytes);
    free(wal);
}

static void run_both(struct db *a, struct db *b, const char *sql)
{
    exec_ok(a, sql);
    exec_ok(b, sql);
}

/* Random statements, with little cache, savepoints and rollbacks: frames are then overwritten within a transaction. */
static void it_does_what_a_plain_one_does(void **state)
{
    struct place *p = *state;
    char copy[104], sql[200];
    struct db *plain = NULL, *sealed = make(p, 0), *backup;
    unsigned seed = 7;
    snprintf(copy, sizeof copy, "%s/copy.db", p->dir);
    assert_int_equal(db_open(&plain, p->other, DB_CREATE, APP, 0, &err), 0);
    exec_ok(plain, "CREATE TABLE visit(id INTEGER PRIMARY KEY, summary TEXT); CREATE INDEX by_summary ON visit(summary)");
    run_both(sealed, plain, "PRAGMA cache_size=4; PRAGMA wal_autocheckpoint=20");
    for (int i = 0; i < 60; i++) {
        run_both(sealed, plain, "BEGIN IMMEDIATE; SAVEPOINT s");
        for (int k = 0; k < 20; k++) {
            seed = seed * 1103515245 + 12345;
            unsigned id = seed >> 16 & 255, length = seed >> 8 & 1023;
            snprintf(sql, sizeof sql, seed & 128 ? "INSERT OR REPLACE INTO visit VALUES (%u, hex(zeroblob(%u)) || %d)" : "DELETE FROM visit WHERE id BETWEEN %u - %u %% 7 AND %d",
                     id, length, seed & 128 ? i : (int)id);
            run_both(sealed, plain, sql);
        }
        run_both(sealed, plain, i % 5 == 4 ? "ROLLBACK TO s; COMMIT" : i % 7 == 6 ? "ROLLBACK" : "COMMIT");
    }
    run_both(sealed, plain, "VACUUM");
    static const char sum[] = "SELECT sum(id * 31 + length(summary)) + count(*) * 1000003 FROM visit";
    assert_true(ask(plain, sum) > 0);
    assert_int_equal(ask(sealed, sum), ask(plain, sum));
    assert_int_equal(db_check(sealed, &err), 0);
    assert_int_equal(db_backup(sealed, copy, &err), 0);
    shows_nothing(copy, true);
    backup = open_ok(copy, DB_READ, p->cipher);
    assert_int_equal(ask(backup, sum), ask(plain, sum));
    db_close(backup);
    db_close(sealed);
    db_close(plain);
}

/* What has no room in memory would have to go to a file in the clear: it stays in memory. */
static void no_temporary_file_is_made(void **state)
{
    struct place *p = *state;
    struct db *db = make(p, 3000);
    exec_ok(db, "PRAGMA cache_size=4");
    assert_int_equal(ask(db, "SELECT count(*) FROM (SELECT DISTINCT summary || 'x' AS s FROM visit ORDER BY s DESC)"), 3000);
    exec_ok(db, "CREATE TEMP TABLE t AS SELECT * FROM visit");
    assert_int_equal(ask(db, "SELECT count(*) FROM t"), 3000);
    db_close(db);
}

/* More than SQLite keeps of it in memory (64 KiB): then it goes to a file, through the cipher. */
static void savepoints_roll_back(void **state)
{
    struct place *p = *state;
    struct db *db = make(p, 3000);
    exec_ok(db, "PRAGMA cache_size=4; BEGIN IMMEDIATE; UPDATE visit SET summary = 'b' || id; SAVEPOINT s;"
                "UPDATE visit SET summary = hex(zeroblob(50)) || id; SAVEPOINT t; DELETE FROM visit WHERE id % 2; ROLLBACK TO t;");
    assert_int_equal(ask(db, "SELECT count(*) FROM visit WHERE summary = hex(zeroblob(50)) || id"), 3000);
    exec_ok(db, "ROLLBACK TO s; COMMIT");
    assert_int_equal(ask(db, "SELECT count(*) FROM visit WHERE summary = 'b' || id"), 3000);
    assert_int_equal(db_check(db, &err), 0);
    db_close(db);
}

#define EACH(test)                                                                                          \
    {#test " (25519)", test, setup, teardown, &suites[0]}, {#test " (SM)", test, setup, teardown, &suites[1]}

int main(void)
{
    static enum seal_suite suites[] = {SUITE_25519, SUITE_SM};
    const struct CMUnitTest tests[] = {
        EACH(what_is_written_is_read_again_and_the_files_show_nothing),
        EACH(a_journal_shows_nothing_and_rolls_back),
        EACH(another_key_opens_nothing),
        EACH(strangers_do_not_lose_the_wal),
        EACH(a_plain_file_is_refused_and_stays_whole),
        EACH(an_altered_byte_is_an_error),
        EACH(pages_do_not_change_places),
        EACH(a_torn_first_page_locks_nobody_out),
        EACH(a_torn_wal_ends_before_the_tear),
        EACH(it_does_what_a_plain_one_does),
        EACH(no_temporary_file_is_made),
        EACH(savepoints_roll_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
