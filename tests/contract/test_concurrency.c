/* test_concurrency: the writer thread under many senders, and a reader's cursor beside it (P5). cmocka's asserts
 * are for the main thread only; the others count what they see. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "village.h"

enum { SENDERS = 4, BUNDLES = 25, PER_BUNDLE = 4 };

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool finished;
    enum intake_status status;
    uint64_t high;
};

static void finish(void *ctx, const struct intake_result *r)
{
    struct waiter *w = ctx;
    pthread_mutex_lock(&w->lock);
    w->finished = true;
    w->status = r->status;
    w->high = r->receipt.high;
    pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

struct sender {
    struct intake *intake;
    struct buf bundles[BUNDLES];
    uint64_t origin;
    int64_t now_ms;
    int failed;
};

static int send_one(struct sender *s, size_t i)
{
    struct waiter w = {.finished = false};
    struct intake_push p = {.origin = s->origin, .bytes = s->bundles[i].data, .n = s->bundles[i].len,
                            .received_ms = s->now_ms, .done = finish, .ctx = &w};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    int rc = intake_submit(s->intake, &p);
    pthread_mutex_lock(&w.lock);
    while (rc == 0 && !w.finished) pthread_cond_wait(&w.done, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.done);
    return rc == 0 && w.status == INTAKE_STORED && w.high == (i + 1) * PER_BUNDLE ? 0 : -1;
}

static void *send_all(void *arg)
{
    struct sender *s = arg;
    for (size_t i = 0; i < BUNDLES; i++) s->failed += send_one(s, i) != 0;
    for (size_t i = 0; i < BUNDLES; i += 5) s->failed += send_one(s, i) == 0; /* high is past it: told as stored */
    return NULL;
}

/* Follows two places by cursor, as a pull does, and counts every entry once. */
struct follower {
    struct store *reader;
    atomic_bool stop;
    uint64_t cursor;
    size_t rows;
    int failed;
};

static int follow_entry(void *ctx, const struct feed_entry *e)
{
    struct follower *f = ctx;
    if (e->csn <= f->cursor) f->failed++;
    f->rows++;
    return 0;
}

static void follow_once(struct follower *f)
{
    uint64_t head = 0;
    if (store_begin_read(f->reader, NULL) != 0 || store_head(f->reader, &head, NULL) != 0) f->failed++;
    if (store_feed_of_place(f->reader, VILLAGE_A, f->cursor, follow_entry, f, NULL) != 0) f->failed++;
    if (store_feed_of_place(f->reader, VILLAGE_B, f->cursor, follow_entry, f, NULL) != 0) f->failed++;
    store_end(f->reader);
    f->cursor = head;
}

static void *follow(void *arg)
{
    struct follower *f = arg;
    while (!atomic_load(&f->stop)) {
        follow_once(f);
        struct timespec pause = {0, 200000};
        nanosleep(&pause, NULL);
    }
    follow_once(f);
    return NULL;
}

static int add_code(struct store *s, void *ctx, struct err *err)
{
    struct enrol_code c = {.expires_ms = INT64_MAX};
    memset(c.code.bytes, *(int *)ctx, DIGEST_BYTES);
    return store_code_add(s, &c, err);
}

static int fail_after_writing(struct store *s, void *ctx, struct err *err)
{
    uint64_t csn;
    (void)ctx;
    store_head_take(s, 1000, &csn, err);
    return err_set(err, ERR_REFUSED, "不行", "no");
}

static void prepare(struct fixture *f, struct village *v, struct sender *s, size_t index)
{
    struct laptop *l = village_laptop(f, 0xC0 + index, v->contact);
    for (size_t b = 0; b < BUNDLES; b++) {
        for (size_t i = 0; i < PER_BUNDLE; i++) village_visit(l, v->household, l->observed, "走访");
        laptop_bundle(l, b * PER_BUNDLE + 1, (b + 1) * PER_BUNDLE, &s->bundles[b]);
    }
    s->origin = l->origin;
    s->now_ms = f->now_ms;
}

