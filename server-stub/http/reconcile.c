/* reconcile: POST /v1/reconcile — the request in, the answer of outflow out. */
#include "answer.h"
#include "outflow.h"

enum { ARENA_MAX = 4 * 1024 * 1024 }; /* the device and the request's ranges */

static int read_request(struct request *r, struct arena *arena, struct reconcile_request *q)
{
    struct err err = {0};

    if (reconcile_request_decode(r->body.data, r->body.len, arena, q, &err) < 0)
        return refuse_message(r, &err);
    return 0;
}

static int run(struct request *r, const struct device *device, const struct reconcile_request *q, struct buf *out)
{
    struct err err = {0};
    struct store *s = reader_take(r->h->readers, &err);
    int rc = ERR_DISK;

    if (s) {
        rc = outflow_reconcile(s, r->h->config.env, device, q, out, &err);
        reader_give(r->h->readers, s);
    }
    if (rc == 0 && !out->failed)
        return 0;
    log_line(r->h->config.log, LOG_ERROR, "reconcile", "origin %016llx: %s", (unsigned long long)q->origin, err.en);
    return refuse(r, rc == ERR_DENIED ? MHD_HTTP_FORBIDDEN : MHD_HTTP_SERVICE_UNAVAILABLE,
                  rc == ERR_DENIED ? PROBLEM_DENIED : PROBLEM_BUSY, &err);
}

static enum MHD_Result end(struct request *r)
{
    struct reconcile_request q;
    struct device device;
    struct arena arena;
    struct buf out;
    enum MHD_Result done;

    arena_init(&arena, ARENA_MAX);
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    if (request_device(r, request_origin(r), &arena, &device) < 0 || read_request(r, &arena, &q) < 0 ||
        request_same_origin(r, &device, q.origin) < 0 || run(r, &device, &q, &out) < 0) {
        done = answer_noted(r);
    } else {
        const struct env *env = r->h->config.env;
        contacts_note(r->h->contacts, &(struct contact){.origin = q.origin, .at_ms = env->now_ms(env->ctx), .counter = request_counter(r)});
        count(r->h, COUNT_RECONCILES, 1);
        count(r->h, COUNT_RECONCILE_BYTES, out.len);
        done = answer_sealed(r, &device.box, WIRE_TYPE_RECONCILE, &out);
    }
    buf_free(&out);
    arena_free(&arena);
    return done;
}

const struct route reconcile_route = {.method = "POST", .path = "/v1/reconcile", .body_max = RECONCILE_MAX_REQUEST, .end = end};
