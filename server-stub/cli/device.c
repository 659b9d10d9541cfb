/* device: list and revoke, through the running server if there is one. */
#include <string.h>

#include "admin.h"
#include "cli.h"

static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "-";
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
        printf("%-25s  %8lld  %s\n", text_of(d, "last_contact"),
               (long long)json_integer_value(json_object_get(d, "received_seq")),
               json_is_string(json_object_get(d, "revoked_at")) ? say(c, "已停用", "revoked") : "");
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

int command_device(struct cli *c, int argc, char **argv)
{
    const char *words[2] = {NULL, NULL};
    size_t n;
    int rc = args_parse(c, argc, argv, NULL, 0, words, &n, 2);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = need_data(c)) < 0)
        return rc;
    if (n == 1 && strcmp(words[0], "list") == 0)
        return list(c);
    if (n == 2 && strcmp(words[0], "revoke") == 0)
        return revoke(c, words[1]);
    return err_set(&c->err, ERR_USAGE, "用法:zhucun-server device list | revoke 编号|名称",
                   "usage: zhucun-server device list | revoke ORIGIN|NAME");
}
