/* gate: who asks, and what may leave. Every request of a laptop is held against its keys here, every bundle opened, every
 * answer signed and, where it holds people's data, sealed to the laptop. http/ and the tests' transport without a network
 * both stand on it; neither checks anything by itself.
 *
 * A request is signed (zhucun/httpsig.h) over method, path, Content-Digest, Zhucun-Origin, Zhucun-Counter and Zhucun-Clock,
 * a PATCH over Upload-Offset and Upload-Length, too. An answer is signed over status, Content-Digest, with an Upload-Offset
 * that, and the request's signature. */
#ifndef ZHUCUN_GATE_H
#define ZHUCUN_GATE_H

#include "store.h"
#include "zhucun/httpsig.h"

/* The headers of a request; NULL: not there. */
struct gate_request {
    const char *method, *path, *origin, *counter, *clock, *digest, *upload_offset, *upload_length, *input, *signature;
};

/* 0: the holder of `key` has sent these headers. ERR_DENIED. The counter is the caller's to compare. */
int gate_check(const struct gate_request *q, const struct public_key *key, struct err *err);
/* 0: the body is what Content-Digest says. ERR_DENIED. */
int gate_content(const struct gate_request *q, const void *body, size_t n, struct err *err);
/* Zhucun-Origin, Zhucun-Counter; 0: missing or something else. */
uint64_t gate_origin(const struct gate_request *q);
uint64_t gate_counter(const struct gate_request *q);

/* A bundle: signed by the laptop (ERR_DENIED), sealed to this server (ERR_CORRUPT). Appends what was packed to `packed`. */
int gate_bundle(const struct server_keys *keys, const struct public_key *from, const void *bytes, size_t n, struct buf *packed,
                struct err *err);

struct gate_answer {
    char digest[HTTPSIG_DIGEST_TEXT];
    struct httpsig signature;
};
/* `request_signature`: the Signature header that is answered, NULL when it had none. `upload_offset` −1: none. */
int gate_sign(const struct server_keys *keys, int status, const void *body, size_t n, int64_t upload_offset,
              const char *request_signature, struct gate_answer *out, struct err *err);
/* For the eyes of one laptop, as the answer to one request. Appends to `out`. */
int gate_seal(const struct public_key *to, const char *request_signature, const void *plain, size_t n, const struct env *env,
              struct buf *out, struct err *err);

#endif
