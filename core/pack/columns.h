/* columns: a list of changes as column-major bytes, the shared heart of bundles and pull answers. Two outputs:
 * `meta` is for deflate (numbers, ids, shapes), `text` is entropy coded already. */
#ifndef ZHUCUN_PACK_COLUMNS_H
#define ZHUCUN_PACK_COLUMNS_H

#include "ids.h"
#include "zhucun/change.h"

struct column_sink {
    struct id_book *book;
    struct arena *arena; /* scratch */
    int dictionary;      /* of the text coder */
    struct buf *meta;
    struct buf *text;
};
/* numbers[i]: the number that changes[i] has by its place in the log, or NULL when there is no such place (then
 * every PUT is explicit). 0, ERR_NOMEM, or ERR_CORRUPT when a text is not UTF-8. */
int columns_encode(const struct column_sink *sink, const struct change *const *changes, const uint64_t *numbers,
                   size_t count);

struct column_source {
    struct id_book *book;
    struct arena *arena; /* the result lives here */
    int dictionary;
    struct reader *meta;
    struct reader *text;
};
/* Fills changes[0…count). `near` as numbers above; `own` is the origin for implicit ids. */
int columns_decode(const struct column_source *source, struct change *const *changes, const uint64_t *numbers,
                   uint64_t own, size_t count);

/* A stream of integers: zigzag differences, the first from 0. */
void ints_encode(const int64_t *values, size_t count, struct buf *out);
int ints_decode(int64_t *values, size_t count, struct reader *in);

#endif
