/* conflicts: own values that lost, and changesets that the server could not take. What the laptop can know alone;
 * the full ledger, with the reasons, is the server's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "conflict.h"
#include "record.h"
#include "text.h"

enum { ROW_BYTES = 1024 * 1024 };

struct conflicts {
    struct cli *c;
    struct record record;
    struct arena arena;
    bool print, all;
    uint64_t count, printed;    /* count: not seen yet */
    struct err *err;
};

/* 1: the cell still shows what replaced ours; *row is the row as shown. 0: settled or gone. */
static int still_open(struct conflicts *k, const struct lost_value *lost, const struct schema_table **t,
                      const struct schema_column **column, struct table_row *row)
{
    *t = schema_table(k->c->home->schema, lost->table);
    *column = *t ? schema_column(*t, lost->column) : NULL;
    if (!*column) return 0;
    arena_reset(&k->arena);
    int found = table_read(k->c->home->tables, *t, lost->row, &k->arena, row, k->err);
    if (found <= 0) return found;
    return value_equal(&row->values[schema_column_index(*t, *column)], &lost->theirs);
}

static json_t *text_json(struct buf *text)
{
    return json_stringn(buf_text(text), text->len);
}

static int print_json(struct conflicts *k, const struct lost_value *lost, const struct schema_table *t,
                      const struct schema_column *column, struct buf *mine, struct buf *theirs, const char *author)
{
    char id[ROW_ID_TEXT], at[30];
    json_t *o = json_object();
    row_id_to_text(lost->row, id);
    time_format(lost->at_ms, at);
    json_object_set_new(o, "kind", json_string(lost->how == LOST_LATER ? "replaced" : "lost"));
    json_object_set_new(o, "seen", json_boolean(lost->seen));
    json_object_set_new(o, "table", json_string(t->name));
    json_object_set_new(o, "id", json_string(id));
    json_object_set_new(o, "column", json_string(column->name));
    json_object_set_new(o, "mine", text_json(mine));
    json_object_set_new(o, "theirs", text_json(theirs));
    json_object_set_new(o, "author", *author ? json_string(author) : json_null());
    json_object_set_new(o, "seq", json_integer((json_int_t)lost->seq));
    json_object_set_new(o, "csn", json_integer((json_int_t)lost->csn));
    json_object_set_new(o, "at", json_string(at));
    return record_json_line(k->c->out, o, k->err);
}

static int print_text(struct conflicts *k, const struct lost_value *lost, const struct schema_table *t,
                      const struct schema_column *column, struct buf *mine, struct buf *theirs)
{
    char id[ROW_ID_TEXT], at[30];
    struct cli *c = k->c;
    bool set = column->type == TYPE_SET || column->type == TYPE_REFSET;
    row_id_to_text(lost->row, id);
    time_format(lost->at_ms, at);
    cli_say(c, "%s/%s %s：本机的“%s”%s，现为“%s”（%s）", "%s/%s %s: this laptop's \"%s\" %s, it is \"%s\" now (%s)", t->name, id,
            cli_pick(c, column->zh, column->name), buf_text(mine),
            lost->how == LOST_LATER ? cli_pick(c, "后来被别人的内容代替", "was replaced by another's later")
                                    : cli_pick(c, "没有被采用", "was not taken"),
            buf_text(theirs), at);
    if (column->policy == POLICY_AUTHORITY)
        cli_say(c, "  由上级认定的内容：作为建议保存在服务器", "  for the office to decide: it is kept at the server as a proposal");
    else if (!set) cli_say(c, "  要恢复：zhucun set %s/%s '%s=%s'", "  to bring it back: zhucun set %s/%s '%s=%s'", t->name, id,
                      column->name, buf_text(mine));
    return 0;
}

