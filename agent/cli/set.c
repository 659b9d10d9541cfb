/* set: new values for some columns of one row. */
#include <string.h>

#include "capture.h"
#include "commands.h"
#include "edit.h"
#include "quarrel.h"

static int change(struct cli *c, const struct schema_table *t, struct row_id id, int64_t observed, struct arena *arena,
                  size_t *changed, uint64_t *seq, struct err *err)
{
    struct row_id author;
    struct table_row shown;
    struct cell *cells;
    size_t count;
    struct capture *capture;
    struct quarrel quarrel;
    int rc = cli_author(c, &author, err);
    if (rc == 0) rc = table_read(c->home->tables, t, id, arena, &shown, err);
    if (rc == 0) rc = err_set(err, ERR_NOT_FOUND, "本机没有这条%s", "this laptop has no such row of %s", t->name);
    if (rc < 0) return rc;
    rc = edit_words(c, t, 1, &shown, arena, &cells, &count, err);
    if (rc == 0) rc = quarrel_find(c, t, id, cells, count, &quarrel, err);
    if (rc == 0) rc = capture_begin(&capture, c->home, author, observed, err);
    if (rc) return rc;
    capture_confirm(capture, quarrel.pairs, quarrel.count);
    rc = capture_set(capture, t, id, cells, count, err);
    *changed = capture_count(capture);
    if (rc == 0) rc = capture_commit(capture, seq, err);
    else capture_abort(capture);
    return rc == 0 && *changed ? quarrel_warn(c, t, id, cells, count, err) : rc;
}

static int run_set(struct cli *c, struct err *err)
{
    const struct schema_table *t;
    const char *name;
    struct row_id id;
    struct arena arena;
    uint64_t seq = 0;
    size_t changed = 0;
    int64_t observed;
    int rc = edit_target(c, c->words[0], &t, &name, err);
    if (rc == 0) rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = cli_value_date(c, "--observed", cli_today(c), &observed, err);
    if (rc == 0) rc = fields_row(c->home, t, name, strlen(name), &id, err);
    if (rc) return rc;
    arena_init(&arena, EDIT_ARENA_BYTES);
    rc = change(c, t, id, observed, &arena, &changed, &seq, err);
    arena_free(&arena);
    if (rc == 0 && changed == 0) cli_warn(c, "内容与现在相同，没有改动", "nothing changed: it reads so already");
    if (rc == 0) edit_done(c, t, id, seq);
    return rc;
}

static const struct cli_option options[] = {
    {"--observed", "D", "看到这些情况的日期（默认今天）", "the day on which this was seen (default: today)"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command set_command = {
    .name = "set", .run = run_set, .words = "TABLE/ID k=v …", .least = 2, .most = 300,
    .zh = "修改一条记录", .en = "change one row",
    .more_zh = "ID 可写编号或自然编号（household/户编号）。k= 清空；集合列 k=大病 表示恰好是这些，k+=残疾 加上，k-=健康 去掉。\n"
               "走访写错了由本人更正：visit/编号 summary=…，原文保留；没有这次走访的用 zhucun delete。\n"
               "风险消除要一次写全：risk/编号 state=已消除 closed_by=工号 closed_on=日期 closed_why=依据。\n"
               "线索由县认定：clue/编号 decision=纳入监测 decided_on=日期；别人写的作为建议。\n"
               "待核实的一项（conflicts、inbox 中列出），查清后照原样再写一次正确的值，即为确认：双方都会得知。",
    .more_en = "ID is an id or a natural key (household/NATIONAL_NO). \"k=\" empties a column; for sets k=大病 means exactly\n"
               "that, k+=残疾 adds and k-=健康 takes out.\n"
               "A visit is amended by its author, visit/ID summary=…, and the old text stays; zhucun delete takes it back.\n"
               "A risk is closed in one command: risk/ID state=closed closed_by=WORKER closed_on=D closed_why=TEXT.\n"
               "The county decides clues: clue/ID decision=\"taken in\" decided_on=D; what others write is a proposal.\n"
               "Of a value that is to be verified (see conflicts, inbox), writing the right one once more confirms it, even\n"
               "if it stands there already: both sides are told.",
    .options = options,
};
