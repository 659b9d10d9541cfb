/* test_rulings: what lost is brought back by somebody entitled, as a change like any other; what waited in quarantine
 * is taken again; and what needs no decision any more is settled by itself. All through admin_run, as the office does. */
#include "backend.h"

#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "village.h"

enum { ONE = 0x1001, TWO = 0x1002, DAY = FIXTURE_START_DAY };

struct office {
    struct fixture *f;
    struct village v;
    struct laptop *one, *two; /* of the contact W1 and the cadre W2, both having seen the roster */
    struct err err;
};

static void enrol(struct office *o, uint64_t origin, const char *name, const char *worker)
{
    int64_t place = VILLAGE_A;
    struct device d = {.origin = origin, .places = &place, .place_count = 1, .worker_count = 1, .enrolled_ms = 1};
    snprintf(d.name, sizeof d.name, "%s", name);
    snprintf(d.workers[0], sizeof d.workers[0], "%s", worker);
    assert_ok(store_begin(o->f->store, &o->err), o->err);
    assert_ok(store_device_put(o->f->store, &d, &o->err), o->err);
    assert_ok(store_commit(o->f->store, &o->err), o->err);
}

static void open_office(struct office *o, struct fixture *f)
{
    *o = (struct office){.f = f};
    village_load(f, &o->v);
    enrol(o, ONE, "one", "W1");
    enrol(o, TWO, "two", "W2");
    o->one = village_laptop(f, ONE, o->v.contact);
    o->two = village_laptop(f, TWO, o->v.cadre);
}

static int transact(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err)
{
    struct store *s = ctx;
    int rc = store_begin(s, err);
    if (rc == 0) rc = fn(s, arg, err);
    if (rc >= 0) return store_commit(s, err);
    store_rollback(s);
    return rc;
}

static int ask(struct office *o, json_t *request, json_t **answer)
{
    struct admin a = {.env = &o->f->env, .transact = transact, .transact_ctx = o->f->store};
    memset(&o->err, 0, sizeof o->err);
    *answer = NULL;
    int rc = admin_run(&a, request, answer, &o->err);
    json_decref(request);
    return rc;
}

static int resolve(struct office *o, uint64_t id, const char *take, const char *as)
{
    json_t *answer;
    int rc = ask(o, json_pack("{s:s,s:I,s:s,s:s,s:s*}", "do", "resolve", "id", (json_int_t)id, "take", take, "why", "问过本人", "as", as),
                 &answer);
    json_decref(answer);
    return rc;
}

static int retry(struct office *o, const char *id, size_t *stored)
{
    json_t *answer, *list;
    int rc = ask(o, json_pack("{s:s,s:s}", "do", "quarantine_retry", "id", id), &answer);
    list = json_object_get(answer, "retried");
    *stored = 0;
    for (size_t i = 0; i < json_array_size(list); i++) *stored += json_is_true(json_object_get(json_array_get(list, i), "stored"));
    json_decref(answer);
    return rc;
}

static int column_number(const char *table, const char *column)
{
    return schema_column_named(schema_table_named(schema_current(), table), column)->number;
}

/* The latest entry about a column (NULL: the whole row) of that kind. */
static struct ledger_entry entry_of(struct office *o, const char *table, const char *column, enum ledger_kind kind)
{
    struct ledger_list *list = arena_alloc(&o->f->arena, sizeof *list);
    int number = column ? column_number(table, column) : 0;
    village_ledger(o->f, list);
    for (size_t i = list->count; i-- > 0;)
        if (list->e[i].column == number && list->e[i].kind == kind &&
            list->e[i].table == schema_table_named(schema_current(), table)->number) return list->e[i];
    fail_msg("no such entry: %s.%s", table, column ? column : "");
    return (struct ledger_entry){0};
}

static struct ledger_entry again(struct office *o, uint64_t id)
{
    struct ledger_entry e;
    assert_int_equal(store_ledger_get(o->f->store, id, &o->f->arena, &e, &o->err), 1);
    return e;
}

struct decided_notice {
    uint64_t addressee; /* origin */
    int64_t decision;
    struct office *o;
};

static int match_notice(void *ctx, struct row_id id)
{
    struct decided_notice *n = ctx;
    struct stored_row row;
    village_row(n->o->f, "notice", id, &row);
    if (village_int(&row, "notice", "addressee") != region_private(n->addressee)) return 0;
    n->decision = village_int(&row, "notice", "decision");
    return 1;
}

