/* answer: see answer.h. */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>

enum { BUSY_RETRY_S = 3 };

struct MHD_Response *answer_make(const struct buf *body, const char *type)
{
    union { /* the copy is only read; the library's parameter lacks a const */
        const uint8_t *from;
        void *to;
    } bytes = {.from = body->data};
    struct MHD_Response *response =
        body->failed ? NULL : MHD_create_response_from_buffer(body->len, bytes.to, MHD_RESPMEM_MUST_COPY);

    if (!response)
        return NULL;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    return response;
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
    return answer_queue(r, status, answer_make(body, type));
}

static void add_number(struct MHD_Response *response, const char *name, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, n);
    MHD_add_response_header(response, name, text);
}

struct MHD_Response *answer_problem_make(const struct problem *p)
{
    struct buf body;

    buf_init(&body, WIRE_MAX_JSON);
    struct MHD_Response *response = problem_encode(p, &body) < 0 ? NULL : answer_make(&body, WIRE_TYPE_PROBLEM);
    buf_free(&body);
    if (!response)
        return NULL;
    if (p->kind == PROBLEM_OFFSET)
        add_number(response, "Upload-Offset", p->offset);
    if (p->status == MHD_HTTP_SERVICE_UNAVAILABLE || p->status == MHD_HTTP_INSUFFICIENT_STORAGE)
        add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, BUSY_RETRY_S);
    if (p->status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"zhucun\"");
    return response;
}

enum MHD_Result answer_problem(struct request *r, const struct problem *p)
{
    return answer_queue(r, (unsigned)p->status, answer_problem_make(p));
}

int refuse_problem(struct request *r, const struct problem *p)
{
    count(r->h, COUNT_REFUSED, 1);
    if (!r->refusal) {
        r->refusal = answer_problem_make(p);
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

enum MHD_Result answer_err(struct request *r, unsigned status, enum problem_kind kind, const struct err *why)
{
    struct problem p;

    problem_fill(&p, status, kind, why);
    count(r->h, COUNT_REFUSED, 1);
    return answer_problem(r, &p);
}
