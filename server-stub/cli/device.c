/* device: list, revoke, and what it holds, through the running server if there is one. */
#include <string.h>

#include "admin.h"
#include "ask.h"

static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "-";
}

/* Only where it is less than all: "holds N of M". */
static void print_extent(struct cli *c, const json_t *d)
{
    json_int_t held = json_integer_value(json_object_get(d, "households_held"));
    json_int_t assigned = json_integer_value(json_object_get(d, "households_assigned"));

    if (assigned > held)
        printf(say(c, "  持有 %lld 户，共 %lld 户", "  holds %lld of %lld households"), (long long)held, (long long)assigned);
}

static int print_devices(struct cli *c, const json_t *list)
{
    int rc = 0;

    for (size_t i = 0; i < json_array_size(list) && rc >= 0; i++) {
        const json_t *d = json_array_get(list, i);
        if (c->json) {
            rc = print_json(c, d);
            continue;
        }
        printf("%s  ", text_of(d, "origin"));
        print_padded(text_of(d, "name"), 24);
        printf("%-25s  %8lld  %s", text_of(d, "last_contact"),
               (long long)json_integer_value(json_object_get(d, "received_seq")),
               json_is_string(json_object_get(d, "revoked_at")) ? say(c, "已停用", "revoked") : "");
        print_extent(c, d);
        printf("\n");
    }
    return rc;
}

static int call(struct cli *c, json_t *request, json_t **answer)
{
    int rc = request ? admin_call(c->data, request, answer, &c->err) : err_nomem(&c->err);

    json_decref(request);
    return rc;
}

static int list(struct cli *c)
{
    json_t *answer = NULL;
    int rc = call(c, json_pack("{s:s}", "do", "device_list"), &answer);

    if (rc >= 0)
        print_heading(c, "设备              名称                    最后联系                   已收序号", "device            name                    last contact               received");
    if (rc >= 0)
        rc = print_devices(c, json_object_get(answer, "devices"));
    json_decref(answer);
    return rc;
}

static int revoke(struct cli *c, const char *which)
{
    json_t *answer = NULL;
    int rc = call(c, json_pack("{s:s,s:s}", "do", "device_revoke", "origin", which), &answer);

    if (rc >= 0 && c->json)
        rc = print_json(c, answer);
    else if (rc >= 0)
        printf("%s %s\n", say(c, "已停用", "revoked"), text_of(answer, "revoked"));
    json_decref(answer);
    return rc;
}

static json_t *list_of(const struct arg_list *l)
{
    return words_json(l->items, l->count);
}

struct scope_args {
    struct arg_list add, remove, set;
};

static int scope(struct cli *c, const char *which, const struct scope_args *a)
{
    json_t *answer = NULL;
    int rc = call(c, json_pack("{s:s,s:s,s:o,s:o,s:o}", "do", "device_scope", "origin", which, "add", list_of(&a->add), "remove",
                               list_of(&a->remove), "set", list_of(&a->set)), &answer);
    const json_t *codes = json_object_get(answer, "scope");

    if (rc >= 0 && c->json)
        rc = print_json(c, answer);
    else if (rc >= 0)
        printf("%s:", text_of(answer, "name"));
    for (size_t i = 0; rc >= 0 && !c->json && i < json_array_size(codes); i++)
        printf(" %s%s", json_string_value(json_array_get(codes, i)), i + 1 == json_array_size(codes) ? "\n" : "");
    if (rc >= 0)
        warn_laptop(c, answer);
    json_decref(answer);
    return rc;
}

int command_device(struct cli *c, int argc, char **argv)
{
    struct scope_args a = {0};
    const struct arg args[] = {{"--add", ARG_LIST, &a.add}, {"--remove", ARG_LIST, &a.remove}, {"--set", ARG_LIST, &a.set}};
    const char *words[2] = {NULL, NULL};
    size_t n;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], words, &n, 2);
    bool scoping = a.add.count + a.remove.count + a.set.count > 0;

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = need_data(c)) < 0)
        return rc;
    if (n == 1 && strcmp(words[0], "list") == 0 && !scoping)
        return list(c);
    if (n == 2 && strcmp(words[0], "revoke") == 0 && !scoping)
        return revoke(c, words[1]);
    if (n == 2 && strcmp(words[0], "scope") == 0 && scoping)
        return scope(c, words[1], &a);
    return err_set(&c->err, ERR_USAGE, "用法：zhucun-server device list | revoke 编号|名称 | scope 编号|名称 --add|--remove|--set 代码",
                   "usage: zhucun-server device list | revoke ORIGIN|NAME | scope ORIGIN|NAME --add|--remove|--set CODE");
}
