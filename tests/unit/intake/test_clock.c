/* intake/clock: stamps and days put right, case by case. Times are days and hours; day 0 is the receipt's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "work.h"

static const int64_t hour = 3600 * 1000, day = 24 * hour;
enum { TODAY = 20786, NONE = -100000 }; /* 2026-11-29 */
static const int64_t received_ms = TODAY * INT64_C(86400000) + 4 * 3600 * 1000; /* noon at UTC+8 */

/* All in hours from the receipt, but the days. */
struct known {
    const char *what;
    int64_t raw, skew, base, previous; /* of the laptop's clock; of its push; receipt of base; last stamp */
    int64_t observed;                  /* days from the receipt */
    int64_t stamp, day;                /* expected */
    bool wrong;
};

static const struct known cases[] = {
    {"right, written a week ago", -168, 0, -200, NONE, -7, -168, -7, false},
    {"right, backlog of three weeks typed in", -168, 0, -200, NONE, -28, -168, -28, false},
    {"twenty minutes ago by a clock two hours slow", -2, 2, -10, NONE, 0, 0, 0, false},
    {"years behind, known at the push", -87600, 87590, -200, NONE, -3650, -10, 0, true},
    {"years behind, yesterday by its clock", -87600, 87590, -200, NONE, -3651, -10, -1, true},
    {"years behind, a typed date of last month stays", -87600, 87590, -2000, NONE, -40, -10, -40, true},
    {"years behind, put right before the push", -87600, 0, -48, NONE, -3650, -48, -2, true},
    {"years ahead, known at the push", 70000, -70024, -200, NONE, 2917, -24, -1, true},
    {"years ahead, put right before the push", 70000, 0, -200, NONE, 2917, 0, 0, true},
    {"years ahead, never told its clock, date typed", 70000, 0, -200, NONE, -3, 0, -3, true},
    {"a date in the future is not later than today", -1, 0, -200, NONE, 400, -1, 0, false},
    {"written before what was seen: after it", -100, 0, -50, NONE, -4, -50, -2, true},
    {"never before the log's previous changeset", -30, 0, -100, -20, -1, -20, -1, false},
    {"clock set back by an hour between two", -30, 1, NONE, NONE, -1, -29, -1, false},
    {"three days slow, its own today", -75, 72, -200, NONE, -3, -3, 0, true},
    {"three days slow, a typed day stays", -75, 72, -200, NONE, -5, -3, -5, true},
    {"five days fast, its own today", 117, -120, -200, NONE, 5, -3, 0, true},
    {"five days fast, a typed yesterday stays", 117, -120, -200, NONE, -1, -3, -1, true},
    {"five days fast and known to be: the server's today stays", 117, -120, -200, NONE, 0, -3, 0, true},
    {"five days fast, yesterday by its clock had not come yet", 117, -120, -200, NONE, 4, -3, -1, true},
    {"ten days slow, a typed day after the last contact stays", -243, 240, -1440, NONE, -40, -3, -40, true},
    {"ten days slow, the same day with a contact since", -243, 240, -200, NONE, -40, -3, -30, true},
    {"off by exactly a day", -34, 24, NONE, NONE, -1, -10, 0, true},
};

static uint64_t stamp_at(int64_t hours)
{
    return hours == NONE ? 0 : hlc_from_ms(received_ms + hours * hour);
}

static void every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct known *k = &cases[i];
        struct clock_facts f = {.raw = stamp_at(k->raw) | 5, .observed = TODAY + k->observed, .skew_ms = k->skew * hour,
                                .base_ms = k->base == NONE ? 0 : received_ms + k->base * hour,
                                .previous = stamp_at(k->previous), .received_ms = received_ms};
        struct clock_reading r;
        clock_read(&f, &r);
        int64_t hours = (hlc_ms(r.stamp) - received_ms) / hour, days = r.day - TODAY;
        if (hours != k->stamp || days != k->day || r.wrong != k->wrong)
            fail_msg("%s: stamp %lld h, day %lld, wrong %d", k->what, (long long)hours, (long long)days, r.wrong);
    }
}

/* A laptop that was in 2034 and is put right goes on counting from there: its raw stamps stay ahead, in their order. */
static void stamps_of_one_log_keep_their_order(void **state)
{
    (void)state;
    uint64_t raw = hlc_from_ms(received_ms + 3000 * day), previous = 0;
    for (int i = 0; i < 5; i++) {
        struct clock_facts f = {.raw = raw, .observed = TODAY, .previous = previous, .received_ms = received_ms};
        struct clock_reading r;
        clock_read(&f, &r);
        assert_int_equal(hlc_ms(r.stamp), received_ms);
        assert_true(r.stamp >= previous);
        assert_int_equal(r.day, TODAY);
        previous = r.stamp;
        raw = hlc_next(raw, received_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case), cmocka_unit_test(stamps_of_one_log_keep_their_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
