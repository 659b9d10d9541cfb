/* The county's time to decide, under the rule of the day on which the clue was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "zhucun/rules.h"
#include "zhucun/env.h"

static void due(const char *found, const char *want)
{
    int64_t day;
    char text[11];
    assert_int_equal(date_parse(found, &day), 0);
    date_format(due_decision(day), text);
    assert_string_equal(text, want);
}

static void nine_natural_days(void **state)
{
    (void)state;
    due("2022-01-01", "2022-01-10");
    due("2024-02-25", "2024-03-05"); /* over a leap day */
    due("2026-12-28", "2027-01-06");
}

static void fifteen_working_days_before(void **state)
{
    (void)state;
    due("2021-12-31", "2022-01-21"); /* a Friday: three weeks */
    due("2021-06-05", "2021-06-25"); /* a Saturday counts from Monday */
    due("2021-06-06", "2021-06-25");
    due("2021-06-07", "2021-06-28");
    due("1969-12-26", "1970-01-16"); /* days before 1970 are negative */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nine_natural_days), cmocka_unit_test(fifteen_working_days_before)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
