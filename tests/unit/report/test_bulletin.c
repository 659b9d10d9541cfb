/* Tests of server-stub/report: every statement of the bulletin runs, also on a store with nothing in it, and the
 * figures of a village are those of its rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report.h"
#include "village.h"

enum { HOUSEHOLDS = 12 };
static struct village v;
static struct sync_report report;
static struct report_figure figures[REPORT_FIGURES_MAX];
static size_t count;
static struct err err;

static int setup(void **state)
{
    (void)state;
    return village_open(&v, "bulletin", 1, HOUSEHOLDS);
}

static int teardown(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void run(int64_t scope)
{
    int64_t on = date_of_ms(v.env.now_ms);

    assert_int_equal(report_bulletin(loopback_store(v.server), scope, on, figures, &count, &err), 0);
}

static const char *figure(const char *key)
{
    static char text[REPORT_FIGURE_TEXT];

    for (size_t i = 0; i < count; i++)
        if (strcmp(figures[i].key, key) == 0) {
            report_figure_text(&figures[i], text);
            return text;
        }
    fail_msg("no figure %s", key);
    return "";
}

static void a_village_in_figures(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(city_visit(v.laptop[0], &v.city, i % 4, (unsigned)i, NULL, &err), 0);
    assert_int_equal(village_sync(&v, 0, &report), 0);
    run(store_city(loopback_store(v.server)));
    assert_string_equal(figure("visits"), "5");
    assert_string_equal(figure("visited_households"), "4");
    assert_string_equal(figure("monitored_households"), "0");
    assert_string_equal(figure("decided_within_due_pct"), "0.00");
    run(CITY_OTHER_VILLAGE);
    assert_string_equal(figure("visits"), "0");
}

static void rounding_is_half_up(void **state)
{
    const struct report_figure half = {.kind = FIGURE_PERCENT, .part = 1, .whole = 800};  /* 0.125 */
    const struct report_figure third = {.kind = FIGURE_PERCENT, .part = 2, .whole = 3};   /* 66.666… */
    const struct report_figure yi = {.kind = FIGURE_YI, .part = INT64_C(827000000)};
    const struct report_figure wan = {.kind = FIGURE_WAN, .part = 9904999};
    char text[REPORT_FIGURE_TEXT];

    (void)state;
    report_figure_text(&half, text);
    assert_string_equal(text, "0.13");
    report_figure_text(&third, text);
    assert_string_equal(text, "66.67");
    report_figure_text(&yi, text);
    assert_string_equal(text, "8.27");
    report_figure_text(&wan, text);
    assert_string_equal(text, "990");
}

static int sum_households(void *ctx, const struct coverage *c)
{
    *(int64_t *)ctx += c->households;
    return 0;
}

static int count_device(void *ctx, const struct device_lag *l)
{
    (void)l;
    (*(unsigned *)ctx)++;
    return 0;
}

static void coverage_and_lag_run(void **state)
{
    int64_t households = 0;
    unsigned devices = 0;

    (void)state;
    assert_int_equal(report_coverage(loopback_store(v.server), CITY_VILLAGE, date_of_ms(v.env.now_ms), sum_households,
                                     &households, &err), 0);
    assert_int_equal(households, HOUSEHOLDS);
    assert_int_equal(report_lag(loopback_store(v.server), v.env.now_ms, count_device, &devices, &err), 0);
    assert_int_equal(devices, 1);
}

/* Household 1 and its member are found to be household 0 and its member. */
static void merge_first_two(void)
{
    uint8_t household[ROW_ID_BYTES], member[ROW_ID_BYTES];

    row_id_to_bytes(v.city.household[0], household);
    row_id_to_bytes(v.city.member[0], member);
    assert_int_equal(city_set(v.laptop[0], v.city.county, "household", v.city.household[1], "merged_into",
                              value_blob(household, sizeof household), &err), 0);
    assert_int_equal(city_set(v.laptop[0], v.city.county, "member", v.city.member[1], "merged_into",
                              value_blob(member, sizeof member), &err), 0);
}

static int sum_visited(void *ctx, const struct coverage *c)
{
    *(int64_t *)ctx += c->visited;
    return 0;
}

static void merged_rows_count_once(void **state)
{
    int64_t households = 0, visited = 0, on = date_of_ms(v.env.now_ms);

    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(city_visit(v.laptop[0], &v.city, i, (unsigned)i, NULL, &err), 0);
    merge_first_two();
    assert_int_equal(village_sync(&v, 0, &report), 0);
    run(CITY_VILLAGE);
    assert_string_equal(figure("visits"), "2");
    assert_string_equal(figure("visited_households"), "1");
    assert_int_equal(report_coverage(loopback_store(v.server), CITY_VILLAGE, on, sum_households, &households, &err), 0);
    assert_int_equal(report_coverage(loopback_store(v.server), CITY_VILLAGE, on, sum_visited, &visited, &err), 0);
    assert_int_equal(households, HOUSEHOLDS - 1);
    assert_int_equal(visited, 1);
}

static int count_pair(void *ctx, const struct duplicate *d)
{
    unsigned *pairs = ctx;

    pairs[d->reason]++;
    assert_true(d->first.row->row.rid < d->second.row->row.rid);
    return 0;
}

static void duplicates_are_found_until_they_are_merged(void **state)
{
    unsigned pairs[DUPLICATE_REASONS] = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *number = i ? "231202197001010030" : " 231202700101003";
        assert_int_equal(city_set(v.laptop[0], v.city.county, "member", v.city.member[i], "id_no",
                                  value_text(number, strlen(number)), &err), 0);
    }
    assert_int_equal(village_sync(&v, 0, &report), 0);
    assert_int_equal(report_duplicates(loopback_store(v.server), CITY_OTHER_VILLAGE, count_pair, pairs, &err), 0);
    assert_int_equal(pairs[DUPLICATE_ID_NO], 0);
    assert_int_equal(report_duplicates(loopback_store(v.server), CITY_VILLAGE, count_pair, pairs, &err), 0);
    assert_int_equal(pairs[DUPLICATE_ID_NO], 1);
    merge_first_two();
    assert_int_equal(village_sync(&v, 0, &report), 0);
    memset(pairs, 0, sizeof pairs);
    assert_int_equal(report_duplicates(loopback_store(v.server), CITY_VILLAGE, count_pair, pairs, &err), 0);
    assert_int_equal(pairs[DUPLICATE_ID_NO], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_village_in_figures, setup, teardown),
        cmocka_unit_test(rounding_is_half_up),
        cmocka_unit_test_setup_teardown(coverage_and_lag_run, setup, teardown),
        cmocka_unit_test_setup_teardown(merged_rows_count_once, setup, teardown),
        cmocka_unit_test_setup_teardown(duplicates_are_found_until_they_are_merged, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
