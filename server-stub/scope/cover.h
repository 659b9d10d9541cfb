/* cover: where the rows of a scope live. A code covers everything below it, and needs the rows of its ancestors
 * (their regions and workers), but nothing else that lives up there or beside it. A household covers what hangs on it,
 * wherever it lives, and needs what is nobody's household at its village and above. */
#ifndef ZHUCUN_SCOPE_COVER_H
#define ZHUCUN_SCOPE_COVER_H

#include "scope.h"

struct cover_range {
    int64_t from, to; /* an ancestor is a range of one */
};
struct cover {
    struct cover_range *ranges; /* ascending, disjoint */
    size_t count;
    struct row_home *units; /* of single households, ascending by unit; those whose place a range covers are left out */
    size_t unit_count;
    int64_t *commons; /* places of the units, ascending, no doubles */
    size_t common_count;
};
/* `origin` ≠ 0: with that laptop's private place. */
int cover_make(struct cover *c, struct store *s, const struct scope *scope, uint64_t origin, struct err *err);
void cover_free(struct cover *c);
bool cover_has(const struct cover *c, struct row_home home);

/* The places of a cover that hold something, and the sums of what it covers there. */
struct cover_places {
    struct place_sum *list; /* of ranges the place's sums, of commons what the cover has of it */
    size_t count, cap;
    uint64_t rows, fingerprint; /* of all of them */
};
int cover_places_read(const struct cover *c, struct store *s, struct cover_places *out, struct err *err);
void cover_places_free(struct cover_places *p);

#endif
