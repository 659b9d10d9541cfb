/* dictionary: the static data that both ends of a bundle must share, by the one-byte id in its header.
 *
 * Neighbours: bundle.c and rows.c preset deflate with `dictionary_bytes`; text.c codes by `dictionary_book`.
 * Invariant: what stands under an id never changes and no id is ever retired; better data get the next id. */
#ifndef ZHUCUN_PACK_DICTIONARY_H
#define ZHUCUN_PACK_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

enum { DICTIONARY_NONE = 0, DICTIONARY_LATEST = 1 };

/* Preset dictionary for deflate over column bytes other than text; NULL for an unknown id and for NONE. */
const uint8_t *dictionary_bytes(int id, size_t *n);

/* The text book (layout above text_book.c); NULL for an unknown id and for NONE. */
const uint8_t *dictionary_book(int id, size_t *n);

#endif
