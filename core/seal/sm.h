/* sm: the symmetric algorithms of the second suite — SM3 (GM/T 0004), HMAC with it (RFC 2104), X9.63's key derivation
 * with it (GM/T 0003.4, 5.4.3), SM4 in counter mode (GM/T 0002). Each 0, or negative when OpenSSL has it not. */
#ifndef ZHUCUN_SEAL_SM_H
#define ZHUCUN_SEAL_SM_H

#include "zhucun/seal.h"

enum { SM3_BYTES = 32 };

int sm3_of_parts(const struct digest_part *parts, size_t count, uint8_t out[SM3_BYTES]);
int sm3_keyed(struct digest_part key, const struct digest_part *parts, size_t count, uint8_t out[SM3_BYTES]);
int sm3_kdf(const void *secret, size_t secret_n, const void *info, size_t info_n, uint8_t *out, size_t n);
int sm4_ctr(const uint8_t key[16], const uint8_t counter[16], const void *in, size_t n, void *out); /* both ways */

#endif
