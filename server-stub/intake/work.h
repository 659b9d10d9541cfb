/* work: what the files of intake share — one group's working memory, one changeset's decision.
 *
 *   batch.c   the group: one transaction, a savepoint for each push, outcomes
 *   push.c    one push: is it this origin's log, going on from what is known?
 *   decide.c  one changeset against the store and against itself: what would be written
 *   cells.c   a SET's cells through core/merge
 *   write.c   a decision into the store, with csns
 *   retry.c   a changeset in quarantine, once more
 *
 * Invariant: decide.c and cells.c write nothing; write.c decides nothing. While deciding, csns are not known
 * yet: PENDING | index of the change stands for them. */
#ifndef ZHUCUN_INTAKE_WORK_H
#define ZHUCUN_INTAKE_WORK_H

#include "intake.h"

#define PENDING (UINT64_C(1) << 63)

enum { UNFIT = 1 }; /* decide: the changeset cannot be applied → quarantine; `why` says it */

struct work {
    struct store *store;
    const struct schema *schema;
    const struct env *env;
    const struct log *log;
    struct arena arena;     /* everything of the push at hand */
    struct buf canonical;   /* one changeset's canonical form */
    struct buf scratch;
    struct device *device;  /* of the push at hand, once asked for; found: it is enrolled */
    bool device_found;
    bool careful;           /* ask for every new row whether its id is free, not only for explicit ids */
};

/* A row that the changeset touches, as it will be. */
struct pending_row {
    struct pending_row *next;
    const struct schema_table *table;
    struct stored_row row;
    size_t mark_room;
    bool is_new;            /* made by this changeset, by change made_by */
    bool proposed;          /* only a proposal: the row itself is not made */
    bool was_live;          /* before this changeset, with: */
    uint64_t old_csn;
    int64_t old_place;
    uint64_t old_hash;
    size_t made_by;
    size_t last_change;
    bool made_known;
    struct cell_version made; /* who made the row; by made_version() */
};

struct ledger_note {
    struct ledger_note *next;
    struct ledger_entry entry;
};

struct decision {
    struct work *work;
    const struct changeset *cs;
    struct cell_version incoming; /* csn is set for each change */
    int level;                    /* the author's */
    int64_t received_ms;
    struct pending_row *rows, **rows_end;
    struct ledger_note *notes, **notes_end;
    struct pending_row **slots;   /* rows by (table, id): open addressing, a power of two */
    size_t slot_mask;
    struct err why;
};

/* batch.c */
void work_init(struct work *w, struct store *s, const struct env *env, const struct log *log);
void work_free(struct work *w);

/* decide.c: 0, UNFIT, or negative when the store failed. */
int decide(struct decision *d, struct work *w, const struct changeset *cs, uint64_t corrected, int64_t received_ms,
           struct err *err);
int decide_unfit(struct decision *d, size_t change, const char *zh, const char *en);
int decide_note(struct decision *d, const struct pending_row *p, enum ledger_kind kind, struct merge_result why,
                int column, const struct value *value, const struct cell_version *loser,
                const struct cell_version *winner, struct err *err);
int decide_made(struct decision *d, struct pending_row *p, struct err *err); /* fills p->made */

/* cells.c */
int cells_check(struct decision *d, size_t index, const struct schema_table *t);
int cells_set(struct decision *d, struct pending_row *p, const struct change *c, struct err *err);
const struct cell_version *cells_version(const struct pending_row *p, int column, uint64_t element);
int cells_mark(struct decision *d, struct pending_row *p, int column, uint64_t element,
               const struct cell_version *version, struct err *err);

/* write.c */
int write_decision(struct decision *d, const struct changeset_record *record, struct err *err);

/* push.c: text cut to fit, never inside a character. */
void work_text(char *out, size_t room, const char *text);
/* push.c: fills result; 0, or negative when the store failed and the push must be undone. */
int push_take(struct work *w, const struct intake_push *push, struct intake_result *result);

#endif