static int on_lost(void *ctx, const struct lost_value *lost)
{
    struct conflicts *k = ctx;
    const struct schema_table *t;
    const struct schema_column *column;
    struct table_row row;
    struct buf mine, theirs;
    const char *author;
    int open = still_open(k, lost, &t, &column, &row);
    if (open <= 0) return open;
    if (lost->seen && !k->all) return 0;
    k->count += !lost->seen;
    if (!k->print) return 0;
    k->printed++;
    buf_init(&mine, CHANGE_MAX_TEXT * 4);
    buf_init(&theirs, CHANGE_MAX_TEXT * 4);
    int rc = record_author(&k->record, &row, &author, k->err);
    char *kept = rc ? NULL : strdup(author); /* the record's memory is used again by the texts */
    if (rc == 0 && !kept) rc = err_nomem(k->err);
    if (rc == 0) rc = record_text(&k->record, column, &lost->mine, k->c->lang, &mine, k->err);
    if (rc == 0) rc = record_text(&k->record, column, &lost->theirs, k->c->lang, &theirs, k->err);
    if (rc == 0)
        rc = k->c->json ? print_json(k, lost, t, column, &mine, &theirs, kept)
                        : print_text(k, lost, t, column, &mine, &theirs);
    free(kept);
    buf_free(&mine);
    buf_free(&theirs);
    return rc;
}

static int on_quarantine(void *ctx, const struct receipt_quarantine *q)
{
    struct conflicts *k = ctx;
    k->count++;
    if (!k->print) return 0;
    k->printed++;
    if (!k->c->json) {
        cli_say(k->c, "第 %llu 组改动被服务器隔离：%s", "changeset %llu is quarantined at the server: %s", (unsigned long long)q->seq,
                cli_pick(k->c, q->why, q->why_en));
        return 0;
    }
    json_t *o = json_object();
    json_object_set_new(o, "kind", json_string("quarantined"));
    json_object_set_new(o, "seq", json_integer((json_int_t)q->seq));
    json_object_set_new(o, "why", json_string(cli_pick(k->c, q->why, q->why_en)));
    return record_json_line(k->c->out, o, k->err);
}

static int walk(struct conflicts *k, struct err *err)
{
    arena_init(&k->arena, ROW_BYTES);
    record_open(&k->record, k->c);
    int rc = journal_quarantine_walk(k->c->home, on_quarantine, k, err);
    if (rc == 0) rc = journal_lost_walk(k->c->home, on_lost, k, err);
    record_close(&k->record);
    arena_free(&k->arena);
    return rc;
}

int conflict_count(struct cli *c, uint64_t *count, struct err *err)
{
    struct conflicts k = {.c = c, .err = err};
    int rc = walk(&k, err);
    *count = k.count;
    return rc;
}

static int run_conflicts(struct cli *c, struct err *err)
{
    struct conflicts k = {.c = c, .err = err, .print = true};
    bool seen = cli_value(c, "--seen") != NULL;
    k.all = cli_value(c, "--all") != NULL;
    int rc = cli_open(c, seen ? DB_WRITE : DB_READ, err);
    if (rc == 0) rc = walk(&k, err);
    if (rc == 0 && seen) rc = journal_lost_seen(c->home, err);
    if (rc == 0 && k.printed == 0 && !c->json) cli_say(c, "没有冲突", "no conflicts");
    return rc;
}

static const struct cli_option options[] = {
    {"--seen", NULL, "列出后标为已看，不再计入", "mark what is listed as seen: it is no longer counted"},
    {"--all", NULL, "已看过的也列出", "list what was seen, too"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command conflicts_command = {
    .name = "conflicts", .run = run_conflicts, .words = "",
    .zh = "没有保留的本机内容和被隔离的改动", .en = "own values that were not kept, and quarantined changes",
    .more_zh = "列出本机上报后没有被采用、或后来被别人的内容代替、至今没有再改的值，以及恢复它的命令；\n"
               "胜出的理由在服务器的冲突台账里。",
    .more_en = "Lists values that this laptop reported and that were not taken, or that another's replaced later, unless\n"
               "changed since, with the command that brings each back. Why the other won stands in the server's ledger.",
    .options = options,
};
