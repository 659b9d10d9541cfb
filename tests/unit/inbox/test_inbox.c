/* What needs a person here: which orders, clues and notices, in which order, and when each goes away. */
#include "byhand.h"
#include "history.h"
#include "inbox.h"

static struct hand b;
static struct inbox box;

static int set_up(void **state)
{
    (void)state;
    hand_open(&b, "inbox");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    inbox_free(&box);
    hand_close(&b);
    return 0;
}

static void look(bool all)
{
    inbox_free(&box);
    hand_ok(&b, inbox_collect(&box, b.h, HAND_TODAY, all, &b.err));
}

static struct row_id order(const char *number, int64_t region, int64_t due_on, int state)
{
    return HAND_NEW(&b, "order", {"kind", value_int(1)}, {"number", hand_text(number)}, {"region", value_int(region)},
                    {"issued_on", value_int(HAND_TODAY - 10)}, {"due_on", due_on ? value_int(due_on) : value_null()},
                    {"text", hand_text("请核查")}, {"state", value_int(state)});
}

static struct row_id order_to(const char *number, int64_t region, struct row_id worker)
{
    return HAND_NEW(&b, "order", {"kind", value_int(2)}, {"number", hand_text(number)}, {"region", value_int(region)},
                    {"worker", hand_ref(&b, worker)}, {"issued_on", value_int(HAND_TODAY - 10)},
                    {"due_on", value_int(HAND_TODAY + 1)}, {"text", hand_text("请核查")}, {"state", value_int(1)});
}

static struct row_id notice(int kind, int ruling)
{
    struct hand_cell list[HAND_CELLS];
    size_t n;
    hand_notice(&b, kind, "household", b.household, list, &n);
    list[n++] = (struct hand_cell){"other", hand_text("B2 帮扶乙")};
    list[n++] = (struct hand_cell){"seq", value_int(kind + 100 * ruling)};
    if (ruling) list[n++] = (struct hand_cell){"decision", value_int(ruling)};
    return hand_new(&b, "notice", list, n);
}

/* The laptop's own reply, dated `date`; it is not received yet. */
static struct row_id reply(struct row_id to, int64_t date)
{
    const struct schema_table *t = schema_table_named(b.h->schema, "order_reply");
    struct cell cells[] = {{.column = 1, .value = hand_ref(&b, to)}, {.column = 2, .value = value_int(date)},
                           {.column = 3, .value = hand_text("已核查")}};
    struct capture *capture;
    struct row_id id;
    hand_ok(&b, capture_begin(&capture, b.h, b.cadre, HAND_TODAY, &b.err));
    hand_ok(&b, capture_put(capture, t, cells, 3, &id, &b.err));
    hand_ok(&b, capture_commit(capture, NULL, &b.err));
    return id;
}

static void receipt_up_to(uint64_t seq)
{
    struct receipt r = {.epoch = 7, .high = seq, .server_ms = hand_now_ms};
    hand_ok(&b, journal_hash(b.h, seq, &r.hash, &b.err));
    hand_ok(&b, journal_receipt(b.h, &r, &b.err));
}

/* The server has it now: what it tells of it. */
static void received(struct row_id id, struct row_id to, int64_t date)
{
    b.received = id.number >> ROW_INDEX_BITS;
    receipt_up_to(b.received);
    HAND_TELL(&b, "order_reply", id, {"order", hand_ref(&b, to)}, {"date", value_int(date)}, {"text", hand_text("已核查")});
}

static size_t count_of(enum inbox_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < box.count; i++) n += box.list[i].kind == kind;
    return n;
}

/* ---- tests ---- */

static void most_urgent_first(void **state)
{
    static const enum inbox_kind want[] = {INBOX_ORDER,    INBOX_QUARANTINED, INBOX_HANDOVER, INBOX_CLUE, INBOX_VERIFY,
                                           INBOX_LOST,     INBOX_PROPOSAL,    INBOX_TAKEOVER, INBOX_RULING, INBOX_ORDER,
                                           INBOX_OUTSIDE};
    (void)state;
    notice(6, 0);
    notice(1, 2);
    notice(5, 0);
    notice(3, 0);
    notice(4, 0);
    notice(2, 0);
    notice(1, 0);
    HAND_NEW(&b, "clue", {"village", value_int(CITY_VILLAGE)}, {"household", hand_ref(&b, b.household)},
             {"found_on", value_int(HAND_TODAY - 7)}, {"due_on", value_int(HAND_TODAY + 2)});
    HAND_NEW(&b, "clue", {"village", value_int(CITY_VILLAGE)}, {"found_on", value_int(HAND_TODAY - 20)},
             {"due_on", value_int(HAND_TODAY - 11)}, {"decided_on", value_int(HAND_TODAY - 12)}, {"decision", value_int(2)});
    order("远", CITY_VILLAGE, HAND_TODAY + 20, 1);
    order("逾期", CITY_VILLAGE, HAND_TODAY - 3, 1);
    b.quarantined[0].seq = 1;
    b.quarantined_count = 1;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("1"));
    HAND_NEW(&b, "region", {"code", value_int(HAND_TOWNSHIP)}, {"name", hand_text("镇")}, {"level", value_int(4)});
    look(false);
    assert_int_equal(box.count, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < box.count; i++) assert_int_equal(box.list[i].kind, want[i]);
    assert_int_equal(box.list[0].days_left, -3);
    assert_int_equal(box.list[3].days_left, 2);
    assert_int_equal(box.open, box.count);
    assert_false(box.decides);
}