static void many_senders_one_order_and_a_cursor_that_never_skips(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct err err = {0};
    struct sender *s = calloc(SENDERS, sizeof *s);
    struct follower follower = {0};
    pthread_t threads[SENDERS], reader;
    struct intake_limits limits = {100, 1 << 20, 8, 1 << 20};
    village_load(f, &v);
    uint64_t head = village_head(f);
    follower.reader = fixture_reader(f);
    follower.cursor = head;
    struct intake *in = NULL;
    for (size_t i = 0; i < SENDERS; i++) prepare(f, &v, &s[i], i);
    assert_ok(intake_start(&in, f->store, &f->env, NULL, &limits, &err), err);
    pthread_create(&reader, NULL, follow, &follower);
    for (size_t i = 0; i < SENDERS; i++) {
        s[i].intake = in;
        pthread_create(&threads[i], NULL, send_all, &s[i]);
    }
    for (int i = 1; i <= 20; i++) {
        assert_ok(intake_call(in, add_code, &i, &err), err);
        assert_int_equal(intake_call(in, fail_after_writing, NULL, &err), ERR_REFUSED);
    }
    for (size_t i = 0; i < SENDERS; i++) pthread_join(threads[i], NULL);
    intake_stop(in);
    atomic_store(&follower.stop, true);
    pthread_join(reader, NULL);
    for (size_t i = 0; i < SENDERS; i++) {
        assert_int_equal(s[i].failed, 0);
        for (size_t b = 0; b < BUNDLES; b++) buf_free(&s[i].bundles[b]);
    }
    assert_int_equal(follower.failed, 0);
    assert_int_equal(follower.rows, SENDERS * BUNDLES * PER_BUNDLE);
    store_close(follower.reader);
    assert_int_equal(village_head(f), head + SENDERS * BUNDLES * PER_BUNDLE);
    village_audit(f);
    free(s);
}

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool entered, open;
};

static int wait_at_gate(struct store *s, void *ctx, struct err *err)
{
    struct gate *g = ctx;
    (void)s;
    (void)err;
    pthread_mutex_lock(&g->lock);
    g->entered = true;
    pthread_cond_broadcast(&g->opened);
    while (!g->open) pthread_cond_wait(&g->opened, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return 0;
}

struct caller {
    struct intake *intake;
    struct gate *gate;
};

static void *call_gate(void *arg)
{
    struct caller *c = arg;
    intake_call(c->intake, wait_at_gate, c->gate, NULL);
    return NULL;
}

static void a_full_queue_says_so_and_a_stop_finishes_it(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct err err = {0};
    struct intake_limits limits = {2, 1 << 20, 8, 1 << 20};
    struct intake *in = NULL;
    struct gate gate = {.open = false};
    struct waiter w = {.finished = false};
    struct intake_push p[3];
    pthread_t thread;
    village_load(f, &v);
    uint64_t head = village_head(f);
    pthread_mutex_init(&gate.lock, NULL);
    pthread_cond_init(&gate.opened, NULL);
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    struct buf b[3];
    for (size_t i = 0; i < 3; i++) {
        struct laptop *l = village_laptop(f, 0xE0 + i, v.contact);
        village_visit(l, v.household, l->observed, "走访");
        laptop_bundle(l, 1, 1, &b[i]);
        p[i] = (struct intake_push){.origin = l->origin, .bytes = b[i].data, .n = b[i].len, .received_ms = f->now_ms,
                                    .done = finish, .ctx = &w};
    }
    assert_ok(intake_start(&in, f->store, &f->env, NULL, &limits, &err), err);
    struct caller caller = {in, &gate};
    pthread_create(&thread, NULL, call_gate, &caller);
    pthread_mutex_lock(&gate.lock);
    while (!gate.entered) pthread_cond_wait(&gate.opened, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    assert_int_equal(intake_submit(in, &p[0]), 0);
    assert_int_equal(intake_submit(in, &p[1]), 0);
    assert_int_equal(intake_submit(in, &p[2]), ERR_BUSY);
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.opened);
    pthread_mutex_unlock(&gate.lock);
    pthread_join(thread, NULL);
    intake_stop(in);
    assert_int_equal(village_head(f), head + 2);
    for (size_t i = 0; i < 3; i++) buf_free(&b[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(many_senders_one_order_and_a_cursor_that_never_skips),
        CONTRACT_TEST(a_full_queue_says_so_and_a_stop_finishes_it),
    };
    return contract_run("concurrency", tests, sizeof tests / sizeof tests[0]);
}
