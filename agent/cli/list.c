/* list: rows of a table — aligned columns on a terminal, tab-separated in a pipe, or one JSON object a line.
 * Widths come from the first rows; what follows streams, so that memory does not grow with the table. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clue.h"
#include "commands.h"
#include "edit.h"
#include "record.h"
#include "text.h"

enum { SAMPLE = 200, MOST_COLUMNS = 24, MOST_WIDTH = 36, ROW_BYTES = 256 * 1024 };

struct list {
    struct cli *c;
    const struct schema_table *t;
    struct record record;
    const struct schema_column *columns[MOST_COLUMNS];
    size_t column_count;
    size_t width[MOST_COLUMNS + 3];
    size_t extra;             /* columns behind the data's: state and id, of clues the days left before them */
    bool aligned;
    struct arena held_arena;
    char ***held;             /* the sample's rows, until widths are known */
    size_t held_count;
    const char *state;        /* NULL: any */
    int merged;               /* index of the column by which a row is hidden; −1: none is */
    int64_t limit, shown;
    struct err *err;
};

static void choose_columns(struct list *l)
{
    for (size_t i = 0; i < l->t->count && l->column_count < MOST_COLUMNS; i++) {
        if (l->t->columns[i].flags & COLUMN_TITLE) l->columns[l->column_count++] = &l->t->columns[i];
    }
}

/* What stands behind the data's columns: the `from_end`th from the end, 0 the id, 1 the state, 2 a clue's days. */
static int extra_text(struct list *l, const struct table_row *row, enum record_state state, size_t from_end,
                      struct buf *text)
{
    char id[ROW_ID_TEXT];
    struct clue_clock clock;
    if (from_end == 2) {
        int rc = clue_clock(l->c, l->t, row, &clock, l->err);
        if (rc == 0) clue_text(l->c, &clock, text);
        return rc;
    }
    const char *words = id;
    row_id_to_text(row->id, id);
    int rc = from_end == 1 ? record_state_words(&l->record, l->t, row, state, &words, l->err) : 0;
    buf_put_text(text, words);
    return rc;
}

/* The row's cells as escaped text: title columns, days left, state, id. */
static int cells_of(struct list *l, const struct table_row *row, enum record_state state, struct arena *arena,
                    char ***cells)
{
    size_t count = l->column_count + l->extra;
    char **list = arena_array(arena, count, sizeof *list);
    struct buf text, shown;
    int rc = list ? 0 : err_nomem(l->err);
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    buf_init(&shown, CHANGE_MAX_TEXT * 8);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        buf_reset(&text);
        buf_reset(&shown);
        if (i < l->column_count) {
            const struct schema_column *c = l->columns[i];
            rc = record_text(&l->record, c, &row->values[schema_column_index(l->t, c)], l->c->lang, &text, l->err);
        } else {
            rc = extra_text(l, row, state, count - 1 - i, &text);
        }
        text_put(&shown, text.data, text.len, l->aligned && i < l->column_count ? MOST_WIDTH : 0);
        list[i] = arena_copy(arena, buf_text(&shown), shown.len);
        if (!list[i]) rc = err_nomem(l->err);
    }
    buf_free(&text);
    buf_free(&shown);
    *cells = list;
    return rc;
}

static void print_cells(struct list *l, char **cells)
{
    size_t count = l->column_count + l->extra;
    struct buf line;
    buf_init(&line, 1024 * 1024);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_put_text(&line, l->aligned ? "  " : "\t");
        buf_put_text(&line, cells[i]);
        if (l->aligned && i + 1 < count) text_pad(&line, text_width(cells[i], strlen(cells[i])), l->width[i]);
    }
    buf_put_u8(&line, '\n');
    fwrite(line.data, 1, line.len, l->c->out);
    buf_free(&line);
}

static void widen(struct list *l, char **cells)
{
    for (size_t i = 0; i < l->column_count + l->extra; i++) {
        size_t w = text_width(cells[i], strlen(cells[i]));
        if (w > l->width[i]) l->width[i] = w;
    }
}

