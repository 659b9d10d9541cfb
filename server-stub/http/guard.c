/* guard: refuses requests on whose length or target two readers could disagree, which is how requests are
 * smuggled past proxies; libmicrohttpd's strict mode lets these through. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "request.h"

enum { MAX_PATH = 300, MAX_HEADERS = 60 };

struct seen {
    unsigned hosts, lengths, codings, total;
    bool odd_name, odd_length, odd_coding;
};

static bool token_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool token(const char *text)
{
    const char *at = text;

    while (token_char(*at))
        at++;
    return at > text && !*at;
}

static bool digits(const char *text)
{
    size_t n = text ? strspn(text, "0123456789") : 0;

    return n > 0 && n <= 15 && !text[n];
}

static enum MHD_Result look(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct seen *s = ctx;

    (void)kind;
    s->total++;
    s->odd_name |= !token(name);
    if (strcasecmp(name, "Host") == 0)
        s->hosts++;
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        s->codings++;
        s->odd_coding |= !value || strcasecmp(value, "chunked") != 0;
    }
    if (strcasecmp(name, "Content-Length") == 0) {
        s->lengths++;
        s->odd_length |= !digits(value);
    }
    return MHD_YES;
}

static bool known_method(const char *method)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(method, known[i]) == 0)
            return true;
    return false;
}

int guard_check(struct MHD_Connection *c, const char *url, const char *method, const char *version, struct err *err)
{
    struct seen s = {0};

    MHD_get_connection_values(c, MHD_HEADER_KIND, look, &s);
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return err_set(err, ERR_REFUSED, "HTTP 版本不受支持", "this version of HTTP is not spoken here");
    if (!known_method(method))
        return err_set(err, ERR_REFUSED, "未知的 HTTP 方法", "unknown HTTP method");
    if (url[0] != '/' || strlen(url) > MAX_PATH)
        return err_set(err, ERR_REFUSED, "路径过长或不以 / 开头", "the path is too long or does not begin with /");
    if (s.odd_name || s.total > MAX_HEADERS)
        return err_set(err, ERR_REFUSED, "请求头名称含空格或非法字符，或请求头过多",
                       "a header name holds a space or another wrong character, or there are too many headers");
    if (s.hosts != 1)
        return err_set(err, ERR_REFUSED, "请求须有且只有一个 Host", "a request must have exactly one Host");
    if (s.lengths > 1 || s.odd_length)
        return err_set(err, ERR_REFUSED, "Content-Length 重复或不是数字", "Content-Length is repeated or not a number");
    if (s.codings > 1 || s.odd_coding)
        return err_set(err, ERR_REFUSED, "Transfer-Encoding 只能是一个 chunked", "Transfer-Encoding can only be one chunked");
    if (s.lengths && s.codings)
        return err_set(err, ERR_REFUSED, "Content-Length 与 Transfer-Encoding 不能同时出现",
                       "Content-Length and Transfer-Encoding exclude each other");
    return 0;
}
