/* merkle: roots against the definition of RFC 9162, 2.1.1, computed the slow way; every proof of every pair of sizes
 * holds, and none that was altered, or is of another pair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/merkle.h"

enum { ENTRIES = 70, LEVELS = 8 };

struct keeper {
    struct digest nodes[LEVELS][ENTRIES];
    bool there[LEVELS][ENTRIES];
    struct digest leaves[ENTRIES];
};

static struct err err;

static int get(void *ctx, unsigned level, uint64_t index, struct digest *out, struct err *e)
{
    struct keeper *k = ctx;
    if (level >= LEVELS || index >= ENTRIES || !k->there[level][index]) return err_set(e, ERR_CORRUPT, "没有", "no such node");
    *out = k->nodes[level][index];
    return 0;
}

static int put(void *ctx, unsigned level, uint64_t index, const struct digest *hash, struct err *e)
{
    struct keeper *k = ctx;
    if (level >= LEVELS || index >= ENTRIES || k->there[level][index]) return err_set(e, ERR_CORRUPT, "重复", "put twice");
    k->nodes[level][index] = *hash;
    k->there[level][index] = true;
    return 0;
}

/* MTH(D[n]) as the RFC writes it. */
static void slow_root(const struct digest *leaves, size_t n, struct digest *out)
{
    struct digest left, right;
    size_t k = 1;
    if (n == 1) {
        *out = leaves[0];
        return;
    }
    while (k * 2 < n) k *= 2;
    slow_root(leaves, k, &left);
    slow_root(leaves + k, n - k, &right);
    digest_of_parts((struct digest_part[]){{"\1", 1}, {left.bytes, DIGEST_BYTES}, {right.bytes, DIGEST_BYTES}}, 3, out);
}

static int setup(void **state)
{
    struct keeper *k = calloc(1, sizeof *k);
    struct merkle_store s = {get, put, k};
    if (!k) return -1;
    for (uint64_t i = 0; i < ENTRIES; i++) {
        char entry[24];
        int n = snprintf(entry, sizeof entry, "entry %d", (int)i);
        merkle_leaf(entry, (size_t)n, &k->leaves[i]);
        if (merkle_append(&s, i, &k->leaves[i], &err)) return -1;
    }
    *state = k;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static struct tree_head head(struct keeper *k, uint64_t size)
{
    struct tree_head h = {.size = size};
    struct merkle_store s = {get, put, k};
    assert_int_equal(merkle_root(&s, size, &h.root, &err), 0);
    return h;
}

static void the_empty_tree_and_each_root_are_as_defined(void **state)
{
    struct keeper *k = *state;
    char hex[DIGEST_TEXT];
    struct tree_head h = head(k, 0);
    digest_hex(&h.root, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t n = 1; n <= ENTRIES; n++) {
        struct digest wanted;
        slow_root(k->leaves, n, &wanted);
        h = head(k, n);
        assert_true(digest_equal(&h.root, &wanted));
    }
}

static void each_tree_goes_on_from_each_before_it(void **state)
{
    struct keeper *k = *state;
    struct merkle_store s = {get, put, k};
    struct digest proof[MERKLE_PROOF_MAX];
    size_t count;
    for (uint64_t from = 1; from <= ENTRIES; from++) {
        for (uint64_t to = from; to <= ENTRIES; to++) {
            struct tree_head a = head(k, from), b = head(k, to), other = a;
            assert_int_equal(merkle_consistency(&s, from, to, proof, &count, &err), 0);
            if (!merkle_goes_on(&a, &b, proof, count)) fail_msg("%d to %d", (int)from, (int)to);
            other.root.bytes[31] ^= 1;
            assert_false(merkle_goes_on(&other, &b, proof, count));
            other = b;
            other.root.bytes[0] ^= 1;
            assert_false(merkle_goes_on(&a, &other, proof, count));
            for (size_t i = 0; i < count; i++) {
                proof[i].bytes[7] ^= 1;
                assert_false(merkle_goes_on(&a, &b, proof, count));
                proof[i].bytes[7] ^= 1;
            }
            if (count > 0) assert_false(merkle_goes_on(&a, &b, proof, count - 1));
            assert_false(merkle_goes_on(&b, &a, proof, count) && from != to);
        }
    }
}

static void each_entry_is_in_each_tree_after_it(void **state)
{
    struct keeper *k = *state;
    struct merkle_store s = {get, put, k};
    struct digest proof[MERKLE_PROOF_MAX];
    size_t count;
    for (uint64_t size = 1; size <= ENTRIES; size++) {
        struct tree_head h = head(k, size);
        for (uint64_t i = 0; i < size; i++) {
            assert_int_equal(merkle_inclusion(&s, i, size, proof, &count, &err), 0);
            if (!merkle_has(&h, i, &k->leaves[i], proof, count)) fail_msg("%d in %d", (int)i, (int)size);
            assert_false(merkle_has(&h, i, &k->leaves[(i + 1) % ENTRIES], proof, count));
            if (size > 1) assert_false(merkle_has(&h, (i + 1) % size, &k->leaves[i], proof, count));
            if (count > 0) assert_false(merkle_has(&h, i, &k->leaves[i], proof, count - 1));
        }
        assert_false(merkle_has(&h, size, &k->leaves[0], proof, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_empty_tree_and_each_root_are_as_defined, setup, teardown),
        cmocka_unit_test_setup_teardown(each_tree_goes_on_from_each_before_it, setup, teardown),
        cmocka_unit_test_setup_teardown(each_entry_is_in_each_tree_after_it, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
