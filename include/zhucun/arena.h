/* arena: memory that is freed all at once, with a mandatory maximum. What a decoder makes lives here, so
 * that a hostile message can neither leak nor outgrow its bound. Memory is zeroed and 16-byte aligned. */
#ifndef ZHUCUN_ARENA_H
#define ZHUCUN_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *top;
    size_t used;
    size_t max;
};

void arena_init(struct arena *a, size_t max_bytes);
void arena_free(struct arena *a);                       /* also resets: the arena may be used again */
void arena_reset(struct arena *a);                      /* empties, keeps one block for reuse */
void *arena_alloc(struct arena *a, size_t n);           /* NULL when the maximum or the memory is out */
void *arena_array(struct arena *a, size_t count, size_t size); /* overflow-checked */
void *arena_copy(struct arena *a, const void *bytes, size_t n); /* copy plus a NUL behind it */

#endif
