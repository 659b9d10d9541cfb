/* test_merge_policies: domain.md's merge classes, through intake, with what lost readable in the ledger. */
#include <string.h>

#include "village.h"

static void set_phone(struct laptop *l, struct row_id household, const char *phone, int64_t observed)
{
    l->observed = observed;
    laptop_on(l, "household");
    laptop_text(l, "phone", phone);
    laptop_set(l, household);
    laptop_save(l);
}

static const struct ledger_entry *only(const struct ledger_list *list, enum ledger_kind kind)
{
    const struct ledger_entry *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (list->e[i].kind != kind) continue;
        assert_null(found);
        found = &list->e[i];
    }
    assert_non_null(found);
    return found;
}

static bool value_is(const struct value *v, const char *text)
{
    return v->kind == VALUE_TEXT && v->len == strlen(text) && memcmp(v->data, text, v->len) == 0;
}

static void two_visits_on_one_day_stay_two(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    struct row_id va = village_visit(a, v.household, a->observed, "甲写的");
    struct row_id vb = village_visit(b, v.household, b->observed, "乙写的");
    village_push(f, a);
    village_push(f, b);
    struct stored_row row;
    village_row(f, "visit", va, &row);
    assert_true(village_text_is(&row, "visit", "summary", "甲写的"));
    village_row(f, "visit", vb, &row);
    assert_true(village_text_is(&row, "visit", "summary", "乙写的"));
    village_audit(f);
}

static void only_the_author_amends_and_the_old_text_stays(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct ledger_list ledger;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    struct row_id id = village_visit(a, v.household, a->observed, "原文");
    laptop_on(a, "visit");
    laptop_text(a, "summary", "修订");
    laptop_set(a, id);
    laptop_save(a);
    village_push(f, a);
    laptop_on(b, "visit");
    laptop_text(b, "summary", "别人改的");
    laptop_set(b, id);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "visit", id, &row);
    assert_true(village_text_is(&row, "visit", "summary", "修订"));
    assert_int_equal(row.csn, village_head(f)); /* moved, so that b's screen is put right */
    village_ledger(f, &ledger);
    assert_true(value_is(&only(&ledger, LEDGER_SUPERSEDED)->value, "原文"));
    const struct ledger_entry *e = only(&ledger, LEDGER_PROPOSAL);
    assert_true(value_is(&e->value, "别人改的"));
    assert_int_equal(e->reason, REASON_NOT_AUTHOR);
    assert_int_equal(e->loser.origin, 0xB1);
    assert_int_equal(e->place, VILLAGE_A);
    village_audit(f);
}

static void later_observed_wins_in_either_order(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    set_phone(a, v.household, "后看到的", 20010);
    set_phone(b, v.household, "先看到的", 20005);
    set_phone(b, v.other, "先看到的", 20005);
    set_phone(a, v.other, "后看到的", 20010);
    village_push(f, a); /* for `household` the winner comes first, for `other` it is there first as well … */
    village_push(f, b);
    village_row(f, "household", v.household, &row);
    assert_true(village_text_is(&row, "household", "phone", "后看到的"));
    assert_int_equal(row.csn, village_head(f) - 1); /* kept, and the row moves: b's screen will be put right … */
    assert_int_equal(row.mark_count, 1);
    const struct cell_mark *m = &row.marks[0];
    assert_int_equal(m->version.origin, 0xA1);
    assert_int_equal(m->version.csn, village_head(f) - 3); /* … but who has seen a's write still has seen it */
    village_ledger(f, &ledger);
    for (size_t i = 0, lost = 0; i < ledger.count; i++) {
        if (ledger.e[i].kind != LEDGER_LOST) continue;
        assert_int_equal(++lost <= 2, 1);
        assert_true(value_is(&ledger.e[i].value, "先看到的"));
        assert_int_equal(ledger.e[i].reason, REASON_OLDER_OBSERVED);
        assert_int_equal(ledger.e[i].winner.origin, 0xA1);
    }
    struct laptop *c = village_laptop(f, 0xC1, v.cadre), *d = village_laptop(f, 0xD1, v.contact);
    set_phone(c, v.other, "更早", 20020);
    set_phone(d, v.other, "更晚", 20021);
    village_push(f, c); /* … and here it comes last */
    village_push(f, d);
    village_row(f, "household", v.other, &row);
    assert_true(village_text_is(&row, "household", "phone", "更晚"));
    village_ledger(f, &ledger);
    assert_true(value_is(&ledger.e[ledger.count - 1].value, "更早"));
    assert_int_equal(ledger.e[ledger.count - 1].kind, LEDGER_LOST);
    village_audit(f);
}

