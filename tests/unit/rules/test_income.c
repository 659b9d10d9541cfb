/* What an income sheet adds up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "zhucun/rules.h"

#define NONE RULE_NONE

static void net_is_the_sum_less_costs(void **state)
{
    const struct income full = {.wages = 900000, .business = 100050, .property = 1, .transfers = 30000, .costs = 80000};
    const struct income one = {NONE, NONE, NONE, NONE, 500, NONE, NONE, NONE};
    const struct income none = {NONE, NONE, NONE, NONE, NONE, 3, NONE, NONE};
    int64_t net;
    (void)state;
    assert_true(income_net(&full, &net));
    assert_int_equal(net, 950051);
    assert_true(income_net(&one, &net)); /* a household may lose money */
    assert_int_equal(net, -500);
    assert_false(income_net(&none, &net));
    assert_true(net == NONE);
}

static void sums_do_not_wrap(void **state)
{
    const struct income huge = {.wages = INT64_MAX, .business = INT64_MAX};
    const struct income deep = {.wages = 1, .costs = INT64_MAX};
    int64_t v;
    (void)state;
    assert_false(income_net(&huge, &v));
    assert_false(income_net(&deep, &v));
    assert_false(income_per_head(INT64_MAX, 3, &v));
    assert_false(income_per_head(100, 0, &v));
    assert_false(income_per_head(100, -1, &v));
    assert_false(income_per_head(100, NONE, &v));
    assert_false(income_per_head(NONE, 3, &v));
}

static void heads_are_rounded_half_up(void **state)
{
    int64_t v;
    (void)state;
    assert_true(income_per_head(950050, 3, &v));
    assert_int_equal(v, 316683); /* 316683.33 */
    assert_true(income_per_head(5, 2, &v));
    assert_int_equal(v, 3); /* 2.5 */
    assert_true(income_per_head(5, 3, &v));
    assert_int_equal(v, 2); /* 1.67 */
    assert_true(income_per_head(-5, 2, &v));
    assert_int_equal(v, -2); /* −2.5 */
    assert_true(income_per_head(-5, 3, &v));
    assert_int_equal(v, -2); /* −1.67 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(net_is_the_sum_less_costs), cmocka_unit_test(sums_do_not_wrap),
                                       cmocka_unit_test(heads_are_rounded_half_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
