/* losses: own values that are not in force, or not beyond doubt — by the server's notices, with reason and ruling, and
 * for what no notice speaks of by what apply noted alone (journal's lost). One entry for each cell and changeset.
 *
 *   noted by apply   notice             →  entry
 *   —                未采用              lost
 *   —                建议                proposal
 *   —                待核实              verify: in force, and somebody else wrote another the same day
 *   at once          none, or 未采用     lost
 *   at once          建议                proposal
 *   later            any                replaced
 *
 * An entry is settled when the cell has been changed again since, by anybody: then nobody needs to look. A ruling
 * that nobody here has seen opens it again. */
#ifndef ZHUCUN_INBOX_LOSSES_H
#define ZHUCUN_INBOX_LOSSES_H

#include "journal.h"
#include "notice.h"

enum loss_kind { LOSS_LOST, LOSS_REPLACED, LOSS_PROPOSAL, LOSS_VERIFY };

struct loss {
    enum loss_kind kind;
    bool seen, settled;
    const struct schema_table *table;   /* NULL: of a later program; `notice` then tells the record */
    struct row_id row;
    const struct schema_column *column; /* NULL: the row as a whole, or a column of a later program */
    bool here;                          /* the row is on this laptop */
    uint64_t seq, csn;
    int64_t at_ms;                      /* server's clock when it was told */
    bool as_text;                       /* mine and theirs are the notice's words, not values of the column */
    struct value mine, theirs;          /* for sets that apply noted: the elements that are gone, or back */
    const struct notice *notice;        /* NULL: the laptop knows it alone */
    const struct table_row *shown;      /* the row; NULL: not here */
};
typedef int loss_fn(void *ctx, const struct loss *l);

/* Settled and seen ones too. `of` NULL: of all rows. What an entry points to lives until the callback returns. */
int losses_walk(struct home *h, const struct schema_table *of, struct row_id row, loss_fn *fn, void *ctx,
                struct err *err);
bool loss_open(const struct loss *l); /* neither seen nor settled: it counts as a conflict */
/* Everything there is now was looked at; in one transaction. */
int losses_seen(struct home *h, struct err *err);

#endif
