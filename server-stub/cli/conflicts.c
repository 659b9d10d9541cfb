/* conflicts: the ledger of what lost or is proposed, with both values, so that a person can decide. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"

static const struct {
    const char *name, *zh, *en;
} reasons[] = {
    [REASON_NONE] = {"none", "由见过它的人更改", "replaced by somebody who had seen it"},
    [REASON_OLDER_OBSERVED] = {"older_observed", "另一值的观察日期更晚", "the other value was observed later"},
    [REASON_SAME_DAY] = {"same_day", "同一天、互不知情,待核实", "same day, neither saw the other: to be verified"},
    [REASON_NO_AUTHORITY] = {"no_authority", "无此权限,留作建议", "no authority: kept as a proposal"},
    [REASON_NOT_AUTHOR] = {"not_author", "不是该记录的作者", "not the author of the record"},
    [REASON_NOT_ISSUER] = {"not_issuer", "不是签发者", "not the issuer"},
    [REASON_UNSEEN_FINDING] = {"unseen_finding", "关闭时未见更新的发现", "closed without having seen a newer finding"},
    [REASON_ROW_DELETED] = {"row_deleted", "该行已被删除", "the row was deleted"},
    [REASON_ATOMIC] = {"atomic", "整表由他人更改", "the sheet was changed as a whole by somebody else"},
    [REASON_UNSEEN_ADDITION] = {"unseen_addition", "要去掉的一项刚由他人加入,未曾见到", "an element was taken out that somebody else had just added"},
};
static const char *const kinds[] = {"", "superseded", "lost", "proposal"};

struct listing {
    struct cli *c;
    struct store *s;
    int64_t scope;
    bool all;
    unsigned shown;
};

static bool wanted(const struct listing *l, const struct ledger_entry *e)
{
    bool open = e->decided.ruling == RULING_OPEN && (e->to_verify || e->kind == LEDGER_PROPOSAL);

    return region_covers(l->scope, e->place) && (l->all || open);
}

static void worker_text(struct listing *l, struct row_id worker, char out[64])
{
    const struct schema_table *t = schema_table_named(store_schema(l->s), "worker");
    struct stored_row row;
    struct arena a;

    out[0] = '\0';
    if (row_id_is_null(worker) || !t)
        return;
    row_id_to_text(worker, out);
    arena_init(&a, 4 * 1024 * 1024);
    if (store_row_get(l->s, t, worker, &a, &row, NULL) > 0) {
        const struct value *no = &row.row.values[schema_column_index(t, schema_flagged(t, COLUMN_KEY))];
        if (no->kind == VALUE_TEXT && no->len > 0)
            snprintf(out, 64, "%.*s", (int)no->len, (const char *)no->data);
    }
    arena_free(&a);
}

static void current_text(struct listing *l, const struct schema_table *t, const struct schema_column *col,
                         struct row_id id, struct buf *out)
{
    struct stored_row row;
    struct arena a;

    arena_init(&a, 4 * 1024 * 1024);
    if (col && store_row_get(l->s, t, id, &a, &row, NULL) > 0)
        schema_format(col, &row.row.values[schema_column_index(t, col)], LANG_ZH, out);
    arena_free(&a);
}

/* Who wrote one side of it; the value is the loser's only: the winner's may have been replaced since. */
static json_t *side(struct listing *l, const struct cell_version *v, const char *value)
{
    char author[64], origin[24], day[11];

    worker_text(l, v->author, author);
    snprintf(origin, sizeof origin, "%016" PRIx64, v->origin);
    date_format(v->observed, day);
    return json_pack("{s:s*,s:s,s:s,s:s,s:I}", "value", value, "author", author, "origin", origin, "observed", day, "seq",
                     (json_int_t)v->seq);
}

