/* records: the rules of what is written about a household — visits, risks, income sheets.
 *
 *   visit_future, visit_no_summary   a visit where nobody was met needs no summary
 *   risk_closed_bare                 closed, and not by whom or not why
 *   income_sum                       what is given is not what the parts add up to
 *   income_below_line                of the latest year only, and of the chosen sheet when one is chosen
 *   income_twice                     two sheets for one household and period, and not exactly one chosen; said once,
 *                                    of the sheet written last */
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "zhucun/env.h"

enum { DAY_TEXT = 11 };

int rules_visit(const struct rule_book *b, const struct rule_household *h, const struct rule_visit *v, rule_fn *fn,
                void *ctx)
{
    char day[DAY_TEXT] = "";
    if (v->date != RULE_NONE) date_format(v->date, day);
    const struct judge j = {
        b, h, fn, ctx, {.table = TABLE_VISIT, .row = v->id, .mark = v->mark, .name = value_text(day, strlen(day))}};
    struct rule_finding f;
    int rc = 0;
    if (v->date != RULE_NONE && v->date > b->today && judge_begins(&j, RULE_VISIT_FUTURE, v->date, &f)) {
        f.since = RULE_NONE; /* that day has not come */
        rc = judge_says(&j, &f);
    }
    return rc ? rc : judge_rule(&j, RULE_VISIT_NO_SUMMARY, v->date, v->mode != MODE_NOT_MET && rules_blank(&v->summary));
}

int rules_risk(const struct rule_book *b, const struct rule_household *h, const struct rule_risk *r, rule_fn *fn, void *ctx)
{
    const struct judge j = {b, h, fn, ctx, {.table = TABLE_RISK, .row = r->id, .mark = r->mark}};
    return judge_rule(&j, RULE_RISK_CLOSED_BARE, r->closed_on,
                      r->state == RISK_CLOSED && (!r->closed_by || rules_blank(&r->closed_why)));
}

/* "2026", "2026年", "2026年度": a whole year; anything else is no year, and its income no yearly income. */
static int year_of(const struct value *period)
{
    int year = 0;
    if (period->kind != VALUE_TEXT || period->len < 4) return 0;
    for (int i = 0; i < 4; i++) {
        if (period->data[i] < '0' || period->data[i] > '9') return 0;
        year = year * 10 + (period->data[i] - '0');
    }
    size_t rest = period->len - 4;
    const uint8_t *behind = period->data + 4;
    bool whole = rest == 0 || (rest == 3 && memcmp(behind, "年", 3) == 0) || (rest == 6 && memcmp(behind, "年度", 6) == 0);
    return whole && year >= 1900 && year < 2200 ? year : 0;
}

static int64_t last_day_of(int year)
{
    char text[24];
    int64_t day = RULE_NONE;
    snprintf(text, sizeof text, "%04d-12-31", year);
    date_parse(text, &day);
    return day;
}

/* The line that the nearest region above the household has set for the year. 0: none has. */
static int64_t line_set(const struct rule_book *b, int64_t village, int year)
{
    const struct rule_line *best = NULL;
    for (size_t i = 0; i < b->line_count; i++) {
        const struct rule_line *l = &b->lines[i];
        if (l->year != year || !region_covers(l->region, village)) continue;
        if (!best || region_covers(best->region, l->region)) best = l;
    }
    return best ? best->fen : 0;
}

static void fen_text(int64_t fen, char *out, size_t n)
{
    uint64_t whole = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    snprintf(out, n, "%s%llu.%02u", fen < 0 ? "-" : "", (unsigned long long)(whole / 100), (unsigned)(whole % 100));
}

static int judge_sum(const struct judge *j, const struct rule_sheet *s)
{
    struct rule_finding f;
    int64_t net, per_head, wanted = 0;
    bool wrong = false;
    if (income_net(&s->income, &net) && s->income.net != RULE_NONE && s->income.net != net) {
        wrong = true;
        wanted = net;
    } else if (s->income.net != RULE_NONE && income_per_head(s->income.net, s->income.persons, &per_head) &&
               s->income.per_head != RULE_NONE && s->income.per_head != per_head) {
        wrong = true;
        wanted = per_head;
    }
    if (!wrong || !judge_begins(j, RULE_INCOME_SUM, last_day_of(year_of(&s->period)), &f)) return 0;
    f.since = RULE_NONE;
    fen_text(wanted, f.value, sizeof f.value);
    return judge_says(j, &f);
}

static int judge_line(const struct judge *j, const struct rule_sheet *s)
{
    struct rule_finding f;
    int year = year_of(&s->period);
    if (year == 0 || s->income.per_head == RULE_NONE || !s->latest_period) return 0;
    if (s->chosen_of_period > 0 && !s->chosen) return 0;
    if (!judge_begins(j, RULE_INCOME_BELOW_LINE, last_day_of(year), &f)) return 0;
    struct rule with_line = *f.rule;
    int64_t set = line_set(j->book, j->h->village, year);
    if (set > 0) with_line.limit = set;
    f.rule = &with_line;
    f.since = RULE_NONE;
    return s->income.per_head < with_line.limit ? judge_says(j, &f) : 0;
}

static int judge_twice(const struct judge *j, const struct rule_sheet *s)
{
    struct rule_finding f;
    if (s->same_period < 2 || s->chosen_of_period == 1 || !s->last_of_period) return 0;
    if (!judge_begins(j, RULE_INCOME_TWICE, last_day_of(year_of(&s->period)), &f)) return 0;
    f.since = RULE_NONE;
    snprintf(f.value, sizeof f.value, "%lld", (long long)s->same_period);
    return judge_says(j, &f);
}

int rules_sheet(const struct rule_book *b, const struct rule_household *h, const struct rule_sheet *s, rule_fn *fn,
                void *ctx)
{
    const struct judge j = {b, h, fn, ctx, {.table = TABLE_INCOME_SHEET, .row = s->id, .mark = s->mark, .name = s->period}};
    int rc = judge_sum(&j, s);
    if (rc == 0) rc = judge_line(&j, s);
    return rc ? rc : judge_twice(&j, s);
}
