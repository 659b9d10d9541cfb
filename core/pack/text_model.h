/* text_model: one token ⇄ range coder decisions. What the book knows, plus what this column has shown so far.
 *
 * Neighbours: text.c feeds it; text_book.h, text_range.h.
 * Invariant: encoder and decoder hold equal models before every token. */
#ifndef ZHUCUN_PACK_TEXT_MODEL_H
#define ZHUCUN_PACK_TEXT_MODEL_H

#include "text_book.h"
#include "text_range.h"

struct model;

struct model *model_new(const struct book *book); /* NULL: no memory */
void model_free(struct model *m);

void model_encode(struct model *m, struct range_encoder *e, uint32_t token, uint32_t code_point);

/* The next token; BOOK_NONE: impossible bytes. code_point is set for BOOK_RARE. */
uint32_t model_decode(struct model *m, struct range_decoder *d, uint32_t *code_point);

#endif
