/* digest: SHA-256 (FIPS 180-4) by OpenSSL. The algorithm is fetched once a thread, because a fetch a row costs
 * more than the hash. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/seal.h"

/* Hashing with the system library cannot fail but for lack of memory, and a chain with a hole in it is worse
 * than an end. */
static void must(int ok)
{
    if (!ok) abort();
}

static pthread_key_t context_key;

static void context_free(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

static void context_key_make(void)
{
    must(pthread_key_create(&context_key, context_free) == 0);
}

static EVP_MD_CTX *thread_context(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static _Thread_local EVP_MD_CTX *ctx;
    if (ctx) return ctx;
    pthread_once(&once, context_key_make);
    ctx = EVP_MD_CTX_new();
    must(ctx != NULL);
    must(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
    must(pthread_setspecific(context_key, ctx) == 0); /* so that it goes with the thread */
    return ctx;
}

void digest_of_parts(const struct digest_part *parts, size_t count, struct digest *out)
{
    EVP_MD_CTX *ctx = thread_context();
    must(EVP_DigestInit_ex(ctx, NULL, NULL));
    for (size_t i = 0; i < count; i++)
        must(EVP_DigestUpdate(ctx, parts[i].bytes, parts[i].n));
    must(EVP_DigestFinal_ex(ctx, out->bytes, NULL));
}

void digest_of(const void *bytes, size_t n, struct digest *out)
{
    digest_of_parts(&(struct digest_part){bytes, n}, 1, out);
}

/* H(key ⊕ opad ‖ H(key ⊕ ipad ‖ parts)); a key longer than a block is hashed first. */
void digest_keyed_parts(struct digest_part key, const struct digest_part *parts, size_t count, struct digest *out)
{
    enum { BLOCK = 64 };
    uint8_t pad[BLOCK] = {0};
    EVP_MD_CTX *ctx = thread_context();
    struct digest d;
    if (key.n > BLOCK) {
        digest_of(key.bytes, key.n, &d);
        memcpy(pad, d.bytes, DIGEST_BYTES);
    } else if (key.n > 0) {
        memcpy(pad, key.bytes, key.n);
    }
    for (size_t i = 0; i < BLOCK; i++) pad[i] ^= 0x36;
    must(EVP_DigestInit_ex(ctx, NULL, NULL));
    must(EVP_DigestUpdate(ctx, pad, BLOCK));
    for (size_t i = 0; i < count; i++) must(EVP_DigestUpdate(ctx, parts[i].bytes, parts[i].n));
    must(EVP_DigestFinal_ex(ctx, d.bytes, NULL));
    for (size_t i = 0; i < BLOCK; i++) pad[i] ^= 0x36 ^ 0x5c;
    digest_of_parts((struct digest_part[]){{pad, BLOCK}, {d.bytes, DIGEST_BYTES}}, 2, out);
    OPENSSL_cleanse(pad, sizeof pad);
}

void digest_keyed(const void *key, size_t key_n, const void *bytes, size_t n, struct digest *out)
{
    digest_keyed_parts((struct digest_part){key, key_n}, &(struct digest_part){bytes, n}, 1, out);
}

void digest_hex(const struct digest *d, char out[DIGEST_TEXT])
{
    hex_put(d->bytes, DIGEST_BYTES, out);
}

int digest_from_hex(const char *hex, size_t n, struct digest *out)
{
    static const char digits[] = "0123456789abcdef";
    if (n != DIGEST_TEXT - 1) return -1;
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        const char *high = memchr(digits, hex[2 * i], 16);
        const char *low = memchr(digits, hex[2 * i + 1], 16);
        if (!high || !low) return -1;
        out->bytes[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return 0;
}

int digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

uint64_t digest_short(const struct digest *d)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | d->bytes[i];
    return v;
}
