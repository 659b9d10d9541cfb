/* loopback: see loopback.h. What http/ does over sockets stands here as plain calls: partial uploads by target,
 * HEAD and PATCH with offsets, receipts and problems, pull. */
#include "loopback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "held.h"
#include "pairing.h"
#include "intake.h"
#include "keys.h"
#include "outflow.h"
#include "scope.h"

enum { MAX_UPLOADS = 8 };

struct upload {
    struct push_target target;
    struct buf bytes;
    bool used;
};

struct loopback {
    struct store *writer, *reader;
    const struct env *env;
    struct upload uploads[MAX_UPLOADS];
    loopback_hook *hook;
    void *hook_ctx;
    int64_t cut;
    int page, format;
    bool quiet;
    struct arena arena;    /* of the request at hand, */
    struct device device;  /* and who asks */
};

int loopback_open(struct loopback **out, const char *dir, const struct env *env, struct err *err)
{
    struct err local = {0};
    struct loopback *lb = calloc(1, sizeof *lb);
    if (!lb) return err_nomem(err);
    lb->env = env;
    lb->cut = -1;
    int rc = store_open_writer(&lb->writer, dir, &local);
    if (rc) rc = store_create(&lb->writer, dir, INT64_C(231200000000), SUITE_25519, env, err);
    if (rc == 0) rc = store_open_reader(&lb->reader, dir, err);
    if (rc) {
        loopback_close(lb);
        lb = NULL;
    }
    *out = lb;
    return rc;
}

static void forget(struct upload *u)
{
    buf_free(&u->bytes);
    u->used = false;
}

void loopback_close(struct loopback *lb)
{
    if (!lb) return;
    for (size_t i = 0; i < MAX_UPLOADS; i++)
        forget(&lb->uploads[i]);
    store_close(lb->reader);
    store_close(lb->writer);
    free(lb);
}

struct store *loopback_store(struct loopback *lb)
{
    return lb->writer;
}

void loopback_on_request(struct loopback *lb, loopback_hook *hook, void *ctx)
{
    lb->hook = hook;
    lb->hook_ctx = ctx;
}

void loopback_cut(struct loopback *lb, int64_t bytes)
{
    lb->cut = bytes;
}

void loopback_page(struct loopback *lb, int status)
{
    lb->page = status;
}

void loopback_format(struct loopback *lb, int format)
{
    lb->format = format;
}

void loopback_quiet(struct loopback *lb)
{
    lb->quiet = true;
}

/* ---- answers ---- */

static int answer_problem(struct send_answer *a, int status, enum problem_kind kind, uint64_t number, const struct digest *hash,
                          const struct err *why)
{
    struct problem p = {.kind = kind, .status = status, .expected = number, .offset = number};
    if (hash) p.hash = *hash;
    if (why) snprintf(p.detail_zh, sizeof p.detail_zh, "%.240s", why->zh);
    if (why) snprintf(p.detail_en, sizeof p.detail_en, "%.240s", why->en);
    a->status = status;
    snprintf(a->content_type, sizeof a->content_type, WIRE_TYPE_PROBLEM);
    return problem_encode(&p, &a->body);
}

static int answer_intake(struct send_answer *a, const struct intake_result *r)
{
    switch (r->status) {
    case INTAKE_STORED: a->status = 200; return receipt_encode(&r->receipt, &a->body);
    case INTAKE_GAP: return answer_problem(a, 409, PROBLEM_GAP, r->expected, &r->hash, NULL);
    case INTAKE_FORK: return answer_problem(a, 409, PROBLEM_FORK, r->expected, &r->hash, NULL);
    case INTAKE_BAD: return answer_problem(a, 422, PROBLEM_BAD_BUNDLE, 0, NULL, &r->err);
    case INTAKE_ERROR: break;
    }
    return answer_problem(a, 503, PROBLEM_BUSY, 0, NULL, &r->err);
}

/* ---- push ---- */

static bool same_target(const struct push_target *a, const struct push_target *b)
{
    return a->origin == b->origin && a->first == b->first && a->last == b->last && digest_equal(&a->digest, &b->digest);
}

static struct upload *upload_of(struct loopback *lb, const struct push_target *t)
{
    struct upload *free_place = &lb->uploads[0];
    for (size_t i = 0; i < MAX_UPLOADS; i++) {
        if (lb->uploads[i].used && same_target(&lb->uploads[i].target, t)) return &lb->uploads[i];
        if (!lb->uploads[i].used) free_place = &lb->uploads[i];
    }
    forget(free_place);
    *free_place = (struct upload){.target = *t, .used = true};
    buf_init(&free_place->bytes, BUNDLE_MAX_BYTES);
    return free_place;
}

