/* answer: see answer.h. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BUSY_RETRY_S = 3 };

static void add_number(struct MHD_Response *response, const char *name, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, n);
    MHD_add_response_header(response, name, text);
}

/* Without it nobody believes the answer; so when it cannot be made, none is given. */
static bool add_signature(struct request *r, unsigned status, const struct buf *body, int64_t offset, struct MHD_Response *response)
{
    const void *bytes = body->len ? body->data : (const void *)"";
    struct gate_answer g;
    struct err err = {0};

    if (gate_sign(r->h->config.keys, (int)status, bytes, body->len, offset, request_header(r, HTTPSIG_SIGNATURE), &g, &err) < 0) {
        log_line(r->h->config.log, LOG_ERROR, "http", "an answer was not signed: %s", err.en);
        return false;
    }
    MHD_add_response_header(response, HTTPSIG_DIGEST, g.digest);
    MHD_add_response_header(response, HTTPSIG_INPUT, g.signature.input);
    MHD_add_response_header(response, HTTPSIG_SIGNATURE, g.signature.signature);
    return true;
}

struct MHD_Response *answer_make(struct request *r, unsigned status, const struct buf *body, const char *type, int64_t offset)
{
    union { /* the copy is only read; the library's parameter lacks a const */
        const uint8_t *from;
        void *to;
    } bytes = {.from = body->data};
    struct MHD_Response *response =
        body->failed ? NULL : MHD_create_response_from_buffer(body->len, bytes.to, MHD_RESPMEM_MUST_COPY);

    if (!response)
        return NULL;
    if (type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (offset >= 0)
        add_number(response, "Upload-Offset", (uint64_t)offset);
    if (add_signature(r, status, body, offset, response))
        return response;
    MHD_destroy_response(response);
    return NULL;
}

enum MHD_Result answer_queue(struct request *r, unsigned status, struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    if (r->close || atomic_load(&r->h->stopping))
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result done = MHD_queue_response(r->connection, status, response);
    MHD_destroy_response(response);
    return done;
}

enum MHD_Result answer_buf(struct request *r, unsigned status, const char *type, const struct buf *body)
{
    return answer_queue(r, status, answer_make(r, status, body, type, -1));
}

enum MHD_Result answer_sealed(struct request *r, const struct public_key *to, const char *type, const struct buf *body)
{
    const struct http_config *c = &r->h->config;
    struct buf sealed;
    struct err err = {0};

    buf_init(&sealed, body->len + BOX_OVERHEAD_MAX);
    int rc = gate_seal(to, request_header(r, HTTPSIG_SIGNATURE), body->data, body->len, c->env, &sealed, &err);
    if (rc < 0)
        log_line(c->log, LOG_ERROR, "http", "an answer was not sealed: %s", err.en);
    enum MHD_Result done = rc < 0 ? answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err)
                                  : answer_buf(r, MHD_HTTP_OK, type, &sealed);
    buf_free(&sealed);
    return done;
}

/* An answer to HEAD has no body: what is signed is what arrives, and who asked learns why by sending the bytes. */
static bool bodiless(const struct request *r)
{
    return r->route && strcmp(r->route->method, "HEAD") == 0;
}

static struct MHD_Response *problem_make(struct request *r, const struct problem *p)
{
    int64_t offset = p->kind == PROBLEM_OFFSET ? (int64_t)p->offset : -1;
    struct buf body;

    buf_init(&body, WIRE_MAX_JSON);
    int rc = bodiless(r) ? 0 : problem_encode(p, &body);
    struct MHD_Response *response = rc < 0 ? NULL : answer_make(r, (unsigned)p->status, &body, WIRE_TYPE_PROBLEM, offset);
    buf_free(&body);
    if (response && (p->status == MHD_HTTP_SERVICE_UNAVAILABLE || p->status == MHD_HTTP_INSUFFICIENT_STORAGE))
        add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, BUSY_RETRY_S);
    return response;
}

enum MHD_Result answer_problem(struct request *r, const struct problem *p)
{
    return answer_queue(r, (unsigned)p->status, problem_make(r, p));
}

int refuse_problem(struct request *r, const struct problem *p)
{
    count(r->h, COUNT_REFUSED, 1);
    if (!r->refusal) {
        r->refusal = problem_make(r, p);
        r->refusal_status = (unsigned)p->status;
    }
    return ERR_REFUSED;
}

enum MHD_Result answer_noted(struct request *r)
{
    struct MHD_Response *response = r->refusal;

    r->refusal = NULL;
    return answer_queue(r, r->refusal_status, response);
}

void problem_fill(struct problem *p, unsigned status, enum problem_kind kind, const struct err *why)
{
    *p = (struct problem){.kind = kind, .status = (int)status};
    snprintf(p->detail_zh, sizeof p->detail_zh, "%.*s", (int)sizeof p->detail_zh - 1, why->zh);
    snprintf(p->detail_en, sizeof p->detail_en, "%.*s", (int)sizeof p->detail_en - 1, why->en);
}

int refuse(struct request *r, unsigned status, enum problem_kind kind, const struct err *why)
{
    struct problem p;

    problem_fill(&p, status, kind, why);
    return refuse_problem(r, &p);
}

int refuse_message(struct request *r, const struct err *why)
{
    bool format = why->code == ERR_FORMAT;

    return refuse(r, format ? MHD_HTTP_UNSUPPORTED_MEDIA_TYPE : MHD_HTTP_BAD_REQUEST,
                  format ? PROBLEM_FORMAT : PROBLEM_OTHER, why);
}

enum MHD_Result answer_err(struct request *r, unsigned status, enum problem_kind kind, const struct err *why)
{
    struct problem p;

    problem_fill(&p, status, kind, why);
    count(r->h, COUNT_REFUSED, 1);
    return answer_problem(r, &p);
}
