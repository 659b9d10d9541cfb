/* suite_sm: SM2 signatures with SM3, and boxes by SM2 encryption with SM4-CTR and HMAC-SM3 (keys.h states the form).
 *
 * A box: u8 n ‖ n bytes SM2Cipher of a fresh secret ‖ SM4-CTR ciphertext ‖ HMAC-SM3 (32).
 *   keys   X9.63 KDF with SM3 over secret ‖ SM3(SM2Cipher ‖ info): 16 for SM4, 16 first counter block, 32 for the HMAC
 *   HMAC   over u64 length of aad ‖ aad ‖ ciphertext */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <string.h>

#include "sm.h"
#include "suite.h"

enum { PUBLIC = 65, HALF = 32, CIPHER_MAX = 160, KEYS = 64 };
static const char signer[] = "1234567812345678";

/* ---- keys ---- */

static EVP_PKEY *key_of(const uint8_t *public, const uint8_t *secret)
{
    EVP_PKEY *key = NULL;
    BIGNUM *d = secret ? BN_secure_new() : NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (!b || !ctx || (secret && (!d || !BN_bin2bn(secret, KEY_SECRET, d)))) goto done;
    if (OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) != 1) goto done;
    if (OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, public, PUBLIC) != 1) goto done;
    if (secret && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1) goto done;
    params = OSSL_PARAM_BLD_to_param(b);
    if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
done:
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    EVP_PKEY_CTX_free(ctx);
    BN_clear_free(d);
    return key;
}

/* d·G, for 0 < d < n − 1 (GM/T 0003.1, 6.1). */
static int derive(enum key_use use, const uint8_t secret[KEY_SECRET], uint8_t *public)
{
    (void)use;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    EC_POINT *point = group ? EC_POINT_new(group) : NULL;
    BIGNUM *d = BN_secure_new(), *most = BN_new();
    int ok = point && d && most && BN_bin2bn(secret, KEY_SECRET, d) && BN_sub(most, EC_GROUP_get0_order(group), BN_value_one()) &&
             !BN_is_zero(d) && BN_cmp(d, most) < 0 && EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
             EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, public, PUBLIC, NULL) == PUBLIC;
    BN_free(most);
    BN_clear_free(d);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return ok ? 0 : -1;
}

static int check(enum key_use use, const uint8_t *public)
{
    (void)use;
    EVP_PKEY *key = public[0] == 0x04 ? key_of(public, NULL) : NULL;
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    int ok = ctx && EVP_PKEY_public_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}

/* ---- signatures ---- */

static int sign(const struct key_pair *k, const void *bytes, size_t n, uint8_t out[SIGNATURE_BYTES])
{
    uint8_t der[CIPHER_MAX];
    const uint8_t *at = der;
    size_t len = sizeof der;
    EVP_PKEY *key = key_of(k->public.bytes, k->secret);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    ECDSA_SIG *pair = NULL;
    int ok = key && ctx && EVP_DigestSignInit(ctx, &how, EVP_sm3(), NULL, key) == 1 &&
             EVP_PKEY_CTX_set1_id(how, signer, sizeof signer - 1) == 1 && EVP_DigestSign(ctx, der, &len, bytes, n) == 1 &&
             (pair = d2i_ECDSA_SIG(NULL, &at, (long)len)) != NULL &&
             BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, HALF) == HALF &&
             BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + HALF, HALF) == HALF;
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? 0 : -1;
}

