/* plan: what 2022 brings to one household: when it is visited, which risk which visit finds, when the county
 * takes it in or clears it, and which safeguard has a problem for a while.
 *
 *   open      taken in before 2022; risks found this year stay open
 *   taken in  a clue is found on a visit this year and decided within CLUE_DUE_DAYS; open
 *   cleared   four in nine before 2022, without a risk row; the others this year, after the risk was found
 * and at least 40 days of help ruled out not monitored: a clue this year, decided as no
 *
 * Field and county acts (fieldwork.c, county.c) are both told from this plan, so that they fit. */
#include "city.h"

/* Days on which counties decide on clearing: the 25th or so of each month, and a last one in July. */
static const int32_t meeting[] = {DAY_FIRST + 86,  DAY_FIRST + 114, DAY_FIRST + 135, DAY_FIRST + 144,
                                  DAY_FIRST + 158, DAY_FIRST + 172, DAY_FIRST + 180, DAY_FIRST + 186};
enum { MEETINGS = sizeof meeting / sizeof meeting[0], MONTH_OF_HELP = 40 };

static void plan_visits(struct household *h, struct dice *d)
{
    static const int often[] = {22, 58, 17, 3}; /* 3, 4, 5 or 6 visits */
    int n = 3 + dice_weighted(d, often, 4), span = (DAY_LAST - DAY_FIRST - 4) / n;
    for (int i = 0; i < n; i++)
        h->visit_day[i] = DAY_FIRST + 4 + i * span + dice_between(d, 0, span - 2);
    h->visits = (uint8_t)n;
}

static bool any_ill(const struct household *h, const struct member *list, int mask)
{
    for (int i = 0; i < h->members; i++) {
        if (list[i].health & mask) return true;
    }
    return false;
}

static bool any_pupil(const struct household *h, const struct member *list, int last)
{
    for (int i = 0; i < h->members; i++) {
        if (list[i].school >= SCHOOL_PRIMARY && list[i].school <= last) return true;
    }
    return false;
}

/* A risk's kind fits the household: nobody falls ill without an ill member, no school without a pupil. */
static int risk_kind(const struct household *h, const struct member *list, int32_t day, struct dice *d)
{
    bool rains = day > DAY_FIRST + 140, spring = day > DAY_FIRST + 75;
    bool able = family_can_work(&list[0]) || (h->members > 1 && family_can_work(&list[1]));
    const int weight[] = {any_ill(h, list, HEALTH_CHRONIC | HEALTH_SERIOUS) ? 44 : 3, /* 因病 */
                          any_ill(h, list, HEALTH_DISABLED) ? 22 : 0,
                          any_pupil(h, list, SCHOOL_HIGH) ? 16 : 0,
                          rains ? 7 : 0,
                          1,
                          rains ? 4 : 0,
                          spring && !rains ? 2 : 0,
                          1,
                          able ? 1 : 13, /* 缺劳动力 */
                          5,
                          able ? 6 : 2,
                          able ? 9 : 0,
                          6,
                          3,
                          2};
    return 1 + dice_weighted(d, weight, sizeof weight / sizeof weight[0]);
}

static void add_risk(struct household *h, const struct member *list, int visit, struct dice *d)
{
    struct planned_risk *r = &h->risk[h->risks];
    r->visit = (uint8_t)visit;
    r->kind = (uint8_t)risk_kind(h, list, h->visit_day[visit], d);
    r->rank = (uint8_t)dice_between(d, 1, 5);
    if (h->risks == 1 && r->kind == h->risk[0].kind) return; /* one row a household, kind and day */
    h->risks++;
}

