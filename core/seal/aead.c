/* aead: see aead.h. A context is set up once a key; a message then costs its bytes and little more. */
#include "zhucun/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "sm.h"
#include "suite.h"

enum { NONCE_25519 = 12, SM4_KEY = 16, SM_KEYS = SM4_KEY + SM3_BYTES };

struct aead {
    enum seal_suite suite;
    EVP_CIPHER_CTX *sealing, *opening; /* suite 1, with the key in them */
    uint8_t keys[SM_KEYS];             /* suite 2 */
};

static int not_genuine(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "加密内容被改动，或密钥不对", "what was encrypted has been altered, or the key is not its key");
}

void aead_free(struct aead *a)
{
    if (a == NULL) return;
    EVP_CIPHER_CTX_free(a->sealing);
    EVP_CIPHER_CTX_free(a->opening);
    OPENSSL_cleanse(a, sizeof *a);
    free(a);
}

int aead_new(struct aead **out, enum seal_suite suite, const uint8_t key[AEAD_KEY], struct err *err)
{
    struct aead *a = *out = calloc(1, sizeof *a);
    if (a == NULL) return err_nomem(err);
    a->suite = suite;
    if (suite == SUITE_SM && sm3_kdf(key, AEAD_KEY, "zhucun aead", 11, a->keys, SM_KEYS) == 0) return 0;
    a->sealing = EVP_CIPHER_CTX_new();
    a->opening = EVP_CIPHER_CTX_new();
    if (suite == SUITE_25519 && a->sealing && a->opening &&
        EVP_EncryptInit_ex(a->sealing, EVP_chacha20_poly1305(), NULL, key, NULL) == 1 &&
        EVP_DecryptInit_ex(a->opening, EVP_chacha20_poly1305(), NULL, key, NULL) == 1)
        return 0;
    aead_free(a);
    *out = NULL;
    return seal_failed(err);
}

void aead_nonce_trim(enum seal_suite suite, uint8_t nonce[AEAD_NONCE])
{
    if (suite == SUITE_25519) memset(nonce + NONCE_25519, 0, AEAD_NONCE - NONCE_25519);
}

int aead_nonce(enum seal_suite suite, const struct env *env, uint8_t out[AEAD_NONCE], struct err *err)
{
    if (env->random(env->ctx, out, AEAD_NONCE) != 0) return seal_no_random(err);
    aead_nonce_trim(suite, out);
    return 0;
}

/* What a nonce is longer than ChaCha20's is zero, so that no byte of it can be altered unseen. */
static bool nonce_fits(const uint8_t nonce[AEAD_NONCE])
{
    static const uint8_t zero[AEAD_NONCE - NONCE_25519];
    return memcmp(nonce + NONCE_25519, zero, sizeof zero) == 0;
}

static int sm_mac(const struct aead *a, const uint8_t nonce[AEAD_NONCE], struct digest_part aad, const void *cipher, size_t n,
                  uint8_t mac[SM3_BYTES])
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)aad.n >> (56 - 8 * i));
    struct digest_part parts[] = {{length, 8}, aad, {nonce, AEAD_NONCE}, {cipher, n}};
    return sm3_keyed((struct digest_part){a->keys + SM4_KEY, SM3_BYTES}, parts, 4, mac);
}

int aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE], struct digest_part aad, const void *in, size_t n, void *out,
              uint8_t tag[AEAD_TAG], struct err *err)
{
    uint8_t mac[SM3_BYTES], end[AEAD_TAG];
    int len;
    if (a->suite == SUITE_SM) {
        if (sm4_ctr(a->keys, nonce, in, n, out) != 0 || sm_mac(a, nonce, aad, out, n, mac) != 0) return seal_failed(err);
        memcpy(tag, mac, AEAD_TAG);
        return 0;
    }
    EVP_CIPHER_CTX *c = a->sealing;
    int ok = nonce_fits(nonce) && n <= INT32_MAX && aad.n <= INT32_MAX && EVP_EncryptInit_ex(c, NULL, NULL, NULL, nonce) == 1 &&
             (aad.n == 0 || EVP_EncryptUpdate(c, NULL, &len, aad.bytes, (int)aad.n) == 1) &&
             (n == 0 || EVP_EncryptUpdate(c, out, &len, in, (int)n) == 1) && EVP_EncryptFinal_ex(c, end, &len) == 1 &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, tag) == 1;
    return ok ? 0 : seal_failed(err);
}

int aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE], struct digest_part aad, const void *in, size_t n, void *out,
              const uint8_t tag[AEAD_TAG], struct err *err)
{
    uint8_t mac[SM3_BYTES], copy[AEAD_TAG], end[AEAD_TAG];
    int len;
    if (a->suite == SUITE_SM) {
        if (sm_mac(a, nonce, aad, in, n, mac) != 0) return seal_failed(err);
        if (CRYPTO_memcmp(mac, tag, AEAD_TAG) != 0) return not_genuine(err);
        return sm4_ctr(a->keys, nonce, in, n, out) == 0 ? 0 : seal_failed(err);
    }
    if (!nonce_fits(nonce)) return not_genuine(err);
    EVP_CIPHER_CTX *c = a->opening;
    memcpy(copy, tag, AEAD_TAG);
    int ok = n <= INT32_MAX && aad.n <= INT32_MAX && EVP_DecryptInit_ex(c, NULL, NULL, NULL, nonce) == 1 &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, copy) == 1 &&
             (aad.n == 0 || EVP_DecryptUpdate(c, NULL, &len, aad.bytes, (int)aad.n) == 1) &&
             (n == 0 || EVP_DecryptUpdate(c, out, &len, in, (int)n) == 1);
    if (!ok) return seal_failed(err);
    return EVP_DecryptFinal_ex(c, end, &len) == 1 ? 0 : not_genuine(err);
}
