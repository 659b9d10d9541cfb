/* book_write: words, classes and pairs → the bytes of a book (layout above ../text_book.c).
 *
 * Neighbours: main.c. Invariant: every kept word has a span of at least 1, so that every text can be coded. */
#ifndef ZHUCUN_TRAIN_BOOK_WRITE_H
#define ZHUCUN_TRAIN_BOOK_WRITE_H

#include "classes.h"
#include "zhucun/buf.h"

/* What the estimates lean on; see README.md. */
struct tuning {
    double prior_weight;  /* what the word list is worth, in words */
    double class_weight;  /* what a class's overall share is worth in a row, in pairs */
    double discount[3];   /* taken off a pair seen once, twice, more often */
    double run_least;     /* uses that a run of characters outside the list needs */
    double pair_least;    /* uses that a pair needs to be listed */
    int classes;
};

void book_write(const struct words *w, const struct pairs *pairs, int classes, const struct tuning *t,
                struct buf *out);

#endif
