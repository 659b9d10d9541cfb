/* inbox_count: how many things wait for a person here; for status. */
#ifndef ZHUCUN_AGENT_CLI_INBOX_COUNT_H
#define ZHUCUN_AGENT_CLI_INBOX_COUNT_H

#include "cli.h"

int inbox_count(struct cli *c, uint64_t *count, struct err *err);

#endif
