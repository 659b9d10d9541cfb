/* text_parse: text → the cheapest row of tokens of a book.
 *
 * Neighbours: text.c, and zhucun-train, which counts what the parse yields.
 * Invariant: the texts of the tokens, one after the other, are the text. Which row is chosen matters for size
 * only, never for reading it back. */
#ifndef ZHUCUN_PACK_TEXT_PARSE_H
#define ZHUCUN_PACK_TEXT_PARSE_H

#include "text_book.h"

struct parse_token {
    uint32_t token;
    uint32_t code_point; /* BOOK_RARE only */
};

/* Scratch for texts of up to `max` bytes. Contents belong to text_parse.c, but for the result. */
struct parse {
    const struct book *book;
    size_t max;
    struct parse_step *steps;
    struct parse_token *tokens; /* the result of the last parse_text, without BOOK_END */
    size_t count;
};

int parse_init(struct parse *p, const struct book *book, size_t max); /* negative: no memory */
void parse_free(struct parse *p);
void parse_text(struct parse *p, const uint8_t *utf8, size_t n); /* valid UTF-8, n at most max */

/* One code point of valid UTF-8, and its bytes. */
uint32_t parse_code_point(const uint8_t *utf8, size_t *n);

#endif
