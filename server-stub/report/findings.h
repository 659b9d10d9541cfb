/* findings: what the rules find and which clues wait — the lists that supervisors work through. */
#ifndef ZHUCUN_REPORT_FINDINGS_H
#define ZHUCUN_REPORT_FINDINGS_H

#include "store.h"
#include "zhucun/rules.h"

/* Household by household, as core/rules judges on day `on`. `since`: the day from which it is so, by the rows' own
 * dates, else the day on which the row as it stands was received. */
typedef int report_rule_fn(void *ctx, const struct rule_household *h, const struct rule_finding *f, int64_t since);
int report_rules(struct store *reader, int64_t scope, int64_t on, report_rule_fn *fn, void *ctx, struct err *err);

/* Clues that wait for a decision on day `on`, those overdue for longest first, and how all of them went. */
struct report_clue {
    struct row_id id;
    int64_t village, found_on, due_on, received_on;
    int64_t days_left;     /* below 0: overdue */
    int64_t late_days;     /* of the term that had gone when it was received */
    const char *household; /* number; "" for a described person */
    const char *person;
};
struct report_clues {
    int64_t open, overdue, late, decided, decided_in_time; /* late: open ones that were received a day or more later */
};
typedef int report_clue_fn(void *ctx, const struct report_clue *c);
int report_clues(struct store *reader, int64_t scope, int64_t on, report_clue_fn *fn, void *ctx, struct report_clues *sum,
                 struct err *err);

#endif
