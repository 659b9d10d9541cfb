/* line: one JSON object a line over the control socket. Neighbours: call.c and door.c. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <stdlib.h>

#include "verbs.h"

int admin_socket_path(const char *dir, char *out, size_t n, struct err *err)
{
    int len = snprintf(out, n, "%s/control.sock", dir);

    if (len < 0 || (size_t)len >= n)
        return err_set(err, ERR_REFUSED, "数据目录的路径过长（套接字最多 %zu 字节）",
                       "the data folder's path is too long (a socket takes %zu bytes)", n);
    return 0;
}

static int broken(struct err *err)
{
    return err_set(err, ERR_PEER, "与正在运行的服务器的连接中断", "the connection to the running server broke");
}

int admin_line_send(int fd, const json_t *object, struct err *err)
{
    char *text = json_dumps(object, JSON_COMPACT);
    size_t n = text ? strlen(text) : 0, at = 0;

    if (!text)
        return err_nomem(err);
    text[n++] = '\n'; /* in place of the NUL */
    while (at < n) {
        ssize_t k = send(fd, text + at, n - at, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            break;
        at += (size_t)k;
    }
    free(text);
    return at == n ? 0 : broken(err);
}

static int take_line(struct buf *in, size_t n, json_t **object, struct err *err)
{
    json_error_t why;

    *object = json_loadb((const char *)in->data, n, JSON_REJECT_DUPLICATES, &why);
    memmove(in->data, in->data + n + 1, in->len - n - 1);
    in->len -= n + 1;
    if (*object)
        return 1;
    return err_set(err, ERR_REFUSED, "控制套接字：不是 JSON：%s", "control socket: not JSON: %s", why.text);
}

int admin_line_read(int fd, struct buf *in, json_t **object, struct err *err)
{
    for (;;) {
        uint8_t *end = in->len ? memchr(in->data, '\n', in->len) : NULL;
        if (end)
            return take_line(in, (size_t)(end - in->data), object, err);
        uint8_t *room = buf_reserve(in, 4096);
        if (!room)
            return err_set(err, ERR_REFUSED, "控制套接字：一行过长", "control socket: a line is too long");
        ssize_t k = read(fd, room, 4096);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return broken(err);
        if (k == 0)
            return in->len ? broken(err) : 0;
        in->len += (size_t)k;
    }
}
