/* corpus: the training texts, and their parse into words.
 *
 * Neighbours: main.c reads it, classes.c and book_write.c count in it. Every line of a file is one text; lines
 * are taken in order of file name. Invariant: a parsed text ends with WORD_END. */
#ifndef ZHUCUN_TRAIN_CORPUS_H
#define ZHUCUN_TRAIN_CORPUS_H

#include "words.h"

struct corpus {
    char **lines;
    size_t *lens;
    size_t count, cap;
    uint32_t *tokens; /* all texts' words, one after the other */
    size_t token_count, token_cap;
};

int corpus_read(struct corpus *c, const char *path); /* a folder of *.txt, or one file; may be called again */
void corpus_free(struct corpus *c);

/* Adds as candidates every punctuation mark and letter, and every run of 2…8 Han characters that stands at
 * least `least` times. */
void corpus_candidates(const struct corpus *c, struct words *w, double least);

/* Estimates shares: parse by them, count, again; `prior_weight`: how many words the list's frequencies are
 * worth; words outside the list that end below `least` uses are dropped. */
void corpus_estimate(struct corpus *c, struct words *w, double prior_weight, double least);

bool word_is_han(const char *text, size_t n);

#endif
