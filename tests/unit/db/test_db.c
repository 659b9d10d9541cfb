/* Tests of core/db: every line a person can meet when a database does not open, the one writer, the guard against
 * every other writer, migrations, statements and copies. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "zhucun/db.h"

enum { APP = 0x5a435554, OTHER_APP = 0x12345678 };

struct place {
    char dir[64];
    char file[96];
};

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    if (p == NULL) return -1;
    snprintf(p->dir, sizeof p->dir, "/tmp/zhucun-db-XXXXXX");
    if (mkdtemp(p->dir) == NULL) return -1;
    snprintf(p->file, sizeof p->file, "%s/a.db", p->dir);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[192];
    snprintf(command, sizeof command, "chmod -R u+w %s && rm -rf %s", p->dir, p->dir);
    int rc = system(command);
    free(p);
    return rc;
}

static struct db *open_ok(const char *file, enum db_mode mode)
{
    struct err err = {0};
    struct db *db = NULL;
    if (db_open(&db, file, mode, APP, 0, &err) != 0) fail_msg("%s", err.en);
    return db;
}

static void open_fails(const char *file, enum db_mode mode, int code, const char *zh, const char *en)
{
    struct err err = {0};
    struct db *db = NULL;
    assert_int_equal(db_open(&db, file, mode, APP, 0, &err), code);
    assert_null(db);
    assert_int_equal(err.code, code);
    if (strstr(err.zh, zh) == NULL || strstr(err.en, en) == NULL) fail_msg("%s / %s", err.zh, err.en);
    assert_null(strchr(err.en, '\n'));
}

static void exec_ok(struct db *db, const char *sql)
{
    struct err err = {0};
    if (db_exec(db, sql, &err) != 0) fail_msg("%s: %s", sql, err.en);
}

static int64_t ask(struct db *db, const char *sql)
{
    struct err err = {0};
    sqlite3_stmt *st = NULL;
    assert_int_equal(db_prepare(db, sql, &st, &err), 0);
    assert_int_equal(db_row(db, st, &err), 1);
    int64_t v = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return v;
}

static void write_file(const char *file, const char *bytes, size_t n)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    close(fd);
}

static void opens_with_the_settings_that_keep_what_was_confirmed(void **state)
{
    struct place *p = *state;
    struct db *db = open_ok(p->file, DB_CREATE);
    assert_int_equal(ask(db, "PRAGMA synchronous"), 2);
    assert_int_equal(ask(db, "PRAGMA temp_store"), 2);
    assert_int_equal(ask(db, "PRAGMA trusted_schema"), 0);
    assert_int_equal(ask(db, "PRAGMA mmap_size"), 0);
    assert_int_equal(ask(db, "PRAGMA wal_autocheckpoint"), 1000);
    sqlite3_stmt *mode = NULL;
    assert_int_equal(db_prepare(db, "PRAGMA journal_mode", &mode, NULL), 0);
    assert_int_equal(db_row(db, mode, NULL), 1);
    assert_string_equal((const char *)sqlite3_column_text(mode, 0), "wal");
    sqlite3_finalize(mode);
    assert_int_equal(ask(db, "PRAGMA application_id"), APP);
    assert_string_equal(db_path(db), p->file);
    db_close(db);
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void names_what_is_wrong_with_a_path(void **state)
{
    struct place *p = *state;
    char other[160];
    open_fails(p->file, DB_READ, ERR_NOT_FOUND, "找不到数据库", "there is no database");
    open_fails(p->file, DB_WRITE, ERR_NOT_FOUND, "找不到数据库", "there is no database");
    snprintf(other, sizeof other, "%s/none/a.db", p->dir);
    open_fails(other, DB_CREATE, ERR_NOT_FOUND, "没有文件夹", "there is no folder");
    open_fails(p->dir, DB_READ, ERR_REFUSED, "是文件夹", "is a folder");
    char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    open_fails(longest, DB_READ, ERR_REFUSED, "路径太长", "path is too long");
}

static void names_what_is_wrong_with_a_file(void **state)
{
    struct place *p = *state;
    char junk[4096];
    memset(junk, 'x', sizeof junk);
    write_file(p->file, junk, sizeof junk);
    open_fails(p->file, DB_READ, ERR_CORRUPT, "不是数据库文件", "is not a database");
    open_fails(p->file, DB_WRITE, ERR_CORRUPT, "不是数据库文件", "is not a database");
    write_file(p->file, "", 0);
    open_fails(p->file, DB_READ, ERR_REFUSED, "是空的", "is empty");
}

static void leaves_a_strangers_database_untouched(void **state)
{
    struct place *p = *state;
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
    open_fails(p->file, DB_WRITE, ERR_REFUSED, "别的程序的数据库", "of another program");
    assert_int_equal(sqlite3_exec(other, "PRAGMA application_id=77", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    open_fails(p->file, DB_CREATE, ERR_REFUSED, "别的程序的数据库", "of another program");
    open_fails(p->file, DB_READ, ERR_REFUSED, "别的程序的数据库", "of another program");
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(other, "PRAGMA journal_mode", -1, &st, NULL);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(st, 0), "delete");
    sqlite3_finalize(st);
    sqlite3_close(other);
}

/* Runs `body` in a child that has no rights over root's files; its exit status is the result. */
static int as_nobody(int (*body)(const char *file), const char *file)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(99);
        _exit(body(file));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int write_is_refused_for_permission(const char *file)
{
    struct err err = {0};
    struct db *db = NULL;
    if (db_open(&db, file, DB_WRITE, APP, 0, &err) != ERR_DISK) return 1;
    return strstr(err.en, "no permission for") != NULL && strstr(err.zh, "没有权限") != NULL ? 0 : 2;
}

