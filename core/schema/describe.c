/* describe: a table as a person who types needs it: columns, what each takes, its codes, and who decides about it.
 * Made from the table of tables and the code book, so that it cannot say anything else than they do. */
#include "zhucun/schema.h"

struct words {
    const char *zh, *en;
};

static const struct words row_rules[] = {
    [POLICY_APPEND] = {"只有本人能更正，旧的内容保留", "only its author amends it, the old text stays"},
    [POLICY_LATEST] = {"两人写得不一样时，看到的日期晚的为准", "when two differ, what was seen on the later day stands"},
    [POLICY_SET] = {"按项合并", "merged element by element"},
    [POLICY_STICKY] = {"消除要写明核实人和依据", "closing one names who verified it and why"},
    [POLICY_ATOMIC] = {"整张表为准，两张表不混合", "a sheet counts as a whole, two are never mixed"},
    [POLICY_AUTHORITY] = {"由上级确定", "a higher level decides"},
    [POLICY_ORDER] = {"只有签发人能改", "only its issuer changes it"},
};

static const struct words levels[] = {
    [LEVEL_CONTACT] = {"任何人", "anybody"}, [LEVEL_CADRE] = {"驻村干部", "a resident cadre"},
    [LEVEL_TOWNSHIP] = {"乡镇", "the township"}, [LEVEL_COUNTY] = {"县", "the county"}, [LEVEL_CITY] = {"市", "the city"},
};

static const char *pick(enum lang lang, const char *zh, const char *en) __attribute__((format_arg(2), format_arg(3)));
static const char *pick(enum lang lang, const char *zh, const char *en)
{
    return lang == LANG_ZH ? zh : en;
}

static struct words type_words(const struct schema_column *c)
{
    switch (c->type) {
    case TYPE_TEXT: return (struct words){"文字", "text"};
    case TYPE_INT: return (struct words){"整数", "a whole number"};
    case TYPE_BOOL: return (struct words){"是 或 否", "yes or no"};
    case TYPE_DATE: return (struct words){"日期，如 2026-03-05", "a date, as 2026-03-05"};
    case TYPE_MINUTE: return (struct words){"时间，如 14:30", "a time, as 14:30"};
    case TYPE_MONEY: return (struct words){"元，最多两位小数", "yuan, at most two decimals"};
    case TYPE_CODE: return (struct words){"下列之一", "one of those below"};
    case TYPE_SET: return (struct words){"下列中的几项，用逗号隔开", "some of those below, with commas between"};
    case TYPE_REGION: return (struct words){"区划代码", "a region code"};
    case TYPE_REF: return (struct words){"一条记录：", "a row of "};
    case TYPE_REFSET: return (struct words){"几条记录，用逗号隔开：", "rows, with commas between, of "};
    case TYPE_HASH: return (struct words){"64 位十六进制摘要", "a digest of 64 hex digits"};
    }
    return (struct words){"", ""};
}

static void put_type(const struct schema *s, const struct schema_column *c, enum lang lang, struct buf *out)
{
    const struct schema_table *of = schema_table(s, c->ref);
    const struct schema_column *key = of ? schema_flagged(of, COLUMN_KEY) : NULL;
    struct words type = type_words(c);
    buf_put_text(out, pick(lang, type.zh, type.en));
    if (c->type == TYPE_TEXT) buf_printf(out, pick(lang, "，最多 %d 字", ", at most %d characters"), c->limit);
    if (of) buf_put_text(out, of->name);
    if (of && !key) buf_put_text(out, pick(lang, "（写它的编号）", " (by its id)"));
    if (of && key) buf_printf(out, pick(lang, "（写它的 %s 或编号）", " (by its %s or its id)"), key->name);
}

static void put_codes(const struct schema_codes *codes, enum lang lang, struct buf *out)
{
    for (size_t i = 0; codes && i < codes->count; i++) {
        const struct schema_code *k = &codes->list[i];
        buf_put_text(out, i % 6 ? " · " : "\n                    ");
        buf_put_text(out, k->zh);
        if (lang == LANG_EN) buf_printf(out, " (%s)", k->en);
    }
}

static void put_column(const struct schema *s, const struct schema_column *c, enum lang lang, struct buf *out)
{
    const char *comma = pick(lang, "；", "; ");
    buf_printf(out, "  %-16s  %s", c->name, c->zh);
    if (lang == LANG_EN) buf_printf(out, " (%s)", c->en);
    buf_put_text(out, pick(lang, "：", ": "));
    put_type(s, c, lang, out);
    if (c->flags & COLUMN_REQUIRED) buf_printf(out, "%s%s", comma, pick(lang, "必填", "required"));
    if (c->flags & COLUMN_KEY) buf_printf(out, "%s%s", comma, pick(lang, "可用来指明记录", "names the row"));
    if (c->policy == POLICY_AUTHORITY)
        buf_printf(out, pick(lang, "%s由%s确定，其他人写的作为建议", "%s%s decides, what others write is a proposal"),
                   comma, pick(lang, levels[c->level].zh, levels[c->level].en));
    put_codes(c->codes, lang, out);
    buf_put_u8(out, '\n');
}

void schema_describe(const struct schema *s, const struct schema_table *t, enum lang lang, struct buf *out)
{
    if (lang == LANG_ZH)
        buf_printf(out, "表 %s（%s）：%s可以新增；%s。\n\n", t->name, t->zh, levels[t->level].zh, row_rules[t->policy].zh);
    else
        buf_printf(out, "table %s (%s), %s: %s adds rows; %s.\n\n", t->name, t->zh, t->en, levels[t->level].en, row_rules[t->policy].en);
    for (size_t i = 0; i < t->count; i++)
        put_column(s, &t->columns[i], lang, out);
}

void schema_describe_all(const struct schema *s, enum lang lang, struct buf *out)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_table *t = &s->tables[i];
        buf_printf(out, "  %-14s %s", t->name, t->zh);
        if (lang == LANG_EN) buf_printf(out, " (%s)", t->en);
        buf_put_u8(out, '\n');
    }
}
