/* order: 提示单 and 督办单: issue, close, and how each one stands. */
#include <inttypes.h>
#include <string.h>

#include "ask.h"
#include "report.h"

struct order_args {
    const char *region, *worker, *kind, *text, *due, *number, *as, *why, *scope;
    bool open;
};

static int print_named(struct cli *c, json_t *answer, int rc)
{
    if (rc == 0 && c->json)
        rc = print_json(c, answer);
    else if (rc == 0)
        printf("%s %s\n", text_in(answer, "number"), text_in(answer, "id"));
    json_decref(answer);
    return rc;
}

static int issue(struct cli *c, const struct order_args *a)
{
    json_t *answer = NULL;
    int rc = ask(c, json_pack("{s:s,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*,s:s*}", "do", "order_issue", "region", a->region, "worker", a->worker,
                              "kind", a->kind, "text", a->text, "due", a->due, "number", a->number, "as", a->as), &answer);

    return print_named(c, answer, rc);
}

static int close_one(struct cli *c, const struct order_args *a, const char *which)
{
    json_t *answer = NULL;
    int rc = ask(c, json_pack("{s:s,s:s,s:s*,s:s*}", "do", "order_close", "order", which, "as", a->as, "why", a->why), &answer);

    return print_named(c, answer, rc);
}

/* ---- list ---- */

static const struct {
    const char *name, *zh, *en;
} standings[] = {
    [ORDER_OPEN] = {"open", "待回复", "open"},
    [ORDER_ANSWERED] = {"answered", "已按期回复", "answered"},
    [ORDER_LATE] = {"late", "逾期回复", "answered late"},
    [ORDER_OVERDUE] = {"overdue", "逾期未回复", "overdue"},
    [ORDER_CLOSED] = {"closed", "已办结", "closed"},
};

enum { WORDS_MAX = 200, STANDINGS = sizeof standings / sizeof standings[0] };

struct listing {
    struct cli *c;
    struct store *s;
    bool open;
    unsigned shown, standing[STANDINGS];
    size_t answered, late, uploaded_late;
};

static const char *day_text(int64_t day, char out[11])
{
    out[0] = '\0';
    if (day)
        date_format(day, out);
    return out;
}

/* "B2 试乙"; nobody in person: "". One who is not in the roster: his id. */
static void worker_words(struct listing *l, struct row_id id, char no[ROW_ID_TEXT], char words[WORDS_MAX])
{
    const struct schema_table *t = schema_table_named(store_schema(l->s), "worker");
    struct stored_row row;
    struct arena arena;

    no[0] = words[0] = '\0';
    if (row_id_is_null(id))
        return;
    row_id_to_text(id, no);
    snprintf(words, WORDS_MAX, "%s", no);
    arena_init(&arena, 4 * 1024 * 1024);
    if (store_row_get(l->s, t, id, &arena, &row, NULL) > 0) {
        const struct value *key = &row.row.values[schema_column_index(t, schema_flagged(t, COLUMN_KEY))];
        const struct value *name = &row.row.values[schema_column_index(t, schema_column_named(t, "name"))];
        snprintf(no, ROW_ID_TEXT, "%.*s", (int)key->len, key->data ? (const char *)key->data : "");
        snprintf(words, WORDS_MAX, "%s %.*s", no, (int)name->len, name->data ? (const char *)name->data : "");
    }
    arena_free(&arena);
}

static json_t *reply_json(struct listing *l, const struct report_reply *r)
{
    char id[ROW_ID_TEXT], author[ROW_ID_TEXT], words[WORDS_MAX], date[11], received[30];

    row_id_to_text(r->id, id);
    worker_words(l, r->author, author, words);
    time_format(r->received_ms, received);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:b}", "id", id, "author", author, "author_name", words, "date",
                     day_text(r->date, date), "received_at", received, "text", r->text, "in_time", (int)r->in_time, "late_upload",
                     (int)r->late_upload, "to_closed", (int)r->to_closed);
}

static json_t *order_json(struct listing *l, const struct report_order *o)
{
    const struct schema_table *t = schema_table_named(store_schema(l->s), "order");
    const char *kind = schema_code_label(schema_column_named(t, "kind")->codes, o->kind, LANG_ZH);
    char id[ROW_ID_TEXT], region[24], issued[11], due[11], closed[11], no[ROW_ID_TEXT], by[WORDS_MAX];
    json_t *replies = json_array();

    for (size_t i = 0; i < o->reply_count; i++)
        json_array_append_new(replies, reply_json(l, &o->replies[i]));
    row_id_to_text(o->id, id);
    snprintf(region, sizeof region, "%012" PRId64, o->region);
    worker_words(l, o->issued_by, no, by);
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s*,s:s,s:s*,s:s*,s:s,s:s,s:I,s:I,s:b,s:o}", "id", id, "number", o->number,
                     "kind", kind ? kind : "", "region", region, "region_name", o->region_name, "worker", o->worker, "worker_name",
                     o->worker_name, "issuer", o->issuer, "issued_by", *by ? by : NULL, "issued_on", day_text(o->issued_on, issued),
                     "due_on", o->due_on ? day_text(o->due_on, due) : NULL, "closed_on",
                     o->closed_on ? day_text(o->closed_on, closed) : NULL, "text", o->text, "state", standings[o->standing].name,
                     "answered", (json_int_t)o->answered, "late", (json_int_t)o->late, "late_upload", (int)o->late_upload, "replies",
                     replies);
}

