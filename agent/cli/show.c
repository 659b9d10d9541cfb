/* show: one row with its labels, who wrote it and whether it has arrived; own values in it that are not in force, and
 * what this laptop did to it; for a household also what a visitor wants to know at the door (show_household.c). */
#include <string.h>

#include "commands.h"
#include "edit.h"
#include "loss.h"
#include "showing.h"
#include "text.h"

enum { LABEL_COLUMNS = 26 };

static void print_line(struct cli *c, const char *label, const void *text, size_t n)
{
    struct buf line;
    buf_init(&line, CHANGE_MAX_TEXT * 8);
    buf_put_text(&line, "  ");
    text_pad(&line, text_put(&line, label, strlen(label), 0), LABEL_COLUMNS);
    buf_put_text(&line, " ");
    text_put(&line, text, n, 0);
    buf_put_u8(&line, '\n');
    fwrite(line.data, 1, line.len, c->out);
    buf_free(&line);
}

static int print_columns(struct record *r, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    struct buf text;
    int rc = 0;
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    for (size_t i = 0; rc == 0 && i < t->count; i++) {
        if (row->values[i].kind == VALUE_NULL) continue;
        buf_reset(&text);
        rc = record_text(r, &t->columns[i], &row->values[i], r->c->lang, &text, err);
        if (rc == 0) print_line(r->c, cli_pick(r->c, t->columns[i].zh, t->columns[i].en), text.data, text.len);
    }
    buf_free(&text);
    return rc;
}

static int print_system(struct record *r, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    struct record_status status;
    const char *author, *state;
    char when[30];
    struct cli *c = r->c;
    int rc = journal_row_status(c->home, row, &status, err);
    if (rc == 0) rc = record_author(r, row, &author, err);
    if (rc) return rc;
    print_line(c, cli_pick(c, "记录人", "author"), author, strlen(author));
    record_instant(row->system[HOME_AUTHORED].kind == VALUE_INT ? row->system[HOME_AUTHORED].i : 0, when);
    print_line(c, cli_pick(c, "记录时间（作者时钟）", "authored (own clock)"), when, strlen(when));
    record_instant(status.received_ms, when);
    print_line(c, cli_pick(c, "收到时间", "received"), when, strlen(when));
    rc = record_state_words(r, t, row, status.state, &state, err);
    if (rc) return rc;
    print_line(c, cli_pick(c, "上报状态", "state"), state, strlen(state));
    if (status.state == RECORD_QUARANTINED)
        print_line(c, cli_pick(c, "隔离原因", "why"), cli_pick(c, status.why, status.why_en),
                   strlen(cli_pick(c, status.why, status.why_en)));
    return 0;
}

/* ---- own values that are not in force, and what this laptop did itself ---- */

struct telling {
    struct record *r;
    json_t *list;      /* NULL: lines for people */
    size_t count;
    struct err *err;
};

static int on_loss(void *ctx, const struct loss *l)
{
    struct telling *t = ctx;
    json_t *one;
    t->count++;
    if (!t->list && !loss_open(l)) return 0;
    if (!t->list) return loss_print(t->r, l, true, t->err);
    int rc = loss_json(t->r, l, &one, t->err);
    return rc ? rc : json_array_append_new(t->list, one) ? err_nomem(t->err) : 0;
}

static int show_losses(struct record *r, const struct schema_table *t, struct row_id id, json_t *object, struct err *err)
{
    struct telling telling = {.r = r, .list = object ? json_array() : NULL, .err = err};
    int rc = losses_walk(r->c->home, t, id, on_loss, &telling, err);
    if (object) json_object_set_new(object, "conflicts", telling.list);
    return rc;
}

static int show_json(struct record *r, const struct schema_table *t, const struct table_row *row, bool household,
                     struct err *err)
{
    json_t *object;
    int rc = record_json(r, t, row, &object, err);
    if (rc) return rc;
    rc = show_losses(r, t, row->id, object, err);
    if (rc == 0) rc = show_history(r, t, row, object, err);
    if (rc == 0 && household) rc = show_household(r, row->id, object, err);
    if (rc == 0) return record_json_line(r->c->out, object, err);
    json_decref(object);
    return rc;
}

/* By its id: both may have one natural key. */
static void print_merged(struct cli *c, const struct schema_table *t, const struct table_row *row)
{
    const struct schema_column *merged = schema_flagged(t, COLUMN_MERGED);
    const struct value *v = merged ? &row->values[schema_column_index(t, merged)] : NULL;
    char text[ROW_ID_TEXT];
    struct row_id id;
    if (!v || v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id) != 0) return;
    row_id_to_text(id, text);
    fprintf(c->out, "%s %s/%s\n", cli_pick(c, "  已并入", "  was merged into"), t->name, text);
}

static int show_text(struct record *r, const struct schema_table *t, const struct table_row *row, bool household,
                     struct err *err)
{
    char id[ROW_ID_TEXT];
    row_id_to_text(row->id, id);
    fprintf(r->c->out, "%s/%s\n", t->name, id);
    print_merged(r->c, t, row);
    int rc = print_columns(r, t, row, err);
    if (rc == 0) rc = print_system(r, t, row, err);
    if (rc == 0) rc = show_losses(r, t, row->id, NULL, err);
    if (rc == 0) rc = show_history(r, t, row, NULL, err);
    return rc || !household ? rc : show_household(r, row->id, NULL, err);
}

static int run_show(struct cli *c, struct err *err)
{
    const struct schema_table *t;
    const char *name;
    struct row_id id;
    struct table_row row;
    struct arena arena;
    struct record record;
    int rc = edit_target(c, c->words[0], &t, &name, err);
    if (rc == 0) rc = cli_open(c, DB_READ, err);
    if (rc == 0) rc = fields_row(c->home, t, name, strlen(name), &id, err);
    if (rc) return rc;
    arena_init(&arena, EDIT_ARENA_BYTES);
    record_open(&record, c);
    int found = table_read(c->home->tables, t, id, &arena, &row, err);
    if (found == 0) found = err_set(err, ERR_NOT_FOUND, "本机没有这条记录：%.120s", "this laptop has no such row: %.120s", c->words[0]);
    rc = found < 0 ? found : 0;
    bool household = strcmp(t->name, "household") == 0;
    if (rc == 0) rc = c->json ? show_json(&record, t, &row, household, err) : show_text(&record, t, &row, household, err);
    record_close(&record);
    arena_free(&arena);
    return rc;
}

const struct cli_command show_command = {
    .name = "show", .run = run_show, .words = "TABLE/ID", .least = 1, .most = 1,
    .zh = "显示一条记录", .en = "show one row",
    .more_zh = "ID 可写编号或自然编号，例如 household/户编号、worker/工号、member/证件号码。另列出本机在这条记录上没有生效的\n"
               "内容及原因、本机的各次改动及其上报状态；户还列出成员、未消除风险、未认定线索、最近走访和措施。",
    .more_en = "ID is an id or a natural key, as in household/NATIONAL_NO, worker/NO, member/ID_NO. Also own values that are\n"
               "not in force and why, and what this laptop did to the row, with its state; for a household its members, open\n"
               "risks, clues without decision, latest visits and measures.",
};
