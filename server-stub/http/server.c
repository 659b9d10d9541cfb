/* server: listening, starting, stopping. Neighbours: request.c takes over from here; watch.c cuts the slow. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTION_MEMORY = 12 * 1024, /* with 2,000 open connections about 28 MB */
    CONNECTIONS_DEFAULT = 8000,
    FILES_KEPT = 128,              /* descriptors for everything that is not a connection */
    INACTIVITY_S = 60,
    BACKLOG = 1024,
    STALE_S = 3 * 24 * 3600
};
static const uint64_t partial_disk_max = UINT64_C(2) * 1024 * 1024 * 1024;

/* ---- listening ---- */

static int split(const char *address, char *host, size_t n, const char **port, struct err *err)
{
    const char *colon = strrchr(address, ':');
    size_t len = colon ? (size_t)(colon - address) : 0;
    bool bracketed = len >= 2 && address[0] == '[' && address[len - 1] == ']';
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;

    if (!digits || digits > 5 || colon[1 + digits] || strtoul(colon + 1, NULL, 10) > 65535 || len - 2 * bracketed >= n)
        return err_set(err, ERR_USAGE, "“%s”不是 ADDR:PORT", "\"%s\" is not ADDR:PORT", address);
    memcpy(host, address + bracketed, len - 2 * bracketed);
    host[len - 2 * bracketed] = '\0';
    *port = colon + 1;
    return 0;
}

static int bound_socket(const struct addrinfo *ai)
{
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, kept;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    char port[16] = "0";

    if (getsockname(fd, (struct sockaddr *)&a, &n) == 0)
        getnameinfo((struct sockaddr *)&a, n, NULL, 0, port, sizeof port, NI_NUMERICSERV);
    return (unsigned)strtoul(port, NULL, 10);
}

int listen_on(const char *address, int *fd, unsigned *port, struct err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list;
    char host[256];
    const char *service = "";
    int rc = split(address, host, sizeof host, &service, err);

    if (rc < 0)
        return rc;
    rc = getaddrinfo(*host ? host : NULL, service, &hints, &list);
    if (rc != 0)
        return err_set(err, ERR_USAGE, "地址“%s”无法解析：%s", "address \"%s\" cannot be resolved: %s", address,
                       gai_strerror(rc));
    *fd = bound_socket(list);
    rc = *fd < 0 ? err_set(err, ERR_REFUSED, "无法监听 %s：%s", "cannot listen on %s: %s", address, strerror(errno)) : 0;
    freeaddrinfo(list);
    if (rc == 0)
        *port = port_of(*fd);
    return rc;
}

/* ---- connections ---- */

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct http *h = cls;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = info ? watch_add(h->watch, info->connect_fd) : NULL;
    } else {
        watch_remove(h->watch, *context);
        *context = NULL;
    }
}

/* A request that somebody's newer request makes pointless. Under the lock of uploads. */
static void superseded(void *owner)
{
    struct request *r = owner;

    watch_cut(r->h->watch, r->link);
}

static void write_contacts(struct http *h)
{
    struct err err = {0};

    if (contacts_write(h->contacts, h->config.intake, &err) < 0)
        log_line(h->config.log, LOG_WARN, "http", "contacts not written: %s", err.en);
}

static int turn_day(struct store *s, void *ctx, struct err *err)
{
    const struct http *h = ctx;

    return intake_new_day(s, h->config.env, err);
}

/* Assignments that begin or end by themselves, also when nobody pushes. Tried again when it fails. */
static void new_day(struct http *h)
{
    const struct env *env = h->config.env;
    int64_t day = date_of_ms(env->now_ms(env->ctx));
    struct err err = {0};

    if (day == h->day)
        return;
    if (intake_call(h->config.intake, turn_day, h, &err) == 0)
        h->day = day;
    else
        log_line(h->config.log, LOG_WARN, "http", "assignments of the new day are not followed yet: %s", err.en);
}

static void tick(void *ctx)
{
    struct http *h = ctx;
    unsigned removed = uploads_sweep(h->uploads, STALE_S);

    new_day(h);
    write_contacts(h);
    if (removed)
        log_line(h->config.log, LOG_INFO, "http", "%u stale partial uploads removed", removed);
}