static void same_day_unseen_is_to_be_verified(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    set_phone(a, v.household, "甲", 20010);
    set_phone(b, v.household, "乙", 20010);
    village_push(f, a);
    village_push(f, b);
    village_ledger(f, &ledger);
    const struct ledger_entry *e = only(&ledger, LEDGER_LOST);
    assert_int_equal(e->reason, REASON_SAME_DAY);
    assert_true(e->to_verify);
    assert_true(value_is(&e->value, "甲")); /* same stamp: the greater origin holds */
}

static void a_confirmation_counts_in_every_order(void **state)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    for (size_t o = 0; o < 6; o++) {
        struct laptop *l[3];
        struct stored_row row;
        for (size_t i = 0; i < 3; i++) l[i] = village_laptop(f, 0x1000 + 16 * o + i, v.contact);
        int64_t day = 20100 + 100 * (int64_t)o;
        set_phone(l[0], v.household, "号码一", day);
        set_phone(l[1], v.household, "号码二", day + 2);
        set_phone(l[2], v.household, "号码一", day + 3);
        for (size_t i = 0; i < 3; i++) village_push(f, l[orders[o][i]]);
        village_row(f, "household", v.household, &row);
        assert_true(village_text_is(&row, "household", "phone", "号码一"));
    }
    village_audit(f);
}

static void what_was_seen_is_superseded(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    set_phone(a, v.household, "甲", 20010);
    village_push(f, a);
    struct laptop *b = village_laptop(f, 0xB1, v.cadre); /* has pulled it */
    set_phone(b, v.household, "乙", 20001);                 /* observed earlier, and still an informed change */
    village_push(f, b);
    village_row(f, "household", v.household, &row);
    assert_true(village_text_is(&row, "household", "phone", "乙"));
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 2);
    assert_true(value_is(&ledger.e[0].value, "0455-0000000"));
    assert_true(value_is(&ledger.e[1].value, "甲"));
    assert_int_equal(ledger.e[1].kind, LEDGER_SUPERSEDED);
}

static void set_health(struct laptop *l, struct row_id member, int64_t added, int64_t removed)
{
    laptop_on(l, "member");
    laptop_elements(l, "health", added, removed);
    laptop_set(l, member);
    laptop_save(l);
}

static int64_t health(struct fixture *f, struct row_id member)
{
    struct stored_row row;
    village_row(f, "member", member, &row);
    return village_int(&row, "member", "health");
}

static void an_added_element_wins_over_an_unseen_removal(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    set_health(a, v.member, BIT_SERIOUS, BIT_HEALTHY);
    set_health(b, v.member, BIT_CHRONIC, BIT_SERIOUS);
    village_push(f, a);
    assert_int_equal(health(f, v.member), BIT_SERIOUS);
    village_push(f, b); /* b never saw that somebody found the illness */
    assert_int_equal(health(f, v.member), BIT_SERIOUS | BIT_CHRONIC);
    struct ledger_list ledger;
    village_ledger(f, &ledger);
    const struct ledger_entry *spared = &ledger.e[ledger.count - 1];
    assert_int_equal(spared->kind, LEDGER_LOST);
    assert_int_equal(spared->reason, REASON_UNSEEN_ADDITION);
    assert_int_equal(spared->value.i, BIT_SERIOUS);
    assert_true(spared->loser.origin == 0xB1 && spared->winner.origin == 0xA1);
    struct laptop *c = village_laptop(f, 0xC1, v.cadre);
    set_health(c, v.member, 0, BIT_SERIOUS); /* c saw it */
    village_push(f, c);
    assert_int_equal(health(f, v.member), BIT_CHRONIC);
    village_ledger(f, &ledger);
    assert_int_equal(ledger.e[ledger.count - 1].kind, LEDGER_SUPERSEDED);
    assert_true(ledger.e[ledger.count - 1].loser.origin == 0xA1); /* who had put it in */
    set_health(a, v.member, BIT_CHRONIC, 0); /* found again, unseen by d */
    struct laptop *d = village_laptop(f, 0xD1, v.cadre);
    set_health(d, v.member, 0, BIT_CHRONIC);
    village_push(f, a);
    village_push(f, d);
    assert_int_equal(health(f, v.member), BIT_CHRONIC);
    village_audit(f);
}

static void an_element_taken_out_was_whose_who_added_it(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    set_health(a, v.member, BIT_CHRONIC, 0);
    set_health(a, v.member, BIT_DISABLED, 0);
    village_push(f, a);
    struct laptop *b = village_laptop(f, 0xB1, v.cadre);
    set_health(b, v.member, 0, BIT_CHRONIC | BIT_DISABLED);
    village_push(f, b);
    village_ledger(f, &ledger);
    const struct ledger_entry *e = only(&ledger, LEDGER_SUPERSEDED);
    assert_int_equal(e->loser.origin, 0xA1); /* and not the office, which made the row */
    assert_int_equal(e->loser.seq, 1);
    village_audit(f);
}

