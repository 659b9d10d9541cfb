/* reconcile: the messages of POST /v1/reconcile, by which laptop and server find the rows of a scope in which they
 * differ, without sending those in which they do not. Both know each row as (csn, row hash); the laptop cuts the csns
 * into ranges and tells of each how many rows it has and their sum, or, of a short one, the rows themselves. */
#ifndef ZHUCUN_RECONCILE_H
#define ZHUCUN_RECONCILE_H

#include "zhucun/wire.h"

#define WIRE_TYPE_RECONCILE "application/vnd.zhucun.reconcile"

enum {
    RECONCILE_MAX_RANGES = 512,
    RECONCILE_MAX_LISTED = 8192,      /* rows listed in one request */
    RECONCILE_MAX_REQUEST = 160 * 1024
};

struct reconcile_row {
    uint64_t csn;
    uint32_t hash;              /* first 4 bytes of the row hash */
};
struct reconcile_range {        /* rows with csn in (from, to] */
    uint64_t from, to;
    bool listed;                /* `rows` holds them; else only count and sum are told */
    uint64_t count, sum;        /* sum of the row hashes, modulo 2^64; listed: 0 */
    struct reconcile_row *rows; /* ascending csn, `count` of them */
};
struct reconcile_request {
    uint64_t origin;
    uint64_t epoch;
    uint64_t csn;               /* the laptop's cursor */
    int schema;
    uint64_t scope;             /* scope_digest of what is held */
    uint64_t head;              /* last seq of the laptop's log; these four as in a pull request */
    uint64_t at;                /* rows of the scope with csn up to here; 0: the server picks, and tells it */
    uint64_t max_bytes;         /* as in a pull request */
    struct reconcile_range *ranges; /* ascending, disjoint; what they leave out is not asked */
    size_t range_count;
};
int reconcile_request_encode(const struct reconcile_request *q, struct buf *out, struct err *err);
int reconcile_request_decode(const void *bytes, size_t n, struct arena *arena, struct reconcile_request *q, struct err *err);

enum reconcile_verdict {
    RECONCILE_EQUAL,
    RECONCILE_SPLIT,    /* of a range that is not listed: it differs, ask for its parts */
    RECONCILE_RESOLVED, /* of a listed one: what the scope has otherwise is in `gone` and in the rows */
    RECONCILE_LATER     /* the answer is full. What of a listed range is not above `upto` is resolved */
};
struct reconcile_answer {
    /* epoch, to (= at), received, server_ms, scope and rows as in a pull answer. With `restart` the request was of
     * another epoch or scope than its `at`: nothing else is told, begin anew. */
    struct pull_answer told;
    uint64_t upto;              /* with LATER: csn up to which the answer speaks; else 0 */
    uint8_t *verdicts;          /* enum reconcile_verdict, one for each range of the request */
    size_t range_count;
    uint64_t *gone;             /* csns listed in the request whose row the scope has not, or has otherwise; ascending */
    size_t gone_count;
};
int reconcile_answer_encode(const struct reconcile_answer *a, int level, struct buf *out, struct err *err);
int reconcile_answer_decode(const void *bytes, size_t n, struct arena *arena, struct reconcile_answer *a, struct err *err);

#endif
