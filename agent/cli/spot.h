/* spot: the rules, checked where the cadre stands — after a write, of the household that it touched. A line on
 * stderr for each finding; never a refusal: what is written stays written, also when the checking itself fails. */
#ifndef ZHUCUN_AGENT_CLI_SPOT_H
#define ZHUCUN_AGENT_CLI_SPOT_H

#include "cli.h"
#include "zhucun/rules.h"

struct spot {
    struct cli *c;
    uint64_t since_seq;      /* rows written by this changeset and later ones are meant; 0: none is */
    bool members;            /* all members of the household too, not only those written */
    uint64_t found[RULE_CODES];
};
/* Which household a row belongs to; null: none. */
int spot_household(struct cli *c, const struct schema_table *t, struct row_id row, struct row_id *household,
                   struct err *err);
/* Says what is found of a household and of the rows just written. */
void spot_check(struct spot *s, struct row_id household);
/* The same for a row of any table: what `add` and `set` do. */
void spot_check_row(struct spot *s, const struct schema_table *t, struct row_id row);
/* For an import: counts what is found of all rows written since, and says so in one line. */
void spot_check_import(struct spot *s);
/* "warnings":["code",…], appended; no comma around it. */
void spot_json(const struct spot *s, struct buf *out);

#endif