static void print_head(struct list *l)
{
    char *cells[MOST_COLUMNS + 3], **behind = &cells[l->column_count];
    static char state_zh[] = "状态", state_en[] = "state", id_zh[] = "编号", id_en[] = "id";
    static char days_zh[] = "倒计时", days_en[] = "countdown";
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < l->column_count; i++) {
        const char *label = l->c->lang == LANG_ZH ? l->columns[i]->zh : l->columns[i]->name;
        cells[i] = arena_copy(&arena, label, strlen(label));
        if (!cells[i]) cells[i] = id_en + 2;
    }
    if (l->extra == 3) *behind++ = l->c->lang == LANG_ZH ? days_zh : days_en;
    behind[0] = l->c->lang == LANG_ZH ? state_zh : state_en;
    behind[1] = l->c->lang == LANG_ZH ? id_zh : id_en;
    widen(l, cells);
    print_cells(l, cells);
    arena_free(&arena);
}

static void flush_sample(struct list *l)
{
    if (!l->held) return;
    print_head(l);
    for (size_t i = 0; i < l->held_count; i++)
        print_cells(l, l->held[i]);
    l->held = NULL;
    arena_free(&l->held_arena);
}

static int show_row(struct list *l, const struct table_row *row, enum record_state state)
{
    char **cells;
    struct arena arena;
    if (l->held) {
        int rc = cells_of(l, row, state, &l->held_arena, &cells);
        if (rc) return rc;
        widen(l, cells);
        l->held[l->held_count++] = cells;
        if (l->held_count == SAMPLE) flush_sample(l);
        return 0;
    }
    arena_init(&arena, ROW_BYTES);
    int rc = cells_of(l, row, state, &arena, &cells);
    if (rc == 0) print_cells(l, cells);
    arena_free(&arena);
    return rc;
}

/* Takes the object when it fails. */
static int add_clock(struct list *l, const struct table_row *row, json_t *object)
{
    struct clue_clock clock;
    int rc = clue_clock(l->c, l->t, row, &clock, l->err);
    if (rc == 0) clue_json(&clock, object);
    else json_decref(object);
    return rc;
}

enum { LIMIT_REACHED = 1 };

static int on_row(void *ctx, const struct table_row *row)
{
    struct list *l = ctx;
    struct record_status status;
    json_t *object;
    if (l->merged >= 0 && row->values[l->merged].kind != VALUE_NULL) return 0;
    int rc = journal_row_status(l->c->home, row, &status, l->err);
    if (rc) return rc;
    if (l->state && strcmp(l->state, record_state_name(status.state)) != 0) return 0;
    if (l->c->json) {
        rc = record_json(&l->record, l->t, row, &object, l->err);
        if (rc == 0 && l->extra == 3) rc = add_clock(l, row, object);
        if (rc == 0) rc = record_json_line(l->c->out, object, l->err);
    } else {
        rc = show_row(l, row, status.state);
    }
    if (rc) return rc;
    return ++l->shown == l->limit ? LIMIT_REACHED : 0;
}

static int conditions(struct list *l, struct arena *arena, struct fields_where *where, struct err *err)
{
    int rc = 0;
    for (size_t i = 1; rc == 0 && i < l->c->word_count; i++) {
        struct field field;
        rc = fields_pair(l->c->home, l->t, l->c->words[i], arena, &field, err);
        if (rc == 0) rc = fields_where_add(where, &field, err);
        if (rc == 0 && field.column->flags & COLUMN_MERGED) l->merged = -1; /* asked for */
    }
    return rc;
}

/* A household or member that is the same as another is shown once. */
static int hidden_column(const struct list *l)
{
    const struct schema_column *merged = schema_flagged(l->t, COLUMN_MERGED);
    bool hide = merged && merged->type == TYPE_REF && !cli_value(l->c, "--all");
    return hide ? schema_column_index(l->t, merged) : -1;
}

