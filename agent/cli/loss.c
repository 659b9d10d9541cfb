/* loss: see loss.h. Neighbour: loss_json.c. */
#include "loss.h"

#include <string.h>

#include "zhucun/merge.h"

enum { TEXT_MAX = CHANGE_MAX_TEXT * 4 };

static bool is_set(const struct loss *l)
{
    return l->column && (l->column->type == TYPE_SET || l->column->type == TYPE_REFSET);
}

int loss_value(struct record *r, const struct loss *l, const struct value *v, struct buf *out, struct err *err)
{
    if (!l->as_text) return record_text(r, l->column, v, r->c->json ? LANG_ZH : r->c->lang, out, err);
    if (v->kind == VALUE_TEXT) buf_put(out, v->data, v->len);
    return out->failed ? err_nomem(err) : 0;
}

static void put_text(struct buf *out, const struct value *v)
{
    if (v->kind == VALUE_TEXT) buf_put(out, v->data, v->len);
}

const char *loss_term(const struct record *r, const char *column, int64_t code, enum lang lang)
{
    const struct schema_table *t = schema_table_named(r->c->home->schema, "notice");
    const struct schema_column *c = t ? schema_column_named(t, column) : NULL;
    const char *label = c && code ? schema_code_label(c->codes, code, lang) : NULL;
    return label ? label : "";
}

/* ---- the command ---- */

/* 'column+=text', quoted for a shell. */
static void put_word(struct buf *out, const char *column, const char *op, const struct buf *text)
{
    buf_printf(out, " '%s%s", column, op);
    for (size_t i = 0; i < text->len; i++) {
        if (text->data[i] == '\'') buf_put_text(out, "'\\''");
        else buf_put_u8(out, text->data[i]);
    }
    buf_put_text(out, "'");
}

static bool can_set(const struct loss *l)
{
    int64_t reason = l->notice ? l->notice->reason : REASON_NONE;
    if (!l->here || !l->column || l->as_text || (l->notice && notice_decided(l->notice))) return false;
    if (l->column->policy == POLICY_AUTHORITY || l->column->policy == POLICY_ATOMIC) return false;
    return reason != REASON_NOT_AUTHOR && reason != REASON_NOT_ISSUER && reason != REASON_ROW_DELETED;
}

/* Of a set, what is there now was to be taken out, what is not was to come in. */
static struct value part_of(const struct loss *l, bool there)
{
    uint64_t now = l->theirs.kind == VALUE_INT ? (uint64_t)l->theirs.i : 0;
    uint64_t mine = l->mine.kind == VALUE_INT ? (uint64_t)l->mine.i : 0;
    uint64_t part = there ? mine & now : mine & ~now;
    return part ? value_int((int64_t)part) : value_null();
}

static int put_part(struct record *r, const struct loss *l, const struct value *v, const char *op, struct buf *out,
                    struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    int rc = loss_value(r, l, v, &text, err);
    if (rc == 0) put_word(out, l->column->name, op, &text);
    buf_free(&text);
    return rc;
}

/* A household by its number, which people know; anything else by its id. */
static int put_row(struct record *r, const struct loss *l, struct buf *out, struct err *err)
{
    const char *key = "";
    char id[ROW_ID_TEXT];
    bool here;
    int rc = strcmp(l->table->name, "household") == 0 ? record_key(r, l->table->number, l->row, &key, &here, err) : 0;
    row_id_to_text(l->row, id);
    buf_printf(out, "%s/%s", l->table->name, *key ? key : id);
    return rc;
}

int loss_confirm(struct record *r, const struct loss *l, struct buf *out, struct err *err)
{
    if (!l->here || l->as_text || !l->notice || !notice_pair(l->notice)) return 0;
    buf_put_text(out, "zhucun set ");
    int rc = put_row(r, l, out, err);
    return rc ? rc : put_part(r, l, &l->shown->values[schema_column_index(l->table, l->column)], "=", out, err);
}