/* What the laptop is told of the entry: the code of the ruling; -1: nothing at all. */
static int64_t told(struct office *o, uint64_t ledger, uint64_t origin)
{
    struct decided_notice n = {.addressee = origin, .decision = -1, .o = o};
    assert_true(store_notices_of(o->f->store, ledger, match_notice, &n, &o->err) >= 0);
    return n.decision;
}

static void set_phone(struct laptop *l, struct row_id household, const char *phone)
{
    laptop_on(l, "household");
    laptop_text(l, "phone", phone);
    laptop_set(l, household);
    laptop_save(l);
}

/* Two phones of one day: one of them lost, and a person should look at the pair. */
static struct ledger_entry quarrel(struct office *o)
{
    set_phone(o->one, o->v.household, "111");
    set_phone(o->two, o->v.household, "222");
    village_push(o->f, o->one);
    village_push(o->f, o->two);
    struct ledger_entry e = entry_of(o, "household", "phone", LEDGER_LOST);
    assert_true(e.to_verify);
    return e;
}

static bool phone_is(struct office *o, const char *text)
{
    struct stored_row row;
    village_row(o->f, "household", o->v.household, &row);
    return village_text_is(&row, "household", "phone", text);
}

static void what_lost_comes_back_and_both_are_told(void **state)
{
    struct office o;
    open_office(&o, *state);
    struct ledger_entry e = quarrel(&o);
    bool one_lost = e.loser.origin == ONE;
    assert_int_equal(told(&o, e.id, e.loser.origin), 0);
    assert_int_equal(resolve(&o, e.id, "loser", "W3"), 0);
    assert_true(phone_is(&o, one_lost ? "111" : "222"));
    struct ledger_entry now = again(&o, e.id);
    assert_int_equal(now.decided.ruling, RULING_LOSER);
    assert_int_equal(now.decided.at_ms, o.f->now_ms);
    assert_memory_equal(now.decided.by.data, "W3 ", 3);
    assert_memory_equal(now.decided.why.data, "问过本人", now.decided.why.len);
    assert_int_equal(told(&o, e.id, e.loser.origin), RULING_LOSER);
    assert_int_equal(told(&o, e.id, one_lost ? TWO : ONE), RULING_OTHER);
    struct ledger_entry before = entry_of(&o, "household", "phone", LEDGER_SUPERSEDED);
    assert_memory_equal(before.value.data, one_lost ? "222" : "111", 3);
    assert_int_equal(resolve(&o, e.id, "winner", NULL), ERR_REFUSED);
    assert_non_null(strstr(o.err.en, "was decided on"));
    assert_non_null(strstr(o.err.en, "W3"));
    village_audit(o.f);
}

static void the_winner_stays_without_a_change(void **state)
{
    struct office o;
    open_office(&o, *state);
    struct ledger_entry e = quarrel(&o);
    struct stored_row before, after;
    village_row(o.f, "household", o.v.household, &before);
    assert_int_equal(resolve(&o, e.id, "winner", NULL), 0);
    village_row(o.f, "household", o.v.household, &after);
    assert_int_equal(before.csn, after.csn);
    struct ledger_entry now = again(&o, e.id);
    assert_int_equal(now.decided.ruling, RULING_WINNER);
    assert_int_equal(now.decided.by.kind, VALUE_NULL); /* the office */
    assert_int_equal(told(&o, e.id, ONE), RULING_WINNER);
    assert_int_equal(told(&o, e.id, TWO), RULING_WINNER);
    village_audit(o.f);
}

