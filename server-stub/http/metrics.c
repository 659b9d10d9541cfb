/* metrics: GET /metrics on a listener of its own, in Prometheus' text form; nobody outside needs to reach it. */
#include "request.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name, *help;
} table[COUNT_TOTAL] = {
    [COUNT_REQUESTS] = {"zhucun_requests_total", "HTTP requests"},
    [COUNT_REFUSED] = {"zhucun_refused_total", "HTTP requests refused"},
    [COUNT_PUSHES] = {"zhucun_pushes_total", "bundles that arrived whole"},
    [COUNT_PUSH_BYTES] = {"zhucun_push_bytes_total", "bytes of bundles received"},
    [COUNT_STORED] = {"zhucun_push_stored_total", "bundles stored"},
    [COUNT_GAP] = {"zhucun_push_gap_total", "bundles that came too early"},
    [COUNT_FORK] = {"zhucun_push_fork_total", "bundles of another branch"},
    [COUNT_BAD] = {"zhucun_push_bad_total", "bundles that were none"},
    [COUNT_BUSY] = {"zhucun_push_busy_total", "bundles sent away because the queue was full"},
    [COUNT_ERROR] = {"zhucun_push_error_total", "bundles the server could not store"},
    [COUNT_PULLS] = {"zhucun_pulls_total", "pulls answered"},
    [COUNT_PULL_BYTES] = {"zhucun_pull_bytes_total", "bytes of pull answers"},
    [COUNT_RECONCILES] = {"zhucun_reconciles_total", "comparisons of rows answered"},
    [COUNT_RECONCILE_BYTES] = {"zhucun_reconcile_bytes_total", "bytes of their answers"},
    [COUNT_ENROLLED] = {"zhucun_enrolled_total", "devices enrolled"},
    [COUNT_DENIED] = {"zhucun_denied_total", "requests without a valid token"},
};

static void put_gauge(struct buf *out, const char *name, const char *help, uint64_t v)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, help, name, name, v);
}

static void put_all(struct http *h, struct buf *out)
{
    for (size_t i = 0; i < COUNT_TOTAL; i++)
        buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n%s %" PRIu64 "\n", table[i].name, table[i].help, table[i].name,
                   table[i].name, (uint64_t)atomic_load_explicit(&h->counters[i], memory_order_relaxed));
    put_gauge(out, "zhucun_pushes_waiting", "bundles that wait for the writer", (uint64_t)atomic_load(&h->waiting));
    put_gauge(out, "zhucun_connections", "open connections", watch_count(h->watch));
    put_gauge(out, "zhucun_partial_bytes", "bytes of partial uploads on disk", uploads_disk(h->uploads));
}

static enum MHD_Result access_metrics(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                      const char *version, const char *bytes, size_t *n, void **con_cls)
{
    struct buf out;

    (void)version;
    (void)bytes;
    (void)con_cls;
    *n = 0;
    buf_init(&out, 64 * 1024);
    bool known = strcmp(url, "/metrics") == 0 && strcmp(method, "GET") == 0;
    if (known)
        put_all(cls, &out);
    struct MHD_Response *response = MHD_create_response_from_buffer(out.len, out.data, MHD_RESPMEM_MUST_COPY);
    buf_free(&out);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; version=0.0.4");
    enum MHD_Result done = MHD_queue_response(connection, known ? MHD_HTTP_OK : MHD_HTTP_NOT_FOUND, response);
    MHD_destroy_response(response);
    return done;
}

struct MHD_Daemon *metrics_start(struct http *h, const char *address, struct err *err)
{
    unsigned port;
    int fd;

    if (listen_on(address, &fd, &port, err) < 0)
        return NULL;
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, access_metrics, h, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, 20u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!d)
        err_set(err, ERR_REFUSED, "无法启动 /metrics", "cannot start /metrics");
    return d;
}
