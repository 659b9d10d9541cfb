/* round: the state of one sync round; shared by this folder's files only.
 *
 *   SEAL ──▶ PUSH ──▶ RECEIPT ──▶ SEAL …         until nothing is pending
 *     │       ▲ │ cut
 *     ├▶ OFFSET ◀┘                               asks how much of the bundle has arrived
 *     ▼
 *   PULL ⟲ while there is more ──▶ VERIFY ──▶ DONE
 *     │ │                            ├─ sums differ, or rows here are damaged ──▶ RECONCILE (once a cursor)
 *     │ │                            └─ they differ still ──▶ PULL (a snapshot, once until they agree)
 *     │ └─ the scope or the epoch is another ──▶ RECONCILE ⟲ while ranges differ ──▶ PULL
 *     └─ the server has lost some ──▶ SEAL                                                        */
#ifndef ZHUCUN_SYNC_ROUND_H
#define ZHUCUN_SYNC_ROUND_H

#include "pairing.h"
#include "journal_tally.h"
#include "signed.h"
#include "sync.h"

enum step { STEP_SEAL, STEP_OFFSET, STEP_PUSH, STEP_RECEIPT, STEP_PULL, STEP_RECONCILE, STEP_VERIFY, STEP_DONE };

struct round {
    struct home *h;
    const struct transport *t;
    struct sync_options o;         /* defaults filled in */
    struct sync_report *r;
    struct pairing pairing;
    struct conversation conversation; /* over the transport that the caller gave */
    struct transport signed_transport;

    struct journal_head head;      /* as of the last SEAL */
    uint64_t received;             /* server's high-water, as of the last SEAL or RECEIPT */
    uint64_t first_pending;        /* for progress */
    struct sealed_bundle bundle;   /* on its way; bytes.len 0: none */
    struct send_answer answer;
    int tries;                     /* of this step, since something moved */
    int turns;                     /* GAP answers and lost tails followed in this round */
    bool agree;
    uint64_t asked_csn;            /* of the last pull request */
    struct tally tallies[TALLY_MAX]; /* told with the last pull request; without numbers */
    size_t tally_count;
    int tally_pulls;               /* pulls of this round that were only for them */
    bool tally_again;              /* another would tell more */
    struct comparing *comparing;   /* reconcile.c's, while it goes on */
    bool compared;                 /* in this round, to the end: every row here was hashed anew */
};

/* One function a step: *next is set, or a negative error ends the round. */
int push_seal(struct round *p, enum step *next, struct err *err);
int push_offset(struct round *p, enum step *next, struct err *err);
int push_bundle(struct round *p, enum step *next, struct err *err);
int push_receipt(struct round *p, enum step *next, struct err *err);
void push_keep(struct round *p);
int pull_page(struct round *p, enum step *next, struct err *err);
int pull_verify(struct round *p, enum step *next, struct err *err);
int reconcile_step(struct round *p, enum step *next, struct err *err);
void reconcile_end(struct round *p); /* frees what it holds, wherever it stands */

/* What the server says it has of this log must be a part of it (pull.c). *push_first: it lost some, SEAL comes next. */
int round_check_received(struct round *p, const struct pull_answer *a, bool *push_first, struct err *err);

/* sync.c. `round_request` fills in clock and count. `round_retry`: 0 after a pause, when another try is
 * allowed; else `code`, and err stays as it is. `round_turns`: bounds detours, so that no round loops for ever. */
int round_request(struct round *p, struct send_request *q, struct err *err);
int round_retry(struct round *p, int code, struct err *err);
int round_turn(struct round *p, struct err *err);
int round_fork(uint64_t seq, struct err *err);
void round_moved(struct round *p);
/* An answer nobody hoped for: a busy server may be asked again soon (0), all else is the error. */
int round_refused(struct round *p, struct err *err);

#endif
