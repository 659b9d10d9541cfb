/* words: the trainer's growing list of words, by number and by text.
 *
 * Neighbours: every file of the trainer. Invariant: a word's number never changes; texts are unique. */
#ifndef ZHUCUN_TRAIN_WORDS_H
#define ZHUCUN_TRAIN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORD_MAX_BYTES = 30, WORD_END = 0, WORD_RARE = 1 };

struct word {
    char *text;
    size_t len;
    double prior;   /* frequency in the word list, then its share */
    double seen;    /* times the parse of the corpus used it */
    double raw;     /* times the corpus has it at all */
    double share;   /* probability in the end */
    char kind[4];   /* part of speech from the word list, or what the trainer knows */
    bool keep;
    int class_id;
};

struct words {
    struct word *list;
    size_t count, cap;
    uint32_t *slots;
    size_t slot_count;
};

void words_init(struct words *w); /* holds WORD_END and WORD_RARE */
void words_free(struct words *w);
long words_find(const struct words *w, const char *text, size_t n); /* −1: no such word */
size_t words_add(struct words *w, const char *text, size_t n);      /* finds or makes */
struct word *words_entry(struct words *w, const char *text, size_t n); /* the same; until the next add */

/* Reads the word list (word, frequency, kind; tabs) and the character list (first line common, second rare). */
int words_read_list(struct words *w, const char *path);
int words_read_characters(struct words *w, const char *path);

/* Memory of a build tool: exits when there is none. */
void *must_have(void *memory);

#endif
