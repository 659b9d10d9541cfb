/* The rules, one by one, over facts made here; and that their numbers are the code book's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../../core/rules/codes.h"
#include "zhucun/env.h"

static struct rule_book book;
static struct rule_household h;
static struct {
    unsigned count[RULE_CODES], all;
    int64_t since[RULE_CODES], limit[RULE_CODES];
    char value[RULE_CODES][32];
    char zh[RULE_CODES][400], en[RULE_CODES][400];
} heard;

static int64_t day(const char *text)
{
    int64_t d = 0;
    assert_int_equal(date_parse(text, &d), 0);
    return d;
}

static struct value text(const char *t)
{
    return value_text(t, strlen(t));
}

static void put_message(const struct rule_finding *f, enum lang lang, char *out, size_t room)
{
    struct buf b;
    buf_init(&b, 4096);
    rule_message(f, lang, &b);
    assert_true(b.len > 0 && b.len < room);
    assert_null(memchr(b.data, '{', b.len));
    memcpy(out, buf_text(&b), b.len + 1);
    buf_free(&b);
}

static int hear(void *ctx, const struct rule_household *of, const struct rule_finding *f)
{
    enum rule_code code = f->rule->code;
    (void)ctx;
    assert_ptr_equal(of, &h);
    heard.all++;
    heard.count[code]++;
    heard.since[code] = f->since;
    heard.limit[code] = f->rule->limit;
    memcpy(heard.value[code], f->value, sizeof f->value);
    put_message(f, LANG_ZH, heard.zh[code], sizeof heard.zh[code]);
    put_message(f, LANG_EN, heard.en[code], sizeof heard.en[code]);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    book = rule_book_at(day("2026-03-05"));
    h = (struct rule_household){.village = INT64_C(231202109250), .head_name = text("试户"), .taken_in = RULE_NONE,
                                .cleared_on = RULE_NONE};
    memset(&heard, 0, sizeof heard);
    return 0;
}

static unsigned of_household(enum rule_code code)
{
    memset(&heard, 0, sizeof heard);
    assert_int_equal(rules_household(&book, &h, hear, NULL), 0);
    return heard.count[code];
}

static void a_plain_household_is_silent(void **state)
{
    (void)state;
    of_household(RULE_PHONE);
    assert_int_equal(heard.all, 0);
}

static void a_month_without_a_measure(void **state)
{
    (void)state;
    h.status = STATUS_MONITORED;
    assert_int_equal(of_household(RULE_TAKEN_IN_MISSING), 1);
    h.taken_in = day("2026-02-05");
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 0); /* the month ends today */
    h.taken_in = day("2026-02-04");
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 1);
    assert_int_equal(heard.since[RULE_MEASURE_MISSING], day("2026-03-05"));
    assert_int_equal(heard.all, 1);
    h.taken_in = day("2026-01-31"); /* until the last of February */
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 1);
    assert_int_equal(heard.since[RULE_MEASURE_MISSING], day("2026-03-01"));
    h.status = STATUS_FELL_BACK;
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 1);
    h.measures = 1;
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 0);
    h.measures = 0;
    h.status = STATUS_CLEARED;
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 0);
}

static void cleared_too_early(void **state)
{
    (void)state;
    h.status = STATUS_CLEARED;
    h.cleared_way = WAY_ASSISTANCE;
    h.taken_in = day("2025-12-31");
    h.cleared_on = day("2026-02-27");
    h.after_care = text("继续走访");
    h.measures = 1;
    assert_int_equal(of_household(RULE_CLEARED_EARLY), 1);
    assert_int_equal(heard.since[RULE_CLEARED_EARLY], h.cleared_on);
    assert_int_equal(heard.all, 1);
    assert_non_null(strstr(heard.zh[RULE_CLEARED_EARLY], "2 个月"));
    h.cleared_on = day("2026-02-28"); /* two months to the day: February has no 31st */
    assert_int_equal(of_household(RULE_CLEARED_EARLY), 0);
    h.cleared_on = day("2026-01-10");
    h.cleared_way = WAY_ASSISTANCE + 1;
    assert_int_equal(of_household(RULE_CLEARED_EARLY), 0);
}

