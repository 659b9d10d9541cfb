/* add: one new row. */
#include "capture.h"
#include "commands.h"
#include "edit.h"

static int put(struct cli *c, const struct schema_table *t, struct arena *arena, int64_t observed, struct row_id *id,
               uint64_t *seq, struct err *err)
{
    struct row_id author;
    struct cell *cells;
    size_t count;
    struct capture *capture;
    int rc = cli_author(c, &author, err);
    if (rc == 0) rc = edit_words(c, t, 1, NULL, arena, &cells, &count, err);
    if (rc == 0) rc = capture_begin(&capture, c->home, author, observed, err);
    if (rc) return rc;
    rc = capture_put(capture, t, cells, count, id, err);
    if (rc == 0) return capture_commit(capture, seq, err);
    capture_abort(capture);
    return rc;
}

static int run_add(struct cli *c, struct err *err)
{
    const struct schema_table *t;
    struct arena arena;
    struct row_id id;
    uint64_t seq = 0;
    int64_t observed;
    int rc = fields_table(schema_current(), c->words[0], &t, err);
    if (rc == 0) rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = cli_value_date(c, "--observed", cli_today(c), &observed, err);
    if (rc) return rc;
    arena_init(&arena, EDIT_ARENA_BYTES);
    rc = put(c, t, &arena, observed, &id, &seq, err);
    if (rc == 0) edit_done(c, t, id, seq);
    arena_free(&arena);
    return rc;
}

static const struct cli_option options[] = {
    {"--observed", "D", "看到这些情况的日期（默认今天）", "the day on which this was seen (default: today)"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command add_command = {
    .name = "add", .run = run_add, .words = "TABLE k=v …", .least = 1, .most = 300,
    .zh = "新增一条记录，输出它的编号", .en = "add one row and print its id",
    .more_zh = "列名可写英文或中文；引用可写编号或户编号、工号等自然编号；集合写成 health=大病、残疾。收入核算的纯收入和人均、\n"
               "线索的认定期限不写时自动计算。写完按规则检查，有疑问的提醒，不拒绝。",
    .more_en = "Columns go by their English or Chinese name, references by id or natural key (national_no, worker\n"
               "number), sets as health=大病,残疾. An income sheet's net and per_head and a clue's due_on follow by\n"
               "themselves when not given. The rules are checked after writing: they warn and never refuse.",
    .options = options,
};
