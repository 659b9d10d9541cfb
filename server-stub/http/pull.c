/* pull: POST /v1/pull — the request in, the answer of outflow out. */
#include "answer.h"
#include "outflow.h"

enum { DEVICE_ARENA = 256 * 1024 };

static int read_request(struct request *r, struct pull_request *q)
{
    struct err err = {0};

    if (pull_request_decode(r->body.data, r->body.len, q, &err) < 0)
        return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_OTHER, &err);
    return 0;
}

static int run_pull(struct request *r, const struct device *device, const struct pull_request *q, struct buf *out,
                    uint64_t *released)
{
    struct err err = {0};
    struct store *s = reader_take(r->h->readers, &err);
    int rc = ERR_DISK;

    if (s) {
        rc = outflow_pull(s, r->h->config.env, device, q, out, released, &err);
        reader_give(r->h->readers, s);
    }
    if (rc == 0 && !out->failed)
        return 0;
    log_line(r->h->config.log, LOG_ERROR, "pull", "origin %016llx: %s", (unsigned long long)q->origin, err.en);
    return refuse(r, rc == ERR_DENIED ? MHD_HTTP_FORBIDDEN : MHD_HTTP_SERVICE_UNAVAILABLE,
                  rc == ERR_DENIED ? PROBLEM_DENIED : PROBLEM_BUSY, &err);
}

static enum MHD_Result end(struct request *r)
{
    struct pull_request q;
    struct device device;
    struct arena arena;
    struct buf out;
    uint64_t released = 0;
    enum MHD_Result done;

    arena_init(&arena, DEVICE_ARENA);
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    if (read_request(r, &q) < 0 || request_device(r, q.origin, &arena, &device) < 0 ||
        run_pull(r, &device, &q, &out, &released) < 0) {
        done = answer_noted(r);
    } else {
        const struct env *env = r->h->config.env;
        contacts_note(r->h->contacts, &(struct contact){q.origin, q.csn, released, env->now_ms(env->ctx)});
        count(r->h, COUNT_PULLS, 1);
        count(r->h, COUNT_PULL_BYTES, out.len);
        done = answer_buf(r, MHD_HTTP_OK, WIRE_TYPE_PULL, &out);
    }
    buf_free(&out);
    arena_free(&arena);
    return done;
}

const struct route pull_route = {.method = "POST", .path = "/v1/pull", .body_max = WIRE_MAX_PULL_REQUEST, .end = end};
