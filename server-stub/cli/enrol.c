/* enrol: one-time codes for laptops, one or a sheet of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "zhucun/csv.h"

struct enrol_args {
    struct arg_list scope, workers;
    const char *name, *hours, *batch, *out;
};

static json_t *list_of(const struct arg_list *l)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->count; i++)
        json_array_append_new(list, json_string(l->items[i]));
    return list;
}

static long hours_of(const struct enrol_args *a)
{
    return a->hours ? strtol(a->hours, NULL, 10) : 0;
}

static int enrol_one(struct cli *c, const struct enrol_args *a)
{
    json_t *answer = NULL;
    json_t *request = json_pack("{s:s,s:o,s:o,s:s,s:I}", "do", "enrol", "scope", list_of(&a->scope), "workers",
                                list_of(&a->workers), "name", a->name ? a->name : "", "hours", (json_int_t)hours_of(a));
    int rc = ask(c, request, &answer);

    if (rc < 0)
        return rc;
    if (c->json)
        rc = print_json(c, answer);
    else
        printf("%s\n", json_string_value(json_object_get(answer, "code")));
    if (rc == 0 && !c->json)
        fprintf(stderr, "%s %s\n", say(c, "有效至", "valid until"), json_string_value(json_object_get(answer, "expires")));
    if (rc == 0)
        warn_laptop(c, answer);
    json_decref(answer);
    return rc;
}

/* ---- a sheet ---- */

static void put_words(struct csv_writer *w, const json_t *list)
{
    struct buf text;

    buf_init(&text, 64 * 1024);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_printf(&text, "%s%s", i ? " " : "", json_string_value(json_array_get(list, i)));
    csv_put(w, buf_text(&text), text.len);
    buf_free(&text);
}

static void put_code(struct csv_writer *w, const json_t *one)
{
    csv_put_text(w, json_string_value(json_object_get(one, "laptop")));
    csv_put_text(w, json_string_value(json_object_get(one, "wave")));
    csv_put_text(w, json_string_value(json_object_get(one, "code")));
    put_words(w, json_object_get(one, "scope"));
    put_words(w, json_object_get(one, "workers"));
    csv_end(w);
}

static int write_codes(struct cli *c, const json_t *codes, const char *path)
{
    static const char *const names[] = {"laptop", "wave", "code", "scope", "workers"};
    struct buf out;
    struct csv_writer w = {.out = &out};
    FILE *f = path ? fopen(path, "wxe") : stdout;
    int rc = 0;

    if (!f)
        return err_set(&c->err, errno == EEXIST ? ERR_REFUSED : ERR_DISK, "无法写 %s：%s", "cannot write %s: %s", path,
                       strerror(errno));
    buf_init(&out, 16 * 1024 * 1024);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        csv_put_text(&w, names[i]);
    csv_end(&w);
    for (size_t i = 0; i < json_array_size(codes); i++)
        put_code(&w, json_array_get(codes, i));
    if (out.failed || fwrite(out.data, 1, out.len, f) != out.len || fflush(f) == EOF)
        rc = err_set(&c->err, ERR_DISK, "写出失败", "writing failed");
    if (path && fclose(f) == EOF && rc == 0)
        rc = err_set(&c->err, ERR_DISK, "写出失败", "writing failed");
    buf_free(&out);
    return rc;
}

static int enrol_batch(struct cli *c, const struct enrol_args *a)
{
    json_t *answer = NULL;
    char *full = realpath(a->batch, NULL);
    int rc;

    if (!full)
        return err_set(&c->err, ERR_REFUSED, "没有文件 %s", "there is no file %s", a->batch);
    rc = ask(c, json_pack("{s:s,s:s,s:I}", "do", "enrol_batch", "file", full, "hours", (json_int_t)hours_of(a)), &answer);
    free(full);
    if (rc < 0)
        return rc;
    const json_t *codes = json_object_get(answer, "codes");
    rc = write_codes(c, codes, a->out);
    if (rc == 0 && a->out)
        printf(say(c, "已发放 %zu 个注册码 → %s\n", "%zu codes → %s\n"), json_array_size(codes), a->out);
    for (size_t i = 0; rc == 0 && i < json_array_size(codes); i++)
        warn_laptop(c, json_array_get(codes, i));
    json_decref(answer);
    return rc;
}

int command_enrol(struct cli *c, int argc, char **argv)
{
    struct enrol_args *a = calloc(1, sizeof *a);
    size_t words;
    int rc;

    if (!a)
        return err_nomem(&c->err);
    const struct arg args[] = {{"--scope", ARG_LIST, &a->scope}, {"--worker", ARG_LIST, &a->workers},
                               {"--name", ARG_TEXT, &a->name}, {"--hours", ARG_TEXT, &a->hours},
                               {"--batch", ARG_TEXT, &a->batch}, {"-o", ARG_TEXT, &a->out}};
    rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], NULL, &words, 0);
    if (rc == 0 && !a->batch && a->scope.count == 0)
        rc = err_set(&c->err, ERR_USAGE, "请用 --scope 给出区划代码，或用 --batch 给出表格",
                     "give region codes by --scope, or a sheet by --batch");
    if (rc == 0)
        rc = need_data(c);
    if (rc == 0)
        rc = a->batch ? enrol_batch(c, a) : enrol_one(c, a);
    free(a);
    return rc < 0 ? rc : 0;
}
