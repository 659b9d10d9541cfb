/* text_book: see text_book.h.
 *
 * A book is little-endian: u32 magic "ZCB1", u32 tokens, classes, nodes, followers, bytes of text, and then
 * these sections without gaps, in this order:
 *
 *   class_first   u16[classes + 1]     first token of each class; tokens of a class are neighbours
 *   start         u16[tokens]          where the token's span begins in its class; spans fill 0…65535 in order
 *   cost          u16[tokens]          for the parse only, 1/256 bit
 *   rows          u16[classes²]        how often class j follows class i, none 0
 *   follow_first  u32[tokens + 1]      a token's list of likely followers, by ascending token …
 *   follow_token  u16[followers]
 *   follow_start  u16[followers]       … span of each; 0…first start is "another one"
 *   text_at       u32[tokens + 1]      UTF-8 of each token
 *   node          {u16 code point, u16 token, u16 first child}[nodes + 1]
 *                                      a trie in breadth-first order, children by ascending code point; the
 *                                      children of i are first(i)…first(i+1)−1; BOOK_NONE: no token ends here
 *   page          u16[257]             the root's children by the high byte of their code point
 *   class_of      u8[tokens]
 *   text          u8[bytes of text] */
#include "text_book.h"

enum { NODE_BYTES = 6, HEADER_WORDS = 6 };

static const uint8_t *take(const uint8_t **at, size_t *left, size_t count, size_t size)
{
    const uint8_t *section = *at;

    if (section == NULL || count > *left / size) {
        *at = NULL;
        return NULL;
    }
    *at += count * size;
    *left -= count * size;
    return section;
}

int book_open(struct book *b, const uint8_t *bytes, size_t n)
{
    static const uint8_t magic[4] = {'Z', 'C', 'B', '1'};
    const uint8_t *at = bytes + 4 * HEADER_WORDS;
    size_t left = n - 4 * HEADER_WORDS;

    if (bytes == NULL || n < 4 * HEADER_WORDS || book_u32(bytes, 0) != book_u32(magic, 0))
        return -1;
    b->tokens = book_u32(bytes, 1);
    b->classes = book_u32(bytes, 2);
    b->nodes = book_u32(bytes, 3);
    b->followers = book_u32(bytes, 4);
    b->class_first = take(&at, &left, b->classes + 1, 2);
    b->start = take(&at, &left, b->tokens, 2);
    b->cost = take(&at, &left, b->tokens, 2);
    b->rows = take(&at, &left, b->classes * b->classes, 2);
    b->follow_first = take(&at, &left, b->tokens + 1, 4);
    b->follow_token = take(&at, &left, b->followers, 2);
    b->follow_start = take(&at, &left, b->followers, 2);
    b->text_at = take(&at, &left, b->tokens + 1, 4);
    b->node = take(&at, &left, b->nodes + 1, NODE_BYTES);
    b->page = take(&at, &left, 257, 2);
    b->class_of = take(&at, &left, b->tokens, 1);
    b->text = take(&at, &left, book_u32(bytes, 5), 1);
    return b->text == NULL || left != 0 || b->classes > BOOK_MAX_CLASSES || b->tokens >= BOOK_NONE ? -1 : 0;
}

const uint8_t *book_text(const struct book *b, uint32_t token, size_t *n)
{
    const uint32_t from = book_u32(b->text_at, token);

    *n = book_u32(b->text_at, token + 1) - from;
    return b->text + from;
}

struct book_span book_token_span(const struct book *b, uint32_t token)
{
    const uint32_t from = book_u16(b->start, token);
    const bool last = token + 1 == book_u16(b->class_first, b->class_of[token] + 1U);
    const uint32_t to = last ? BOOK_TOTAL : book_u16(b->start, token + 1);

    return (struct book_span){from, to - from};
}

/* The last of lo…hi−1 whose number in `ascending` is not above `at`; lo when all are. */
static uint32_t last_below(const uint8_t *ascending, uint32_t lo, uint32_t hi, uint32_t at)
{
    while (hi - lo > 1) {
        const uint32_t middle = lo + (hi - lo) / 2;

        if (book_u16(ascending, middle) <= at)
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

uint32_t book_token_at(const struct book *b, uint32_t class_id, uint32_t at)
{
    return last_below(b->start, book_u16(b->class_first, class_id), book_u16(b->class_first, class_id + 1), at);
}

bool book_has_followers(const struct book *b, uint32_t before)
{
    return book_u32(b->follow_first, before) != book_u32(b->follow_first, before + 1);
}

static struct book_span follow_span(const struct book *b, uint32_t i, uint32_t end)
{
    const uint32_t from = book_u16(b->follow_start, i);
    const uint32_t to = i + 1 == end ? BOOK_TOTAL : book_u16(b->follow_start, i + 1);

    return (struct book_span){from, to - from};
}

struct book_span book_follow_span(const struct book *b, uint32_t before, uint32_t token, uint32_t *found)
{
    const uint32_t first = book_u32(b->follow_first, before);
    const uint32_t end = book_u32(b->follow_first, before + 1);
    const uint32_t i = last_below(b->follow_token, first, end, token);

    if (book_u16(b->follow_token, i) == token) {
        *found = token;
        return follow_span(b, i, end);
    }
    *found = BOOK_NONE;
    return (struct book_span){0, book_u16(b->follow_start, first)};
}

uint32_t book_follow_at(const struct book *b, uint32_t before, uint32_t at, struct book_span *span)
{
    const uint32_t first = book_u32(b->follow_first, before);
    const uint32_t end = book_u32(b->follow_first, before + 1);
    const uint32_t escape = book_u16(b->follow_start, first);

    if (at < escape) {
        *span = (struct book_span){0, escape};
        return BOOK_NONE;
    }
    const uint32_t i = last_below(b->follow_start, first, end, at);
    *span = follow_span(b, i, end);
    return book_u16(b->follow_token, i);
}

static uint32_t node_field(const struct book *b, uint32_t node, uint32_t field)
{
    return book_u16(b->node + (size_t)NODE_BYTES * node, field);
}

uint32_t book_node_token(const struct book *b, uint32_t node)
{
    return node_field(b, node, 1);
}

uint32_t book_step(const struct book *b, uint32_t node, uint32_t code_point)
{
    uint32_t lo = node_field(b, node, 2);
    uint32_t hi = node_field(b, node + 1, 2);

    if (code_point > UINT16_MAX)
        return 0;
    if (node == 0) {
        lo = book_u16(b->page, code_point >> 8);
        hi = book_u16(b->page, (code_point >> 8) + 1);
    }
    while (lo < hi) {
        const uint32_t middle = lo + (hi - lo) / 2;
        const uint32_t there = node_field(b, middle, 0);

        if (there == code_point)
            return middle;
        if (there < code_point)
            lo = middle + 1;
        else
            hi = middle;
    }
    return 0;
}
