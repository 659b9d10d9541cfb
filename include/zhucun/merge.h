/* merge: pure decisions. No SQL, no clock, no I/O: (current cell, incoming cell, what its author had seen,
 * policy) → outcome. The decision table stands above the code in core/merge/merge.c. */
#ifndef ZHUCUN_MERGE_H
#define ZHUCUN_MERGE_H

#include "zhucun/change.h"
#include "zhucun/schema.h"

/* Who wrote a cell last, and what it saw. */
struct cell_version {
    uint64_t csn;       /* server's number of the write */
    uint64_t origin;
    uint64_t seq;
    uint64_t stamp;     /* corrected and clamped */
    int64_t observed;   /* day */
    struct row_id author;
};

enum merge_outcome {
    MERGE_TAKE,     /* the incoming value becomes current; the old one is superseded (its author had seen it) */
    MERGE_TAKE_WON, /* becomes current although concurrent: the old value lost → ledger */
    MERGE_KEEP,     /* concurrent and lost: the current value stays and is stamped anew → ledger */
    MERGE_UNION,    /* set: `result` holds the merged set; nothing is lost */
    MERGE_PROPOSAL, /* no authority: kept as a proposal → ledger */
    MERGE_CONFIRM,  /* the value is there already; the incoming write now stands for it, so that it weighs in later */
    MERGE_SAME      /* nothing changes */
};

/* Why a value lost; stored in the ledger and shown (codes are stable). */
enum merge_reason {
    REASON_NONE = 0,
    REASON_OLDER_OBSERVED = 1,  /* the other value was observed on a later day */
    REASON_SAME_DAY = 2,        /* same observed day, neither saw the other: 待核实 */
    REASON_NO_AUTHORITY = 3,
    REASON_NOT_AUTHOR = 4,      /* append-only row of somebody else */
    REASON_NOT_ISSUER = 5,
    REASON_UNSEEN_FINDING = 6,  /* a closing that had not seen a newer finding */
    REASON_ROW_DELETED = 7,     /* the row had been deleted */
    REASON_ATOMIC = 8,          /* the sheet was changed as a whole by somebody else */
    REASON_UNSEEN_ADDITION = 9, /* an element was to be taken out that somebody else had added unseen */
    REASON_NO_GROUNDS = 10      /* a closing that does not name who verified it and why; or these without a closing */
};

/* A STICKY row's findings and closings, as far as they matter to one change. A finding: the row is made, its state is
 * set to open, or one of its other cells but the closing's is written. A closing is in force until the risk is
 * opened again; two people may both have closed it. Versions are of other installations than the incoming one. */
struct merge_risk {
    bool closed;                        /* now */
    bool finds, opens;                  /* the incoming change is a finding; … and sets the state to open */
    bool closes, grounds;               /* … closes; … and names who verified and why, or needs not */
    const struct cell_version *finding; /* the newest finding; NULL: none */
    const struct cell_version *closing; /* the newest closing in force; NULL: none */
    uint64_t last_closing;              /* csn of the newest in force of anybody, 0: none; it saw all before it */
};

struct merge_input {
    const struct schema_table *table;
    const struct schema_column *column; /* NULL: unknown column, merged as POLICY_LATEST */
    const struct value *current;        /* NULL kind: no value */
    const struct cell_version *current_version;
    const struct cell *incoming;
    const struct cell_version *incoming_version; /* csn is not known yet: 0 */
    uint64_t base;                      /* csn the incoming author had applied */
    const struct cell_version *overruled; /* of the current write, by ascending csn: see merge_overruled() */
    size_t overruled_count;
    bool making;                        /* the current write made the row: nobody can have missed it */
    int author_level;                   /* enum schema_level of the incoming author */
    struct row_id row_author;           /* who made the row, */
    uint64_t row_origin;                /* and where: nobody is the same nobody only on one installation */
    bool decided;                       /* written at the server itself: a ruling of the office */
    struct merge_risk risk;             /* STICKY only */
};

struct merge_result {
    enum merge_outcome outcome;
    enum merge_reason reason;
    bool to_verify;        /* 待核实: a person should look at the pair */
};

struct merge_result merge_cell(const struct merge_input *in);

/* Had the incoming author seen the current write? (version.csn ≤ base, or the same origin's earlier write.) */
bool merge_saw(const struct merge_input *in);

/* An informed write overrules what it saw, even if that was observed on a later day; then it must not lose to a third
 * one, of a day between, that had seen neither. So a write is remembered together with what it overruled: the writes
 * that it, or one that it overruled, had seen, and that were observed later. If the incoming write wins, these stand
 * with it: at most MERGE_OVERRULED, copied to `out`; returns how many. */
enum { MERGE_OVERRULED = 3 };
size_t merge_overruled(const struct merge_input *in, struct cell_version out[MERGE_OVERRULED]);

/* Does the change open a closed risk again, whatever becomes of its own cells? */
bool merge_reopens(const struct merge_risk *risk, uint64_t base);

/* Add-wins set arithmetic for TYPE_SET and TYPE_REFSET: elements added come in; an element taken out leaves
 * only if `unseen_added` (elements that somebody else added after base) does not hold it. Result to scratch. */
int merge_set(const struct schema_column *column, const struct value *current, const struct cell *incoming,
              const struct value *unseen_added, struct buf *scratch, struct value *out);

#endif
