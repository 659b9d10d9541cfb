/* ask: what commands share that ask the writer — the running server, or the store itself — to do something. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "ask.h"

int ask(struct cli *c, json_t *request, json_t **answer)
{
    int rc = need_data(c);

    if (rc == 0)
        rc = request ? admin_call(c->data, request, answer, &c->err) : err_nomem(&c->err);
    json_decref(request);
    return rc < 0 ? rc : 0;
}

int file_arg(struct cli *c, const char *path, char **full)
{
    *full = NULL;
    if (!path || (*full = realpath(path, NULL)) != NULL) /* the server may run in another folder */
        return 0;
    return err_set(&c->err, ERR_REFUSED, "没有文件 %s：%s", "there is no file %s: %s", path, strerror(errno));
}

json_t *words_json(const char *const *words, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

const char *text_in(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "";
}

int print_each(struct cli *c, const json_t *list, void (*people)(struct cli *c, const json_t *one))
{
    int rc = 0;

    for (size_t i = 0; i < json_array_size(list) && rc == 0; i++) {
        if (c->json)
            rc = print_json(c, json_array_get(list, i));
        else
            people(c, json_array_get(list, i));
    }
    return rc;
}

void warn_beyond(struct cli *c, const json_t *one)
{
    json_int_t held = json_integer_value(json_object_get(one, "households_held"));
    json_int_t assigned = json_integer_value(json_object_get(one, "households_assigned"));

    if (assigned > held)
        fprintf(stderr, say(c, "警告：设备“%s”的使用者帮扶 %lld 户，设备只持有其中编号在前的 %lld 户：请改用村的范围，或分给几台设备\n",
                            "warning: %s: %lld households are assigned to its workers, it holds the first %lld of them: give it"
                            " villages, or share them between laptops\n"),
                text_in(one, "name"), (long long)assigned, (long long)held);
}

void warn_laptop(struct cli *c, const json_t *one)
{
    const json_t *outside = json_object_get(one, "outside"), *scope = json_object_get(one, "scope");
    char codes[256] = "";

    for (size_t i = 0; i < json_array_size(scope) && strlen(codes) < sizeof codes - 32; i++)
        snprintf(codes + strlen(codes), sizeof codes - strlen(codes), "%s%s", i ? "," : "",
                 json_string_value(json_array_get(scope, i)));
    warn_beyond(c, one);
    for (size_t i = 0; i < json_array_size(outside); i++) {
        const json_t *w = json_array_get(outside, i);
        fprintf(stderr, say(c, "警告：设备“%s”的范围是 %s，%s %s 所在的 %s 不在其中：他在此设备上不能署名，除非把 %s 加入范围\n",
                            "warning: %s holds %s; %s %s belongs to %s, which is not in it: he cannot sign there unless %s is added to"
                            " the scope\n"),
                text_in(one, "name"), codes, text_in(w, "worker"), text_in(w, "name"), text_in(w, "region"), text_in(w, "region"));
    }
}
