/* hpke: RFC 9180 in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, single shot (6.1).
 *
 *   suite id of the KEM   "KEM" ‖ 0x0020                    of HPKE   "HPKE" ‖ 0x0020 ‖ 0x0001 ‖ 0x0003
 *   LabeledExtract(salt, label, ikm)     = Extract(salt, "HPKE-v1" ‖ suite id ‖ label ‖ ikm)                (4)
 *   LabeledExpand(prk, label, info, L)   = Expand(prk, L ‖ "HPKE-v1" ‖ suite id ‖ label ‖ info, L)          (4)
 *   shared_secret    from dh(skE, pkR) and kem_context = enc ‖ pkRm                                          (4.1)
 *   key, base_nonce  from shared_secret and 0x00 ‖ psk_id_hash ‖ info_hash                                   (5.1)
 *
 * All lengths asked for are at most one block of SHA-256, so that Expand is one HMAC over … ‖ 0x01 (RFC 5869, 2.3). */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "suite.h"

enum { ENC = 32, KEY = 32, NONCE = 12, TAG = 16, PARTS = 6 };

static const struct digest_part kem_id = {"KEM\0\x20", 5}, hpke_id = {"HPKE\0\x20\0\x01\0\x03", 10};
static const struct digest_part nothing = {"", 0};

static struct digest_part text(const char *s)
{
    return (struct digest_part){s, strlen(s)};
}

static void extract(struct digest_part salt, struct digest_part id, const char *label, struct digest_part ikm,
                    struct digest *prk)
{
    digest_keyed_parts(salt, (struct digest_part[]){text("HPKE-v1"), id, text(label), ikm}, 4, prk);
}

/* n ≤ 32 bytes. */
static void expand(const struct digest *prk, struct digest_part id, const char *label, struct digest_part info, uint8_t n,
                   uint8_t *out)
{
    uint8_t length[2] = {0, n};
    struct digest d;
    struct digest_part parts[PARTS] = {{length, 2}, text("HPKE-v1"), id, text(label), info, {"\x01", 1}};
    digest_keyed_parts((struct digest_part){prk->bytes, DIGEST_BYTES}, parts, PARTS, &d);
    memcpy(out, d.bytes, n);
    OPENSSL_cleanse(&d, sizeof d);
}

/* 0; negative: also for a point of small order, whose result would be zero (7.1.4). */
static int diffie_hellman(const uint8_t secret[KEY_SECRET], const uint8_t public[ENC], uint8_t out[32])
{
    size_t n = 32;
    EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, KEY_SECRET);
    EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public, ENC);
    EVP_PKEY_CTX *ctx = mine ? EVP_PKEY_CTX_new(mine, NULL) : NULL;
    int ok = ctx && theirs && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
             EVP_PKEY_derive(ctx, out, &n) == 1 && n == 32;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(mine);
    return ok ? 0 : -1;
}

struct context {
    uint8_t key[KEY], nonce[NONCE];
};

static void schedule(const uint8_t dh[32], const uint8_t enc[ENC], const uint8_t to[ENC], struct digest_part info,
                     struct context *out)
{
    struct digest prk, psk_id, info_hash, secret;
    uint8_t both[2 * ENC], shared[32], context[1 + 2 * DIGEST_BYTES] = {0}; /* 0: mode_base */
    const struct digest_part kem_context = {both, sizeof both}, schedule_context = {context, sizeof context};
    memcpy(both, enc, ENC);
    memcpy(both + ENC, to, ENC);
    extract(nothing, kem_id, "eae_prk", (struct digest_part){dh, 32}, &prk);
    expand(&prk, kem_id, "shared_secret", kem_context, sizeof shared, shared);
    extract(nothing, hpke_id, "psk_id_hash", nothing, &psk_id);
    extract(nothing, hpke_id, "info_hash", info, &info_hash);
    memcpy(context + 1, psk_id.bytes, DIGEST_BYTES);
    memcpy(context + 1 + DIGEST_BYTES, info_hash.bytes, DIGEST_BYTES);
    extract((struct digest_part){shared, sizeof shared}, hpke_id, "secret", nothing, &secret);
    expand(&secret, hpke_id, "key", schedule_context, KEY, out->key);
    expand(&secret, hpke_id, "base_nonce", schedule_context, NONCE, out->nonce);
    OPENSSL_cleanse(&prk, sizeof prk);
    OPENSSL_cleanse(shared, sizeof shared);
    OPENSSL_cleanse(&secret, sizeof secret);
}

/* The first and only message of a context: its nonce is base_nonce as it is. 0; 1 not genuine; negative. */
static int cipher(bool sealing, const struct context *c, struct digest_part aad, const uint8_t *in, size_t n, uint8_t *out,
                  uint8_t *tag)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t end[TAG]; /* a stream cipher: nothing comes at the end */
    int len, ok = ctx && n <= INT32_MAX && aad.n <= INT32_MAX &&
                  EVP_CipherInit_ex(ctx, EVP_chacha20_poly1305(), NULL, c->key, c->nonce, sealing) == 1 &&
                  (aad.n == 0 || EVP_CipherUpdate(ctx, NULL, &len, aad.bytes, (int)aad.n) == 1) &&
                  (sealing || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
                  (n == 0 || EVP_CipherUpdate(ctx, out, &len, in, (int)n) == 1);
    int genuine = ok && EVP_CipherFinal_ex(ctx, end, &len) == 1;
    ok = ok && genuine && sealing ? EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1 : ok;
    EVP_CIPHER_CTX_free(ctx);
    return !ok ? -1 : genuine ? 0 : 1;
}

int hpke_seal(const uint8_t ephemeral[KEY_SECRET], const uint8_t to[ENC], struct digest_part info, struct digest_part aad,
              const void *plain, size_t n, struct buf *out)
{
    struct context c;
    uint8_t enc[ENC], dh[32];
    int rc = x25519_public(ephemeral, enc);
    if (rc == 0) rc = diffie_hellman(ephemeral, to, dh);
    if (rc == 0) schedule(dh, enc, to, info, &c);
    uint8_t *at = rc == 0 ? buf_reserve(out, ENC + n + TAG) : NULL;
    if (rc == 0 && at == NULL) rc = -1;
    if (rc == 0) rc = cipher(true, &c, aad, plain, n, at + ENC, at + ENC + n);
    if (rc == 0) {
        memcpy(at, enc, ENC);
        out->len += ENC + n + TAG;
    }
    OPENSSL_cleanse(dh, sizeof dh);
    OPENSSL_cleanse(&c, sizeof c);
    return rc;
}

int hpke_open(const uint8_t secret[KEY_SECRET], const uint8_t public[ENC], struct digest_part info, struct digest_part aad,
              const void *sealed, size_t n, struct buf *out)
{
    struct context c;
    const uint8_t *enc = sealed;
    uint8_t dh[32], tag[TAG];
    if (n < ENC + TAG || diffie_hellman(secret, enc, dh) != 0) return 1;
    size_t inside = n - ENC - TAG;
    uint8_t *at = buf_reserve(out, inside + 1);
    schedule(dh, enc, public, info, &c);
    memcpy(tag, enc + ENC + inside, TAG);
    int rc = at == NULL ? -1 : cipher(false, &c, aad, enc + ENC, inside, at, tag);
    if (rc == 0) out->len += inside;
    if (rc == 1) OPENSSL_cleanse(at, inside);
    OPENSSL_cleanse(dh, sizeof dh);
    OPENSSL_cleanse(&c, sizeof c);
    return rc;
}
