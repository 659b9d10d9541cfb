/* commands: the list, in the order of a working day; and --help, which is made from it. */
#include "commands.h"

#include <string.h>

#include "text.h"

static const struct cli_command *const list[] = {
    &enrol_command,  &visit_command,  &add_command,    &set_command,    &delete_command, &show_command, &list_command,
    &import_command, &export_command, &sync_command,   &status_command, &inbox_command,  &conflicts_command,
    &check_command,  &verify_command, &doctor_command, &backup_command, &help_command,   &version_command,
};

const struct cli_command *cli_command_at(size_t i)
{
    return i < sizeof list / sizeof list[0] ? list[i] : NULL;
}

const struct cli_command *cli_command_named(const char *name)
{
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (strcmp(list[i]->name, name) == 0) return list[i];
    }
    return NULL;
}

static void entry(struct cli *c, const char *left, const char *right, size_t columns)
{
    struct buf line;
    buf_init(&line, 4096);
    buf_put_text(&line, "  ");
    size_t used = text_put(&line, left, strlen(left), 0);
    if (used >= columns) {
        buf_put_text(&line, "\n  ");
        used = 0;
    }
    text_pad(&line, used, columns);
    fprintf(c->out, "%s%s\n", buf_text(&line), right);
    buf_free(&line);
}

static void option_entries(struct cli *c, const struct cli_option *o)
{
    for (; o && o->name; o++) {
        char left[80];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        entry(c, left, cli_pick(c, o->zh, o->en), 26);
    }
}

static void help_of_all(struct cli *c)
{
    fprintf(c->out, "%s\n\n", cli_pick(c, "zhucun（驻村通）：没有信号也能记，有信号再上报",
                                       "zhucun: log visits without a signal, report when there is one"));
    fprintf(c->out, "%s\n\n", cli_pick(c, "用法：zhucun 命令 [选项] …", "usage: zhucun COMMAND [options] …"));
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        entry(c, list[i]->name, cli_pick(c, list[i]->zh, list[i]->en), 12);
    fprintf(c->out, "\n%s\n", cli_pick(c, "每个命令都可用的选项：", "options of every command:"));
    option_entries(c, cli_globals);
    fprintf(c->out, "\n%s\n", cli_pick(c,
        "退出码：0 完成 · 1 被拒绝（附原因）· 2 用法不对 · 69 对方报错 · 73 磁盘写不了 · 75 离线，内容已排队 · 77 无权限",
        "exit codes: 0 done · 1 refused, with the reason · 2 usage · 69 the other side answered with an error · "
        "73 cannot write · 75 offline, everything is queued · 77 not allowed"));
    fprintf(c->out, "%s\n", cli_pick(c, "环境变量 ZHUCUN_PIN 会被接受，但本版本还不检查它。",
                                     "The environment's ZHUCUN_PIN is accepted; this version does not check it yet."));
}

void cli_help(struct cli *c)
{
    const struct cli_command *k = c->command;
    if (!k || k == &help_command) {
        help_of_all(c);
        return;
    }
    fprintf(c->out, "%s\n\n%s zhucun %s %s\n", cli_pick(c, k->zh, k->en), cli_pick(c, "用法：", "usage:"), k->name, k->words);
    if (k->more_zh) fprintf(c->out, "\n%s\n", cli_pick(c, k->more_zh, k->more_en));
    if (k->options && k->options->name) {
        fprintf(c->out, "\n%s\n", cli_pick(c, "选项：", "options:"));
        option_entries(c, k->options);
    }
    fprintf(c->out, "\n%s\n", cli_pick(c, "每个命令都可用的选项：", "options of every command:"));
    option_entries(c, cli_globals);
}

static void tables(struct cli *c)
{
    struct buf out;
    buf_init(&out, SCHEMA_DESCRIBE_MAX);
    schema_describe_all(schema_current(), c->lang, &out);
    fprintf(c->out, "%s\n\n%s\n%s\n", cli_pick(c, "表（add、set、show、list、import、export 用）：", "tables, for add, set, show, list, import and export:"),
            buf_text(&out), cli_pick(c, "一张表有哪些列、每列怎么填：zhucun help 表名", "what the columns of one take: zhucun help TABLE"));
    buf_free(&out);
}

static void table(struct cli *c, const struct schema_table *t)
{
    struct buf out;
    buf_init(&out, SCHEMA_DESCRIBE_MAX);
    schema_describe(schema_current(), t, c->lang, &out);
    fprintf(c->out, "%s", buf_text(&out));
    buf_free(&out);
}

static int run_help(struct cli *c, struct err *err)
{
    const char *word = c->word_count == 1 ? c->words[0] : NULL;
    const struct schema_table *t = word ? schema_table_named(schema_current(), word) : NULL;
    if (word) c->command = cli_command_named(word);
    if (t) table(c, t);
    else if (word && strcmp(word, "tables") == 0) tables(c);
    else if (c->command) cli_help(c);
    else
        return err_set(err, ERR_USAGE, "没有命令或表“%.40s”；用 zhucun help 和 zhucun help tables 查看",
                       "there is no command or table \"%.40s\"; see zhucun help and zhucun help tables", word);
    return 0;
}

const struct cli_command help_command = {
    .name = "help", .run = run_help, .words = "[COMMAND|tables|TABLE]", .most = 1,
    .zh = "显示帮助；help tables 列出表，help 表名 列出各列和代码", .en = "show help; help tables: the tables, help TABLE: its columns and codes",
};

static int run_version(struct cli *c, struct err *err)
{
    (void)err;
    if (c->json) fprintf(c->out, "{\"version\":\"%s\",\"schema\":%d}\n", ZHUCUN_VERSION, SCHEMA_VERSION);
    else cli_say(c, "zhucun %s（表结构 %d）", "zhucun %s (schema %d)", ZHUCUN_VERSION, SCHEMA_VERSION);
    return 0;
}

const struct cli_command version_command = {
    .name = "version", .run = run_version, .words = "",
    .zh = "显示版本", .en = "show the version",
};