/* "发给 B2 试乙  签发 某局(X1 试丙)": the addressee, and who issued it, by name. */
static void print_parties(struct cli *c, const json_t *o)
{
    const char *worker = text_in(o, "worker"), *by = text_in(o, "issued_by");

    printf("%s %s %s  %s %s", say(c, "发给", "to"), *worker ? worker : text_in(o, "region"),
           *worker ? text_in(o, "worker_name") : text_in(o, "region_name"), say(c, "签发", "by"), text_in(o, "issuer"));
    if (*by && strcmp(by, text_in(o, "issuer")) != 0)
        printf(say(c, "(%s)", " (%s)"), by);
}

static void print_reply(struct cli *c, const json_t *r)
{
    const char *who = text_in(r, "author_name");

    printf("    %s  %s  %s%s%s%s\n", text_in(r, "date"), *who ? who : text_in(r, "author"), text_in(r, "text"),
           json_is_true(json_object_get(r, "late_upload")) ? say(c, "  （延迟上传）", "  (uploaded late)") : "",
           json_is_true(json_object_get(r, "in_time")) ? "" : say(c, "  （逾期）", "  (late)"),
           json_is_true(json_object_get(r, "to_closed")) ? say(c, "  （单已办结）", "  (the order was closed)") : "");
}

static void print_people(struct listing *l, const json_t *o, enum order_standing standing)
{
    const json_t *replies = json_object_get(o, "replies");
    struct cli *c = l->c;

    print_padded(text_in(o, "number"), 14);
    print_padded(text_in(o, "kind"), 8);
    print_padded(say(c, standings[standing].zh, standings[standing].en), 14);
    print_parties(c, o);
    printf("  %s %s  %s\n", say(c, "期限", "due"), *text_in(o, "due_on") ? text_in(o, "due_on") : "-", text_in(o, "text"));
    for (size_t i = 0; i < json_array_size(replies); i++)
        print_reply(c, json_array_get(replies, i));
}

/* How many are answered and late: of the orders listed, and of their replies. */
static void print_sums(const struct listing *l)
{
    struct cli *c = l->c;

    printf(say(c, "共 %u 份", "%u orders"), l->shown);
    for (size_t i = 0; i < STANDINGS; i++)
        if (l->standing[i])
            printf(say(c, ",%s %u", ", %s %u"), say(c, standings[i].zh, standings[i].en), l->standing[i]);
    printf(say(c, "；回复：按期 %zu（其中延迟上传 %zu），逾期 %zu\n", "; replies: %zu in time (%zu of them uploaded late), %zu late\n"),
           l->answered, l->uploaded_late, l->late);
}

static int show(void *ctx, const struct report_order *o)
{
    struct listing *l = ctx;
    int rc = 0;

    if (l->open && o->closed)
        return 0;
    json_t *one = order_json(l, o);
    if (!one)
        return err_nomem(&l->c->err);
    if (l->c->json)
        rc = print_json(l->c, one);
    else
        print_people(l, one, o->standing);
    json_decref(one);
    l->shown++;
    l->standing[o->standing]++;
    l->answered += o->answered;
    l->late += o->late;
    for (size_t i = 0; i < o->reply_count; i++)
        l->uploaded_late += o->replies[i].late_upload;
    return rc;
}

static int list(struct cli *c, const struct order_args *a)
{
    struct listing l = {.c = c, .open = a->open};
    int64_t scope, today = date_of_ms(c->env->now_ms(c->env->ctx));
    int rc = open_reader(c, &l.s);

    if (rc < 0)
        return rc;
    rc = scope_arg(c, l.s, a->scope, &scope);
    if (rc == 0 && (rc = store_begin_read(l.s, &c->err)) >= 0) {
        rc = report_orders(l.s, scope, today, show, &l, &c->err);
        store_end(l.s);
    }
    if (rc == 0 && !c->json && l.shown == 0)
        printf("%s\n", say(c, "没有单据", "there are no orders"));
    else if (rc == 0 && !c->json)
        print_sums(&l);
    store_close(l.s);
    return rc < 0 ? rc : 0;
}

int command_order(struct cli *c, int argc, char **argv)
{
    struct order_args a = {0};
    const struct arg args[] = {{"--region", ARG_TEXT, &a.region}, {"--worker", ARG_TEXT, &a.worker}, {"--kind", ARG_TEXT, &a.kind},
                               {"--text", ARG_TEXT, &a.text}, {"--due", ARG_TEXT, &a.due}, {"--number", ARG_TEXT, &a.number},
                               {"--as", ARG_TEXT, &a.as}, {"--why", ARG_TEXT, &a.why}, {"--scope", ARG_TEXT, &a.scope},
                               {"--open", ARG_FLAG, &a.open}};
    const char *words[2] = {NULL, NULL};
    size_t n;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], words, &n, 2);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (n == 1 && strcmp(words[0], "issue") == 0)
        return issue(c, &a);
    if (n == 2 && strcmp(words[0], "close") == 0)
        return close_one(c, &a, words[1]);
    if (n == 1 && strcmp(words[0], "list") == 0)
        return list(c, &a);
    return err_set(&c->err, ERR_USAGE, "用法：zhucun-server order issue … | close 单号 | list（见 --help）",
                   "usage: zhucun-server order issue … | close ID|NUMBER | list (see --help)");
}
