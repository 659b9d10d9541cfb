/* conflicts: the ledger, explained — what lost, what is proposed, and which changesets in quarantine wait — so that
 * a person can decide. Each entry names the command that decides it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"

struct listing {
    struct cli *c;
    struct store *s;
    struct explain x;
    int64_t scope;
    const struct schema_table *table; /* NULL: all */
    struct row_id row;                /* null: all */
    bool all;
    unsigned shown;
};

static bool wanted(const struct listing *l, const struct ledger_entry *e)
{
    bool open = e->decided.ruling == RULING_OPEN && (e->to_verify || e->kind == LEDGER_PROPOSAL);
    bool here = region_covers(l->scope, e->place) && (!l->table || l->table->number == e->table);

    return here && (l->all || open);
}

/* ---- as JSON ---- */

static json_t *side(struct listing *l, const struct cell_version *v, const char *value)
{
    json_t *o = json_object();
    char day[11];

    if (value)
        json_object_set_new(o, "value", json_string(value));
    if (explain_write(&l->x, o, v->origin, v->seq, &l->c->err) < 0) {
        json_decref(o);
        return NULL;
    }
    date_format(v->observed, day);
    json_object_set_new(o, "observed", json_string(day)); /* of the value: its changeset may hold several */
    return o;
}

static int put_texts(struct listing *l, json_t *o, const struct ledger_entry *e)
{
    const struct schema_table *t = schema_table(store_schema(l->s), e->table);
    const struct schema_column *col = t && e->column ? schema_column(t, e->column) : NULL;
    struct buf loser, winner, now;
    struct stored_row row;
    struct value v;
    json_t *lost = NULL, *won = NULL;
    int changed = 0;

    buf_init(&loser, CHANGE_MAX_BYTES);
    buf_init(&winner, CHANGE_MAX_BYTES);
    buf_init(&now, CHANGE_MAX_BYTES);
    explain_entry(&l->x, e, &loser);
    int rc = explain_winner(&l->x, e, &v, &l->c->err), known = rc;
    if (rc == 1)
        explain_value(t, e->column, &v, explain_lang(l->c), &winner);
    if (rc >= 0 && t && (rc = store_row_get(l->s, t, e->row, &l->x.arena, &row, &l->c->err)) == 1) {
        if (col)
            explain_value(t, e->column, &row.row.values[schema_column_index(t, col)], explain_lang(l->c), &now);
        rc = changed = explain_changed(&l->x, e, &row, &l->c->err);
    }
    if (rc >= 0)
        lost = side(l, &e->loser, buf_text(&loser));
    if (lost)
        won = e->winner.origin ? side(l, &e->winner, known == 1 ? buf_text(&winner) : NULL) : json_object();
    if (won)
        rc = json_object_set(o, "loser", lost) | json_object_set(o, "winner", won) |
             json_object_set_new(o, "current", json_string(buf_text(&now))) |
             json_object_set_new(o, "changed_since", json_boolean(changed == 1));
    json_decref(lost);
    json_decref(won);
    buf_free(&loser);
    buf_free(&winner);
    buf_free(&now);
    return won && rc == 0 ? 0 : l->c->err.code ? l->c->err.code : err_nomem(&l->c->err);
}

static int put_ruling(json_t *o, const struct ledger_resolution *d)
{
    char at[30];

    if (d->ruling == RULING_OPEN)
        return 0;
    time_format(d->at_ms, at);
    return json_object_set_new(o, "ruling", json_string(explain_ruling(d->ruling))) |
           json_object_set_new(o, "ruled_by", json_stringn(d->by.len ? (const char *)d->by.data : "", d->by.len)) |
           json_object_set_new(o, "ruled_at", json_string(at)) |
           json_object_set_new(o, "ruled_why", json_stringn(d->why.len ? (const char *)d->why.data : "", d->why.len));
}

