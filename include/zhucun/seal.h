/* seal: hashes, and the chain over them; keys.h has signatures and boxes, aead.h what is encrypted at home. The only
 * module that knows OpenSSL.
 * The log's chain: h(0) = SHA-256("zhucun log" ‖ origin as 8 bytes big-endian), h(n) = SHA-256(h(n−1) ‖
 * canonical changeset n). FIPS 180-4. */
#ifndef ZHUCUN_SEAL_H
#define ZHUCUN_SEAL_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32, DIGEST_TEXT = 65 };
enum seal_suite { SUITE_NONE = 0, SUITE_25519 = 1, SUITE_SM = 2 };

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

struct digest_part {
    const void *bytes;
    size_t n;
};

void digest_of(const void *bytes, size_t n, struct digest *out);
void digest_of_parts(const struct digest_part *parts, size_t count, struct digest *out);
/* HMAC-SHA256 (RFC 2104): tells two equal secrets apart from others without being either. */
void digest_keyed(const void *key, size_t key_n, const void *bytes, size_t n, struct digest *out);
void digest_keyed_parts(struct digest_part key, const struct digest_part *parts, size_t count, struct digest *out);
void digest_hex(const struct digest *d, char out[DIGEST_TEXT]);
int digest_from_hex(const char *hex, size_t n, struct digest *out);
int digest_equal(const struct digest *a, const struct digest *b); /* constant time; non-zero: equal */

/* RFC 4648, 4. `put`: writes 4 for each 3 bytes begun, and a NUL; its length. `get`: length of what was written, 0 for
 * anything that is not exactly such text, or has no room. */
size_t base64_put(const void *bytes, size_t n, char *out);
size_t base64_get(const char *text, size_t n, void *out, size_t room);
/* Lower-case hex digits: 2n of them and a NUL. `get`: 0, or −1 unless the text is just n bytes' worth. */
void hex_put(const void *bytes, size_t n, char *out);
int hex_get(const char *text, void *out, size_t n);

void chain_start(uint64_t origin, struct digest *out);
void chain_next(struct digest *h, const void *changeset, size_t n); /* h(n−1) in, h(n) out */

/* First eight bytes, big-endian: enough to tell rows and branches apart by accident, not against an enemy. */
uint64_t digest_short(const struct digest *d);

#endif
