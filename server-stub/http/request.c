/* request: from the first header to the last byte — guard, route, body, end. libmicrohttpd calls once with the
 * headers, then with each piece of the body, then once more when all is here. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "server.h"

enum { SWALLOW_MAX = 64 * 1024 }; /* a refused body up to here is read, so that the connection may go on */

static const struct route *const routes[] = {&push_head_route, &push_patch_route, &pull_route, &reconcile_route,
                                             &enrol_route, &keys_route, &health_route, &ready_route};

void count(struct http *h, enum counter which, uint64_t n)
{
    atomic_fetch_add_explicit(&h->counters[which], n, memory_order_relaxed);
}

const char *request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

int64_t request_number(const struct request *r, const char *name)
{
    const char *text = request_header(r, name);

    if (!text)
        return -1;
    size_t n = strspn(text, "0123456789");
    return n == 0 || n > 15 || text[n] ? -2 : strtoll(text, NULL, 10);
}

/* ---- who asks ---- */

struct gate_request request_gate(const struct request *r)
{
    return (struct gate_request){.method = r->route->method, .path = r->path, .origin = request_header(r, HTTPSIG_ORIGIN),
                                 .counter = request_header(r, HTTPSIG_COUNTER), .clock = request_header(r, WIRE_HEADER_CLOCK),
                                 .digest = request_header(r, HTTPSIG_DIGEST), .upload_offset = request_header(r, "Upload-Offset"),
                                 .upload_length = request_header(r, "Upload-Length"), .input = request_header(r, HTTPSIG_INPUT),
                                 .signature = request_header(r, HTTPSIG_SIGNATURE)};
}

/* An upload's body is not here yet: its address has the digest of the whole. */
static int check_content(const struct request *r, const struct gate_request *g, struct err *err)
{
    return r->route->body ? 0 : gate_content(g, r->body.len ? r->body.data : (const void *)"", r->body.len, err);
}

static int check_signature(struct request *r, uint64_t origin, const struct device *d, struct err *err)
{
    struct gate_request g = request_gate(r);

    if (!d || gate_origin(&g) != origin)
        return err_set(err, ERR_DENIED, "服务器不认识这台设备：请重新注册", "the server does not know this device: enrol again");
    int rc = gate_check(&g, &d->sign, err);
    return rc < 0 ? rc : check_content(r, &g, err);
}

/* Only what is signed moves the counter. */
static int check_counter(struct request *r, const struct device *d)
{
    struct gate_request g = request_gate(r);
    struct problem p;
    struct err err = {0};
    uint64_t last;

    if (turns_take(r->h->turns, d->origin, d->counter, gate_counter(&g), &last))
        return 0;
    err_set(&err, ERR_DENIED, "请求的编号不比上一次的大：是重复的请求，或本机是恢复出来的", "the request's counter is not above the last one: it is a repeated "
                                                                                      "request, or this laptop was restored");
    problem_fill(&p, MHD_HTTP_UNAUTHORIZED, PROBLEM_COUNTER, &err);
    p.expected = last;
    refuse_problem(r, &p);
    return ERR_DENIED;
}

int request_device(struct request *r, uint64_t origin, struct arena *a, struct device *device)
{
    struct err err = {0};
    struct store *s = reader_take(r->h->readers, &err);
    int found = ERR_DISK;

    if (s) {
        found = store_device_by_origin(s, origin, a, device, &err);
        reader_give(r->h->readers, s);
    }
    if (found < 0)
        return refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, PROBLEM_BUSY, &err);
    int rc = check_signature(r, origin, found ? device : NULL, &err);
    unsigned status = MHD_HTTP_UNAUTHORIZED;
    if (rc == 0 && (rc = device_check_revoked(device, &err)) < 0)
        status = MHD_HTTP_FORBIDDEN;
    if (rc < 0) {
        count(r->h, COUNT_DENIED, 1);
        refuse(r, status, PROBLEM_DENIED, &err);
    }
    return rc < 0 ? rc : check_counter(r, device);
}

uint64_t request_origin(const struct request *r)
{
    struct gate_request g = request_gate(r);

    return gate_origin(&g);
}

uint64_t request_counter(const struct request *r)
{
    struct gate_request g = request_gate(r);

    return gate_counter(&g);
}

