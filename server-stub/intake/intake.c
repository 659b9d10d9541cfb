/* intake: the writer thread and its bounded queue. The thread is the only one that touches the store; everybody
 * else hands in a push, or a function to be run between two groups, and is told when it is done.
 *
 * Group commit needs no timer: while one group is being committed the next one gathers. */
#include <pthread.h>
#include <stdlib.h>

#include "work.h"

struct call {
    int (*fn)(struct store *s, void *ctx, struct err *err);
    void *ctx;
    struct err *err;
    int result;
    bool finished;
    struct call *next;
};

struct intake {
    struct store *store;
    const struct env *env;
    const struct log *log;
    struct intake_limits limits;
    pthread_t thread;
    pthread_mutex_t lock;      /* of all below */
    pthread_cond_t news;       /* for the writer: something waits */
    pthread_cond_t finished;   /* for callers of intake_call */
    struct intake_push *first, **end;
    size_t waiting, waiting_bytes;
    struct call *calls, **calls_end;
    bool stopping;
    struct intake_push **group; /* the writer's alone: group_max of each */
    struct intake_result *results;
};

static size_t fill_group(struct intake *in)
{
    size_t n = 0, bytes = 0;
    while (in->first && n < in->limits.group_max && (n == 0 || bytes < in->limits.group_max_changes_hint)) {
        struct intake_push *p = in->first;
        in->first = p->next;
        if (in->first == NULL) in->end = &in->first;
        in->waiting--;
        in->waiting_bytes -= p->n;
        bytes += p->n;
        in->group[n++] = p;
    }
    return n;
}

static struct call *next_call(struct intake *in)
{
    struct call *c = in->calls;
    if (c == NULL) return NULL;
    in->calls = c->next;
    if (in->calls == NULL) in->calls_end = &in->calls;
    return c;
}

static void run_group(struct intake *in, size_t count)
{
    intake_batch(in->store, in->env, in->log, in->group, count, in->results);
    for (size_t i = 0; i < count; i++) in->group[i]->done(in->group[i]->ctx, &in->results[i]);
}

static int run_call(struct intake *in, const struct call *c)
{
    int rc = store_begin(in->store, c->err);
    if (rc != 0) return rc;
    rc = c->fn(in->store, c->ctx, c->err);
    if (rc == 0) return store_commit(in->store, c->err);
    store_rollback(in->store);
    return rc;
}

static void *writer(void *arg)
{
    struct intake *in = arg;
    pthread_mutex_lock(&in->lock);
    for (;;) {
        while (!in->first && !in->calls && !in->stopping) pthread_cond_wait(&in->news, &in->lock);
        struct call *c = next_call(in);
        size_t n = c ? 0 : fill_group(in);
        if (c == NULL && n == 0) break;
        pthread_mutex_unlock(&in->lock);
        int rc = c ? run_call(in, c) : 0;
        if (n != 0) run_group(in, n);
        pthread_mutex_lock(&in->lock);
        if (c == NULL) continue;
        c->result = rc;
        c->finished = true;
        pthread_cond_broadcast(&in->finished);
    }
    pthread_mutex_unlock(&in->lock);
    return NULL;
}

static void intake_free(struct intake *in)
{
    if (in == NULL) return;
    pthread_mutex_destroy(&in->lock);
    pthread_cond_destroy(&in->news);
    pthread_cond_destroy(&in->finished);
    free(in->group);
    free(in->results);
    free(in);
}

int intake_start(struct intake **out, struct store *store, const struct env *env, const struct log *log,
                 const struct intake_limits *limits, struct err *err)
{
    *out = NULL;
    struct intake *in = calloc(1, sizeof *in);
    if (in == NULL) return err_nomem(err);
    in->store = store;
    in->env = env;
    in->log = log;
    in->limits = *limits;
    if (in->limits.group_max == 0) in->limits.group_max = 1;
    in->end = &in->first;
    in->calls_end = &in->calls;
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->news, NULL);
    pthread_cond_init(&in->finished, NULL);
    in->group = calloc(in->limits.group_max, sizeof in->group[0]);
    in->results = calloc(in->limits.group_max, sizeof in->results[0]);
    int rc = in->group && in->results ? 0 : err_nomem(err);
    if (rc == 0 && pthread_create(&in->thread, NULL, writer, in) != 0)
        rc = err_set(err, ERR_NOMEM, "无法启动写入线程", "cannot start the writer thread");
    if (rc == 0)
        *out = in;
    else
        intake_free(in);
    return rc;
}

int intake_submit(struct intake *in, struct intake_push *push)
{
    int rc = 0;
    pthread_mutex_lock(&in->lock);
    if (in->stopping || in->waiting >= in->limits.queue_max ||
        (in->waiting != 0 && push->n > in->limits.queue_max_bytes - in->waiting_bytes)) {
        rc = ERR_BUSY;
    } else {
        push->next = NULL;
        *in->end = push;
        in->end = &push->next;
        in->waiting++;
        in->waiting_bytes += push->n;
        pthread_cond_signal(&in->news);
    }
    pthread_mutex_unlock(&in->lock);
    return rc;
}

int intake_call(struct intake *in, int (*fn)(struct store *s, void *ctx, struct err *err), void *ctx, struct err *err)
{
    struct call c = {.fn = fn, .ctx = ctx, .err = err};
    pthread_mutex_lock(&in->lock);
    if (in->stopping) {
        pthread_mutex_unlock(&in->lock);
        return err_set(err, ERR_BUSY, "服务器正在停止：请稍后再试", "the server is stopping: try again later");
    }
    *in->calls_end = &c;
    in->calls_end = &c.next;
    pthread_cond_signal(&in->news);
    while (!c.finished) pthread_cond_wait(&in->finished, &in->lock);
    pthread_mutex_unlock(&in->lock);
    return c.result;
}

void intake_stop(struct intake *in)
{
    if (in == NULL) return;
    pthread_mutex_lock(&in->lock);
    in->stopping = true;
    pthread_cond_signal(&in->news);
    pthread_mutex_unlock(&in->lock);
    pthread_join(in->thread, NULL);
    intake_free(in);
}