static void companions_are_a_set_of_people(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    struct row_id id = village_visit(a, v.household, a->observed, "同行");
    village_push(f, a);
    struct laptop *b = village_laptop(f, 0xB1, v.cadre), *c = village_laptop(f, 0xC1, v.township);
    const struct row_id two[] = {v.contact, v.cadre};
    laptop_on(b, "visit");
    laptop_refs(b, "companions", two, 2, NULL, 0);
    laptop_set(b, id);
    laptop_save(b);
    laptop_on(c, "visit");
    laptop_refs(c, "companions", &v.township, 1, two, 2);
    laptop_set(c, id);
    laptop_save(c);
    village_push(f, b);
    village_push(f, c);
    village_row(f, "visit", id, &row);
    assert_int_equal(row.row.values[4].len, 3 * ROW_ID_BYTES); /* companions: c's removal had not seen b's */
    assert_int_equal(row.mark_count, 3);
    struct laptop *d = village_laptop(f, 0xD1, v.cadre);
    laptop_on(d, "visit");
    laptop_refs(d, "companions", NULL, 0, two, 2);
    laptop_set(d, id);
    laptop_save(d);
    village_push(f, d);
    village_row(f, "visit", id, &row);
    assert_int_equal(row.row.values[4].len, ROW_ID_BYTES);
    assert_int_equal(row.mark_count, 1);
    village_audit(f);
}

static void a_cadre_proposes_and_the_county_decides(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.cadre);
    laptop_on(a, "household");
    laptop_int(a, "monitor_status", 3);
    laptop_set(a, v.household);
    laptop_save(a);
    village_push(f, a);
    village_row(f, "household", v.household, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 2);
    village_ledger(f, &ledger);
    const struct ledger_entry *e = only(&ledger, LEDGER_PROPOSAL);
    assert_int_equal(e->reason, REASON_NO_AUTHORITY);
    assert_int_equal(e->value.i, 3);
    struct laptop *b = village_laptop(f, 0xB1, v.county);
    laptop_on(b, "household");
    laptop_int(b, "monitor_status", 3);
    laptop_set(b, v.household);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "household", v.household, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 3);
    village_audit(f);
}

static struct row_id another_county(struct fixture *f, struct village *v)
{
    struct laptop *l = v->roster;
    laptop_on(l, "worker");
    laptop_text(l, "no", "W5");
    laptop_text(l, "name", "邻县");
    laptop_int(l, "role", 6);
    laptop_int(l, "region", region_parent(VILLAGE_B));
    struct row_id id = laptop_put(l);
    laptop_save(l);
    village_push(f, l);
    return id;
}

/* Of another region: what is a cadre's to write is written, what is above that is proposed. */
static void a_level_counts_in_its_own_region(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *b = village_laptop(f, 0xB1, another_county(f, &v));
    b->base = village_head(f);
    laptop_on(b, "household");
    laptop_text(b, "phone", "0455-1111111");
    laptop_int(b, "monitor_status", 3);
    laptop_set(b, v.household);
    laptop_delete(b, "household", v.other);
    laptop_on(b, "assignment");
    laptop_ref(b, "household", v.household);
    laptop_ref(b, "worker", v.contact);
    laptop_put(b);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "household", v.household, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 2);
    assert_true(village_text_is(&row, "household", "phone", "0455-1111111"));
    village_row(f, "household", v.other, &row);
    assert_false(row.dead);
    village_ledger(f, &ledger);
    size_t proposals = 0;
    for (size_t i = 0; i < ledger.count; i++) proposals += ledger.e[i].kind == LEDGER_PROPOSAL;
    assert_int_equal(proposals, 3);
    village_audit(f);
}

static void a_level_counts_where_a_row_comes_to_live(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *b = village_laptop(f, 0xB1, another_county(f, &v));
    b->base = village_head(f);
    laptop_on(b, "household");
    laptop_int(b, "village", VILLAGE_B);
    laptop_set(b, v.household);
    laptop_on(b, "household");
    laptop_int(b, "monitor_status", 3);
    laptop_set(b, v.household);
    laptop_on(b, "household");
    laptop_text(b, "national_no", "H7");
    laptop_int(b, "village", VILLAGE_B);
    laptop_text(b, "head_name", "新户");
    laptop_int(b, "monitor_status", 3);
    struct row_id made = laptop_put(b);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "household", v.household, &row);
    assert_int_equal(row.home.place, VILLAGE_B);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 3);
    village_row(f, "household", made, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 3);
    village_audit(f);
}

