/* Own values that the server did not keep are noted where they were written: at once, or when another's replaces
 * them later. Two laptops, one server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "journal.h"
#include "village.h"

static struct village v;

static int open_village(void **state)
{
    (void)state;
    return village_open(&v, "lost", 2, 6);
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

static void sync_all(void)
{
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 2; i++) {
            struct sync_report r;
            ok(village_sync(&v, i, &r));
        }
    }
}

struct seen {
    size_t count;
    struct lost_value last;
    char mine[64], theirs[64];
};

static void copy(char out[64], const struct value *value)
{
    size_t n = value->kind == VALUE_TEXT && value->len < 63 ? value->len : 0;
    if (n) memcpy(out, value->data, n);
    out[n] = '\0';
}

static int look(void *ctx, const struct lost_value *lost)
{
    struct seen *s = ctx;
    s->count++;
    s->last = *lost;
    copy(s->mine, &lost->mine);
    copy(s->theirs, &lost->theirs);
    return 0;
}

static struct seen lost_on(size_t laptop)
{
    struct seen s = {0};
    ok(journal_lost_walk(v.laptop[laptop], look, &s, &v.err));
    return s;
}

static void phone(size_t laptop, size_t household, const char *number)
{
    ok(city_set(v.laptop[laptop], v.city.cadre, "household", v.city.household[household], "phone",
                value_text(number, strlen(number)), &v.err));
}

/* Whoever loses by the table — same day, so the tie — is told so, and the other is not told to have lost at once. */
static void one_of_two_loses(void **state)
{
    size_t before[2] = {lost_on(0).count, lost_on(1).count};
    (void)state;
    phone(0, 0, "111");
    phone(1, 0, "222");
    sync_all();
    struct seen first = lost_on(0), second = lost_on(1);
    assert_int_equal(first.count + second.count, before[0] + before[1] + 1);
    const struct seen *loser = first.count > before[0] ? &first : &second;
    assert_int_equal(loser->last.how, loser == &first ? LOST_LATER : LOST_AT_ONCE);
    assert_string_equal(loser->mine, loser == &first ? "111" : "222");
    assert_string_equal(loser->theirs, loser == &first ? "222" : "111");
    assert_true(row_id_equal(loser->last.row, v.city.household[0]));
}

static void replaced_later_is_told_once(void **state)
{
    size_t before = lost_on(0).count;
    (void)state;
    phone(0, 1, "333");
    sync_all();
    assert_int_equal(lost_on(0).count, before);
    phone(1, 1, "444");
    sync_all();
    struct seen s = lost_on(0);
    assert_int_equal(s.count, before + 1);
    assert_int_equal(s.last.how, LOST_LATER);
    assert_string_equal(s.mine, "333");
    assert_string_equal(s.theirs, "444");
    phone(1, 1, "555");
    sync_all();
    assert_int_equal(lost_on(0).count, before + 1);
}

static void own_later_edits_are_no_loss(void **state)
{
    size_t before = lost_on(0).count;
    (void)state;
    phone(0, 2, "666");
    sync_all();
    phone(0, 2, "777");
    sync_all();
    phone(0, 2, "888");
    phone(0, 2, "999");
    sync_all();
    assert_int_equal(lost_on(0).count, before);
}

static void sets_lose_elements(void **state)
{
    size_t before[2] = {lost_on(0).count, lost_on(1).count};
    struct value chronic = value_int(1 << 2), ill = value_int(1 << 3), none = value_null();
    (void)state;
    ok(city_set_elements(v.laptop[0], v.city.cadre, "member", v.city.member[0], "health", ill, none, &v.err));
    ok(city_set_elements(v.laptop[1], v.city.cadre, "member", v.city.member[0], "health", chronic, none, &v.err));
    sync_all();
    assert_int_equal(lost_on(0).count, before[0]); /* union: nobody loses */
    assert_int_equal(lost_on(1).count, before[1]);
    ok(city_set_elements(v.laptop[1], v.city.cadre, "member", v.city.member[0], "health", none, ill, &v.err));
    sync_all();
    struct seen s = lost_on(0);
    assert_int_equal(s.count, before[0] + 1);
    assert_int_equal(s.last.how, LOST_LATER);
    assert_int_equal(s.last.mine.i, 1 << 3);
    assert_int_equal(lost_on(1).count, before[1]);
}

static void what_the_county_decides_was_not_taken(void **state)
{
    size_t before = lost_on(0).count;
    (void)state;
    ok(city_set(v.laptop[0], v.city.cadre, "household", v.city.household[3], "monitor_status", value_int(2), &v.err));
    sync_all();
    struct seen s = lost_on(0);
    assert_int_equal(s.count, before + 1);
    assert_int_equal(s.last.how, LOST_AT_ONCE);
    assert_int_equal(s.last.mine.i, 2);
    assert_int_equal(s.last.theirs.kind, VALUE_NULL);
}

static void seen_is_remembered(void **state)
{
    struct seen s = lost_on(0);
    (void)state;
    assert_false(s.last.seen);
    ok(journal_lost_seen(v.laptop[0], &v.err));
    s = lost_on(0);
    assert_true(s.count > 0 && s.last.seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_two_loses),        cmocka_unit_test(replaced_later_is_told_once),
        cmocka_unit_test(own_later_edits_are_no_loss), cmocka_unit_test(sets_lose_elements),
        cmocka_unit_test(what_the_county_decides_was_not_taken), cmocka_unit_test(seen_is_remembered),
    };
    return cmocka_run_group_tests(tests, open_village, close_village);
}
