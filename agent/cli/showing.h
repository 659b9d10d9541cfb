/* showing: the parts of `show` that have files of their own. Each prints lines for people, or adds its keys when an
 * object is given. */
#ifndef ZHUCUN_AGENT_CLI_SHOWING_H
#define ZHUCUN_AGENT_CLI_SHOWING_H

#include "record.h"

/* What this laptop did to the row: when by its clock, by whom, what, and whether the server has it. */
int show_history(struct record *r, const struct schema_table *t, const struct table_row *row, json_t *object,
                 struct err *err);
/* Members, open risks, clues without decision, latest visits, measures. */
int show_household(struct record *r, struct row_id id, json_t *object, struct err *err);

#endif
