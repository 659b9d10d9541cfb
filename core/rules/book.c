/* book: THE table of rules, with their dates of validity and their words; see rules.h. A rule that changes gets
 * another line with other dates, never another number in an old line. Which day decides whether a line is in force:
 *
 *   id_*, insurance_missing, phone    today
 *   taken_in_missing                  today
 *   measure_missing                   the day on which the household was taken in
 *   cleared_*, after_care_blank       the day on which it was cleared, else today
 *   visit_*, risk_closed_bare         the visit's day, the closing's day, else today
 *   income_*                          the last day of the sheet's year
 *
 * Income lines. 6,000 yuan a head and year was the floor of monitoring for 2021: one and a half times the 4,000 yuan of
 * the standard that ended in 2020. What follows it here is an EXAMPLE: provinces publish a line each year, and the
 * county sets it, for its laptops too, with an indicator row "income_line_yuan" of the year (walk.c), which goes
 * before this table. */
#include <assert.h>
#include <string.h>

#include "zhucun/env.h"
#include "zhucun/rules.h"

enum { DAY_2022_01_01 = 18993, LAST_DAY_2021 = DAY_2022_01_01 - 1 };
#define ALWAYS INT64_MIN, INT64_MAX

static const struct rule book[] = {
    {RULE_ID_FORM, ALWAYS, 0, "{name}：证件号码应为 18 位身份证号，或 20、22 位残疾人证号，请对照证件核对",
     "{name}: an ID number has 18 digits, a disability certificate 20 or 22: compare with the card"},
    {RULE_ID_CHECK_DIGIT, ALWAYS, 0, "{name}：证件号码第 18 位校验码不对（按前 17 位应为 {value}），请对照证件核对",
     "{name}: the ID number's check digit does not fit (by the first 17 digits it is {value}): compare with the card"},
    {RULE_ID_BIRTH, ALWAYS, 0, "{name}：证件号码里的出生日期是 {value}，与登记的不一致或不是有效日期",
     "{name}: the ID number says born on {value}, which is not the date of birth given or no date"},
    {RULE_ID_SEX, ALWAYS, 0, "{name}：性别与证件号码（第 17 位）不一致",
     "{name}: the sex is not that of the ID number's 17th digit"},
    {RULE_INSURANCE_MISSING, ALWAYS, 0, "{name}：健康状况有大病，却没有登记任何医疗保险，请核实参保情况",
     "{name}: seriously ill, but no medical insurance is recorded: verify the insurance"},
    {RULE_PHONE, ALWAYS, 0, "联系电话“{value}”不像手机号或固定电话，请核对",
     "the phone number \"{value}\" looks like none: please check"},
    {RULE_TAKEN_IN_MISSING, ALWAYS, 0, "监测对象没有纳入日期，请县里补录",
     "a monitored household without the day on which it was taken in: the county should add it"},
    {RULE_MEASURE_MISSING, ALWAYS, 1, "纳入监测满 {limit} 个月仍没有任何帮扶措施，请尽快落实并录入",
     "monitored for {limit} month without any measure: agree one and record it"},
    {RULE_CLEARED_EARLY, ALWAYS, 2, "纳入监测不满 {limit} 个月就按“帮扶消除”消除风险，请核实消除方式和日期",
     "cleared as 帮扶消除 (by assistance) within {limit} months of being taken in: verify way and date"},
    {RULE_CLEARED_NO_MEASURE, ALWAYS, 0, "按“帮扶消除”消除风险，却没有任何帮扶措施，请补录措施或更正消除方式",
     "cleared as 帮扶消除 (by assistance) without any measure: record the measures or correct the way"},
    {RULE_CLEARED_UNDATED, ALWAYS, 0, "风险消除却没有消除日期或消除方式，请县里补录",
     "cleared without a date or a way of clearing: the county should add it"},
    {RULE_AFTER_CARE_BLANK, ALWAYS, 0, "风险已消除，后续帮扶为空，请填写", "cleared, but the after-care is blank: please fill it in"},
    {RULE_VISIT_FUTURE, ALWAYS, 0, "走访日期 {name} 在今天之后，请核对", "the visit is dated {name}, after today: please check"},
    {RULE_VISIT_NO_SUMMARY, ALWAYS, 0, "{name} 的走访没有写走访情况", "the visit of {name} has no summary"},
    {RULE_RISK_CLOSED_BARE, ALWAYS, 0, "风险已消除，却没有写明核实人或消除依据，请补录",
     "a risk was closed without saying who verified it or why: please add it"},
    {RULE_INCOME_SUM, ALWAYS, 0, "{name} 年收入核算：填写的纯收入或人均与各项之和对不上（应为 {value} 元）",
     "income sheet {name}: the net income or per head given is not what its parts add up to ({value} yuan)"},
    {RULE_INCOME_BELOW_LINE, INT64_MIN, LAST_DAY_2021, 600000, "{name} 年人均纯收入低于监测收入线 {limit} 元，请核实是否有返贫致贫风险",
     "income sheet {name}: the income per head is below the line of {limit} yuan: look for a risk of falling back"},
    {RULE_INCOME_BELOW_LINE, DAY_2022_01_01, INT64_MAX, 600000, "{name} 年人均纯收入低于监测收入线 {limit} 元，请核实是否有返贫致贫风险",
     "income sheet {name}: the income per head is below the line of {limit} yuan: look for a risk of falling back"},
    {RULE_INCOME_TWICE, ALWAYS, 0, "{name} 年有 {value} 份收入核算，请乡镇选定一份",
     "there are {value} income sheets for {name}: the township should choose one"},
};

