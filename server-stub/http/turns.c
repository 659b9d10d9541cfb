/* turns: see turns.h. Open addressing; grows when three quarters are full, up to more than any city has. */
#include "turns.h"

#include <pthread.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 1024, MOST_SLOTS = 1 << 20 };

struct slot {
    uint64_t origin; /* 0: free */
    uint64_t last;
};

struct turns {
    pthread_mutex_t lock;
    struct slot *slots;
    size_t count, size;
};

int turns_open(struct turns **out, struct err *err)
{
    struct turns *c = *out = calloc(1, sizeof *c);
    if (c)
        c->slots = calloc(FIRST_SLOTS, sizeof c->slots[0]);
    if (!c || !c->slots) {
        free(c);
        *out = NULL;
        return err_nomem(err);
    }
    c->size = FIRST_SLOTS;
    pthread_mutex_init(&c->lock, NULL);
    return 0;
}

void turns_close(struct turns *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c->slots);
    free(c);
}

/* Its own slot, or the free one for it. */
static struct slot *slot_of(struct slot *slots, size_t size, uint64_t origin)
{
    size_t at = (size_t)(origin * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (size - 1);

    while (slots[at].origin && slots[at].origin != origin)
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static void grow(struct turns *c)
{
    struct slot *more = c->size < MOST_SLOTS ? calloc(c->size * 2, sizeof *more) : NULL;

    if (!more)
        return;
    for (size_t i = 0; i < c->size; i++)
        if (c->slots[i].origin)
            *slot_of(more, c->size * 2, c->slots[i].origin) = c->slots[i];
    free(c->slots);
    c->slots = more;
    c->size *= 2;
}

bool turns_take(struct turns *c, uint64_t origin, uint64_t written, uint64_t counter, uint64_t *last)
{
    pthread_mutex_lock(&c->lock);
    if (c->count * 4 >= c->size * 3)
        grow(c);
    struct slot *s = slot_of(c->slots, c->size, origin);
    bool room = s->origin || c->count < c->size - 1;
    *last = s->origin && s->last > written ? s->last : written;
    bool above = counter > *last;
    if (above && room) {
        c->count += !s->origin;
        *s = (struct slot){origin, counter};
    }
    pthread_mutex_unlock(&c->lock);
    return above;
}
