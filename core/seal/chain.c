/* chain: the hash chain over an origin's canonical changesets (seal.h states the formula). */
#include "zhucun/seal.h"

void chain_start(uint64_t origin, struct digest *out)
{
    static const char label[] = "zhucun log";
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(origin >> (56 - 8 * i));
    digest_of_parts((struct digest_part[]){{label, sizeof label - 1}, {bytes, sizeof bytes}}, 2, out);
}

void chain_next(struct digest *h, const void *changeset, size_t n)
{
    struct digest before = *h;
    digest_of_parts((struct digest_part[]){{before.bytes, DIGEST_BYTES}, {changeset, n}}, 2, h);
}
