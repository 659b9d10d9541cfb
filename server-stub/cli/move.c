/* move: households to another village. */
#include <stdlib.h>

#include "ask.h"

void print_moved(struct cli *c, const json_t *one)
{
    const char *no = text_in(one, "national_no");

    (void)c;
    print_padded(*no ? no : text_in(one, "household"), 38);
    printf("%s → %s\n", text_in(one, "from"), text_in(one, "to"));
}

void print_not_moved(struct cli *c, const json_t *answer)
{
    size_t n = json_array_size(json_object_get(answer, "unchanged"));

    if (n > 0)
        fprintf(stderr, say(c, "%zu 户已在那里，不变\n", "%zu households live there already, nothing changes\n"), n);
}

int command_move(struct cli *c, int argc, char **argv)
{
    const char *words[ARGS_MAX];
    const char *to = NULL, *path = NULL, *as = NULL, *why = NULL;
    const struct arg args[] = {{"--to", ARG_TEXT, &to}, {"--file", ARG_TEXT, &path}, {"--as", ARG_TEXT, &as}, {"--why", ARG_TEXT, &why}};
    json_t *answer = NULL;
    size_t count;
    char *file;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], words, &count, ARGS_MAX);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (!to || (count == 0 && !path))
        return err_set(&c->err, ERR_USAGE, "用法：zhucun-server move 户… --to 村代码，或 --file 文件 --to 村代码",
                       "usage: zhucun-server move HOUSEHOLD… --to VILLAGE, or --file FILE --to VILLAGE");
    if ((rc = file_arg(c, path, &file)) < 0)
        return rc;
    rc = ask(c, json_pack("{s:s,s:o,s:s,s:s*,s:s*,s:s*}", "do", "move", "households", words_json(words, count), "to", to, "file",
                          file, "as", as, "why", why), &answer);
    free(file);
    if (rc == 0)
        rc = print_each(c, json_object_get(answer, "moved"), print_moved);
    if (rc == 0)
        print_not_moved(c, answer);
    json_decref(answer);
    return rc;
}
