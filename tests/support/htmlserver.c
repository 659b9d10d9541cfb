/* htmlserver: what a hotel's or a carrier's login page does to a request — "200 OK" with HTML, whatever was asked.
 * usage: htmlserver PORT (on 127.0.0.1, until killed) */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char page[] = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please log in.</body></html>";

static void answer(int fd)
{
    char request[4096], head[200];
    if (read(fd, request, sizeof request) <= 0) return;
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                     sizeof page - 1);
    if (write(fd, head, (size_t)n) < 0 || write(fd, page, sizeof page - 1) < 0) return;
    shutdown(fd, SHUT_WR);
    while (read(fd, request, sizeof request) > 0) /* an unread request would turn the answer into a reset */
        ;
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGPIPE, SIG_IGN);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 8)) {
        perror("htmlserver");
        return 1;
    }
    for (;;) {
        int peer = accept(fd, NULL, NULL);
        if (peer < 0) continue;
        answer(peer);
        close(peer);
    }
}
