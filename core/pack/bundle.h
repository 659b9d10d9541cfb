/* bundle: what bundle.c and envelope.c share of the layout above bundle.c. */
#ifndef ZHUCUN_PACK_BUNDLE_H
#define ZHUCUN_PACK_BUNDLE_H

#include "zhucun/pack.h"

enum { CHECK_BYTES = 4 }; /* suite 0's in place of a signature */

void bundle_header_put(const struct bundle_header *h, struct buf *out);
void bundle_check_put(size_t start, struct buf *out); /* of what out has from `start` on */

#endif
