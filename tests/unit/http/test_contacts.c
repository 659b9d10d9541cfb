/* Tests of server-stub/http/contacts: what is written of a laptop that pulls, compares, or both, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "contacts.h"
#include "keys.h"
#include "store.h"

enum { ORIGIN = 0x77 };

static char dir[64];
static struct store *writer;
static struct intake *intake;
static struct contacts *contacts;
static struct device known;
static struct arena arena;
static struct err err;

static int add_device(struct store *s, void *ctx, struct err *e)
{
    struct device d = {.origin = ORIGIN, .name = "test", .sign = store_keys(s)->sign.public, .box = store_keys(s)->box.public};

    (void)ctx;
    return store_device_put(s, &d, e);
}

static int read_device(struct store *s, void *ctx, struct err *e)
{
    (void)ctx;
    return store_device_by_origin(s, ORIGIN, &arena, &known, e) == 1 ? 0 : ERR_NOT_FOUND;
}

static int setup(void **state)
{
    static const struct log quiet = {LOG_ERROR, STDERR_FILENO};
    const struct intake_limits limits = {.queue_max = 100, .queue_max_bytes = 1 << 24, .group_max = 10,
                                         .group_max_changes_hint = 1 << 20};

    (void)state;
    strcpy(dir, "/tmp/zhucun-contacts-XXXXXX");
    assert_non_null(mkdtemp(dir));
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_create(&writer, dir, region_code("2312", 4), SUITE_25519, env_system(), &err), 0);
    assert_int_equal(intake_start(&intake, writer, env_system(), &quiet, &limits, &err), 0);
    assert_int_equal(intake_call(intake, add_device, NULL, &err), 0);
    assert_int_equal(contacts_open(&contacts, &err), 0);
    return 0;
}

static int teardown(void **state)
{
    char command[100];

    (void)state;
    contacts_close(contacts);
    intake_stop(intake);
    store_close(writer);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

static void note(bool pulled, uint64_t csn, int64_t at_ms, uint64_t counter)
{
    contacts_note(contacts, &(struct contact){.origin = ORIGIN, .pulled = pulled, .csn = csn, .at_ms = at_ms, .counter = counter});
}

static void written(uint64_t csn, int64_t at_ms, uint64_t counter)
{
    assert_int_equal(contacts_write(contacts, intake, &err), 0);
    assert_int_equal(intake_call(intake, read_device, NULL, &err), 0);
    assert_int_equal(known.pulled_csn, csn);
    assert_int_equal(known.last_pull_ms, at_ms);
    assert_int_equal(known.counter, counter);
}

static void a_comparison_says_nothing_of_the_cursor(void **state)
{
    (void)state;
    note(true, 5, 1000, 9);
    written(5, 1000, 9);
    note(false, 0, 2000, 12);
    written(5, 2000, 12);
}

/* After a restart what is written is all that tells a repeated request from a new one. */
static void the_counter_never_goes_back(void **state)
{
    (void)state;
    note(false, 0, 1000, 20);
    note(true, 5, 1001, 19); /* its thread was faster */
    written(5, 1001, 20);
    note(true, 6, 1002, 18);
    written(6, 1002, 20);
    note(true, 7, 1003, 21);
    note(false, 0, 1004, 22);
    written(7, 1004, 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_comparison_says_nothing_of_the_cursor, setup, teardown),
        cmocka_unit_test_setup_teardown(the_counter_never_goes_back, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
