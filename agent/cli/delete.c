/* delete: takes one row back: a visit logged for the wrong household, a measure that never was. The server keeps it as
 * a grave, so that it can still be read and nothing brings it back by accident. Households and members are not deleted
 * but merged: what hangs on them would go along. Neighbour: set.c, which amends. */
#include <string.h>

#include "capture.h"
#include "commands.h"
#include "edit.h"

static int check_table(const struct schema_table *t, struct err *err)
{
    if (!schema_flagged(t, COLUMN_MERGED)) return 0;
    return err_set(err, ERR_REFUSED,
                   "表 %s 的记录不能删除，走访等都记在它名下：重复录入的由县里合并（zhucun-server merge），家里人变动用 zhucun add member_event 记",
                   "rows of %s are not deleted, since visits and more hang on them: the office merges what was entered twice "
                   "(zhucun-server merge), and zhucun add member_event says who left", t->name);
}

static int bury(struct cli *c, const struct schema_table *t, struct row_id id, struct err *err)
{
    struct row_id author;
    struct capture *capture;
    int rc = cli_author(c, &author, err);
    if (rc == 0) rc = capture_begin(&capture, c->home, author, cli_today(c), err);
    if (rc) return rc;
    rc = capture_delete(capture, t, id, err);
    if (rc == 0) return capture_commit(capture, NULL, err);
    capture_abort(capture);
    return rc;
}

static int run_delete(struct cli *c, struct err *err)
{
    const struct schema_table *t;
    const char *name;
    struct row_id id;
    char text[ROW_ID_TEXT];
    int rc = edit_target(c, c->words[0], &t, &name, err);
    if (rc == 0) rc = check_table(t, err);
    if (rc == 0) rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = fields_row(c->home, t, name, strlen(name), &id, err);
    if (rc == 0) rc = bury(c, t, id, err);
    if (rc) return rc;
    cli_clock_warn(c);
    row_id_to_text(id, text);
    fprintf(c->out, c->json ? "{\"id\":\"%s\"}\n" : "%s\n", text);
    return 0;
}

const struct cli_command delete_command = {
    .name = "delete", .run = run_delete, .words = "TABLE/ID", .least = 1, .most = 1,
    .zh = "撤回一条记错的记录", .en = "take back one row that was wrong",
    .more_zh = "记录在服务器上留底，可用 zhucun-server history 查看。走访只有本人能撤回，别人的撤回作为建议。\n"
               "写错了内容的用 zhucun set 更正，原文会保留。户和家庭成员不能删除。",
    .more_en = "The server keeps it as a grave: zhucun-server history shows it. Only a visit's author takes it back; another's\n"
               "wish is a proposal. What is only worded wrongly is amended by zhucun set, and the old text stays. Households\n"
               "and members are not deleted.",
};
