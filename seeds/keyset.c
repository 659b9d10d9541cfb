/* keyset: open addressing, FNV-1a, at most half full. See keyset.h. */
#include "keyset.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX_BYTES = 256 << 20 };

void keyset_init(struct keyset *k)
{
    memset(k, 0, sizeof *k);
    buf_init(&k->text, KEYS_MAX_BYTES);
}

void keyset_free(struct keyset *k)
{
    buf_free(&k->text);
    free(k->at);
    free(k->slot);
    keyset_init(k);
}

static uint64_t hash(const char *key)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
    return h;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find_slot(const struct keyset *k, const char *key)
{
    size_t i = (size_t)hash(key) & (k->cap - 1);
    while (k->slot[i] && strcmp((const char *)k->text.data + k->at[k->slot[i] - 1], key) != 0)
        i = (i + 1) & (k->cap - 1);
    return i;
}

static void grow(struct keyset *k)
{
    size_t cap = k->cap ? 2 * k->cap : 1024;
    uint32_t *at = realloc(k->at, cap / 2 * sizeof *at), *slot = calloc(cap, sizeof *slot);
    if (!at || !slot) abort();
    free(k->slot);
    k->at = at;
    k->slot = slot;
    k->cap = cap;
    for (size_t i = 0; i < k->count; i++)
        k->slot[find_slot(k, (const char *)k->text.data + at[i])] = (uint32_t)i + 1;
}

size_t keyset_add(struct keyset *k, const char *key, bool *fresh)
{
    if (2 * (k->count + 1) > k->cap) grow(k);
    size_t i = find_slot(k, key);
    if (fresh) *fresh = k->slot[i] == 0;
    if (k->slot[i]) return k->slot[i] - 1;
    k->at[k->count] = (uint32_t)k->text.len;
    buf_put(&k->text, key, strlen(key) + 1);
    if (k->text.failed) abort();
    k->slot[i] = (uint32_t)++k->count;
    return k->count - 1;
}

int64_t keyset_find(const struct keyset *k, const char *key)
{
    if (!k->cap) return -1;
    size_t i = find_slot(k, key);
    return k->slot[i] ? (int64_t)k->slot[i] - 1 : -1;
}
