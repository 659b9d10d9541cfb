/* test_settle: what needs no decision any more is settled by itself, and its authors are told. */
#include "office.h"

#include <string.h>

static void what_the_county_writes_itself_is_decided(void **state)
{
    struct office o;
    office_open(&o, *state);
    office_enrol(&o, 0x1003, "three", "W4");
    laptop_on(o.one, "household");
    laptop_int(o.one, "monitor_status", 3);
    laptop_set(o.one, o.v.household);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry e = office_entry(&o, "household", "monitor_status", LEDGER_PROPOSAL);
    struct laptop *three = village_laptop(o.f, 0x1003, o.v.county);
    laptop_on(three, "household");
    laptop_int(three, "monitor_status", 4);
    laptop_set(three, o.v.household);
    laptop_save(three);
    village_push(o.f, three);
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN); /* another value */
    laptop_on(three, "household");
    laptop_int(three, "monitor_status", 3);
    laptop_set(three, o.v.household);
    laptop_save(three);
    village_push(o.f, three);
    e = office_again(&o, e.id);
    assert_int_equal(e.decided.ruling, RULING_LOSER);
    assert_memory_equal(e.decided.by.data, "W4 ", 3);
    assert_int_equal(office_told(&o, e.id, ONE), TOLD_YOURS);
    village_audit(o.f);
}

/* The cell is written once more, by somebody who has seen how the pair came out, or has not. */
static void pair_written_again(struct fixture *f, bool seen, const char *phone, enum ledger_ruling want)
{
    struct office o;
    office_open(&o, f);
    struct ledger_entry e = office_quarrel(&o);
    bool one_lost = e.loser.origin == ONE;
    const char *text = strcmp(phone, "loser") == 0 ? (one_lost ? "111" : "222") : strcmp(phone, "winner") == 0 ? (one_lost ? "222" : "111") : phone;
    struct laptop *l = one_lost ? o.one : o.two;
    l->observed++;
    if (seen) l->base = village_head(f);
    office_phone(l, o.v.household, text);
    village_push(f, l);
    assert_int_equal(office_again(&o, e.id).decided.ruling, want);
    static const int64_t told[] = {[RULING_WINNER] = TOLD_OTHERS, [RULING_LOSER] = TOLD_YOURS, [RULING_OTHER] = TOLD_ANOTHER};
    assert_int_equal(office_told(&o, e.id, e.loser.origin), told[want]);
    village_audit(f);
}

static void a_pair_is_settled_by_writing_back(void **state)
{
    pair_written_again(*state, true, "loser", RULING_LOSER);
}

static void a_pair_is_settled_by_confirming(void **state)
{
    pair_written_again(*state, true, "winner", RULING_WINNER);
}

static void a_pair_is_settled_by_a_third_value(void **state)
{
    pair_written_again(*state, true, "333", RULING_OTHER);
}

static void a_pair_unseen_stays_open(void **state)
{
    pair_written_again(*state, false, "333", RULING_OPEN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(what_the_county_writes_itself_is_decided),
        CONTRACT_TEST(a_pair_is_settled_by_writing_back),
        CONTRACT_TEST(a_pair_is_settled_by_confirming),
        CONTRACT_TEST(a_pair_is_settled_by_a_third_value),
        CONTRACT_TEST(a_pair_unseen_stays_open),
    };
    return contract_run("settle", tests, sizeof tests / sizeof tests[0]);
}
