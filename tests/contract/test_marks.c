/* test_marks: nothing is refused for its time, its author or its place; what a supervisor should know is marked. And a
 * wrong clock neither wins for ever nor always loses. */
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "village.h"

static const int64_t a_day = INT64_C(86400000), years = INT64_C(3000) * 86400000;

static struct changeset_record record_of(struct fixture *f, const struct laptop *l, uint64_t seq)
{
    struct changeset_record r;
    struct err err = {0};
    assert_int_equal(store_changeset_by_seq(f->store, l->origin, seq, &r, &err), 1);
    return r;
}

/* A laptop by a clock that is off by so much; enrolled for its author and village A. */
static struct laptop *laptop_off(struct fixture *f, uint64_t origin, struct row_id author, int64_t off_ms)
{
    int64_t place = VILLAGE_A;
    struct device d = {.origin = origin, .places = &place, .place_count = 1};
    struct err err = {0};
    struct laptop *l = village_laptop(f, origin, author);
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_device_put(f->store, &d, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    l->clock_ms = f->now_ms + off_ms;
    l->observed = date_of_ms(l->clock_ms);
    return l;
}

static void set_phone(struct fixture *f, struct laptop *l, struct row_id household, const char *phone)
{
    laptop_on(l, "household");
    laptop_text(l, "phone", phone);
    laptop_set(l, household);
    laptop_save(l);
    village_push(f, l);
}

static void assert_phone(struct fixture *f, struct row_id household, const char *phone)
{
    struct stored_row row;
    village_row(f, "household", household, &row);
    assert_true(village_text_is(&row, "household", "phone", phone));
}

static void work_that_is_as_it_should_be_has_no_mark(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    village_visit(l, v.household, l->observed, "走访");
    village_push(f, l);
    struct changeset_record r = record_of(f, l, 1);
    assert_int_equal(r.marks, 0);
    assert_true(r.base > 0 && r.base == l->base);
    assert_int_equal(r.day, l->observed);
}

static void a_laptop_in_another_year_is_merged_by_the_servers_day(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    f->now_ms += 10 * a_day;
    for (int i = 0; i < 2; i++) {
        int64_t off = i ? years : -years;
        struct row_id household = i ? v.other : v.household;
        struct laptop *wrong = laptop_off(f, 0xA1 + (uint64_t)i, v.contact, off);
        struct laptop *late = laptop_off(f, 0xB1 + (uint64_t)i, v.cadre, 0);
        set_phone(f, wrong, household, "钟错的");
        struct changeset_record r = record_of(f, wrong, 1);
        assert_true(r.marks & MARK_CLOCK);
        assert_int_equal(r.observed, date_of_ms(wrong->clock_ms)); /* as it was written */
        assert_int_equal(r.day, date_of_ms(f->now_ms));
        assert_int_equal(hlc_ms(r.corrected), f->now_ms);
        late->observed--; /* yesterday: the one in another year saw it today */
        set_phone(f, late, household, "昨天的");
        assert_phone(f, household, "钟错的");
        f->now_ms += a_day;
        struct laptop *next = laptop_off(f, 0xC1 + (uint64_t)i, v.cadre, 0);
        next->base = late->base; /* saw neither of them, and is of tomorrow */
        set_phone(f, next, household, "第二天的");
        assert_phone(f, household, "第二天的");
    }
    village_audit(f);
}

static void an_author_who_left_or_is_unknown_is_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *office = v.roster;
    office->base = village_head(f);
    office->clock_ms = f->now_ms;
    laptop_on(office, "worker");
    laptop_int(office, "active_to", date_of_ms(f->now_ms) - 3);
    laptop_set(office, v.contact);
    laptop_save(office);
    village_push(f, office);
    assert_int_equal(record_of(f, office, office->seq).marks, 0);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    struct row_id visit = village_visit(l, v.household, l->observed, "离岗以后");
    l->observed -= 3; /* his last day */
    village_visit(l, v.household, l->observed, "在岗的最后一天");
    l->author = (struct row_id){0xDEAD, 1};
    village_visit(l, v.household, l->observed, "不认识的人");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, MARK_LEFT);
    assert_int_equal(record_of(f, l, 2).marks, 0);
    assert_int_equal(record_of(f, l, 3).marks, MARK_UNKNOWN_AUTHOR);
    struct stored_row row;
    village_row(f, "visit", visit, &row); /* stored and credited all the same */
    assert_true(row_id_equal(record_of(f, l, 1).author, v.contact));
    village_audit(f);
}

