/* wire_scope: what a laptop holds, as it stands in a pull answer (layout above pull.c) and as a digest in a request. */
#ifndef ZHUCUN_WIRE_SCOPE_H
#define ZHUCUN_WIRE_SCOPE_H

#include "zhucun/wire.h"

bool scope_fits(const struct pull_answer *a); /* ascending, no doubles, within the limits: what a decoder takes */
void scope_encode(const struct pull_answer *a, struct buf *out);
int scope_decode(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err);

#endif
