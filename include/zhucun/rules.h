/* rules: what a county office would send back later, said on the spot — and how long it has for a clue. The same
 * on the laptop and on the server. Every rule stands in one dated table (core/rules/book.c), because policies
 * change and what was done under the old one keeps it. */
#ifndef ZHUCUN_RULES_H
#define ZHUCUN_RULES_H

#include <stdint.h>

/* Last day for the decision about a clue found on `found_on` (days since 1970-01-01). */
int64_t due_decision(int64_t found_on);

#endif