static json_t *describe(struct listing *l, const struct ledger_entry *e)
{
    const struct schema_table *t = schema_table(store_schema(l->s), e->table);
    const struct schema_column *col = t && e->column ? schema_column(t, e->column) : NULL;
    size_t reason = (size_t)e->reason < sizeof reasons / sizeof reasons[0] ? (size_t)e->reason : 0;
    char id[ROW_ID_TEXT], place[24], at[30];
    struct buf loser, winner;

    buf_init(&loser, 256 * 1024);
    buf_init(&winner, 256 * 1024);
    if (col) {
        schema_format(col, &e->value, LANG_ZH, &loser);
        current_text(l, t, col, e->row, &winner);
    }
    row_id_to_text(e->row, id);
    snprintf(place, sizeof place, "%012" PRId64, e->place);
    time_format(e->at_ms, at);
    json_t *o = json_pack("{s:I,s:s,s:s,s:s,s:b,s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "id", (json_int_t)e->id, "kind",
                          kinds[e->kind <= 3 ? e->kind : 0], "reason", reasons[reason].name, "why",
                          say(l->c, reasons[reason].zh, reasons[reason].en), "to_verify", (int)e->to_verify, "resolved",
                          (int)(e->decided.ruling != RULING_OPEN), "table", t ? t->name : "?", "column", col ? col->name : "", "row", id, "place",
                          place, "decided_at", at, "current", buf_text(&winner), "loser",
                          side(l, &e->loser, buf_text(&loser)), "winner", side(l, &e->winner, NULL));
    buf_free(&loser);
    buf_free(&winner);
    return o;
}

static const char *text_of(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));

    return text ? text : "";
}

/* Nobody is the author of what a roster said. */
static const char *author_of(struct cli *c, const json_t *side)
{
    const char *author = text_of(side, "author");

    return *author ? author : say(c, "名册", "the roster");
}

static void print_people(struct cli *c, const json_t *o)
{
    const json_t *loser = json_object_get(o, "loser"), *winner = json_object_get(o, "winner");

    printf("#%lld  %s.%s  %s\n", (long long)json_integer_value(json_object_get(o, "id")), text_of(o, "table"),
           text_of(o, "column"), text_of(o, "row"));
    printf("    %s: %s\n", say(c, "现值", "now"), text_of(o, "current"));
    printf("    %s: %s  (%s, %s)\n", strcmp(text_of(o, "kind"), "proposal") ? say(c, "落选", "lost") : say(c, "建议", "proposed"),
           text_of(loser, "value"), author_of(c, loser), text_of(loser, "observed"));
    printf("    %s: %s, %s\n", say(c, "当时采用", "given way to"), author_of(c, winner), text_of(winner, "observed"));
    printf("    %s\n", text_of(o, "why"));
}

static int show(void *ctx, const struct ledger_entry *e)
{
    struct listing *l = ctx;
    int rc = 0;

    if (!wanted(l, e))
        return 0;
    json_t *o = describe(l, e);
    if (!o)
        return err_nomem(&l->c->err);
    if (l->c->json)
        rc = print_json(l->c, o);
    else
        print_people(l->c, o);
    json_decref(o);
    l->shown++;
    return rc;
}

int command_conflicts(struct cli *c, int argc, char **argv)
{
    const char *scope = NULL;
    struct listing l = {.c = c};
    const struct arg args[] = {{"--scope", ARG_TEXT, &scope}, {"--all", ARG_FLAG, &l.all}};
    size_t words;
    int rc = args_parse(c, argc, argv, args, 2, NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = open_reader(c, &l.s)) < 0)
        return rc;
    rc = scope_arg(c, l.s, scope, &l.scope);
    if (rc >= 0 && (rc = store_begin_read(l.s, &c->err)) >= 0) {
        rc = store_ledger_walk(l.s, 0, show, &l, &c->err);
        store_end(l.s);
    }
    if (rc >= 0 && !c->json && l.shown == 0)
        printf("%s\n", say(c, "没有待处理的冲突", "no conflicts wait for a decision"));
    store_close(l.s);
    return rc < 0 ? rc : 0;
}
