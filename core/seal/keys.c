/* keys: see keys.h. Finds the suite, checks what came from outside, and says what went wrong in words; the algorithms
 * stand in suite_25519.c and suite_sm.c. */
#include <openssl/crypto.h>
#include <string.h>

#include "suite.h"

const struct suite_ops *suite_find(enum seal_suite suite)
{
    return suite == SUITE_25519 ? &suite_25519 : suite == SUITE_SM ? &suite_sm : NULL;
}

static int no_suite(enum seal_suite suite, struct err *err)
{
    return err_set(err, ERR_REFUSED, "不认识的密码套件 %d：请升级程序", "unknown cipher suite %d: upgrade this program", (int)suite);
}

size_t key_public_bytes(enum seal_suite suite)
{
    const struct suite_ops *s = suite_find(suite);
    return s ? s->public_bytes : 0;
}

int key_from_secret(enum seal_suite suite, enum key_use use, const uint8_t secret[KEY_SECRET], struct key_pair *out,
                    struct err *err)
{
    const struct suite_ops *s = suite_find(suite);
    if (s == NULL) return no_suite(suite, err);
    *out = (struct key_pair){.public = {.suite = suite, .use = use}};
    memcpy(out->secret, secret, KEY_SECRET);
    if (s->derive(use, out->secret, out->public.bytes) == 0) return 0;
    key_forget(out);
    return err_set(err, ERR_CORRUPT, "密钥损坏：不是有效的私钥", "the key is damaged: it is no valid secret key");
}

int key_make(enum seal_suite suite, enum key_use use, const struct env *env, struct key_pair *out, struct err *err)
{
    enum { TRIES = 8 }; /* a secret that is none of SM2 turns up once in 2^32 */
    uint8_t secret[KEY_SECRET];
    int rc = ERR_CORRUPT;
    for (int i = 0; i < TRIES && rc == ERR_CORRUPT; i++) {
        if (env->random(env->ctx, secret, sizeof secret) != 0)
            rc = seal_no_random(err);
        else
            rc = key_from_secret(suite, use, secret, out, err);
    }
    OPENSSL_cleanse(secret, sizeof secret);
    return rc;
}

int key_from_public(enum seal_suite suite, enum key_use use, const void *bytes, size_t n, struct public_key *out,
                    struct err *err)
{
    const struct suite_ops *s = suite_find(suite);
    if (s == NULL) return no_suite(suite, err);
    *out = (struct public_key){.suite = suite, .use = use};
    if (n == s->public_bytes) memcpy(out->bytes, bytes, n);
    if (n == s->public_bytes && s->check(use, out->bytes) == 0) return 0;
    return err_set(err, ERR_REFUSED, "公钥无效", "the public key is not valid");
}

bool key_equal(const struct public_key *a, const struct public_key *b)
{
    size_t n = key_public_bytes(a->suite);
    return n && a->suite == b->suite && a->use == b->use && CRYPTO_memcmp(a->bytes, b->bytes, n) == 0;
}

void key_name(const struct public_key *k, char out[KEY_NAME])
{
    struct digest d;
    uint8_t kind[2] = {(uint8_t)k->suite, (uint8_t)k->use};
    digest_of_parts((struct digest_part[]){{kind, 2}, {k->bytes, key_public_bytes(k->suite)}}, 2, &d);
    hex_put(d.bytes, (KEY_NAME - 1) / 2, out);
}

void key_to_text(const struct public_key *k, char out[KEY_TEXT])
{
    hex_put(k->bytes, key_public_bytes(k->suite), out);
}

int key_from_text(enum seal_suite suite, enum key_use use, const char *text, struct public_key *out, struct err *err)
{
    uint8_t bytes[KEY_PUBLIC_MAX];
    size_t n = key_public_bytes(suite);
    return key_from_public(suite, use, bytes, n && hex_get(text, bytes, n) == 0 ? n : 0, out, err);
}

void key_forget(struct key_pair *k)
{
    OPENSSL_cleanse(k, sizeof *k);
}

int sign_bytes(const struct key_pair *k, const void *bytes, size_t n, uint8_t out[SIGNATURE_BYTES], struct err *err)
{
    const struct suite_ops *s = k->public.use == KEY_SIGN ? suite_find(k->public.suite) : NULL;
    if (s == NULL) return no_suite(k->public.suite, err);
    return s->sign(k, bytes, n, out) == 0 ? 0 : seal_failed(err);
}

bool sign_holds(const struct public_key *k, const void *bytes, size_t n, const uint8_t signature[SIGNATURE_BYTES])
{
    const struct suite_ops *s = k->use == KEY_SIGN ? suite_find(k->suite) : NULL;
    return s != NULL && s->holds(k->bytes, bytes, n, signature);
}

int box_seal(const struct public_key *to, const struct env *env, struct digest_part info, struct digest_part aad,
             const void *plain, size_t n, struct buf *out, struct err *err)
{
    const struct suite_ops *s = to->use == KEY_BOX ? suite_find(to->suite) : NULL;
    if (s == NULL) return no_suite(to->suite, err);
    return s->seal(to->bytes, env, info, aad, plain, n, out) == 0 ? 0 : out->failed ? err_nomem(err) : seal_failed(err);
}

int box_open(const struct key_pair *k, struct digest_part info, struct digest_part aad, const void *sealed, size_t n,
             struct buf *out, struct err *err)
{
    const struct suite_ops *s = k->public.use == KEY_BOX ? suite_find(k->public.suite) : NULL;
    if (s == NULL) return no_suite(k->public.suite, err);
    int rc = s->open(k, info, aad, sealed, n, out);
    if (rc == 1)
        return err_set(err, ERR_CORRUPT, "密封内容打不开：不是给本机密钥的，或途中被改动",
                       "what was sealed does not open: it is not for this key, or was altered on the way");
    return rc == 0 ? 0 : out->failed ? err_nomem(err) : seal_failed(err);
}
