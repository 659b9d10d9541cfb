/* check: what the rules find on this laptop, household by household; for what `import` only counted, and for a look
 * before leaving the house. */
#include <string.h>

#include "commands.h"
#include "fields.h"
#include "record.h"
#include "zhucun/rules.h"

struct check {
    struct cli *c;
    uint64_t found;
    struct err *err;
};

static int print_json(struct check *k, const struct rule_household *h, const struct rule_finding *f, const char *message)
{
    char household[ROW_ID_TEXT], row[ROW_ID_TEXT], day[11];
    json_t *o = json_object();
    row_id_to_text(h->id, household);
    row_id_to_text(f->row, row);
    json_object_set_new(o, "household", json_string(household));
    if (h->national_no.kind == VALUE_TEXT)
        json_object_set_new(o, "household_key", json_stringn((const char *)h->national_no.data, h->national_no.len));
    json_object_set_new(o, "rule", json_string(rule_name(f->rule->code)));
    json_object_set_new(o, "table", json_string(schema_table(k->c->home->schema, f->table)->name));
    json_object_set_new(o, "id", json_string(row));
    if (f->since != RULE_NONE) date_format(f->since, day);
    json_object_set_new(o, "since", f->since != RULE_NONE ? json_string(day) : json_null());
    json_object_set_new(o, "message", json_string(message));
    return record_json_line(k->c->out, o, k->err);
}

static int on_finding(void *ctx, const struct rule_household *h, const struct rule_finding *f)
{
    struct check *k = ctx;
    struct buf text;
    int rc = 0;
    k->found++;
    buf_init(&text, CHANGE_MAX_TEXT);
    rule_message(f, k->c->lang, &text);
    if (k->c->json) {
        rc = print_json(k, h, f, buf_text(&text));
    } else {
        const struct value *no = &h->national_no, *head = &h->head_name;
        cli_say(k->c, "%.*s %.*s：%s〔%s〕", "%.*s %.*s: %s [%s]", (int)no->len, no->len ? (const char *)no->data : "",
                (int)head->len, head->len ? (const char *)head->data : "", buf_text(&text), rule_name(f->rule->code));
    }
    buf_free(&text);
    return rc;
}

static int run_check(struct cli *c, struct err *err)
{
    struct check k = {.c = c, .err = err};
    struct rule_scope scope = {.side = RULE_SIDE_LAPTOP};
    int rc = cli_open(c, DB_READ, err);
    if (rc == 0 && c->word_count)
        rc = fields_row(c->home, schema_table_named(c->home->schema, "household"), c->words[0], strlen(c->words[0]),
                        &scope.household, err);
    if (rc == 0) rc = rules_walk(c->home->db, &scope, cli_today(c), on_finding, &k, err);
    if (rc == 0 && !c->json && k.found == 0) cli_say(c, "没有需要核对的", "nothing needs a look");
    return rc;
}

const struct cli_command check_command = {
    .name = "check", .run = run_check, .words = "[HOUSEHOLD]", .most = 1,
    .zh = "按规则检查本机的户和记录，列出需要核对的", .en = "check this laptop's rows by the rules and list what needs a look",
    .more_zh = "证件号码、监测与措施、消除与后续帮扶、参保、走访、收入核算。visit、add、set 写完当场检查并提醒，从不拒绝。",
    .more_en = "ID numbers, monitoring and measures, clearing and after-care, insurance, visits, income sheets. visit, add\n"
               "and set check on the spot after writing and never refuse.",
};
