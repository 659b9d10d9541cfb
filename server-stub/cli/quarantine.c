/* quarantine: changesets that could not be applied, kept whole: which, whose, why, and taking them again. */
#include <inttypes.h>
#include <string.h>

#include "admin.h"
#include "explain.h"

struct listing {
    struct cli *c;
    struct explain *x;
    int64_t scope;
    const struct schema_table *table;
    struct row_id row;
    bool conflict;         /* in the manner of `conflicts` */
    unsigned *shown;
};

/* ---- what it is ---- */

/* Does it touch what is asked for? What cannot be read is always shown. */
static bool touches(const struct listing *l, const struct changeset *cs)
{
    if (!l->table)
        return true;
    for (size_t i = 0; i < cs->count; i++) {
        const struct change *ch = &cs->changes[i];
        struct row_id id = ch->op == CHANGE_PUT && !ch->explicit_id ? row_id_make(cs->origin, cs->seq, (unsigned)i) : ch->id;
        if (ch->table == l->table->number && (row_id_is_null(l->row) || row_id_equal(id, l->row)))
            return true;
    }
    return false;
}

/* A laptop's work concerns the places it holds, and those above them. */
static int concerns(struct listing *l, uint64_t origin)
{
    struct device d = {0};
    int rc = store_device_by_origin(l->x->s, origin, &l->x->arena, &d, &l->c->err);

    for (size_t i = 0; rc == 1 && i < d.place_count; i++)
        if (region_covers(l->scope, d.places[i]) || region_covers(d.places[i], l->scope))
            return 1;
    return rc < 0 ? rc : rc == 0;
}

static json_t *change_list(struct listing *l, const struct changeset *cs)
{
    static const char *const ops[] = {"?", "put", "set", "delete"};
    json_t *list = json_array();
    char id[ROW_ID_TEXT], name[24];

    for (size_t i = 0; i < cs->count && list; i++) {
        const struct change *ch = &cs->changes[i];
        const struct schema_table *t = schema_table(store_schema(l->x->s), ch->table);
        row_id_to_text(ch->op == CHANGE_PUT && !ch->explicit_id ? row_id_make(cs->origin, cs->seq, (unsigned)i) : ch->id, id);
        snprintf(name, sizeof name, "table_%d", ch->table);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "op", ops[ch->op <= 3 ? ch->op : 0], "table",
                                              t ? t->name : name, "id", id));
    }
    return list;
}

static int fill(struct listing *l, json_t *o, const struct quarantine_entry *e, const struct changeset *cs)
{
    char id[64], at[30];
    int rc;

    snprintf(id, sizeof id, "%s%016" PRIx64 ":%" PRIu64, l->conflict ? "q:" : "", e->origin, e->seq);
    rc = json_object_set_new(o, "id", json_string(id));
    if (l->conflict)
        rc |= json_object_set_new(o, "kind", json_string("quarantined"));
    if (rc == 0 && (rc = explain_write(l->x, o, e->origin, e->seq, &l->c->err)) < 0)
        return rc;
    time_format(e->received_ms, at);
    rc |= json_object_set_new(o, "received_at", json_string(at));
    rc |= json_object_set_new(o, "why", json_string(say(l->c, e->why_zh, e->why_en)));
    rc |= json_object_set_new(o, "bytes", json_integer((json_int_t)e->changeset.len));
    if (cs)
        rc |= json_object_set_new(o, "changes", change_list(l, cs));
    return rc ? err_nomem(&l->c->err) : 0;
}

static const char *print_op(const struct cli *c, const char *op)
{
    return strcmp(op, "put") == 0 ? say(c, "新建", "make") : strcmp(op, "set") == 0 ? say(c, "改动", "change") : say(c, "删除", "delete");
}

static void print_people(struct cli *c, const json_t *o)
{
    const json_t *changes = json_object_get(o, "changes");
    const char *id = explain_text(o, "id");

    printf("%s  %s %s · %s · %.19s\n", id, explain_text(o, "author"), explain_text(o, "name"), explain_text(o, "laptop"),
           explain_text(o, "received_at"));
    printf(say(c, "    隔离原因：%s\n", "    quarantined because: %s\n"), explain_text(o, "why"));
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *one = json_array_get(changes, i);
        printf("    %s %s/%s\n", print_op(c, explain_text(one, "op")), explain_text(one, "table"), explain_text(one, "id"));
    }
    printf("    → zhucun-server quarantine retry %s\n", id);
}

