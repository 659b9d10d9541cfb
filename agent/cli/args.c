/* args: sorts the command line into command, words and options. Options may stand anywhere, also before the
 * command, "--x=v" and "--x v" are the same, "--" ends them. Unknown ones are named. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "fields.h"

const struct cli_option cli_globals[] = {
    {"--home", "DIR", "本机数据目录（或 ZHUCUN_HOME；默认 ~/.zhucun）", "the laptop's folder (or ZHUCUN_HOME; default ~/.zhucun)"},
    {"--lang", "zh|en", "提示语言（默认按系统语言）", "language of messages (default: by locale)"},
    {"--json", NULL, "记录按每行一个 JSON 对象输出", "print records as one JSON object a line"},
    {"--as", "WORKER", "谁在写：工号或编号（或 ZHUCUN_AS）", "who writes: worker number or id (or ZHUCUN_AS)"},
    {"--help", NULL, "显示帮助", "show this help"},
    {"--version", NULL, "显示版本", "show the version"},
    {NULL, NULL, NULL, NULL},
};

/* "--date" and "--date=x" both name the option "--date". */
static const struct cli_option *find(const struct cli_option *list, const char *word)
{
    size_t n = strcspn(word, "=");
    for (; list && list->name; list++) {
        if (strlen(list->name) == n && strncmp(list->name, word, n) == 0) return list;
    }
    return NULL;
}

/* Which word is the command: the first word that is no option and no global option's argument. Behind an option
 * that only the command can explain, the first word that names a command. */
static size_t command_index(int argc, char **argv)
{
    bool guess = false;
    for (size_t i = 1; i < (size_t)argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0 && argv[i][2]) {
            const struct cli_option *o = find(cli_globals, argv[i]);
            if (!o) guess = true;
            if (o && o->arg && !strchr(argv[i], '=')) i++;
        } else if (!guess || cli_command_named(argv[i])) {
            return i;
        }
    }
    return 0;
}

static int unknown_command(const char *word, struct err *err)
{
    struct field_name names[CLI_MAX_COMMANDS];
    size_t count = 0;
    for (const struct cli_command *k; (k = cli_command_at(count)) && count < CLI_MAX_COMMANDS; count++)
        names[count] = (struct field_name){k->name, NULL};
    struct buf list;
    buf_init(&list, 400);
    fields_closest(word, names, count, CLI_MAX_COMMANDS, &list);
    int rc = err_set(err, ERR_USAGE, "没有命令“%.40s”；可用的命令：%s", "there is no command \"%.40s\"; commands are: %s", word,
                     buf_text(&list));
    buf_free(&list);
    return rc;
}

static int take_option(struct cli *c, int argc, char **argv, size_t *i, struct err *err)
{
    const char *word = argv[*i];
    const char *equals = strchr(word, '=');
    const struct cli_option *o = find(cli_globals, word);
    if (!o && c->command) o = find(c->command->options, word);
    if (!o)
        return err_set(err, ERR_USAGE, "没有选项 %.40s；用 zhucun %s --help 查看", "there is no option %.40s; see zhucun %s --help",
                       word, c->command ? c->command->name : "help");
    if (!o->arg && equals)
        return err_set(err, ERR_USAGE, "选项 %s 不带值", "option %s takes no value", o->name);
    const char *value = equals ? equals + 1 : NULL;
    if (o->arg && !equals) {
        if (*i + 1 >= (size_t)argc)
            return err_set(err, ERR_USAGE, "选项 %s 缺少值（%s）", "option %s needs a value (%s)", o->name, o->arg);
        value = argv[++*i];
    }
    c->given[c->given_count++] = (struct cli_given){o, value};
    return 0;
}

static int sort_words(struct cli *c, int argc, char **argv, size_t command, struct err *err)
{
    bool ended = false;
    for (size_t i = 1; i < (size_t)argc; i++) {
        if (i == command) continue;
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!ended && argv[i][0] == '-' && argv[i][1]) {
            int rc = take_option(c, argc, argv, &i, err);
            if (rc) return rc;
        } else {
            c->words[c->word_count++] = argv[i];
        }
    }
    return 0;
}

static int home_dir(struct cli *c, struct err *err)
{
    const char *dir = cli_value(c, "--home");
    if (!dir) dir = getenv("ZHUCUN_HOME");
    const char *user = getenv("HOME");
    if (dir && !*dir) dir = NULL;
    if (!dir && (!user || !*user))
        return err_set(err, ERR_USAGE, "不知道数据目录在哪里；用 --home DIR 指明", "no home folder is known; name it by --home DIR");
    int n = dir ? snprintf(c->home_dir, sizeof c->home_dir, "%s", dir)
                : snprintf(c->home_dir, sizeof c->home_dir, "%s/.zhucun", user);
    if (n < 0 || (size_t)n >= sizeof c->home_dir - 32)
        return err_set(err, ERR_USAGE, "数据目录的路径太长", "the path of the home folder is too long");
    c->dir = c->home_dir;
    return 0;
}

static int check_words(const struct cli *c, struct err *err)
{
    const struct cli_command *k = c->command;
    if (c->help || (c->word_count >= k->least && c->word_count <= k->most)) return 0;
    return err_set(err, ERR_USAGE, "用法：zhucun %s %s（详见 --help）", "usage: zhucun %s %s (see --help)", k->name, k->words);
}

int cli_parse(struct cli *c, int argc, char **argv, struct err *err)
{
    size_t most = argc > 0 ? (size_t)argc : 1;
    c->words = calloc(most, sizeof *c->words);
    c->given = calloc(most, sizeof *c->given);
    if (!c->words || !c->given) return err_nomem(err);
    size_t command = command_index(argc, argv);
    if (command) c->command = cli_command_named(argv[command]);
    int rc = sort_words(c, argc, argv, command, err);
    const char *lang = cli_value(c, "--lang"); /* even when a later word is wrong, the complaint is in this language */
    c->lang = lang_from(lang);
    if (command && !c->command) return unknown_command(argv[command], err);
    if (rc) return rc;
    if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
        return err_set(err, ERR_USAGE, "--lang 只能是 zh 或 en", "--lang is zh or en");
    for (size_t i = 0; i < c->given_count; i++) {
        if (strcmp(c->given[i].option->name, "--json") == 0) c->json = true;
        if (strcmp(c->given[i].option->name, "--help") == 0) c->help = true;
        if (strcmp(c->given[i].option->name, "--version") == 0) c->command = cli_command_named("version");
    }
    if (!c->command) {
        c->help = c->help || argc < 2;
        return c->help ? 0 : err_set(err, ERR_USAGE, "缺少命令；用 zhucun --help 查看", "no command given; see zhucun --help");
    }
    c->as = cli_value(c, "--as");
    if (!c->as) c->as = getenv("ZHUCUN_AS");
    if (c->as && !*c->as) c->as = NULL;
    rc = check_words(c, err);
    return rc ? rc : home_dir(c, err);
}

void cli_free(struct cli *c)
{
    free(c->words);
    free(c->given);
    home_close(c->home);
}