static void another_value_is_checked_like_any(void **state)
{
    struct office o;
    open_office(&o, *state);
    struct ledger_entry e = quarrel(&o);
    assert_int_equal(resolve(&o, e.id, "bad\x01" "phone", NULL), ERR_REFUSED);
    assert_int_equal(again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(resolve(&o, e.id, "0455-333", NULL), 0);
    assert_true(phone_is(&o, "0455-333"));
    assert_int_equal(told(&o, e.id, ONE), RULING_OTHER);
    assert_int_equal(told(&o, e.id, TWO), RULING_OTHER);
    village_audit(o.f);
}

static void elements_go_as_they_were_meant_to(void **state)
{
    struct office o;
    struct stored_row row;
    open_office(&o, *state);
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
    struct ledger_entry e = entry_of(&o, "member", "health", LEDGER_LOST);
    assert_int_equal(e.reason, REASON_UNSEEN_ADDITION);
    assert_int_equal(resolve(&o, e.id, "loser", "W1"), 0);
    village_row(o.f, "member", o.v.member, &row);
    assert_int_equal(village_int(&row, "member", "health"), BIT_SERIOUS);
    e = entry_of(&o, "member", "health", LEDGER_SUPERSEDED); /* chronic and serious, before the ruling */
    assert_int_equal(e.value.i, BIT_CHRONIC | BIT_SERIOUS);
    assert_int_equal(resolve(&o, e.id, "大病,残疾", NULL), 0);
    village_row(o.f, "member", o.v.member, &row);
    assert_int_equal(village_int(&row, "member", "health"), BIT_SERIOUS | BIT_DISABLED);
    village_audit(o.f);
}

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

static int no_entry(void *ctx, const struct quarantine_entry *e)
{
    (void)e;
    ++*(size_t *)ctx;
    return 0;
}

static size_t quarantined(struct office *o)
{
    size_t n = 0;
    assert_ok(store_quarantine_walk(o->f->store, 0, 0, no_entry, &n, &o->err), o->err);
    return n;
}

static void a_proposed_row_is_made_under_its_name(void **state)
{
    struct office o;
    struct stored_row row;
    size_t stored;
    open_office(&o, *state);
    struct row_id id = propose_assignment(&o);
    village_push(o.f, o.one);
    assert_int_equal(quarantined(&o), 1); /* the row to change is not there */
    struct ledger_entry e = entry_of(&o, "assignment", NULL, LEDGER_PROPOSAL);
    assert_int_equal(resolve(&o, e.id, "loser", "W2"), ERR_DENIED); /* a cadre */
    assert_int_equal(retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 0);
    assert_int_equal(resolve(&o, e.id, "anything", "W3"), ERR_REFUSED);
    assert_int_equal(resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "assignment", id, &row);
    assert_false(row.dead);
    assert_int_equal(told(&o, e.id, ONE), RULING_LOSER);
    assert_int_equal(retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 1);
    assert_int_equal(quarantined(&o), 0);
    struct ledger_entry cell = entry_of(&o, "assignment", "issued_by", LEDGER_PROPOSAL); /* as it would have been */
    assert_int_equal(resolve(&o, cell.id, "loser", "W4"), 0);
    village_row(o.f, "assignment", id, &row);
    assert_true(village_text_is(&row, "assignment", "issued_by", "县里"));
    village_audit(o.f);
}

static void a_grave_is_for_ever(void **state)
{
    struct office o;
    struct stored_row row;
    open_office(&o, *state);
    struct ledger_entry phone = quarrel(&o);
    laptop_delete(o.one, "household", o.v.household);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry e = entry_of(&o, "household", NULL, LEDGER_PROPOSAL);
    assert_int_equal(resolve(&o, e.id, "loser", "W2"), ERR_DENIED);
    assert_int_equal(resolve(&o, e.id, "loser", "W4"), 0);
    village_row(o.f, "household", o.v.household, &row);
    assert_true(row.dead);
    assert_int_equal(resolve(&o, phone.id, "loser", NULL), ERR_REFUSED);
    assert_non_null(strstr(o.err.en, "new record"));
    assert_int_equal(again(&o, phone.id).decided.ruling, RULING_OPEN);
    assert_int_equal(resolve(&o, phone.id, "winner", NULL), 0);
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
    open_office(&o, *state);
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
    struct ledger_entry e = entry_of(&o, "income_sheet", "net", LEDGER_LOST);
    struct ledger_entry wages = entry_of(&o, "income_sheet", "wages", LEDGER_LOST);
    assert_int_equal(e.reason, REASON_ATOMIC);
    assert_int_equal(resolve(&o, e.id, "999", NULL), ERR_REFUSED);
    assert_int_equal(resolve(&o, e.id, "loser", "W3"), 0);
    village_row(o.f, "income_sheet", id, &row);
    assert_int_equal(village_int(&row, "income_sheet", "wages"), 300);
    assert_int_equal(village_int(&row, "income_sheet", "business"), 7);
    assert_int_equal(village_int(&row, "income_sheet", "net"), 307);
    assert_int_equal(village_int(&row, "income_sheet", "costs"), 0);
    assert_int_equal(again(&o, wages.id).decided.ruling, RULING_LOSER);
    assert_int_equal(resolve(&o, wages.id, "winner", NULL), ERR_REFUSED);
    village_audit(o.f);
}

static void a_closing_comes_back_whole(void **state)
{
    struct office o;
    struct stored_row row;
    open_office(&o, *state);
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
    struct ledger_entry e = entry_of(&o, "risk", "state", LEDGER_LOST), why = entry_of(&o, "risk", "closed_why", LEDGER_LOST);
    assert_int_equal(resolve(&o, why.id, "loser", "W3"), 0);
    village_row(o.f, "risk", id, &row);
    assert_int_equal(village_int(&row, "risk", "state"), 2);
    assert_int_equal(village_int(&row, "risk", "closed_on"), DAY);
    assert_true(village_text_is(&row, "risk", "closed_why", "出院"));
    assert_int_equal(again(&o, e.id).decided.ruling, RULING_LOSER);
    village_audit(o.f);
}

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
    open_office(&o, *state);
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
    struct ledger_entry e = entry_of(&o, "household", "monitor_status", LEDGER_PROPOSAL);
    assert_int_equal(resolve(&o, e.id, "loser", "W1"), ERR_DENIED);
    assert_int_equal(resolve(&o, e.id, "loser", "W3"), ERR_DENIED);
    assert_int_equal(resolve(&o, e.id, "loser", "W8"), ERR_DENIED);
    assert_non_null(strstr(o.err.en, "in charge"));
    assert_int_equal(resolve(&o, e.id, "loser", "W9"), ERR_DENIED);
    assert_non_null(strstr(o.err.en, "left on"));
    assert_int_equal(resolve(&o, e.id, "loser", "nobody"), ERR_NOT_FOUND);
    assert_int_equal(resolve(&o, e.id + 1000, "loser", NULL), ERR_NOT_FOUND);
    assert_int_equal(ask(&o, json_pack("{s:s,s:I,s:s,s:s}", "do", "resolve", "id", (json_int_t)e.id, "take", "loser", "why", "  "), &answer),
                     ERR_USAGE);
    assert_int_equal(again(&o, e.id).decided.ruling, RULING_OPEN);
    assert_int_equal(resolve(&o, e.id, "loser", "W4"), 0);
    struct stored_row row;
    village_row(o.f, "household", o.v.household, &row);
    assert_int_equal(village_int(&row, "household", "monitor_status"), 3);
}

