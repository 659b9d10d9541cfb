/* Own values that are not in force: told once, with the reason where the server has sent one, open until looked at or
 * changed since, and open again when the office rules. */
#include "byhand.h"
#include "losses.h"

static struct hand b;

static int set_up(void **state)
{
    (void)state;
    hand_open(&b, "losses");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hand_close(&b);
    return 0;
}

enum { MOST = 8 };
struct seen {
    size_t count, open;
    struct loss all[MOST]; /* what they point to is gone, but schema */
    char mine[MOST][64], theirs[MOST][64];
    int64_t reason, ruling;
    bool pair[MOST], against[MOST];
};

static void copy(char out[64], const struct value *v)
{
    size_t n = v->kind == VALUE_TEXT && v->len < 63 ? v->len : 0;
    if (n) memcpy(out, v->data, n);
    out[n] = '\0';
}

static int look(void *ctx, const struct loss *l)
{
    struct seen *s = ctx;
    assert_true(s->count < MOST);
    s->all[s->count] = *l;
    copy(s->mine[s->count], &l->mine);
    copy(s->theirs[s->count], &l->theirs);
    s->reason = l->notice ? l->notice->reason : 0;
    s->pair[s->count] = l->notice && notice_pair(l->notice);
    s->against[s->count] = l->notice && notice_against(l->notice);
    s->ruling = l->notice ? l->notice->ruling : 0;
    s->count++;
    s->open += loss_open(l);
    return 0;
}

static struct seen losses(void)
{
    struct seen s = {0};
    hand_ok(&b, losses_walk(b.h, NULL, (struct row_id){0}, look, &s, &b.err));
    return s;
}

static void phone_is(const char *number)
{
    HAND_TELL(&b, "household", b.household, {"national_no", hand_text("H1")}, {"village", value_int(CITY_VILLAGE)},
              {"head_name", hand_text("试户一")}, {"phone", hand_text(number)});
}

/* A notice about this laptop's phone number of changeset `seq`; with an id it is told anew. */
static struct row_id notice(int kind, struct row_id id, const char *yours, const char *current, uint64_t seq, int ruling)
{
    struct hand_cell list[HAND_CELLS];
    size_t n;
    hand_notice(&b, kind, "household", b.household, list, &n);
    list[n++] = (struct hand_cell){"item", hand_text("phone")};
    list[n++] = (struct hand_cell){"yours", hand_text(yours)};
    list[n++] = (struct hand_cell){"current", hand_text(current)};
    list[n++] = (struct hand_cell){"reason", value_int(2)};
    list[n++] = (struct hand_cell){"other", hand_text("B2 帮扶乙")};
    list[n++] = (struct hand_cell){"ledger", value_int(31)};
    list[n++] = (struct hand_cell){"seq", value_int((int64_t)seq)};
    if (ruling) list[n++] = (struct hand_cell){"decision", value_int(ruling)};
    if (ruling) list[n++] = (struct hand_cell){"decided_by", hand_text("X1 县级丙")};
    if (ruling) list[n++] = (struct hand_cell){"why", hand_text("打电话核实")};
    if (row_id_is_null(id)) id = hand_id(&b);
    hand_tell(&b, "notice", id, list, n);
    return id;
}

static const struct row_id nobody = {0};

/* ---- tests ---- */

static void what_is_known_twice_is_told_once(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("222");
    struct seen alone = losses();
    assert_int_equal(alone.count, 1);
    assert_null(alone.all[0].notice);
    assert_int_equal(alone.all[0].kind, LOSS_LOST);
    notice(NOTICE_NOT_TAKEN, nobody, "111", "222", b.received, 0);
    struct seen both = losses();
    assert_int_equal(both.count, 1);
    assert_int_equal(both.open, 1);
    assert_int_equal(both.reason, 2);
    assert_string_equal(both.mine[0], "111");
    assert_string_equal(both.theirs[0], "222");
    assert_int_equal(both.all[0].column->number, schema_column_named(both.all[0].table, "phone")->number);
    assert_false(both.all[0].as_text);
}

/* Two notices about one cell and changeset: the newer one counts. */
static void newest_notice_counts(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("111");
    notice(NOTICE_VERIFY, nobody, "111", "222", b.received, 0);
    notice(NOTICE_NOT_TAKEN, nobody, "111", "333", b.received, 0);
    phone_is("333");
    struct seen s = losses();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.all[0].kind, LOSS_REPLACED); /* it was shown, then not any more */
}

static void another_changeset_is_another_entry(void **state)
{
    (void)state;
    uint64_t first = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    uint64_t second = hand_set(&b, "household", b.household, "phone", hand_text("112"));
    b.received = second;
    phone_is("222");
    notice(NOTICE_NOT_TAKEN, nobody, "111", "222", first, 0);
    struct seen s = losses();
    assert_int_equal(s.count, 2);
    assert_int_equal(s.all[0].seq, first);
    assert_int_equal(s.all[1].seq, second);
}

static void in_force_but_to_be_verified(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("111");
    assert_int_equal(losses().count, 0);
    notice(NOTICE_VERIFY, nobody, "111", "222", b.received, 0);
    struct seen s = losses();
    assert_int_equal(s.open, 1);
    assert_int_equal(s.all[0].kind, LOSS_VERIFY);
    assert_string_equal(s.theirs[0], "222");
    phone_is("444"); /* somebody has written since: settled, and told as replaced */
    s = losses();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.all[0].kind, LOSS_REPLACED);
}

