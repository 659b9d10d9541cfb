/* announce: what will become of a write, said before it is sent: what is for somebody else to decide is a proposal; a
 * reply comes after its order's day, or to an order that is closed. Never a refusal: the server decides and keeps all. */
#ifndef ZHUCUN_AGENT_CLI_ANNOUNCE_H
#define ZHUCUN_AGENT_CLI_ANNOUNCE_H

#include "cli.h"

/* Of the own changeset `seq`, a line on stderr for each; 0: nothing was written. */
void announce(struct cli *c, uint64_t seq);

#endif
