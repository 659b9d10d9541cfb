/* send: requests over a transport. The only module that knows libcurl is send_curl.c; the simulation and tests
 * bring transports of their own. */
#ifndef ZHUCUN_SEND_H
#define ZHUCUN_SEND_H

#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/httpsig.h"
#include "zhucun/wire.h"

/* What signed.c adds to a request: the values of its headers. */
struct send_signature {
    char digest[HTTPSIG_DIGEST_TEXT], origin[17], counter[24];
    struct httpsig sig;
};

struct send_request {
    const char *method;            /* HEAD, PATCH, POST, GET */
    const char *path;              /* "/v1/…" */
    const char *content_type;      /* NULL: none */
    const void *body;
    size_t body_len;
    const struct send_signature *signature; /* NULL: none */
    int64_t clock_ms;              /* Zhucun-Clock; 0: not sent */
    int64_t upload_offset;         /* Upload-Offset; −1: not sent */
    int64_t timeout_ms;            /* of the whole request; 0: none but for silence */
    int64_t upload_length;         /* Upload-Length, and Upload-Complete: ?1; −1: not sent */
};
struct send_answer {
    int status;                    /* HTTP status */
    char content_type[80];
    int64_t upload_offset;         /* Upload-Offset of the answer; −1: none */
    int64_t retry_after_s;         /* −1: none */
    struct httpsig sig;            /* Signature-Input and Signature; "": none */
    struct buf body;               /* caller init'd with its maximum; reset by the transport */
};
struct transport {
    /* 0: an answer came, whatever its status. ERR_OFFLINE: nobody there, or cut on the way; what has been sent
     * is unknown. ERR_PEER: it answered something that is not HTTP or above body.max. */
    int (*request)(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err);
    void *ctx;
};

/* Turns an answer that is not what was hoped for into an error: 401, 403 → ERR_DENIED; all else → ERR_PEER, with
 * the server's own sentence when it is a problem, Retry-After when it was given, and a hint at a network's login
 * page when it is a redirection or HTML. `p` (may be NULL) gets the problem, zeroed if there is none. */
int send_refusal(const struct send_answer *a, struct problem *p, struct err *err);

/* libcurl; one connection kept alive. `timeout_s` is the low-speed limit, not a total. */
int send_curl_open(struct transport *out, const char *server_url, int timeout_s, struct err *err);
void send_curl_close(struct transport *t);
/* The last request found the machine, and nobody who listens: the server is not running, or not yet. */
bool send_curl_refused(const struct transport *t);
/* Bytes that went over the wire since open, heads and bodies. */
void send_curl_traffic(const struct transport *t, uint64_t *up, uint64_t *down);
/* Test knob of zhucun-fleet and of tests: cut the connection after a random number of sent body bytes with this
 * probability (0…1) in each request. */
void send_curl_cut(struct transport *t, double probability, uint64_t seed);

/* GET /v1/keys: what the server says its keys are. Nothing vouches for it but the code's pin. */
int send_offer(const struct transport *t, struct server_offer *out, struct err *err);

#endif
