/* codes: numbers of the code book (core/schema/codes.c) and of tables that the rules speak of; a test holds the two
 * together. And the few helpers that the files of this folder share. */
#ifndef ZHUCUN_RULES_CODES_H
#define ZHUCUN_RULES_CODES_H

#include "zhucun/rules.h"

enum { TABLE_HOUSEHOLD = 3, TABLE_MEMBER = 4, TABLE_VISIT = 7, TABLE_RISK = 8, TABLE_INCOME_SHEET = 11 };
enum { STATUS_MONITORED = 2, STATUS_CLEARED = 3, STATUS_FELL_BACK = 4 };
enum { WAY_ASSISTANCE = 1 };
enum { HEALTH_SERIOUS = 1 << 3 };                              /* 大病 */
enum { INSURANCE_MEDICAL = 1 << 1 | 1 << 2 | 1 << 4 };         /* basic, serious illness, commercial */
enum { MODE_NOT_MET = 4 };
enum { RISK_CLOSED = 2 };

/* Text without anything but white space? */
bool rules_blank(const struct value *v);

/* One evaluation: the rows' household and where findings go. */
struct judge {
    const struct rule_book *book;
    const struct rule_household *h;
    rule_fn *fn;
    void *ctx;
    struct rule_finding about; /* table, row, mark, name of what is judged */
};
/* Is the rule in force on `day` (RULE_NONE: today)? Then *f is a finding to be completed and sent. */
bool judge_begins(const struct judge *j, enum rule_code code, int64_t day, struct rule_finding *f);
int judge_says(const struct judge *j, const struct rule_finding *f);
/* The two in one, for rules that only compare: finds when `wrong`. */
int judge_rule(const struct judge *j, enum rule_code code, int64_t day, bool wrong);

#endif
