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

/* "household/H1 (试户一) phone: the losing value was taken → 111, entered by B1 试甲" */
static void print_what(const struct cli *c, const json_t *o, enum ledger_ruling which)
{
    const struct schema_table *t = schema_table_named(schema_current(), explain_text(o, "table"));
    const char *record = explain_text(o, "record"), *number = explain_text(o, "household"), *value = explain_text(o, "current");
    const char *author = explain_text(o, "author"), *column = explain_text(o, "column");
    bool whole = *column == '\0', itself = strncmp(record, "household/", 10) == 0;

    printf("  %s", record);
    if (*number)
        printf(" (%s%s%s)", itself ? "" : number, itself ? "" : " ", explain_text(o, "person"));
    if (!whole)
        printf(" %s", explain_column(c, t, column));
    printf(say(c, "：%s", ": %s"), explain_ruled(c, which));
    if (!whole)
        printf(" → %s", *value ? value : say(c, "（空）", "(empty)"));
    if (*author)
        printf(say(c, "，%s 所填", ", entered by %s"), author);
    printf("\n");
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
    print_what(c, o, which);
    printf(say(c, "    下次同步时告知 %lld 台电脑\n", "    %lld laptops are told at their next sync\n"),
           (long long)json_integer_value(json_object_get(o, "notices")));
    return 0;
}

int command_resolve(struct cli *c, int argc, char **argv)
{
    const char *id = NULL, *take = NULL, *why = NULL, *as = NULL;
    bool earlier = false;
    const struct arg args[] = {{"--take", ARG_TEXT, &take}, {"--why", ARG_TEXT, &why}, {"--as", ARG_TEXT, &as},
                               {"--earlier", ARG_FLAG, &earlier}};
    json_t *request = NULL, *answer = NULL;
    json_int_t number = 0;
    size_t words;
    int rc = args_parse(c, argc, argv, args, 4, &id, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0 || !take || !why)
        return err_set(&c->err, ERR_USAGE, "用法：zhucun-server resolve 台账号 --take winner|loser|值 --why 理由 [--as 工号] [--earlier]",
                       "usage: zhucun-server resolve ID --take winner|loser|VALUE --why TEXT [--as WORKER] [--earlier]");
    rc = read_id(c, id, &number);
    if (rc >= 0)
        rc = need_data(c);
    if (rc >= 0) {
        request = json_pack("{s:s,s:I,s:s,s:s,s:b,s:s*}", "do", "resolve", "id", number, "take", take, "why", why, "earlier", (int)earlier,
                            "as", as);
        rc = request ? admin_call(c->data, request, &answer, &c->err) : err_nomem(&c->err);
    }
    if (rc >= 0)
        rc = print_answer(c, answer);
    json_decref(request);
    json_decref(answer);
    return rc < 0 ? rc : 0;
}
