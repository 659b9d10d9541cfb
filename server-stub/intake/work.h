/* work: what the files of intake share — one group's working memory, one changeset's decision.
 *
 *   batch.c   the group: one transaction, a savepoint for each push, outcomes
 *   push.c    one push: is it this origin's log, going on from what is known?
 *   decide.c  one changeset against the store and against itself: what would be written
 *   put.c     a row that it makes
 *   place.c   where its rows live; carry.c what moves with what moved
 *   author.c  who writes: his level, what this device may lend him
 *   cells.c   a SET's cells through core/merge; sets.c elements of sets, sticky.c findings and closings of a risk
 *   grave.c   what a deletion takes along, and what comes after it
 *   clock.c   when it was written and seen, whatever the laptop's clock says
 *   marks.c   what a supervisor should know of a changeset
 *   write.c   a decision into the store, with csns
 *   tally.c   visits made, counted by author and month
 *   notice.c, handover.c, moves.c, clue.c, settle.c   what follows from it, gathered by own.c into changesets of the server's own log
 *   retry.c   a changeset in quarantine, once more
 *
 * Invariant: decide.c and cells.c write nothing; write.c decides nothing. While deciding, csns are not known
 * yet: PENDING | index of the change stands for them. */
#ifndef ZHUCUN_INTAKE_WORK_H
#define ZHUCUN_INTAKE_WORK_H

#include "intake.h"

#include "clock.h"
#include "cover.h"

#define PENDING (UINT64_C(1) << 63)

/* An assignment that a changeset made or ended. */
struct handover {
    struct row_id household, worker;
    bool gained;            /* by the worker; else given up */
    struct row_id other;    /* from whom, or to whom; null: nobody */
    char number[24], other_number[24];
};

/* Households that went from one village to another, by one author in one push. */
struct move {
    int64_t from, to;
    struct row_id author;   /* null: the office */
    uint64_t origin;        /* the laptop that did it knows */
    struct row_id household; /* the first */
    size_t count;
    char numbers[240];      /* of the first of them */
    bool cut;               /* there is no room for more */
    struct row_id village;  /* the row of `from`; these are filled when it is told */
    struct value from_words, to_words, what, by;
};

/* An entry of the ledger that a write decided; the laptops are still to be told. */
struct settled {
    struct settled *next;
    uint64_t ledger, loser_origin;
    struct ledger_resolution resolution;
    struct value current;   /* text of what is in force */
};

/* What follows from a push: changes that the server itself makes, in its own log. */
struct own {
    struct change *changes; /* in the push's arena */
    size_t count, room;
    struct handovers {
        struct handover *list;
        size_t count, room;
    } handovers;
    struct moves {
        struct move *list;
        size_t count, room;
    } moves;
    struct settled *settled;
    struct row_id *looked;  /* households known to have an open clue, or to get one */
    size_t looked_count, looked_room;
    bool writing;           /* its own changes have no such consequences */
};

/* A row's marks beside those of its cells. Column 0 is the row itself; two of a kind, the newest and the newest of
 * another installation than that, tell for any author what the newest of others is. */
enum row_element { ROW_DELETED, ROW_FINDING, ROW_FINDING_OTHER, ROW_CLOSING, ROW_CLOSING_OTHER };
/* Beside a cell's own mark (element 0), from here on: what it overruled, see merge_overruled(). */
#define ELEMENT_OVERRULED (UINT64_MAX - MERGE_OVERRULED)

enum { UNFIT = 1 }; /* decide: the changeset cannot be applied → quarantine; `why` says it */

/* What is known of the author at hand. */
struct author {
    struct row_id id;
    bool read, known;       /* asked for; he is a worker */
    char no[24];
    int64_t active_to;      /* INT64_MAX: not said */
    int64_t region;         /* he is responsible for it; 0: for none */
};