static int reads_one_row(const char *file)
{
    struct err err = {0};
    struct db *db = NULL;
    if (db_open(&db, file, DB_READ, APP, 0, &err) != 0) return 1;
    sqlite3_stmt *st = NULL;
    if (db_prepare(db, "SELECT count(*) FROM t", &st, &err) != 0 || db_row(db, st, &err) != 1) return 2;
    int n = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    int refused = db_exec(db, "INSERT INTO t VALUES (2)", &err);
    db_close(db);
    return n == 1 && refused == ERR_DISK ? 0 : 3;
}

static int read_is_refused_for_the_log(const char *file)
{
    struct err err = {0};
    struct db *db = NULL;
    if (db_open(&db, file, DB_READ, APP, 0, &err) != ERR_DISK) return 1;
    return strstr(err.en, "copy the whole folder") != NULL && strstr(err.zh, "复制") != NULL ? 0 : 2;
}

static void a_read_only_place_is_read_and_not_written(void **state)
{
    struct place *p = *state;
    struct db *db = open_ok(p->file, DB_CREATE);
    exec_ok(db, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    db_close(db);
    assert_int_equal(chmod(p->file, 0444), 0);
    assert_int_equal(chmod(p->dir, 0555), 0);
    assert_int_equal(as_nobody(write_is_refused_for_permission, p->file), 0);
    assert_int_equal(as_nobody(reads_one_row, p->file), 0);
    char wal[128];
    snprintf(wal, sizeof wal, "%s-wal", p->file);
    assert_int_equal(chmod(p->dir, 0755), 0);
    write_file(wal, "what a writer left", 18); /* somebody's unfinished log must not be ignored */
    assert_int_equal(chmod(wal, 0444), 0);
    assert_int_equal(chmod(p->dir, 0555), 0);
    assert_int_equal(as_nobody(read_is_refused_for_the_log, p->file), 0);
    assert_int_equal(chmod(p->dir, 0755), 0);
}

static void a_second_writer_is_told_who_holds_the_lock(void **state)
{
    struct place *p = *state;
    int up[2], down[2];
    char byte = 0;
    assert_int_equal(pipe(up) | pipe(down), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct db *db = NULL;
        close(down[1]);
        if (db_open(&db, p->file, DB_CREATE, APP, 0, NULL) != 0 || write(up[1], "x", 1) != 1) _exit(1);
        if (read(down[0], &byte, 1) < 0) _exit(2);
        _exit(0); /* without db_close: a crash must not leave a stale lock */
    }
    assert_int_equal(read(up[0], &byte, 1), 1);
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)child);
    open_fails(p->file, DB_WRITE, ERR_BUSY, pid, pid);
    open_fails(p->file, DB_CREATE, ERR_BUSY, "另一个驻村通程序", "another zhucun program");
    db_close(open_ok(p->file, DB_READ)); /* readers run beside the writer */
    close(down[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    db_close(open_ok(p->file, DB_WRITE));
    close(up[0]);
    close(up[1]);
    close(down[0]);
}

static void waits_for_the_lock_as_long_as_asked(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = NULL;
    int up[2];
    char byte = 0;
    assert_int_equal(pipe(up), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (db_open(&db, p->file, DB_CREATE, APP, 0, NULL) != 0 || write(up[1], "x", 1) != 1) _exit(1);
        usleep(150000);
        db_close(db);
        _exit(0);
    }
    assert_int_equal(read(up[0], &byte, 1), 1);
    assert_int_equal(db_open(&db, p->file, DB_WRITE, APP, 40, &err), ERR_BUSY);
    assert_int_equal(db_open(&db, p->file, DB_WRITE, APP, 10000, &err), 0);
    db_close(db);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(up[0]);
    close(up[1]);
}

static void reads_beside_a_writer(void **state)
{
    struct place *p = *state;
    struct db *writer = open_ok(p->file, DB_CREATE);
    exec_ok(writer, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    struct db *reader = open_ok(p->file, DB_READ);
    struct err err = {0};
    assert_int_equal(db_begin(writer, &err), 0);
    exec_ok(writer, "INSERT INTO t VALUES (2)");
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 1);
    assert_int_equal(db_begin_read(reader, &err), 0);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 1);
    assert_int_equal(db_commit(writer, &err), 0);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 1); /* one moment */
    db_rollback(reader);
    assert_int_equal(ask(reader, "SELECT count(*) FROM t"), 2);
    assert_int_equal(db_exec(reader, "INSERT INTO t VALUES (3)", &err), ERR_DISK);
    db_close(reader);
    db_close(writer);
}

