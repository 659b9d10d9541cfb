/* test_rulings: what lost is brought back by somebody entitled, as a change like any other. */
#include "office.h"

#include <string.h>

static bool phone_is(struct office *o, const char *text)
{
    struct stored_row row;
    village_row(o->f, "household", o->v.household, &row);
    return village_text_is(&row, "household", "phone", text);
}

static void what_lost_comes_back_and_both_are_told(void **state)
{
    struct office o;
    office_open(&o, *state);
    struct ledger_entry e = office_quarrel(&o);
    bool one_lost = e.loser.origin == ONE;
    assert_int_equal(office_told(&o, e.id, e.loser.origin), 0);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    assert_true(phone_is(&o, one_lost ? "111" : "222"));
    struct ledger_entry now = office_again(&o, e.id);
    assert_int_equal(now.decided.ruling, RULING_LOSER);
    assert_int_equal(now.decided.at_ms, o.f->now_ms);
    assert_memory_equal(now.decided.by.data, "W3 ", 3);
    assert_memory_equal(now.decided.why.data, "问过本人", now.decided.why.len);
    assert_int_equal(office_told(&o, e.id, e.loser.origin), RULING_LOSER);
    assert_int_equal(office_told(&o, e.id, one_lost ? TWO : ONE), RULING_OTHER);
    struct ledger_entry before = office_entry(&o, "household", "phone", LEDGER_SUPERSEDED);
    assert_memory_equal(before.value.data, one_lost ? "222" : "111", 3);
    assert_int_equal(office_resolve(&o, e.id, "winner", NULL), ERR_REFUSED);
    assert_non_null(strstr(o.err.en, "was decided on"));
    assert_non_null(strstr(o.err.en, "W3"));
    village_audit(o.f);
}

static void the_winner_stays_without_a_change(void **state)
{
    struct office o;
    office_open(&o, *state);
    struct ledger_entry e = office_quarrel(&o);
    struct stored_row before, after;
    village_row(o.f, "household", o.v.household, &before);
    assert_int_equal(office_resolve(&o, e.id, "winner", NULL), 0);
    village_row(o.f, "household", o.v.household, &after);
    assert_int_equal(before.csn, after.csn);
    struct ledger_entry now = office_again(&o, e.id);
    assert_int_equal(now.decided.ruling, RULING_WINNER);
    assert_int_equal(now.decided.by.kind, VALUE_NULL); /* the office */
    assert_int_equal(office_told(&o, e.id, ONE), RULING_WINNER);
    assert_int_equal(office_told(&o, e.id, TWO), RULING_WINNER);
    village_audit(o.f);
}

static void another_value_is_checked_like_any(void **state)
{
    struct office o;
    office_open(&o, *state);
    struct ledger_entry e = office_quarrel(&o);
    assert_int_equal(office_resolve(&o, e.id, "bad\x01" "phone", NULL), ERR_REFUSED);
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_resolve(&o, e.id, "0455-333", NULL), 0);
    assert_true(phone_is(&o, "0455-333"));
    assert_int_equal(office_told(&o, e.id, ONE), RULING_OTHER);
    assert_int_equal(office_told(&o, e.id, TWO), RULING_OTHER);
    village_audit(o.f);
}

static void elements_go_as_they_were_meant_to(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    laptop_on(o.one, "member");
    laptop_elements(o.one, "health", BIT_CHRONIC, 0);
    laptop_set(o.one, o.v.member);
    laptop_save(o.one);
    laptop_on(o.two, "member");
    laptop_elements(o.two, "health", BIT_SERIOUS, BIT_CHRONIC | BIT_HEALTHY);
    laptop_set(o.two, o.v.member);
    laptop_save(o.two);
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    struct ledger_entry e = office_entry(&o, "member", "health", LEDGER_LOST);
    assert_int_equal(e.reason, REASON_UNSEEN_ADDITION);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W1"), 0);
    village_row(o.f, "member", o.v.member, &row);
    assert_int_equal(village_int(&row, "member", "health"), BIT_SERIOUS);
    e = office_entry(&o, "member", "health", LEDGER_SUPERSEDED); /* chronic and serious, before the ruling */
    assert_int_equal(e.value.i, BIT_CHRONIC | BIT_SERIOUS);
    assert_int_equal(office_resolve(&o, e.id, "大病,残疾", NULL), 0);
    village_row(o.f, "member", o.v.member, &row);
    assert_int_equal(village_int(&row, "member", "health"), BIT_SERIOUS | BIT_DISABLED);
    village_audit(o.f);
}

