/* push: HEAD and PATCH of /v1/push/{origin}/{first}-{last}/{digest} — resumable upload of one sealed bundle.
 * Neighbours: uploads.c keeps the bytes, intake decides, push_answer.c says what came of it. While intake works the
 * connection is suspended, so that thousands may wait and no thread does.
 *
 *   all bytes here and digest right → intake → 200 receipt · 409 gap or fork · 415 format · 422 bad · 503/507 try later
 *   Upload-Offset not what is here  → 409 with the right Upload-Offset
 *   some bytes still missing        → 204 with Upload-Offset */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "push.h"

enum { DEVICE_ARENA = 256 * 1024 };

void push_free(struct request *r)
{
    struct push *p = r->push;

    if (!p)
        return;
    push_release(r);
    buf_free(&p->bundle);
    buf_free(&p->packed);
    free(p);
    r->push = NULL;
}

/* ---- beginning ---- */

static int check_sender(struct request *r)
{
    struct arena arena;
    struct device device;

    arena_init(&arena, DEVICE_ARENA);
    int rc = request_device(r, r->push->target.origin, &arena, &device);
    if (rc == 0)
        r->push->sender = device.sign;
    arena_free(&arena);
    return rc;
}

static int begin(struct request *r)
{
    struct err err = {0};

    r->push = calloc(1, sizeof *r->push);
    if (!r->push)
        return refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, (err_nomem(&err), &err));
    buf_init(&r->push->bundle, BUNDLE_MAX_BYTES + 65536);
    buf_init(&r->push->packed, BUNDLE_MAX_BYTES);
    if (push_target_parse(r->path, &r->push->target) < 0) {
        err_set(&err, ERR_REFUSED, "上传地址不合规：应为 /v1/push/来源/首-末/摘要",
                "not an upload's address: /v1/push/origin/first-last/digest");
        return refuse(r, MHD_HTTP_NOT_FOUND, PROBLEM_OTHER, &err);
    }
    return check_sender(r);
}

/* Has the client gone? A request that was cut may come to its turn after the one that replaces it, on another
 * thread; it must not take the upload away from that. */
static bool hung_up(const struct request *r)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd fd = {.fd = info ? info->connect_fd : -1, .events = POLLRDHUP};

    return poll(&fd, 1, 0) > 0 && fd.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static int take(struct request *r)
{
    struct push *p = r->push;
    struct err err = {0};
    int rc = upload_take(r->h->uploads, &p->target, r, hung_up(r), &p->upload, &p->size, &err);

    if (rc < 0)
        return refuse(r, rc == ERR_BUSY ? MHD_HTTP_CONFLICT : MHD_HTTP_INSUFFICIENT_STORAGE, PROBLEM_BUSY, &err);
    return 0;
}

/* The whole length: told, or to be had from a request that says it brings all the rest. */
static int whole_length(struct request *r, uint64_t offset)
{
    const char *complete = request_header(r, "Upload-Complete");
    int64_t length = request_number(r, "Upload-Length");
    struct err err = {0};

    if (length == -1 && complete && strcmp(complete, "?1") == 0)
        length = (int64_t)(offset + r->length);
    if (length <= 0) {
        err_set(&err, ERR_REFUSED, "缺少 Upload-Length", "Upload-Length is missing");
        return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_OTHER, &err);
    }
    if (length > BUNDLE_MAX_BYTES) {
        err_set(&err, ERR_REFUSED, "数据包超过 %d 字节", "the bundle is longer than %d bytes", (int)BUNDLE_MAX_BYTES);
        return refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, PROBLEM_OTHER, &err);
    }
    r->push->length = (uint64_t)length;
    return 0;
}

static int refuse_offset(struct request *r)
{
    struct problem p = {.kind = PROBLEM_OFFSET, .status = MHD_HTTP_CONFLICT, .offset = r->push->size};

    push_release(r);
    snprintf(p.detail_zh, sizeof p.detail_zh, "服务器已有 %" PRIu64 " 字节，请从那里继续", r->push->size);
    snprintf(p.detail_en, sizeof p.detail_en, "the server has %" PRIu64 " bytes: go on from there", r->push->size);
    return refuse_problem(r, &p);
}

static int refuse_overlong(struct request *r)
{
    struct err err = {0};

    r->push->drop = true;
    push_release(r);
    err_set(&err, ERR_REFUSED, "内容比 Upload-Length 长", "there is more than Upload-Length says");
    return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_BAD_BUNDLE, &err);
}

static int begin_patch(struct request *r)
{
    int64_t offset = request_number(r, "Upload-Offset");
    struct err err = {0};
    int rc = begin(r);

    if (rc < 0)
        return rc;
    if (offset < 0 || offset > BUNDLE_MAX_BYTES) {
        err_set(&err, ERR_REFUSED, "缺少 Upload-Offset", "Upload-Offset is missing");
        return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_OTHER, &err);
    }
    if ((rc = whole_length(r, (uint64_t)offset)) < 0 || (rc = take(r)) < 0)
        return rc;
    if (r->push->size != (uint64_t)offset)
        return refuse_offset(r);
    return r->push->size + r->length > r->push->length ? refuse_overlong(r) : 0;
}