static void a_change_since_settles(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("222");
    notice(NOTICE_NOT_TAKEN, nobody, "111", "222", b.received, 0);
    hand_set(&b, "household", b.household, "phone", hand_text("111")); /* brought back, not sent yet */
    struct seen s = losses();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.open, 0);
    assert_true(s.all[0].settled);
}

static void seen_until_the_office_rules(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("222");
    struct row_id id = notice(NOTICE_NOT_TAKEN, nobody, "111", "222", b.received, 0);
    hand_ok(&b, losses_seen(b.h, &b.err));
    struct seen s = losses();
    assert_int_equal(s.count, 1);
    assert_int_equal(s.open, 0);
    assert_true(s.all[0].seen);
    phone_is("111"); /* the ruling: yours; the cell is changed since, but nobody here knows why */
    notice(NOTICE_NOT_TAKEN, id, "111", "222", b.received, RULING_YOURS);
    s = losses();
    assert_int_equal(s.open, 1);
    assert_int_equal(s.ruling, RULING_YOURS);
    hand_ok(&b, losses_seen(b.h, &b.err));
    assert_int_equal(losses().open, 0);
}

/* A pair waits for somebody who knows both values; a ruling against the own value is known as one. */
static void pairs_and_rulings(void **state)
{
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("222");
    struct row_id id = notice(NOTICE_NOT_TAKEN, nobody, "111", "222", b.received, 0);
    struct seen s = losses();
    assert_true(s.pair[0]);
    assert_false(s.against[0]);
    notice(NOTICE_NOT_TAKEN, id, "111", "222", b.received, RULING_OTHERS);
    s = losses();
    assert_false(s.pair[0]);
    assert_true(s.against[0]);
    notice(NOTICE_NOT_TAKEN, id, "111", "111", b.received, RULING_YOURS);
    assert_false(losses().against[0]);
    notice(NOTICE_NOT_TAKEN, id, "111", "333", b.received, RULING_ANOTHER);
    assert_true(losses().against[0]);
}

static void count_while_it_runs(void *ctx)
{
    *(size_t *)ctx = losses().open;
}

static void seen_outlives_a_snapshot(void **state)
{
    size_t between = 99;
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    phone_is("222");
    notice(NOTICE_NOT_TAKEN, nobody, "111", "222", b.received, 0);
    hand_ok(&b, losses_seen(b.h, &b.err));
    hand_snapshot(&b, count_while_it_runs, &between);
    assert_int_equal(between, 0);
    assert_int_equal(losses().count, 1);
    assert_int_equal(losses().open, 0);
}

static void of_one_row_only(void **state)
{
    struct seen s = {0};
    (void)state;
    b.received = hand_set(&b, "household", b.household, "phone", hand_text("111"));
    b.received = hand_set(&b, "member", b.member, "name", hand_text("试某"));
    phone_is("222");
    HAND_TELL(&b, "member", b.member, {"household", hand_ref(&b, b.household)}, {"name", hand_text("试户一")},
              {"health", value_int(2)});
    assert_int_equal(losses().count, 2);
    hand_ok(&b, losses_walk(b.h, schema_table_named(b.h->schema, "member"), b.member, look, &s, &b.err));
    assert_int_equal(s.count, 1);
    assert_string_equal(s.mine[0], "试某");
}

/* From a server of tomorrow: tables, columns and codes that this program has no name for. */
static void strangers_are_told_in_their_words(void **state)
{
    struct hand_cell list[HAND_CELLS];
    size_t n;
    (void)state;
    hand_notice(&b, NOTICE_NOT_TAKEN, "household", b.household, list, &n);
    list[n++] = (struct hand_cell){"item", hand_text("colour")};
    list[n++] = (struct hand_cell){"yours", hand_text("红")};
    hand_new(&b, "notice", list, n);
    hand_notice(&b, NOTICE_PROPOSAL, "vehicle", b.household, list, &n);
    list[n++] = (struct hand_cell){"yours", hand_text("拖拉机")};
    hand_new(&b, "notice", list, n);
    list[3].value = hand_text("no slash at all");
    hand_new(&b, "notice", list, n);
    struct seen s = losses();
    assert_int_equal(s.count, 3);
    assert_int_equal(s.open, 3);
    assert_null(s.all[0].column);
    assert_non_null(s.all[0].table);
    assert_string_equal(s.mine[0], "红");
    assert_null(s.all[1].table);
    assert_null(s.all[2].table);
    assert_int_equal(s.all[1].kind, LOSS_PROPOSAL);
    hand_ok(&b, losses_seen(b.h, &b.err));
    assert_int_equal(losses().open, 0);
}

static void a_record_that_is_gone_still_tells(void **state)
{
    (void)state;
    notice(NOTICE_NOT_TAKEN, nobody, "111", "", 9, 0);
    struct hand_cell list[HAND_CELLS];
    size_t n;
    hand_notice(&b, NOTICE_NOT_TAKEN, "household", row_id_make(7, 3, 0), list, &n);
    list[n++] = (struct hand_cell){"item", hand_text("phone")};
    list[n++] = (struct hand_cell){"yours", hand_text("777")};
    hand_new(&b, "notice", list, n);
    struct seen s = losses();
    assert_int_equal(s.count, 2);
    assert_true(s.all[0].here);
    assert_false(s.all[1].here);
    assert_false(s.all[1].settled);
    assert_string_equal(s.mine[1], "777");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_known_twice_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(newest_notice_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_changeset_is_another_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_force_but_to_be_verified, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_since_settles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seen_until_the_office_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pairs_and_rulings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seen_outlives_a_snapshot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_one_row_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_are_told_in_their_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_that_is_gone_still_tells, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
