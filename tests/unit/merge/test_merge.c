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
    p.incoming.observed = 11;
    expect(in, MERGE_CONFIRM, REASON_NONE, false); /* it weighs in from now on */
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
    p.cell.value = p.value;
    expect(in, MERGE_SAME, REASON_NONE, false); /* nor does he confirm */
    p.cell.value = value_int(2);
    in->author_level = LEVEL_COUNTY;
    expect(in, MERGE_TAKE, REASON_NONE, false);
    in = pair_make(&p, "order", "state");
    in->base = 100;
    expect(in, MERGE_PROPOSAL, REASON_NOT_ISSUER, false);
    p.incoming.author = ann;
    expect(in, MERGE_TAKE, REASON_NONE, false);
}

/* The cell of a change that closes with grounds, or sets the risk open. */
static struct merge_input *risk_make(struct pair *p, const char *column, bool closed, bool closes)
{
    struct merge_input *in = pair_make(p, "risk", column);
    in->risk = (struct merge_risk){.closed = closed, .closes = closes, .grounds = closes, .finds = !closes};
    p->value = in->column->type == TYPE_CODE ? value_int(closed ? 2 : 1) : closed ? value_int(7) : value_null();
    p->cell.value = in->column->type == TYPE_CODE ? value_int(closes ? 2 : 1) : value_int(8);
    return in;
}

static void a_closing_holds_only_if_it_saw_the_findings(void **state)
{
    (void)state;
    struct pair p;
    struct cell_version finding = {.csn = 50, .origin = 0xC, .seq = 1};
    struct merge_input *in = risk_make(&p, "state", false, true);
    in->risk.finding = &finding;
    expect(in, MERGE_TAKE, REASON_NONE, false); /* seen: base is 50 */
    finding.csn = 51;
    p.incoming.observed = 99; /* however late it was seen */
    expect(in, MERGE_KEEP, REASON_UNSEEN_FINDING, true);
    assert_false(merge_reopens(&in->risk, in->base));
    in = risk_make(&p, "closed_why", false, true);
    in->risk.finding = &finding;
    expect(in, MERGE_KEEP, REASON_UNSEEN_FINDING, true); /* it leaves nothing of itself */
}

static void a_stale_closing_opens_what_a_newer_finding_followed(void **state)
{
    (void)state;
    struct pair p;
    struct cell_version finding = {.csn = 90, .origin = 0xC, .seq = 1};
    struct merge_input *in = risk_make(&p, "state", true, true);
    in->risk.finding = &finding;
    in->risk.last_closing = 95; /* the closing in force saw it */
    assert_false(merge_reopens(&in->risk, in->base));
    expect(in, MERGE_SAME, REASON_NONE, false);
    in->risk.last_closing = 80;
    assert_true(merge_reopens(&in->risk, in->base));
    expect(in, MERGE_KEEP, REASON_UNSEEN_FINDING, true);
    in->risk.grounds = false;
    assert_false(merge_reopens(&in->risk, in->base)); /* a mere proposal opens nothing */
}

static void a_finding_opens_a_closing_it_had_not_seen(void **state)
{
    (void)state;
    struct pair p;
    struct cell_version closing = {.csn = 51, .origin = 0xC, .seq = 1};
    struct merge_input *in = risk_make(&p, "state", true, false);
    in->risk.closing = &closing;
    assert_true(merge_reopens(&in->risk, in->base));
    expect(in, MERGE_TAKE_WON, REASON_UNSEEN_FINDING, true);
    closing.csn = 50;
    assert_false(merge_reopens(&in->risk, in->base));
    expect(in, MERGE_TAKE, REASON_NONE, false); /* opened again knowingly */
    in->risk.finds = false;
    closing.csn = 51;
    assert_false(merge_reopens(&in->risk, in->base));
}