/* A problem with a safeguard is seen early and, nearly always, seen solved later. */
static void add_trouble(struct household *h, const struct member *list, struct dice *d)
{
    int kind = 0, seen = dice_between(d, 0, 1);
    for (int i = 0; i < h->risks; i++) {
        if (h->risk[i].kind != RISK_HOUSING && h->risk[i].kind != RISK_WATER) continue;
        kind = h->risk[i].kind == RISK_HOUSING ? TROUBLE_HOUSING : TROUBLE_WATER;
        seen = h->risk[i].visit;
    }
    if (!kind && !dice_chance(d, 75)) return;
    if (!kind) {
        const int weight[] = {any_pupil(h, list, SCHOOL_JUNIOR) ? 12 : 0, 24, 40, 24};
        kind = 1 + dice_weighted(d, weight, 4);
    }
    h->trouble = (uint8_t)kind;
    h->trouble_seen = (uint8_t)seen;
    h->trouble_fixed =
        seen + 1 < h->visits && dice_chance(d, 960) ? (uint8_t)dice_between(d, seen + 1, h->visits - 1) : 255;
}

static void plan_cleared(struct household *h, const struct member *list, struct dice *d)
{
    h->cleared_way = dice_chance(d, 860) ? CLEARED_BY_HELP : CLEARED_BY_ITSELF;
    if (dice_chance(d, 444)) {
        h->cleared_on = DAY_FIRST - dice_between(d, 12, 330);
        h->taken_in = h->cleared_on - dice_between(d, 110, 300);
        return;
    }
    int visit = h->visit_day[1] < DAY_FIRST + 85 && dice_chance(d, 450) ? 1 : 0;
    add_risk(h, list, visit, d);
    int first = 0;
    while (first + 1 < MEETINGS && meeting[first] < h->visit_day[visit] + MONTH_OF_HELP)
        first++;
    h->cleared_on = meeting[dice_between(d, first, MEETINGS - 1)];
    h->taken_in = DAY_FIRST - dice_between(d, 40, 560);
}

/* The visit that finds a clue leaves time for the decision before the year's end. */
static void plan_clue(struct household *h, const struct member *list, struct dice *d, bool in)
{
    int last = h->visits - 1;
    while (last > 0 && h->visit_day[last] > DAY_LAST - 18)
        last--;
    int visit = last > 0 ? dice_between(d, 0, last - (last > 1)) : 0;
    h->clue_found = h->visit_day[visit];
    h->clue_decided = h->clue_found + dice_between(d, 2, CLUE_DUE_DAYS);
    if (!in) return;
    h->taken_in = h->clue_decided;
    add_risk(h, list, visit, d);
}

static int class_of(int group, struct dice *d)
{
    static const int usual[] = {44, 43, 13}, taken_in[] = {25, 33, 42};
    return 1 + dice_weighted(d, group == GROUP_TAKEN_IN ? taken_in : usual, 3);
}

void plan_household(struct household *h, const struct member *members, struct dice *dice)
{
    if (h->group == GROUP_NONE) {
        if (dice_chance(dice, 40)) h->kind = KIND_ORDINARY;
        return;
    }
    plan_visits(h, dice);
    if (h->group == GROUP_RULED_OUT) {
        h->visits = 2;
        plan_clue(h, members, dice, false);
        return;
    }
    h->monitor_class = (uint8_t)class_of(h->group, dice);
    bool left =
        h->monitor_class == CLASS_UNSTABLE || (h->monitor_class == CLASS_SUDDEN && dice_chance(dice, 500));
    h->kind = left ? KIND_LEFT : KIND_ORDINARY;
    if (h->group == GROUP_CLEARED) plan_cleared(h, members, dice);
    if (h->group == GROUP_TAKEN_IN) plan_clue(h, members, dice, true);
    if (h->group == GROUP_OPEN) {
        h->taken_in = DAY_FIRST - dice_between(dice, 12, 560);
        if (dice_chance(dice, 900)) add_risk(h, members, dice_between(dice, 0, h->visits - 2), dice);
        if (h->risks && dice_chance(dice, 180)) add_risk(h, members, h->visits - 1, dice);
    }
    add_trouble(h, members, dice);
}
