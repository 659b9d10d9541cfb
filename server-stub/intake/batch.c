/* batch: the group. One transaction for all, a savepoint for each; a push that fails takes only itself back, and
 * no outcome is final before the commit.
 *
 * BEGIN · for each push: SAVEPOINT … RELEASE or ROLLBACK TO · COMMIT. If the commit, or a way back to a
 * savepoint, fails, nothing of the group is stored and every push that depended on it is INTAKE_ERROR. */
#include <string.h>

#include "work.h"

enum { CANONICAL_MAX = CHANGE_MAX_BYTES + 4096, SCRATCH_MAX = CHANGE_MAX_BYTES };
/* Beside what a bundle decodes to: rows read, marks and decisions of the same push. */
static const size_t arena_max = (size_t)BUNDLE_MAX_INFLATED * 8;

void work_init(struct work *w, struct store *s, const struct env *env, const struct log *log)
{
    *w = (struct work){.store = s, .schema = store_schema(s), .env = env, .log = log};
    arena_init(&w->arena, arena_max);
    buf_init(&w->canonical, CANONICAL_MAX);
    buf_init(&w->scratch, SCRATCH_MAX);
}

void work_free(struct work *w)
{
    own_start(w);
    arena_free(&w->arena);
    buf_free(&w->canonical);
    buf_free(&w->scratch);
}

static void tell(const struct work *w, const struct intake_push *p, const struct intake_result *r)
{
    static const char *const words[] = {"stored", "gap", "fork", "bad bundle", "not stored"};
    if (r->status == INTAKE_STORED || w->log == NULL) return;
    enum log_level level = r->status == INTAKE_GAP ? LOG_INFO : r->status == INTAKE_ERROR ? LOG_ERROR : LOG_WARN;
    log_line(w->log, level, "intake", "origin %016llx: %s, expected %llu: %s", (unsigned long long)p->origin,
             words[r->status], (unsigned long long)r->expected, r->err.en);
}

/* The store refused a write that was decided: an id was taken. Now look at each, so that only the changeset that
 * bears it goes to quarantine. */
static int take_again(struct work *w, const struct intake_push *push, struct intake_result *r)
{
    int rc = store_rollback_savepoint(w->store, &r->err);
    if (rc == 0) rc = store_savepoint(w->store, &r->err);
    if (rc != 0) return rc;
    memset(r, 0, sizeof *r);
    w->careful = true;
    rc = push_take(w, push, r);
    w->careful = false;
    return rc;
}

/* 0, or negative when the transaction itself cannot go on. */
static int take_one(struct work *w, const struct intake_push *push, struct intake_result *r)
{
    struct err group = {0};
    memset(r, 0, sizeof *r);
    int rc = store_savepoint(w->store, &r->err);
    if (rc != 0) return rc;
    rc = push_take(w, push, r);
    if (rc == ERR_REFUSED) rc = take_again(w, push, r);
    if (rc == 0 && r->status == INTAKE_STORED) rc = store_release(w->store, &r->err);
    if (rc == 0 && r->status == INTAKE_STORED) return 0;
    if (rc != 0) r->status = INTAKE_ERROR;
    rc = store_rollback_savepoint(w->store, &group);
    if (rc != 0) r->err = group;
    return rc;
}

/* What was judged against a group that is gone: only a bad bundle is bad without it. */
static void fail_all(struct intake_result *results, size_t count, const struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == INTAKE_BAD) continue;
        memset(&results[i], 0, sizeof results[i]);
        results[i].status = INTAKE_ERROR;
        results[i].err = *err;
    }
}

/* In a savepoint of its own: what is wrong with an assignment must hold up no push. 0, or negative as take_one. */
static int turn_day(struct work *w, int64_t received_ms, struct err *err)
{
    struct err why = {0};
    int rc = store_savepoint(w->store, err);
    if (rc != 0) return rc;
    if (handover_day(w, received_ms, &why) == 0) return store_release(w->store, err);
    if (w->log) log_line(w->log, LOG_ERROR, "intake", "assignments of the new day are not followed yet: %s", why.en);
    return store_rollback_savepoint(w->store, err);
}

static int take_group(struct work *w, struct intake_push *const *list, size_t count, struct intake_result *results,
                      struct err *err)
{
    int rc = store_begin(w->store, err);
    if (rc != 0) return rc;
    if (count > 0 && (rc = turn_day(w, list[0]->received_ms, err)) != 0) {
        store_rollback(w->store);
        return rc;
    }
    for (size_t i = 0; i < count; i++) {
        rc = take_one(w, list[i], &results[i]);
        if (rc == 0) continue;
        *err = results[i].err;
        store_rollback(w->store);
        return rc;
    }
    return store_commit(w->store, err); /* rolls back by itself */
}

void intake_batch(struct store *s, const struct env *env, const struct log *log, struct intake_push *const *list,
                  size_t count, struct intake_result *results)
{
    struct work w;
    struct err err = {0};
    for (size_t i = 0; i < count; i++) results[i].status = INTAKE_ERROR;
    work_init(&w, s, env, log);
    if (take_group(&w, list, count, results, &err) != 0) fail_all(results, count, &err);
    for (size_t i = 0; i < count; i++) tell(&w, list[i], &results[i]);
    work_free(&w);
}

void intake_inside(struct store *s, const struct env *env, const struct intake_push *push, struct intake_result *result)
{
    struct work w;
    memset(result, 0, sizeof *result);
    work_init(&w, s, env, NULL);
    int rc = handover_day(&w, push->received_ms, &result->err);
    if (rc != 0 || push_take(&w, push, result) != 0) result->status = INTAKE_ERROR;
    work_free(&w);
}

int intake_new_day(struct store *s, const struct env *env, struct err *err)
{
    struct work w;
    work_init(&w, s, env, NULL);
    int rc = handover_day(&w, env->now_ms(env->ctx), err);
    work_free(&w);
    return rc;
}
