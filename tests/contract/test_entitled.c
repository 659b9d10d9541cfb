/* test_entitled: who may decide about an entry of the ledger, and who may not. */
#include "office.h"

#include <string.h>

static void worker(struct laptop *l, const char *no, int role, int64_t region, int64_t until)
{
    laptop_on(l, "worker");
    laptop_text(l, "no", no);
    laptop_text(l, "name", "测试");
    laptop_int(l, "role", role);
    laptop_int(l, "region", region);
    if (until) laptop_int(l, "active_to", until);
    laptop_put(l);
}

static void only_the_entitled_decide(void **state)
{
    struct office o;
    json_t *answer;
    office_open(&o, *state);
    o.v.roster->base = village_head(o.f);
    worker(o.v.roster, "W8", 6, 231283000000, 0);
    worker(o.v.roster, "W9", 6, 231202000000, DAY - 1);
    laptop_save(o.v.roster);
    village_push(o.f, o.v.roster);
    laptop_on(o.one, "household");
    laptop_int(o.one, "monitor_status", 3);
    laptop_set(o.one, o.v.household);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry e = office_entry(&o, "household", "monitor_status", LEDGER_PROPOSAL);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W1"), ERR_DENIED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), ERR_DENIED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W8"), ERR_DENIED);
    assert_non_null(strstr(o.err.en, "in charge"));
    assert_int_equal(office_resolve(&o, e.id, "loser", "W9"), ERR_DENIED);
    assert_non_null(strstr(o.err.en, "left on"));
    assert_int_equal(office_resolve(&o, e.id, "loser", "nobody"), ERR_NOT_FOUND);
    assert_int_equal(office_resolve(&o, e.id + 1000, "loser", NULL), ERR_NOT_FOUND);
    assert_int_equal(office_ask(&o, json_pack("{s:s,s:I,s:s,s:s}", "do", "resolve", "id", (json_int_t)e.id, "take", "loser", "why", "  "), &answer),
                     ERR_USAGE);
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W4"), 0);
    struct stored_row row;
    village_row(o.f, "household", o.v.household, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 3);
}

static void the_office_may_amend_a_visit_and_the_old_text_stays(void **state)
{
    struct office o;
    struct stored_row row;
    office_open(&o, *state);
    struct row_id visit = village_visit(o.one, o.v.household, DAY, "old text");
    village_push(o.f, o.one);
    o.two->base = village_head(o.f);
    laptop_on(o.two, "visit");
    laptop_text(o.two, "summary", "new text");
    laptop_set(o.two, visit);
    laptop_save(o.two);
    village_push(o.f, o.two);
    struct ledger_entry e = office_entry(&o, "visit", "summary", LEDGER_PROPOSAL);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), ERR_DENIED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W1"), 0); /* its author */
    village_row(o.f, "visit", visit, &row);
    assert_true(village_text_is(&row, "visit", "summary", "new text"));
    e = office_entry(&o, "visit", "summary", LEDGER_SUPERSEDED);
    assert_memory_equal(e.value.data, "old text", 8);
    assert_int_equal(office_restore(&o, e.id, "loser", "W4"), 0); /* back again, by the county */
    village_row(o.f, "visit", visit, &row);
    assert_true(village_text_is(&row, "visit", "summary", "old text"));
    village_audit(o.f);
}

/* Nobody is judge in his own cause; a supervisor of the region is, whoever wrote. */
static void a_party_does_not_rule(void **state)
{
    struct office o;
    office_open(&o, *state);
    o.v.roster->base = village_head(o.f);
    worker(o.v.roster, "W7", 2, VILLAGE_A, 0);
    laptop_save(o.v.roster);
    village_push(o.f, o.v.roster);
    struct ledger_entry e = office_quarrel(&o);
    assert_int_equal(office_resolve(&o, e.id, "winner", "W1"), ERR_DENIED);
    assert_non_null(strstr(o.err.en, "W1"));
    assert_non_null(strstr(o.err.en, "a supervisor of"));
    assert_int_equal(office_resolve(&o, e.id, "loser", "W2"), ERR_DENIED);
    assert_int_equal(office_again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W7"), 0); /* who wrote neither */
    struct laptop *three = village_laptop(o.f, 0x1003, o.v.township);
    office_enrol(&o, 0x1003, "three", "W3");
    three->base = 0;
    office_phone(three, o.v.household, "333");
    village_push(o.f, three);
    e = office_entry(&o, "household", "phone", LEDGER_LOST);
    assert_true(row_id_equal(e.loser.author, o.v.township) || row_id_equal(e.winner.author, o.v.township));
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    village_audit(o.f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(only_the_entitled_decide),
        CONTRACT_TEST(a_party_does_not_rule),
        CONTRACT_TEST(the_office_may_amend_a_visit_and_the_old_text_stays),
    };
    return contract_run("entitled", tests, sizeof tests / sizeof tests[0]);
}
