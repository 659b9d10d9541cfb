/* Any bytes as a bundle. The checksum at the end is mended first, or nothing behind it would ever be reached. What
 * unpacks must pack again and unpack to the same canonical changesets. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "zhucun/pack.h"

static void canonical(const struct changeset *list, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (changeset_encode(&list[i], out, NULL)) abort();
    }
}

static void round_trip(const struct changeset *list, size_t count)
{
    struct buf first, second, packed;
    struct arena arena;
    struct bundle_header header;
    struct changeset *again;
    size_t n;
    struct digest h;
    chain_start(list[0].origin, &h);
    buf_init(&first, BUNDLE_MAX_INFLATED * 2);
    buf_init(&second, BUNDLE_MAX_INFLATED * 2);
    buf_init(&packed, BUNDLE_MAX_BYTES);
    arena_init(&arena, BUNDLE_MAX_ARENA);
    canonical(list, count, &first);
    if (bundle_pack(list, count, &h, 1, &packed, NULL) == 0) {
        if (bundle_unpack(packed.data, packed.len, &arena, &header, &again, &n, NULL) || n != count) abort();
        canonical(again, n, &second);
        if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0) abort();
    }
    arena_free(&arena);
    buf_free(&packed);
    buf_free(&second);
    buf_free(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena;
    struct bundle_header header;
    struct changeset *list;
    size_t count;
    struct err err;
    if (n < 4 || n > 1 << 20) return 0;
    uint8_t *mended = malloc(n);
    if (!mended) return 0;
    memcpy(mended, bytes, n);
    struct digest check;
    digest_of(mended, n - 4, &check);
    memcpy(mended + n - 4, check.bytes, 4);
    arena_init(&arena, 64 * 1024 * 1024);
    if (bundle_unpack(mended, n, &arena, &header, &list, &count, &err) == 0) round_trip(list, count);
    arena_free(&arena);
    free(mended);
    return 0;
}
