/* load: a roster folder into the store, through the running server if there is one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "cli.h"

static int print_loaded(struct cli *c, const json_t *answer)
{
    const json_t *loaded = json_object_get(answer, "loaded");

    if (c->json)
        return print_json(c, answer);
    for (size_t i = 0; i < schema_current()->count; i++) {
        const struct schema_table *t = &schema_current()->tables[i];
        const json_t *n = json_object_get(loaded, t->name);
        if (n) {
            print_padded(say(c, t->zh, t->en), 16);
            printf("%10lld\n", (long long)json_integer_value(n));
        }
    }
    printf(say(c, "新增 %lld · 更新 %lld · 未变 %lld\n", "%lld new, %lld updated, %lld as before\n"),
           (long long)json_integer_value(json_object_get(answer, "new")),
           (long long)json_integer_value(json_object_get(answer, "changed")),
           (long long)json_integer_value(json_object_get(answer, "same")));
    json_int_t kept = json_integer_value(json_object_get(answer, "kept"));
    if (kept > 0)
        printf(say(c, "%lld 处是下面后来更正的，没有用名册上的旧值\n",
                   "%lld values were corrected in the field after the sheet was written and stand\n"), (long long)kept);
    return 0;
}

int command_load(struct cli *c, int argc, char **argv)
{
    const char *dir = NULL;
    json_t *answer = NULL;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, &dir, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0)
        return err_set(&c->err, ERR_USAGE, "缺少名册目录：zhucun-server load DIR", "which folder? zhucun-server load DIR");
    if ((rc = need_data(c)) < 0)
        return rc;
    char *full = realpath(dir, NULL); /* the server may run in another folder */
    if (!full)
        return err_set(&c->err, ERR_REFUSED, "没有目录 %s：%s", "there is no folder %s: %s", dir, strerror(errno));
    json_t *request = json_pack("{s:s,s:s}", "do", "load", "dir", full);
    free(full);
    rc = request ? admin_call_watched(c->data, request, show_progress, c, &answer, &c->err) : err_nomem(&c->err);
    json_decref(request);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (rc == 0)
        rc = print_loaded(c, answer);
    json_decref(answer);
    return rc;
}