static json_t *describe(struct listing *l, const struct ledger_entry *e)
{
    const struct schema_table *t = schema_table(store_schema(l->s), e->table);
    const struct schema_column *col = t && e->column ? schema_column(t, e->column) : NULL;
    char id[ROW_ID_TEXT], place[24], at[30];

    row_id_to_text(e->row, id);
    snprintf(place, sizeof place, "%012" PRId64, e->place);
    time_format(e->at_ms, at);
    json_t *o = json_pack("{s:I,s:s,s:s,s:s,s:b,s:b,s:s,s:s,s:s,s:s,s:s}", "id", (json_int_t)e->id, "kind",
                          explain_kind(e->kind), "reason", explain_reason(e->reason), "why", explain_why(l->c, e->reason),
                          "to_verify", (int)e->to_verify, "resolved", (int)(e->decided.ruling != RULING_OPEN), "table",
                          t ? t->name : "?", "column", col ? col->name : "", "row", id, "place", place, "decided_at", at);
    int rc = o ? put_ruling(o, &e->decided) : -1;
    if (rc == 0)
        rc = explain_record(&l->x, o, t, e->row, e, &l->c->err);
    if (rc == 0)
        rc = put_texts(l, o, e);
    if (rc == 0)
        return o;
    json_decref(o);
    if (!l->c->err.code)
        err_nomem(&l->c->err);
    return NULL;
}

/* ---- for people ---- */

static void print_side(struct cli *c, const char *label, const json_t *side)
{
    const char *author = explain_text(side, "author"), *value = explain_text(side, "value");

    printf(say(c, "    %s：%s\n", "    %s: %s\n"), label, *value ? value : say(c, "（空）", "(empty)"));
    if (!json_object_get(side, "origin"))
        return;
    printf("        %s %s · %s · %s %s\n", *author ? author : say(c, "名册", "the roster"), explain_text(side, "name"),
           explain_text(side, "laptop"), say(c, "看到", "observed"), explain_text(side, "observed"));
    printf(say(c, "        写于 %.19s（校正 %.19s）· 收到 %.19s\n", "        written %.19s (corrected %.19s) · received %.19s\n"),
           explain_text(side, "authored_at"), explain_text(side, "corrected_at"), explain_text(side, "received_at"));
    if (*explain_text(side, "seen_up_to"))
        printf("        %s %.19s\n", say(c, "当时已知截至", "had seen everything up to"), explain_text(side, "seen_up_to"));
}

static void print_ruling(const struct cli *c, const json_t *o)
{
    const char *by = explain_text(o, "ruled_by");

    printf(say(c, "    裁定：%s — %s，%.19s：", "    ruling: %s — %s, %.19s: "), explain_ruled(c, explain_ruling_named(explain_text(o, "ruling"))),
           *by ? by : say(c, "办公室", "the office"), explain_text(o, "ruled_at"));
    explain_words(c, explain_text(o, "ruled_why"));
    printf("\n");
}

static void print_entry(struct cli *c, const json_t *o)
{
    bool proposal = strcmp(explain_text(o, "kind"), "proposal") == 0, decided = json_is_true(json_object_get(o, "resolved"));
    long long id = (long long)json_integer_value(json_object_get(o, "id"));

    const struct schema_table *t = schema_table_named(schema_current(), explain_text(o, "table"));

    printf("#%lld  %s.%s  %s %s  %s\n", id, explain_table(c, t), explain_column(c, t, explain_text(o, "column")),
           explain_text(o, "household"), explain_text(o, "person"), explain_text(o, "row"));
    printf(say(c, "    现值：%s%s\n", "    now: %s%s\n"), *explain_text(o, "current") ? explain_text(o, "current") : say(c, "（空）", "(empty)"),
           json_is_true(json_object_get(o, "changed_since")) ? say(c, "（该值此后又改过）", " (changed since)") : "");
    print_side(c, proposal ? say(c, "建议", "proposed") : say(c, "落选", "lost"), json_object_get(o, "loser"));
    print_side(c, say(c, "当时采用", "given way to"), json_object_get(o, "winner"));
    printf(say(c, "    原因：%s%s\n", "    why: %s%s\n"), explain_text(o, "why"),
           json_is_true(json_object_get(o, "to_verify")) ? say(c, "，待核实", "; to be verified") : "");
    if (decided)
        print_ruling(c, o);
    else if (strcmp(explain_text(o, "kind"), "superseded") != 0)
        printf("    → zhucun-server resolve %lld --take winner|loser|%s --why %s\n", id, say(c, "值", "VALUE"),
               say(c, "理由", "TEXT"));
}

