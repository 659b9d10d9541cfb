/* due: how long the county has to decide about a clue. A dated table, because the rule changed and will change
 * again; what was found under the old rule keeps it. */
#ifndef ZHUCUN_RULES_DUE_H
#define ZHUCUN_RULES_DUE_H

#include <stdint.h>

/* Last day for the decision about a clue found on `found_on` (days since 1970-01-01). */
int64_t due_decision(int64_t found_on);

#endif
