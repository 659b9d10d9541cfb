/* journal: the laptop's own log — every changeset in its canonical form, chained by hash, and what the server
 * has said about it (receipts). Appending happens inside capture's transaction. */
#ifndef ZHUCUN_JOURNAL_H
#define ZHUCUN_JOURNAL_H

#include "home.h"
#include "zhucun/wire.h"

struct journal_head {
    uint64_t seq;          /* last written; 0: none */
    uint64_t stamp;
    struct digest hash;    /* h(seq) */
};
int journal_head(struct home *h, struct journal_head *head, struct err *err);
/* Appends cs->seq = head->seq + 1 and moves head; inside a transaction. */
int journal_append(struct home *h, struct journal_head *head, const struct changeset *cs, struct err *err);
int journal_hash(struct home *h, uint64_t seq, struct digest *out, struct err *err); /* h(seq); seq 0: chain_start */
/* Changesets first…, at most `count` and about `max_bytes` of canonical bytes (at least one), into the arena. */
int journal_read(struct home *h, uint64_t first, size_t count, size_t max_bytes, struct arena *arena,
                 struct changeset **list, size_t *got, struct err *err);

int journal_received(struct home *h, uint64_t *high, struct err *err); /* server's high-water of this origin */
/* Stores a receipt, its quarantine list, epoch, skew and contact time, and drops the sealed bundle it covers.
 * ERR_REFUSED when the receipt's hash is not this log's (the server speaks of another branch). */
int journal_receipt(struct home *h, const struct receipt *r, struct err *err);
/* The server has less than was noted (restored from a backup) or more (a reply was lost): received is from now on
 * what ends at `high`, whose hash the caller has compared. Drops the sealed bundle. */
int journal_set_received(struct home *h, uint64_t high, struct err *err);

/* The sealed bundle that waits for its receipt: kept as bytes, so that a resumed push sends the same. */
struct sealed_bundle {
    uint64_t first, last;
    struct digest digest;
    struct buf bytes;
    uint64_t offset;       /* bytes the server is known to have */
};
int journal_sealed_get(struct home *h, struct sealed_bundle *b, struct err *err); /* 1, 0 none, negative */
int journal_sealed_put(struct home *h, const struct sealed_bundle *b, struct err *err);
int journal_sealed_drop(struct home *h, struct err *err);

enum record_state { RECORD_RECEIVED, RECORD_PENDING, RECORD_QUARANTINED };
struct record_status {
    enum record_state state;
    int64_t received_ms;   /* of the receipt, or as pulled; 0: not yet */
    char why[160], why_en[160]; /* quarantined: the server's reason */
};
/* By HOME_SEQ / HOME_RECEIVED of a row. */
int journal_row_status(struct home *h, const struct table_row *row, struct record_status *out, struct err *err);

struct journal_counts {
    uint64_t pending;      /* changesets without receipt */
    uint64_t received;
    uint64_t quarantined;
};
int journal_counts(struct home *h, struct journal_counts *c, struct err *err);
/* Walks the whole chain; ERR_CORRUPT names the first seq whose hash does not follow. */
int journal_verify(struct home *h, uint64_t *checked, struct err *err);

/* Overlay: cells that an unreceived local change wrote, with the server's value below. Written by capture in its
 * transaction, read and shrunk by apply. What is shown is value, for sets (below ∪ value) − removed. Column 0: the
 * row was deleted here; `below` is then the hash that the server's row has in the scope's sums (NULL: none), `value`
 * its csn. */
struct overlay_cell {
    int column;
    uint64_t seq;          /* last changeset that wrote it */
    struct value value;    /* sets: elements added */
    struct value removed;  /* sets: elements taken out */
    struct value below;    /* what the server last said; NULL kind: nothing */
    bool quarantined;      /* read only: the server could not take that changeset */
};
struct overlay_row {
    int table;
    struct row_id row;
};
enum { OVERLAY_DELETED = 0, OVERLAY_ALL = -1 };
/* Adds what changeset `seq` did to a cell; `below` counts only when the cell is not in the overlay yet. */
int journal_overlay_add(struct home *h, const struct schema_table *t, struct row_id row, const struct cell *cell,
                        const struct value *below, uint64_t seq, struct err *err);
