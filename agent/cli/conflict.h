/* conflict: what this laptop can tell about conflicts — quarantined changesets, and own values that the server does
 * not show. One that has been changed since is settled and no longer counted. */
#ifndef ZHUCUN_AGENT_CLI_CONFLICT_H
#define ZHUCUN_AGENT_CLI_CONFLICT_H

#include "cli.h"

int conflict_count(struct cli *c, uint64_t *count, struct err *err);

#endif
