/* enrol: GET /v1/keys, POST /v1/enrol — a one-time code makes a laptop's keys known. The code is used up in the writer's
 * transaction that makes the device, so it works once whatever is repeated. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "scope.h"

struct enrolment {
    struct enrol_request q;
    struct enrol_answer a;
    struct public_key sign, box;
    uint64_t counter;
    const struct env *env;
    bool unknown;
};

static void fill_answer(struct enrolment *e, struct store *s, const struct device *d)
{
    memcpy(e->a.device, d->name, sizeof e->a.device);
    e->a.epoch = store_epoch(s);
    e->a.server_ms = e->env->now_ms(e->env->ctx);
    e->a.place_count = d->place_count < WIRE_MAX_PLACES ? d->place_count : WIRE_MAX_PLACES;
    memcpy(e->a.places, d->places, e->a.place_count * sizeof d->places[0]);
    e->a.worker_count = d->worker_count;
    memcpy(e->a.workers, d->workers, sizeof e->a.workers);
}

static int hold_assigned(struct store *s, const struct device *d, struct err *err)
{
    uint64_t head;
    int rc = d->assigned ? store_head(s, &head, err) : 0;

    return d->assigned && rc >= 0 ? scope_refresh(s, d, date_of_ms(d->enrolled_ms), head, err) : rc;
}

static int enrol_device(struct store *s, struct enrolment *e, struct arena *arena, struct err *err)
{
    struct device d = {0};
    struct digest code;
    int rc;

    digest_of(e->q.code, strlen(e->q.code), &code);
    rc = store_code_take(s, &code, e->env->now_ms(e->env->ctx), arena, &d, err);
    if (rc == 0) {
        e->unknown = true;
        return err_set(err, ERR_DENIED, "注册码无效、已用过或已过期：请向主管索取新的",
                       "the code is unknown, used or expired: ask your supervisor for a new one");
    }
    if (rc < 0)
        return rc;
    d.sign = e->sign;
    d.box = e->box;
    d.counter = e->counter;
    d.origin = e->q.origin;
    d.enrolled_ms = e->env->now_ms(e->env->ctx);
    d.revoked_ms = 0;
    /* A code lives for days: its villages may have been merged since. */
    if ((rc = scope_follow_merged(s, &d, err)) < 0 || (rc = store_device_put(s, &d, err)) < 0 ||
        (rc = hold_assigned(s, &d, err)) < 0)
        return rc;
    fill_answer(e, s, &d);
    return 0;
}

static int in_writer(struct store *s, void *ctx, struct err *err)
{
    struct arena arena;

    arena_init(&arena, 256 * 1024);
    int rc = enrol_device(s, ctx, &arena, err);
    arena_free(&arena);
    return rc;
}

static enum MHD_Result answer_enrolled(struct request *r, const struct enrolment *e)
{
    struct buf body;

    buf_init(&body, WIRE_MAX_JSON);
    enum MHD_Result done = enrol_answer_encode(&e->a, &body) < 0 ? MHD_NO : answer_sealed(r, &e->box, WIRE_TYPE_ENROLLED, &body);
    buf_free(&body);
    count(r->h, COUNT_ENROLLED, 1);
    log_line(r->h->config.log, LOG_INFO, "enrol", "origin %016" PRIx64 " enrolled", e->q.origin);
    return done;
}

/* The request is a box to this server, and signed by the key that it brings: so the laptop has that key. That it has the
 * other one shows when it opens the answer. */
static int read_request(struct request *r, struct enrolment *e, struct err *err)
{
    static const struct digest_part purpose = {"zhucun enrolment", 16};
    const struct server_keys *keys = r->h->config.keys;
    struct gate_request g = request_gate(r);
    struct buf plain;

    buf_init(&plain, WIRE_MAX_JSON);
    int rc = box_open(&keys->box, purpose, (struct digest_part){"", 0}, r->body.data, r->body.len, &plain, err);
    if (rc == 0)
        rc = enrol_request_decode(plain.data, plain.len, &e->q, err);
    if (rc == 0)
        rc = key_from_text(keys->suite, KEY_SIGN, e->q.sign, &e->sign, err);
    if (rc == 0)
        rc = key_from_text(keys->suite, KEY_BOX, e->q.box, &e->box, err);
    if (rc == 0)
        rc = gate_check(&g, &e->sign, err);
    if (rc == 0)
        rc = gate_content(&g, r->body.data, r->body.len, err);
    if (rc == 0 && gate_origin(&g) != e->q.origin)
        rc = err_set(err, ERR_DENIED, "注册请求前后不一", "the enrolment request contradicts itself");
    e->counter = gate_counter(&g);
    buf_free(&plain);
    return rc;
}

static enum MHD_Result run(struct request *r, struct enrolment *e)
{
    struct err err = {0};
    int rc = read_request(r, e, &err);

    if (rc < 0) {
        refuse_message(r, &err);
        return answer_noted(r);
    }
    rc = intake_call(r->h->config.intake, in_writer, e, &err);
    if (rc == 0)
        return answer_enrolled(r, e);
    return e->unknown ? answer_err(r, MHD_HTTP_FORBIDDEN, PROBLEM_DENIED, &err)
                      : answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
}

static enum MHD_Result end(struct request *r)
{
    struct enrolment *e = calloc(1, sizeof *e);

    if (!e)
        return MHD_NO;
    e->env = r->h->config.env;
    enum MHD_Result done = run(r, e);
    free(e);
    return done;
}

/* The keys that a code's pin is of. */
static enum MHD_Result show_keys(struct request *r)
{
    const struct server_keys *keys = r->h->config.keys;
    struct server_offer offer = {.suite = (int)keys->suite};
    struct buf body;

    key_to_text(&keys->sign.public, offer.sign);
    key_to_text(&keys->box.public, offer.box);
    buf_init(&body, WIRE_MAX_JSON);
    enum MHD_Result done = server_offer_encode(&offer, &body) < 0 ? MHD_NO : answer_buf(r, MHD_HTTP_OK, WIRE_TYPE_JSON, &body);
    buf_free(&body);
    return done;
}

const struct route enrol_route = {.method = "POST", .path = "/v1/enrol", .body_max = WIRE_MAX_JSON, .end = end};
const struct route keys_route = {.method = "GET", .path = "/v1/keys", .body_max = 0, .end = show_keys};
