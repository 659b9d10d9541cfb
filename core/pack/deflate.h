/* deflate: raw deflate (RFC 1951) with a preset dictionary, and an inflate that is capped. The only file that
 * includes zlib is deflate.c. */
#ifndef ZHUCUN_PACK_DEFLATE_H
#define ZHUCUN_PACK_DEFLATE_H

#include "zhucun/buf.h"

int deflate_bytes(int dictionary, int level, const void *bytes, size_t n, struct buf *out);
/* Writes exactly `size` bytes to `to`: a stream that yields fewer or more, or does not use up its input, is
 * ERR_CORRUPT. */
int inflate_bytes(int dictionary, const void *bytes, size_t n, void *to, size_t size);

#endif
