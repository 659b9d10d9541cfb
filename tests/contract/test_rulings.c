/* test_rulings: what lost is brought back by somebody entitled, as a change like any other. */
#include "office.h"

#include <stdio.h>
#include <string.h>

static bool phone_is(struct office *o, const char *text)
{
    struct stored_row row;
    village_row(o->f, "household", o->v.household, &row);
    return village_text_is(&row, "household", "phone", text);
}

/* A minute passes, everywhere: what is written from now on wins over what was. */
static void later(struct office *o)
{
    o->f->now_ms += 60000;
    o->one->clock_ms += 60000;
    o->two->clock_ms += 60000;
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
    assert_int_equal(office_told(&o, e.id, e.loser.origin), TOLD_YOURS);
    assert_int_equal(office_told(&o, e.id, one_lost ? TWO : ONE), TOLD_OTHERS);
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
    assert_int_equal(office_told(&o, e.id, e.loser.origin), TOLD_OTHERS);
    assert_int_equal(office_told(&o, e.id, e.winner.origin), TOLD_YOURS);
    village_audit(o.f);
}

/* Something else is in force by now than the two had quarrelled about: neither's was taken. */
static void what_stays_may_be_a_third_value(void **state)
{
    struct office o;
    office_open(&o, *state);
    struct ledger_entry e = office_quarrel(&o);
    struct laptop *three = village_laptop(o.f, 0x1003, o.v.cadre);
    office_enrol(&o, 0x1003, "three", "W2");
    three->observed = DAY + 1;
    three->base = o.one->base; /* saw neither */
    office_phone(three, o.v.household, "333");
    village_push(o.f, three);
    assert_true(phone_is(&o, "333"));
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_resolve(&o, e.id, "winner", NULL), 0);
    assert_int_equal(office_told(&o, e.id, ONE), TOLD_STAYS);
    assert_int_equal(office_told(&o, e.id, TWO), TOLD_STAYS);
    village_audit(o.f);
}

/* Two lost to one: who says that what is in force is right has said it against both. */
static void the_winner_stays_against_all(void **state)
{
    struct office o;
    size_t waiting = 0;
    office_open(&o, *state);
    office_phone(o.two, o.v.household, "221");
    office_phone(o.two, o.v.household, "222");
    later(&o);
    office_phone(o.one, o.v.household, "111");
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    struct ledger_list *list = arena_alloc(&o.f->arena, sizeof *list);
    village_ledger(o.f, list);
    for (size_t i = 0; i < list->count; i++) waiting += list->e[i].to_verify;
    assert_int_equal(waiting, 2);
    struct ledger_entry e = office_entry(&o, "household", "phone", LEDGER_LOST);
    assert_int_equal(office_resolve(&o, e.id, "winner", "W3"), 0);
    for (size_t i = 0; i < list->count; i++)
        if (list->e[i].to_verify) assert_int_equal(office_again(&o, list->e[i].id).decided.ruling, RULING_WINNER);
    village_audit(o.f);
}

/* An earlier value that was replaced with eyes open is no conflict: a wrong number settles nothing. */
static void an_earlier_value_is_no_conflict(void **state)
{
    struct office o;
    char open[24];
    office_open(&o, *state);
    struct ledger_entry e = office_quarrel(&o), old = office_entry(&o, "household", "phone", LEDGER_SUPERSEDED);
    assert_int_equal(office_resolve(&o, old.id, "loser", NULL), ERR_REFUSED);
    snprintf(open, sizeof open, "waits: #%d)", (int)e.id);
    assert_non_null(strstr(o.err.en, open));
    assert_int_equal(office_resolve(&o, old.id, "winner", NULL), ERR_REFUSED);
    assert_int_equal(office_resolve(&o, old.id, "0455-333", NULL), ERR_REFUSED);
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_again(&o, old.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_restore(&o, old.id, "loser", NULL), 0);
    assert_int_equal(office_again(&o, old.id).decided.ruling, RULING_LOSER);
    village_audit(o.f);
}

