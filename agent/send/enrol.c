/* enrol: the two requests before a laptop is known. The server's keys come unsigned and are held against the code's pin by the
 * caller; the request itself is a box that only that server opens, and its answer one for this laptop. */
#include "signed.h"

static const struct digest_part purpose = {"zhucun enrolment", 16};

static struct send_request request_to(const char *method, const char *path, const struct buf *body)
{
    return (struct send_request){.method = method, .path = path, .content_type = body ? WIRE_TYPE_ENROL : NULL,
                                 .body = body ? body->data : NULL, .body_len = body ? body->len : 0,
                                 .upload_offset = -1, .upload_length = -1};
}

int send_offer(const struct transport *t, struct server_offer *out, struct err *err)
{
    struct send_request q = request_to("GET", "/v1/keys", NULL);
    struct send_answer a = {0};
    buf_init(&a.body, WIRE_MAX_JSON);
    int rc = t->request(t->ctx, &q, &a, err);
    if (rc == 0 && a.status != 200) rc = send_refusal(&a, NULL, err);
    else if (rc == 0 && server_offer_decode(a.body.data, a.body.len, out, err) != 0)
        rc = err_where(err, ERR_PEER, "服务器的密钥", "the server's keys");
    buf_free(&a.body);
    return rc;
}

static int read_answer(const struct send_answer *a, struct enrol_answer *out, struct err *err)
{
    if (a->status == 200) {
        int rc = enrol_answer_decode(a->body.data, a->body.len, out, err);
        return rc == 0 || rc == ERR_NOMEM ? rc : err_where(err, ERR_PEER, "服务器的注册回答", "the server's answer to the enrolment");
    }
    return send_refusal(a, NULL, err);
}

int send_enrol(struct conversation *c, const struct public_key *server_box, const struct enrol_request *q,
               struct enrol_answer *out, struct err *err)
{
    struct transport t = conversation_transport(c);
    struct buf plain, sealed;
    struct send_answer a = {0};
    buf_init(&plain, WIRE_MAX_JSON);
    buf_init(&sealed, WIRE_MAX_JSON);
    buf_init(&a.body, WIRE_MAX_JSON);
    int rc = enrol_request_encode(q, &plain);
    if (rc == 0) rc = box_seal(server_box, c->env, purpose, (struct digest_part){"", 0}, plain.data, plain.len, &sealed, err);
    struct send_request r = request_to("POST", "/v1/enrol", &sealed);
    if (rc == 0) rc = t.request(t.ctx, &r, &a, err);
    if (rc == 0) rc = read_answer(&a, out, err);
    buf_free(&a.body);
    buf_free(&sealed);
    buf_free(&plain);
    return rc;
}