static const char *const steps[] = {"CREATE TABLE a(x)", "CREATE TABLE b(x); INSERT INTO b VALUES (7)", "CREATE TABLE a(x)"};

static void migrates_each_step_once(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    assert_int_equal(db_migrate(db, steps, 1, &err), 0);
    assert_int_equal(db_migrate(db, steps, 2, &err), 0);
    assert_int_equal(db_migrate(db, steps, 2, &err), 0);
    assert_int_equal(ask(db, "PRAGMA user_version"), 2);
    assert_int_equal(ask(db, "SELECT sum(x) FROM b"), 7);
    assert_int_equal(db_migrate(db, steps, 3, &err), ERR_REFUSED); /* a step that fails leaves the version */
    assert_non_null(strstr(err.en, "to structure 3"));
    assert_int_equal(ask(db, "PRAGMA user_version"), 2);
    assert_int_equal(db_migrate(db, steps, 1, &err), ERR_REFUSED);
    assert_non_null(strstr(err.zh, "更新版本的驻村通"));
    assert_non_null(strstr(err.en, "made by a newer zhucun"));
    struct db *reader = open_ok(p->file, DB_READ);
    assert_int_equal(db_migrate(reader, steps, 2, &err), 0);
    assert_int_equal(db_migrate(reader, steps, 3, &err), ERR_REFUSED);
    assert_non_null(strstr(err.en, "older structure"));
    db_close(reader);
    db_close(db);
}

static void guarded(struct db *db)
{
    struct buf sql;
    buf_init(&sql, 65536);
    db_guard_ddl("order", &sql);
    exec_ok(db, "CREATE TABLE \"order\"(x)");
    exec_ok(db, buf_text(&sql));
    exec_ok(db, buf_text(&sql));
    buf_free(&sql);
}

static void refuses_all(struct db *db, const char *say)
{
    static const char *const acts[] = {"INSERT INTO \"order\" VALUES (2)", "UPDATE \"order\" SET x = 3", "DELETE FROM \"order\"",
                                       "INSERT OR REPLACE INTO \"ORDER\" SELECT 9"};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct err err = {0};
        assert_int_equal(db_exec(db, acts[i], &err), ERR_REFUSED);
        if (strstr(err.en, say) == NULL) fail_msg("%s", err.en);
    }
    assert_int_equal(ask(db, "SELECT sum(x) FROM \"order\""), 1);
}

static void the_guard_refuses_our_own_code(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"order"};
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    guarded(db);
    db_guard(db, true);
    assert_true(db_guard_is_open(db));
    exec_ok(db, "INSERT INTO \"order\" VALUES (1)");
    db_guard(db, false);
    refuses_all(db, "written by zhucun only"); /* by triggers */
    assert_int_equal(db_guard_own(db, names, 1, &err), 0);
    refuses_all(db, "own path only"); /* by the connection */
    assert_int_equal(db_exec(db, "DROP TABLE \"order\"", &err), ERR_REFUSED);
    db_guard(db, true);
    exec_ok(db, "UPDATE \"order\" SET x = 5; UPDATE \"order\" SET x = 1");
    db_guard(db, false);
    exec_ok(db, "CREATE TABLE free(x); INSERT INTO free VALUES (1)");
    assert_int_equal(db_guard_own(db, NULL, 0, &err), 0);
    refuses_all(db, "written by zhucun only");
    db_close(db);
}