static int take_in(struct loopback *lb, struct upload *u, const struct send_request *q, struct send_answer *a)
{
    struct intake_result result = {0};
    struct intake_push p = {.origin = u->target.origin, .sealed = u->bytes.data, .sealed_n = u->bytes.len,
                            .agent_clock_ms = q->clock_ms, .received_ms = lb->env->now_ms(lb->env->ctx)};
    struct intake_push *list[] = {&p};
    struct err why = {0};
    struct buf packed;
    struct digest digest;
    digest_of(u->bytes.data, u->bytes.len, &digest);
    if (!digest_equal(&digest, &u->target.digest)) {
        forget(u);
        return answer_problem(a, 422, PROBLEM_BAD_BUNDLE, 0, NULL, NULL);
    }
    buf_init(&packed, BUNDLE_MAX_BYTES);
    if (lb->format) u->bytes.data[2] = (uint8_t)lb->format;
    int rc = gate_bundle(store_keys(lb->writer), &lb->device.sign, u->bytes.data, u->bytes.len, &packed, &why);
    p.bytes = packed.data;
    p.n = packed.len;
    if (rc == 0) intake_batch(lb->writer, lb->env, lb->quiet ? NULL : &(struct log){LOG_ERROR, 2}, list, 1, &result);
    forget(u);
    if (rc == 0) rc = answer_intake(a, &result);
    else if (rc == ERR_FORMAT) rc = answer_problem(a, 415, PROBLEM_FORMAT, 0, NULL, &why);
    else rc = answer_problem(a, 422, PROBLEM_BAD_BUNDLE, 0, NULL, &why);
    buf_free(&packed);
    return rc;
}

static int patch(struct loopback *lb, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct push_target target;
    size_t n = q->body_len;
    bool cut = lb->cut >= 0 && (size_t)lb->cut < n;
    if (push_target_parse(q->path, &target)) return answer_problem(a, 404, PROBLEM_OTHER, 0, NULL, NULL);
    struct upload *u = upload_of(lb, &target);
    if (q->upload_offset < 0 || (uint64_t)q->upload_offset != u->bytes.len)
        return answer_problem(a, 409, PROBLEM_OFFSET, u->bytes.len, NULL, NULL);
    if (cut) n = (size_t)lb->cut;
    lb->cut = -1;
    if (n) buf_put(&u->bytes, q->body, n);
    if (cut) return err_set(err, ERR_OFFLINE, "断了", "cut");
    if ((int64_t)u->bytes.len >= q->upload_length) return take_in(lb, u, q, a);
    a->status = 204;
    a->upload_offset = (int64_t)u->bytes.len;
    return 0;
}

static int head(struct loopback *lb, const struct send_request *q, struct send_answer *a)
{
    struct push_target target;
    a->status = 404;
    if (push_target_parse(q->path, &target)) return 0;
    a->status = 204;
    a->upload_offset = (int64_t)upload_of(lb, &target)->bytes.len;
    return 0;
}

/* ---- pull ---- */

static int forget_released(struct loopback *lb, uint64_t origin, uint64_t released, struct err *err)
{
    int rc = store_begin(lb->writer, err);
    if (rc == 0) rc = scope_forget(lb->writer, origin, released, err);
    if (rc == 0) return store_commit(lb->writer, err);
    store_rollback(lb->writer);
    return rc;
}

static int keep_notes(struct loopback *lb, const struct tally_notes *notes, struct err *err)
{
    int rc = store_begin(lb->writer, err);
    if (rc == 0) rc = tally_notes_write(lb->writer, notes, err);
    if (rc == 0) return store_commit(lb->writer, err);
    store_rollback(lb->writer);
    return rc;
}

/* As the server's housekeeping does from time to time. */
static int new_day(struct loopback *lb, struct err *err)
{
    int rc = store_begin(lb->writer, err);
    if (rc == 0) rc = intake_new_day(lb->writer, lb->env, err);
    if (rc == 0) return store_commit(lb->writer, err);
    store_rollback(lb->writer);
    return rc;
}

