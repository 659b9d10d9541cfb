/* syncing: one round of sync as enrol and sync run it, with a progress line and a summary. */
#ifndef ZHUCUN_AGENT_CLI_SYNCING_H
#define ZHUCUN_AGENT_CLI_SYNCING_H

#include "cli.h"
#include "sync.h"

enum { SYNCING_LOW_SPEED_S = 30 };

int syncing_run(struct cli *c, const struct transport *t, bool push_only, int64_t timeout_s, struct sync_report *report,
              struct err *err);
void syncing_print(struct cli *c, const struct transport *t, const struct sync_report *report);

#endif
