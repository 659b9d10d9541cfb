/* Tests of report/orders: how an order stands, by the day that is written on its replies and the day they came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report.h"

enum { DUE = 19000, ON = DUE + 3 };

static int64_t noon(int64_t day)
{
    return (day * 24 + 4) * 3600 * 1000; /* region time is UTC+8 */
}

static const struct {
    const char *what;
    int64_t due, on;
    bool closed;
    struct {
        int64_t date, received;
    } replies[2];
    enum order_standing standing;
    bool in_time, not_in_time, late_upload;
} cases[] = {
    {"no reply, not due yet", DUE, DUE - 1, false, {{0, 0}}, ORDER_OPEN, false, false, false},
    {"no reply on the due day itself", DUE, DUE, false, {{0, 0}}, ORDER_OPEN, false, false, false},
    {"no reply, the day is past", DUE, ON, false, {{0, 0}}, ORDER_OVERDUE, false, true, false},
    {"answered on the due day", DUE, ON, false, {{DUE, DUE}}, ORDER_ANSWERED, true, false, false},
    {"written in time, received after it: not overdue", DUE, ON, false, {{DUE - 1, DUE + 2}}, ORDER_ANSWERED, true, false, true},
    {"written and received late", DUE, ON, false, {{DUE + 1, DUE + 2}}, ORDER_LATE, false, true, false},
    {"late, then one in time comes after it", DUE, ON, false, {{DUE + 1, DUE + 1}, {DUE, DUE + 3}}, ORDER_ANSWERED, true, false, true},
    {"no due day, any reply is in time", 0, ON, false, {{DUE + 9, DUE + 9}}, ORDER_ANSWERED, true, false, false},
    {"no due day, no reply", 0, ON, false, {{0, 0}}, ORDER_OPEN, false, false, false},
    {"closed without a reply still was not answered in time", DUE, ON, true, {{0, 0}}, ORDER_CLOSED, false, true, false},
    {"closed after an answer", DUE, ON, true, {{DUE, DUE}}, ORDER_CLOSED, true, false, false},
};

static void each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_reply replies[2] = {{.date = 0}};
        struct report_order o = {.due_on = cases[i].due, .closed = cases[i].closed, .replies = replies};
        for (; o.reply_count < 2 && cases[i].replies[o.reply_count].date; o.reply_count++) {
            replies[o.reply_count].day = cases[i].replies[o.reply_count].date;
            replies[o.reply_count].received_ms = noon(cases[i].replies[o.reply_count].received);
        }
        report_order_judge(&o, cases[i].on);
        if (o.standing != cases[i].standing || o.in_time != cases[i].in_time || o.not_in_time != cases[i].not_in_time ||
            o.late_upload != cases[i].late_upload)
            fail_msg("%s: standing %d, in time %d, not in time %d, late upload %d", cases[i].what, (int)o.standing, o.in_time,
                     o.not_in_time, o.late_upload);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
