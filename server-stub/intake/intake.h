/* intake: bundles in, receipts out. One writer thread takes waiting pushes together into one transaction
 * (group commit), each in its own savepoint with its own outcome; a reply is given only after the commit.
 *
 * Order of work in a transaction: read and decide everything, then take the csns, then write what carries
 * them (sync.md, "The server's order"). */
#ifndef ZHUCUN_INTAKE_H
#define ZHUCUN_INTAKE_H

#include "store.h"
#include "zhucun/env.h"
#include "zhucun/log.h"
#include "zhucun/wire.h"

enum intake_status {
    INTAKE_STORED,   /* receipt is valid; also for what was known already */
    INTAKE_GAP,      /* `expected`, `hash` */
    INTAKE_FORK,     /* known seq, other hash: `expected` is the first that differs */
    INTAKE_BAD,      /* not a bundle, or not this origin's: err says why */
    INTAKE_ERROR     /* the server could not (disk): nothing was stored; err says why */
};

struct intake_result {
    enum intake_status status;
    struct receipt receipt;
    uint64_t expected;
    struct digest hash;
    struct err err;
};

struct intake_push {
    uint64_t origin;             /* authenticated; the bundle must say the same */
    const void *bytes;           /* packed bundle, opened (server-stub/gate); borrowed until done() */
    size_t n;
    const void *sealed;          /* as it came, to be kept; NULL: it was never sealed (the server's own log) */
    size_t sealed_n;
    int64_t agent_clock_ms;      /* 0: not told */
    int64_t received_ms;
    void (*done)(void *ctx, const struct intake_result *result); /* from the writer thread, after the commit */
    void *ctx;
    struct intake_push *next;    /* the queue's */
};

/* The work itself, without thread or queue: all pushes in one transaction; every result is filled in. */
void intake_batch(struct store *s, const struct env *env, const struct log *log, struct intake_push *const *list, size_t count,
                  struct intake_result *results);

/* One push inside a transaction of the caller (roster load): no savepoint of its own, so anything but
 * INTAKE_STORED means that the caller must roll back. */
void intake_inside(struct store *s, const struct env *env, const struct intake_push *push, struct intake_result *result);

/* Assignments that begin or end by themselves today are followed, once a day: every push does it first, and whoever
 * answers pulls should from time to time. Inside a transaction of the caller. */
int intake_new_day(struct store *s, const struct env *env, struct err *err);

/* A changeset in quarantine once more, inside a transaction of the caller: 1 it fits now and is written, 0 it still
 * does not (err says why, and the list too from now on), negative: nothing may be committed. */
int intake_retry(struct store *s, const struct env *env, uint64_t origin, uint64_t seq, struct err *err);

struct intake;
struct intake_limits {
    size_t queue_max;            /* pushes waiting; above: ERR_BUSY */
    size_t queue_max_bytes;
    size_t group_max;            /* pushes in one transaction */
    size_t group_max_changes_hint; /* stop filling a group above this many compressed bytes */
};
int intake_start(struct intake **out, struct store *writer, const struct env *env, const struct log *log,
                 const struct intake_limits *limits, struct err *err);
int intake_submit(struct intake *in, struct intake_push *push); /* 0, or ERR_BUSY; done() will be called once */
/* Runs fn in the writer thread, alone in a transaction (begin … commit around it; error → rollback), and waits. */
int intake_call(struct intake *in, int (*fn)(struct store *s, void *ctx, struct err *err), void *ctx, struct err *err);
void intake_stop(struct intake *in); /* finishes what was submitted */

#endif
