/* sync: one round — push until all is received, pull until nothing is new, compare. One explicit state machine,
 * the only place that sees all stages. Any step may be cut by a crash; the next round goes on. */
#ifndef ZHUCUN_SYNC_H
#define ZHUCUN_SYNC_H

#include "home.h"
#include "send.h"

struct sync_options {
    bool push_only;
    size_t bundle_changesets;  /* most changesets in one bundle; 0: 1000 */
    size_t bundle_bytes;       /* canonical bytes aimed at in one bundle; 0: 256 KiB, about 64 KiB sealed */
    uint64_t max_answer_bytes; /* pull, before compression; 0: 1 MiB, what a village's year takes */
    int64_t deadline_ms;       /* by env's clock; 0: none. Reached: ERR_OFFLINE, what arrived stays */
    int tries;                 /* of one step, without anything moving, before ERR_OFFLINE; 0: 3 */
    void (*sleep_ms)(void *ctx, int ms); /* between tries; NULL: really sleeps */
    void *sleep_ctx;
    void (*progress)(void *ctx, const char *zh, const char *en, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_ctx;
};
struct sync_report {
    uint64_t pushed;           /* changesets received by the server in this round */
    uint64_t pulled;           /* rows */
    uint64_t mended;           /* of comparing row by row: rows that came anew or went */
    uint64_t removed;          /* of these: went, since the server does not tell them to this laptop any more */
    uint64_t pending;          /* left */
    uint64_t quarantined;
    uint64_t requests;
    bool pulled_all;
    bool agree;                /* fingerprints equal (only with pulled_all and nothing pending) */
};
int sync_round(struct home *h, const struct transport *t, const struct sync_options *o, struct sync_report *r, struct err *err);

#endif