int journal_overlay_put(struct home *h, int table, struct row_id row, const struct overlay_cell *o, struct err *err);
int journal_overlay_drop(struct home *h, int table, struct row_id row, int column, struct err *err); /* or OVERLAY_ALL */
/* All of a row, ascending columns, copied into the arena. */
int journal_overlay_row(struct home *h, int table, struct row_id row, struct arena *arena, struct overlay_cell **list,
                        size_t *count, struct err *err);
/* At most `max` rows, past `after` ({0}: from the first), with a cell that has arrived (≤ `received`). */
int journal_overlay_arrived(struct home *h, uint64_t received, struct overlay_row after, struct overlay_row *list, size_t max,
                            size_t *count, struct err *err);
int journal_overlay_any(struct home *h, bool *any, struct err *err);
/* Rows deleted here that the server still has, with csn and hash; and forgetting that it has them. */
typedef int journal_deleted_fn(void *ctx, int table, struct row_id row, uint64_t csn, uint64_t hash);
int journal_overlay_deleted(struct home *h, journal_deleted_fn *fn, void *ctx, struct err *err);
int journal_overlay_untell(struct home *h, struct err *err);
/* What is shown of a cell. Sets of ids are made in the arena. */
int journal_overlay_shown(const struct schema_column *c, const struct overlay_cell *o, struct arena *arena,
                          struct value *out, struct err *err);

/* Own values that the server has received and does not show: noted by apply, once for each cell and changeset. For
 * sets, `mine` are the elements that this laptop added and that are gone, or took out and that are there. */
enum lost_how {
    LOST_AT_ONCE = 1, /* the server did not take it */
    LOST_LATER = 2    /* it was shown, then replaced by another's, who may have seen it */
};
struct lost_value {
    int table;
    struct row_id row;
    int column;
    uint64_t seq;          /* own changeset */
    uint64_t csn;          /* server's number of the state that replaced it */
    int64_t at_ms;         /* server's clock when it was told */
    enum lost_how how;
    bool seen;             /* somebody here has looked at it and let it be */
    struct value mine, theirs;
};
int journal_lost_add(struct home *h, const struct lost_value *lost, struct err *err);
/* In the order of noting; values live until the callback returns. The callback returns 0 to go on. */
int journal_lost_walk(struct home *h, int (*fn)(void *ctx, const struct lost_value *lost), void *ctx, struct err *err);
int journal_lost_seen(struct home *h, struct err *err); /* marks all as seen */

/* Cells that the server shows as a local change wrote them. */
struct own_cell {
    int column;
    uint64_t seq;
    struct value value, removed; /* as in the overlay */
};
int journal_own_put(struct home *h, int table, struct row_id row, const struct own_cell *own, struct err *err);
int journal_own_drop(struct home *h, int table, struct row_id row, int column, struct err *err);
enum { OWN_MAX = 64 };
int journal_own_row(struct home *h, int table, struct row_id row, struct arena *arena, struct own_cell list[OWN_MAX],
                    size_t *count, struct err *err);

/* Changesets that the server could not take, with its reason; where it did not say, the reason read says so. `told`: a
 * pull's lists are the truth up to `received`. */
int journal_quarantine_add(struct home *h, const struct receipt_quarantine *list, size_t count, struct err *err);
int journal_quarantine_told(struct home *h, const struct pull_answer *a, struct err *err);
int journal_quarantine_of(struct home *h, uint64_t seq, struct receipt_quarantine *q, struct err *err); /* 1, 0 it is not */
typedef int journal_quarantine_fn(void *ctx, const struct receipt_quarantine *q);
int journal_quarantine_walk(struct home *h, journal_quarantine_fn *fn, void *ctx, struct err *err);

#endif