static void a_grave_is_for_ever(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    struct ledger_entry phone = office_quarrel(&o);
    laptop_delete(o.one, "household", o.v.household);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry e = office_entry(&o, "household", NULL, LEDGER_PROPOSAL);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W2"), ERR_DENIED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W4"), 0);
    village_row(o.f, "household", o.v.household, &row);
    assert_true(row.dead);
    assert_int_equal(office_resolve(&o, phone.id, "loser", NULL), ERR_REFUSED);
    assert_non_null(strstr(o.err.en, "new record"));
    assert_int_equal(office_again(&o, phone.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_resolve(&o, phone.id, "winner", NULL), 0);
    village_audit(o.f);
}

static void sheet(struct laptop *l, struct row_id id, int64_t wages, int64_t business, int64_t net)
{
    laptop_on(l, "income_sheet");
    laptop_int(l, "wages", wages);
    if (business) laptop_int(l, "business", business);
    laptop_int(l, "net", net);
    laptop_set(l, id);
    laptop_save(l);
}

static void sheets_are_never_mixed(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    laptop_on(o.two, "income_sheet");
    laptop_ref(o.two, "household", o.v.household);
    laptop_text(o.two, "period", "2024");
    laptop_int(o.two, "wages", 100);
    laptop_int(o.two, "business", 7);
    laptop_int(o.two, "net", 107);
    struct row_id id = laptop_put(o.two);
    laptop_save(o.two);
    village_push(o.f, o.two);
    o.one->base = o.two->base = village_head(o.f);
    sheet(o.one, id, 200, 50, 250);
    laptop_on(o.one, "income_sheet");
    laptop_int(o.one, "costs", 9); /* was empty when the other looked */
    laptop_set(o.one, id);
    laptop_save(o.one);
    sheet(o.two, id, 300, 0, 307);
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    struct ledger_entry e = office_entry(&o, "income_sheet", "net", LEDGER_LOST);
    struct ledger_entry wages = office_entry(&o, "income_sheet", "wages", LEDGER_LOST);
    assert_int_equal(e.reason, REASON_ATOMIC);
    assert_int_equal(office_resolve(&o, e.id, "999", NULL), ERR_REFUSED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "income_sheet", id, &row);
    assert_int_equal(village_int(&row, "income_sheet", "wages"), 300);
    assert_int_equal(village_int(&row, "income_sheet", "business"), 7);
    assert_int_equal(village_int(&row, "income_sheet", "net"), 307);
    assert_int_equal(village_int(&row, "income_sheet", "costs"), 0);
    assert_int_equal(office_again(&o, wages.id).decided.ruling, RULING_LOSER);
    assert_int_equal(office_resolve(&o, wages.id, "winner", NULL), ERR_REFUSED);
    village_audit(o.f);
}

static void a_closing_comes_back_whole(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    laptop_on(o.one, "risk");
    laptop_ref(o.one, "household", o.v.household);
    laptop_int(o.one, "kind", 1);
    laptop_int(o.one, "rank", 2);
    laptop_int(o.one, "found_on", DAY - 9);
    laptop_int(o.one, "state", 1);
    struct row_id id = laptop_put(o.one);
    laptop_save(o.one);
    village_push(o.f, o.one);
    o.one->base = o.two->base = village_head(o.f);
    laptop_on(o.one, "risk"); /* worse than it was */
    laptop_int(o.one, "rank", 5);
    laptop_set(o.one, id);
    laptop_save(o.one);
    laptop_on(o.two, "risk");
    laptop_int(o.two, "state", 2);
    laptop_ref(o.two, "closed_by", o.v.cadre);
    laptop_int(o.two, "closed_on", DAY);
    laptop_text(o.two, "closed_why", "出院");
    laptop_set(o.two, id);
    laptop_save(o.two);
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    village_row(o.f, "risk", id, &row);
    assert_int_equal(village_int(&row, "risk", "state"), 1);
    struct ledger_entry e = office_entry(&o, "risk", "state", LEDGER_LOST), why = office_entry(&o, "risk", "closed_why", LEDGER_LOST);
    assert_int_equal(office_resolve(&o, why.id, "loser", "W3"), 0);
    village_row(o.f, "risk", id, &row);
    assert_int_equal(village_int(&row, "risk", "state"), 2);
    assert_int_equal(village_int(&row, "risk", "closed_on"), DAY);
    assert_true(village_text_is(&row, "risk", "closed_why", "出院"));
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_LOSER);
    village_audit(o.f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(what_lost_comes_back_and_both_are_told),
        CONTRACT_TEST(the_winner_stays_without_a_change),
        CONTRACT_TEST(another_value_is_checked_like_any),
        CONTRACT_TEST(elements_go_as_they_were_meant_to),
        CONTRACT_TEST(a_grave_is_for_ever),
        CONTRACT_TEST(sheets_are_never_mixed),
        CONTRACT_TEST(a_closing_comes_back_whole),
    };
    return contract_run("rulings", tests, sizeof tests / sizeof tests[0]);
}