static void cleared_and_left_blank(void **state)
{
    (void)state;
    h.status = STATUS_CLEARED;
    h.after_care = text(" \t\xE3\x80\x80\n");
    assert_int_equal(of_household(RULE_AFTER_CARE_BLANK), 1);
    assert_int_equal(heard.count[RULE_CLEARED_UNDATED], 1);
    assert_int_equal(heard.count[RULE_CLEARED_NO_MEASURE], 0);
    h.cleared_way = WAY_ASSISTANCE;
    h.cleared_on = day("2026-01-10");
    assert_int_equal(of_household(RULE_CLEARED_NO_MEASURE), 1);
    assert_int_equal(heard.count[RULE_CLEARED_UNDATED], 0);
    h.after_care = text("每季走访");
    h.measures = 2;
    of_household(RULE_AFTER_CARE_BLANK);
    assert_int_equal(heard.all, 0);
}

static void phones(void **state)
{
    static const char *const good[] = {"13900000000", "139 0000 0000", "+86 13900000000", "8613900000000", "0455-8123456",
                                       "(0455)8123456", "04558123456", "8123456", "13900000000、13800000000",
                                       "13900000000/8123456", " "};
    static const char *const bad[] = {"12345", "1390000000", "139000000000", "12900000000", "无", "13900000000、1",
                                      "0045812345", "11111111", "139000000001390000000013900000000"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        h.phone = text(good[i]);
        if (of_household(RULE_PHONE)) fail_msg("%s is implausible", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        h.phone = text(bad[i]);
        if (!of_household(RULE_PHONE)) fail_msg("%s is plausible", bad[i]);
    }
    h.phone = text("一二三四五六七八九十一二三四五六七八九十"); /* 60 bytes: cut at a character */
    assert_int_equal(of_household(RULE_PHONE), 1);
    assert_string_equal(heard.value[RULE_PHONE], "一二三四五六七八九十");
}

static unsigned of_member(const struct rule_member *m, enum rule_code code)
{
    memset(&heard, 0, sizeof heard);
    assert_int_equal(rules_member(&book, &h, m, hear, NULL), 0);
    return heard.count[code];
}

static void members(void **state)
{
    struct rule_member m = {.name = text("试甲"), .id_no = text("11010519491231002X"), .birth = day("1949-12-31"), .sex = 2};
    (void)state;
    of_member(&m, RULE_ID_FORM);
    assert_int_equal(heard.all, 0);
    m.birth = day("1949-12-30");
    assert_int_equal(of_member(&m, RULE_ID_BIRTH), 1);
    m.birth = RULE_NONE;
    assert_int_equal(of_member(&m, RULE_ID_BIRTH), 0);
    m.sex = 1;
    assert_int_equal(of_member(&m, RULE_ID_SEX), 1);
    m.sex = 0;
    m.id_no = text("110105194912310021");
    assert_int_equal(of_member(&m, RULE_ID_CHECK_DIGIT), 1);
    assert_non_null(strstr(heard.zh[RULE_ID_CHECK_DIGIT], "应为 X"));
    m.id_no = text("123");
    assert_int_equal(of_member(&m, RULE_ID_FORM), 1);
    assert_int_equal(heard.all, 1);
    m.id_no = value_null();
    m.health = 1 << 3 | 1 << 2;
    m.insurance = 1 << 3 | 1 << 5; /* a pension is no medical insurance */
    assert_int_equal(of_member(&m, RULE_INSURANCE_MISSING), 1);
    m.insurance |= 1 << 1;
    assert_int_equal(of_member(&m, RULE_INSURANCE_MISSING), 0);
}

static void visits(void **state)
{
    struct rule_visit v = {.date = day("2026-03-05"), .mode = 1, .summary = text("看望")};
    (void)state;
    assert_int_equal(rules_visit(&book, &h, &v, hear, NULL), 0);
    assert_int_equal(heard.all, 0);
    v.date++;
    v.summary = text("  ");
    assert_int_equal(rules_visit(&book, &h, &v, hear, NULL), 0);
    assert_int_equal(heard.count[RULE_VISIT_FUTURE], 1);
    assert_int_equal(heard.count[RULE_VISIT_NO_SUMMARY], 1);
    assert_non_null(strstr(heard.en[RULE_VISIT_FUTURE], "2026-03-06"));
    v = (struct rule_visit){.date = day("2026-03-05"), .mode = MODE_NOT_MET, .summary = value_null()};
    assert_int_equal(rules_visit(&book, &h, &v, hear, NULL), 0);
    assert_int_equal(heard.all, 2);
}

static void risks(void **state)
{
    struct rule_risk r = {.state = RISK_CLOSED, .closed_on = RULE_NONE, .closed_by = true, .closed_why = value_null()};
    (void)state;
    assert_int_equal(rules_risk(&book, &h, &r, hear, NULL), 0);
    assert_int_equal(heard.count[RULE_RISK_CLOSED_BARE], 1);
    r.closed_why = text("痊愈");
    assert_int_equal(rules_risk(&book, &h, &r, hear, NULL), 0);
    assert_int_equal(heard.all, 1);
    r.closed_by = false;
    assert_int_equal(rules_risk(&book, &h, &r, hear, NULL), 0);
    assert_int_equal(heard.all, 2);
    r = (struct rule_risk){.state = 1, .closed_on = RULE_NONE};
    assert_int_equal(rules_risk(&book, &h, &r, hear, NULL), 0);
    assert_int_equal(heard.all, 2);
}

static unsigned of_sheet(const struct rule_sheet *s, enum rule_code code)
{
    memset(&heard, 0, sizeof heard);
    assert_int_equal(rules_sheet(&book, &h, s, hear, NULL), 0);
    return heard.count[code];
}

static struct rule_sheet sheet(int64_t net, int64_t per_head)
{
    return (struct rule_sheet){.period = text("2025"), .same_period = 1, .last_of_period = true, .latest_period = true,
                               .income = {2000000, RULE_NONE, RULE_NONE, RULE_NONE, RULE_NONE, 2, net, per_head}};
}

static void sheets_that_do_not_add_up(void **state)
{
    struct rule_sheet s = sheet(2000000, 1000000);
    (void)state;
    of_sheet(&s, RULE_INCOME_SUM);
    assert_int_equal(heard.all, 0);
    s = sheet(2000001, 1000001);
    assert_int_equal(of_sheet(&s, RULE_INCOME_SUM), 1);
    assert_string_equal(heard.value[RULE_INCOME_SUM], "20000.00");
    s = sheet(2000000, 1000001);
    assert_int_equal(of_sheet(&s, RULE_INCOME_SUM), 1);
    assert_string_equal(heard.value[RULE_INCOME_SUM], "10000.00");
}

static void the_line_in_force(void **state)
{
    const struct rule_line lines[] = {{INT64_C(231200000000), 2025, 900000}, {INT64_C(231202000000), 2025, 1000100},
                                      {INT64_C(231221000000), 2025, 9000000}, {INT64_C(231202000000), 2024, 9000000},
                                      {INT64_C(231200000000), 2025, 900000}};
    struct rule_sheet s = sheet(2000000, 1000000);
    (void)state;
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 0);
    s = sheet(RULE_NONE, 599999);
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 1);
    assert_non_null(strstr(heard.zh[RULE_INCOME_BELOW_LINE], "6000 元"));
    book.lines = lines;
    book.line_count = 1;
    s = sheet(2000000, 1000000);
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 0);
    book.line_count = 5; /* its own county's goes before the city's; another county's and year's are nothing to it */
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 1);
    assert_int_equal(heard.limit[RULE_INCOME_BELOW_LINE], 1000100);
    assert_non_null(strstr(heard.en[RULE_INCOME_BELOW_LINE], "10001 yuan"));
    s.latest_period = false;
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 0);
    s.latest_period = true;
    s.period = text("2025Q1"); /* a quarter's income is not a year's */
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 0);
    s.period = text("2025年度");
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 1);
    s.chosen_of_period = 1; /* the township took another */
    assert_int_equal(of_sheet(&s, RULE_INCOME_BELOW_LINE), 0);
}