static void orders_by_address(void **state)
{
    (void)state;
    order("本村", CITY_VILLAGE, 0, 1);
    order("别村", CITY_OTHER_VILLAGE, 0, 1);
    order("镇里", HAND_TOWNSHIP, 0, 1);
    order("已办结", CITY_VILLAGE, 0, 2);
    struct row_id ours = order_to("给本人", HAND_TOWNSHIP, b.cadre);
    order_to("给别人", CITY_VILLAGE, b.contact);
    look(false);
    assert_int_equal(count_of(INBOX_ORDER), 2);
    assert_true(row_id_equal(box.list[0].row, ours)); /* it has a day */
    assert_false(box.list[1].dated);
}

static void a_reply_of_this_laptop_answers(void **state)
{
    (void)state;
    struct row_id one = order("一", CITY_VILLAGE, HAND_TODAY + 1, 1), two = order("二", CITY_VILLAGE, HAND_TODAY + 1, 1);
    HAND_NEW(&b, "order_reply", {"order", hand_ref(&b, one)}, {"date", value_int(HAND_TODAY)}, {"text", hand_text("别人回的")});
    look(false);
    assert_int_equal(count_of(INBOX_ORDER), 2); /* another laptop's answer is not ours */
    reply(two, HAND_TODAY);
    look(false);
    assert_int_equal(count_of(INBOX_ORDER), 1);
    assert_true(row_id_equal(box.list[0].row, one));
    look(true);
    assert_int_equal(count_of(INBOX_ORDER), 2);
    assert_true(box.list[1].done);
    assert_int_equal(box.open, 1);
}

/* A township's laptop watches its villages: any answer from there will do; an order to the township is its own. */
static void below_ones_region_any_answer_counts(void **state)
{
    (void)state;
    struct row_id below = order("村", CITY_VILLAGE, HAND_TODAY + 1, 1), exact = order("镇", HAND_TOWNSHIP, HAND_TODAY + 1, 1);
    hand_ok(&b, home_meta_set_text(b.h, META_PLACES, "231202109000", &b.err));
    look(false);
    assert_int_equal(count_of(INBOX_ORDER), 2);
    HAND_NEW(&b, "order_reply", {"order", hand_ref(&b, below)}, {"date", value_int(HAND_TODAY)}, {"text", hand_text("村里回的")});
    HAND_NEW(&b, "order_reply", {"order", hand_ref(&b, exact)}, {"date", value_int(HAND_TODAY)}, {"text", hand_text("别人回的")});
    hand_ok(&b, home_meta_set_text(b.h, META_PLACES, "231202109000", &b.err));
    look(false);
    assert_int_equal(count_of(INBOX_ORDER), 1);
    assert_true(row_id_equal(box.list[0].row, exact));
}

static void in_time_but_received_late(void **state)
{
    (void)state;
    struct row_id to = order("晚", CITY_VILLAGE, HAND_TODAY - 1, 1);
    struct row_id good = reply(to, HAND_TODAY - 1);
    look(false);
    assert_int_equal(box.count, 0); /* not received: nobody can call it late */
    received(good, to, HAND_TODAY - 1);
    look(false);
    assert_int_equal(box.count, 1);
    assert_int_equal(box.list[0].kind, INBOX_LATE_REPLY);
    assert_true(row_id_equal(box.list[0].row, good));
    hand_ok(&b, inbox_seen(b.h, &box, &b.err));
    look(false);
    assert_int_equal(box.count, 0);
}

static void written_after_the_day_is_no_late_upload(void **state)
{
    (void)state;
    struct row_id to = order("迟", CITY_VILLAGE, HAND_TODAY - 1, 1), never = order("无期", CITY_VILLAGE, 0, 1);
    struct row_id late = reply(to, HAND_TODAY), free = reply(never, HAND_TODAY - 5);
    received(late, to, HAND_TODAY);
    received(free, never, HAND_TODAY - 5);
    look(true);
    assert_int_equal(count_of(INBOX_LATE_REPLY), 0);
}

static void a_clue_waits_until_decided(void **state)
{
    (void)state;
    struct row_id id = HAND_NEW(&b, "clue", {"village", value_int(CITY_VILLAGE)}, {"person", hand_text("村东头一户")},
                                {"found_on", value_int(HAND_TODAY)}, {"due_on", value_int(HAND_TODAY + 9)});
    look(false);
    assert_int_equal(box.count, 1);
    assert_int_equal(box.list[0].days_left, 9);
    HAND_TELL(&b, "clue", id, {"village", value_int(CITY_VILLAGE)}, {"person", hand_text("村东头一户")},
              {"found_on", value_int(HAND_TODAY)}, {"due_on", value_int(HAND_TODAY + 9)},
              {"decided_on", value_int(HAND_TODAY + 1)}, {"decision", value_int(1)});
    look(true);
    assert_int_equal(box.count, 0);
}

