/* suite: what keys.c asks of a set of algorithms. suite_25519.c and suite_sm.c answer; the same contract tests run on
 * both. Inputs are of the right length and use when they come here. */
#ifndef ZHUCUN_SEAL_SUITE_H
#define ZHUCUN_SEAL_SUITE_H

#include "zhucun/keys.h"

struct suite_ops {
    size_t public_bytes;
    /* 0; negative: the secret, or the public key, is none of this suite. */
    int (*derive)(enum key_use use, const uint8_t secret[KEY_SECRET], uint8_t *public);
    int (*check)(enum key_use use, const uint8_t *public);
    int (*sign)(const struct key_pair *k, const void *bytes, size_t n, uint8_t out[SIGNATURE_BYTES]);
    bool (*holds)(const uint8_t *public, const void *bytes, size_t n, const uint8_t signature[SIGNATURE_BYTES]);
    int (*seal)(const uint8_t *public, const struct env *env, struct digest_part info, struct digest_part aad,
                const void *plain, size_t n, struct buf *out);
    /* 0, 1: not genuine, negative: cannot */
    int (*open)(const struct key_pair *k, struct digest_part info, struct digest_part aad, const void *sealed, size_t n,
                struct buf *out);
};

const struct suite_ops *suite_find(enum seal_suite suite); /* NULL: none */
extern const struct suite_ops suite_25519, suite_sm;

/* aead.c: of 16 random bytes those that the suite has no use for to 0. */
void aead_nonce_trim(enum seal_suite suite, uint8_t nonce[16]);

/* secret.c: what OpenSSL and the system say no to. */
int seal_failed(struct err *err);
int seal_no_random(struct err *err);

/* hpke.c: the single shot of RFC 9180 with a given ephemeral secret, so that its vectors can be checked. */
int hpke_seal(const uint8_t ephemeral[KEY_SECRET], const uint8_t to[32], struct digest_part info, struct digest_part aad,
              const void *plain, size_t n, struct buf *out);
int hpke_open(const uint8_t secret[KEY_SECRET], const uint8_t public[32], struct digest_part info, struct digest_part aad,
              const void *sealed, size_t n, struct buf *out); /* as `open` */
int x25519_public(const uint8_t secret[KEY_SECRET], uint8_t public[32]);

#endif