struct work {
    struct store *store;
    const struct schema *schema;
    const struct env *env;
    const struct log *log;
    struct arena arena;     /* everything of the push at hand */
    struct buf canonical;   /* one changeset's canonical form */
    struct buf scratch;
    struct device *device;  /* of the push at hand, once asked for; found: it is enrolled */
    bool device_found, device_known; /* known: it was looked for */
    struct cover *cover;    /* what that device may hold; NULL: not asked for yet, or it is not enrolled */
    struct own own;         /* what follows, to be written when the push is */
    struct author author;   /* likewise */
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
    struct row_home old_home;
    uint64_t old_hash;
    struct value *old_values;
    bool carried;           /* touched by no change: it goes along with the row it hangs on. Only its name and homes are
                             * here, for there may be very many; write.c reads the rest, row by row */
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
    int rank;                     /* the author's level */
    int level;                    /* what counts of it for the row at hand; author_at() */
    bool ruling;                  /* of the server's own log: the office itself */
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

/* author.c */
int author_find(struct decision *d, struct err *err);
int author_at(struct decision *d, size_t change, const struct pending_row *p, struct err *err); /* d->level */
bool author_of_device(const struct device *device, const char *no);
int author_device(struct decision *d, const struct device **device, struct err *err); /* NULL: not enrolled */

/* marks.c: adds to *marks */
int marks_find(struct decision *d, const struct clock_facts *f, unsigned *marks, struct err *err);

/* note.c */
int decide_note(struct decision *d, const struct pending_row *p, enum ledger_kind kind, struct merge_result why,
                int column, const struct value *value, const struct cell_version *loser,
                const struct cell_version *winner, struct err *err);

/* decide.c: 0, UNFIT, or negative when the store failed. */
int decide(struct decision *d, struct work *w, const struct changeset *cs, const struct clock_reading *read,
           int64_t received_ms, struct err *err);
int decide_unfit(struct decision *d, size_t change, const char *zh, const char *en);
int decide_made(struct decision *d, struct pending_row *p, struct err *err); /* fills p->made */
int decide_propose(struct decision *d, const struct pending_row *p, enum merge_reason reason, int column,
                   const struct value *value, struct err *err);
/* The row as earlier changes of this changeset left it, else as stored. UNFIT: there is none. */
int decide_find(struct decision *d, size_t change, const struct schema_table *t, struct pending_row **out, struct err *err);
/* One that nobody finds before it is kept. */
int decide_add(struct decision *d, const struct schema_table *t, struct row_id id, struct pending_row **out, struct err *err);
void decide_keep(struct decision *d, struct pending_row *p);

/* put.c */
int put_decide(struct decision *d, size_t change, const struct schema_table *t, struct err *err);

/* Notes what a row was before this changeset, as it was read from the store. */
int decide_stored(struct pending_row *p, struct arena *a, struct err *err);
struct pending_row **decide_slot(struct decision *d, int table, struct row_id id); /* NULL in it: not touched yet */
/* Takes a stored row along to another home, unless the changeset touches it itself. */
int decide_carry(struct decision *d, const struct schema_table *t, const struct table_row *row, struct row_home from,
                 struct row_home to, struct err *err);

/* place.c: where a row lives; 0, UNFIT, or negative. */
int place_find(struct decision *d, size_t change, struct pending_row *p, struct err *err);
/* Where the change would have the row live; the row itself stays as it is. 1, 0: nowhere, or no word of it; negative. */
int place_wanted(struct decision *d, size_t change, const struct pending_row *p, struct row_home *home, struct err *err);

/* carry.c: what moves with what moved, once all changes are decided. */
int place_carry(struct decision *d, struct err *err);
bool place_moved(const struct pending_row *p);

/* cells.c */
int cells_check(struct decision *d, size_t index, const struct schema_table *t);
int cells_set(struct decision *d, struct pending_row *p, const struct change *c, struct err *err);
int cells_one(struct decision *d, struct pending_row *p, const struct cell *cell, const struct cell_version *sheet,
              const struct merge_risk *risk, struct err *err);
struct merge_input cells_input(const struct decision *d, const struct pending_row *p,
                               const struct schema_column *column, const struct value *current,
                               const struct cell_version *version, const struct cell *cell);
const struct cell_version *cells_version(const struct pending_row *p, int column, uint64_t element);
const struct cell_version *cells_marked(const struct pending_row *p, int column, uint64_t element); /* or NULL */
int cells_mark(struct decision *d, struct pending_row *p, int column, uint64_t element,
               const struct cell_version *version, struct err *err);
void cells_unmark(struct pending_row *p, int column, uint64_t element);

/* sets.c */
int sets_merge(struct decision *d, struct pending_row *p, const struct schema_column *c, struct value *current,
               const struct cell *cell, struct err *err);

/* Elements that others put in, unseen by who deletes the row: each is a value that lost. */
int sets_bury(struct decision *d, struct pending_row *p, const struct schema_column *c, const struct value *current,
              struct err *err);

/* grave.c */
int grave_lose(struct decision *d, struct pending_row *p, const struct change *c, struct err *err); /* it is one */
int grave_bury(struct decision *d, struct pending_row *p, struct err *err);                         /* it becomes one */

/* sticky.c: before the cells of a SET on a risk, and after them. */
struct sticky {
    struct merge_risk risk;
    struct cell_version finding, closing; /* what risk points at */
    const struct schema_column *state;
};
int sticky_begin(struct sticky *s, struct decision *d, struct pending_row *p, const struct change *c, struct err *err);
int sticky_end(struct sticky *s, struct decision *d, struct pending_row *p, const struct change *c, struct err *err);

/* tally.c */
int tally_made(struct decision *d, struct err *err);

/* write.c */
int write_decision(struct decision *d, const struct changeset_record *record, struct err *err);

/* own.c */
void own_start(struct work *w); /* before each push: empties what belonged to the one before */
int own_put(struct work *w, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err);
int own_set(struct work *w, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
            struct err *err); /* cells that are NULL empty the column */
int own_flush(struct work *w, int64_t received_ms, struct err *err);
int own_device(struct work *w, uint64_t origin, struct err *err); /* w->device, w->cover: once a push */

/* What follows from a written decision. */
int notice_losses(struct decision *d, struct err *err);
enum { NOTICE_HANDED_OVER = 4, NOTICE_TAKEN_OVER = 5 };
int notice_handover(struct decision *d, uint64_t addressee, const struct handover *h, struct err *err);
int notice_move(struct decision *d, uint64_t addressee, const struct move *m, struct err *err);
/* "B2 王某": number and name, as far as they are known; NULL: nobody in person. */
int notice_author(struct decision *d, struct row_id worker, struct value *out, struct err *err);
/* settle.c: after the notes of a changeset are written; `first` is its csn. And the word to the laptops, once the notices
 * of the same push are written. */
int settle_written(struct decision *d, uint64_t first, struct err *err);
int settle_tell(struct work *w, struct err *err);
int handover_note(struct decision *d, struct err *err);
int handover_refresh(struct work *w, int64_t received_ms, struct err *err); /* before own_flush: it adds notices */
/* Before anything else of a day: what begins or ends by itself, with the same notices. Empties what w has gathered. */
int handover_day(struct work *w, int64_t now_ms, struct err *err);
int moves_note(struct decision *d, struct err *err);
int moves_tell(struct work *w, int64_t received_ms, struct err *err); /* before own_flush, likewise */
int clue_reopen(struct decision *d, struct err *err);

/* push.c: fills result; 0, or negative when the store failed and the push must be undone. */
int push_take(struct work *w, const struct intake_push *push, struct intake_result *result);

#endif
