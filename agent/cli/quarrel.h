/* quarrel: what this laptop has been told about cells that are to be written — pairs that wait for somebody who knows
 * both values, and rulings against an own value. For whatever writes cells that a person has typed. */
#ifndef ZHUCUN_AGENT_CLI_QUARREL_H
#define ZHUCUN_AGENT_CLI_QUARREL_H

#include "capture.h"
#include "cli.h"

enum { QUARREL_MAX = 64 };
struct quarrel {
    int pairs[QUARREL_MAX];   /* columns: to write them as they stand says that they are right */
    size_t count;
};
/* Which of the cells are in dispute. */
int quarrel_find(struct cli *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                 struct quarrel *q, struct err *err);
/* A line for each cell that says again exactly what was ruled against: it is written, as a new entry. */
int quarrel_warn(struct cli *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                 struct err *err);

#endif
