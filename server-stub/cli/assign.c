/* assign: who helps which household, one or a sheet of them. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"

static const char *name_of(const json_t *one)
{
    const char *no = text_in(one, "national_no");

    return *no ? no : text_in(one, "household");
}

static void print_changed(struct cli *c, const json_t *one)
{
    bool ended = strcmp(text_in(one, "act"), "ended") == 0;

    print_padded(name_of(one), 24);
    print_padded(text_in(one, "role"), 14);
    print_padded(text_in(one, "worker"), 12);
    printf("%s %s\n", ended ? say(c, "结束于", "until") : say(c, "开始于", "since"), text_in(one, ended ? "until" : "since"));
}

/* Said, but not as a record: nothing has changed. */
static void print_unchanged(struct cli *c, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *worker = text_in(one, "worker");
        if (strcmp(worker, "-") == 0)
            fprintf(stderr, say(c, "%s：没有可结束的%s\n", "%s: there is no %s to end\n"), name_of(one), text_in(one, "role"));
        else
            fprintf(stderr, say(c, "%s：%s 已经是%s，不变\n", "%s: %s is its %s already, nothing changes\n"), name_of(one), worker,
                    text_in(one, "role"));
    }
}

struct assign_args {
    const char *to, *from, *role, *on, *as, *why, *file;
};

static int run(struct cli *c, const struct assign_args *a, const char *household)
{
    json_t *answer = NULL;
    char *file;
    int rc = file_arg(c, a->file, &file);

    if (rc == 0)
        rc = ask(c, json_pack("{s:s,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*}", "do", "assign", "household", household, "to", a->to,
                              "from", a->from, "role", a->role, "on", a->on, "as", a->as, "why", a->why, "file", file), &answer);
    free(file);
    if (rc == 0)
        rc = print_each(c, json_object_get(answer, "changed"), print_changed);
    if (rc == 0)
        print_unchanged(c, json_object_get(answer, "unchanged"));
    for (size_t i = 0; rc == 0 && i < json_array_size(json_object_get(answer, "beyond")); i++)
        warn_beyond(c, json_array_get(json_object_get(answer, "beyond"), i));
    json_decref(answer);
    return rc;
}

int command_assign(struct cli *c, int argc, char **argv)
{
    struct assign_args a = {0};
    const struct arg args[] = {{"--to", ARG_TEXT, &a.to}, {"--from", ARG_TEXT, &a.from}, {"--role", ARG_TEXT, &a.role},
                               {"--on", ARG_TEXT, &a.on}, {"--as", ARG_TEXT, &a.as}, {"--why", ARG_TEXT, &a.why},
                               {"--file", ARG_TEXT, &a.file}};
    const char *household = NULL;
    size_t words;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], &household, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (a.file ? words || a.to || a.from || a.role || a.on : !words || !a.to)
        return err_set(&c->err, ERR_USAGE, "用法：zhucun-server assign 户 --to 人|- …，或 assign --file 表.csv",
                       "usage: zhucun-server assign HOUSEHOLD --to WORKER|- …, or assign --file FILE.csv");
    return run(c, &a, household);
}