static void two_sheets(void **state)
{
    struct rule_sheet s = sheet(2000000, 1000000);
    (void)state;
    s.same_period = 2;
    assert_int_equal(of_sheet(&s, RULE_INCOME_TWICE), 1);
    s.last_of_period = false;
    assert_int_equal(of_sheet(&s, RULE_INCOME_TWICE), 0);
    s.last_of_period = true;
    s.chosen_of_period = 1;
    assert_int_equal(of_sheet(&s, RULE_INCOME_TWICE), 0);
    s.chosen_of_period = 2;
    assert_int_equal(of_sheet(&s, RULE_INCOME_TWICE), 1);
}

static void months(void **state)
{
    (void)state;
    assert_int_equal(rule_months_later(day("2026-01-31"), 1), day("2026-02-28"));
    assert_int_equal(rule_months_later(day("2024-01-31"), 1), day("2024-02-29"));
    assert_int_equal(rule_months_later(day("2025-12-31"), 2), day("2026-02-28"));
    assert_int_equal(rule_months_later(day("2025-12-05"), 1), day("2026-01-05"));
    assert_int_equal(rule_months_later(day("2025-11-30"), 15), day("2027-02-28"));
}

/* A rule is in force on the days its line says; outside of them nobody is bothered with it. */
static void rules_have_dates(void **state)
{
    const struct rule dated[] = {{RULE_MEASURE_MISSING, day("2020-01-01"), day("2020-12-31"), 3, "{limit}", "{limit}"},
                                 {RULE_MEASURE_MISSING, day("2021-01-01"), INT64_MAX, 1, "{limit}", "{limit}"}};
    (void)state;
    book.list = dated;
    book.count = 2;
    h.status = STATUS_MONITORED;
    h.taken_in = day("2019-12-31");
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 0);
    h.taken_in = day("2020-12-31");
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 1);
    assert_int_equal(heard.limit[RULE_MEASURE_MISSING], 3);
    assert_int_equal(heard.since[RULE_MEASURE_MISSING], day("2021-04-01"));
    h.taken_in = day("2021-01-01");
    assert_int_equal(of_household(RULE_MEASURE_MISSING), 1);
    assert_int_equal(heard.limit[RULE_MEASURE_MISSING], 1);
}

