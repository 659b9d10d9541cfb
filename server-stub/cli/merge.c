/* merge: two rows are the same household or person; and taking that back. */
#include "ask.h"

int command_merge(struct cli *c, int argc, char **argv)
{
    const char *words[2] = {NULL, NULL}, *why = NULL, *as = NULL, *back = NULL;
    const struct arg args[] = {{"--why", ARG_TEXT, &why}, {"--as", ARG_TEXT, &as}, {"--undo", ARG_TEXT, &back}};
    json_t *answer = NULL;
    size_t count;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], words, &count, 2);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (!why || (back ? count != 0 : count != 2))
        return err_set(&c->err, ERR_USAGE, "用法：zhucun-server merge 表/保留 表/并入 --why 理由 | merge --undo 表/并入 --why 理由",
                       "usage: zhucun-server merge TABLE/KEEP TABLE/DROP --why TEXT | merge --undo TABLE/DROP --why TEXT");
    rc = ask(c, json_pack("{s:s,s:s*,s:s*,s:s*,s:s*,s:s}", "do", "merge", "keep", words[0], "drop", words[1], "undo", back, "as", as,
                          "why", why), &answer);
    if (rc == 0 && c->json)
        rc = print_json(c, answer);
    else if (rc == 0 && back)
        printf("%s %s/%s\n", say(c, "已恢复", "stands by itself again:"), text_in(answer, "table"), text_in(answer, "id"));
    else if (rc == 0)
        printf("%s/%s %s %s\n", text_in(answer, "table"), text_in(answer, "id"), say(c, "并入", "is now the same as"),
               text_in(answer, "merged_into"));
    json_decref(answer);
    return rc;
}
