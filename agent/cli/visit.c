/* visit: the everyday act. One visit with what was found becomes one changeset: the visit, a risk row for each
 * risk, a measure for each one agreed, a clue when the household is not being monitored yet. Neighbours:
 * visit_rows.c (rows that follow from the visit), core/rules (how long the county has). */
#include "visit.h"

#include <string.h>

#include "commands.h"
#include "spot.h"

static int add_text(struct visit *v, const char *column, const char *text, struct err *err)
{
    struct field *f = &v->fields[v->field_count];
    if (!text) return 0;
    f->op = FIELD_IS;
    f->column = schema_column_named(v->table, column);
    v->field_count++;
    return fields_text(v->c->home, v->table, f->column, text, strlen(text), &v->arena, &f->value, err);
}

/* An option that may be given often, as one set: its values joined by commas. */
static int add_joined(struct visit *v, const char *column, const char *option, struct err *err)
{
    struct buf text;
    const char *one;
    size_t at = 0;
    int rc = 0;
    buf_init(&text, CHANGE_MAX_TEXT);
    while ((one = cli_value_next(v->c, option, &at)))
        buf_printf(&text, "%s%s", text.len ? "," : "", one);
    if (text.failed) rc = err_nomem(err);
    if (rc == 0 && text.len) rc = add_text(v, column, buf_text(&text), err);
    buf_free(&text);
    return rc;
}

/* "water=problem", "饮水安全=有问题" */
static int add_safeguard(struct visit *v, const char *word, struct err *err)
{
    static const char *const states[][2] = {{"ok", "无问题"}, {"problem", "有问题"}, {"unchecked", "未查看"}};
    char name[60];
    const char *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : sizeof name;
    if (n >= sizeof name)
        return err_set(err, ERR_USAGE, "--safeguard 应写成 water=有问题：%.60s", "--safeguard reads water=problem: %.60s", word);
    memcpy(name, word, n);
    name[n] = '\0';
    const struct schema_column *c = schema_column_named(v->table, name);
    if (!c || !c->codes || strcmp(c->codes->name, "safeguard") != 0)
        return err_set(err, ERR_REFUSED, "没有“%s”这项保障；可用：education（义务教育）、medical（基本医疗）、housing（住房安全）、water（饮水安全）",
                       "there is no safeguard \"%s\"; there are education, medical, housing, water", name);
    const char *state = equals + 1;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(state, states[i][0]) == 0) state = states[i][1];
    }
    for (size_t i = 0; i < v->field_count; i++) {
        if (v->fields[i].column == c)
            return err_set(err, ERR_USAGE, "保障 %s 写了两次", "safeguard %s is given twice", c->name);
    }
    return add_text(v, c->name, state, err);
}

static int read_fields(struct visit *v, struct err *err)
{
    struct cli *c = v->c;
    const char *mode = cli_value(c, "--mode"), *word;
    char date[11];
    size_t at = 0;
    date_format(v->date, date);
    int rc = add_text(v, "household", v->household_text, err);
    if (rc == 0) rc = add_text(v, "date", date, err);
    if (rc == 0) rc = add_text(v, "time", cli_value(c, "--time"), err);
    if (rc == 0) rc = add_text(v, "mode", mode ? mode : "入户", err);
    if (rc == 0) rc = add_joined(v, "companions", "--with", err);
    if (rc == 0) rc = add_text(v, "summary", cli_value(c, "--summary"), err);
    if (rc == 0) rc = add_joined(v, "needs", "--need", err);
    while (rc == 0 && (word = cli_value_next(c, "--safeguard", &at)))
        rc = add_safeguard(v, word, err);
    return rc ? rc : add_text(v, "policy", cli_value(c, "--policy"), err);
}

static int put_visit(struct visit *v, struct err *err)
{
    struct cell *cells;
    size_t count;
    int rc = fields_cells(v->table, v->fields, v->field_count, NULL, &v->arena, &cells, &count, err);
    return rc ? rc : capture_put(v->capture, v->table, cells, count, &v->id, err);
}

static int find_household(struct visit *v, struct err *err)
{
    const char *name = v->c->words[0];
    const struct schema_table *t = schema_table_named(v->c->home->schema, "household");
    if (strncmp(name, "household/", 10) == 0) name += 10;
    int rc = fields_row(v->c->home, t, name, strlen(name), &v->household, err);
    if (rc) return rc;
    rc = fields_kept(v->c->home, t, &v->household, err);
    if (rc < 0) return rc;
    row_id_to_text(v->household, v->household_text);
    if (rc > 0)
        cli_warn(v->c, "户 %.60s 已并入 household/%s，走访记在后者", "household %.60s was merged into household/%s: the visit goes to that one",
                 name, v->household_text);
    int found = table_read(v->c->home->tables, t, v->household, &v->arena, &v->shown, err);
    if (found == 0) return err_set(err, ERR_NOT_FOUND, "本机没有户 %.60s", "there is no household %.60s on this laptop", name);
    return found < 0 ? found : 0;
}

