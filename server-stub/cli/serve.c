/* serve: puts writer, HTTP and the control socket together, waits for a signal, and takes them apart in the
 * order that leaves nobody without an answer. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "cli.h"
#include "http.h"
#include "intake.h"

static const struct intake_limits limits = {
    .queue_max = 4000,
    .queue_max_bytes = 64 * 1024 * 1024,
    .group_max = 250,
    .group_max_changes_hint = 1024 * 1024,
};

struct parts {
    struct cli *c;
    struct store *writer;
    struct intake *intake;
    struct http *http;
    struct admin_door *door;
    sigset_t signals;
};

static int transact(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err)
{
    return intake_call(ctx, fn, arg, err);
}

/* Blocked before any thread starts, so that only the wait below gets them. */
static void block_signals(struct parts *p)
{
    sigemptyset(&p->signals);
    sigaddset(&p->signals, SIGTERM);
    sigaddset(&p->signals, SIGINT);
    sigaddset(&p->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &p->signals, NULL);
}

static int start(struct parts *p, const char *listen, const char *metrics)
{
    struct cli *c = p->c;
    int rc = store_open_writer(&p->writer, c->data, &c->err);

    if (rc < 0)
        return rc;
    if ((rc = intake_start(&p->intake, p->writer, c->env, &c->log, &limits, &c->err)) < 0)
        return rc;
    struct http_config config = {.dir = c->data, .listen = listen, .metrics = metrics, .intake = p->intake,
                                 .epoch = store_epoch(p->writer), .keys = store_keys(p->writer), .env = c->env, .log = &c->log};
    if ((rc = http_start(&p->http, &config, &c->err)) < 0)
        return rc;
    struct admin admin = {.env = c->env, .log = &c->log, .transact = transact, .transact_ctx = p->intake};
    return admin_door_open(&p->door, c->data, &admin, &c->err);
}

static void stop(struct parts *p)
{
    admin_door_close(p->door);
    http_stop(p->http);
    if (p->intake)
        intake_stop(p->intake);
    store_close(p->writer);
}

static void wait_for_end(struct parts *p)
{
    int which = 0;

    do
        which = sigwaitinfo(&p->signals, NULL);
    while (which == SIGHUP || (which < 0 && errno == EINTR));
    log_line(&p->c->log, LOG_INFO, "serve", "stopping (%s)", which > 0 ? strsignal(which) : "?");
}

int command_serve(struct cli *c, int argc, char **argv)
{
    const char *listen = "127.0.0.1:7400", *metrics = NULL;
    bool verbose = false;
    const struct arg args[] = {{"--listen", ARG_TEXT, &listen}, {"--metrics", ARG_TEXT, &metrics},
                               {"--verbose", ARG_FLAG, &verbose}};
    struct parts p = {.c = c};
    size_t words;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = need_data(c)) < 0)
        return rc;
    c->log.level = verbose ? LOG_DEBUG : LOG_INFO;
    block_signals(&p);
    rc = start(&p, listen, metrics);
    if (rc >= 0) {
        log_line(&c->log, LOG_INFO, "serve", "listening on %s, port %u, epoch %016" PRIx64, listen, http_port(p.http),
                 store_epoch(p.writer));
        wait_for_end(&p);
    }
    stop(&p);
    return rc < 0 ? rc : 0;
}