int loss_command(struct record *r, const struct loss *l, struct buf *out, struct err *err)
{
    if (!can_set(l) || l->column->type == TYPE_REFSET) return 0;
    buf_put_text(out, "zhucun set ");
    int rc = put_row(r, l, out, err);
    if (rc) return rc;
    if (!is_set(l)) return put_part(r, l, l->kind == LOSS_VERIFY ? &l->theirs : &l->mine, "=", out, err);
    struct value add = part_of(l, false), take = part_of(l, true);
    if (add.kind == VALUE_INT) rc = put_part(r, l, &add, "+=", out, err);
    if (rc == 0 && take.kind == VALUE_INT) rc = put_part(r, l, &take, "-=", out, err);
    return rc;
}

/* ---- in words ---- */

static const char *happened(const struct record *r, const struct loss *l)
{
    const struct cli *c = r->c;
    switch (l->kind) {
    case LOSS_REPLACED:
        return cli_pick(c, "后来被别人的内容代替", "was replaced by another's later");
    case LOSS_PROPOSAL:
        return cli_pick(c, "作为建议保存", "is kept as a proposal");
    case LOSS_VERIFY:
        return cli_pick(c, "现在生效，但待核实", "is in force, but to be verified");
    case LOSS_LOST:
        break;
    }
    return cli_pick(c, "没有被采用", "was not taken");
}

static int put_label(struct record *r, const struct loss *l, bool within, struct buf *out, struct err *err)
{
    int rc = 0;
    if (within) buf_put_text(out, " ");
    else if (l->table) rc = put_row(r, l, out, err);
    else put_text(out, &l->notice->record);
    if (l->column) buf_printf(out, " %s", cli_pick(r->c, l->column->zh, l->column->name));
    else if (l->notice && l->notice->item.kind == VALUE_TEXT) {
        buf_put_text(out, " ");
        put_text(out, &l->notice->item);
    }
    return rc;
}

int loss_now(struct record *r, const struct loss *l, struct buf *out, struct err *err)
{
    if (!l->shown || !l->column) return l->here ? loss_value(r, l, &l->theirs, out, err) : 0;
    const struct value *now = &l->shown->values[schema_column_index(l->table, l->column)];
    return record_text(r, l->column, now, r->c->json ? LANG_ZH : r->c->lang, out, err);
}

static int print_head(struct record *r, const struct loss *l, bool within, struct err *err)
{
    struct buf label, mine, theirs;
    char at[30];
    buf_init(&label, TEXT_MAX);
    buf_init(&mine, TEXT_MAX);
    buf_init(&theirs, TEXT_MAX);
    bool decided = l->notice && notice_decided(l->notice), pair = l->kind == LOSS_VERIFY && !decided;
    record_instant(l->at_ms, at);
    int rc = put_label(r, l, within, &label, err);
    if (rc == 0) rc = loss_value(r, l, &l->mine, &mine, err);
    if (rc == 0) rc = pair ? loss_value(r, l, &l->theirs, &theirs, err) : loss_now(r, l, &theirs, err);
    if (rc == 0 && decided)
        cli_say(r->c, "%s：本机的“%s”已经裁定，现为“%s”（%s）", "%s: about this laptop's \"%s\" it has been decided; it is \"%s\" now (%s)",
                buf_text(&label), buf_text(&mine), buf_text(&theirs), at);
    else if (rc == 0 && pair)
        cli_say(r->c, "%s：本机的“%s”%s：同一天有人写了“%s”（%s）",
                "%s: this laptop's \"%s\" %s: somebody else wrote \"%s\" on the same day (%s)", buf_text(&label),
                buf_text(&mine), happened(r, l), buf_text(&theirs), at);
    else if (rc == 0)
        cli_say(r->c, "%s：本机的“%s”%s，现为“%s”（%s）", "%s: this laptop's \"%s\" %s, it is \"%s\" now (%s)",
                buf_text(&label), buf_text(&mine), happened(r, l), buf_text(&theirs), at);
    buf_free(&label);
    buf_free(&mine);
    buf_free(&theirs);
    return rc;
}

