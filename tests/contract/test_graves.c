/* test_graves: what was deleted stays deleted, and nothing that anybody wrote is lost. */
#include <string.h>

#include "village.h"

static void bury(struct fixture *f, struct laptop *l, const char *table, struct row_id id)
{
    laptop_delete(l, table, id);
    laptop_save(l);
    village_push(f, l);
}

static bool dead(struct fixture *f, const char *table, struct row_id id)
{
    struct stored_row row;
    village_row(f, table, id, &row);
    return row.dead;
}

static bool text_is(const struct value *v, const char *text)
{
    return v->kind == VALUE_TEXT && v->len == strlen(text) && memcmp(v->data, text, v->len) == 0;
}

/* Is it in the ledger as lost to whoever deleted the row? */
static bool kept(struct fixture *f, struct row_id row, const char *text, uint64_t loser, uint64_t winner)
{
    struct ledger_list ledger;
    village_ledger(f, &ledger);
    for (size_t i = 0; i < ledger.count; i++) {
        const struct ledger_entry *e = &ledger.e[i];
        if (e->kind == LEDGER_LOST && e->reason == REASON_ROW_DELETED && row_id_equal(e->row, row) &&
            text_is(&e->value, text) && e->loser.origin == loser && e->winner.origin == winner)
            return true;
    }
    return false;
}

static void a_laptop_back_after_a_year_revives_nothing(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *away = village_laptop(f, 0xA1, v.contact), *county = village_laptop(f, 0xC1, v.county);
    struct row_id early = village_visit(away, v.other, away->observed, "出门以前");
    village_push(f, away);
    county->base = village_head(f);
    bury(f, county, "household", v.other);
    bury(f, county, "visit", early);
    laptop_on(away, "household"); /* and it has not seen any of it */
    laptop_text(away, "address", "新地址");
    laptop_set(away, v.other);
    laptop_save(away);
    struct row_id late = village_visit(away, v.other, away->observed, "一年里写的");
    laptop_on(away, "visit");
    laptop_text(away, "summary", "改过的");
    laptop_set(away, early);
    laptop_save(away);
    f->now_ms += INT64_C(365) * 86400000;
    village_push(f, away);
    assert_true(dead(f, "household", v.other));
    assert_true(dead(f, "visit", early));
    assert_true(kept(f, v.other, "新地址", 0xA1, 0xC1));
    assert_true(kept(f, early, "改过的", 0xA1, 0xC1));
    village_row(f, "visit", late, &row); /* a visit to a household that is gone is a visit */
    assert_false(row.dead);
    assert_true(village_text_is(&row, "visit", "summary", "一年里写的"));
    village_row(f, "visit", early, &row);
    assert_true(village_text_is(&row, "visit", "summary", "出门以前")); /* a grave keeps its values */
    village_audit(f);
}

static void a_row_put_again_stays_in_its_grave(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct receipt none;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    struct row_id id = village_visit(l, v.household, l->observed, "第一次");
    village_push(f, l);
    bury(f, l, "visit", id);
    laptop_on(l, "visit");
    laptop_ref(l, "household", v.household);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 1);
    laptop_text(l, "summary", "又放一次");
    laptop_put_as(l, id);
    struct row_id beside = row_id_make(0xA1, l->seq + 1, 1);
    laptop_on(l, "visit");
    laptop_ref(l, "household", v.household);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 1);
    laptop_text(l, "summary", "同一组里的");
    laptop_put(l);
    laptop_save(l);
    none = laptop_push(l, f->store, 3, 3, f->now_ms).receipt;
    assert_int_equal(none.quarantined_count, 0);
    assert_true(dead(f, "visit", id));
    assert_true(kept(f, id, "又放一次", 0xA1, 0xA1));
    village_row(f, "visit", beside, &row); /* the rest of the changeset goes through */
    assert_true(village_text_is(&row, "visit", "summary", "同一组里的"));
    village_audit(f);
}

static void what_was_not_seen_by_who_deletes_is_kept(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    laptop_on(a, "member");
    laptop_text(a, "name", "看到的");
    laptop_set(a, v.member);
    laptop_save(a);
    village_push(f, a);
    struct laptop *county = village_laptop(f, 0xC1, v.county), *b = village_laptop(f, 0xB1, v.cadre);
    laptop_on(b, "member");
    laptop_text(b, "id_no", "B00000000001");
    laptop_elements(b, "health", BIT_DISABLED, 0);
    laptop_set(b, v.member);
    laptop_save(b);
    village_push(f, b);
    bury(f, county, "member", v.member);
    assert_true(kept(f, v.member, "B00000000001", 0xB1, 0xC1));
    village_ledger(f, &ledger);
    assert_int_equal(ledger.e[ledger.count - 1].value.i, BIT_DISABLED); /* of the set only what was put in unseen */
    assert_int_equal(ledger.e[ledger.count - 1].loser.origin, 0xB1);
    assert_false(kept(f, v.member, "看到的", 0xA1, 0xC1)); /* that was meant to go */
    village_audit(f);
}

static void the_dead_are_not_buried_twice(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct ledger_list ledger;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *county = village_laptop(f, 0xC1, v.county), *a = village_laptop(f, 0xA1, v.contact);
    bury(f, county, "household", v.other);
    bury(f, county, "household", v.other);
    bury(f, a, "household", v.other); /* a contact may not, and need not any more */
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 0);
    village_row(f, "household", v.other, &row);
    assert_true(row.dead);
    assert_int_equal(row.marks[0].version.origin, 0xC1); /* who deleted it */
    assert_int_equal(row.csn, village_head(f));          /* the screens of those who tried are put right */
    village_audit(f);
}

static void a_row_made_and_buried_in_one_changeset(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    laptop_on(l, "visit");
    laptop_ref(l, "household", v.household);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 1);
    struct row_id id = laptop_put(l);
    laptop_delete(l, "visit", id);
    laptop_on(l, "visit");
    laptop_text(l, "summary", "删了又改");
    laptop_set(l, id);
    laptop_save(l);
    village_push(f, l);
    assert_true(dead(f, "visit", id));
    assert_true(kept(f, id, "删了又改", 0xA1, 0xA1));
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(a_laptop_back_after_a_year_revives_nothing),
        CONTRACT_TEST(a_row_put_again_stays_in_its_grave),
        CONTRACT_TEST(what_was_not_seen_by_who_deletes_is_kept),
        CONTRACT_TEST(the_dead_are_not_buried_twice),
        CONTRACT_TEST(a_row_made_and_buried_in_one_changeset),
    };
    return contract_run("graves", tests, sizeof tests / sizeof tests[0]);
}
