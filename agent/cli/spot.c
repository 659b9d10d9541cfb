/* spot: see spot.h. */
#include "spot.h"

#include <inttypes.h>

static int reference(struct cli *c, const struct schema_table *t, struct row_id row, const char *column, struct row_id *to,
                     struct err *err)
{
    struct arena arena;
    struct table_row shown;
    const struct schema_column *col = schema_column_named(t, column);
    *to = (struct row_id){0};
    if (!col || col->type != TYPE_REF) return 0;
    arena_init(&arena, 1024 * 1024);
    int found = table_read(c->home->tables, t, row, &arena, &shown, err);
    const struct value *v = found == 1 ? &shown.values[schema_column_index(t, col)] : NULL;
    if (v && v->kind == VALUE_BLOB) (void)row_id_from_bytes(v->data, v->len, to);
    arena_free(&arena);
    return found < 0 ? found : 0;
}

int spot_household(struct cli *c, const struct schema_table *t, struct row_id row, struct row_id *household,
                   struct err *err)
{
    const struct schema_table *of_household = schema_table_named(c->home->schema, "household");
    const struct schema_table *of_member = schema_table_named(c->home->schema, "member");
    struct row_id member;
    *household = row;
    if (t == of_household) return 0;
    int rc = reference(c, t, row, "household", household, err);
    if (rc || !row_id_is_null(*household)) return rc;
    rc = reference(c, t, row, "member", &member, err);
    return rc || row_id_is_null(member) ? rc : reference(c, of_member, member, "household", household, err);
}

static bool written(const struct spot *s, const struct rule_finding *f)
{
    return s->since_seq > 0 && f->mark >= 0 && (uint64_t)f->mark >= s->since_seq;
}

static int on_finding(void *ctx, const struct rule_household *h, const struct rule_finding *f)
{
    struct spot *s = ctx;
    struct buf text;
    const struct schema_table *t = schema_table(s->c->home->schema, f->table);
    bool of_household = row_id_equal(f->row, h->id), of_member = t == schema_table_named(s->c->home->schema, "member");
    if (!of_household && !written(s, f) && !(s->members && of_member)) return 0;
    s->found[f->rule->code]++;
    buf_init(&text, CHANGE_MAX_TEXT);
    rule_message(f, s->c->lang, &text);
    cli_warn(s->c, "%s〔%s〕", "%s [%s]", buf_text(&text), rule_name(f->rule->code));
    buf_free(&text);
    return 0;
}

static void could_not(struct spot *s, const struct err *err)
{
    cli_warn(s->c, "已保存，但规则检查没有做成：%s", "saved, but the rules could not be checked: %s", err_text(err, s->c->lang));
}

void spot_check(struct spot *s, struct row_id household)
{
    struct err err = {0};
    const struct rule_scope scope = {.side = RULE_SIDE_LAPTOP, .household = household};
    if (rules_walk(s->c->home->db, &scope, cli_today(s->c), on_finding, s, &err) < 0) could_not(s, &err);
}

void spot_check_row(struct spot *s, const struct schema_table *t, struct row_id row)
{
    struct err err = {0};
    struct row_id household;
    if (spot_household(s->c, t, row, &household, &err) < 0) could_not(s, &err);
    else if (!row_id_is_null(household)) spot_check(s, household);
}

static int on_imported(void *ctx, const struct rule_household *h, const struct rule_finding *f)
{
    struct spot *s = ctx;
    (void)h;
    if (written(s, f)) s->found[f->rule->code]++;
    return 0;
}

void spot_check_import(struct spot *s)
{
    struct err err = {0};
    struct buf list;
    uint64_t total = 0;
    const struct rule_scope all = {.side = RULE_SIDE_LAPTOP};
    if (rules_walk(s->c->home->db, &all, cli_today(s->c), on_imported, s, &err) < 0) could_not(s, &err);
    buf_init(&list, 4096);
    for (int code = 0; code < RULE_CODES; code++) {
        total += s->found[code];
        if (!s->found[code]) continue;
        buf_printf(&list, "%s%s %" PRIu64, list.len ? ", " : "", rule_name((enum rule_code)code), s->found[code]);
    }
    if (total)
        cli_warn(s->c, "导入的记录中有 %" PRIu64 " 处需要核对（%s）；用 zhucun check 逐条查看",
                 "%" PRIu64 " things in the rows imported need a look (%s); zhucun check lists them", total, buf_text(&list));
    buf_free(&list);
}

void spot_json(const struct spot *s, struct buf *out)
{
    const char *comma = "";
    buf_put_text(out, "\"warnings\":[");
    for (int code = 0; code < RULE_CODES; code++) {
        if (!s->found[code]) continue;
        buf_printf(out, "%s\"%s\"", comma, rule_name((enum rule_code)code));
        comma = ",";
    }
    buf_put_u8(out, ']');
}
