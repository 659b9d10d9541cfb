/* suite_25519: Ed25519 signatures (RFC 8032) and boxes by HPKE (hpke.c). */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "suite.h"

enum { PUBLIC = 32 };

static int public_of(int type, const uint8_t secret[KEY_SECRET], uint8_t *public)
{
    size_t n = PUBLIC;
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(type, NULL, secret, KEY_SECRET);
    int ok = k && EVP_PKEY_get_raw_public_key(k, public, &n) == 1 && n == PUBLIC;
    EVP_PKEY_free(k);
    return ok ? 0 : -1;
}

int x25519_public(const uint8_t secret[KEY_SECRET], uint8_t public[PUBLIC])
{
    return public_of(EVP_PKEY_X25519, secret, public);
}

static int derive(enum key_use use, const uint8_t secret[KEY_SECRET], uint8_t *public)
{
    return public_of(use == KEY_SIGN ? EVP_PKEY_ED25519 : EVP_PKEY_X25519, secret, public);
}

/* Any 32 bytes are a key of X25519; a point of small order shows when it is used (RFC 9180, 7.1.4). The all-zero key is
 * what an empty field would be. */
static int check(enum key_use use, const uint8_t *public)
{
    static const uint8_t zero[PUBLIC];
    EVP_PKEY *k = EVP_PKEY_new_raw_public_key(use == KEY_SIGN ? EVP_PKEY_ED25519 : EVP_PKEY_X25519, NULL, public, PUBLIC);
    EVP_PKEY_free(k);
    return k && memcmp(public, zero, PUBLIC) != 0 ? 0 : -1;
}

static int sign(const struct key_pair *k, const void *bytes, size_t n, uint8_t out[SIGNATURE_BYTES])
{
    size_t len = SIGNATURE_BYTES;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->secret, KEY_SECRET);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int ok = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
             EVP_DigestSign(ctx, out, &len, bytes, n) == 1 && len == SIGNATURE_BYTES;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}

static bool holds(const uint8_t *public, const void *bytes, size_t n, const uint8_t signature[SIGNATURE_BYTES])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, PUBLIC);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(ctx, signature, SIGNATURE_BYTES, bytes, n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

static int seal(const uint8_t *public, const struct env *env, struct digest_part info, struct digest_part aad,
                const void *plain, size_t n, struct buf *out)
{
    uint8_t ephemeral[KEY_SECRET];
    int rc = env->random(env->ctx, ephemeral, sizeof ephemeral);
    if (rc == 0) rc = hpke_seal(ephemeral, public, info, aad, plain, n, out);
    OPENSSL_cleanse(ephemeral, sizeof ephemeral);
    return rc;
}

static int open_box(const struct key_pair *k, struct digest_part info, struct digest_part aad, const void *sealed, size_t n,
                    struct buf *out)
{
    return hpke_open(k->secret, k->public.bytes, info, aad, sealed, n, out);
}

const struct suite_ops suite_25519 = {.public_bytes = PUBLIC, .derive = derive, .check = check, .sign = sign,
                                      .holds = holds, .seal = seal, .open = open_box};
