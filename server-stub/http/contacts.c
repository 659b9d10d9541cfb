/* contacts: see contacts.h. One entry an origin, in a table of fixed size; when it is full, the oldest habit
 * helps: what does not fit is told by that laptop's next pull. */
#include "contacts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 32768, PROBES = 64 }; /* more than the city's devices */

struct contacts {
    pthread_mutex_t lock;
    size_t count;
    struct contact slots[SLOTS];
};

int contacts_open(struct contacts **out, struct err *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return err_nomem(err);
    pthread_mutex_init(&(*out)->lock, NULL);
    return 0;
}

void contacts_close(struct contacts *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void contacts_note(struct contacts *c, const struct contact *one)
{
    uint64_t origin = one->origin;
    size_t at = (size_t)(origin * UINT64_C(0x9E3779B97F4A7C15) >> 40);

    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < PROBES; i++) {
        struct contact *slot = &c->slots[(at + i) % SLOTS];
        if (slot->origin != 0 && slot->origin != origin)
            continue;
        uint64_t counter = slot->counter > one->counter ? slot->counter : one->counter;
        c->count += slot->origin == 0;
        if (one->pulled)
            *slot = *one;
        slot->origin = origin;
        slot->at_ms = one->at_ms;
        slot->counter = counter;
        break;
    }
    pthread_mutex_unlock(&c->lock);
}

struct batch {
    struct contact *list;
    size_t count;
};

static int take_all(struct contacts *c, struct batch *b)
{
    pthread_mutex_lock(&c->lock);
    b->list = c->count ? malloc(c->count * sizeof b->list[0]) : NULL;
    for (size_t i = 0; b->list && i < SLOTS; i++)
        if (c->slots[i].origin)
            b->list[b->count++] = c->slots[i];
    if (b->list) {
        memset(c->slots, 0, sizeof c->slots);
        c->count = 0;
    }
    pthread_mutex_unlock(&c->lock);
    return b->count > 0;
}

static int write_one(struct store *s, const struct contact *one, struct err *err)
{
    struct device d = {0};
    struct arena arena;

    arena_init(&arena, 256 * 1024);
    int rc = store_device_by_origin(s, one->origin, &arena, &d, err);
    if (rc > 0) {
        d.last_pull_ms = one->at_ms;
        if (d.counter < one->counter) /* never back: an old request would count again */
            d.counter = one->counter;
        if (one->pulled)
            d.pulled_csn = one->csn;
        rc = store_device_put(s, &d, err);
    }
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

static int write_batch(struct store *s, void *ctx, struct err *err)
{
    const struct batch *b = ctx;
    int rc = 0;

    for (size_t i = 0; i < b->count && rc >= 0; i++)
        rc = write_one(s, &b->list[i], err);
    return rc;
}

int contacts_write(struct contacts *c, struct intake *in, struct err *err)
{
    struct batch b = {0};
    int rc = take_all(c, &b) ? intake_call(in, write_batch, &b, err) : 0;

    free(b.list);
    return rc;
}