/* A sheet of people may name a row twice: its last word counts, and one entry waits. */
static void a_cell_written_twice_is_one_quarrel(void **state)
{
    struct office o;
    size_t waiting = 0;
    office_open(&o, *state);
    laptop_on(o.two, "household");
    laptop_text(o.two, "phone", "221");
    laptop_set(o.two, o.v.household);
    laptop_on(o.two, "household");
    laptop_text(o.two, "phone", "222");
    laptop_set(o.two, o.v.household);
    laptop_save(o.two);
    later(&o);
    office_phone(o.one, o.v.household, "111");
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    struct ledger_list *list = arena_alloc(&o.f->arena, sizeof *list);
    village_ledger(o.f, list);
    for (size_t i = 0; i < list->count; i++) waiting += list->e[i].kind == LEDGER_LOST;
    assert_int_equal(waiting, 1);
    struct ledger_entry e = office_entry(&o, "household", "phone", LEDGER_LOST);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    assert_true(phone_is(&o, "222"));
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
    assert_int_equal(office_told(&o, e.id, ONE), TOLD_ANOTHER);
    assert_int_equal(office_told(&o, e.id, TWO), TOLD_ANOTHER);
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
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "member", o.v.member, &row);
    assert_int_equal(village_int(&row, "member", "health"), BIT_SERIOUS);
    e = office_entry(&o, "member", "health", LEDGER_SUPERSEDED); /* chronic and serious, before the ruling */
    assert_int_equal(e.value.i, BIT_CHRONIC | BIT_SERIOUS);
    assert_int_equal(office_restore(&o, e.id, "大病,残疾", NULL), 0);
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

/* Both laptops wrote the sheet, one of them twice in one changeset. */
static void a_sheet_written_twice_comes_back_as_it_was_left(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    laptop_on(o.two, "income_sheet");
    laptop_ref(o.two, "household", o.v.household);
    laptop_text(o.two, "period", "2024");
    laptop_int(o.two, "wages", 100);
    laptop_int(o.two, "net", 100);
    struct row_id id = laptop_put(o.two);
    laptop_save(o.two);
    village_push(o.f, o.two);
    o.one->base = o.two->base = village_head(o.f);
    sheet(o.one, id, 200, 50, 250);
    laptop_on(o.two, "income_sheet");
    laptop_int(o.two, "wages", 300);
    laptop_int(o.two, "net", 300);
    laptop_set(o.two, id);
    sheet(o.two, id, 310, 0, 310);
    village_push(o.f, o.one);
    village_push(o.f, o.two);
    struct ledger_entry e = office_entry(&o, "income_sheet", "net", LEDGER_LOST);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "income_sheet", id, &row);
    assert_int_equal(village_int(&row, "income_sheet", "wages"), 310);
    assert_int_equal(village_int(&row, "income_sheet", "business"), 0);
    assert_int_equal(village_int(&row, "income_sheet", "net"), 310);
    village_audit(o.f);
}

/* Who will not have a row made decides about all that is proposed for it. */
static void a_row_refused_takes_its_cells_along(void **state)
{
    struct office o;
    office_open(&o, *state);
    laptop_on(o.one, "assignment");
    laptop_ref(o.one, "household", o.v.household);
    laptop_ref(o.one, "worker", o.v.cadre);
    laptop_int(o.one, "role", 1);
    laptop_int(o.one, "since", DAY);
    struct row_id id = laptop_put(o.one);
    laptop_on(o.one, "assignment");
    laptop_text(o.one, "issued_by", "某局");
    laptop_set(o.one, id);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry row = office_entry(&o, "assignment", NULL, LEDGER_PROPOSAL), cell = office_entry(&o, "assignment", "issued_by", LEDGER_PROPOSAL);
    assert_int_equal(office_resolve(&o, row.id, "winner", "W3"), 0);
    assert_int_equal(office_again(&o, row.id).decided.ruling, RULING_WINNER);
    assert_int_equal(office_again(&o, cell.id).decided.ruling, RULING_WINNER);
    assert_int_equal(office_told(&o, cell.id, ONE), TOLD_STAYS);
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
        CONTRACT_TEST(what_stays_may_be_a_third_value),
        CONTRACT_TEST(the_winner_stays_against_all),
        CONTRACT_TEST(an_earlier_value_is_no_conflict),
        CONTRACT_TEST(a_cell_written_twice_is_one_quarrel),
        CONTRACT_TEST(another_value_is_checked_like_any),
        CONTRACT_TEST(elements_go_as_they_were_meant_to),
        CONTRACT_TEST(a_grave_is_for_ever),
        CONTRACT_TEST(sheets_are_never_mixed),
        CONTRACT_TEST(a_sheet_written_twice_comes_back_as_it_was_left),
        CONTRACT_TEST(a_row_refused_takes_its_cells_along),
        CONTRACT_TEST(a_closing_comes_back_whole),
    };
    return contract_run("rulings", tests, sizeof tests / sizeof tests[0]);
}
