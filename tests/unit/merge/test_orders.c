/* "Later observed wins" in every order of arrival. Small histories are drawn: who had seen what, observed when, of
 * which of two values. Each is played in every order that leaves it as it is — nobody arrives before what he had
 * seen, and base, which is one number, still says exactly that. All orders must end with the same value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/merge.h"

enum { WRITES = 4, HISTORIES = 4000 };

struct write {
    struct cell_version version;
    int64_t value;
    unsigned seen;              /* bit i: write i */
};

struct cell_state {
    struct value value;
    struct cell_version version, overruled[MERGE_OVERRULED];
    size_t overruled_count;
    uint64_t csn;
};

static uint64_t random_state = 1;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

static void draw_history(struct write w[WRITES])
{
    for (unsigned i = 0; i < WRITES; i++) {
        uint64_t stamp = 0;
        w[i].seen = (1u << draw(i + 1)) - 1;
        for (unsigned k = 0; k < i; k++) {
            if (w[i].seen >> k & 1 && w[k].version.stamp > stamp) stamp = w[k].version.stamp;
        }
        w[i].value = 1 + draw(3);
        w[i].version = (struct cell_version){.origin = 0xA0 + i, .seq = 1, .stamp = stamp + 1 + draw(3), .observed = draw(4)};
    }
}

static void arrive(struct cell_state *s, const struct schema_table *t, const struct write *w)
{
    struct cell_version incoming = w->version;
    struct cell cell = {.value = value_int(w->value)};
    struct merge_input in = {.table = t, .column = schema_column_named(t, "phone"), .current = &s->value,
                             .current_version = &s->version, .incoming = &cell, .incoming_version = &incoming,
                             .overruled = s->overruled, .overruled_count = s->overruled_count,
                             .making = s->csn == 1, .base = 1 + (uint64_t)__builtin_popcount(w->seen)};
    struct cell_version kept[MERGE_OVERRULED];
    struct merge_result r = merge_cell(&in);
    s->csn++;
    if (r.outcome == MERGE_KEEP || r.outcome == MERGE_SAME) return;
    s->overruled_count = merge_overruled(&in, kept);
    memcpy(s->overruled, kept, s->overruled_count * sizeof kept[0]);
    s->value = cell.value;
    s->version = incoming;
    s->version.csn = s->csn;
}

/* Does everybody find exactly what he had seen before him, and first of all? */
static bool possible(const struct write w[WRITES], const unsigned order[WRITES])
{
    for (unsigned at = 0; at < WRITES; at++) {
        unsigned seen = w[order[at]].seen, count = (unsigned)__builtin_popcount(seen), first = 0;
        if (count > at) return false;
        for (unsigned k = 0; k < count; k++) first |= 1u << order[k];
        if (first != seen) return false;
    }
    return true;
}

static int64_t play(const struct write w[WRITES], const unsigned order[WRITES])
{
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct cell_state s = {.value = value_int(9), .version = {.csn = 1, .origin = 1, .seq = 1, .observed = 2}, .csn = 1};
    for (unsigned i = 0; i < WRITES; i++) arrive(&s, t, &w[order[i]]);
    return s.value.i;
}

static unsigned play_all(const struct write w[WRITES], int64_t *value)
{
    unsigned orders = 0, o[WRITES];
    for (unsigned code = 0; code < 256; code++) { /* four digits of two bits each */
        unsigned used = 0;
        for (unsigned i = 0; i < WRITES; i++) used |= 1u << (o[i] = code >> 2 * i & 3);
        if (used != 15 || !possible(w, o)) continue;
        int64_t ended = play(w, o);
        if (orders++ == 0) *value = ended;
        assert_int_equal(ended, *value);
    }
    return orders;
}

static void every_order_ends_the_same(void **state)
{
    (void)state;
    unsigned several = 0;
    for (unsigned i = 0; i < HISTORIES; i++) {
        struct write w[WRITES];
        int64_t value = 0;
        draw_history(w);
        unsigned orders = play_all(w, &value);
        assert_true(orders >= 1); /* as it was drawn */
        several += orders > 1;
    }
    assert_true(several > HISTORIES / 2); /* or the test says nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_ends_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
