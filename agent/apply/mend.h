/* mend: the rows here against the server's, without a snapshot. What this laptop was told is listed by csn and hash;
 * sync/reconcile.c compares the list with the server, range by range; what comes back is applied as rows of a pull.
 *
 * Nothing shown vanishes on the way: rows that the server's scope has not only stop counting as told (mend_end), and
 * the last page of the pull that follows takes them, unless own unreceived work is on them. Until mend_end the state is
 * SNAPSHOT_MENDING: cut anywhere, it begins again, and finds most of it equal. */
#ifndef ZHUCUN_MEND_H
#define ZHUCUN_MEND_H

#include "apply.h"

struct mend_row {
    uint64_t csn, hash;
    int table;
    int64_t rid;            /* 0: not in its table, see told.h */
    struct row_id id;
    bool gone;              /* the server has no such row in this scope, or has it otherwise; unsound: not told anew */
};
struct mend {
    struct mend_row *rows;  /* told and sound, ascending csn, no doubles */
    size_t count, cap;
    struct mend_row *unsound; /* told, but not what was told: not listed to the server, which then sends them */
    size_t unsound_count, unsound_cap;
};
/* Lists the rows, hashing each; sums and state are set by what is found. */
int mend_begin(struct home *h, struct mend *m, struct err *err);
void mend_free(struct mend *m);
bool mend_gone(struct mend *m, uint64_t csn); /* false: none of the rows has it */
/* Rows, epoch and scope of one answer, in one transaction. A new epoch makes the cursor 0: the old csns mean nothing. */
int mend_apply(struct home *h, struct mend *m, const struct pull_answer *told, struct apply_report *report, struct err *err);
/* What is gone, or unsound and was not told anew, stops counting; the cursor is told->to. */
int mend_end(struct home *h, const struct mend *m, const struct pull_answer *told, struct apply_report *report,
             struct err *err);

#endif
