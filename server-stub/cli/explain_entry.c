/* explain_entry: an entry of the ledger in words: its value, the one that held against it, and why. */
#include <inttypes.h>
#include <string.h>

#include "explain.h"

static const struct {
    const char *name, *zh, *en;
} reasons[] = {
    [REASON_NONE] = {"none", "由见过它的人更改", "replaced by somebody who had seen it"},
    [REASON_OLDER_OBSERVED] = {"older_observed", "另一值的观察日期更晚", "the other value was observed later"},
    [REASON_SAME_DAY] = {"same_day", "同一天、互不知情，待核实", "same day, neither saw the other: to be verified"},
    [REASON_NO_AUTHORITY] = {"no_authority", "无此权限，留作建议", "no authority: kept as a proposal"},
    [REASON_NOT_AUTHOR] = {"not_author", "不是该记录的作者", "not the author of the record"},
    [REASON_NOT_ISSUER] = {"not_issuer", "不是签发者", "not the issuer"},
    [REASON_UNSEEN_FINDING] = {"unseen_finding", "关闭时未见更新的发现", "closed without having seen a newer finding"},
    [REASON_ROW_DELETED] = {"row_deleted", "该行已被删除", "the row was deleted"},
    [REASON_ATOMIC] = {"atomic", "整表由他人更改", "the sheet was changed as a whole by somebody else"},
    [REASON_UNSEEN_ADDITION] = {"unseen_addition", "要去掉的一项刚由他人加入，未曾见到", "an element was taken out that somebody else had just added"},
    [REASON_NO_GROUNDS] = {"no_grounds", "没有写明核实人和依据，留作建议", "it does not name who verified it and why: kept as a proposal"},
};
static const struct {
    const char *name, *zh, *en;
} rulings[] = {
    [RULING_OPEN] = {"", "未裁定", "not decided"},
    [RULING_WINNER] = {"winner", "维持现值", "the value in force stays"},
    [RULING_LOSER] = {"loser", "采用落选值", "the losing value was taken"},
    [RULING_OTHER] = {"other", "另定", "another value was set"},
};

static size_t reason_index(enum merge_reason reason)
{
    return (size_t)reason < sizeof reasons / sizeof reasons[0] ? (size_t)reason : 0;
}

static size_t ruling_index(enum ledger_ruling ruling)
{
    return (size_t)ruling < sizeof rulings / sizeof rulings[0] ? (size_t)ruling : 0;
}

const char *explain_kind(enum ledger_kind kind)
{
    static const char *const kinds[] = {"", "superseded", "lost", "proposal"};

    return kinds[(size_t)kind <= 3 ? (size_t)kind : 0];
}

const char *explain_reason(enum merge_reason reason)
{
    return reasons[reason_index(reason)].name;
}

const char *explain_why(const struct cli *c, enum merge_reason reason)
{
    size_t i = reason_index(reason);

    return say(c, reasons[i].zh, reasons[i].en);
}

const char *explain_ruling(enum ledger_ruling ruling)
{
    return rulings[ruling_index(ruling)].name;
}

const char *explain_ruled(const struct cli *c, enum ledger_ruling ruling)
{
    size_t i = ruling_index(ruling);

    return say(c, rulings[i].zh, rulings[i].en);
}

void explain_value(const struct schema_table *t, int column, const struct value *v, enum lang lang, struct buf *out)
{
    const struct schema_column *c = t ? schema_column(t, column) : NULL;

    if (c)
        schema_format(c, v, lang, out);
    else if (v->kind == VALUE_INT)
        buf_printf(out, "%" PRId64, v->i);
    else if (v->kind == VALUE_TEXT)
        buf_put(out, v->data, v->len);
    else
        for (uint32_t i = 0; i < v->len; i++)
            buf_printf(out, "%02x", v->data[i]);
}

/* A whole row: what it would be, or that it is to go. */
static void whole_row(struct explain *x, const struct schema_table *t, const struct ledger_entry *e, struct buf *out)
{
    struct cell *cells;
    size_t count = 0;

    if (e->value.kind != VALUE_BLOB) {
        buf_put_text(out, say(x->c, "（删除）", "(delete)"));
        return;
    }
    if (cells_decode(e->value.data, e->value.len, &x->arena, &cells, &count, NULL) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct schema_column *c = t ? schema_column(t, cells[i].column) : NULL;
        buf_printf(out, "%s%s=", i ? " " : "", c ? c->name : "?");
        explain_value(t, cells[i].column, &cells[i].value, LANG_ZH, out);
    }
}

void explain_entry(struct explain *x, const struct ledger_entry *e, struct buf *out)
{
    const struct schema_table *t = schema_table(store_schema(x->s), e->table);

    if (e->column == 0)
        whole_row(x, t, e, out);
    else
        explain_value(t, e->column, &e->value, LANG_ZH, out);
}

/* ---- the value that held ---- */

struct search {
    struct explain *x;
    const struct ledger_entry *e;
    struct value *out;
    int found;
};

/* What the winner wrote has lost itself since: then it stands in the ledger. */
static int later_loss(void *ctx, const struct ledger_entry *other)
{
    struct search *k = ctx;
    const struct cell_version *w = &k->e->winner, *l = &other->loser;

    if (other->column != k->e->column || l->origin != w->origin || l->seq != w->seq || other->kind == LEDGER_PROPOSAL)
        return 0;
    *k->out = other->value;
    if (k->out->len && !(k->out->data = arena_copy(&k->x->arena, other->value.data, other->value.len)))
        return ERR_NOMEM;
    k->found = 1;
    return 1;
}

static bool holds_now(const struct stored_row *row, const struct ledger_entry *e)
{
    for (size_t i = 0; i < row->mark_count; i++)
        if (row->marks[i].column == e->column)
            return row->marks[i].version.origin == e->winner.origin && row->marks[i].version.seq == e->winner.seq;
    return true; /* nobody wrote it since the row was made */
}

int explain_winner(struct explain *x, const struct ledger_entry *e, struct value *out, struct err *err)
{
    const struct schema_table *t = schema_table(store_schema(x->s), e->table);
    const struct schema_column *c = t && e->column ? schema_column(t, e->column) : NULL;
    struct search k = {x, e, out, 0};
    struct stored_row row;
    int rc = c ? store_row_get(x->s, t, e->row, &x->arena, &row, err) : 0;

    if (rc != 1)
        return rc;
    if (c->policy == POLICY_SET || holds_now(&row, e)) {
        *out = row.row.values[schema_column_index(t, c)];
        return 1;
    }
    rc = store_ledger_of_row(x->s, e->table, e->row, later_loss, &k, err);
    return rc < 0 ? rc : k.found;
}