/* Clues come in the order in which their time runs out. */
static int list_clues(struct list *l, struct fields_where *where, struct arena *arena, struct err *err)
{
    int64_t *rids;
    size_t count;
    int rc = clue_sorted(l->c, l->t, fields_where_sql(where), where->args, where->count, &rids, &count, err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct table_row row;
        arena_reset(arena);
        rc = table_read_rid(l->c->home->tables, l->t, rids[i], arena, &row, err);
        if (rc == 1) rc = on_row(l, &row);
    }
    free(rids);
    return rc;
}

static int list_rows(struct list *l, struct arena *arena, struct err *err)
{
    struct fields_where where;
    struct arena rows;
    arena_init(&rows, 1024 * 1024);
    fields_where_init(&where);
    int rc = conditions(l, arena, &where, err);
    if (rc == 0 && l->extra == 3)
        rc = list_clues(l, &where, &rows, err);
    else if (rc == 0)
        rc = table_walk(l->c->home->tables, l->t, 0, fields_where_sql(&where), where.args, where.count, &rows, on_row, l,
                        err);
    if (rc >= 0) flush_sample(l);
    fields_where_free(&where);
    arena_free(&rows);
    return rc < 0 ? rc : 0;
}

static int check_state(struct list *l, struct err *err)
{
    l->state = cli_value(l->c, "--state");
    if (!l->state) return 0;
    for (int s = RECORD_RECEIVED; s <= RECORD_QUARANTINED; s++) {
        if (strcmp(l->state, record_state_name((enum record_state)s)) == 0) return 0;
    }
    return err_set(err, ERR_USAGE, "--state 只能是 pending、received 或 quarantined",
                   "--state is pending, received or quarantined");
}

static int run_list(struct cli *c, struct err *err)
{
    struct list l = {.c = c, .err = err, .aligned = isatty(fileno(c->out)) && !c->json};
    struct arena arena;
    int rc = fields_table(schema_current(), c->words[0], &l.t, err);
    if (rc == 0) rc = check_state(&l, err);
    if (rc == 0) rc = cli_value_int(c, "--limit", 1, INT32_MAX, -1, &l.limit, err);
    if (rc == 0) rc = cli_open(c, DB_READ, err);
    if (rc) return rc;
    arena_init(&arena, EDIT_ARENA_BYTES);
    arena_init(&l.held_arena, SAMPLE * ROW_BYTES);
    record_open(&l.record, c);
    choose_columns(&l);
    l.merged = hidden_column(&l);
    l.extra = strcmp(l.t->name, "clue") == 0 ? 3 : 2;
    if (l.aligned) l.held = arena_array(&arena, SAMPLE, sizeof *l.held);
    rc = list_rows(&l, &arena, err);
    record_close(&l.record);
    arena_free(&l.held_arena);
    arena_free(&arena);
    return rc;
}

static const struct cli_option options[] = {
    {"--state", "S", "只列 pending（未上报）、received（已上报）或 quarantined（被隔离）", "only pending, received or quarantined rows"},
    {"--limit", "N", "最多列 N 条", "at most N rows"},
    {"--all", NULL, "也列出已并入别处的户和家庭成员", "also households and members that were merged into others"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command list_command = {
    .name = "list", .run = run_list, .words = "TABLE [k=v …]", .least = 1, .most = 40,
    .zh = "列出记录", .en = "list rows",
    .more_zh = "终端上按列对齐；在管道里以制表符分隔、没有表头；--json 输出全部列。区划条件包含其下各级，例如 village=231202。\n"
               "线索按期限排列，超期的在前，并显示余下天数和迟报天数。",
    .more_en = "Aligned on a terminal, tab-separated without a head line in a pipe; --json prints every column. A region\n"
               "covers all below it, as in village=231202. Clues come by their due day, overdue ones first, with the days\n"
               "left and the days by which they were reported late.",
    .options = options,
};
