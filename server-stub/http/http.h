/* http: the doors of the server. Requests come in through libmicrohttpd's own threads; pushes are handed to
 * intake and wait for it without a thread; pulls read through a small pool of sessions of their own. */
#ifndef ZHUCUN_HTTP_H
#define ZHUCUN_HTTP_H

#include "intake.h"

struct http_config {
    const char *dir;          /* the data folder; partial uploads live in dir/partial */
    const char *listen;       /* "ADDR:PORT", "[v6]:PORT"; port 0 takes a free one */
    const char *metrics;      /* the same, for GET /metrics; NULL: none */
    struct intake *intake;
    uint64_t epoch;
    const struct server_keys *keys; /* of the writer's session; borrowed */
    const struct env *env;
    const struct log *log;
    unsigned threads;         /* of the pool; 0: chosen */
    unsigned connections_max; /* 0: chosen */
};

struct http;
int http_start(struct http **out, const struct http_config *config, struct err *err);
unsigned http_port(const struct http *h);
/* Takes no new connections, lets pushes that wait for intake get their answer, then closes everything. To be
 * called while intake still runs. */
void http_stop(struct http *h);

#endif
