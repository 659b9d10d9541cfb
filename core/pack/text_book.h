/* text_book: read access to one book of words (layout above text_book.c), in place, without unpacking it.
 *
 * Neighbours: text_parse.c walks its trie, text_model.c reads its frequencies; zhucun-train writes it.
 * Invariant: a book is data that we ship, never a peer's; book_open still checks its sizes once. */
#ifndef ZHUCUN_PACK_TEXT_BOOK_H
#define ZHUCUN_PACK_TEXT_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOOK_END = 0,      /* token: end of a text; also the one before its first */
    BOOK_RARE = 1,     /* token: a code point follows that the book does not have */
    BOOK_NONE = 0xFFFF, /* no token */
    BOOK_TOTAL = 65536, /* frequencies of a class, and of the followers of a token, sum up to this */
    BOOK_MAX_CLASSES = 255,
    BOOK_SECTIONS = 12
};

struct book {
    size_t tokens, classes, nodes, followers;
    const uint8_t *class_first; /* u16[classes + 1] token */
    const uint8_t *class_of;    /* u8[tokens] */
    const uint8_t *start;       /* u16[tokens] */
    const uint8_t *cost;        /* u16[tokens] 1/256 bit */
    const uint8_t *rows;        /* u16[classes][classes] */
    const uint8_t *follow_first;/* u32[tokens + 1] */
    const uint8_t *follow_token;/* u16[followers] */
    const uint8_t *follow_start;/* u16[followers] */
    const uint8_t *text_at;     /* u32[tokens + 1] */
    const uint8_t *text;        /* u8[] */
    const uint8_t *node;        /* 6 bytes[nodes + 1] */
    const uint8_t *page;        /* u16[257] */
};

struct book_span {
    uint32_t start, freq;
};

static inline uint32_t book_u16(const uint8_t *array, size_t i)
{
    return (uint32_t)array[2 * i] | (uint32_t)array[2 * i + 1] << 8;
}

static inline uint32_t book_u32(const uint8_t *array, size_t i)
{
    return book_u16(array, 2 * i) | book_u16(array, 2 * i + 1) << 16;
}

int book_open(struct book *b, const uint8_t *bytes, size_t n); /* negative: not a book */

const uint8_t *book_text(const struct book *b, uint32_t token, size_t *n);

/* Place of a token in its class, and the token at a place. */
struct book_span book_token_span(const struct book *b, uint32_t token);
uint32_t book_token_at(const struct book *b, uint32_t class_id, uint32_t at);

/* Followers of `before`: false when it has none. Leaving the list (BOOK_NONE) is its first span. */
bool book_has_followers(const struct book *b, uint32_t before);
struct book_span book_follow_span(const struct book *b, uint32_t before, uint32_t token, uint32_t *found);
uint32_t book_follow_at(const struct book *b, uint32_t before, uint32_t at, struct book_span *span);

/* The trie: node 0 is the root; 0 from book_step: no such child. */
uint32_t book_step(const struct book *b, uint32_t node, uint32_t code_point);
uint32_t book_node_token(const struct book *b, uint32_t node);

#endif
