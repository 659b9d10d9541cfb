/* readers: see readers.h. There are as many as threads that may ask, so that nobody waits for long. */
#include "readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_READERS = 16 };

struct readers {
    pthread_mutex_t lock;
    pthread_cond_t free;
    char *dir;
    struct store *idle[MAX_READERS];
    unsigned idle_count, lent, max;
};

int readers_open(struct readers **out, const char *dir, unsigned count, struct err *err)
{
    struct readers *r = calloc(1, sizeof *r);
    char *copy = strdup(dir);

    if (!r || !copy) {
        free(r);
        free(copy);
        return err_nomem(err);
    }
    r->dir = copy;
    r->max = count < 1 ? 1 : count > MAX_READERS ? MAX_READERS : count;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->free, NULL);
    *out = r;
    return 0;
}

void readers_close(struct readers *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < r->idle_count; i++)
        store_close(r->idle[i]);
    pthread_cond_destroy(&r->free);
    pthread_mutex_destroy(&r->lock);
    free(r->dir);
    free(r);
}

struct store *reader_take(struct readers *r, struct err *err)
{
    struct store *s = NULL;

    pthread_mutex_lock(&r->lock);
    while (r->idle_count == 0 && r->lent == r->max)
        pthread_cond_wait(&r->free, &r->lock);
    if (r->idle_count)
        s = r->idle[--r->idle_count];
    r->lent++;
    pthread_mutex_unlock(&r->lock);
    if (!s && store_open_reader(&s, r->dir, err) < 0) {
        reader_give(r, NULL);
        return NULL;
    }
    return s;
}

void reader_give(struct readers *r, struct store *s)
{
    pthread_mutex_lock(&r->lock);
    r->lent--;
    if (s)
        r->idle[r->idle_count++] = s;
    pthread_cond_signal(&r->free);
    pthread_mutex_unlock(&r->lock);
}