static void the_office_may_amend_a_visit_and_the_old_text_stays(void **state)
{
    struct office o;
    struct stored_row row;
    open_office(&o, *state);
    struct row_id visit = village_visit(o.one, o.v.household, DAY, "old text");
    village_push(o.f, o.one);
    o.two->base = village_head(o.f);
    laptop_on(o.two, "visit");
    laptop_text(o.two, "summary", "new text");
    laptop_set(o.two, visit);
    laptop_save(o.two);
    village_push(o.f, o.two);
    struct ledger_entry e = entry_of(&o, "visit", "summary", LEDGER_PROPOSAL);
    assert_int_equal(resolve(&o, e.id, "loser", "W3"), ERR_DENIED);
    assert_int_equal(resolve(&o, e.id, "loser", "W1"), 0); /* its author */
    village_row(o.f, "visit", visit, &row);
    assert_true(village_text_is(&row, "visit", "summary", "new text"));
    e = entry_of(&o, "visit", "summary", LEDGER_SUPERSEDED);
    assert_memory_equal(e.value.data, "old text", 8);
    assert_int_equal(resolve(&o, e.id, "loser", "W4"), 0); /* back again, by the county */
    village_row(o.f, "visit", visit, &row);
    assert_true(village_text_is(&row, "visit", "summary", "old text"));
    village_audit(o.f);
}

static void what_the_county_writes_itself_is_decided(void **state)
{
    struct office o;
    open_office(&o, *state);
    enrol(&o, 0x1003, "three", "W4");
    laptop_on(o.one, "household");
    laptop_int(o.one, "monitor_status", 3);
    laptop_set(o.one, o.v.household);
    laptop_save(o.one);
    village_push(o.f, o.one);
    struct ledger_entry e = entry_of(&o, "household", "monitor_status", LEDGER_PROPOSAL);
    struct laptop *three = village_laptop(o.f, 0x1003, o.v.county);
    laptop_on(three, "household");
    laptop_int(three, "monitor_status", 4);
    laptop_set(three, o.v.household);
    laptop_save(three);
    village_push(o.f, three);
    assert_int_equal(again(&o, e.id).decided.ruling, RULING_OPEN); /* another value */
    laptop_on(three, "household");
    laptop_int(three, "monitor_status", 3);
    laptop_set(three, o.v.household);
    laptop_save(three);
    village_push(o.f, three);
    e = again(&o, e.id);
    assert_int_equal(e.decided.ruling, RULING_LOSER);
    assert_memory_equal(e.decided.by.data, "W4 ", 3);
    assert_int_equal(told(&o, e.id, ONE), RULING_LOSER);
    village_audit(o.f);
}

