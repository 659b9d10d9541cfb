/* text: whole columns of text ⇄ bytes, by a static book of Chinese words and how they follow each other.
 *
 * Neighbours: columns.c calls it for every TEXT column; dictionary.c holds the book (dictionaries/N/text.bin),
 * made by zhucun-train. The bytes are entropy coded already: deflate gains nothing on them.
 * Invariant: decode(encode(x)) = x for every sequence of valid UTF-8 strings, on every machine: the coder is
 * integers only, and a book, once released under an id, never changes. */
#ifndef ZHUCUN_PACK_TEXT_H
#define ZHUCUN_PACK_TEXT_H

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/value.h"

/* Appends the column; what it appends is self-delimiting. `texts` are of kind TEXT, valid UTF-8, each at most
 * CHANGE_MAX_TEXT bytes. Dictionary 0 writes plain length-prefixed UTF-8: bigger, but fast and deflatable.
 * 0, ERR_NOMEM, or ERR_CORRUPT (unknown dictionary, or a value that breaks the rules above). */
int text_column_encode(int dictionary, const struct value *texts, size_t count, struct buf *out);

/* Reads exactly what encode appended; the texts live in the arena, each with a NUL behind it, each valid UTF-8
 * of at most CHANGE_MAX_TEXT bytes. Safe on any bytes. 0, ERR_CORRUPT or ERR_NOMEM. */
int text_column_decode(int dictionary, struct reader *in, size_t count, struct arena *arena, struct value *out);

#endif
