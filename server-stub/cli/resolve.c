/* resolve: a person's decision about an entry of the ledger, through the running server if there is one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "explain.h"

static int read_id(struct cli *c, const char *text, json_int_t *id)
{
    const char *digits = *text == '#' ? text + 1 : text;
    char *end = NULL;

    errno = 0;
    *id = strtoll(digits, &end, 10);
    if (errno == 0 && end != digits && *end == '\0' && *id > 0)
        return 0;
    if (strncmp(text, "q:", 2) == 0)
        return err_set(&c->err, ERR_USAGE, "这是被隔离的变更：用 quarantine retry %s", "this one is quarantined: use quarantine retry %s",
                       text);
    return err_set(&c->err, ERR_USAGE, "“%s”不是台账号（见 conflicts）", "\"%s\" is not a ledger number (see conflicts)", text);
}

static int print_answer(struct cli *c, const json_t *o)
{
    const json_t *decided = json_object_get(o, "decided");
    const char *ruling = explain_text(o, "ruling");
    enum ledger_ruling which = strcmp(ruling, "winner") == 0 ? RULING_WINNER
                               : strcmp(ruling, "loser") == 0 ? RULING_LOSER
                                                              : RULING_OTHER;

    if (c->json)
        return print_json(c, o);
    for (size_t i = 0; i < json_array_size(decided); i++)
        printf("%s#%lld", i ? " " : "", (long long)json_integer_value(json_array_get(decided, i)));
    printf(say(c, "  %s.%s：%s → %s\n", "  %s.%s: %s → %s\n"), explain_text(o, "table"), explain_text(o, "column"), explain_ruled(c, which),
           explain_text(o, "current"));
    printf(say(c, "    下次同步时告知 %lld 台电脑\n", "    %lld laptops are told at their next sync\n"),
           (long long)json_integer_value(json_object_get(o, "notices")));
    return 0;
}

int command_resolve(struct cli *c, int argc, char **argv)
{
    const char *id = NULL, *take = NULL, *why = NULL, *as = NULL;
    const struct arg args[] = {{"--take", ARG_TEXT, &take}, {"--why", ARG_TEXT, &why}, {"--as", ARG_TEXT, &as}};
    json_t *request = NULL, *answer = NULL;
    json_int_t number = 0;
    size_t words;
    int rc = args_parse(c, argc, argv, args, 3, &id, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0 || !take || !why)
        return err_set(&c->err, ERR_USAGE, "用法：zhucun-server resolve 台账号 --take winner|loser|值 --why 理由 [--as 工号]",
                       "usage: zhucun-server resolve ID --take winner|loser|VALUE --why TEXT [--as WORKER]");
    rc = read_id(c, id, &number);
    if (rc >= 0)
        rc = need_data(c);
    if (rc >= 0) {
        request = json_pack("{s:s,s:I,s:s,s:s,s:s*}", "do", "resolve", "id", number, "take", take, "why", why, "as", as);
        rc = request ? admin_call(c->data, request, &answer, &c->err) : err_nomem(&c->err);
    }
    if (rc >= 0)
        rc = print_answer(c, answer);
    json_decref(request);
    json_decref(answer);
    return rc < 0 ? rc : 0;
}
