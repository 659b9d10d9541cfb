/* enrol: the one request that needs no token; its code is used up by the answer. */
#include "send.h"

static int read_answer(const struct send_answer *a, struct enrol_answer *out, struct err *err)
{
    if (a->status == 200 || a->status == 201) {
        int rc = enrol_answer_decode(a->body.data, a->body.len, out, err);
        return rc == 0 || rc == ERR_NOMEM ? rc : err_where(err, ERR_PEER, "服务器的注册回答", "the server's answer to the enrolment");
    }
    return send_refusal(a, NULL, err);
}

int send_enrol(const struct transport *t, const struct enrol_request *q, struct enrol_answer *out, struct err *err)
{
    struct buf body;
    struct send_answer a = {0};
    buf_init(&body, WIRE_MAX_JSON);
    buf_init(&a.body, WIRE_MAX_JSON);
    int rc = enrol_request_encode(q, &body);
    if (rc) rc = err_set(err, ERR_REFUSED, "注册码不对", "the code is not one");
    struct send_request r = {.method = "POST", .path = "/v1/enrol", .content_type = WIRE_TYPE_JSON, .body = body.data,
                             .body_len = body.len, .upload_offset = -1, .upload_length = -1};
    if (rc == 0) rc = t->request(t->ctx, &r, &a, err);
    if (rc == 0) rc = read_answer(&a, out, err);
    buf_free(&a.body);
    buf_free(&body);
    return rc;
}