/* r ‖ s as the DER that OpenSSL reads; its length, or 0. */
static size_t signature_der(const uint8_t signature[SIGNATURE_BYTES], uint8_t der[CIPHER_MAX])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, HALF, NULL), *s = BN_bin2bn(signature + HALF, HALF, NULL);
    uint8_t *at = der;
    int len = 0;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* the pair's now */
        len = i2d_ECDSA_SIG(pair, NULL) <= CIPHER_MAX ? i2d_ECDSA_SIG(pair, &at) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool holds(const uint8_t *public, const void *bytes, size_t n, const uint8_t signature[SIGNATURE_BYTES])
{
    uint8_t der[CIPHER_MAX];
    size_t len = signature_der(signature, der);
    EVP_PKEY *key = key_of(public, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    bool ok = len && key && ctx && EVP_DigestVerifyInit(ctx, &how, EVP_sm3(), NULL, key) == 1 &&
              EVP_PKEY_CTX_set1_id(how, signer, sizeof signer - 1) == 1 && EVP_DigestVerify(ctx, der, len, bytes, n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

/* ---- boxes ---- */

/* SM2 encryption or decryption. 0; 1 it does not decrypt. */
static int asymmetric(bool sealing, EVP_PKEY *key, const uint8_t *in, size_t n, uint8_t *out, size_t *out_n)
{
    EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    int ok = ctx && (sealing ? EVP_PKEY_encrypt_init(ctx) : EVP_PKEY_decrypt_init(ctx)) == 1 &&
             (sealing ? EVP_PKEY_encrypt(ctx, out, out_n, in, n) : EVP_PKEY_decrypt(ctx, out, out_n, in, n)) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok ? 0 : 1;
}

static int box_keys(const uint8_t secret[KEY_SECRET], const uint8_t *cipher, size_t n, struct digest_part info,
                    uint8_t keys[KEYS])
{
    uint8_t bound[SM3_BYTES];
    int rc = sm3_of_parts((struct digest_part[]){{cipher, n}, info}, 2, bound);
    return rc == 0 ? sm3_kdf(secret, KEY_SECRET, bound, sizeof bound, keys, KEYS) : rc;
}

static int box_mac(const uint8_t keys[KEYS], struct digest_part aad, const void *cipher, size_t n, uint8_t mac[SM3_BYTES])
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)((uint64_t)aad.n >> (56 - 8 * i));
    return sm3_keyed((struct digest_part){keys + 32, 32}, (struct digest_part[]){{length, 8}, aad, {cipher, n}}, 3, mac);
}

static int seal(const uint8_t *public, const struct env *env, struct digest_part info, struct digest_part aad,
                const void *plain, size_t n, struct buf *out)
{
    uint8_t secret[KEY_SECRET], cipher[CIPHER_MAX], keys[KEYS];
    size_t len = sizeof cipher;
    EVP_PKEY *key = key_of(public, NULL);
    int rc = key ? env->random(env->ctx, secret, sizeof secret) : -1;
    if (rc == 0) rc = asymmetric(true, key, secret, sizeof secret, cipher, &len);
    if (rc == 0) rc = box_keys(secret, cipher, len, info, keys);
    uint8_t *at = rc == 0 ? buf_reserve(out, 1 + len + n + SM3_BYTES) : NULL;
    if (rc == 0 && at == NULL) rc = -1;
    if (rc == 0) rc = sm4_ctr(keys, keys + 16, plain, n, at + 1 + len);
    if (rc == 0) rc = box_mac(keys, aad, at + 1 + len, n, at + 1 + len + n);
    if (rc == 0) {
        at[0] = (uint8_t)len;
        memcpy(at + 1, cipher, len);
        out->len += 1 + len + n + SM3_BYTES;
    }
    EVP_PKEY_free(key);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(keys, sizeof keys);
    return rc;
}

static int open_box(const struct key_pair *k, struct digest_part info, struct digest_part aad, const void *sealed, size_t n,
                    struct buf *out)
{
    const uint8_t *in = sealed;
    uint8_t secret[CIPHER_MAX], keys[KEYS], mac[SM3_BYTES];
    size_t len = n ? in[0] : 0, got = sizeof secret;
    if (len == 0 || len > CIPHER_MAX || n < 1 + len + SM3_BYTES) return 1;
    size_t inside = n - 1 - len - SM3_BYTES;
    const uint8_t *cipher = in + 1 + len;
    EVP_PKEY *key = key_of(k->public.bytes, k->secret);
    int rc = key ? asymmetric(false, key, in + 1, len, secret, &got) : -1;
    if (rc == 0 && got != KEY_SECRET) rc = 1;
    if (rc == 0) rc = box_keys(secret, in + 1, len, info, keys);
    if (rc == 0) rc = box_mac(keys, aad, cipher, inside, mac);
    if (rc == 0 && CRYPTO_memcmp(mac, cipher + inside, SM3_BYTES) != 0) rc = 1;
    uint8_t *at = rc == 0 ? buf_reserve(out, inside + 1) : NULL;
    if (rc == 0 && at == NULL) rc = -1;
    if (rc == 0) rc = sm4_ctr(keys, keys + 16, cipher, inside, at);
    if (rc == 0) out->len += inside;
    EVP_PKEY_free(key);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(keys, sizeof keys);
    return rc;
}

const struct suite_ops suite_sm = {.public_bytes = PUBLIC, .derive = derive, .check = check, .sign = sign, .holds = holds,
                                   .seal = seal, .open = open_box};