static void a_new_row_keeps_what_its_author_may_say(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    laptop_on(a, "household");
    laptop_text(a, "national_no", "H9");
    laptop_int(a, "village", VILLAGE_A);
    laptop_text(a, "head_name", "新户");
    laptop_int(a, "monitor_status", 2);
    struct row_id id = laptop_put(a);
    laptop_save(a);
    village_push(f, a);
    village_row(f, "household", id, &row);
    assert_true(village_text_is(&row, "household", "national_no", "H9"));
    assert_int_equal(village_int(&row, "household", "village"), VILLAGE_A);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 0);
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 1);
    assert_int_equal(ledger.e[0].kind, LEDGER_PROPOSAL);
    assert_true(row_id_equal(ledger.e[0].row, id));
    village_audit(f);
}

static void a_row_above_ones_level_is_proposed_whole(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    struct err err = {0};
    struct cell *cells;
    size_t count;
    village_load(f, &v);
    size_t rows = village_feed_count(f);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    laptop_on(a, "assignment");
    laptop_ref(a, "household", v.household);
    laptop_ref(a, "worker", v.contact);
    struct row_id id = laptop_put(a);
    laptop_on(a, "assignment");
    laptop_int(a, "role", 1);
    laptop_set(a, id);
    laptop_save(a);
    uint64_t head = village_head(f);
    village_push(f, a);
    assert_int_equal(village_head(f), head + 2);
    assert_int_equal(village_feed_count(f), rows);
    const struct schema_table *t = schema_table_named(schema_current(), "assignment");
    assert_int_equal(store_row_get(f->store, t, id, &f->arena, &row, &err), 0);
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 2);
    assert_int_equal(ledger.e[0].column, 0);
    assert_ok(cells_decode(ledger.e[0].value.data, ledger.e[0].value.len, &f->arena, &cells, &count, &err), err);
    assert_int_equal(count, 2);
    assert_int_equal(ledger.e[1].column, 3);
    struct laptop *b = village_laptop(f, 0xB1, v.township);
    laptop_on(b, "assignment");
    laptop_ref(b, "household", v.household);
    laptop_ref(b, "worker", v.contact);
    id = laptop_put(b);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "assignment", id, &row);
    assert_int_equal(row.home.place, VILLAGE_A);
    village_audit(f);
}

static void a_grave_stays_and_late_edits_go_to_the_ledger(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact), *b = village_laptop(f, 0xB1, v.cadre);
    laptop_delete(a, "household", v.other); /* not a's row, and a is no county */
    laptop_save(a);
    village_push(f, a);
    village_row(f, "household", v.other, &row);
    assert_false(row.dead);
    village_ledger(f, &ledger);
    assert_int_equal(only(&ledger, LEDGER_PROPOSAL)->reason, REASON_NOT_AUTHOR);
    set_phone(b, v.other, "迟到的修改", 20050);
    struct laptop *c = village_laptop(f, 0xC1, v.county);
    laptop_delete(c, "household", v.other);
    laptop_save(c);
    village_push(f, c);
    village_push(f, b);
    village_row(f, "household", v.other, &row);
    assert_true(row.dead);
    assert_true(village_text_is(&row, "household", "phone", "0455-0000000")); /* values are kept */
    village_ledger(f, &ledger);
    const struct ledger_entry *e = only(&ledger, LEDGER_LOST);
    assert_int_equal(e->reason, REASON_ROW_DELETED);
    assert_true(value_is(&e->value, "迟到的修改"));
    assert_int_equal(e->winner.origin, 0xC1);
    struct row_id own = village_visit(b, v.household, b->observed, "写错了");
    laptop_delete(b, "visit", own);
    laptop_save(b);
    village_push(f, b);
    village_row(f, "visit", own, &row);
    assert_true(row.dead);
    village_audit(f);
}

