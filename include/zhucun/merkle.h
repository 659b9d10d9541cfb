/* merkle: a log that nobody can rewrite unseen. The tree of RFC 9162, 2.1.1, with SHA-256: a leaf is H(0x00 ‖ entry), a node
 * H(0x01 ‖ left ‖ right), the empty tree H("").
 *
 * Whoever keeps the log keeps the hash of each complete subtree: (level, index) covers the entries index · 2^level …
 * (index + 1) · 2^level − 1; 2n of them for n entries. Whoever watches it keeps one head, (size, root), and asks for the
 * proof that a later head goes on from it. */
#ifndef ZHUCUN_MERKLE_H
#define ZHUCUN_MERKLE_H

#include <stdbool.h>

#include "zhucun/err.h"
#include "zhucun/seal.h"

enum { MERKLE_PROOF_MAX = 128 };

struct tree_head {
    uint64_t size;
    struct digest root;
};

/* The keeper's: of a complete subtree the hash. 0, or negative with err set. */
struct merkle_store {
    int (*get)(void *ctx, unsigned level, uint64_t index, struct digest *out, struct err *err);
    int (*put)(void *ctx, unsigned level, uint64_t index, const struct digest *hash, struct err *err); /* append only */
    void *ctx;
};

void merkle_leaf(const void *entry, size_t n, struct digest *out);
/* Adds entry number `size` (from 0) and puts each subtree that it completes. */
int merkle_append(const struct merkle_store *s, uint64_t size, const struct digest *leaf, struct err *err);
int merkle_root(const struct merkle_store *s, uint64_t size, struct digest *out, struct err *err);

/* RFC 9162, 2.1.4: that the tree of `to` entries begins with the tree of `from` entries (0 < from ≤ to). */
int merkle_consistency(const struct merkle_store *s, uint64_t from, uint64_t to, struct digest proof[MERKLE_PROOF_MAX],
                       size_t *count, struct err *err);
bool merkle_goes_on(const struct tree_head *from, const struct tree_head *to, const struct digest *proof, size_t count);

/* RFC 9162, 2.1.3: that entry `index` is in the tree of `size` entries. */
int merkle_inclusion(const struct merkle_store *s, uint64_t index, uint64_t size, struct digest proof[MERKLE_PROOF_MAX],
                     size_t *count, struct err *err);
bool merkle_has(const struct tree_head *head, uint64_t index, const struct digest *leaf, const struct digest *proof,
                size_t count);

#endif
