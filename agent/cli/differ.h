/* differ: where the server counts other visits of this laptop; for verify. */
#ifndef ZHUCUN_AGENT_CLI_DIFFER_H
#define ZHUCUN_AGENT_CLI_DIFFER_H

#include <jansson.h>

#include "cli.h"

/* One line a month and author, the ids below it; *months: how many. */
int differ_print(struct cli *c, uint64_t *months, struct err *err);
int differ_json(struct cli *c, json_t **list, struct err *err); /* yours to release */

#endif
