/* explain_entry: an entry of the ledger in words: its value, the one that held against it, and why. */
#include <inttypes.h>
#include <string.h>

#include "explain.h"
#include "zhucun/pack.h"
#include "ruled.h"

/* Names are stable; the sentences are the code book's (merge_reason, ruling), as the laptops show them. */
static const char *const reasons[] = {
    [REASON_NONE] = "none",
    [REASON_OLDER_OBSERVED] = "older_observed",
    [REASON_SAME_DAY] = "same_day",
    [REASON_NO_AUTHORITY] = "no_authority",
    [REASON_NOT_AUTHOR] = "not_author",
    [REASON_NOT_ISSUER] = "not_issuer",
    [REASON_UNSEEN_FINDING] = "unseen_finding",
    [REASON_ROW_DELETED] = "row_deleted",
    [REASON_ATOMIC] = "atomic",
    [REASON_UNSEEN_ADDITION] = "unseen_addition",
    [REASON_NO_GROUNDS] = "no_grounds",
};

const char *explain_kind(enum ledger_kind kind)
{
    static const char *const kinds[] = {"", "superseded", "lost", "proposal"};

    return kinds[(size_t)kind <= 3 ? (size_t)kind : 0];
}

const char *explain_reason(enum merge_reason reason)
{
    return reasons[(size_t)reason < sizeof reasons / sizeof reasons[0] ? (size_t)reason : 0];
}

const char *explain_why(const struct cli *c, enum merge_reason reason)
{
    const struct schema_table *t = schema_table_named(schema_current(), "notice");
    const char *label = schema_code_label(schema_column_named(t, "reason")->codes, reason, c->lang);

    return label ? label : say(c, "由见过它的人更改", "replaced by somebody who had seen it");
}

const char *explain_ruling(enum ledger_ruling ruling)
{
    static const char *const names[] = {"", "winner", "loser", "other"};

    return names[(size_t)ruling <= 3 ? (size_t)ruling : 0];
}

const char *explain_ruled(const struct cli *c, enum ledger_ruling ruling)
{
    return ruled_words(ruling, c->lang);
}

enum ledger_ruling explain_ruling_named(const char *name)
{
    for (int r = RULING_WINNER; r <= RULING_OTHER; r++)
        if (strcmp(explain_ruling((enum ledger_ruling)r), name) == 0)
            return (enum ledger_ruling)r;
    return RULING_OPEN;
}

void explain_words(const struct cli *c, const char *text)
{
    struct value stored = value_text(text, strlen(text)), shown = schema_heard(&stored, c->lang);

    fwrite(shown.data, 1, shown.len, stdout);
}

enum lang explain_lang(const struct cli *c)
{
    return c->json ? LANG_ZH : c->lang;
}

const char *explain_table(const struct cli *c, const struct schema_table *t)
{
    return t ? say(c, t->zh, t->name) : "?";
}

const char *explain_column(const struct cli *c, const struct schema_table *t, const char *name)
{
    const struct schema_column *column = t ? schema_column_named(t, name) : NULL;

    return column ? say(c, column->zh, column->name) : name;
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
        buf_printf(out, "%s%s=", i ? " " : "", c ? (x->c->json ? c->name : say(x->c, c->zh, c->name)) : "?");
        explain_value(t, cells[i].column, &cells[i].value, explain_lang(x->c), out);
    }
}

void explain_entry(struct explain *x, const struct ledger_entry *e, struct buf *out)
{
    const struct schema_table *t = schema_table(store_schema(x->s), e->table);

    if (e->column == 0)
        whole_row(x, t, e, out);
    else
        explain_value(t, e->column, &e->value, explain_lang(x->c), out);
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

/* What the winner wrote, from its log: for what was confirmed or emptied since, which leaves no entry. */
static int as_written(struct explain *x, const struct ledger_entry *e, struct value *out, struct err *err)
{
    struct bundle_header header;
    struct changeset *list;
    struct value bytes;
    size_t count = 0;
    int found = 0, rc = store_bundle_holding(x->s, e->winner.origin, e->winner.seq, &x->arena, &bytes, err);

    if (rc == 1)
        rc = store_bundle_unpack(x->s, bytes.data, bytes.len, &x->arena, &header, &list, &count, err);
    for (size_t k = 0; k < count && rc == 0; k++) {
        for (size_t i = 0; list[k].seq == e->winner.seq && i < list[k].count; i++) {
            const struct change *ch = &list[k].changes[i];
            struct row_id id = ch->op == CHANGE_PUT && !ch->explicit_id ? row_id_make(list[k].origin, list[k].seq, (unsigned)i) : ch->id;
            for (size_t n = 0; ch->table == e->table && row_id_equal(id, e->row) && n < ch->count; n++) {
                if (ch->cells[n].column != e->column)
                    continue;
                *out = ch->cells[n].value;
                found = 1;
            }
        }
    }
    return rc < 0 ? rc : found;
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
    if (rc >= 0 && !k.found && e->winner.origin)
        return as_written(x, e, out, err);
    return rc < 0 ? rc : k.found;
}

/* Newer than what was decided. A write that only says what stood there already changes nothing. */
static bool written_since(const struct stored_row *row, const struct ledger_entry *e)
{
    for (size_t i = 0; i < row->mark_count; i++) {
        const struct cell_mark *m = &row->marks[i];
        if (m->column == e->column && m->element < UINT64_MAX - MERGE_OVERRULED && m->version.csn > e->winner_csn)
            return true;
    }
    return false;
}

int explain_changed(struct explain *x, const struct ledger_entry *e, const struct stored_row *row, struct err *err)
{
    const struct schema_table *t = schema_table(store_schema(x->s), e->table);
    const struct schema_column *c = t && e->column ? schema_column(t, e->column) : NULL;
    struct value before;

    if (row->dead)
        return e->reason != REASON_ROW_DELETED && row->csn > e->winner_csn;
    if (!c || !written_since(row, e))
        return 0;
    const struct value *now = &row->row.values[schema_column_index(t, c)];
    int known = c->policy == POLICY_SET ? 0 : explain_winner(x, e, &before, err);
    if (known == 0) /* what was empty leaves no trace; nor does a write that said the same */
        return c->policy == POLICY_SET || (e->kind == LEDGER_PROPOSAL && now->kind != VALUE_NULL);
    return known < 0 ? known : !value_equal(&before, now);
}