static struct row_id assign(struct fixture *f, struct village *v, struct row_id household, struct row_id worker, int64_t since)
{
    struct laptop *office = v->roster;
    office->base = village_head(f);
    laptop_on(office, "assignment");
    laptop_ref(office, "household", household);
    laptop_ref(office, "worker", worker);
    laptop_int(office, "since", since);
    struct row_id id = laptop_put(office);
    laptop_save(office);
    village_push(f, office);
    return id;
}

static void who_does_not_hold_the_household_is_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    int64_t today = date_of_ms(f->now_ms);
    struct row_id mine = assign(f, &v, v.household, v.contact, today - 30);
    struct laptop *l = village_laptop(f, 0xA1, v.contact); /* no places: a contact's own laptop */
    village_visit(l, v.household, today, "自己的户");
    village_visit(l, v.other, today, "不是自己的户");
    laptop_on(l, "member_event");
    laptop_ref(l, "member", v.member);
    laptop_int(l, "kind", 1);
    laptop_int(l, "date", today);
    laptop_put(l);
    laptop_save(l);
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, 0);
    assert_int_equal(record_of(f, l, 2).marks, MARK_NOT_HOLDER);
    assert_int_equal(record_of(f, l, 3).marks, 0); /* by way of the member */
    struct laptop *office = v.roster; /* reassigned: his last day was the day before yesterday */
    office->base = village_head(f);
    laptop_on(office, "assignment");
    laptop_int(office, "until", today - 2);
    laptop_set(office, mine);
    laptop_save(office);
    village_push(f, office);
    village_visit(l, v.household, today, "交出以后");
    l->observed = today - 2;
    village_visit(l, v.household, today - 2, "交出以前");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 4).marks, MARK_NOT_HOLDER);
    assert_int_equal(record_of(f, l, 5).marks, 0);
    village_audit(f);
}

static void old_programs_and_revoked_laptops_are_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct err err = {0};
    village_load(f, &v);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    l->schema = SCHEMA_VERSION - 1;
    village_visit(l, v.household, l->observed, "旧程序");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, MARK_OLD_SCHEMA);
    int64_t place = VILLAGE_A;
    struct device d = {.origin = 0xA1, .places = &place, .place_count = 1, .revoked_ms = f->now_ms};
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_device_put(f->store, &d, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    l->schema = SCHEMA_VERSION;
    village_visit(l, v.household, l->observed, "停用以后找到的");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 2).marks, MARK_REVOKED);
    village_audit(f);
}

static void reply(struct laptop *l, struct row_id order, int64_t date)
{
    laptop_on(l, "order_reply");
    laptop_ref(l, "order", order);
    laptop_int(l, "date", date);
    laptop_text(l, "text", "已整改");
    laptop_put(l);
    l->observed = date;
    laptop_save(l);
}

/* Due five days from today. */
static struct row_id issue(struct fixture *f, struct laptop *office, int64_t today)
{
    office->base = village_head(f);
    laptop_on(office, "order");
    laptop_int(office, "kind", 1);
    laptop_int(office, "region", VILLAGE_A);
    laptop_int(office, "issued_on", today);
    laptop_int(office, "due_on", today + 5);
    laptop_text(office, "text", "请核查饮水");
    struct row_id order = laptop_put(office);
    laptop_save(office);
    village_push(f, office);
    return order;
}

static int keep_standing(void *ctx, const struct report_order *o)
{
    *(enum order_standing *)ctx = o->standing;
    return 0;
}

static enum order_standing standing(struct fixture *f)
{
    enum order_standing got = ORDER_OPEN;
    struct err err = {0};
    assert_ok(report_orders(f->store, VILLAGE_A, date_of_ms(f->now_ms), keep_standing, &got, &err), err);
    return got;
}

/* Its today is within the last days of the clock itself: years later, and in time all the same. */
static void a_reply_from_another_year_is_judged_by_the_servers_clock(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct row_id order = issue(f, v.roster, date_of_ms(f->now_ms));
    struct laptop *ahead = laptop_off(f, 0xA3, v.contact, years);
    reply(ahead, order, ahead->observed);
    village_push(f, ahead);
    assert_int_equal(standing(f), ORDER_ANSWERED);
    village_audit(f);
}