static const char *const names[RULE_CODES] = {
    [RULE_ID_FORM] = "id_form",
    [RULE_ID_CHECK_DIGIT] = "id_check_digit",
    [RULE_ID_BIRTH] = "id_birth",
    [RULE_ID_SEX] = "id_sex",
    [RULE_INSURANCE_MISSING] = "insurance_missing",
    [RULE_PHONE] = "phone_implausible",
    [RULE_TAKEN_IN_MISSING] = "taken_in_missing",
    [RULE_MEASURE_MISSING] = "measure_missing",
    [RULE_CLEARED_EARLY] = "cleared_early",
    [RULE_CLEARED_NO_MEASURE] = "cleared_no_measure",
    [RULE_CLEARED_UNDATED] = "cleared_undated",
    [RULE_AFTER_CARE_BLANK] = "after_care_blank",
    [RULE_VISIT_FUTURE] = "visit_future",
    [RULE_VISIT_NO_SUMMARY] = "visit_no_summary",
    [RULE_RISK_CLOSED_BARE] = "risk_closed_bare",
    [RULE_INCOME_SUM] = "income_sum",
    [RULE_INCOME_BELOW_LINE] = "income_below_line",
    [RULE_INCOME_TWICE] = "income_twice",
};

const char *rule_name(enum rule_code code)
{
    assert(code < RULE_CODES);
    return names[code];
}

struct rule_book rule_book_at(int64_t today)
{
    return (struct rule_book){.list = book, .count = sizeof book / sizeof book[0], .today = today};
}

const struct rule *rule_in_force(const struct rule_book *b, enum rule_code code, int64_t day)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct rule *r = &b->list[i];
        if (r->code == code && day >= r->from && day <= r->to) return r;
    }
    return NULL;
}

/* Limits of rules about money are fen, of the others a plain number. */
static void put_limit(const struct rule *r, struct buf *out)
{
    bool money = r->code == RULE_INCOME_BELOW_LINE;
    buf_printf(out, "%lld", (long long)(money ? r->limit / 100 : r->limit));
    if (money && r->limit % 100) buf_printf(out, ".%02d", (int)(r->limit % 100));
}

static void put_field(const struct rule_finding *f, const char *field, size_t n, struct buf *out)
{
    char day[11];
    if (n == 4 && memcmp(field, "name", n) == 0 && f->name.kind == VALUE_TEXT) buf_put(out, f->name.data, f->name.len);
    if (n == 5 && memcmp(field, "value", n) == 0) buf_put_text(out, f->value);
    if (n == 5 && memcmp(field, "limit", n) == 0) put_limit(f->rule, out);
    if (n == 5 && memcmp(field, "since", n) == 0 && f->since != RULE_NONE) {
        date_format(f->since, day);
        buf_put_text(out, day);
    }
}

void rule_message(const struct rule_finding *f, enum lang lang, struct buf *out)
{
    for (const char *at = lang == LANG_ZH ? f->rule->zh : f->rule->en; *at;) {
        size_t plain = strcspn(at, "{");
        buf_put(out, at, plain);
        at += plain;
        if (!*at) break;
        size_t n = strcspn(++at, "}");
        put_field(f, at, n, out);
        at += n + (at[n] == '}');
    }
}