static int show(void *ctx, const struct quarantine_entry *e)
{
    struct listing *l = ctx;
    struct changeset cs;

    explain_next(l->x);
    int rc = concerns(l, e->origin);
    bool readable = rc == 1 && changeset_decode(e->origin, e->changeset.data, e->changeset.len, &l->x->arena, &cs, NULL) == 0;
    if (rc <= 0 || (readable && !touches(l, &cs)))
        return rc < 0 ? rc : 0;
    json_t *o = json_object();
    rc = o ? fill(l, o, e, readable ? &cs : NULL) : err_nomem(&l->c->err);
    if (rc == 0 && l->c->json)
        rc = print_json(l->c, o);
    else if (rc == 0)
        print_people(l->c, o);
    json_decref(o);
    ++*l->shown;
    return rc;
}

int quarantined_list(struct cli *c, struct explain *x, int64_t scope, const struct schema_table *table, struct row_id row,
                     bool conflict, unsigned *shown)
{
    struct listing l = {c, x, scope, table, row, conflict, shown};

    return store_quarantine_walk(x->s, 0, 0, show, &l, &c->err);
}

/* ---- the command ---- */

static int list(struct cli *c)
{
    struct explain x;
    struct store *s;
    unsigned shown = 0;
    int rc = open_reader(c, &s);

    if (rc < 0)
        return rc;
    explain_open(&x, c, s);
    if ((rc = store_begin_read(s, &c->err)) >= 0) {
        rc = quarantined_list(c, &x, store_city(s), NULL, (struct row_id){0}, false, &shown);
        store_end(s);
    }
    if (rc >= 0 && !c->json && shown == 0)
        printf("%s\n", say(c, "没有被隔离的变更", "nothing is quarantined"));
    explain_close(&x);
    store_close(s);
    return rc;
}

/* 0 when all that was asked for is stored now; else refused, with the first reason. */
static int print_retried(struct cli *c, const json_t *retried)
{
    int rc = 0;

    for (size_t i = 0; i < json_array_size(retried) && rc >= 0; i++) {
        const json_t *one = json_array_get(retried, i);
        bool stored = json_is_true(json_object_get(one, "stored"));
        const char *why = explain_text(one, c->lang == LANG_ZH ? "why_zh" : "why_en");
        if (c->json)
            rc = print_json(c, one);
        else
            printf("%s:%lld  %s\n", explain_text(one, "origin"), (long long)json_integer_value(json_object_get(one, "seq")),
                   stored ? say(c, "已写入", "stored") : why);
    }
    for (size_t i = 0; i < json_array_size(retried) && rc >= 0; i++) {
        const json_t *one = json_array_get(retried, i);
        if (!json_is_true(json_object_get(one, "stored")))
            return err_words(&c->err, ERR_REFUSED, explain_text(one, "why_zh"), explain_text(one, "why_en"));
    }
    return rc;
}

static int retry(struct cli *c, const char *id)
{
    json_t *request = json_pack("{s:s,s:s}", "do", "quarantine_retry", "id", id), *answer = NULL;
    int rc = request ? need_data(c) : err_nomem(&c->err);

    if (rc >= 0)
        rc = admin_call(c->data, request, &answer, &c->err);
    if (rc >= 0)
        rc = print_retried(c, json_object_get(answer, "retried"));
    json_decref(request);
    json_decref(answer);
    return rc;
}

int command_quarantine(struct cli *c, int argc, char **argv)
{
    const char *words[2] = {NULL, NULL};
    size_t n;
    int rc = args_parse(c, argc, argv, NULL, 0, words, &n, 2);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (n == 1 && strcmp(words[0], "list") == 0)
        rc = list(c);
    else if (n == 2 && strcmp(words[0], "retry") == 0)
        rc = retry(c, words[1]);
    else
        rc = err_set(&c->err, ERR_USAGE, "用法：zhucun-server quarantine list | retry ORIGIN:SEQ|all",
                     "usage: zhucun-server quarantine list | retry ORIGIN:SEQ|all");
    return rc < 0 ? rc : 0;
}