static void print_reason(const struct record *r, const struct notice *n)
{
    struct buf other;
    const char *why = loss_term(r, "reason", n->reason, r->c->lang);
    buf_init(&other, TEXT_MAX);
    put_text(&other, &n->other);
    if (*why && other.len)
        cli_say(r->c, "  原因：%s；对方：%s；台账 %llu", "  why: %s; by: %s; ledger %llu", why, buf_text(&other),
                (unsigned long long)n->ledger);
    else if (*why || other.len)
        cli_say(r->c, "  %s：%s；台账 %llu", "  %s: %s; ledger %llu",
                *why ? cli_pick(r->c, "原因", "why") : cli_pick(r->c, "对方", "by"), *why ? why : buf_text(&other),
                (unsigned long long)n->ledger);
    buf_free(&other);
}

static void print_ruling(const struct record *r, const struct notice *n)
{
    struct value by_words = schema_heard(&n->decided_by, r->c->lang), why_words = schema_heard(&n->why, r->c->lang);
    struct buf by, why;
    char day[11] = "";
    buf_init(&by, TEXT_MAX);
    buf_init(&why, TEXT_MAX);
    put_text(&by, &by_words);
    put_text(&why, &why_words);
    if (n->decided_on) date_format(n->decided_on, day);
    if (notice_decided(n))
        cli_say(r->c, "  裁定：%s（%s %s）：%s", "  ruling: %s (%s %s): %s", loss_term(r, "decision", n->ruling, r->c->lang),
                buf_text(&by), day, buf_text(&why));
    else if (why.len) cli_say(r->c, "  说明：%s", "  explanation: %s", buf_text(&why));
    buf_free(&by);
    buf_free(&why);
}

/* The ways to end a pair, for somebody who has found out which value is right. */
static int print_pair(struct record *r, const struct loss *l, struct buf *command, struct err *err)
{
    struct buf confirm;
    buf_init(&confirm, TEXT_MAX);
    int rc = loss_confirm(r, l, &confirm, err);
    bool own = l->kind == LOSS_VERIFY;
    if (rc == 0 && confirm.len && own) cli_say(r->c, "  核实后本机的正确：%s", "  if it turns out to be right: %s", buf_text(&confirm));
    if (rc == 0 && confirm.len && !own) cli_say(r->c, "  核实后现值正确：%s", "  if what stands now is right: %s", buf_text(&confirm));
    if (rc == 0 && command->len && own) cli_say(r->c, "  核实后若对方正确：%s", "  if the other turns out to be right: %s", buf_text(command));
    if (rc == 0 && command->len && !own) cli_say(r->c, "  要恢复：%s", "  to bring it back: %s", buf_text(command));
    buf_free(&confirm);
    return rc;
}

/* What somebody can do about it now. */
static int print_advice(struct record *r, const struct loss *l, struct err *err)
{
    struct buf command;
    bool decided = l->notice && notice_decided(l->notice);
    buf_init(&command, TEXT_MAX);
    int rc = loss_command(r, l, &command, err);
    if (rc == 0 && command.len) rc = print_pair(r, l, &command, err);
    else if (rc == 0 && !l->here) cli_say(r->c, "  本机已没有这条记录", "  the record is not on this laptop any more");
    else if (rc == 0 && !decided && l->column && l->column->policy == POLICY_AUTHORITY)
        cli_say(r->c, "  由上级认定的内容：作为建议保存在服务器", "  for the office to decide: it is kept at the server as a proposal");
    else if (rc == 0 && !decided && l->column && l->column->policy == POLICY_ATOMIC)
        cli_say(r->c, "  整张表一起采用：核对后重新填写整张", "  a sheet counts as a whole: check it and write the whole sheet anew");
    buf_free(&command);
    return rc;
}

int loss_print(struct record *r, const struct loss *l, bool within, struct err *err)
{
    int rc = print_head(r, l, within, err);
    if (rc) return rc;
    if (l->notice) {
        print_reason(r, l->notice);
        print_ruling(r, l->notice);
    }
    return print_advice(r, l, err);
}