/* Orders and clues cannot be looked away; notices can, and a ruling that comes later is new. */
static void seen_is_for_notices(void **state)
{
    struct hand_cell list[HAND_CELLS];
    size_t n;
    (void)state;
    order("一", CITY_VILLAGE, HAND_TODAY + 1, 1);
    notice(4, 0);
    struct row_id pair = notice(3, 0);
    look(false);
    assert_int_equal(box.count, 3);
    hand_ok(&b, inbox_seen(b.h, &box, &b.err));
    look(false);
    assert_int_equal(box.count, 1);
    assert_int_equal(box.list[0].kind, INBOX_ORDER);
    hand_notice(&b, 3, "household", b.household, list, &n);
    list[n++] = (struct hand_cell){"seq", value_int(3)};
    list[n++] = (struct hand_cell){"decision", value_int(3)};
    hand_tell(&b, "notice", pair, list, n);
    look(false);
    assert_int_equal(box.count, 2);
    assert_int_equal(count_of(INBOX_RULING), 1);
    hand_snapshot(&b, NULL, NULL);
    look(true);
    assert_int_equal(box.count, 3);
    assert_int_equal(box.open, 2);
}

/* The household has left: what was to be done for that is done. Taken over again later: likewise, though it is here. */
static void a_handover_ends_by_itself(void **state)
{
    struct hand_cell list[HAND_CELLS];
    struct row_id gone = {.origin = 0x77, .number = 99};
    size_t n;
    (void)state;
    notice(4, 0);
    hand_notice(&b, 4, "household", gone, list, &n);
    list[n++] = (struct hand_cell){"yours", hand_text("H9")};
    hand_new(&b, "notice", list, n);
    look(false);
    assert_int_equal(count_of(INBOX_HANDOVER), 1);
    look(true);
    assert_int_equal(count_of(INBOX_HANDOVER), 2);
    notice(5, 0);
    look(false);
    assert_int_equal(count_of(INBOX_HANDOVER), 0);
    assert_int_equal(count_of(INBOX_TAKEOVER), 1);
}

static void a_move_is_told_until_it_is_seen(void **state)
{
    (void)state;
    notice(7, 0);
    look(false);
    assert_int_equal(count_of(INBOX_MOVED), 1);
    assert_string_equal(inbox_kind_name(box.list[0].kind), "moved");
    hand_ok(&b, inbox_seen(b.h, &box, &b.err));
    look(false);
    assert_int_equal(box.count, 0);
}

static void a_notice_of_tomorrow_is_left_alone(void **state)
{
    (void)state;
    notice(60, 0);
    look(true);
    assert_int_equal(box.count, 0);
}

static void who_decides_sees_it(void **state)
{
    (void)state;
    hand_ok(&b, home_meta_set_text(b.h, META_WORKERS, "B1,X1,没有的", &b.err));
    look(false);
    assert_true(box.decides);
}

/* ---- what this laptop did to a row ---- */

struct acts {
    size_t count;
    uint64_t seq[8];
    enum record_state state[8];
    size_t cells[8];
};

static int on_act(void *ctx, const struct own_act *a)
{
    struct acts *s = ctx;
    assert_true(row_id_equal(a->author, b.cadre));
    s->seq[s->count] = a->seq;
    s->cells[s->count] = a->count;
    s->state[s->count++] = a->status.state;
    return 0;
}

static struct acts history(const char *table, struct row_id id)
{
    const struct schema_table *t = schema_table_named(b.h->schema, table);
    struct acts s = {0};
    struct table_row row;
    assert_int_equal(table_read(b.h->tables, t, id, &b.arena, &row, &b.err), 1);
    hand_ok(&b, history_walk(b.h, t, &row, on_act, &s, &b.err));
    return s;
}

static void acts_with_their_states(void **state)
{
    (void)state;
    assert_int_equal(history("household", b.household).count, 0);
    struct row_id to = order("一", CITY_VILLAGE, 0, 1);
    uint64_t first = hand_set(&b, "household", b.household, "phone", hand_text("1"));
    hand_set(&b, "member", b.member, "name", hand_text("试某"));
    uint64_t second = hand_set(&b, "household", b.household, "phone", hand_text("2"));
    struct row_id made = reply(to, HAND_TODAY);
    receipt_up_to(first);
    struct acts s = history("household", b.household);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.seq[0], first);
    assert_int_equal(s.seq[1], second);
    assert_int_equal(s.state[0], RECORD_RECEIVED);
    assert_int_equal(s.state[1], RECORD_PENDING);
    s = history("order_reply", made);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.cells[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(most_urgent_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(orders_by_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reply_of_this_laptop_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(below_ones_region_any_answer_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_time_but_received_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(written_after_the_day_is_no_late_upload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clue_waits_until_decided, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seen_is_for_notices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handover_ends_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_move_is_told_until_it_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_notice_of_tomorrow_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_decides_sees_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(acts_with_their_states, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
