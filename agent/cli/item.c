/* item: see item.h. Neighbour: item_notice.c, entries that are notices. */
#include "item_reading.h"

#include <string.h>

enum { TEXT_MAX = CHANGE_MAX_TEXT * 4, ROW_BYTES = 1024 * 1024 };

const char *item_kind(const struct cli *c, enum inbox_kind kind)
{
    static const struct {
        const char *zh, *en;
    } names[INBOX_KINDS] = {
        [INBOX_ORDER] = {"单据", "order"},       [INBOX_CLUE] = {"线索", "clue"},
        [INBOX_QUARANTINED] = {"被隔离", "quarantined"}, [INBOX_HANDOVER] = {"移交", "handover"},
        [INBOX_VERIFY] = {"待核实", "verify"},   [INBOX_TAKEOVER] = {"接手", "takeover"},
        [INBOX_LOST] = {"未采用", "not taken"},   [INBOX_PROPOSAL] = {"建议", "proposal"},
        [INBOX_MOVED] = {"迁移", "moved"},       [INBOX_RULING] = {"裁定", "ruling"},
        [INBOX_LATE_REPLY] = {"延迟上传", "late upload"}, [INBOX_OUTSIDE] = {"范围外", "outside"},
    };
    return cli_pick(c, names[kind].zh, names[kind].en);
}

/* ---- words ---- */

/* --json says the same in every locale. */
enum lang item_lang(const struct item *i)
{
    return i->c->json ? LANG_ZH : i->c->lang;
}

const char *item_pick(const struct item *i, const char *zh, const char *en)
{
    return item_lang(i) == LANG_ZH ? zh : en;
}

static int put_cell(struct item_reading *p, const char *column, struct buf *out)
{
    const struct schema_column *c = schema_column_named(p->t, column);
    if (!c) return 0;
    return record_text(p->r, c, &p->row.values[schema_column_index(p->t, c)], item_lang(p->item), out, p->err);
}

static int put_cells(struct item_reading *p, const char *const columns[], struct buf *out)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && columns[i]; i++) {
        if (out->len && buf_text(out)[out->len - 1] != ' ') buf_put_text(out, " ");
        rc = put_cell(p, columns[i], out);
    }
    return rc;
}

/* A household by its head and number, a member by name, anything else by its natural key; by its id at last. */
int item_put_row(struct item_reading *p, const struct schema_table *t, struct row_id id, struct buf *out)
{
    static const char *const household[] = {"head_name", "national_no", NULL}, *const member[] = {"name", NULL};
    struct item_reading other = {.item = p->item, .r = p->r, .t = t, .err = p->err};
    const char *key = "";
    char text[ROW_ID_TEXT];
    bool here;
    size_t begin = out->len;
    arena_init(&other.arena, ROW_BYTES);
    int found = table_read(p->item->c->home->tables, t, id, &other.arena, &other.row, p->err);
    int rc = found < 0 ? found : 0;
    buf_printf(out, "%s ", item_pick(p->item, t->zh, t->name));
    if (found == 1 && strcmp(t->name, "household") == 0) rc = put_cells(&other, household, out);
    else if (found == 1 && strcmp(t->name, "member") == 0) rc = put_cells(&other, member, out);
    else if (rc == 0) rc = record_key(p->r, t->number, id, &key, &here, p->err);
    buf_put_text(out, key);
    arena_free(&other.arena);
    row_id_to_text(id, text);
    if (out->len - begin <= strlen(item_pick(p->item, t->zh, t->name)) + 1) buf_put_text(out, text);
    return rc;
}

void item_name_record(struct item *i, const struct schema_table *t, struct row_id id)
{
    char text[ROW_ID_TEXT];
    row_id_to_text(id, text);
    snprintf(i->record, sizeof i->record, "%s/%s", t->name, text);
}

/* A row that a cell of this one names; *found false: the cell is empty. */
static bool named(const struct item_reading *p, const char *column, struct row_id *id)
{
    const struct value *v = &p->row.values[schema_column_index(p->t, schema_column_named(p->t, column))];
    return v->kind == VALUE_BLOB && row_id_from_bytes(v->data, v->len, id) == 0;
}

/* ---- kinds ---- */

