/* keys: who wrote (signatures), and who alone may read (sealed boxes). One suite for a whole installation, chosen at the
 * server's `init`; its number stands in every message that it seals.
 *
 *   suite 1, 25519   signature   Ed25519 (RFC 8032, 5.1), pure
 *                    box         HPKE base mode, single shot (RFC 9180, 6.1): DHKEM(X25519, HKDF-SHA256) 0x0020,
 *                                HKDF-SHA256 0x0001, ChaCha20-Poly1305 0x0003; enc (32) ‖ ciphertext ‖ tag (16)
 *   suite 2, SM      signature   SM2 with SM3 (GM/T 0003.2, GM/T 0009 with the default signer id 1234567812345678), r ‖ s
 *                    box         SM2 encryption (GM/T 0003.4) of a fresh 32-byte secret, as u8 length ‖ SM2Cipher
 *                                (GM/T 0009, 7.2), then SM4-CTR (GM/T 0002) with HMAC-SM3 (GM/T 0004, RFC 2104) over aad and
 *                                ciphertext, both keys by X9.63's function with SM3 (GM/T 0003.4, 5.4.3)
 *
 * A pair is 32 secret bytes and what follows from them. Secrets are wiped by whoever holds them: key_forget(). */
#ifndef ZHUCUN_KEYS_H
#define ZHUCUN_KEYS_H

#include "zhucun/buf.h"
#include "zhucun/env.h"
#include "zhucun/err.h"
#include "zhucun/seal.h"

enum { KEY_SECRET = 32, KEY_PUBLIC_MAX = 65, SIGNATURE_BYTES = 64 };
enum key_use { KEY_SIGN, KEY_BOX };

struct public_key {
    enum seal_suite suite;
    enum key_use use;
    uint8_t bytes[KEY_PUBLIC_MAX]; /* key_public_bytes() of them */
};

struct key_pair {
    struct public_key public;
    uint8_t secret[KEY_SECRET];
};

/* 32 for suite 1; 65 for suite 2 (an uncompressed point, 0x04 ‖ x ‖ y); 0: no such suite. */
size_t key_public_bytes(enum seal_suite suite);

int key_make(enum seal_suite suite, enum key_use use, const struct env *env, struct key_pair *out, struct err *err);
/* The pair of a secret that was stored; ERR_CORRUPT when it is none of that suite. */
int key_from_secret(enum seal_suite suite, enum key_use use, const uint8_t secret[KEY_SECRET], struct key_pair *out,
                    struct err *err);
/* A public key that came from outside: ERR_REFUSED unless it is one of the suite. */
int key_from_public(enum seal_suite suite, enum key_use use, const void *bytes, size_t n, struct public_key *out,
                    struct err *err);
bool key_equal(const struct public_key *a, const struct public_key *b);
/* First 16 bytes of SHA-256 over suite, use and key, in hex: by which people compare keys and files name them. */
enum { KEY_NAME = 33 };
void key_name(const struct public_key *k, char out[KEY_NAME]);
/* As text: lower-case hex. `read`: as key_from_public. */
enum { KEY_TEXT = 2 * KEY_PUBLIC_MAX + 1 };
void key_to_text(const struct public_key *k, char out[KEY_TEXT]);
int key_from_text(enum seal_suite suite, enum key_use use, const char *text, struct public_key *out, struct err *err);
void key_forget(struct key_pair *k);

int sign_bytes(const struct key_pair *k, const void *bytes, size_t n, uint8_t out[SIGNATURE_BYTES], struct err *err);
/* True: by that key, over exactly these bytes. Whatever is wrong, also a key of another use, is false. */
bool sign_holds(const struct public_key *k, const void *bytes, size_t n, const uint8_t signature[SIGNATURE_BYTES]);

/* Bytes that a box is longer than what is in it, at most. */
enum { BOX_OVERHEAD_MAX = 240 };
/* Appends to `out`. `info` binds the box to its purpose, `aad` to what stands beside it; either may be empty. */
int box_seal(const struct public_key *to, const struct env *env, struct digest_part info, struct digest_part aad,
             const void *plain, size_t n, struct buf *out, struct err *err);
/* Appends to `out`. ERR_CORRUPT: not for this key, or not as it was sealed; then nothing is appended. */
int box_open(const struct key_pair *k, struct digest_part info, struct digest_part aad, const void *sealed, size_t n,
             struct buf *out, struct err *err);

#endif
