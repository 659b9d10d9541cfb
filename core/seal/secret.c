/* secret: keys from keys, keys from passphrases, keys under keys (aead.h). */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

#include "sm.h"
#include "suite.h"
#include "zhucun/aead.h"

int seal_failed(struct err *err)
{
    return err_set(err, ERR_NOMEM, "密码运算失败：内存不足，或系统的 OpenSSL 不支持", "a cryptographic operation failed: no memory, or not in this system's OpenSSL");
}

int seal_no_random(struct err *err)
{
    return err_set(err, ERR_NOMEM, "系统没有可用的随机数", "the system has no randomness to give");
}

void secret_forget(void *bytes, size_t n)
{
    OPENSSL_cleanse(bytes, n);
}

/* T(1) = HMAC(key, info ‖ 0x01): one block is all that is asked for. */
int key_derive(enum seal_suite suite, const uint8_t key[AEAD_KEY], const char *purpose, uint8_t out[AEAD_KEY],
               struct err *err)
{
    const struct digest_part parts[] = {{purpose, strlen(purpose)}, {"\x01", 1}};
    struct digest d;
    if (suite == SUITE_SM) {
        if (sm3_keyed((struct digest_part){key, AEAD_KEY}, parts, 2, out) == 0) return 0;
        return seal_failed(err);
    }
    digest_keyed_parts((struct digest_part){key, AEAD_KEY}, parts, 2, &d);
    memcpy(out, d.bytes, AEAD_KEY);
    OPENSSL_cleanse(&d, sizeof d);
    return 0;
}

int stretch_new(const struct env *env, struct stretch *out, struct err *err)
{
    *out = (struct stretch){.log_n = 15, .r = 8, .p = 1};
    if (env->random(env->ctx, out->salt, sizeof out->salt) == 0) return 0;
    return seal_no_random(err);
}

int stretch_key(const struct stretch *s, const void *passphrase, size_t n, uint8_t out[AEAD_KEY], struct err *err)
{
    enum { LOG_N_MAX = 20, R_MAX = 16, P_MAX = 8 }; /* what a file asks for: 2 GiB at most */
    if (s->log_n < 1 || s->log_n > LOG_N_MAX || s->r < 1 || s->r > R_MAX || s->p < 1 || s->p > P_MAX)
        return err_set(err, ERR_CORRUPT, "密钥文件的 scrypt 参数不合理", "the key file's scrypt parameters make no sense");
    uint64_t memory = (UINT64_C(128) << s->log_n) * s->r;
    if (EVP_PBE_scrypt(passphrase, n, s->salt, sizeof s->salt, UINT64_C(1) << s->log_n, s->r, s->p, memory + (UINT64_C(4) << 20),
                       out, AEAD_KEY) == 1)
        return 0;
    return err_set(err, ERR_NOMEM, "计算口令密钥失败：需要 %llu MiB 内存", "could not stretch the passphrase: it takes %llu MiB of memory",
                   (unsigned long long)(memory >> 20));
}

int key_wrap(enum seal_suite suite, const uint8_t with[AEAD_KEY], const struct env *env, struct digest_part aad,
             const uint8_t key[AEAD_KEY], uint8_t out[WRAPPED_KEY], struct err *err)
{
    struct aead *a = NULL;
    int rc = aead_nonce(suite, env, out, err);
    if (rc == 0) rc = aead_new(&a, suite, with, err);
    if (rc == 0) rc = aead_seal(a, out, aad, key, AEAD_KEY, out + AEAD_NONCE, out + AEAD_NONCE + AEAD_KEY, err);
    aead_free(a);
    return rc;
}

int key_unwrap(enum seal_suite suite, const uint8_t with[AEAD_KEY], struct digest_part aad,
               const uint8_t wrapped[WRAPPED_KEY], uint8_t out[AEAD_KEY], struct err *err)
{
    struct aead *a = NULL;
    int rc = aead_new(&a, suite, with, err);
    if (rc == 0) rc = aead_open(a, wrapped, aad, wrapped + AEAD_NONCE, AEAD_KEY, out, wrapped + AEAD_NONCE + AEAD_KEY, err);
    if (rc != 0) OPENSSL_cleanse(out, AEAD_KEY);
    aead_free(a);
    return rc;
}
