/* page: the cipher of an encrypted database (db.h), by aead.h. A page's nonce and tag stand beside it. Nonces are random,
 * fetched many at a time, because a system call a page would be felt. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "zhucun/aead.h"
#include "zhucun/db.h"

_Static_assert(AEAD_NONCE + AEAD_TAG == DB_CIPHER_BESIDE, "nonce and tag stand beside a page");

enum { NONCES = 64 };

struct page_key {
    enum seal_suite suite;
    uint8_t pages[AEAD_KEY], blocks[AEAD_KEY];
    const struct env *env;
};

struct page_cipher {
    struct db_cipher base; /* first: it is what the caller holds */
    struct page_key key;
};

/* At work for one file. */
struct worker {
    const struct page_key *key;
    struct aead *aead;
    EVP_CIPHER_CTX *forth, *back; /* single blocks */
    uint8_t nonces[NONCES][AEAD_NONCE];
    size_t left;
};

static void end(void *key)
{
    struct worker *w = key;
    if (w == NULL) return;
    aead_free(w->aead);
    EVP_CIPHER_CTX_free(w->forth);
    EVP_CIPHER_CTX_free(w->back);
    free(w);
}

static EVP_CIPHER_CTX *block_cipher(const struct page_key *k, int sealing)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *how = k->suite == SUITE_SM ? EVP_sm4_ecb() : EVP_aes_256_ecb();
    if (c && EVP_CipherInit_ex(c, how, NULL, k->blocks, NULL, sealing) == 1 && EVP_CIPHER_CTX_set_padding(c, 0) == 1) return c;
    EVP_CIPHER_CTX_free(c);
    return NULL;
}

static void *begin(void *ctx)
{
    const struct page_key *k = ctx;
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    w->key = k;
    w->forth = block_cipher(k, 1);
    w->back = block_cipher(k, 0);
    if (aead_new(&w->aead, k->suite, k->pages, NULL) == 0 && w->forth && w->back) return w;
    end(w);
    return NULL;
}

static int next_nonce(struct worker *w, uint8_t out[AEAD_NONCE])
{
    if (w->left == 0) {
        if (w->key->env->random(w->key->env->ctx, w->nonces, sizeof w->nonces) != 0) return -1;
        w->left = NONCES;
    }
    memcpy(out, w->nonces[--w->left], AEAD_NONCE);
    aead_nonce_trim(w->key->suite, out);
    return 0;
}

static int seal(void *key, const void *place, size_t place_n, void *bytes, size_t n, uint8_t beside[DB_CIPHER_BESIDE])
{
    struct worker *w = key;
    if (next_nonce(w, beside) != 0) return -1;
    return aead_seal(w->aead, beside, (struct digest_part){place, place_n}, bytes, n, bytes, beside + AEAD_NONCE, NULL);
}

static int open_page(void *key, const void *place, size_t place_n, void *bytes, size_t n, const uint8_t beside[DB_CIPHER_BESIDE])
{
    struct worker *w = key;
    return aead_open(w->aead, beside, (struct digest_part){place, place_n}, bytes, n, bytes, beside + AEAD_NONCE, NULL);
}

static int block(void *key, bool sealing, uint8_t bytes[DB_CIPHER_BLOCK])
{
    struct worker *w = key;
    int len;
    return EVP_CipherUpdate(sealing ? w->forth : w->back, bytes, &len, bytes, DB_CIPHER_BLOCK) == 1 && len == DB_CIPHER_BLOCK ? 0 : -1;
}

int page_cipher_new(struct db_cipher **out, enum seal_suite suite, const uint8_t key[AEAD_KEY], const struct env *env,
                    struct err *err)
{
    struct page_cipher *c = calloc(1, sizeof *c);
    *out = NULL;
    if (c == NULL) return err_nomem(err);
    c->base = (struct db_cipher){.begin = begin, .end = end, .seal = seal, .open = open_page, .block = block, .ctx = &c->key};
    c->key.suite = suite;
    c->key.env = env;
    int rc = key_derive(suite, key, "zhucun pages", c->key.pages, err);
    if (rc == 0) rc = key_derive(suite, key, "zhucun blocks", c->key.blocks, err);
    if (rc == 0)
        *out = &c->base;
    else
        page_cipher_free(&c->base);
    return rc;
}

void page_cipher_free(struct db_cipher *c)
{
    if (c == NULL) return;
    secret_forget(c, sizeof(struct page_cipher));
    free(c);
}
