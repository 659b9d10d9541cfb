/* Any bytes as a canonical changeset: what decodes must encode to the very same bytes, or the hash chain would
 * have two forms for one thing. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "zhucun/change.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena;
    struct changeset cs;
    struct buf out;
    struct err err;
    arena_init(&arena, 16 * 1024 * 1024);
    buf_init(&out, CHANGE_MAX_BYTES + 1);
    if (changeset_decode(7, bytes, n, &arena, &cs, &err) == 0) {
        if (changeset_encode(&cs, &out, &err) || out.len != n || memcmp(out.data, bytes, n) != 0) abort();
    }
    buf_free(&out);
    arena_free(&arena);
    return 0;
}
