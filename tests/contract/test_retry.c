/* test_retry: what waited in quarantine is taken again, as old as it is. */
#include "office.h"

#include <stdio.h>
static struct row_id propose_assignment(struct office *o)
{
    laptop_on(o->one, "assignment");
    laptop_ref(o->one, "household", o->v.household);
    laptop_ref(o->one, "worker", o->v.contact);
    struct row_id id = laptop_put(o->one);
    laptop_save(o->one);
    laptop_on(o->one, "assignment");
    laptop_text(o->one, "issued_by", "县里");
    laptop_set(o->one, id);
    laptop_save(o->one);
    return id;
}

static void a_proposed_row_is_made_under_its_name(void **state)
{
    struct office o;
    struct stored_row row;
    size_t stored;
    office_open(&o, *state);
    struct row_id id = propose_assignment(&o);
    village_push(o.f, o.one);
    assert_int_equal(office_quarantined(&o), 1); /* the row to change is not there */
    struct ledger_entry e = office_entry(&o, "assignment", NULL, LEDGER_PROPOSAL);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W2"), ERR_DENIED); /* a cadre */
    assert_int_equal(office_retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 0);
    assert_int_equal(office_resolve(&o, e.id, "anything", "W3"), ERR_REFUSED);
    assert_int_equal(office_resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "assignment", id, &row);
    assert_false(row.dead);
    assert_int_equal(office_told(&o, e.id, ONE), RULING_LOSER);
    assert_int_equal(office_retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 1);
    assert_int_equal(office_quarantined(&o), 0);
    struct ledger_entry cell = office_entry(&o, "assignment", "issued_by", LEDGER_PROPOSAL); /* as it would have been */
    assert_int_equal(office_resolve(&o, cell.id, "loser", "W4"), 0);
    village_row(o.f, "assignment", id, &row);
    assert_true(village_text_is(&row, "assignment", "issued_by", "县里"));
    village_audit(o.f);
}

static void one_poison_lets_the_others_through_and_is_taken_later(void **state)
{
    struct office o;
    struct stored_row row;
    struct changeset_record record;
    size_t stored;
    char id[64];
    office_open(&o, *state);
    struct row_id household = row_id_make(TWO, 1, 0), member;
    laptop_on(o.one, "member"); /* 1: of a household that has not come yet */
    laptop_ref(o.one, "household", household);
    laptop_text(o.one, "name", "未到");
    member = laptop_put(o.one);
    laptop_save(o.one);
    laptop_on(o.one, "member"); /* 2: hangs on 1 */
    laptop_int(o.one, "sex", 2);
    laptop_set(o.one, member);
    laptop_save(o.one);
    struct row_id visit = village_visit(o.one, o.v.household, DAY, "other work");
    village_push(o.f, o.one);
    assert_int_equal(office_quarantined(&o), 2);
    village_row(o.f, "visit", visit, &row);
    snprintf(id, sizeof id, "%016llx:1", (unsigned long long)ONE);
    assert_int_equal(office_retry(&o, id, &stored), 0);
    assert_int_equal(stored, 0);
    assert_int_equal(office_retry(&o, "0000000000001001:3", &stored), ERR_NOT_FOUND); /* it is not in quarantine */
    assert_int_equal(office_retry(&o, "what", &stored), ERR_USAGE);
    laptop_on(o.two, "household");
    laptop_int(o.two, "village", VILLAGE_A);
    laptop_text(o.two, "head_name", "新户");
    assert_true(row_id_equal(laptop_put(o.two), household));
    laptop_save(o.two);
    village_push(o.f, o.two);
    assert_int_equal(office_retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 2);
    assert_int_equal(office_quarantined(&o), 0);
    village_row(o.f, "member", member, &row);
    assert_int_equal(village_int(&row, "member", "sex"), 2);
    assert_int_equal(store_changeset_by_seq(o.f->store, ONE, 1, &record, &o.err), 1);
    assert_int_equal(record.csn, (uint64_t)row.row.rid);
    assert_int_equal(record.count, 1);
    assert_true(digest_equal(&record.hash, &o.one->hash[1]));
    village_visit(o.one, o.v.household, DAY, "and on"); /* the log goes on as if nothing had been */
    village_push(o.f, o.one);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        assert_int_equal(store_changeset_by_seq(o.f->store, ONE, seq, &record, &o.err), 1);
        assert_int_equal(record.seq, seq);
    }
    village_audit(o.f);
}

/* A change that was written after it, and has been taken already, is not undone by what comes out of quarantine. */
static void a_retried_change_is_as_old_as_it_is(void **state)
{
    struct office o;
    struct stored_row row;
    size_t stored;
    office_open(&o, *state);
    laptop_on(o.one, "household");
    laptop_text(o.one, "phone", "early");
    laptop_set(o.one, o.v.household);
    village_visit(o.one, row_id_make(TWO, 1, 0), DAY, "not there yet"); /* same changeset: both wait */
    office_phone(o.one, o.v.household, "late");
    village_push(o.f, o.one);
    assert_int_equal(office_quarantined(&o), 1);
    laptop_on(o.two, "household");
    laptop_int(o.two, "village", VILLAGE_A);
    laptop_text(o.two, "head_name", "新户");
    laptop_put(o.two);
    laptop_save(o.two);
    village_push(o.f, o.two);
    assert_int_equal(office_retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 1);
    village_row(o.f, "household", o.v.household, &row);
    assert_true(village_text_is(&row, "household", "phone", "late"));
    struct ledger_entry e = office_entry(&o, "household", "phone", LEDGER_LOST);
    assert_memory_equal(e.value.data, "early", 5);
    village_audit(o.f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(a_proposed_row_is_made_under_its_name),
        CONTRACT_TEST(one_poison_lets_the_others_through_and_is_taken_later),
        CONTRACT_TEST(a_retried_change_is_as_old_as_it_is),
    };
    return contract_run("retry", tests, sizeof tests / sizeof tests[0]);
}
