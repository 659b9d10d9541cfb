/* merkle: see merkle.h. The keeper's half works by ranges: [from, to) with `from` a multiple of the power of two at or
 * above its length is a complete subtree, or one and what is right of it. The watcher's half follows RFC 9162 line by
 * line (2.1.3.2, 2.1.4.2). */
#include "zhucun/merkle.h"

void merkle_leaf(const void *entry, size_t n, struct digest *out)
{
    digest_of_parts((struct digest_part[]){{"\0", 1}, {entry, n}}, 2, out);
}

static void join(const struct digest *left, const struct digest *right, struct digest *out)
{
    struct digest l = *left, r = *right; /* out may be one of them */
    digest_of_parts((struct digest_part[]){{"\1", 1}, {l.bytes, DIGEST_BYTES}, {r.bytes, DIGEST_BYTES}}, 3, out);
}

/* ---- the keeper ---- */

/* The largest power of two below n ≥ 2. */
static uint64_t split(uint64_t n)
{
    uint64_t k = 1;
    while (k < n - k) k *= 2;
    return k;
}

static bool is_complete(uint64_t n)
{
    return (n & (n - 1)) == 0;
}

static unsigned level_of(uint64_t n)
{
    unsigned level = 0;
    while (n > 1) {
        n /= 2;
        level++;
    }
    return level;
}

/* From the right, each rest joined to the complete subtree left of it; as deep as there are bits. */
static int range(const struct merkle_store *s, uint64_t from, uint64_t to, struct digest *out, struct err *err)
{
    struct digest parts[64];
    size_t count = 0;
    while (from < to) {
        uint64_t n = to - from, k = is_complete(n) ? n : split(n);
        int rc = s->get(s->ctx, level_of(k), from / k, &parts[count++], err);
        if (rc != 0) return rc;
        from += k;
    }
    *out = parts[--count];
    while (count > 0) join(&parts[--count], out, out);
    return 0;
}

int merkle_append(const struct merkle_store *s, uint64_t size, const struct digest *leaf, struct err *err)
{
    struct digest hash = *leaf, left;
    uint64_t index = size;
    unsigned level = 0;
    int rc = s->put(s->ctx, 0, index, &hash, err);
    for (; rc == 0 && (index & 1); level++) {
        rc = s->get(s->ctx, level, index - 1, &left, err);
        if (rc == 0) join(&left, &hash, &hash);
        index /= 2;
        if (rc == 0) rc = s->put(s->ctx, level + 1, index, &hash, err);
    }
    return rc;
}

static void turn_around(struct digest *list, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct digest d = list[i];
        list[i] = list[n - 1 - i];
        list[n - 1 - i] = d;
    }
}

int merkle_root(const struct merkle_store *s, uint64_t size, struct digest *out, struct err *err)
{
    if (size > 0) return range(s, 0, size, out, err);
    digest_of("", 0, out);
    return 0;
}

/* SUBPROOF of RFC 9162, 2.1.4.1, walked down: what it appends on the way up is gathered on the way down and turned
 * around. */
int merkle_consistency(const struct merkle_store *s, uint64_t from, uint64_t to, struct digest proof[MERKLE_PROOF_MAX],
                       size_t *count, struct err *err)
{
    uint64_t at = 0, end = to;
    bool known = true; /* the subtree at hand begins where the whole does: the watcher has its old root */
    size_t n = 0;
    int rc = 0;
    while (at + from < end && rc == 0) {
        uint64_t k = split(end - at);
        if (from <= k) {
            rc = range(s, at + k, end, &proof[n++], err);
            end = at + k;
        } else {
            rc = range(s, at, at + k, &proof[n++], err);
            at += k;
            from -= k;
            known = false;
        }
    }
    if (rc == 0 && !known) rc = range(s, at, end, &proof[n++], err);
    turn_around(proof, n);
    *count = n;
    return rc;
}

int merkle_inclusion(const struct merkle_store *s, uint64_t index, uint64_t size, struct digest proof[MERKLE_PROOF_MAX],
                     size_t *count, struct err *err)
{
    uint64_t at = 0, end = size;
    size_t n = 0;
    int rc = 0;
    while (end - at > 1 && rc == 0) {
        uint64_t k = split(end - at);
        bool left = index < at + k;
        rc = left ? range(s, at + k, end, &proof[n++], err) : range(s, at, at + k, &proof[n++], err);
        if (left) end = at + k;
        else at += k;
    }
    turn_around(proof, n);
    *count = n;
    return rc;
}

/* ---- the watcher ---- */

bool merkle_has(const struct tree_head *head, uint64_t index, const struct digest *leaf, const struct digest *proof,
                size_t count)
{
    uint64_t fn = index, sn = head->size - 1;
    struct digest r = *leaf;
    if (head->size == 0 || index >= head->size) return false;
    for (size_t i = 0; i < count; i++) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            join(&proof[i], &r, &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            join(&r, &proof[i], &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && digest_equal(&r, &head->root);
}

bool merkle_goes_on(const struct tree_head *from, const struct tree_head *to, const struct digest *proof, size_t count)
{
    if (from->size == 0) return true;
    if (from->size > to->size) return false;
    if (from->size == to->size) return count == 0 && digest_equal(&from->root, &to->root);
    size_t i = 0;
    struct digest fr, sr;
    uint64_t fn = from->size - 1, sn = to->size - 1;
    if (is_complete(from->size)) fr = from->root;
    else if (count == 0) return false;
    else fr = proof[i++];
    sr = fr;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (; i < count; i++) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            join(&proof[i], &fr, &fr);
            join(&proof[i], &sr, &sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            join(&sr, &proof[i], &sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && digest_equal(&fr, &from->root) && digest_equal(&sr, &to->root);
}
