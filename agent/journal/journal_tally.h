/* journal_tally: visits made on this laptop and received, counted by author and month (zhucun/tally.h), and what the
 * server said of the same. Each tally is told until the server agrees, and not again until it changes. */
#ifndef ZHUCUN_JOURNAL_TALLY_H
#define ZHUCUN_JOURNAL_TALLY_H

#include "journal.h"

/* Brings the tallies up to what is received and quarantined now; from the beginning when the server has lost some. */
int journal_tally_refresh(struct home *h, struct err *err);

/* What is to be told with a pull: at most TALLY_MAX, the newest months first; with the own numbers where the server has
 * said otherwise and does not know them yet. *tallied: the seq up to which they count. */
int journal_tally_open(struct home *h, struct arena *arena, struct tally *list, size_t *count, uint64_t *tallied,
                       struct err *err);
/* The server's answer to exactly these: `differing` are those that it has otherwise, the others are agreed on. *again:
 * there is more to tell about one of them now. */
int journal_tally_follow(struct home *h, const struct tally *asked, size_t count, const struct tally *differing,
                         size_t differing_count, int64_t at_ms, bool *again, struct err *err);

struct journal_difference {
    struct row_id author;
    int month;
    uint64_t here, there;       /* visits */
    int64_t since_ms;           /* server's clock when it was first seen */
    const uint64_t *only_here, *only_there; /* row numbers, as far as both sides have listed them */
    size_t only_here_count, only_there_count;
};
typedef int journal_difference_fn(void *ctx, const struct journal_difference *d);
int journal_tally_differences(struct home *h, journal_difference_fn *fn, void *ctx, struct err *err);
int journal_tally_differ(struct home *h, uint64_t *count, struct err *err); /* how many */

#endif
