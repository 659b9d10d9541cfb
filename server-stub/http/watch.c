/* watch: see watch.h. Invariant: a link's fd is open while the link is in the list, because libmicrohttpd tells
 * of a connection's end before it closes the socket; so shutdown(2) never hits a stranger. */
#include "watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum {
    TICK_S = 2,
    HOUSEKEEPING_TICKS = 5,
    HEADERS_S = 75,        /* from connecting, or from the last answer, to the end of the headers */
    REQUEST_S = 30 * 60,   /* a whole request: 8 MB at 5 kB/s */
    GRACE_S = 60,          /* before the rate counts: a modem may be asleep */
    LOWEST_RATE = 64       /* bytes a second, over the whole body so far */
};

enum phase { PHASE_HEADERS, PHASE_BODY, PHASE_OURS };

struct watch_link {
    struct watch_link *next, *prev;
    int fd;
    enum phase phase;
    int64_t since_s;
    uint64_t bytes;
};

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool stop;
    struct watch_link *first;
    size_t count;
    void (*tick)(void *ctx);
    void *ctx;
};

static int64_t now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static bool too_slow(const struct watch_link *l, int64_t now)
{
    int64_t age = now - l->since_s;

    if (l->phase == PHASE_HEADERS)
        return age > HEADERS_S;
    if (l->phase == PHASE_OURS)
        return false;
    return age > REQUEST_S || (age > GRACE_S && l->bytes < (uint64_t)age * LOWEST_RATE);
}

static void look(struct watch *w)
{
    int64_t now = now_s();

    for (struct watch_link *l = w->first; l; l = l->next)
        if (too_slow(l, now))
            shutdown(l->fd, SHUT_RDWR);
}

static void *run(void *arg)
{
    struct watch *w = arg;
    unsigned ticks = 0;

    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += TICK_S;
        if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT)
            continue;
        look(w);
        if (++ticks % HOUSEKEEPING_TICKS == 0) {
            pthread_mutex_unlock(&w->lock);
            w->tick(w->ctx);
            pthread_mutex_lock(&w->lock);
        }
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

int watch_start(struct watch **out, void (*tick)(void *ctx), void *ctx, struct err *err)
{
    struct watch *w = calloc(1, sizeof *w);
    pthread_condattr_t attr;

    if (!w)
        return err_nomem(err);
    w->tick = tick;
    w->ctx = ctx;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&w->thread, NULL, run, w) != 0) {
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
        free(w);
        return err_set(err, ERR_NOMEM, "无法启动线程", "cannot start a thread");
    }
    *out = w;
    return 0;
}

void watch_stop(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    while (w->first) {
        struct watch_link *next = w->first->next;
        free(w->first);
        w->first = next;
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct watch_link *watch_add(struct watch *w, int fd)
{
    struct watch_link *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->fd = fd;
    l->since_s = now_s();
    pthread_mutex_lock(&w->lock);
    l->next = w->first;
    if (w->first)
        w->first->prev = l;
    w->first = l;
    w->count++;
    pthread_mutex_unlock(&w->lock);
    return l;
}

void watch_remove(struct watch *w, struct watch_link *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&w->lock);
    if (l->prev)
        l->prev->next = l->next;
    else
        w->first = l->next;
    if (l->next)
        l->next->prev = l->prev;
    w->count--;
    pthread_mutex_unlock(&w->lock);
    free(l);
}

static void enter(struct watch *w, struct watch_link *l, enum phase phase)
{
    if (!l)
        return;
    pthread_mutex_lock(&w->lock);
    l->phase = phase;
    l->since_s = now_s();
    l->bytes = 0;
    pthread_mutex_unlock(&w->lock);
}

void watch_request(struct watch *w, struct watch_link *l)
{
    enter(w, l, PHASE_BODY);
}

void watch_patience(struct watch *w, struct watch_link *l)
{
    enter(w, l, PHASE_OURS);
}

void watch_idle(struct watch *w, struct watch_link *l)
{
    enter(w, l, PHASE_HEADERS);
}

void watch_body(struct watch *w, struct watch_link *l, size_t n)
{
    if (!l)
        return;
    pthread_mutex_lock(&w->lock);
    l->bytes += n;
    pthread_mutex_unlock(&w->lock);
}

void watch_cut(struct watch *w, struct watch_link *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&w->lock);
    shutdown(l->fd, SHUT_RDWR);
    pthread_mutex_unlock(&w->lock);
}

size_t watch_count(struct watch *w)
{
    pthread_mutex_lock(&w->lock);
    size_t n = w->count;
    pthread_mutex_unlock(&w->lock);
    return n;
}