static int write_rows(struct visit *v, struct err *err)
{
    int rc = capture_begin(&v->capture, v->c->home, v->author, v->date, err);
    if (rc) return rc;
    rc = put_visit(v, err);
    if (rc == 0) rc = visit_put_risks(v, err);
    if (rc == 0) rc = visit_put_clue(v, err);
    if (rc == 0) rc = visit_put_measures(v, err);
    if (rc == 0) rc = visit_set_phone(v, err);
    if (rc == 0) return capture_commit(v->capture, &v->seq, err);
    capture_abort(v->capture);
    return rc;
}

static void print_json(const struct visit *v, const struct spot *spot)
{
    char text[ROW_ID_TEXT], date[11];
    FILE *out = v->c->out;
    struct buf warnings;
    buf_init(&warnings, 4096);
    spot_json(spot, &warnings);
    row_id_to_text(v->id, text);
    fprintf(out, "{\"id\":\"%s\",\"seq\":%llu,\"state\":\"pending\",\"risks\":[", text, (unsigned long long)v->seq);
    for (size_t i = 0; i < v->risk_count; i++) {
        row_id_to_text(v->risks[i], text);
        fprintf(out, "%s\"%s\"", i ? "," : "", text);
    }
    fprintf(out, "]");
    if (!row_id_is_null(v->clue)) {
        row_id_to_text(v->clue, text);
        date_format(v->due_on, date);
        fprintf(out, ",\"clue\":\"%s\",\"due_on\":\"%s\"", text, date);
    }
    fprintf(out, ",%s}\n", buf_text(&warnings));
    buf_free(&warnings);
}

static void print(const struct visit *v)
{
    char text[ROW_ID_TEXT], date[11];
    struct spot spot = {.c = v->c, .since_seq = v->seq, .members = true};
    cli_clock_warn(v->c);
    spot_check(&spot, v->household);
    row_id_to_text(v->id, text);
    if (v->c->json) print_json(v, &spot);
    else fprintf(v->c->out, "%s\n", text);
    if (v->c->json || row_id_is_null(v->clue)) return;
    date_format(v->due_on, date);
    cli_warn(v->c, "该户未在监测中，已登记线索，认定期限 %s", "the household is not monitored: a clue is opened, due %s", date);
}

static int run_visit(struct cli *c, struct err *err)
{
    struct visit v = {.c = c};
    int rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = cli_value_date(c, "--date", cli_today(c), &v.date, err);
    if (rc == 0) rc = cli_author(c, &v.author, err);
    if (rc) return rc;
    v.table = schema_table_named(c->home->schema, "visit");
    arena_init(&v.arena, VISIT_ARENA_BYTES);
    rc = find_household(&v, err);
    if (rc == 0) rc = read_fields(&v, err);
    if (rc == 0) rc = write_rows(&v, err);
    if (rc == 0) print(&v);
    arena_free(&v.arena);
    return rc;
}

static const struct cli_option options[] = {
    {"--date", "D", "走访日期，如 2026-03-05（默认今天）", "date, as 2026-03-05 (default: today)"},
    {"--time", "HH:MM", "走访时间", "time of day"},
    {"--mode", "M", "入户（默认）、电话、微信、未遇", "入户 (default), 电话, 微信, 未遇, or at home, phone, wechat, not met"},
    {"--summary", "TEXT", "走访情况", "what was seen and said"},
    {"--with", "WORKER", "同行人员，可写多次", "companion; may be given often"},
    {"--need", "N", "群众诉求，可写多次", "need; may be given often"},
    {"--risk", "KIND[:RANK]", "发现的风险，等级 1–5，可写多次", "risk found, rank 1-5; may be given often"},
    {"--safeguard", "NAME=STATE", "education、medical、housing、water（或中文名）= ok、problem、unchecked（或 无问题、有问题、未查看）",
     "education, medical, housing or water = ok, problem or unchecked"},
    {"--policy", "TEXT", "宣讲的政策", "policy explained"},
    {"--measure", "CATEGORY=WHAT", "商定的帮扶措施，可写多次", "measure agreed; may be given often"},
    {"--phone", "P", "户主新的联系电话", "the household's new phone number"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command visit_command = {
    .name = "visit", .run = run_visit, .words = "HOUSEHOLD", .least = 1, .most = 1,
    .zh = "记一次走访，连同发现的情况", .en = "log a visit with what was found",
    .more_zh = "HOUSEHOLD 是户编号或编号。走访、风险、线索、措施一次写入；未在监测中的户发现风险时登记线索。输出走访的编号。\n"
               "写完按规则检查该户和家庭成员，有疑问的提醒，不拒绝。",
    .more_en = "HOUSEHOLD is a national_no or an id. Visit, risks, clue and measures are written as one; a risk on a household\n"
               "that is not monitored opens a clue. Prints the visit's id. The rules are checked for the household and its\n"
               "members after writing: they warn and never refuse.",
    .options = options,
};