int request_same_origin(struct request *r, const struct device *device, uint64_t origin)
{
    struct err err = {0};

    if (device->origin == origin)
        return 0;
    err_set(&err, ERR_DENIED, "请求内外写的设备不同", "the request names one device outside and another inside");
    return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_DENIED, &err);
}

/* ---- beginning ---- */

static bool route_has(const struct route *route, const char *path)
{
    size_t n = strlen(route->path);

    return route->prefix ? strncmp(path, route->path, n) == 0 : strcmp(path, route->path) == 0;
}

static int find_route(struct request *r, const char *method)
{
    struct err err = {0};
    bool path_known = false;

    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!route_has(routes[i], r->path))
            continue;
        path_known = true;
        if (strcmp(routes[i]->method, method) == 0) {
            r->route = routes[i];
            return 0;
        }
    }
    if (path_known) {
        err_set(&err, ERR_REFUSED, "此路径不支持该方法", "this path does not take that method");
        return refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, PROBLEM_OTHER, &err);
    }
    err_set(&err, ERR_REFUSED, "没有这个路径", "there is no such path");
    return refuse(r, MHD_HTTP_NOT_FOUND, PROBLEM_OTHER, &err);
}

static int begin(struct request *r, const char *method, const char *version)
{
    struct err err = {0};
    int64_t length = request_number(r, MHD_HTTP_HEADER_CONTENT_LENGTH);

    r->has_body = length > 0 || request_header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    r->length = length > 0 ? (uint64_t)length : 0;
    if (guard_check(r->connection, r->path, method, version, &err) < 0) {
        r->close = true;
        return refuse(r, MHD_HTTP_BAD_REQUEST, PROBLEM_OTHER, &err);
    }
    int rc = find_route(r, method);
    if (rc < 0)
        return rc;
    if (r->length > r->route->body_max) {
        err_set(&err, ERR_REFUSED, "请求体超过 %zu 字节", "the body is longer than %zu bytes", r->route->body_max);
        return refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, PROBLEM_OTHER, &err);
    }
    buf_init(&r->body, r->route->body_max);
    return r->route->begin ? r->route->begin(r) : 0;
}

static struct request *request_new(struct http *h, struct MHD_Connection *connection, const char *url)
{
    struct request *r = calloc(1, sizeof *r);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    if (!r)
        return NULL;
    r->h = h;
    r->connection = connection;
    r->path = url;
    r->link = info ? info->socket_context : NULL;
    watch_request(h->watch, r->link);
    count(h, COUNT_REQUESTS, 1);
    return r;
}

/* ---- middle ---- */

static void take_body(struct request *r, const void *bytes, size_t n)
{
    struct err err = {0};

    watch_body(r->h->watch, r->link, n);
    if (r->refusal)
        return;
    if (r->route->body) {
        r->route->body(r, bytes, n);
        return;
    }
    buf_put(&r->body, bytes, n);
    if (r->body.failed) {
        err_set(&err, ERR_REFUSED, "请求体超过 %zu 字节", "the body is longer than %zu bytes", r->route->body_max);
        refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, PROBLEM_OTHER, &err);
    }
}

enum MHD_Result request_access(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *n, void **con_cls)
{
    struct request *r = *con_cls;

    if (!r) {
        *con_cls = r = request_new(cls, connection, url);
        if (!r)
            return MHD_NO;
        if (begin(r, method, version) >= 0)
            return MHD_YES;
        /* A long refused body is not worth reading: the connection is given up with the answer. */
        bool swallow = !r->close && r->length <= SWALLOW_MAX && (r->length > 0 || !r->has_body);
        return swallow ? MHD_YES : answer_noted(r);
    }
    if (*n > 0) {
        take_body(r, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    watch_patience(r->h->watch, r->link);
    return r->refusal ? answer_noted(r) : r->route->end(r);
}

void request_done(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how)
{
    struct request *r = *con_cls;

    (void)cls;
    (void)connection;
    (void)how;
    if (!r)
        return;
    push_free(r);
    buf_free(&r->body);
    if (r->refusal)
        MHD_destroy_response(r->refusal);
    watch_idle(r->h->watch, r->link);
    free(r);
    *con_cls = NULL;
}
