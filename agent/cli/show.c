/* show: one row with its labels, who wrote it and whether it has arrived; for a household also what a visitor wants
 * to know at the door: the latest visits and the open risks. */
#include <string.h>

#include "commands.h"
#include "edit.h"
#include "record.h"
#include "text.h"

enum { RECENT = 5, LABEL_COLUMNS = 26, SHORT = 60 };

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

static int print_system(struct record *r, const struct table_row *row, struct err *err)
{
    struct record_status status;
    const char *author;
    char when[30];
    struct cli *c = r->c;
    int rc = journal_row_status(c->home, row, &status, err);
    if (rc == 0) rc = record_author(r, row, &author, err);
    if (rc) return rc;
    const char *state = record_state_label(c, status.state);
    print_line(c, cli_pick(c, "记录人", "author"), author, strlen(author));
    record_instant(row->system[HOME_AUTHORED].kind == VALUE_INT ? row->system[HOME_AUTHORED].i : 0, when);
    print_line(c, cli_pick(c, "记录时间", "authored"), when, strlen(when));
    record_instant(status.received_ms, when);
    print_line(c, cli_pick(c, "收到时间", "received"), when, strlen(when));
    print_line(c, cli_pick(c, "上报状态", "state"), state, strlen(state));
    if (status.state == RECORD_QUARANTINED)
        print_line(c, cli_pick(c, "隔离原因", "why"), cli_pick(c, status.why, status.why_en),
                   strlen(cli_pick(c, status.why, status.why_en)));
    return 0;
}

/* The latest rows of a household by one date column, newest first. */
struct recent {
    int date, filter;         /* column indexes; filter −1: none */
    int64_t wanted;           /* value of the filter column */
    size_t count;
    struct row_id ids[RECENT];
    int64_t dates[RECENT];
};

static int on_related(void *ctx, const struct table_row *row)
{
    struct recent *r = ctx;
    if (r->filter >= 0 && row->values[r->filter].i != r->wanted) return 0;
    int64_t date = row->values[r->date].i;
    size_t at = r->count;
    while (at > 0 && r->dates[at - 1] <= date)
        at--;
    if (at == RECENT) return 0;
    if (r->count < RECENT) r->count++;
    for (size_t i = r->count - 1; i > at; i--) {
        r->ids[i] = r->ids[i - 1];
        r->dates[i] = r->dates[i - 1];
    }
    r->ids[at] = row->id;
    r->dates[at] = date;
    return 0;
}

static int related(struct cli *c, const struct schema_table *t, struct row_id household, const char *date,
                   const char *filter, const char *term, struct recent *r, struct err *err)
{
    uint8_t bytes[ROW_ID_BYTES];
    struct arena rows;
    *r = (struct recent){.date = schema_column_index(t, schema_column_named(t, date)), .filter = -1};
    if (filter) {
        r->filter = schema_column_index(t, schema_column_named(t, filter));
        r->wanted = fields_code(t, filter, term).i;
    }
    row_id_to_bytes(household, bytes);
    struct value arg = value_blob(bytes, sizeof bytes);
    arena_init(&rows, 1024 * 1024);
    int rc = table_walk(c->home->tables, t, 0, "\"household\" = ?1", &arg, 1, &rows, on_related, r, err);
    arena_free(&rows);
    return rc;
}

/* One related row in one line: its title columns except the household itself. */
static int print_related(struct record *r, const struct schema_table *t, struct row_id id, struct arena *arena,
                         struct err *err)
{
    struct table_row row;
    struct buf line, text;
    int found = table_read(r->c->home->tables, t, id, arena, &row, err);
    if (found <= 0) return found;
    int rc = 0;
    buf_init(&line, 64 * 1024);
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    buf_put_text(&line, "   ");
    for (size_t i = 0; rc == 0 && i < t->count; i++) {
        const struct schema_column *c = &t->columns[i];
        if (!(c->flags & COLUMN_TITLE) || (c->flags & COLUMN_PARENT) || row.values[i].kind == VALUE_NULL) continue;
        buf_reset(&text);
        rc = record_text(r, c, &row.values[i], r->c->lang, &text, err);
        buf_put_text(&line, " ");
        text_put(&line, text.data, text.len, SHORT);
    }
    if (rc == 0) fprintf(r->c->out, "%s\n", buf_text(&line));
    buf_free(&line);
    buf_free(&text);
    return rc;
}

static int print_recent(struct record *r, const struct schema_table *t, const struct recent *list, const char *title,
                        struct err *err)
{
    struct arena arena;
    int rc = 0;
    if (list->count) fprintf(r->c->out, "  %s\n", title);
    arena_init(&arena, 1024 * 1024);
    for (size_t i = 0; rc == 0 && i < list->count; i++)
        rc = print_related(r, t, list->ids[i], &arena, err);
    arena_free(&arena);
    return rc;
}

static int json_recent(struct record *r, const struct schema_table *t, const struct recent *list, json_t *object,
                       const char *key, struct err *err)
{
    json_t *rows = json_array();
    struct arena arena;
    int rc = 0;
    arena_init(&arena, 1024 * 1024);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        struct table_row row;
        json_t *one = NULL;
        int found = table_read(r->c->home->tables, t, list->ids[i], &arena, &row, err);
        rc = found < 0 ? found : found ? record_json(r, t, &row, &one, err) : 0;
        if (one) json_array_append_new(rows, one);
    }
    arena_free(&arena);
    json_object_set_new(object, key, rows);
    return rc;
}

static int show_household(struct record *r, struct row_id id, json_t *object, struct err *err)
{
    const struct schema_table *visit = schema_table_named(r->c->home->schema, "visit");
    const struct schema_table *risk = schema_table_named(r->c->home->schema, "risk");
    struct recent visits, risks;
    int rc = related(r->c, visit, id, "date", NULL, NULL, &visits, err);
    if (rc == 0) rc = related(r->c, risk, id, "found_on", "state", "未消除", &risks, err);
    if (rc) return rc;
    if (object) {
        rc = json_recent(r, visit, &visits, object, "recent_visits", err);
        return rc ? rc : json_recent(r, risk, &risks, object, "open_risks", err);
    }
    rc = print_recent(r, visit, &visits, cli_pick(r->c, "最近走访", "latest visits"), err);
    return rc ? rc : print_recent(r, risk, &risks, cli_pick(r->c, "未消除风险", "open risks"), err);
}

static int show_json(struct record *r, const struct schema_table *t, const struct table_row *row, bool household,
                     struct err *err)
{
    json_t *object;
    int rc = record_json(r, t, row, &object, err);
    if (rc) return rc;
    if (household) rc = show_household(r, row->id, object, err);
    if (rc == 0) return record_json_line(r->c->out, object, err);
    json_decref(object);
    return rc;
}

static int show_text(struct record *r, const struct schema_table *t, const struct table_row *row, bool household,
                     struct err *err)
{
    char id[ROW_ID_TEXT];
    row_id_to_text(row->id, id);
    fprintf(r->c->out, "%s/%s\n", t->name, id);
    int rc = print_columns(r, t, row, err);
    if (rc == 0) rc = print_system(r, row, err);
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
    .more_zh = "ID 可写编号或自然编号，例如 household/户编号、worker/工号、member/证件号码。",
    .more_en = "ID is an id or a natural key, as in household/NATIONAL_NO, worker/NO, member/ID_NO.",
};
