/* household: the rules of a household and of its members.
 *
 *   taken_in_missing     monitored, and no day on which it was taken in
 *   measure_missing      monitored, `limit` months since it was taken in, no measure
 *   cleared_early        cleared as 帮扶消除 within `limit` months
 *   cleared_no_measure   cleared as 帮扶消除 without a measure
 *   cleared_undated      cleared, and no day or no way
 *   after_care_blank     cleared, and nothing about what follows */
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "zhucun/env.h"

int64_t rule_months_later(int64_t day, int64_t months)
{
    char text[24];
    int64_t out;
    date_format(day, text);
    int64_t year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    int64_t month = (text[5] - '0') * 10 + (text[6] - '0') - 1 + months;
    int in_month = (text[8] - '0') * 10 + (text[9] - '0');
    year += month / 12;
    month %= 12;
    for (; in_month > 27; in_month--) {
        snprintf(text, sizeof text, "%04d-%02d-%02d", (int)(year % 10000), (int)(month % 12) + 1, in_month);
        if (date_parse(text, &out) == 0) return out;
    }
    snprintf(text, sizeof text, "%04d-%02d-%02d", (int)(year % 10000), (int)(month % 12) + 1, in_month);
    return date_parse(text, &out) == 0 ? out : day;
}

/* Mobile: 11 digits from 13; landline: 7 or 8, with the area code 10 to 12 from 0; "+86" before a mobile counts. */
static bool plausible(const char *d, size_t n)
{
    if (n == 13 && memcmp(d, "86", 2) == 0) {
        d += 2;
        n -= 2;
    }
    if (n == 11 && d[0] == '1') return d[1] >= '3';
    if (d[0] == '0') return n >= 10 && n <= 12 && d[1] != '0';
    return (n == 7 || n == 8) && d[0] > '1';
}

/* A cell may hold several numbers, "139…、0455-…": whatever is neither a digit nor part of one ends a number. */
static bool phone_is_plausible(const struct value *v)
{
    char d[16];
    size_t n = 0, numbers = 0;
    for (uint32_t i = 0; i <= v->len; i++) {
        unsigned char c = i < v->len ? v->data[i] : ';';
        if (c >= '0' && c <= '9') {
            if (n == sizeof d) return false;
            d[n++] = (char)c;
        } else if (n > 0 && !strchr(" -+()", c)) {
            if (!plausible(d, n)) return false;
            numbers++;
            n = 0;
        }
    }
    return numbers > 0;
}

static int judge_phone(const struct judge *j)
{
    struct rule_finding f;
    const struct value *v = &j->h->phone;
    if (rules_blank(v) || phone_is_plausible(v) || !judge_begins(j, RULE_PHONE, RULE_NONE, &f)) return 0;
    size_t n = v->len < sizeof f.value ? v->len : sizeof f.value - 1;
    while (n > 0 && n < v->len && (v->data[n] & 0xC0) == 0x80) n--; /* not in the middle of a character */
    memcpy(f.value, v->data, n);
    f.value[n] = '\0';
    return judge_says(j, &f);
}

static int judge_monitored(const struct judge *j)
{
    const struct rule_household *h = j->h;
    struct rule_finding f;
    if (h->status != STATUS_MONITORED && h->status != STATUS_FELL_BACK) return 0;
    if (h->taken_in == RULE_NONE) return judge_rule(j, RULE_TAKEN_IN_MISSING, RULE_NONE, true);
    if (h->measures > 0 || !judge_begins(j, RULE_MEASURE_MISSING, h->taken_in, &f)) return 0;
    f.since = rule_months_later(h->taken_in, f.rule->limit) + 1;
    return j->book->today >= f.since ? judge_says(j, &f) : 0;
}

static int judge_cleared(const struct judge *j)
{
    const struct rule_household *h = j->h;
    struct rule_finding f;
    int rc = 0;
    if (h->status != STATUS_CLEARED) return 0;
    bool assisted = h->cleared_way == WAY_ASSISTANCE;
    if (assisted && h->taken_in != RULE_NONE && h->cleared_on != RULE_NONE &&
        judge_begins(j, RULE_CLEARED_EARLY, h->cleared_on, &f) &&
        h->cleared_on < rule_months_later(h->taken_in, f.rule->limit))
        rc = judge_says(j, &f);
    if (rc == 0) rc = judge_rule(j, RULE_CLEARED_NO_MEASURE, h->cleared_on, assisted && h->measures == 0);
    if (rc == 0)
        rc = judge_rule(j, RULE_CLEARED_UNDATED, h->cleared_on, h->cleared_on == RULE_NONE || h->cleared_way == 0);
    return rc ? rc : judge_rule(j, RULE_AFTER_CARE_BLANK, h->cleared_on, rules_blank(&h->after_care));
}

int rules_household(const struct rule_book *b, const struct rule_household *h, rule_fn *fn, void *ctx)
{
    const struct judge j = {b, h, fn, ctx, {.table = TABLE_HOUSEHOLD, .row = h->id, .mark = h->mark, .name = h->head_name}};
    int rc = judge_phone(&j);
    if (rc == 0) rc = judge_monitored(&j);
    return rc ? rc : judge_cleared(&j);
}

static int judge_number(const struct judge *j, const struct rule_member *m)
{
    struct id_number n;
    struct rule_finding f;
    int rc = 0;
    if (rules_blank(&m->id_no)) return 0;
    id_number_read(m->id_no.data, m->id_no.len, &n);
    if (!n.form) return judge_rule(j, RULE_ID_FORM, RULE_NONE, true);
    if (!n.check && judge_begins(j, RULE_ID_CHECK_DIGIT, RULE_NONE, &f)) {
        f.value[0] = n.expected;
        rc = judge_says(j, &f);
    }
    bool born_otherwise = n.birth == RULE_NONE || n.birth > j->book->today || (m->birth != RULE_NONE && m->birth != n.birth);
    if (rc == 0 && born_otherwise && judge_begins(j, RULE_ID_BIRTH, RULE_NONE, &f)) {
        memcpy(f.value, n.birth_text, sizeof n.birth_text);
        rc = judge_says(j, &f);
    }
    return rc ? rc : judge_rule(j, RULE_ID_SEX, RULE_NONE, m->sex != 0 && m->sex != n.sex);
}

int rules_member(const struct rule_book *b, const struct rule_household *h, const struct rule_member *m, rule_fn *fn,
                 void *ctx)
{
    const struct judge j = {b, h, fn, ctx, {.table = TABLE_MEMBER, .row = m->id, .mark = m->mark, .name = m->name}};
    int rc = judge_number(&j, m);
    return rc ? rc
              : judge_rule(&j, RULE_INSURANCE_MISSING, RULE_NONE,
                           (m->health & HEALTH_SERIOUS) != 0 && (m->insurance & INSURANCE_MEDICAL) == 0);
}
