/* request: what all files of http share — the server's context and one request on its way through. */
#ifndef ZHUCUN_HTTP_REQUEST_H
#define ZHUCUN_HTTP_REQUEST_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "contacts.h"
#include "gate.h"
#include "http.h"
#include "readers.h"
#include "turns.h"
#include "uploads.h"
#include "watch.h"

/* Counters of /metrics; their order is that of the table in metrics.c. */
enum counter {
    COUNT_REQUESTS, COUNT_REFUSED, COUNT_PUSHES, COUNT_PUSH_BYTES, COUNT_STORED, COUNT_GAP, COUNT_FORK, COUNT_BAD,
    COUNT_BUSY, COUNT_ERROR, COUNT_PULLS, COUNT_PULL_BYTES, COUNT_RECONCILES, COUNT_RECONCILE_BYTES, COUNT_ENROLLED, COUNT_DENIED, COUNT_TOTAL
};

struct http {
    struct http_config config;
    struct MHD_Daemon *daemon, *metrics;
    struct readers *readers;
    struct uploads *uploads;
    struct contacts *contacts;
    struct turns *turns;
    struct watch *watch;
    unsigned port;
    int64_t day;        /* the last on which assignments were followed; housekeeping's alone */
    atomic_bool stopping;
    atomic_int waiting; /* pushes that wait for intake */
    atomic_uint_fast64_t counters[COUNT_TOTAL];
};

struct request;
struct route {
    const char *method, *path;
    bool prefix;              /* path is the beginning of one */
    size_t body_max;          /* bytes kept in request.body; what is above is refused */
    /* After the headers: NULL, or a negative return when an answer has been given (see answer.h). */
    int (*begin)(struct request *r);
    int (*body)(struct request *r, const void *bytes, size_t n); /* NULL: gathered in request.body */
    enum MHD_Result (*end)(struct request *r); /* all is here: answer, or suspend and be called again */
};

struct push;
struct request {
    struct http *h;
    struct MHD_Connection *connection;
    struct watch_link *link;
    const char *path;
    const struct route *route;
    struct buf body;
    struct MHD_Response *refusal; /* decided early, given when the body has been swallowed */
    unsigned refusal_status;
    bool close;                   /* the connection cannot be trusted to be in step any more */
    bool has_body;
    uint64_t length;              /* Content-Length */
    struct push *push;            /* of push.c */
};

extern const struct route push_head_route, push_patch_route, pull_route, reconcile_route, enrol_route, keys_route, health_route, ready_route;

void push_free(struct request *r);
void count(struct http *h, enum counter which, uint64_t n);
/* The request's signature against the key of the device of `origin`, its body against its digest, its counter against the last:
 * 0 with *device filled (places in the arena), ERR_DENIED with the refusal given, or another error with the refusal given.
 * Before the body is looked into. */
int request_device(struct request *r, uint64_t origin, struct arena *a, struct device *device);
uint64_t request_origin(const struct request *r);  /* as Zhucun-Origin says; 0: it does not */
uint64_t request_counter(const struct request *r); /* likewise */
/* What the body says of its origin must be what the headers said. */
int request_same_origin(struct request *r, const struct device *device, uint64_t origin);
const char *request_header(const struct request *r, const char *name);
/* A header that holds one unsigned number; −1: missing, −2: something else. */
/* What the gate looks at. */
struct gate_request request_gate(const struct request *r);
int64_t request_number(const struct request *r, const char *name);

struct MHD_Daemon *metrics_start(struct http *h, const char *address, struct err *err);

/* Opens a listening socket for "ADDR:PORT". */
int listen_on(const char *address, int *fd, unsigned *port, struct err *err);

/* What a request must be before anybody looks at it (guard.c): 0, or negative with the sentence in err. */
int guard_check(struct MHD_Connection *c, const char *url, const char *method, const char *version, struct err *err);

#endif
