/* sync: the state machine of one round, its table of steps, and what all steps need: requests, tries, limits.
 * Neighbours: push.c, pull.c and reconcile.c hold the steps. Invariant: everything a step learns is stored before the next one
 * begins, so that a round cut anywhere is continued by the next. */
#include <time.h>

#include "round.h"

enum {
    DEFAULT_CHANGESETS = 1000,
    DEFAULT_BUNDLE_BYTES = 256 * 1024,
    DEFAULT_ANSWER_BYTES = 1024 * 1024,
    DEFAULT_TRIES = 3,
    FIRST_PAUSE_MS = 200,
    LAST_PAUSE_MS = 2000,
    MOST_TURNS = 4,
    WORTH_WAITING_S = 2
};

static int (*const steps[])(struct round *p, enum step *next, struct err *err) = {
    [STEP_SEAL] = push_seal,       [STEP_OFFSET] = push_offset, [STEP_PUSH] = push_bundle,
    [STEP_RECEIPT] = push_receipt, [STEP_PULL] = pull_page,     [STEP_VERIFY] = pull_verify,
    [STEP_RECONCILE] = reconcile_step,
};

static int64_t now_ms(const struct round *p)
{
    return p->h->env->now_ms(p->h->env->ctx);
}

static bool time_is_up(const struct round *p)
{
    return p->o.deadline_ms && now_ms(p) >= p->o.deadline_ms;
}

static int late(struct err *err)
{
    return err_set(err, ERR_OFFLINE, "时间到了，还没有同步完：已上报的不会丢，下次接着上报",
                   "time is up before all was synced: what has arrived stays, the next sync goes on from there");
}

int round_request(struct round *p, struct send_request *q, struct err *err)
{
    if (time_is_up(p)) return late(err);
    q->clock_ms = now_ms(p);
    q->timeout_ms = p->o.deadline_ms ? p->o.deadline_ms - q->clock_ms : 0;
    p->r->requests++;
    buf_reset(&p->answer.body);
    return p->t->request(p->t->ctx, q, &p->answer, err);
}

/* Half of the pause is random: laptops that lost one line together do not come back together. */
static void pause_before(struct round *p, int tries)
{
    uint8_t dice = 0;
    int ms = FIRST_PAUSE_MS << (tries < 4 ? tries : 4);
    if (ms > LAST_PAUSE_MS) ms = LAST_PAUSE_MS;
    p->h->env->random(p->h->env->ctx, &dice, 1);
    ms = ms / 2 + ms / 2 * dice / 255;
    if (p->o.sleep_ms) {
        p->o.sleep_ms(p->o.sleep_ctx, ms);
        return;
    }
    struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000L};
    nanosleep(&ts, NULL);
}

int round_retry(struct round *p, int code, struct err *err)
{
    if (code != ERR_OFFLINE && code != ERR_PEER) return code;
    if (p->tries + 1 >= p->o.tries) return code;
    if (time_is_up(p)) return late(err);
    pause_before(p, p->tries++);
    return 0;
}

void round_moved(struct round *p)
{
    p->tries = 0;
}

int round_turn(struct round *p, struct err *err)
{
    if (p->turns++ < MOST_TURNS) return 0;
    return err_set(err, ERR_PEER, "服务器前后说法不一，同步没有完成：数据都在本机，请稍后再试",
                   "the server contradicts itself and the sync was not finished: everything is kept here, try later");
}

int round_fork(uint64_t seq, struct err *err)
{
    return err_set(err, ERR_REFUSED, "第 %llu 条起与服务器已有的记录不同：本机可能是复制或恢复出来的副本。内容都在，请不要删除，联系主管",
                   "from entry %llu on the server has other records of this installation: this machine may be a copy or was "
                   "restored. Your work is safe here: delete nothing, tell your supervisor",
                   (unsigned long long)seq);
}

int round_refused(struct round *p, struct err *err)
{
    struct problem problem;
    bool busy = p->answer.status == 503 || p->answer.status == 429 || p->answer.status == 409;
    int code = send_refusal(&p->answer, &problem, err);
    if (!busy || p->answer.retry_after_s > WORTH_WAITING_S) return code;
    return round_retry(p, code, err);
}

/* From here on the transport is one that signs, and believes only the server's signature. */
static int converse(struct round *p, struct err *err)
{
    int rc = pairing_load(p->h, &p->pairing, err);
    if (rc == 0) return err_set(err, ERR_REFUSED, "本机还没有注册：请先运行 zhucun enrol", "this laptop is not enrolled yet: run zhucun enrol first");
    if (rc < 0) return rc;
    p->conversation = (struct conversation){.over = p->t, .env = p->h->env, .origin = p->h->origin, .sign = p->pairing.sign,
                                            .box = p->pairing.box, .server_sign = p->pairing.server_sign};
    p->signed_transport = conversation_transport(&p->conversation);
    p->t = &p->signed_transport;
    return 0;
}

static int start(struct round *p, const struct sync_options *o, struct err *err)
{
    if (o) p->o = *o;
    if (!p->o.bundle_changesets) p->o.bundle_changesets = DEFAULT_CHANGESETS;
    if (p->o.bundle_changesets > BUNDLE_MAX_CHANGESETS) p->o.bundle_changesets = BUNDLE_MAX_CHANGESETS;
    if (!p->o.bundle_bytes) p->o.bundle_bytes = DEFAULT_BUNDLE_BYTES;
    if (p->o.bundle_bytes > CHANGE_MAX_BYTES) p->o.bundle_bytes = CHANGE_MAX_BYTES;
    if (!p->o.max_answer_bytes) p->o.max_answer_bytes = DEFAULT_ANSWER_BYTES;
    if (p->o.tries <= 0) p->o.tries = DEFAULT_TRIES;
    buf_init(&p->answer.body, WIRE_MAX_PULL_ANSWER);
    buf_init(&p->bundle.bytes, BUNDLE_MAX_BYTES);
    return converse(p, err);
}

/* Also after an error: what is left is what the user wants to know then. */
static void finish(struct round *p, bool whole)
{
    struct journal_counts counts;
    if (journal_counts(p->h, &counts, NULL) == 0) {
        p->r->pending = counts.pending;
        p->r->quarantined = counts.quarantined;
    }
    p->r->agree = whole && p->r->pulled_all && p->agree && p->r->pending == 0;
    reconcile_end(p);
    if (!whole) push_keep(p);
    buf_free(&p->answer.body);
    buf_free(&p->bundle.bytes);
    conversation_end(&p->conversation);
    pairing_forget(&p->pairing);
}

int sync_round(struct home *h, const struct transport *t, const struct sync_options *o, struct sync_report *r, struct err *err)
{
    struct round p = {.h = h, .t = t, .r = r};
    enum step step = STEP_SEAL;
    *r = (struct sync_report){0};
    int rc = start(&p, o, err);
    while (rc == 0 && step != STEP_DONE)
        rc = time_is_up(&p) ? late(err) : steps[step](&p, &step, err);
    finish(&p, rc == 0);
    return rc;
}