/* As many connections as descriptors allow, up to the limit; the others wait in the kernel's queue. */
static unsigned connection_limit(const struct http_config *c)
{
    unsigned wanted = c->connections_max ? c->connections_max : CONNECTIONS_DEFAULT;
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return wanted;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    rlim_t room = files.rlim_cur > 2 * FILES_KEPT ? files.rlim_cur - FILES_KEPT : files.rlim_cur / 2;
    return room < wanted ? (unsigned)room : wanted;
}

static unsigned thread_count(const struct http_config *c)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (c->threads)
        return c->threads;
    return cpus < 2 ? 2 : cpus > 8 ? 8 : (unsigned)cpus;
}

__attribute__((format(printf, 2, 0))) static void library_log(void *cls, const char *fmt, va_list args)
{
    struct http *h = cls;
    char text[300];

    vsnprintf(text, sizeof text, fmt, args);
    text[strcspn(text, "\r\n")] = '\0';
    log_line(h->config.log, LOG_DEBUG, "http", "%s", text);
}

static int start_daemon(struct http *h, struct err *err)
{
    unsigned threads = thread_count(&h->config);
    unsigned connections = connection_limit(&h->config);
    int fd, rc;

    if ((rc = listen_on(h->config.listen, &fd, &h->port, err)) < 0)
        return rc;
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, request_access, h,
        MHD_OPTION_EXTERNAL_LOGGER, library_log, h, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, connections < threads ? threads : connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)INACTIVITY_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_COMPLETED, request_done, h, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, h,
        MHD_OPTION_END);
    if (h->daemon)
        return 0;
    close(fd);
    return err_set(err, ERR_REFUSED, "无法启动 HTTP 服务", "cannot start the HTTP service");
}

/* ---- starting and stopping ---- */

static int start_parts(struct http *h, struct err *err)
{
    char partial[600];
    int rc;

    snprintf(partial, sizeof partial, "%s/partial", h->config.dir);
    if ((rc = readers_open(&h->readers, h->config.dir, thread_count(&h->config), err)) < 0)
        return rc;
    if ((rc = uploads_open(&h->uploads, partial, partial_disk_max, superseded, err)) < 0)
        return rc;
    if ((rc = contacts_open(&h->contacts, err)) < 0 || (rc = turns_open(&h->turns, err)) < 0)
        return rc;
    new_day(h);
    if ((rc = watch_start(&h->watch, tick, h, err)) < 0)
        return rc;
    if ((rc = start_daemon(h, err)) < 0 || !h->config.metrics)
        return rc;
    h->metrics = metrics_start(h, h->config.metrics, err);
    return h->metrics ? 0 : ERR_REFUSED;
}

int http_start(struct http **out, const struct http_config *config, struct err *err)
{
    struct http *h = calloc(1, sizeof *h);

    if (!h)
        return err_nomem(err);
    h->config = *config;
    int rc = start_parts(h, err);
    if (rc < 0)
        http_stop(h);
    else
        *out = h;
    return rc;
}

unsigned http_port(const struct http *h)
{
    return h->port;
}

static void wait_for_pushes(struct http *h)
{
    const struct timespec a_moment = {0, 5 * 1000 * 1000};

    while (atomic_load(&h->waiting) > 0)
        nanosleep(&a_moment, NULL);
}

/* Suspended connections must be gone before the daemon stops; after the wait, answers that are being sent get
 * a moment to leave. */
void http_stop(struct http *h)
{
    const struct timespec to_send = {0, 100 * 1000 * 1000};

    if (!h)
        return;
    atomic_store(&h->stopping, true);
    if (h->daemon) {
        MHD_socket fd = MHD_quiesce_daemon(h->daemon);
        if (fd != MHD_INVALID_SOCKET)
            close(fd);
        wait_for_pushes(h);
        nanosleep(&to_send, NULL);
        wait_for_pushes(h);
        MHD_stop_daemon(h->daemon);
    }
    if (h->metrics)
        MHD_stop_daemon(h->metrics);
    watch_stop(h->watch);
    if (h->contacts)
        write_contacts(h);
    contacts_close(h->contacts);
    turns_close(h->turns);
    uploads_close(h->uploads);
    readers_close(h->readers);
    free(h);
}