static int pull(struct loopback *lb, const struct send_request *q, struct send_answer *a)
{
    struct tally_notes notes = {0};
    struct pull_request request;
    uint64_t released = 0;
    struct arena arena;
    struct err why = {0};
    arena_init(&arena, 1024 * 1024);
    int rc = new_day(lb, &why);
    if (rc == 0) rc = pull_request_decode(q->body, q->body_len, &arena, &request, &why);
    if (rc == 0) rc = outflow_pull(lb->reader, lb->env, &lb->device, &request, &a->body, &released, &notes, &why);
    if (rc == 0 && notes.count) rc = keep_notes(lb, &notes, &why);
    tally_notes_free(&notes);
    if (rc == 0 && released) rc = forget_released(lb, request.origin, released, &why);
    if (rc < 0) rc = answer_problem(a, rc == ERR_DENIED ? 403 : 500, rc == ERR_DENIED ? PROBLEM_DENIED : PROBLEM_OTHER, 0, NULL, &why);
    else if (a->status == 0) a->status = 200;
    arena_free(&arena);
    return rc;
}

static int reconcile(struct loopback *lb, const struct send_request *q, struct send_answer *a)
{
    struct reconcile_request request;
    struct arena arena;
    struct err why = {0};
    arena_init(&arena, 4 * 1024 * 1024);
    int rc = reconcile_request_decode(q->body, q->body_len, &arena, &request, &why);
    if (rc == 0) rc = outflow_reconcile(lb->reader, lb->env, &lb->device, &request, &a->body, &why);
    if (rc < 0) rc = answer_problem(a, rc == ERR_DENIED ? 403 : 500, rc == ERR_DENIED ? PROBLEM_DENIED : PROBLEM_OTHER, 0, NULL, &why);
    else if (a->status == 0) a->status = 200;
    arena_free(&arena);
    return rc;
}

/* ---- the transport ---- */

static int html(struct loopback *lb, struct send_answer *a)
{
    a->status = lb->page;
    snprintf(a->content_type, sizeof a->content_type, "text/html; charset=utf-8");
    buf_put_text(&a->body, "<!doctype html><title>Login</title>");
    return 0;
}

/* ---- the gate ---- */

static int route(struct loopback *lb, const struct send_request *q, struct send_answer *a, struct err *err)
{
    if (strcmp(q->method, "PATCH") == 0) return patch(lb, q, a, err);
    if (strcmp(q->method, "HEAD") == 0) return head(lb, q, a);
    if (strcmp(q->path, "/v1/pull") == 0) return pull(lb, q, a);
    if (strcmp(q->path, "/v1/reconcile") == 0) return reconcile(lb, q, a);
    a->status = 404;
    return 0;
}

/* Who asks, by the signature. Counters are not compared: old requests come again here on purpose. */
static int let_in(struct loopback *lb, const struct send_request *q, struct err *err)
{
    char clock[24], offset[24], length[24];
    const struct send_signature *s = q->signature;
    if (s == NULL) return err_set(err, ERR_DENIED, "没有签名", "there is no signature");
    snprintf(clock, sizeof clock, "%lld", (long long)q->clock_ms);
    snprintf(offset, sizeof offset, "%lld", (long long)q->upload_offset);
    snprintf(length, sizeof length, "%lld", (long long)q->upload_length);
    struct gate_request g = {q->method, q->path, s->origin, s->counter, clock, s->digest, q->upload_offset >= 0 ? offset : NULL,
                             q->upload_length >= 0 ? length : NULL, s->sig.input, s->sig.signature};
    arena_init(&lb->arena, 1024 * 1024);
    int rc = store_device_by_origin(lb->writer, gate_origin(&g), &lb->arena, &lb->device, err);
    if (rc == 0) return err_set(err, ERR_DENIED, "没有注册", "it is not enrolled");
    if (rc == 1) rc = gate_check(&g, &lb->device.sign, err);
    return rc == 0 ? gate_content(&g, q->body_len ? q->body : "", q->body_len, err) : rc;
}

