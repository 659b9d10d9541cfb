/* test_sheets: components of two income sheets are never mixed; both stay, and the township picks one. */
#include <string.h>

#include "village.h"

static struct row_id sheet(struct laptop *l, struct row_id household, int64_t wages, int64_t business)
{
    laptop_on(l, "income_sheet");
    laptop_ref(l, "household", household);
    laptop_text(l, "period", "2025");
    laptop_int(l, "wages", wages);
    laptop_int(l, "business", business);
    struct row_id id = laptop_put(l);
    laptop_save(l);
    return id;
}

static int64_t cell(struct fixture *f, struct row_id id, const char *column)
{
    struct stored_row row;
    village_row(f, "income_sheet", id, &row);
    return village_int(&row, "income_sheet", column);
}

static size_t entries(struct fixture *f, enum ledger_kind kind, enum merge_reason reason, uint64_t origin)
{
    struct ledger_list ledger;
    size_t n = 0;
    village_ledger(f, &ledger);
    for (size_t i = 0; i < ledger.count; i++)
        n += ledger.e[i].kind == kind && ledger.e[i].reason == reason && ledger.e[i].loser.origin == origin;
    return n;
}

static void two_sheets_of_one_period_both_stay(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    struct row_id one = sheet(a, v.household, 100, 200), other = sheet(b, v.household, 900, 800);
    village_push(f, a);
    village_push(f, b);
    assert_int_equal(cell(f, one, "wages"), 100);
    assert_int_equal(cell(f, one, "business"), 200);
    assert_int_equal(cell(f, other, "wages"), 900);
    assert_int_equal(cell(f, other, "business"), 800);
    struct ledger_list ledger;
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 0);
    village_audit(f);
}

static void choose(struct fixture *f, struct laptop *l, struct row_id id, int64_t chosen)
{
    laptop_on(l, "income_sheet");
    laptop_int(l, "chosen", chosen);
    laptop_set(l, id);
    laptop_save(l);
    village_push(f, l);
}

static void the_township_picks_and_a_contact_proposes(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *t = village_laptop(f, 0xC1, v.township);
    struct row_id id = sheet(a, v.household, 100, 200);
    village_push(f, a);
    choose(f, a, id, 1);
    assert_int_equal(cell(f, id, "chosen"), 0);
    assert_int_equal(entries(f, LEDGER_PROPOSAL, REASON_NO_AUTHORITY, 0xA1), 1);
    t->base = village_head(f);
    choose(f, t, id, 1);
    assert_int_equal(cell(f, id, "chosen"), 1);
    village_audit(f);
}

/* The second loses: all of it goes, what is equal, too, and what the first leaves empty; the pick is another matter. */
static void a_sheet_that_loses_goes_whole(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct laptop *l[2];
    village_load(f, &v);
    struct laptop *maker = village_laptop(f, 0xF0, v.contact);
    struct row_id id = sheet(maker, v.household, 100, 200);
    village_push(f, maker);
    for (size_t i = 0; i < 2; i++) l[i] = village_laptop(f, 0xA1 + i, i ? v.township : v.cadre);
    for (size_t i = 0; i < 2; i++) {
        laptop_on(l[i], "income_sheet");
        laptop_int(l[i], "wages", 500); /* the same in both */
        laptop_int(l[i], i ? "costs" : "business", 600);
        if (i) laptop_int(l[i], "chosen", 1);
        laptop_set(l[i], id);
        laptop_save(l[i]);
        village_push(f, l[i]);
    }
    assert_int_equal(cell(f, id, "wages"), 500);
    assert_int_equal(cell(f, id, "business"), 600);
    assert_int_equal(cell(f, id, "costs"), 0);
    assert_int_equal(cell(f, id, "chosen"), 1);
    assert_int_equal(entries(f, LEDGER_LOST, REASON_ATOMIC, 0xA2), 2);
    laptop_on(l[1], "income_sheet"); /* nor does more of the same sheet come through later */
    laptop_int(l[1], "property", 7);
    laptop_set(l[1], id);
    laptop_save(l[1]);
    village_push(f, l[1]);
    assert_int_equal(cell(f, id, "property"), 0);
    assert_int_equal(entries(f, LEDGER_LOST, REASON_ATOMIC, 0xA2), 3);
    l[1]->base = village_head(f); /* having seen the other sheet, it may */
    laptop_on(l[1], "income_sheet");
    laptop_int(l[1], "property", 7);
    laptop_set(l[1], id);
    laptop_save(l[1]);
    village_push(f, l[1]);
    assert_int_equal(cell(f, id, "property"), 7);
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(two_sheets_of_one_period_both_stay),
        CONTRACT_TEST(the_township_picks_and_a_contact_proposes),
        CONTRACT_TEST(a_sheet_that_loses_goes_whole),
    };
    return contract_run("sheets", tests, sizeof tests / sizeof tests[0]);
}
