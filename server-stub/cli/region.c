/* region: villages are merged or split. */
#include <stdlib.h>
#include <string.h>

#include "ask.h"

struct region_args {
    const char *into, *name, *file, *as, *why;
    const char *words[ARGS_MAX];
    size_t count;
};

static int merge(struct cli *c, const struct region_args *a)
{
    static const struct {
        const char *key, *zh, *en;
    } counted[] = {{"household", "户", "households"}, {"worker", "人", "workers"}, {"order", "单据", "orders"},
                   {"clue", "线索", "clues"}, {"indicator", "指标", "indicators"}, {"device", "设备", "laptops"}};
    json_t *answer = NULL;
    int rc = ask(c, json_pack("{s:s,s:o,s:s,s:s*,s:s*}", "do", "region_merge", "codes", words_json(a->words + 1, a->count - 1), "into",
                              a->into, "as", a->as, "why", a->why), &answer);

    if (rc == 0 && c->json)
        rc = print_json(c, answer);
    for (size_t i = 0; rc == 0 && !c->json && i < sizeof counted / sizeof counted[0]; i++) {
        print_padded(say(c, counted[i].zh, counted[i].en), 14);
        printf("%8lld → %s\n", (long long)json_integer_value(json_object_get(answer, counted[i].key)), text_in(answer, "into"));
    }
    json_decref(answer);
    return rc;
}

/* What a split does besides: laptops hold the new village, too, and figures stay where they were reported. */
static void print_kept(struct cli *c, const json_t *answer)
{
    long long laptops = json_integer_value(json_object_get(answer, "device")), kept = json_integer_value(json_object_get(answer, "indicator"));

    if (laptops > 0)
        fprintf(stderr, say(c, "%lld 台设备的范围加入了新村\n", "%lld laptops hold the new village, too\n"), laptops);
    if (kept > 0)
        fprintf(stderr, say(c, "%lld 项指标仍记在 %s\n", "%lld indicators stay with %s\n"), kept, text_in(answer, "from"));
}

static int split(struct cli *c, const struct region_args *a)
{
    json_t *answer = NULL;
    char *file;
    int rc = file_arg(c, a->file, &file);

    if (rc == 0)
        rc = ask(c, json_pack("{s:s,s:s,s:s,s:s,s:s*,s:s*,s:s*}", "do", "region_split", "code", a->words[1], "into", a->into, "name",
                              a->name, "file", file, "as", a->as, "why", a->why), &answer);
    free(file);
    if (rc == 0)
        rc = print_each(c, json_object_get(answer, "moved"), print_moved);
    if (rc == 0)
        print_not_moved(c, answer);
    if (rc == 0)
        print_kept(c, answer);
    json_decref(answer);
    return rc;
}

int command_region(struct cli *c, int argc, char **argv)
{
    struct region_args a = {0};
    const struct arg args[] = {{"--into", ARG_TEXT, &a.into}, {"--name", ARG_TEXT, &a.name}, {"--file", ARG_TEXT, &a.file},
                               {"--as", ARG_TEXT, &a.as}, {"--why", ARG_TEXT, &a.why}};
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], a.words, &a.count, ARGS_MAX);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (a.count > 1 && strcmp(a.words[0], "merge") == 0 && a.into && !a.name && !a.file)
        return merge(c, &a);
    if (a.count == 2 && strcmp(a.words[0], "split") == 0 && a.into && a.name && a.file)
        return split(c, &a);
    return err_set(&c->err, ERR_USAGE, "用法：zhucun-server region merge 代码… --into 代码 | region split 代码 --into 新代码 --name 名称 --file 户表",
                   "usage: zhucun-server region merge CODE… --into CODE | region split CODE --into NEWCODE --name NAME --file FILE");
}
