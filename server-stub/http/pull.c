/* pull: POST /v1/pull — the request in, the answer of outflow out. */
#include "answer.h"
#include "outflow.h"
#include "scope.h"

enum { DEVICE_ARENA = 256 * 1024 };

static int read_request(struct request *r, struct arena *arena, struct pull_request *q)
{
    struct err err = {0};

    if (pull_request_decode(r->body.data, r->body.len, arena, q, &err) < 0)
        return refuse_message(r, &err);
    return 0;
}

static int write_notes(struct store *s, void *ctx, struct err *err)
{
    return tally_notes_write(s, ctx, err);
}

/* Seldom: a laptop that counts its visits otherwise than the server. The laptop asks again at every sync. */
static void keep_notes(struct request *r, struct tally_notes *notes)
{
    const struct log *log = r->h->config.log;
    struct err err = {0};

    for (size_t i = 0; i < notes->count; i++) {
        const struct tally_note *n = &notes->list[i];
        if (n->about == TALLY_DIFFERS)
            log_line(log, LOG_WARN, "tally", "origin %016llx, month %d: %llu visits here, %llu there: report missing",
                     (unsigned long long)n->key.origin, n->key.month, (unsigned long long)n->difference.here.count,
                     (unsigned long long)n->difference.there.count);
    }
    if (notes->count && intake_call(r->h->config.intake, write_notes, notes, &err) < 0)
        log_line(log, LOG_WARN, "tally", "not noted: %s", err.en);
    tally_notes_free(notes);
}

struct release {
    uint64_t origin, up_to;
};

static int write_release(struct store *s, void *ctx, struct err *err)
{
    const struct release *one = ctx;

    return scope_forget(s, one->origin, one->up_to, err);
}

/* Seldom: a household is handed over. Written before the laptop hears of it: known in memory only, a crash would undo it,
 * and by then the laptop may show another scope than the one that told it (scope.h). */
static int keep_release(struct request *r, uint64_t origin, uint64_t up_to, struct err *err)
{
    struct release one = {origin, up_to};

    return up_to ? intake_call(r->h->config.intake, write_release, &one, err) : 0;
}

static int run_pull(struct request *r, const struct device *device, const struct pull_request *q, struct buf *out)
{
    struct tally_notes notes = {0};
    struct err err = {0};
    struct store *s = reader_take(r->h->readers, &err);
    uint64_t released = 0;
    int rc = ERR_DISK;

    if (s) {
        rc = outflow_pull(s, r->h->config.env, device, q, out, &released, &notes, &err);
        reader_give(r->h->readers, s);
    }
    keep_notes(r, &notes);
    if (rc == 0)
        rc = keep_release(r, q->origin, released, &err);
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
    enum MHD_Result done;

    arena_init(&arena, DEVICE_ARENA);
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    if (request_device(r, request_origin(r), &arena, &device) < 0 || read_request(r, &arena, &q) < 0 ||
        request_same_origin(r, &device, q.origin) < 0 || run_pull(r, &device, &q, &out) < 0) {
        done = answer_noted(r);
    } else {
        const struct env *env = r->h->config.env;
        contacts_note(r->h->contacts, &(struct contact){.origin = q.origin, .pulled = true, .csn = q.csn,
                                                             .at_ms = env->now_ms(env->ctx), .counter = request_counter(r)});
        count(r->h, COUNT_PULLS, 1);
        count(r->h, COUNT_PULL_BYTES, out.len);
        done = answer_sealed(r, &device.box, WIRE_TYPE_PULL, &out);
    }
    buf_free(&out);
    arena_free(&arena);
    return done;
}

const struct route pull_route = {.method = "POST", .path = "/v1/pull", .body_max = WIRE_MAX_PULL_REQUEST, .end = end};
