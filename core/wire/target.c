/* target: where a bundle is pushed to. The agent computes the path alone, so that a resumed push needs no answer
 * of the first:
 *
 *   /v1/push/{origin: 16 hex}/{first}-{last}/{SHA-256 of the sealed bytes: 64 hex}
 *
 * One path for one bundle: lower-case digits, no leading zeros, nothing behind. Also here: the digest that names a
 * scope. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire_json.h"

static const char prefix[] = "/v1/push/";
static const uint64_t seq_most = (uint64_t)1 << 46; /* a row's number has 58 bits, 12 of them for the index */

int push_target_format(const struct push_target *t, char *out, size_t n)
{
    char hex[DIGEST_TEXT];
    digest_hex(&t->digest, hex);
    int length = snprintf(out, n, "%s%016" PRIx64 "/%" PRIu64 "-%" PRIu64 "/%s", prefix, t->origin, t->first, t->last, hex);
    return length > 0 && (size_t)length < n ? 0 : ERR_NOMEM;
}

/* Cuts the part before `stop` off *at. */
static int take_decimal(const char **at, char stop, uint64_t *out)
{
    const char *end = strchr(*at, stop);
    if (end == NULL || decimal_u64(*at, (size_t)(end - *at), out) != 0) return ERR_CORRUPT;
    *at = end + 1;
    return 0;
}

int push_target_parse(const char *path, struct push_target *t)
{
    size_t n = strlen(path);
    const char *at = path + sizeof prefix - 1;
    memset(t, 0, sizeof *t);
    if (n < sizeof prefix + 16 || strncmp(path, prefix, sizeof prefix - 1) != 0) return ERR_CORRUPT;
    if (hex_u64(at, 16, &t->origin) != 0 || t->origin == 0 || at[16] != '/') return ERR_CORRUPT;
    at += 17;
    if (take_decimal(&at, '-', &t->first) != 0 || take_decimal(&at, '/', &t->last) != 0) return ERR_CORRUPT;
    if (t->first == 0 || t->last < t->first || t->last >= seq_most) return ERR_CORRUPT;
    if (t->last - t->first >= BUNDLE_MAX_CHANGESETS) return ERR_CORRUPT;
    return digest_from_hex(at, strlen(at), &t->digest) == 0 ? 0 : ERR_CORRUPT;
}
