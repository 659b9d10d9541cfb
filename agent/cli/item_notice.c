/* item_notice: entries of the inbox that are notices of the server: handovers, moves, rulings, values that lost. */
#include <string.h>

#include "item_reading.h"

enum { ROW_BYTES = 256 * 1024 };

static void put_value(struct buf *out, const struct value *v)
{
    if (v->kind == VALUE_TEXT) buf_put(out, v->data, v->len);
}

/* The row that the notice is about as this laptop knows it; by the number told with it, once the row is not here. */
static int put_subject(struct item_reading *p, const struct notice *n, const struct value *number, bool *here)
{
    struct item *i = p->item;
    struct table_row row;
    struct arena arena;
    *here = false;
    if (!n->table) {
        put_value(&i->title, &n->record);
        return 0;
    }
    arena_init(&arena, ROW_BYTES);
    int found = table_read(i->c->home->tables, n->table, n->row, &arena, &row, p->err);
    arena_free(&arena);
    *here = found == 1;
    if (found < 0) return found;
    if (found == 1 || !number || number->kind != VALUE_TEXT) return item_put_row(p, n->table, n->row, &i->title);
    buf_printf(&i->title, "%s ", item_pick(i, n->table->zh, n->table->name));
    put_value(&i->title, number);
    return 0;
}

/* A code in the reader's language; what is no value of the column, as it was told. */
static int put_words(struct item_reading *p, const struct notice *n, const struct value *text)
{
    struct value v;
    if (n->column && notice_value(n->column, text, &p->arena, &v))
        return record_text(p->r, n->column, &v, item_lang(p->item), &p->item->title, p->err);
    put_value(&p->item->title, text);
    return 0;
}

/* What was said about it; before a ruling, why it lost. */
static void put_why(struct item *i, const struct schema_table *t, const struct notice *n)
{
    struct value why = schema_heard(&n->why, item_lang(i));
    const char *reason = schema_code_label(schema_column_named(t, "reason")->codes, n->reason, item_lang(i));
    put_value(&i->why, &why);
    if (!i->why.len && !notice_decided(n) && reason) buf_put_text(&i->why, reason);
}

/* "户 张三 H1 联系电话 “222”" */
static int put_value_title(struct item_reading *p, const struct notice *n)
{
    struct item *i = p->item;
    bool here;
    int rc = put_subject(p, n, NULL, &here);
    if (n->column) buf_printf(&i->title, " %s", item_pick(i, n->column->zh, n->column->name));
    if (n->yours.kind == VALUE_TEXT) {
        buf_put_text(&i->title, item_pick(i, " “", " \""));
        if (rc == 0) rc = put_words(p, n, &n->yours);
        buf_put_text(&i->title, item_pick(i, "”", "\""));
    }
    return rc;
}

/* "户 张三 H1"; once it has gone "户 H1 已于 2026-03-02 交出". */
static int put_handover_title(struct item_reading *p, const struct notice *n)
{
    struct item *i = p->item;
    char day[11];
    bool here;
    int rc = put_subject(p, n, &n->yours, &here);
    if (rc || n->kind != NOTICE_HANDED_OVER || here) return rc;
    date_format(n->day, day);
    buf_printf(&i->title, item_lang(i) == LANG_ZH ? " 已于 %s 交出" : " handed over on %s", day);
    return 0;
}

/* "户 张三 H1：231202108201 友谊村 → 231202108202 新兴村，2026-03-02 起"; many: the village, and how many households. */
static int put_move_title(struct item_reading *p, const struct notice *n)
{
    struct item *i = p->item;
    bool household = n->table && strcmp(n->table->name, "household") == 0, here;
    char day[11];
    int rc = household ? put_subject(p, n, &n->why, &here) : 0;
    buf_put_text(&i->title, household ? item_pick(i, "：", ": ") : "");
    put_value(&i->title, &n->yours);
    buf_put_text(&i->title, " → ");
    put_value(&i->title, &n->current);
    date_format(n->day, day);
    buf_printf(&i->title, item_lang(i) == LANG_ZH ? "，%s 起" : ", since %s", day);
    return rc;
}

static void put_command(struct item *i)
{
    enum inbox_kind kind = i->entry->kind;
    if (kind == INBOX_HANDOVER) buf_put_text(&i->command, "zhucun sync");
    else if (kind == INBOX_MOVED) buf_put_text(&i->command, "zhucun inbox --seen");
    else if (kind == INBOX_VERIFY || kind == INBOX_LOST || kind == INBOX_PROPOSAL || kind == INBOX_RULING || !i->record[0]) buf_put_text(&i->command, "zhucun conflicts");
    else buf_printf(&i->command, "zhucun show %s", i->record);
}

int item_fill_notice(struct item_reading *p)
{
    struct item *i = p->item;
    struct notice n;
    int found = notice_read(i->c->home, i->entry->row, &p->arena, &n, p->err);
    if (found <= 0) return found;
    if (n.table) item_name_record(i, n.table, n.row);
    int rc = n.kind == NOTICE_MOVED ? put_move_title(p, &n)
             : n.kind == NOTICE_HANDED_OVER || n.kind == NOTICE_TAKEN_OVER ? put_handover_title(p, &n) : put_value_title(p, &n);
    put_value(&i->other, &n.other);
    if (n.kind != NOTICE_MOVED || !strcmp(n.table ? n.table->name : "", "region")) put_why(i, p->t, &n);
    const struct schema_column *decision = schema_column_named(p->t, "decision");
    const char *label = n.ruling ? schema_code_label(decision->codes, n.ruling, item_lang(i)) : NULL;
    if (label) buf_put_text(&i->ruling, label);
    put_command(i);
    return rc;
}