static void every_rule_has_words_and_a_name(void **state)
{
    const struct rule_book all = rule_book_at(0);
    bool there[RULE_CODES] = {false};
    (void)state;
    for (size_t i = 0; i < all.count; i++) {
        there[all.list[i].code] = true;
        assert_non_null(all.list[i].zh);
        assert_non_null(all.list[i].en);
        assert_true(all.list[i].from <= all.list[i].to);
    }
    for (int code = 0; code < RULE_CODES; code++) {
        assert_true(there[code]);
        assert_non_null(rule_name((enum rule_code)code));
    }
}

static void code_is(const char *table, const char *column, int code, const char *zh)
{
    const struct schema_table *t = schema_table_named(schema_current(), table);
    assert_string_equal(schema_code_label(schema_column_named(t, column)->codes, code, LANG_ZH), zh);
}

static void numbers_are_the_code_books(void **state)
{
    (void)state;
    assert_int_equal(schema_table_named(schema_current(), "household")->number, TABLE_HOUSEHOLD);
    assert_int_equal(schema_table_named(schema_current(), "member")->number, TABLE_MEMBER);
    assert_int_equal(schema_table_named(schema_current(), "visit")->number, TABLE_VISIT);
    assert_int_equal(schema_table_named(schema_current(), "risk")->number, TABLE_RISK);
    assert_int_equal(schema_table_named(schema_current(), "income_sheet")->number, TABLE_INCOME_SHEET);
    code_is("household", "monitor_status", STATUS_MONITORED, "监测中");
    code_is("household", "monitor_status", STATUS_CLEARED, "风险消除");
    code_is("household", "monitor_status", STATUS_FELL_BACK, "回退");
    code_is("household", "cleared_way", WAY_ASSISTANCE, "帮扶消除");
    code_is("member", "health", 3, "大病");
    code_is("member", "insurance", 1, "城乡居民基本医疗保险");
    code_is("member", "insurance", 2, "大病保险");
    code_is("member", "insurance", 4, "商业补充医疗保险");
    code_is("member", "sex", 1, "男");
    code_is("visit", "mode", MODE_NOT_MET, "未遇");
    code_is("risk", "state", RISK_CLOSED, "已消除");
    code_is("member_event", "kind", 8, "其他转出");
    code_is("member_event", "kind", 4, "判刑收监");
    code_is("member_event", "kind", 5, "嫁入");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_plain_household_is_silent, setup), cmocka_unit_test_setup(a_month_without_a_measure, setup),
        cmocka_unit_test_setup(cleared_too_early, setup), cmocka_unit_test_setup(cleared_and_left_blank, setup),
        cmocka_unit_test_setup(phones, setup), cmocka_unit_test_setup(members, setup), cmocka_unit_test_setup(visits, setup),
        cmocka_unit_test_setup(risks, setup), cmocka_unit_test_setup(sheets_that_do_not_add_up, setup),
        cmocka_unit_test_setup(the_line_in_force, setup), cmocka_unit_test_setup(two_sheets, setup),
        cmocka_unit_test_setup(months, setup), cmocka_unit_test_setup(rules_have_dates, setup),
        cmocka_unit_test(every_rule_has_words_and_a_name), cmocka_unit_test(numbers_are_the_code_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
