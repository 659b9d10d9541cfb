/* signed: see signed.h. Neighbours: core/wire/signed.c says what is signed; send_curl.c sends the headers. */
#include "signed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "zhucun/signed.h"

enum { NUMBER_TEXT = 24 };

/* A request with its headers as text; send_request points into it. */
struct written {
    struct send_request q;
    struct send_signature s;
    char clock[NUMBER_TEXT], offset[NUMBER_TEXT], length[NUMBER_TEXT];
};

static void write_numbers(struct conversation *c, struct written *w)
{
    int64_t now = c->env->now_ms(c->env->ctx);
    if (w->q.clock_ms == 0) w->q.clock_ms = now;
    uint64_t next = now > 0 ? (uint64_t)now : 1;
    c->counter = next > c->counter ? next : c->counter + 1;
    snprintf(w->s.origin, sizeof w->s.origin, "%016" PRIx64, c->origin);
    snprintf(w->s.counter, sizeof w->s.counter, "%" PRIu64, c->counter);
    snprintf(w->clock, sizeof w->clock, "%lld", (long long)w->q.clock_ms);
    snprintf(w->offset, sizeof w->offset, "%lld", (long long)w->q.upload_offset);
    snprintf(w->length, sizeof w->length, "%lld", (long long)w->q.upload_length);
}

static int write_request(struct conversation *c, const struct send_request *q, struct written *w, struct err *err)
{
    struct httpsig_part parts[SIGNED_PARTS_MAX];
    *w = (struct written){.q = *q};
    write_numbers(c, w);
    httpsig_digest(q->body_len ? q->body : "", q->body_len, w->s.digest);
    struct signed_request r = {q->method, q->path, w->s.digest, w->s.origin, w->s.counter, w->clock,
                               q->upload_offset >= 0 ? w->offset : NULL, q->upload_length >= 0 ? w->length : NULL};
    w->q.signature = &w->s;
    return httpsig_sign(&c->sign, parts, signed_request_parts(&r, parts), &w->s.sig, err);
}

static int not_the_server(const struct send_answer *a, struct err *err)
{
    if (a->body.len == 0 || strstr(a->content_type, "html") != NULL) return send_refusal(a, NULL, err);
    return err_set(err, ERR_PEER, "回答的不是登记时的服务器（没有它的签名，状态 %d）：可能是无线网的登录页或代理；数据都在本机，换个网络再同步",
                   "what answered is not the server of the enrolment (its signature is missing, status %d): perhaps a network's login page or "
                   "a proxy; everything is kept here, sync again on another network", a->status);
}

static int check_answer(const struct conversation *c, const struct written *w, struct send_answer *a, struct err *err)
{
    struct httpsig_part parts[SIGNED_PARTS_MAX];
    char status[NUMBER_TEXT], offset[NUMBER_TEXT], digest[HTTPSIG_DIGEST_TEXT];
    snprintf(status, sizeof status, "%d", a->status);
    snprintf(offset, sizeof offset, "%lld", (long long)a->upload_offset);
    httpsig_digest(a->body.len ? a->body.data : (const void *)"", a->body.len, digest);
    struct signed_answer s = {status, digest, a->upload_offset >= 0 ? offset : NULL, w->s.sig.signature};
    if (httpsig_check(&c->server_sign, parts, signed_answer_parts(&s, parts), a->sig.input, a->sig.signature, NULL) == 0) return 0;
    return not_the_server(a, err);
}

static int open_box(const struct conversation *c, const struct written *w, struct send_answer *a, struct err *err)
{
    struct buf opened;
    buf_init(&opened, a->body.max);
    int rc = box_open(&c->box, signed_purpose(), signed_aad(w->s.sig.signature), a->body.data, a->body.len, &opened, err);
    if (rc == 0) {
        buf_free(&a->body);
        a->body = opened;
        return 0;
    }
    buf_free(&opened);
    return rc == ERR_CORRUPT ? err_where(err, ERR_PEER, "服务器的回答", "the server's answer") : rc;
}

/* The server knows a higher number: this home was restored, or its clock stood later once. */
static bool is_behind(struct conversation *c, const struct send_answer *a)
{
    struct problem p;
    if (a->status != 401 || problem_decode(a->body.data, a->body.len, &p, NULL) != 0 || p.kind != PROBLEM_COUNTER) return false;
    if (p.expected <= c->counter) return false;
    c->counter = p.expected;
    return true;
}

static int ask(struct conversation *c, const struct send_request *q, struct send_answer *a, bool *again, struct err *err)
{
    struct written w;
    int rc = write_request(c, q, &w, err);
    if (rc == 0) rc = c->over->request(c->over->ctx, &w.q, a, err);
    if (rc == 0) rc = check_answer(c, &w, a, err);
    *again = rc == 0 && is_behind(c, a);
    if (rc == 0 && a->status == 200 && signed_is_sealed(a->content_type)) rc = open_box(c, &w, a, err);
    return rc;
}

static int converse(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    bool again;
    int rc = ask(ctx, q, a, &again, err);
    return rc == 0 && again ? ask(ctx, q, a, &again, err) : rc;
}

struct transport conversation_transport(struct conversation *c)
{
    return (struct transport){converse, c};
}

void conversation_end(struct conversation *c)
{
    key_forget(&c->sign);
    key_forget(&c->box);
}