static void a_closing_names_who_and_why(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = risk_make(&p, "state", false, true);
    in->risk.grounds = false;
    expect(in, MERGE_PROPOSAL, REASON_NO_GROUNDS, false);
    in = risk_make(&p, "closed_by", false, false); /* who, without a closing */
    expect(in, MERGE_PROPOSAL, REASON_NO_GROUNDS, false);
    in->decided = true;
    expect(in, MERGE_KEEP, REASON_SAME_DAY, true); /* the office may; this one had not seen the cell */
    in = risk_make(&p, "closed_why", true, false);
    p.cell.value = value_null();
    expect(in, MERGE_PROPOSAL, REASON_NO_GROUNDS, false);
    in = risk_make(&p, "closed_on", true, false);
    p.cell.value = value_null();
    in->base = 100;
    expect(in, MERGE_TAKE, REASON_NONE, false);
}

static void of_two_closings_the_later_shows(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = risk_make(&p, "closed_on", true, true);
    expect(in, MERGE_KEEP, REASON_SAME_DAY, true);
    p.incoming.observed = 11;
    expect(in, MERGE_TAKE_WON, REASON_OLDER_OBSERVED, false);
    in = risk_make(&p, "state", true, true);
    p.incoming.observed = 11;
    expect(in, MERGE_CONFIRM, REASON_NONE, false);
}

static void nobody_is_not_everybody(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "visit", "summary");
    in->base = 100;
    in->row_author = p.incoming.author = (struct row_id){0};
    in->row_origin = 0xA;
    expect(in, MERGE_PROPOSAL, REASON_NOT_AUTHOR, false);
    in->row_origin = 0xB;
    expect(in, MERGE_TAKE, REASON_NONE, false);
    in->row_origin = 0xA;
    in->decided = true; /* a ruling of the office */
    expect(in, MERGE_TAKE, REASON_NONE, false);
}

static void what_an_informed_write_overruled_stands_with_it(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "household", "phone");
    struct cell_version kept[MERGE_OVERRULED], later = {.csn = 60, .origin = 0xC, .seq = 1, .stamp = 5, .observed = 20};
    in->base = 100;
    p.incoming.observed = 8;
    assert_int_equal(merge_overruled(in, kept), 1); /* the current write, of day 10 */
    assert_int_equal(kept[0].csn, 100);
    in->making = true;
    assert_int_equal(merge_overruled(in, kept), 0);
    in->making = false;
    in->base = 50;
    in->overruled = &later;
    in->overruled_count = 1;
    p.incoming.observed = 15;
    expect(in, MERGE_KEEP, REASON_OLDER_OBSERVED, false); /* 15 > 10, but the current write overruled one of 20 */
    in->base = 60;
    expect(in, MERGE_TAKE_WON, REASON_OLDER_OBSERVED, false); /* which this author had seen, too */
    assert_int_equal(merge_overruled(in, kept), 1);
    assert_int_equal(kept[0].csn, 60);
}

static void a_sheet_stays_whole(void **state)
{
    (void)state;
    struct pair p;
    struct merge_input *in = pair_make(&p, "income_sheet", "wages");
    p.incoming.observed = 30;
    expect(in, MERGE_KEEP, REASON_ATOMIC, true);
    p.cell.value = p.value;
    expect(in, MERGE_KEEP, REASON_ATOMIC, true); /* an equal cell belongs to its sheet */
    p.cell.value = value_int(2);
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
        cmocka_unit_test(a_closing_holds_only_if_it_saw_the_findings),
        cmocka_unit_test(a_stale_closing_opens_what_a_newer_finding_followed),
        cmocka_unit_test(a_finding_opens_a_closing_it_had_not_seen),
        cmocka_unit_test(a_closing_names_who_and_why),
        cmocka_unit_test(of_two_closings_the_later_shows),
        cmocka_unit_test(nobody_is_not_everybody),
        cmocka_unit_test(what_an_informed_write_overruled_stands_with_it),
        cmocka_unit_test(a_sheet_stays_whole),
        cmocka_unit_test(sets_are_added_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