static int fill_order(struct item_reading *p)
{
    static const char *const title[] = {"kind", "number", "text", NULL};
    struct item *i = p->item;
    char today[11];
    struct buf number;
    buf_init(&number, TEXT_MAX);
    date_format(cli_today(i->c), today);
    int rc = put_cells(p, title, &i->title);
    if (rc == 0) rc = put_cell(p, "number", &number);
    buf_printf(&i->command, "zhucun add order_reply 'order=%s' date=%s text=…", number.len ? buf_text(&number) : i->id, today);
    buf_free(&number);
    return rc;
}

static int fill_clue(struct item_reading *p)
{
    static const char *const title[] = {"person", "kind", "found_on", NULL};
    struct item *i = p->item;
    struct row_id household;
    char today[11];
    int rc = 0;
    bool of_household = named(p, "household", &household);
    if (of_household) rc = item_put_row(p, schema_table_named(i->c->home->schema, "household"), household, &i->title);
    if (rc == 0) rc = put_cells(p, title, &i->title);
    date_format(cli_today(i->c), today);
    if (p->decides) buf_printf(&i->command, "zhucun set clue/%s decision=… decided_on=%s", i->id, today);
    else if (of_household) {
        char text[ROW_ID_TEXT];
        row_id_to_text(household, text);
        buf_printf(&i->command, "zhucun show household/%s", text);
    } else buf_printf(&i->command, "zhucun show clue/%s", i->id);
    return rc;
}

static int fill_reply(struct item_reading *p)
{
    static const char *const title[] = {"text", NULL};
    const struct schema_table *t = schema_table_named(p->item->c->home->schema, "order");
    struct row_id order;
    int rc = 0;
    if (named(p, "order", &order)) {
        item_name_record(p->item, t, order);
        rc = item_put_row(p, t, order, &p->item->title);
    }
    buf_printf(&p->item->command, "zhucun show order_reply/%s", p->item->id);
    return rc ? rc : put_cells(p, title, &p->item->title);
}

static int fill_quarantined(struct item_reading *p)
{
    struct item *i = p->item;
    struct receipt_quarantine q;
    int found = journal_quarantine_of(i->c->home, i->entry->seq, &q, p->err);
    buf_printf(&i->title, "%s %llu", item_pick(i, "改动组", "changeset"), (unsigned long long)i->entry->seq);
    if (found == 1) buf_put_text(&i->why, item_pick(i, q.why, q.why_en));
    buf_put_text(&i->command, "zhucun conflicts");
    return found < 0 ? found : 0;
}

static int fill(struct item_reading *p)
{
    switch (p->item->entry->kind) {
    case INBOX_ORDER:
        return fill_order(p);
    case INBOX_CLUE:
        return fill_clue(p);
    case INBOX_LATE_REPLY:
        return fill_reply(p);
    default:
        return item_fill_notice(p);
    }
}

void item_init(struct item *i, struct cli *c)
{
    *i = (struct item){.c = c};
    struct buf *bufs[] = {&i->title, &i->command, &i->other, &i->ruling, &i->why};
    for (size_t b = 0; b < sizeof bufs / sizeof bufs[0]; b++)
        buf_init(bufs[b], TEXT_MAX);
}

void item_free(struct item *i)
{
    struct buf *bufs[] = {&i->title, &i->command, &i->other, &i->ruling, &i->why};
    for (size_t b = 0; b < sizeof bufs / sizeof bufs[0]; b++)
        buf_free(bufs[b]);
}

static void reset(struct item *i, const struct inbox_entry *e)
{
    struct buf *bufs[] = {&i->title, &i->command, &i->other, &i->ruling, &i->why};
    for (size_t b = 0; b < sizeof bufs / sizeof bufs[0]; b++)
        buf_reset(bufs[b]);
    i->entry = e;
    i->id[0] = i->record[0] = '\0';
}

int item_of(struct item *i, struct record *r, const struct inbox_entry *e, bool decides, struct err *err)
{
    struct item_reading p = {.item = i, .r = r, .t = e->table, .decides = decides, .err = err};
    reset(i, e);
    if (e->kind == INBOX_QUARANTINED) return fill_quarantined(&p);
    row_id_to_text(e->row, i->id);
    arena_init(&p.arena, ROW_BYTES);
    int found = table_read(i->c->home->tables, e->table, e->row, &p.arena, &p.row, err);
    if (found == 1 && (e->kind == INBOX_ORDER || e->kind == INBOX_CLUE)) item_name_record(i, e->table, e->row);
    int rc = found == 1 ? fill(&p) : found;
    arena_free(&p.arena);
    return rc;
}