static void a_late_reply_from_an_earlier_year_is_late(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct row_id order = issue(f, v.roster, date_of_ms(f->now_ms));
    f->now_ms += 8 * a_day;
    assert_int_equal(standing(f), ORDER_OVERDUE);
    struct laptop *behind = laptop_off(f, 0xA4, v.contact, -years);
    reply(behind, order, behind->observed);
    village_push(f, behind);
    assert_int_equal(standing(f), ORDER_LATE);
    village_audit(f);
}

static void a_reply_in_time_that_comes_late_is_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    int64_t today = date_of_ms(f->now_ms);
    struct row_id order = issue(f, v.roster, today);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    reply(l, order, today + 1);
    f->now_ms += 2 * a_day;
    l->clock_ms = f->now_ms;
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, 0);
    reply(l, order, today + 4);
    reply(l, order, today + 7);
    f->now_ms += 6 * a_day;
    l->clock_ms = f->now_ms;
    village_push(f, l);
    assert_int_equal(record_of(f, l, 2).marks, MARK_LATE_REPLY);
    assert_int_equal(record_of(f, l, 3).marks, MARK_OVERDUE_REPLY);
    struct laptop *behind = laptop_off(f, 0xA2, v.contact, -years); /* "in time" by a clock of another year */
    reply(behind, order, behind->observed);
    village_push(f, behind);
    assert_int_equal(record_of(f, behind, 1).marks, MARK_CLOCK | MARK_OVERDUE_REPLY); /* by the server's it is late */
    village_audit(f);
}

static int keep_reply(void *ctx, const struct report_order *o)
{
    *(bool *)ctx = o->reply_count == 2 && !o->replies[0].to_closed && o->replies[1].to_closed && o->standing == ORDER_CLOSED;
    return 0;
}

/* The issuer waits for no more, but what was written is kept. */
static void a_reply_to_a_closed_order_is_stored_and_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct err err = {0};
    bool told = false;
    village_load(f, &v);
    int64_t today = date_of_ms(f->now_ms);
    struct row_id order = issue(f, v.roster, today);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    reply(l, order, today);
    village_push(f, l);
    v.roster->base = village_head(f);
    laptop_on(v.roster, "order");
    laptop_int(v.roster, "state", 2);
    laptop_int(v.roster, "closed_on", today);
    laptop_set(v.roster, order);
    laptop_save(v.roster);
    village_push(f, v.roster);
    reply(l, order, today);
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, 0);
    assert_int_equal(record_of(f, l, 2).marks, MARK_CLOSED_ORDER);
    assert_ok(report_orders(f->store, VILLAGE_A, today, keep_reply, &told, &err), err);
    assert_true(told);
    village_audit(f);
}

/* Somebody who is not of the laptop wrote on it: stored, credited, marked. One for nobody in particular is everybody's. */
static void an_author_of_another_laptop_is_marked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct err err = {0};
    int64_t place = VILLAGE_A;
    struct device d = {.origin = 0xA1, .places = &place, .place_count = 1, .worker_count = 1};
    village_load(f, &v);
    struct laptop *l = laptop_off(f, 0xA1, v.contact, 0);
    village_visit(l, v.household, l->observed, "人人可用");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 1).marks, 0);
    snprintf(d.workers[0], sizeof d.workers[0], "W1");
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_device_put(f->store, &d, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    village_visit(l, v.household, l->observed, "本人");
    l->author = v.cadre;
    village_visit(l, v.household, l->observed, "别人");
    village_push(f, l);
    assert_int_equal(record_of(f, l, 2).marks, 0);
    assert_int_equal(record_of(f, l, 3).marks, MARK_NOT_OF_LAPTOP);
    assert_true(row_id_equal(record_of(f, l, 3).author, v.cadre));
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(work_that_is_as_it_should_be_has_no_mark),
        CONTRACT_TEST(a_laptop_in_another_year_is_merged_by_the_servers_day),
        CONTRACT_TEST(an_author_of_another_laptop_is_marked),
        CONTRACT_TEST(an_author_who_left_or_is_unknown_is_marked),
        CONTRACT_TEST(who_does_not_hold_the_household_is_marked),
        CONTRACT_TEST(old_programs_and_revoked_laptops_are_marked),
        CONTRACT_TEST(a_reply_in_time_that_comes_late_is_marked),
        CONTRACT_TEST(a_reply_to_a_closed_order_is_stored_and_marked),
        CONTRACT_TEST(a_reply_from_another_year_is_judged_by_the_servers_clock),
        CONTRACT_TEST(a_late_reply_from_an_earlier_year_is_late),
    };
    return contract_run("marks", tests, sizeof tests / sizeof tests[0]);
}
