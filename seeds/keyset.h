/* keyset: a set of strings, numbered as they come: what check.c looks natural keys up in. */
#ifndef ZHUCUN_SEEDS_KEYSET_H
#define ZHUCUN_SEEDS_KEYSET_H

#include <stddef.h>
#include <stdint.h>

#include "zhucun/buf.h"

struct keyset {
    struct buf text;   /* all keys, each with its NUL */
    uint32_t *at;      /* by number: offset in `text` */
    uint32_t *slot;    /* hash table of number + 1; 0: free */
    size_t count, cap; /* cap: slots, a power of two */
};

void keyset_init(struct keyset *k);
void keyset_free(struct keyset *k);
/* The key's number, new or old; `*fresh` (may be NULL) says which. Aborts without memory. */
size_t keyset_add(struct keyset *k, const char *key, bool *fresh);
int64_t keyset_find(const struct keyset *k, const char *key); /* -1: not there */

#endif
