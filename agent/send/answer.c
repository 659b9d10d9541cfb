/* answer: what comes back — three headers and a bounded body — and what to say of an answer nobody hoped for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "curl_state.h"

void answer_reset(struct send_answer *a)
{
    a->status = 0;
    a->content_type[0] = 0;
    a->upload_offset = a->retry_after_s = -1;
    a->sig = (struct httpsig){0};
    buf_reset(&a->body);
}

/* The value of header `name` in a line, trimmed into out; false: another header. */
static bool header_value(const char *line, size_t n, const char *name, char *out, size_t room)
{
    size_t len = strlen(name);
    if (n <= len || line[len] != ':' || strncasecmp(line, name, len) != 0) return false;
    line += len + 1;
    n -= len + 1;
    while (n && (*line == ' ' || *line == '\t'))
        line++, n--;
    while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
        n--;
    if (n >= room) n = room - 1;
    memcpy(out, line, n);
    out[n] = 0;
    return true;
}

/* Decimal digits only; −1 for anything else. (Retry-After as a date is not obeyed: the clock may be wrong.) */
static int64_t number(const char *text)
{
    char *end;
    if (*text < '0' || *text > '9') return -1;
    long long v = strtoll(text, &end, 10);
    return *end == 0 && v >= 0 ? v : -1;
}

size_t answer_header(char *line, size_t size, size_t count, void *ctx)
{
    struct send_curl *c = ctx;
    size_t n = size * count;
    char value[80];
    if (c->lose_reply) return 0;
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) answer_reset(c->a);
    c->heads_end = line[0] == '\r' || line[0] == '\n';
    if (header_value(line, n, "Upload-Offset", value, sizeof value)) c->a->upload_offset = number(value);
    if (header_value(line, n, "Retry-After", value, sizeof value)) c->a->retry_after_s = number(value);
    header_value(line, n, HTTPSIG_INPUT, c->a->sig.input, sizeof c->a->sig.input);
    header_value(line, n, HTTPSIG_SIGNATURE, c->a->sig.signature, sizeof c->a->sig.signature);
    if (header_value(line, n, "Content-Type", value, sizeof value))
        snprintf(c->a->content_type, sizeof c->a->content_type, "%s", value);
    return n;
}

size_t answer_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct send_curl *c = ctx;
    buf_put(&c->a->body, bytes, size * count);
    c->overflow = c->a->body.failed;
    return c->overflow ? 0 : size * count;
}

/* ---- refusals ---- */

static bool looks_like_a_page(const struct send_answer *a)
{
    return (a->status >= 300 && a->status < 400) || strncasecmp(a->content_type, "text/html", 9) == 0;
}

static int sentence(const struct send_answer *a, const struct problem *p, int code, struct err *err)
{
    if (p->detail_zh[0] || p->detail_en[0])
        return err_words(err, code, p->detail_zh[0] ? p->detail_zh : p->detail_en,
                         p->detail_en[0] ? p->detail_en : p->detail_zh);
    if (looks_like_a_page(a))
        return err_set(err, code, "收到的是网页而不是服务器的回答（状态 %d）：可能是无线网的登录页，或服务器地址不对",
                       "a web page answered, not the server (status %d): a network's login page, or a wrong address",
                       a->status);
    if (code == ERR_DENIED)
        return err_set(err, code, "服务器不接受这台设备（状态 %d）：请联系主管", "the server does not accept this device (status %d): ask your supervisor",
                       a->status);
    return err_set(err, code, "服务器回答了错误（状态 %d）：数据都在本机，请稍后再同步",
                   "the server answered with an error (status %d): everything is kept here, sync again later", a->status);
}

int send_refusal(const struct send_answer *a, struct problem *p, struct err *err)
{
    struct problem local;
    char zh[200], en[200];
    int code = a->status == 401 || a->status == 403 ? ERR_DENIED : ERR_PEER;
    if (!p) p = &local;
    if (a->body.len == 0 || problem_decode(a->body.data, a->body.len, p, NULL)) *p = (struct problem){0};
    sentence(a, p, code, err);
    if (a->retry_after_s < 0) return code;
    snprintf(zh, sizeof zh, "请在 %lld 秒后重试", (long long)a->retry_after_s);
    snprintf(en, sizeof en, "try again in %lld s", (long long)a->retry_after_s);
    return err_where(err, code, "%s%.0s", "%.0s%s", zh, en);
}
