/* The decision table of core/merge, row by row, without a store: who may write, had he seen the cell, who is later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/merge.h"

static const struct row_id ann = {0x51, 1}, ben = {0x51, 2};

struct pair {
    struct cell_version current, incoming;
    struct value value;
    struct cell cell;
    struct merge_input in;
};

/* Ann wrote the cell as csn 100 on day 10; Ben's write comes in, of day 10 too, having seen up to csn 50. */
static struct merge_input *pair_make(struct pair *p, const char *table, const char *column)
{
    memset(p, 0, sizeof *p);
    p->current = (struct cell_version){.csn = 100, .origin = 0xA, .seq = 3, .stamp = 1000, .observed = 10, .author = ann};
    p->incoming = (struct cell_version){.origin = 0xB, .seq = 8, .stamp = 900, .observed = 10, .author = ben};
    p->value = value_int(1);
    p->cell.value = value_int(2);
    const struct schema_table *t = schema_table_named(schema_current(), table);
    p->in = (struct merge_input){.table = t, .column = schema_column_named(t, column), .current = &p->value,
                                 .current_version = &p->current, .incoming = &p->cell, .incoming_version = &p->incoming,
                                 .base = 50, .author_level = LEVEL_CONTACT, .row_author = ann};
    return &p->in;
}

static void expect(const struct merge_input *in, enum merge_outcome outcome, enum merge_reason reason, bool to_verify)
{
    struct merge_result r = merge_cell(in);
    assert_int_equal(r.outcome, outcome);
    assert_int_equal(r.reason, reason);
    assert_int_equal(r.to_verify, to_verify);
}

static void what_was_seen_gives_way(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "household", "phone");
    in->base = 99;
    assert_false(merge_saw(in));
    in->base = 100;
    assert_true(merge_saw(in));
    expect(in, MERGE_TAKE, REASON_NONE, false);
    in->base = 0;
    p.incoming.origin = 0xA; /* the same laptop's next write has seen its earlier one */
    assert_true(merge_saw(in));
    p.incoming.seq = 2;
    assert_false(merge_saw(in));
}

static void the_later_observed_wins(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "household", "phone");
    p.incoming.observed = 11;
    expect(in, MERGE_TAKE_WON, REASON_OLDER_OBSERVED, false);
    p.incoming.observed = 9;
    p.incoming.stamp = 5000; /* the stamp does not count across days */
    expect(in, MERGE_KEEP, REASON_OLDER_OBSERVED, false);
    p.incoming.observed = 10;
    expect(in, MERGE_TAKE_WON, REASON_SAME_DAY, true);
    p.incoming.stamp = 1000;
    expect(in, MERGE_TAKE_WON, REASON_SAME_DAY, true); /* origin 0xB > 0xA */
    p.incoming.stamp = 999;
    expect(in, MERGE_KEEP, REASON_SAME_DAY, true);
    p.cell.value = p.value;
    expect(in, MERGE_SAME, REASON_NONE, false);
}

/* Whoever comes second, the same of two wins. */
static void the_order_of_arrival_decides_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 27; i++) {
        struct pair p, q;
        pair_make(&p, "household", "phone");
        pair_make(&q, "household", "phone");
        p.incoming.observed = 9 + i % 3;
        p.incoming.stamp = (uint64_t)(999 + i / 3 % 3);
        p.incoming.origin = (uint64_t)(0x9 + i / 9);
        if (p.incoming.origin == p.current.origin) continue; /* that one has seen itself */
        q.current = p.incoming;
        q.current.csn = 100;
        q.incoming = p.current;
        q.incoming.csn = 0;
        bool one = merge_cell(&p.in).outcome == MERGE_TAKE_WON, other = merge_cell(&q.in).outcome == MERGE_TAKE_WON;
        assert_true(one != other);
    }
}

static void only_those_entitled_write(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "visit", "summary");
    in->base = 100;
    expect(in, MERGE_PROPOSAL, REASON_NOT_AUTHOR, false);
    p.incoming.author = ann;
    expect(in, MERGE_TAKE, REASON_NONE, false);
    in = pair_make(&p, "household", "monitor_status");
    in->base = 100;
    in->author_level = LEVEL_TOWNSHIP;
    expect(in, MERGE_PROPOSAL, REASON_NO_AUTHORITY, false);
    in->author_level = LEVEL_COUNTY;
    expect(in, MERGE_TAKE, REASON_NONE, false);
    in = pair_make(&p, "order", "state");
    in->base = 100;
    expect(in, MERGE_PROPOSAL, REASON_NOT_ISSUER, false);
    p.incoming.author = ann;
    expect(in, MERGE_TAKE, REASON_NONE, false);
}

static void a_closing_that_had_not_seen_the_finding_leaves_nothing(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "risk", "state");
    p.incoming.observed = 12; /* however late it was seen */
    expect(in, MERGE_KEEP, REASON_UNSEEN_FINDING, true);
    p.value = value_int(2);
    p.cell.value = value_int(1);
    p.incoming.observed = 8;
    expect(in, MERGE_TAKE_WON, REASON_UNSEEN_FINDING, true);
    in = pair_make(&p, "risk", "closed_on");
    p.value = value_null();
    p.incoming.observed = 12;
    expect(in, MERGE_KEEP, REASON_UNSEEN_FINDING, true);
    p.value = value_int(19000);
    p.cell.value = value_null();
    expect(in, MERGE_TAKE_WON, REASON_UNSEEN_FINDING, true);
}

static void a_sheet_stays_whole(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "income_sheet", "wages");
    p.incoming.observed = 30;
    expect(in, MERGE_KEEP, REASON_ATOMIC, true);
    in->base = 100;
    expect(in, MERGE_TAKE, REASON_NONE, false);
}

static void sets_are_added_up(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "member", "health");
    struct value unseen = value_int(4), out;
    struct buf scratch;
    buf_init(&scratch, 1024);
    expect(in, MERGE_UNION, REASON_NONE, false);
    p.value = value_int(2 | 4 | 8);
    p.cell = (struct cell){.value = value_int(16), .removed = value_int(4 | 8)};
    assert_int_equal(merge_set(in->column, &p.value, &p.cell, &unseen, &scratch, &out), 0);
    assert_int_equal(out.i, 2 | 4 | 16); /* 8 was seen and goes, 4 was added unseen and stays */
    buf_free(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_gives_way),
        cmocka_unit_test(the_later_observed_wins),
        cmocka_unit_test(the_order_of_arrival_decides_nothing),
        cmocka_unit_test(only_those_entitled_write),
        cmocka_unit_test(a_closing_that_had_not_seen_the_finding_leaves_nothing),
        cmocka_unit_test(a_sheet_stays_whole),
        cmocka_unit_test(sets_are_added_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
