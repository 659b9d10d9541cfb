/* sm: see sm.h. */
#include "sm.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

int sm3_of_parts(const struct digest_part *parts, size_t count, uint8_t out[SM3_BYTES])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sm3(), NULL) == 1;
    for (size_t i = 0; i < count && ok; i++) ok = EVP_DigestUpdate(ctx, parts[i].bytes, parts[i].n) == 1;
    ok = ok && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return ok ? 0 : -1;
}

int sm3_keyed(struct digest_part key, const struct digest_part *parts, size_t count, uint8_t out[SM3_BYTES])
{
    char name[] = "SM3";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    size_t n;
    int ok = ctx && EVP_MAC_init(ctx, key.bytes, key.n, params) == 1;
    for (size_t i = 0; i < count && ok; i++) ok = EVP_MAC_update(ctx, parts[i].bytes, parts[i].n) == 1;
    ok = ok && EVP_MAC_final(ctx, out, &n, SM3_BYTES) == 1;
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return ok ? 0 : -1;
}

int sm3_kdf(const void *secret, size_t secret_n, const void *info, size_t info_n, uint8_t *out, size_t n)
{
    char name[] = "SM3";
    union { const void *in; void *param; } key = {secret}, more = {info}; /* OSSL_PARAM has no const, and only reads */
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.param, secret_n),
                           OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, more.param, info_n),
                           OSSL_PARAM_construct_end()};
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "X963KDF", NULL);
    EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    int ok = ctx && EVP_KDF_derive(ctx, out, n, params) == 1;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok ? 0 : -1;
}

int sm4_ctr(const uint8_t key[16], const uint8_t counter[16], const void *in, size_t n, void *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int len, ok = ctx && n <= INT32_MAX && EVP_EncryptInit_ex(ctx, EVP_sm4_ctr(), NULL, key, counter) == 1 &&
                  (n == 0 || EVP_EncryptUpdate(ctx, out, &len, in, (int)n) == 1);
    EVP_CIPHER_CTX_free(ctx);
    return ok ? 0 : -1;
}
