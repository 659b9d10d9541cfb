/* tally: a laptop's tallies of visits against the server's (zhucun/tally.h). */
#ifndef ZHUCUN_OUTFLOW_TALLY_H
#define ZHUCUN_OUTFLOW_TALLY_H

#include "outflow.h"

/* Inside the answer's snapshot, a->received filled in. Those that differ go into the answer; what is to be kept of it,
 * into notes. */
int tally_compare(struct store *s, const struct pull_request *q, struct arena *arena, struct pull_answer *a,
                  struct tally_notes *notes, struct err *err);

#endif
