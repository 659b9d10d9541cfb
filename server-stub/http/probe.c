/* probe: GET /healthz (the process answers) and GET /readyz (the store can be read and the writer writes). */
#include "answer.h"

static enum MHD_Result answer_state(struct request *r, unsigned status, const char *text)
{
    struct buf body;

    buf_init(&body, 256);
    buf_printf(&body, "{\"status\":\"%s\"}\n", text);
    enum MHD_Result done = answer_buf(r, status, WIRE_TYPE_JSON, &body);
    buf_free(&body);
    return done;
}

static enum MHD_Result health(struct request *r)
{
    return answer_state(r, MHD_HTTP_OK, "ok");
}

static int writer_lives(struct store *s, void *ctx, struct err *err)
{
    return store_head(s, ctx, err);
}

static enum MHD_Result ready(struct request *r)
{
    struct err err = {0};
    uint64_t head;

    if (atomic_load(&r->h->stopping))
        return answer_state(r, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping");
    if (intake_call(r->h->config.intake, writer_lives, &head, &err) < 0)
        return answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
    return answer_state(r, MHD_HTTP_OK, "ready");
}

const struct route health_route = {.method = "GET", .path = "/healthz", .body_max = 0, .end = health};
const struct route ready_route = {.method = "GET", .path = "/readyz", .body_max = 0, .end = ready};