/* ---- the walk ---- */

static int show(void *ctx, const struct ledger_entry *e)
{
    struct listing *l = ctx;
    int rc = 0;

    if (!wanted(l, e))
        return 0;
    explain_next(&l->x);
    json_t *o = describe(l, e);
    if (!o)
        return l->c->err.code;
    if (l->c->json)
        rc = print_json(l->c, o);
    else
        print_entry(l->c, o);
    json_decref(o);
    l->shown++;
    return rc;
}

struct ids {
    struct cli *c;
    uint64_t *list;
    size_t count, room;
};

static int keep_id(void *ctx, const struct ledger_entry *e)
{
    struct ids *ids = ctx;

    if (ids->count == ids->room) {
        size_t room = ids->room ? ids->room * 2 : 64;
        uint64_t *list = realloc(ids->list, room * sizeof *list);
        if (!list)
            return err_nomem(&ids->c->err);
        ids->list = list;
        ids->room = room;
    }
    ids->list[ids->count++] = e->id;
    return 0;
}

/* One record's: explaining an entry looks through the record's others, so the walk over them ends first. */
static int show_record(struct listing *l)
{
    struct ids ids = {.c = l->c};
    struct ledger_entry e;
    struct arena kept;
    int rc = store_ledger_of_row(l->s, l->table->number, l->row, keep_id, &ids, &l->c->err);

    arena_init(&kept, (size_t)16 * 1024 * 1024);
    for (size_t i = 0; i < ids.count && rc >= 0; i++) {
        arena_reset(&kept);
        rc = store_ledger_get(l->s, ids.list[i], &kept, &e, &l->c->err);
        if (rc == 1)
            rc = show(l, &e);
    }
    arena_free(&kept);
    free(ids.list);
    return rc;
}

static int list(struct listing *l)
{
    int rc = store_begin_read(l->s, &l->c->err);

    if (rc < 0)
        return rc;
    explain_open(&l->x, l->c, l->s);
    if (row_id_is_null(l->row))
        rc = store_ledger_walk(l->s, 0, show, l, &l->c->err);
    else
        rc = show_record(l);
    if (rc >= 0)
        rc = quarantined_list(l->c, &l->x, l->scope, l->table, l->row, true, &l->shown);
    if (rc >= 0 && !l->c->json && l->shown == 0)
        printf("%s\n", say(l->c, "没有待处理的冲突", "no conflicts wait for a decision"));
    explain_close(&l->x);
    store_end(l->s);
    return rc;
}

int command_conflicts(struct cli *c, int argc, char **argv)
{
    const char *scope = NULL, *table = NULL, *record = NULL;
    struct listing l = {.c = c};
    const struct arg args[] = {{"--scope", ARG_TEXT, &scope}, {"--table", ARG_TEXT, &table}, {"--all", ARG_FLAG, &l.all}};
    size_t words;
    bool found;
    int rc = args_parse(c, argc, argv, args, 3, &record, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = open_reader(c, &l.s)) < 0)
        return rc;
    rc = scope_arg(c, l.s, scope, &l.scope);
    if (rc >= 0 && table && !(l.table = schema_table_named(store_schema(l.s), table)))
        rc = err_set(&c->err, ERR_USAGE, "没有“%s”这个表", "there is no table \"%s\"", table);
    if (rc >= 0 && words)
        rc = explain_find(c, l.s, record, &l.table, &l.row, &found);
    if (rc >= 0)
        rc = list(&l);
    store_close(l.s);
    return rc < 0 ? rc : 0;
}
