/* door: the running server's control socket. A thread takes one request at a time; the work itself is done in
 * the writer thread, through admin.transact. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "verbs.h"

enum { PATIENCE_S = 10 };

struct admin_door {
    struct admin admin;
    char path[sizeof ((struct sockaddr_un *)0)->sun_path];
    int fd, stop;
    int client;
    pthread_t thread;
};

static void tell_progress(void *ctx, const char *what, uint64_t done)
{
    struct admin_door *d = ctx;
    json_t *line = json_pack("{s:s,s:I}", "progress", what, "done", (json_int_t)done);

    if (line)
        admin_line_send(d->client, line, NULL); /* one who has gone away misses nothing */
    json_decref(line);
}

static json_t *error_object(const struct err *e)
{
    return json_pack("{s:{s:i,s:s,s:s}}", "error", "code", e->code, "zh", e->zh, "en", e->en);
}

static void serve_one(struct admin_door *d)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    struct err err = {0};
    json_t *request = NULL, *answer = NULL;
    struct buf in;

    buf_init(&in, ADMIN_LINE_MAX);
    setsockopt(d->client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(d->client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int rc = admin_line_read(d->client, &in, &request, &err);
    if (rc > 0)
        rc = admin_run(&d->admin, request, &answer, &err);
    if (rc < 0) {
        err.code = rc;
        answer = error_object(&err);
    }
    if (answer)
        admin_line_send(d->client, answer, NULL);
    json_decref(answer);
    json_decref(request);
    buf_free(&in);
}

static void *run(void *arg)
{
    struct admin_door *d = arg;
    struct pollfd fds[2] = {{.fd = d->fd, .events = POLLIN}, {.fd = d->stop, .events = POLLIN}};

    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (fds[1].revents)
            break;
        if (!(fds[0].revents & POLLIN))
            continue;
        d->client = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC);
        if (d->client < 0)
            continue;
        serve_one(d);
        close(d->client);
    }
    return NULL;
}

static int listen_at(struct admin_door *d, struct err *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    mode_t before;
    int rc;

    memcpy(a.sun_path, d->path, sizeof a.sun_path);
    d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(d->path); /* of a server that was killed: this one holds the writer's lock, so nobody listens there */
    before = umask(0177);
    rc = d->fd < 0 || bind(d->fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(d->fd, 8) < 0;
    umask(before);
    return rc ? err_set(err, ERR_DISK, "无法打开控制套接字 %s：%s", "cannot open the control socket %s: %s", d->path,
                        strerror(errno))
              : 0;
}

int admin_door_open(struct admin_door **out, const char *dir, const struct admin *a, struct err *err)
{
    struct admin_door *d = calloc(1, sizeof *d);
    int rc;

    if (!d)
        return err_nomem(err);
    d->admin = *a;
    d->admin.progress = tell_progress;
    d->admin.progress_ctx = d;
    d->fd = d->stop = -1;
    rc = admin_socket_path(dir, d->path, sizeof d->path, err);
    if (rc >= 0)
        rc = listen_at(d, err);
    if (rc >= 0 && ((d->stop = eventfd(0, EFD_CLOEXEC)) < 0 || pthread_create(&d->thread, NULL, run, d) != 0))
        rc = err_set(err, ERR_NOMEM, "无法启动线程", "cannot start a thread");
    if (rc < 0) {
        close(d->fd);
        close(d->stop);
        free(d);
        return rc;
    }
    *out = d;
    return 0;
}

void admin_door_close(struct admin_door *d)
{
    if (!d)
        return;
    if (eventfd_write(d->stop, 1) == 0)
        pthread_join(d->thread, NULL);
    unlink(d->path);
    close(d->fd);
    close(d->stop);
    free(d);
}