static void the_guard_refuses_other_programs(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    static const char *const names[] = {"order"};
    struct db *db = open_ok(p->file, DB_CREATE);
    guarded(db);
    assert_int_equal(db_guard_own(db, names, 1, &err), 0);
    db_guard(db, true);
    exec_ok(db, "INSERT INTO \"order\" VALUES (1)");
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(p->file, &other), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(other, "INSERT INTO \"order\" VALUES (2)", NULL, NULL, NULL), SQLITE_OK);
    assert_non_null(strstr(sqlite3_errmsg(other), "zhucun_writing"));
    assert_int_not_equal(sqlite3_exec(other, "UPDATE \"order\" SET x = 2", NULL, NULL, NULL), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(other, "DELETE FROM \"order\"", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "PRAGMA integrity_check; SELECT * FROM \"order\"", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    char command[256];
    snprintf(command, sizeof command, "sqlite3 %s 'DELETE FROM \"order\"' 2>/dev/null", p->file);
    if (system("command -v sqlite3 >/dev/null 2>&1") == 0) assert_int_not_equal(system(command), 0);
    assert_int_equal(ask(db, "SELECT sum(x) FROM \"order\""), 1);
    db_close(db);
}

static void statements_come_reset_and_unbound(void **state)
{
    struct place *p = *state;
    static const char *const sql[] = {"SELECT ?1, ?2", "SELECT nonsense FROM nowhere"};
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    struct statements *s = NULL;
    assert_int_equal(statements_open(db, sql, 2, &s, &err), 0);
    sqlite3_stmt *st = statement(s, 0, &err);
    struct value v = value_text("村", 3);
    struct row_id id = row_id_make(0x1234567890abcdefU, 9, 3), null_id = {0, 0};
    assert_int_equal(db_bind(st, 1, &v), SQLITE_OK);
    assert_int_equal(db_bind_id(st, 2, id), SQLITE_OK);
    assert_int_equal(db_row(db, st, &err), 1);
    struct value got = db_value(st, 0);
    assert_true(value_equal(&got, &v));
    assert_true(row_id_equal(db_id(st, 1), id));
    assert_true(row_id_is_null(db_id(st, 0))); /* a text is no id */
    assert_ptr_equal(statement(s, 0, &err), st);
    assert_int_equal(db_row(db, st, &err), 1);
    assert_int_equal(sqlite3_column_type(st, 0), SQLITE_NULL);
    st = statement(s, 0, &err);
    assert_int_equal(db_bind_id(st, 1, null_id), SQLITE_OK);
    assert_int_equal(db_row(db, st, &err), 1);
    assert_true(row_id_is_null(db_id(st, 0)));
    assert_int_equal(db_row(db, st, &err), 0);
    assert_null(statement(s, 1, &err));
    assert_non_null(strstr(err.en, "nowhere"));
    statements_close(s);
    statements_close(NULL);
    db_close(db);
}

static void empty_texts_and_blobs_are_not_null(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct arena arena;
    struct value out, text = value_text(NULL, 0), blob = value_blob(NULL, 0);
    struct db *db = open_ok(p->file, DB_CREATE);
    sqlite3_stmt *st = NULL;
    arena_init(&arena, 4096);
    assert_int_equal(db_prepare(db, "SELECT ?1, ?2, 'abc', 5, 1.5", &st, &err), 0);
    db_bind(st, 1, &text);
    db_bind(st, 2, &blob);
    assert_int_equal(db_row(db, st, &err), 1);
    assert_int_equal(db_value_copy(st, 0, &arena, &out), 0);
    assert_true(out.kind == VALUE_TEXT && out.len == 0 && out.data == NULL);
    assert_int_equal(db_value_copy(st, 1, &arena, &out), 0);
    assert_true(out.kind == VALUE_BLOB && out.len == 0);
    assert_int_equal(db_value_copy(st, 2, &arena, &out), 0);
    assert_true(out.kind == VALUE_TEXT && out.len == 3 && memcmp(out.data, "abc", 3) == 0);
    assert_int_equal(db_value(st, 3).i, 5);
    assert_int_equal(db_value(st, 4).i, 1);
    sqlite3_finalize(st);
    arena_free(&arena);
    db_close(db);
}

static void a_commit_that_fails_leaves_no_transaction(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    exec_ok(db, "PRAGMA foreign_keys=ON; CREATE TABLE a(x PRIMARY KEY);"
                "CREATE TABLE b(y REFERENCES a(x) DEFERRABLE INITIALLY DEFERRED)");
    assert_int_equal(db_begin(db, &err), 0);
    exec_ok(db, "INSERT INTO b VALUES (1)");
    assert_int_equal(db_commit(db, &err), ERR_REFUSED);
    assert_int_equal(db_begin(db, &err), 0);
    assert_int_equal(ask(db, "SELECT count(*) FROM b"), 0);
    db_rollback(db);
    db_rollback(db);
    db_close(db);
}

static void a_full_disk_is_named_and_reading_goes_on(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    exec_ok(db, "CREATE TABLE t(x); INSERT INTO t VALUES (1); PRAGMA max_page_count=4");
    assert_int_equal(db_begin(db, &err), 0);
    assert_int_equal(db_exec(db, "INSERT INTO t VALUES (zeroblob(100000))", &err), ERR_DISK);
    assert_non_null(strstr(err.zh, "磁盘已满"));
    assert_non_null(strstr(err.en, "the disk is full"));
    db_rollback(db);
    assert_int_equal(ask(db, "SELECT count(*) FROM t"), 1);
    db_close(db);
}

static void a_backup_opens_by_itself_and_overwrites_nothing(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    char to[128], sub[160];
    static const char *const names[] = {"order"};
    struct db *db = open_ok(p->file, DB_CREATE);
    guarded(db);
    assert_int_equal(db_guard_own(db, names, 1, &err), 0);
    db_guard(db, true);
    exec_ok(db, "INSERT INTO \"order\" VALUES (42); PRAGMA user_version=6");
    db_guard(db, false);
    snprintf(to, sizeof to, "%s/copy's.db", p->dir);
    if (db_backup(db, to, &err) != 0) fail_msg("%s", err.en);
    assert_int_equal(db_backup(db, to, &err), ERR_REFUSED);
    assert_non_null(strstr(err.en, "exists already"));
    snprintf(sub, sizeof sub, "%s/none/copy.db", p->dir);
    assert_int_equal(db_backup(db, sub, &err), ERR_NOT_FOUND);
    db_close(db);
    db = open_ok(to, DB_READ);
    assert_int_equal(ask(db, "SELECT x FROM \"order\""), 42);
    assert_int_equal(ask(db, "PRAGMA user_version"), 6);
    assert_int_equal(db_check(db, &err), 0);
    snprintf(to, sizeof to, "%s/copy2.db", p->dir);
    assert_int_equal(db_backup(db, to, &err), 0); /* from a reader too */
    db_close(db);
    struct stat st;
    assert_int_equal(stat(to, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void damage_is_found_and_named(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct db *db = open_ok(p->file, DB_CREATE);
    exec_ok(db, "CREATE TABLE t(x, y); CREATE INDEX i ON t(x);"
                "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 5000)"
                "INSERT INTO t SELECT v, hex(randomblob(20)) FROM n");
    assert_int_equal(db_check(db, &err), 0);
    db_close(db);
    int fd = open(p->file, O_WRONLY);
    char noise[4096];
    memset(noise, 0x5a, sizeof noise);
    assert_int_equal(pwrite(fd, noise, sizeof noise, 5 * 4096), 4096);
    close(fd);
    db = open_ok(p->file, DB_READ);
    assert_int_equal(db_check(db, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.zh, "已损坏"));
    assert_non_null(strstr(err.en, "is damaged"));
    db_close(db);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(opens_with_the_settings_that_keep_what_was_confirmed),
        TEST(names_what_is_wrong_with_a_path),
        TEST(names_what_is_wrong_with_a_file),
        TEST(leaves_a_strangers_database_untouched),
        TEST(a_read_only_place_is_read_and_not_written),
        TEST(a_second_writer_is_told_who_holds_the_lock),
        TEST(waits_for_the_lock_as_long_as_asked),
        TEST(reads_beside_a_writer),
        TEST(migrates_each_step_once),
        TEST(the_guard_refuses_our_own_code),
        TEST(the_guard_refuses_other_programs),
        TEST(statements_come_reset_and_unbound),
        TEST(empty_texts_and_blobs_are_not_null),
        TEST(a_commit_that_fails_leaves_no_transaction),
        TEST(a_full_disk_is_named_and_reading_goes_on),
        TEST(a_backup_opens_by_itself_and_overwrites_nothing),
        TEST(damage_is_found_and_named),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
