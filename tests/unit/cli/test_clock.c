/* Which day it is on a laptop whose clock is wrong, and after somebody has set it right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../../agent/cli/clock.c"

/* The file's neighbours: nothing here opens a home or speaks. */
void cli_warn(struct cli *c, const char *zh, const char *en, ...)
{
    (void)zh;
    (void)en;
    c->json = true;
}

enum { HOUR = 3600000 };
static const int64_t day_ms = DAY_MS, contact = INT64_C(1780000000000);

static int64_t correct(int64_t now, int64_t skew)
{
    return cli_clock_correct(now, skew, contact);
}

static void never_met_a_server(void **state)
{
    (void)state;
    assert_int_equal(cli_clock_correct(5, 0, 0), 5);
}

static void follows_the_servers_clock(void **state)
{
    const int64_t slow = 3650 * day_ms, fast = -3000 * day_ms;
    (void)state;
    assert_int_equal(correct(contact + 10 * day_ms, 0), contact + 10 * day_ms);
    assert_int_equal(correct(contact - slow + 40 * day_ms, slow), contact + 40 * day_ms);
    assert_int_equal(correct(contact - fast + 40 * day_ms, fast), contact + 40 * day_ms);
    assert_int_equal(correct(contact + 40 * day_ms, 2 * HOUR), contact + 40 * day_ms + 2 * HOUR);
}

static void never_before_the_last_contact(void **state)
{
    (void)state;
    assert_int_equal(correct(contact - 3650 * day_ms, 0), contact); /* its battery died since */
    assert_int_equal(correct(contact - HOUR, 30 * 1000), contact);
}

static void set_right_since(void **state)
{
    (void)state;
    assert_int_equal(correct(contact + 5 * day_ms, 3650 * day_ms), contact + 5 * day_ms);
    assert_int_equal(correct(contact + 5 * day_ms, -3000 * day_ms), contact + 5 * day_ms);
    assert_int_equal(correct(contact + 5 * day_ms, -10 * day_ms), contact + 5 * day_ms);
}

static int64_t now;
static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return now;
}

static void told_when_off_by_more_than_a_day(void **state)
{
    const struct env env = {.now_ms = now_ms};
    struct cli c = {.env = &env, .clock_off_ms = day_ms};
    (void)state;
    now = contact;
    cli_clock_warn(&c);
    assert_false(c.json);
    c.clock_off_ms = day_ms + 1;
    cli_clock_warn(&c);
    assert_true(c.json);
    assert_int_equal(cli_today(&c), date_of_ms(contact + day_ms + 1));
    assert_int_equal(cli_now_ms(&c), contact);
    c.json = false;
    c.clock_off_ms = -day_ms - 1;
    cli_clock_warn(&c);
    assert_true(c.json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(never_met_a_server), cmocka_unit_test(follows_the_servers_clock),
                                       cmocka_unit_test(never_before_the_last_contact), cmocka_unit_test(set_right_since),
                                       cmocka_unit_test(told_when_off_by_more_than_a_day)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
