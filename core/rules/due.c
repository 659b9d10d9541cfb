/* due: how long the county has to decide about a clue. A dated table, because the rule changed and will change
 * again; what was found under the old rule keeps it.
 *
 *   found from    days   counted
 *   —              15    working days (Monday to Friday; the moving public holidays are not known here)
 *   2022-01-01      9    natural days
 *
 * Source: 绥化日报, 2022-07-14, 《巩固拓展脱贫成果 全面推进乡村振兴》: decided within 9 natural days, before that 15 working
 * days. The article does not give the day of the change; the year it reports on is taken. */
#include "zhucun/rules.h"

#include <stdbool.h>
#include <stddef.h>

struct due_rule {
    int64_t from; /* first day on which a clue found falls under it */
    int days;
    bool working;
};

enum { DAY_2022_01_01 = 18993 };

static const struct due_rule rules[] = {
    {INT64_MIN, 15, true},
    {DAY_2022_01_01, 9, false},
};

/* 1970-01-01 was a Thursday. */
static bool is_working_day(int64_t day)
{
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 0: Monday */
    return weekday < 5;
}

int64_t due_decision(int64_t found_on)
{
    const struct due_rule *rule = &rules[0];
    for (size_t i = 1; i < sizeof rules / sizeof rules[0]; i++) {
        if (found_on >= rules[i].from) rule = &rules[i];
    }
    if (!rule->working) return found_on + rule->days;
    int64_t day = found_on;
    for (int left = rule->days; left > 0;) {
        day++;
        if (is_working_day(day)) left--;
    }
    return day;
}
