/* push_answer: what came of an upload — how much of it is here, a receipt, or why not. Each lets go of the upload before the
 * answer leaves. */
#include <inttypes.h>
#include <stdio.h>

#include "push.h"

void push_release(struct request *r)
{
    struct push *p = r->push;

    if (p->upload)
        upload_leave(r->h->uploads, p->upload, r, !p->drop);
    p->upload = NULL;
}

enum MHD_Result push_answer_offset(struct request *r)
{
    const struct buf nothing = {0};
    struct MHD_Response *response = answer_make(r, MHD_HTTP_NO_CONTENT, &nothing, NULL, (int64_t)r->push->size);

    push_release(r);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Upload-Complete", "?0");
    return answer_queue(r, MHD_HTTP_NO_CONTENT, response);
}

static enum MHD_Result answer_receipt(struct request *r, const struct receipt *receipt)
{
    struct buf body_bytes;

    buf_init(&body_bytes, WIRE_MAX_JSON);
    enum MHD_Result done = receipt_encode(receipt, &body_bytes) < 0
                               ? MHD_NO
                               : answer_buf(r, MHD_HTTP_OK, WIRE_TYPE_JSON, &body_bytes);
    buf_free(&body_bytes);
    count(r->h, COUNT_STORED, 1);
    return done;
}

static enum MHD_Result answer_conflict(struct request *r, enum problem_kind kind, const struct intake_result *result)
{
    struct problem p;
    struct err err = {0};

    if (kind == PROBLEM_GAP)
        err_set(&err, ERR_REFUSED, "服务器需要从第 %" PRIu64 " 号开始", "the server wants number %" PRIu64 " next",
                result->expected);
    else
        err_set(&err, ERR_REFUSED, "第 %" PRIu64 " 号与服务器已有的不同：此安装有两个分支",
                "number %" PRIu64 " differs from what the server has: this installation has two branches",
                result->expected);
    problem_fill(&p, MHD_HTTP_CONFLICT, kind, &err);
    p.expected = result->expected;
    p.hash = result->hash;
    count(r->h, kind == PROBLEM_GAP ? COUNT_GAP : COUNT_FORK, 1);
    return answer_problem(r, &p);
}

enum MHD_Result push_answer_decided(struct request *r)
{
    const struct intake_result *result = &r->push->result;

    r->push->drop = result->status != INTAKE_ERROR;
    push_release(r);
    switch (result->status) {
    case INTAKE_STORED:
        return answer_receipt(r, &result->receipt);
    case INTAKE_GAP:
        return answer_conflict(r, PROBLEM_GAP, result);
    case INTAKE_FORK:
        return answer_conflict(r, PROBLEM_FORK, result);
    case INTAKE_BAD:
        count(r->h, COUNT_BAD, 1);
        return answer_err(r, MHD_HTTP_UNPROCESSABLE_CONTENT, PROBLEM_BAD_BUNDLE, &result->err);
    case INTAKE_ERROR:
        break;
    }
    count(r->h, COUNT_ERROR, 1);
    log_line(r->h->config.log, LOG_ERROR, "push", "origin %016" PRIx64 ": %s", r->push->target.origin, result->err.en);
    return answer_err(r, result->err.code == ERR_DISK ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_SERVICE_UNAVAILABLE,
                      PROBLEM_BUSY, &result->err);
}

enum MHD_Result push_answer_busy(struct request *r)
{
    struct err err = {0};

    push_release(r);
    count(r->h, COUNT_BUSY, 1);
    err_set(&err, ERR_BUSY, "服务器正忙，请稍后再试", "the server is busy: try again later");
    return answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
}
