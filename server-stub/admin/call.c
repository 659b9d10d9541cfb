/* call: the client half. If a server runs, it does the work; else this process opens the store as the one
 * writer and does it itself. A server that is just being started holds the store and has no door yet: so whoever finds
 * the store held waits for either. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "verbs.h"

enum { DOOR_WAIT_MS = 10000, DOOR_LOOK_MS = 50 };

/* ---- through the socket ---- */

static int connect_to(const char *dir, int *fd, struct err *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int rc = admin_socket_path(dir, a.sun_path, sizeof a.sun_path, err);

    if (rc < 0)
        return 0; /* too long for a socket: then no server can listen there either */
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return err_set(err, ERR_DISK, "无法创建套接字：%s", "cannot make a socket: %s", strerror(errno));
    if (connect(*fd, (struct sockaddr *)&a, sizeof a) == 0)
        return 1;
    rc = errno == ENOENT || errno == ECONNREFUSED ? 0
                                                  : err_set(err, ERR_DENIED, "无法连接 %s：%s", "cannot connect to %s: %s",
                                                            a.sun_path, strerror(errno));
    close(*fd);
    return rc;
}

/* 1: connected; 0: nobody serves, and as far as can be seen nobody is about to. */
static int find_server(const char *dir, int *fd, struct err *err)
{
    int rc = connect_to(dir, fd, err);

    for (int waited = 0; rc == 0 && waited < DOOR_WAIT_MS && store_is_held(dir); waited += DOOR_LOOK_MS) {
        nanosleep(&(struct timespec){.tv_nsec = DOOR_LOOK_MS * 1000000L}, NULL);
        rc = connect_to(dir, fd, err);
    }
    return rc;
}

static int read_error(const json_t *error, struct err *err)
{
    int code = (int)json_integer_value(json_object_get(error, "code"));
    const char *zh = json_string_value(json_object_get(error, "zh"));
    const char *en = json_string_value(json_object_get(error, "en"));

    return err_words(err, code < 0 ? code : ERR_PEER, zh ? zh : "", en ? en : "");
}

static int read_answer(int fd, admin_progress_fn *progress, void *ctx, json_t **answer, struct err *err)
{
    struct buf in;
    json_t *line;
    int rc;

    buf_init(&in, ADMIN_LINE_MAX);
    while ((rc = admin_line_read(fd, &in, &line, err)) > 0) {
        const char *what = json_string_value(json_object_get(line, "progress"));
        if (!what)
            break;
        if (progress)
            progress(ctx, what, (uint64_t)json_integer_value(json_object_get(line, "done")));
        json_decref(line);
    }
    buf_free(&in);
    if (rc == 0)
        return err_set(err, ERR_PEER, "服务器没有回答", "the server did not answer");
    if (rc < 0)
        return rc;
    const json_t *error = json_object_get(line, "error");
    if (error) {
        rc = read_error(error, err);
        json_decref(line);
        return rc;
    }
    *answer = line;
    return 0;
}

/* ---- directly ---- */

static int transact(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err)
{
    struct store *s = ctx;
    int rc = store_begin(s, err);

    if (rc < 0)
        return rc;
    rc = fn(s, arg, err);
    if (rc >= 0)
        return store_commit(s, err);
    store_rollback(s);
    return rc;
}

static int run_here(const char *dir, const json_t *request, admin_progress_fn *progress, void *ctx, json_t **answer,
                    struct err *err)
{
    static const struct log quiet = {LOG_WARN, STDERR_FILENO};
    struct store *s;
    int rc = store_open_writer(&s, dir, err);

    if (rc < 0)
        return rc;
    struct admin a = {.env = env_system(), .log = &quiet, .transact = transact, .transact_ctx = s,
                      .progress = progress, .progress_ctx = ctx};
    rc = admin_run(&a, request, answer, err);
    store_close(s);
    return rc;
}

int admin_call_watched(const char *dir, const json_t *request, admin_progress_fn *progress, void *progress_ctx,
                       json_t **answer, struct err *err)
{
    int fd, rc = find_server(dir, &fd, err);

    if (rc < 0)
        return rc;
    if (rc == 0) {
        rc = run_here(dir, request, progress, progress_ctx, answer, err);
        if (rc != ERR_BUSY || connect_to(dir, &fd, NULL) != 1)
            return rc;
        /* it came up between the look and the open */
    }
    rc = admin_line_send(fd, request, err);
    if (rc >= 0)
        rc = read_answer(fd, progress, progress_ctx, answer, err);
    close(fd);
    return rc;
}

int admin_call(const char *dir, const json_t *request, json_t **answer, struct err *err)
{
    return admin_call_watched(dir, request, NULL, NULL, answer, err);
}