/* Pulled rows leave as a box to the laptop, and everything leaves signed. */
static int let_out(struct loopback *lb, const struct send_request *q, struct send_answer *a, struct err *err)
{
    const struct server_keys *keys = store_keys(lb->writer);
    const char *asked = q->signature ? q->signature->sig.signature : NULL;
    bool sealed = a->status == 200 && (strcmp(q->path, "/v1/pull") == 0 || strcmp(q->path, "/v1/reconcile") == 0);
    struct gate_answer g;
    struct buf box;
    int rc = 0;
    buf_init(&box, a->body.max);
    if (sealed) rc = gate_seal(&lb->device.box, asked, a->body.data, a->body.len, lb->env, &box, err);
    if (sealed && rc == 0) {
        buf_reset(&a->body);
        buf_put(&a->body, box.data, box.len);
        snprintf(a->content_type, sizeof a->content_type, "%s", strcmp(q->path, "/v1/pull") == 0 ? WIRE_TYPE_PULL : WIRE_TYPE_RECONCILE);
    }
    buf_free(&box);
    const void *body = a->body.len ? a->body.data : (const void *)"";
    if (rc == 0) rc = gate_sign(keys, a->status, body, a->body.len, a->upload_offset, asked, &g, err);
    if (rc == 0) a->sig = g.signature;
    return rc;
}

static int serve(struct loopback *lb, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct err why = {0};
    if (lb->page) return html(lb, a);
    int rc = let_in(lb, q, &why);
    rc = rc == 0 ? route(lb, q, a, err) : answer_problem(a, 401, PROBLEM_DENIED, 0, NULL, &why);
    if (rc == 0) rc = let_out(lb, q, a, err);
    arena_free(&lb->arena);
    return rc;
}

static int request(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct loopback *lb = ctx;
    a->status = 0;
    a->content_type[0] = 0;
    a->upload_offset = a->retry_after_s = -1;
    buf_reset(&a->body);
    if (lb->hook && lb->hook(lb->hook_ctx, q, false)) return err_set(err, ERR_OFFLINE, "没有网络", "no network");
    int rc = serve(lb, q, a, err);
    if (rc == 0 && lb->hook && lb->hook(lb->hook_ctx, q, true)) return err_set(err, ERR_OFFLINE, "回答丢失", "reply lost");
    return rc;
}

struct transport loopback_transport(struct loopback *lb)
{
    return (struct transport){request, lb};
}

/* ---- enrolment ---- */

static int put_device(struct loopback *lb, const struct device *d, struct err *err)
{
    uint64_t head;
    int rc = store_begin(lb->writer, err);
    if (rc) return rc;
    rc = store_device_put(lb->writer, d, err);
    if (rc == 0 && d->assigned) rc = store_head(lb->writer, &head, err);
    if (rc == 0 && d->assigned)
        rc = scope_refresh(lb->writer, d, date_of_ms(lb->env->now_ms(lb->env->ctx)), head, err);
    if (rc == 0) return store_commit(lb->writer, err);
    store_rollback(lb->writer);
    return rc;
}

int loopback_keys(struct loopback *lb, struct home *h, struct device *d, struct err *err)
{
    const struct server_keys *keys = store_keys(lb->writer);
    struct pairing i = {.server_sign = keys->sign.public, .server_box = keys->box.public};
    int rc = key_make(keys->suite, KEY_SIGN, h->env, &i.sign, err);
    if (rc == 0) rc = key_make(keys->suite, KEY_BOX, h->env, &i.box, err);
    if (rc == 0) rc = pairing_save(h, &i, err);
    d->sign = i.sign.public;
    d->box = i.box.public;
    pairing_forget(&i);
    return rc;
}

int loopback_enrol_as(struct loopback *lb, struct home *h, const struct device *like, struct err *err)
{
    struct device d = *like;
    d.origin = h->origin;
    d.enrolled_ms = 1;
    int rc = loopback_keys(lb, h, &d, err);
    if (rc == 0) rc = put_device(lb, &d, err);
    if (rc == 0) rc = home_held_save(h, d.places, d.place_count, NULL, 0, err);
    return rc ? rc : home_meta_set_int(h, META_EPOCH, (int64_t)store_epoch(lb->writer), err);
}

int loopback_enrol(struct loopback *lb, struct home *h, const int64_t *places, size_t count, struct err *err)
{
    static const char *const workers[] = {"B1", "B2", "X1"}; /* city.c's: who may write on it */
    struct device d = {.name = "laptop", .place_count = count};
    d.places = malloc((count + 1) * sizeof *places);
    if (!d.places) return err_nomem(err);
    memcpy(d.places, places, count * sizeof *places);
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++)
        snprintf(d.workers[d.worker_count++], sizeof d.workers[0], "%s", workers[i]);
    int rc = loopback_enrol_as(lb, h, &d, err);
    free(d.places);
    return rc;
}
