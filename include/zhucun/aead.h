/* aead: keys that stay at home — pages and files at rest, and the wrapping of one key by another.
 *
 *   suite 1   ChaCha20-Poly1305 (RFC 8439), the nonce's first 12 bytes; the other 4 are 0
 *   suite 2   SM4-CTR with the nonce as first counter block, then the first 16 bytes of HMAC-SM3 over u64 length of aad,
 *             aad, nonce, ciphertext; both keys (16, 32) by X9.63's function with SM3 over key ‖ "zhucun aead"
 *
 * A nonce must not serve twice under one key: random ones are good for 2^32 messages (suite 1) under a key. */
#ifndef ZHUCUN_AEAD_H
#define ZHUCUN_AEAD_H

#include "zhucun/env.h"
#include "zhucun/err.h"
#include "zhucun/seal.h"

enum { AEAD_KEY = 32, AEAD_NONCE = 16, AEAD_TAG = 16 };

struct aead; /* a key at work; one thread at a time */

int aead_new(struct aead **out, enum seal_suite suite, const uint8_t key[AEAD_KEY], struct err *err);
void aead_free(struct aead *a);
int aead_nonce(enum seal_suite suite, const struct env *env, uint8_t out[AEAD_NONCE], struct err *err); /* a random one */
/* `in` and `out` may be the same. */
int aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE], struct digest_part aad, const void *in, size_t n, void *out,
              uint8_t tag[AEAD_TAG], struct err *err);
/* ERR_CORRUPT: not what was sealed under this key; `out` then holds nothing of use. */
int aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE], struct digest_part aad, const void *in, size_t n, void *out,
              const uint8_t tag[AEAD_TAG], struct err *err);

/* A key for one purpose from another: HKDF-Expand (RFC 5869, 2.3) with SHA-256, or SM3 for suite 2. */
int key_derive(enum seal_suite suite, const uint8_t key[AEAD_KEY], const char *purpose, uint8_t out[AEAD_KEY],
               struct err *err);

/* scrypt (RFC 7914). N is 2^log_n; memory 128 · 2^log_n · r bytes. */
struct stretch {
    uint8_t salt[16];
    unsigned log_n, r, p;
};
/* What new passphrases are given: 2^15, 8, 1 — 32 MiB, about a tenth of a second on a laptop of today. */
int stretch_new(const struct env *env, struct stretch *out, struct err *err);
int stretch_key(const struct stretch *s, const void *passphrase, size_t n, uint8_t out[AEAD_KEY], struct err *err);

/* A key under another: nonce ‖ ciphertext ‖ tag. `aad` says whose it is. */
enum { WRAPPED_KEY = AEAD_NONCE + AEAD_KEY + AEAD_TAG };
int key_wrap(enum seal_suite suite, const uint8_t with[AEAD_KEY], const struct env *env, struct digest_part aad,
             const uint8_t key[AEAD_KEY], uint8_t out[WRAPPED_KEY], struct err *err);
int key_unwrap(enum seal_suite suite, const uint8_t with[AEAD_KEY], struct digest_part aad,
               const uint8_t wrapped[WRAPPED_KEY], uint8_t out[AEAD_KEY], struct err *err);

/* What db_open_sealed() wants: pages by aead, with the nonce and the tag beside them, and single blocks by AES-256 or SM4.
 * Both keys follow from `key`. Wiped and freed by page_cipher_free. */
struct db_cipher;
int page_cipher_new(struct db_cipher **out, enum seal_suite suite, const uint8_t key[AEAD_KEY], const struct env *env,
                    struct err *err);
void page_cipher_free(struct db_cipher *c);

void secret_forget(void *bytes, size_t n); /* overwritten, and not left out by a compiler */

#endif