static void a_sheet_is_never_mixed(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct ledger_list ledger;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.contact);
    laptop_on(a, "income_sheet");
    laptop_ref(a, "household", v.household);
    laptop_text(a, "period", "2024");
    struct row_id id = laptop_put(a);
    laptop_save(a);
    village_push(f, a);
    struct laptop *b = village_laptop(f, 0xB1, v.cadre), *c = village_laptop(f, 0xC1, v.cadre);
    laptop_on(b, "income_sheet");
    laptop_int(b, "wages", 100);
    laptop_int(b, "business", 200);
    laptop_set(b, id);
    laptop_save(b);
    laptop_on(c, "income_sheet");
    laptop_int(c, "wages", 900);
    laptop_int(c, "costs", 800);
    laptop_set(c, id);
    laptop_save(c);
    village_push(f, b);
    village_push(f, c);
    village_row(f, "income_sheet", id, &row);
    assert_int_equal(village_int(&row, "income_sheet", "wages"), 100);
    assert_int_equal(village_int(&row, "income_sheet", "business"), 200);
    assert_int_equal(village_int(&row, "income_sheet", "costs"), 0);
    village_ledger(f, &ledger);
    assert_int_equal(ledger.count, 2);
    for (size_t i = 0; i < 2; i++) assert_int_equal(ledger.e[i].reason, REASON_ATOMIC);
    village_audit(f);
}

static int find_moved(void *ctx, const struct feed_entry *e)
{
    if (!e->moved_out) return 0;
    *(struct feed_entry *)ctx = *e;
    return 1; /* the first */
}

static void a_household_that_moves_leaves_a_trace(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    struct feed_entry moved = {0};
    struct changeset_record c;
    struct err err = {0};
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.county);
    laptop_on(l, "household");
    laptop_int(l, "village", VILLAGE_B);
    laptop_set(l, v.household);
    laptop_save(l);
    uint64_t head = village_head(f);
    village_push(f, l);
    village_row(f, "household", v.household, &row);
    assert_int_equal(row.home.place, VILLAGE_B);
    assert_int_equal(row.csn, head + 1);
    assert_int_equal(village_head(f), head + 4); /* the change and its trace; the member that came along, and its */
    assert_int_equal(store_feed_of_place(f->store, VILLAGE_A, head, find_moved, &moved, &err), 1);
    assert_int_equal(moved.csn, head + 2);
    assert_int_equal(moved.rid, row.row.rid);
    village_row(f, "member", v.member, &row);
    assert_int_equal(row.home.place, VILLAGE_B);
    assert_int_equal(row.csn, head + 3);
    assert_int_equal(store_changeset_by_csn(f->store, moved.csn, &c, &err), 1);
    assert_int_equal(c.origin, 0xA1);
    struct row_id visit = village_visit(l, v.household, l->observed, "搬家以后");
    village_push(f, l);
    village_row(f, "visit", visit, &row);
    assert_int_equal(row.home.place, VILLAGE_B);
    village_audit(f);
}

static void unknown_columns_are_kept_and_merged(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *a = village_laptop(f, 0xA1, v.cadre), *b = village_laptop(f, 0xB1, v.contact);
    a->schema = b->schema = SCHEMA_VERSION + 1;
    laptop_on(a, "household");
    laptop_raw(a, 190, value_text("新列", 6));
    laptop_set(a, v.household);
    laptop_save(a);
    b->observed++;
    laptop_on(b, "household");
    laptop_raw(b, 190, value_text("更新", 6));
    laptop_set(b, v.household);
    laptop_save(b);
    village_push(f, b);
    village_push(f, a);
    village_row(f, "household", v.household, &row);
    assert_int_equal(row.row.extra_count, 1);
    assert_true(value_is(&row.row.extra[0].value, "更新"));
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(two_visits_on_one_day_stay_two),
        CONTRACT_TEST(only_the_author_amends_and_the_old_text_stays),
        CONTRACT_TEST(later_observed_wins_in_either_order),
        CONTRACT_TEST(same_day_unseen_is_to_be_verified),
        CONTRACT_TEST(a_confirmation_counts_in_every_order),
        CONTRACT_TEST(what_was_seen_is_superseded),
        CONTRACT_TEST(an_added_element_wins_over_an_unseen_removal),
        CONTRACT_TEST(an_element_taken_out_was_whose_who_added_it),
        CONTRACT_TEST(companions_are_a_set_of_people),
        CONTRACT_TEST(a_cadre_proposes_and_the_county_decides),
        CONTRACT_TEST(a_level_counts_in_its_own_region),
        CONTRACT_TEST(a_level_counts_where_a_row_comes_to_live),
        CONTRACT_TEST(a_new_row_keeps_what_its_author_may_say),
        CONTRACT_TEST(a_row_above_ones_level_is_proposed_whole),
        CONTRACT_TEST(a_grave_stays_and_late_edits_go_to_the_ledger),
        CONTRACT_TEST(a_sheet_is_never_mixed),
        CONTRACT_TEST(a_household_that_moves_leaves_a_trace),
        CONTRACT_TEST(unknown_columns_are_kept_and_merged),
    };
    return contract_run("merge policies", tests, sizeof tests / sizeof tests[0]);
}
