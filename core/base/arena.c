/* arena: blocks of growing size, zeroed, freed together. */
#include "zhucun/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, ALIGN = 16 };

struct arena_block {
    struct arena_block *below;
    size_t size;
    size_t used;
    size_t align_to_16; /* keeps the bytes behind the head aligned */
    unsigned char bytes[];
};

void arena_init(struct arena *a, size_t max_bytes)
{
    *a = (struct arena){.max = max_bytes};
}

void arena_free(struct arena *a)
{
    while (a->top) {
        struct arena_block *b = a->top;
        a->top = b->below;
        free(b);
    }
    a->used = 0;
}

void arena_reset(struct arena *a)
{
    while (a->top && a->top->below) {
        struct arena_block *b = a->top;
        a->top = b->below;
        free(b);
    }
    if (a->top) a->top->used = 0;
    a->used = 0;
}

static struct arena_block *grow(struct arena *a, size_t n)
{
    size_t size = a->top ? a->top->size * 2 : FIRST_BLOCK;
    if (size > 1024 * 1024) size = 1024 * 1024;
    if (size < n) size = n;
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b) return NULL;
    *b = (struct arena_block){.below = a->top, .size = size};
    a->top = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - ALIGN) return NULL;
    n = n ? (n + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    if (n > a->max - a->used) return NULL;
    struct arena_block *b = a->top;
    if (!b || b->size - b->used < n) b = grow(a, n);
    if (!b) return NULL;
    void *p = b->bytes + b->used;
    b->used += n;
    a->used += n;
    return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;
    return __builtin_mul_overflow(count, size, &n) ? NULL : arena_alloc(a, n);
}

void *arena_copy(struct arena *a, const void *bytes, size_t n)
{
    char *p = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;
    if (p && n) memcpy(p, bytes, n);
    return p;
}
