/* cover: which places a scope means. A code covers everything below it, and needs the rows of its ancestors
 * (their regions and workers), but nothing else that lives up there or beside it. */
#ifndef ZHUCUN_OUTFLOW_COVER_H
#define ZHUCUN_OUTFLOW_COVER_H

#include "store.h"

struct cover_range {
    int64_t from, to; /* an ancestor is a range of one */
};
struct cover {
    struct cover_range *ranges; /* ascending, disjoint */
    size_t count;
};
int cover_make(struct cover *c, const int64_t *codes, size_t count, struct err *err);
void cover_free(struct cover *c);
bool cover_has(const struct cover *c, int64_t place);

/* The places of a cover that hold something, and their sums. */
struct cover_places {
    struct place_sum *list;
    size_t count, cap;
    uint64_t rows, fingerprint; /* of all of them */
};
int cover_places_read(const struct cover *c, struct store *s, struct cover_places *out, struct err *err);
void cover_places_free(struct cover_places *p);

#endif
