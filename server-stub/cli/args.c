/* args: options of one command. "--name value", "--name=value"; "--" ends options; what is unknown is refused
 * by name. */
#include <string.h>

#include "cli.h"

const char *say(const struct cli *c, const char *zh, const char *en)
{
    return c->lang == LANG_ZH ? zh : en;
}

void command_help(const struct cli *c, FILE *out)
{
    fprintf(out, "%s zhucun-server %s %s\n\n%s\n\n%s\n", say(c, "用法：", "usage:"), c->command->name, c->command->usage,
            say(c, c->command->zh, c->command->en),
            say(c, "共用选项：--data 目录（或环境变量 ZHUCUN_DATA）  --json  --lang zh|en  --help",
                "common options: --data DIR (or the environment's ZHUCUN_DATA)  --json  --lang zh|en  --help"));
}

struct parse {
    struct cli *c;
    int argc, at;
    char **argv;
    const struct arg *args;
    size_t count;
};

static const struct arg *find(const struct parse *p, const char *name, size_t n)
{
    for (size_t i = 0; i < p->count; i++)
        if (strlen(p->args[i].name) == n && strncmp(p->args[i].name, name, n) == 0)
            return &p->args[i];
    return NULL;
}

/* The value of an option: after '=', or the next word. NULL: missing. */
static const char *value_of(struct parse *p, const char *equals)
{
    if (equals)
        return equals + 1;
    return p->at + 1 < p->argc ? p->argv[++p->at] : NULL;
}

static int missing(struct parse *p, const char *option)
{
    return err_set(&p->c->err, ERR_USAGE, "选项 %s 缺少值", "option %s needs a value", option);
}

static int take_list(struct parse *p, struct arg_list *list, const char *option, const char *equals)
{
    const char *v = value_of(p, equals);

    if (!v)
        return missing(p, option);
    for (;;) {
        if (list->count == ARGS_MAX)
            return err_set(&p->c->err, ERR_USAGE, "选项 %s 的值过多", "option %s has too many values", option);
        list->items[list->count++] = v;
        if (equals || p->at + 1 >= p->argc || p->argv[p->at + 1][0] == '-')
            return 0;
        v = p->argv[++p->at];
    }
}

static int take_arg(struct parse *p, const struct arg *a, const char *equals)
{
    if (a->kind == ARG_LIST)
        return take_list(p, a->to, a->name, equals);
    if (a->kind == ARG_TEXT) {
        const char *v = value_of(p, equals);
        *(const char **)a->to = v;
        return v ? 0 : missing(p, a->name);
    }
    *(bool *)a->to = true;
    return equals ? err_set(&p->c->err, ERR_USAGE, "选项 %s 不带值", "option %s takes no value", a->name) : 0;
}

static int take_option(struct parse *p, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    const char *lang = NULL;
    bool help = false;
    const struct arg common[] = {{"--data", ARG_TEXT, &p->c->data}, {"--json", ARG_FLAG, &p->c->json},
                                 {"--lang", ARG_TEXT, &lang}, {"--help", ARG_FLAG, &help}, {"-h", ARG_FLAG, &help}};
    struct parse in_common = *p;
    const struct arg *a = find(p, word, n);

    in_common.args = common;
    in_common.count = sizeof common / sizeof common[0];
    if (!a)
        a = find(&in_common, word, n);
    if (!a)
        return err_set(&p->c->err, ERR_USAGE, "未知选项 %.*s（见 zhucun-server %s --help）",
                       "unknown option %.*s (see zhucun-server %s --help)", (int)n, word, p->c->command->name);
    int rc = take_arg(p, a, equals);
    if (lang && strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
        return err_set(&p->c->err, ERR_USAGE, "--lang 应为 zh 或 en", "--lang is zh or en");
    if (lang)
        p->c->lang = lang_from(lang);
    return rc < 0 ? rc : help ? ARGS_HELP : 0;
}

int args_parse(struct cli *c, int argc, char **argv, const struct arg *args, size_t count, const char **words,
               size_t *word_count, size_t max)
{
    struct parse p = {c, argc, 0, argv, args, count};
    bool options = true, help = false;

    *word_count = 0;
    for (; p.at < argc; p.at++) {
        const char *word = argv[p.at];
        if (options && strcmp(word, "--") == 0) {
            options = false;
        } else if (options && word[0] == '-' && word[1]) {
            int rc = take_option(&p, word);
            if (rc < 0)
                return rc;
            help |= rc == ARGS_HELP;
        } else if (*word_count == max) {
            return err_set(&c->err, ERR_USAGE, "多余的参数“%s”", "\"%s\" is one word too many", word);
        } else {
            words[(*word_count)++] = word;
        }
    }
    if (help)
        command_help(c, stdout);
    return help ? ARGS_HELP : 0;
}
