/* show_household: what a visitor wants to know at the door, from the rows that name the household. */
#include <string.h>

#include "clue.h"
#include "fields.h"
#include "showing.h"
#include "text.h"

enum { MOST = 40, ROW_BYTES = 1024 * 1024, SHORT = 60 };

struct list {
    const char *table, *key;       /* key: in --json */
    const char *zh, *en;
    const char *date;              /* newest first by it; NULL: as they came */
    const char *without, *term;    /* rows whose column is this term are left out; term NULL: those that have any: as `list` hides what was merged */
    size_t most;
};

static const struct list lists[] = {
    {"visit", "recent_visits", "最近走访", "latest visits", "date", NULL, NULL, 5},
    {"risk", "open_risks", "未消除风险", "open risks", "found_on", "state", "已消除", MOST},
    {"clue", "open_clues", "未认定线索", "clues without decision", "due_on", "decided_on", NULL, MOST},
    {"measure", "measures", "帮扶措施", "measures", "since", NULL, NULL, 10},
    {"member", "members", "家庭成员", "members", NULL, "merged_into", NULL, MOST},
};

struct found {
    const struct list *list;
    int date;                      /* column index; −1: none */
    size_t count;
    struct row_id ids[MOST];
    int64_t dates[MOST];
};

static int on_row(void *ctx, const struct table_row *row)
{
    struct found *f = ctx;
    const struct value *v = f->date >= 0 ? &row->values[f->date] : NULL;
    int64_t date = v && v->kind == VALUE_INT ? v->i : INT64_MIN;
    size_t at = f->count;
    while (f->date >= 0 && at > 0 && f->dates[at - 1] <= date)
        at--;
    if (at == f->list->most) return 0;
    if (f->count < f->list->most) f->count++;
    for (size_t i = f->count - 1; i > at; i--) {
        f->ids[i] = f->ids[i - 1];
        f->dates[i] = f->dates[i - 1];
    }
    f->ids[at] = row->id;
    f->dates[at] = date;
    return 0;
}

static int find(struct cli *c, const struct list *list, const struct schema_table *t, struct row_id household,
                struct found *f, struct err *err)
{
    uint8_t bytes[ROW_ID_BYTES];
    char where[200] = "\"household\" = ?1";
    struct arena rows;
    *f = (struct found){.list = list, .date = -1};
    if (list->date) f->date = schema_column_index(t, schema_column_named(t, list->date));
    row_id_to_bytes(household, bytes);
    struct value args[2] = {value_blob(bytes, sizeof bytes), value_null()};
    if (list->term) args[1] = fields_code(t, list->without, list->term);
    if (list->term) snprintf(where, sizeof where, "\"household\" = ?1 AND \"%s\" IS NOT ?2", list->without);
    else if (list->without) snprintf(where, sizeof where, "\"household\" = ?1 AND \"%s\" IS NULL", list->without);
    arena_init(&rows, ROW_BYTES);
    int rc = table_walk(c->home->tables, t, 0, where, args, list->term ? 2 : 1, &rows, on_row, f, err);
    arena_free(&rows);
    return rc;
}

/* ---- lines ---- */

static int put_titles(struct record *r, const struct schema_table *t, const struct table_row *row, struct buf *line,
                      struct err *err)
{
    struct buf text;
    int rc = 0;
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    for (size_t i = 0; rc == 0 && i < t->count; i++) {
        const struct schema_column *c = &t->columns[i];
        if (!(c->flags & COLUMN_TITLE) || (c->flags & COLUMN_PARENT) || row->values[i].kind == VALUE_NULL) continue;
        buf_reset(&text);
        rc = record_text(r, c, &row->values[i], r->c->lang, &text, err);
        buf_put_text(line, " ");
        text_put(line, text.data, text.len, SHORT);
    }
    buf_free(&text);
    return rc;
}

/* One row in one line: its title columns except the household itself; of a clue the days left. */
static int print_row(struct record *r, const struct schema_table *t, struct row_id id, struct arena *arena, struct err *err)
{
    struct table_row row;
    struct buf line;
    struct clue_clock clock;
    int found = table_read(r->c->home->tables, t, id, arena, &row, err);
    if (found <= 0) return found;
    buf_init(&line, 64 * 1024);
    buf_put_text(&line, "   ");
    int rc = put_titles(r, t, &row, &line, err);
    if (rc == 0 && strcmp(t->name, "clue") == 0 && (rc = clue_clock(r->c, t, &row, &clock, err)) == 0) {
        buf_put_text(&line, " ");
        clue_text(r->c, &clock, &line);
    }
    if (rc == 0) fprintf(r->c->out, "%s\n", buf_text(&line));
    buf_free(&line);
    return rc;
}

static int print_list(struct record *r, const struct schema_table *t, const struct found *f, struct err *err)
{
    struct arena arena;
    int rc = 0;
    if (f->count) fprintf(r->c->out, "  %s\n", cli_pick(r->c, f->list->zh, f->list->en));
    arena_init(&arena, ROW_BYTES);
    for (size_t i = 0; rc == 0 && i < f->count; i++) {
        arena_reset(&arena);
        rc = print_row(r, t, f->ids[i], &arena, err);
    }
    arena_free(&arena);
    return rc;
}

/* ---- objects ---- */

static int row_json(struct record *r, const struct schema_table *t, struct row_id id, struct arena *arena, json_t *rows,
                    struct err *err)
{
    struct table_row row;
    struct clue_clock clock;
    json_t *one;
    int found = table_read(r->c->home->tables, t, id, arena, &row, err);
    int rc = found == 1 ? record_json(r, t, &row, &one, err) : found;
    if (rc || found != 1) return rc;
    if (strcmp(t->name, "clue") == 0 && (rc = clue_clock(r->c, t, &row, &clock, err)) == 0) clue_json(&clock, one);
    json_array_append_new(rows, one);
    return rc;
}

static int list_json(struct record *r, const struct schema_table *t, const struct found *f, json_t *object, struct err *err)
{
    json_t *rows = json_array();
    struct arena arena;
    int rc = 0;
    arena_init(&arena, ROW_BYTES);
    for (size_t i = 0; rc == 0 && i < f->count; i++) {
        arena_reset(&arena);
        rc = row_json(r, t, f->ids[i], &arena, rows, err);
    }
    arena_free(&arena);
    json_object_set_new(object, f->list->key, rows);
    return rc;
}

int show_household(struct record *r, struct row_id id, json_t *object, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof lists / sizeof lists[0]; i++) {
        const struct schema_table *t = schema_table_named(r->c->home->schema, lists[i].table);
        struct found f;
        rc = find(r->c, &lists[i], t, id, &f, err);
        if (rc == 0) rc = object ? list_json(r, t, &f, object, err) : print_list(r, t, &f, err);
    }
    return rc;
}