/* The cell is written once more, by somebody who has seen how the pair came out, or has not. */
static void pair_written_again(struct fixture *f, bool seen, const char *phone, enum ledger_ruling want)
{
    struct office o;
    open_office(&o, f);
    struct ledger_entry e = quarrel(&o);
    bool one_lost = e.loser.origin == ONE;
    const char *text = strcmp(phone, "loser") == 0 ? (one_lost ? "111" : "222") : strcmp(phone, "winner") == 0 ? (one_lost ? "222" : "111") : phone;
    struct laptop *l = one_lost ? o.one : o.two;
    l->observed++;
    if (seen) l->base = village_head(f);
    set_phone(l, o.v.household, text);
    village_push(f, l);
    assert_int_equal(again(&o, e.id).decided.ruling, want);
    assert_int_equal(told(&o, e.id, e.loser.origin), want);
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

static void one_poison_lets_the_others_through_and_is_taken_later(void **state)
{
    struct office o;
    struct stored_row row;
    struct changeset_record record;
    size_t stored;
    char id[64];
    open_office(&o, *state);
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
    assert_int_equal(quarantined(&o), 2);
    village_row(o.f, "visit", visit, &row);
    snprintf(id, sizeof id, "%016llx:1", (unsigned long long)ONE);
    assert_int_equal(retry(&o, id, &stored), 0);
    assert_int_equal(stored, 0);
    assert_int_equal(retry(&o, "0000000000001001:3", &stored), ERR_NOT_FOUND); /* it is not in quarantine */
    assert_int_equal(retry(&o, "what", &stored), ERR_USAGE);
    laptop_on(o.two, "household");
    laptop_int(o.two, "village", VILLAGE_A);
    laptop_text(o.two, "head_name", "新户");
    assert_true(row_id_equal(laptop_put(o.two), household));
    laptop_save(o.two);
    village_push(o.f, o.two);
    assert_int_equal(retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 2);
    assert_int_equal(quarantined(&o), 0);
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
    open_office(&o, *state);
    laptop_on(o.one, "household");
    laptop_text(o.one, "phone", "early");
    laptop_set(o.one, o.v.household);
    village_visit(o.one, row_id_make(TWO, 1, 0), DAY, "not there yet"); /* same changeset: both wait */
    set_phone(o.one, o.v.household, "late");
    village_push(o.f, o.one);
    assert_int_equal(quarantined(&o), 1);
    laptop_on(o.two, "household");
    laptop_int(o.two, "village", VILLAGE_A);
    laptop_text(o.two, "head_name", "新户");
    laptop_put(o.two);
    laptop_save(o.two);
    village_push(o.f, o.two);
    assert_int_equal(retry(&o, "all", &stored), 0);
    assert_int_equal(stored, 1);
    village_row(o.f, "household", o.v.household, &row);
    assert_true(village_text_is(&row, "household", "phone", "late"));
    struct ledger_entry e = entry_of(&o, "household", "phone", LEDGER_LOST);
    assert_memory_equal(e.value.data, "early", 5);
    village_audit(o.f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(what_lost_comes_back_and_both_are_told),
        CONTRACT_TEST(the_winner_stays_without_a_change),
        CONTRACT_TEST(another_value_is_checked_like_any),
        CONTRACT_TEST(elements_go_as_they_were_meant_to),
        CONTRACT_TEST(a_proposed_row_is_made_under_its_name),
        CONTRACT_TEST(a_grave_is_for_ever),
        CONTRACT_TEST(sheets_are_never_mixed),
        CONTRACT_TEST(a_closing_comes_back_whole),
        CONTRACT_TEST(only_the_entitled_decide),
        CONTRACT_TEST(the_office_may_amend_a_visit_and_the_old_text_stays),
        CONTRACT_TEST(what_the_county_writes_itself_is_decided),
        CONTRACT_TEST(a_pair_is_settled_by_writing_back),
        CONTRACT_TEST(a_pair_is_settled_by_confirming),
        CONTRACT_TEST(a_pair_is_settled_by_a_third_value),
        CONTRACT_TEST(a_pair_unseen_stays_open),
        CONTRACT_TEST(one_poison_lets_the_others_through_and_is_taken_later),
        CONTRACT_TEST(a_retried_change_is_as_old_as_it_is),
    };
    return contract_run("rulings", tests, sizeof tests / sizeof tests[0]);
}
