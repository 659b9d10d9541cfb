/* enrol: POST /v1/enrol — a one-time code against a token. The code is used up in the writer's transaction that
 * makes the device, so it works once whatever is repeated; of the token only its SHA-256 is kept. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

struct enrolment {
    struct enrol_request q;
    struct enrol_answer a;
    const struct env *env;
    bool unknown;
};

static int make_token(const struct env *env, char out[WIRE_TOKEN_TEXT], struct digest *digest, struct err *err)
{
    uint8_t secret[32];

    if (env->random(env->ctx, secret, sizeof secret) < 0)
        return err_set(err, ERR_DISK, "没有可用的随机数", "no randomness available");
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(out + 2 * i, 3, "%02x", secret[i]);
    digest_of(out, strlen(out), digest);
    return 0;
}

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
    if (rc < 0 || (rc = make_token(e->env, e->a.token, &d.token, err)) < 0)
        return rc;
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

/* People type codes: case, blanks, dashes and the look-alikes O I L do not matter. */
static void tidy_code(char *code)
{
    char *to = code;

    for (const char *at = code; *at; at++) {
        char c = *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at;
        if (c == '-' || c == ' ')
            continue;
        *to++ = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    *to = '\0';
}

static enum MHD_Result answer_enrolled(struct request *r, const struct enrolment *e)
{
    struct buf body;

    buf_init(&body, WIRE_MAX_JSON);
    enum MHD_Result done = enrol_answer_encode(&e->a, &body) < 0 ? MHD_NO
                                                                 : answer_buf(r, MHD_HTTP_OK, WIRE_TYPE_JSON, &body);
    buf_free(&body);
    count(r->h, COUNT_ENROLLED, 1);
    log_line(r->h->config.log, LOG_INFO, "enrol", "origin %016" PRIx64 " enrolled", e->q.origin);
    return done;
}

static enum MHD_Result end(struct request *r)
{
    struct err err = {0};
    struct enrolment *e = calloc(1, sizeof *e);
    enum MHD_Result done;

    if (!e)
        return MHD_NO;
    e->env = r->h->config.env;
    int rc = enrol_request_decode(r->body.data, r->body.len, &e->q, &err);
    if (rc < 0) {
        done = answer_err(r, MHD_HTTP_BAD_REQUEST, PROBLEM_OTHER, &err);
    } else {
        tidy_code(e->q.code);
        rc = intake_call(r->h->config.intake, in_writer, e, &err);
        done = rc == 0      ? answer_enrolled(r, e)
               : e->unknown ? answer_err(r, MHD_HTTP_FORBIDDEN, PROBLEM_DENIED, &err)
                            : answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
    }
    free(e);
    return done;
}

const struct route enrol_route = {.method = "POST", .path = "/v1/enrol", .body_max = WIRE_MAX_JSON, .end = end};
