/* body: the compressed part that bundles and row blocks share: numbers deflated, text coded. */
#ifndef ZHUCUN_PACK_BODY_H
#define ZHUCUN_PACK_BODY_H

#include "columns.h"

/* What an encoder fills between body_begin and body_end. */
struct body {
    struct arena arena;
    struct id_book book;
    struct buf meta;
    struct buf text;
    int dictionary;
};
void body_begin(struct body *b, uint64_t own_origin, int dictionary);
int body_end(struct body *b, int level, struct buf *out); /* appends the body and frees; rc of the whole */
void body_free(struct body *b);
struct column_sink body_sink(struct body *b);

struct body_reader {
    struct id_book book;
    struct reader meta;
    struct reader text;
    struct arena *arena;
    int dictionary;
};
int body_open(struct body_reader *b, uint64_t own_origin, int dictionary, const void *bytes, size_t n,
              struct arena *arena);
struct column_source body_source(struct body_reader *b);
bool body_used_up(const struct body_reader *b);

#endif