/* ---- body ---- */

static int body(struct request *r, const void *bytes, size_t n)
{
    struct push *p = r->push;
    struct err err = {0};

    if (p->size + n > p->length)
        return refuse_overlong(r);
    int rc = upload_append(r->h->uploads, p->upload, r, bytes, n, &err);
    if (rc == ERR_REFUSED)
        return refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, PROBLEM_BAD_BUNDLE, &err);
    if (rc == ERR_DISK)
        log_line(r->h->config.log, LOG_ERROR, "push", "%s", err.en);
    if (rc < 0)
        return refuse(r, rc == ERR_DISK ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_CONFLICT, PROBLEM_BUSY, &err);
    p->size += n;
    count(r->h, COUNT_PUSH_BYTES, n);
    return 0;
}

/* ---- end ---- */

static enum MHD_Result end_head(struct request *r)
{
    return take(r) < 0 ? answer_noted(r) : push_answer_offset(r);
}

/* From the writer's thread. After the resume the request belongs to its own thread again. */
static void decided(void *ctx, const struct intake_result *result)
{
    struct request *r = ctx;
    struct http *h = r->h;

    r->push->result = *result;
    r->push->state = PUSH_DECIDED;
    MHD_resume_connection(r->connection);
    atomic_fetch_sub(&h->waiting, 1);
}

static enum MHD_Result submit(struct request *r)
{
    struct push *p = r->push;
    int64_t clock = request_number(r, WIRE_HEADER_CLOCK);

    p->intake = (struct intake_push){.origin = p->target.origin, .bytes = p->packed.data, .n = p->packed.len,
                                     .sealed = p->bundle.data, .sealed_n = p->bundle.len,
                                     .agent_clock_ms = clock > 0 ? clock : 0,
                                     .received_ms = r->h->config.env->now_ms(r->h->config.env->ctx),
                                     .done = decided, .ctx = r};
    p->state = PUSH_WAITING;
    count(r->h, COUNT_PUSHES, 1);
    atomic_fetch_add(&r->h->waiting, 1);
    MHD_suspend_connection(r->connection);
    if (intake_submit(r->h->config.intake, &p->intake) < 0) {
        p->state = PUSH_BUSY;
        MHD_resume_connection(r->connection);
        atomic_fetch_sub(&r->h->waiting, 1);
    }
    return MHD_YES;
}

/* Nobody will ask for these bytes again. */
static enum MHD_Result refuse_bundle(struct request *r, const struct err *why)
{
    r->push->drop = true;
    push_release(r);
    count(r->h, COUNT_BAD, 1);
    if (why->code != ERR_FORMAT)
        return answer_err(r, MHD_HTTP_UNPROCESSABLE_CONTENT, PROBLEM_BAD_BUNDLE, why);
    refuse_message(r, why);
    return answer_noted(r);
}

static enum MHD_Result check_and_submit(struct request *r)
{
    struct push *p = r->push;
    struct digest digest;
    struct err err = {0};

    if (upload_copy(r->h->uploads, p->upload, r, &p->bundle, &err) < 0) {
        push_release(r);
        return answer_err(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
    }
    digest_of(p->bundle.data, p->bundle.len, &digest);
    if (!digest_equal(&digest, &p->target.digest)) {
        err_set(&err, ERR_CORRUPT, "内容与摘要不符，已丢弃：请重新上传", "the bytes do not have that digest and were dropped: "
                                                                        "send them again");
        return refuse_bundle(r, &err);
    }
    int rc = gate_bundle(r->h->config.keys, &p->sender, p->bundle.data, p->bundle.len, &p->packed, &err);
    return rc < 0 ? refuse_bundle(r, &err) : submit(r);
}

static enum MHD_Result end_patch(struct request *r)
{
    struct push *p = r->push;

    switch (p->state) {
    case PUSH_RECEIVING:
        return p->size < p->length ? push_answer_offset(r) : check_and_submit(r);
    case PUSH_WAITING:
        return MHD_YES; /* still suspended */
    case PUSH_BUSY:
        return push_answer_busy(r);
    case PUSH_DECIDED:
        break;
    }
    return push_answer_decided(r);
}

const struct route push_head_route = {.method = "HEAD", .path = "/v1/push/", .prefix = true, .begin = begin,
                                      .end = end_head};
const struct route push_patch_route = {.method = "PATCH", .path = "/v1/push/", .prefix = true,
                                       .body_max = BUNDLE_MAX_BYTES, .begin = begin_patch, .body = body,
                                       .end = end_patch};
