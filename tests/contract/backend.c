/* backend: the stores there are, and a test's own copy of one. */
#include "backend.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void sqlite_fill_disk(struct store *s, bool full)
{
    char sql[64] = "PRAGMA max_page_count = 1073741823";
    struct err err = {0};
    if (full) {
        sqlite3_stmt *st = NULL;
        assert_int_equal(sqlite3_prepare_v2(db_handle(store_db(s)), "PRAGMA page_count", -1, &st, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(st), SQLITE_ROW);
        snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", sqlite3_column_int(st, 0) + 1);
        sqlite3_finalize(st);
    }
    assert_ok(db_exec(store_db(s), sql, &err), err);
}

static int sqlite_write_behind(struct store *s)
{
    return db_exec(store_db(s), "UPDATE household SET head_name = 'x'", NULL);
}

const struct backend backends[] = {{"sqlite", sqlite_fill_disk, sqlite_write_behind}};
const size_t backend_count = sizeof backends / sizeof backends[0];

static int64_t fixture_now(void *ctx)
{
    return ((struct fixture *)ctx)->now_ms;
}

static int fixture_random(void *ctx, void *out, size_t n)
{
    struct fixture *f = ctx;
    uint8_t *bytes = out;
    for (size_t i = 0; i < n; i++) {
        f->random = f->random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(f->random >> 56);
    }
    return 0;
}

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct err err = {0};
    assert_non_null(f);
    f->backend = *state;
    f->now_ms = (int64_t)FIXTURE_START_DAY * 86400000;
    f->random = 7;
    f->env = (struct env){fixture_now, fixture_random, f};
    arena_init(&f->arena, 64 * 1024 * 1024);
    const char *tmp = getenv("TMPDIR");
    snprintf(f->dir, sizeof f->dir, "%.40s/zhucun.XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    assert_ok(store_create(&f->store, f->dir, 231200000000, SUITE_25519, &f->env, &err), err);
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    arena_free(&f->arena);
    nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

void fixture_reopen(struct fixture *f)
{
    struct err err = {0};
    store_close(f->store);
    f->store = NULL;
    assert_ok(store_open_writer(&f->store, f->dir, &err), err);
}

struct store *fixture_reader(struct fixture *f)
{
    struct store *s = NULL;
    struct err err = {0};
    assert_ok(store_open_reader(&s, f->dir, &err), err);
    return s;
}

int contract_run(const char *group, const struct CMUnitTest *tests, size_t count)
{
    int failed = 0;
    for (size_t b = 0; b < backend_count; b++) {
        char name[64];
        struct CMUnitTest *list = calloc(count, sizeof *list);
        memcpy(list, tests, count * sizeof *list);
        for (size_t i = 0; i < count; i++) {
            const void *initial = &backends[b];
            memcpy(&list[i].initial_state, &initial, sizeof initial);
        }
        snprintf(name, sizeof name, "%s on %s", group, backends[b].name);
        failed += _cmocka_run_group_tests(name, list, count, NULL, NULL);
        free(list);
    }
    return failed;
}
