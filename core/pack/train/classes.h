/* classes: sorts words into classes that behave alike towards their neighbours.
 *
 * Neighbours: corpus.c (the parsed texts), book_write.c (rows). Starts from parts of speech and improves by
 * exchange (Kneser and Ney 1993): a word seen often enough moves to the class that makes the corpus likelier.
 * Invariant: WORD_END and WORD_RARE stay alone. */
#ifndef ZHUCUN_TRAIN_CLASSES_H
#define ZHUCUN_TRAIN_CLASSES_H

#include "corpus.h"

struct pair {
    uint32_t before, after;
    double count;
};

struct pairs {
    struct pair *list; /* by before, then after */
    size_t count;
};

struct pairs pairs_count(const struct corpus *c);

/* Gives every kept word a class_id below the returned number. */
int classes_make(struct words *w, const struct pairs *pairs, int most);

#endif
