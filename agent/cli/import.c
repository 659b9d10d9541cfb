/* import: rows from a sheet (CSV, NDJSON) or a backlog of acts, all or nothing in one transaction. A row whose id
 * or natural key is here already is brought to what the sheet says; the rest are new. */
#include <errno.h>
#include <string.h>

#include "acts.h"
#include "capture.h"
#include "commands.h"
#include "edit.h"
#include "record.h"
#include "zhucun/csv.h"

enum { IMPORT_CHANGESET = 1000, RECORD_ARENA = 2 * CSV_MAX_RECORD };

struct import {
    struct cli *c;
    const struct schema_table *t;
    const struct schema_column *columns[CSV_MAX_FIELDS]; /* NULL: not a data column */
    size_t id_field;          /* which field holds the id; SIZE_MAX: none */
    bool csv;
    struct capture *capture;
    uint64_t first_seq;       /* rows made from here on are this file's */
    struct arena arena;
    struct cli_progress progress;
    uint64_t rows, added, updated, same;
};

static bool is_id(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "编号") == 0;
}

/* "household_key" beside a reference, as --json prints it: the reference itself is there too. */
static bool is_key_beside(const struct schema_table *t, const char *name)
{
    size_t n = strlen(name);
    char column[80];
    if (n < 5 || n - 4 >= sizeof column || strcmp(name + n - 4, "_key") != 0) return false;
    memcpy(column, name, n - 4);
    column[n - 4] = '\0';
    const struct schema_column *c = schema_column_named(t, column);
    return c && c->type == TYPE_REF;
}

/* Which columns the names are. What `export` and `list --json` print besides data is skipped. */
static int map_columns(struct import *m, const struct csv_record *head, struct err *err)
{
    m->id_field = SIZE_MAX;
    for (size_t i = 0; i < head->count; i++) {
        const char *name = head->names[i].text;
        m->columns[i] = record_column(m->t, name);
        for (size_t j = 0; j < i && m->columns[i]; j++) {
            if (m->columns[j] == m->columns[i])
                return err_set(err, ERR_REFUSED, "列 %s 出现两次", "column %s is there twice", name);
        }
        if (m->columns[i]) continue;
        if (is_id(name)) m->id_field = i;
        else if (!record_system_key(name) && !is_key_beside(m->t, name)) return fields_column(m->t, name, &m->columns[i], err);
    }
    return 0;
}

/* What export put before a text that a spreadsheet would run. */
static struct csv_field unguard(const struct import *m, const struct schema_column *c, struct csv_field f)
{
    size_t quotes = 0;
    if (!m->csv || c->type != TYPE_TEXT) return f;
    while (quotes < f.n && f.text[quotes] == '\'')
        quotes++;
    if (quotes > 0 && quotes < f.n && strchr("=+-@\t\r", f.text[quotes])) return (struct csv_field){f.text + 1, f.n - 1};
    return f;
}

static int read_fields(struct import *m, const struct csv_record *r, struct field *list, size_t *count, struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct schema_column *c = m->columns[i];
        if (!c) continue;
        struct csv_field f = unguard(m, c, r->fields[i]);
        list[*count] = (struct field){.column = c};
        int rc = fields_text(m->c->home, m->t, c, f.text, f.n, &m->arena, &list[(*count)++].value, err);
        if (rc) return rc;
    }
    return 0;
}

/* The row here that the record speaks of: 1 and *id, or 0. A natural key twice in one file is a slip of the hand. */
static int known_row(struct import *m, const struct csv_record *r, const struct field *list, size_t count,
                     struct row_id *id, struct err *err)
{
    struct table_row row;
    const struct schema_column *key = schema_flagged(m->t, COLUMN_KEY);
    if (m->id_field < r->count && row_id_from_text(r->fields[m->id_field].text, r->fields[m->id_field].n, id) == 0) {
        int found = table_read(m->c->home->tables, m->t, *id, &m->arena, &row, err);
        if (found) return found;
    }
    for (size_t i = 0; key && i < count; i++) {
        if (list[i].column != key || list[i].value.kind == VALUE_NULL) continue;
        struct buf text;
        buf_init(&text, CHANGE_MAX_TEXT);
        schema_format(key, &list[i].value, LANG_ZH, &text);
        int found = table_find(m->c->home->tables, m->t, (const char *)text.data, text.len, id, err);
        if (found == 1 && id->origin == m->c->home->origin && id->number >> ROW_INDEX_BITS >= m->first_seq)
            found = err_set(err, ERR_REFUSED, "%s“%.40s”在本文件中已经出现过", "%s \"%.40s\" is in this file already",
                            m->c->lang == LANG_ZH ? key->zh : key->name, buf_text(&text));
        buf_free(&text);
        return found;
    }
    return 0;
}

static int update(struct import *m, struct row_id id, const struct field *list, size_t count, struct err *err)
{
    struct table_row shown;
    struct cell *cells;
    size_t cell_count, before = capture_count(m->capture);
    int found = table_read(m->c->home->tables, m->t, id, &m->arena, &shown, err);
    if (found < 0) return found;
    int rc = fields_cells(m->t, list, count, &shown, &m->arena, &cells, &cell_count, err);
    if (rc == 0) rc = edit_complete(m->t, &shown, &m->arena, &cells, &cell_count, err);
    if (rc == 0) rc = capture_set(m->capture, m->t, id, cells, cell_count, err);
    if (capture_count(m->capture) > before) m->updated++;
    else m->same++;
    return rc;
}

static int take_record(struct import *m, const struct csv_record *r, struct err *err)
{
    struct field *list = arena_array(&m->arena, r->count + 1, sizeof *list);
    struct cell *cells;
    struct row_id id;
    size_t count, cell_count;
    if (!list) return err_nomem(err);
    int rc = m->csv ? 0 : map_columns(m, r, err);
    if (rc == 0) rc = read_fields(m, r, list, &count, err);
    if (rc) return rc;
    int known = known_row(m, r, list, count, &id, err);
    if (known) return known < 0 ? known : update(m, id, list, count, err);
    rc = fields_cells(m->t, list, count, NULL, &m->arena, &cells, &cell_count, err);
    if (rc == 0) rc = edit_complete(m->t, NULL, &m->arena, &cells, &cell_count, err);
    if (rc == 0) rc = capture_put(m->capture, m->t, cells, cell_count, &id, err);
    m->added++;
    return rc;
}

static int take_all(struct import *m, struct csv_reader *reader, struct err *err)
{
    struct csv_record record;
    int rc;
    while ((rc = csv_next(reader, &record, err)) == 1) {
        arena_reset(&m->arena);
        m->rows++;
        if (capture_count(m->capture) >= IMPORT_CHANGESET || capture_full(m->capture)) rc = capture_next(m->capture, err);
        else rc = 0;
        if (rc) return rc;
        rc = take_record(m, &record, err);
        if (rc) return err_where(err, rc, "第 %zu 行", "line %zu", record.line);
        cli_progress(&m->progress, "导入", "importing", m->rows, 0);
    }
    return rc;
}

static int read_rows(struct import *m, struct csv_reader *reader, struct row_id author, int64_t observed, struct err *err)
{
    struct journal_head head;
    struct csv_record header;
    int rc = 0;
    csv_header(reader, &header);
    if (m->csv) rc = map_columns(m, &header, err);
    if (rc) return err_where(err, rc, "第 1 行", "line 1");
    rc = journal_head(m->c->home, &head, err);
    if (rc == 0) rc = capture_begin(&m->capture, m->c->home, author, observed, err);
    if (rc) return rc;
    m->first_seq = head.seq + 1;
    rc = take_all(m, reader, err);
    if (rc == 0) return capture_commit(m->capture, NULL, err);
    capture_abort(m->capture);
    return rc;
}

/* The rules are asked once, about all that was written from `first_seq` on. */
static void check_rules(struct cli *c, uint64_t first_seq, struct buf *warnings)
{
    struct spot spot = {.c = c, .since_seq = first_seq};
    cli_clock_warn(c);
    spot_check_import(&spot);
    spot_json(&spot, warnings);
}

static void print_rows(const struct import *m)
{
    struct buf warnings;
    buf_init(&warnings, 4096);
    check_rules(m->c, m->first_seq, &warnings);
    if (m->c->json)
        fprintf(m->c->out, "{\"table\":\"%s\",\"rows\":%llu,\"added\":%llu,\"updated\":%llu,\"unchanged\":%llu,%s}\n",
                m->t->name, (unsigned long long)m->rows, (unsigned long long)m->added, (unsigned long long)m->updated,
                (unsigned long long)m->same, buf_text(&warnings));
    else
        cli_say(m->c, "导入 %llu 条：新增 %llu，更新 %llu，未变 %llu", "%llu rows: %llu added, %llu updated, %llu unchanged",
                (unsigned long long)m->rows, (unsigned long long)m->added, (unsigned long long)m->updated,
                (unsigned long long)m->same);
    buf_free(&warnings);
}

static int import_rows(struct cli *c, FILE *in, enum csv_format format, struct err *err)
{
    struct import m = {.c = c, .csv = format == CSV_FORMAT_CSV};
    struct csv_reader *reader = NULL;
    struct row_id author;
    int64_t observed;
    int rc = fields_table(c->home->schema, c->words[0], &m.t, err);
    if (rc == 0) rc = cli_value_date(c, "--observed", cli_today(c), &observed, err);
    if (rc == 0) rc = cli_author(c, &author, err);
    if (rc == 0) rc = csv_open(&reader, in, format, err);
    if (rc) return rc;
    arena_init(&m.arena, RECORD_ARENA);
    cli_progress_begin(&m.progress, c);
    rc = read_rows(&m, reader, author, observed, err);
    cli_progress_end(&m.progress);
    arena_free(&m.arena);
    csv_close(reader);
    if (rc == 0) print_rows(&m);
    return rc;
}

static int import_acts(struct cli *c, FILE *in, struct err *err)
{
    struct cli_progress progress;
    struct acts_report report = {.progress = cli_progress, .progress_ctx = &progress};
    struct journal_head head;
    struct buf warnings;
    int rc = journal_head(c->home, &head, err);
    if (rc) return rc;
    cli_progress_begin(&progress, c);
    rc = acts_import(c->home, in, &report, err);
    cli_progress_end(&progress);
    if (rc) return rc;
    buf_init(&warnings, 4096);
    check_rules(c, head.seq + 1, &warnings);
    if (c->json)
        fprintf(c->out, "{\"changesets\":%llu,\"changes\":%llu,%s}\n", (unsigned long long)report.changesets,
                (unsigned long long)report.changes, buf_text(&warnings));
    else
        cli_say(c, "导入 %llu 组，共 %llu 项改动", "%llu changesets with %llu changes", (unsigned long long)report.changesets,
                (unsigned long long)report.changes);
    buf_free(&warnings);
    return 0;
}

static int pick_format(struct cli *c, const char *file, enum csv_format *format, struct err *err)
{
    const char *name = cli_value(c, "--format");
    *format = name && strcmp(name, "ndjson") == 0 ? CSV_FORMAT_NDJSON : name ? CSV_FORMAT_CSV : csv_format_of(file);
    if (!name || strcmp(name, "csv") == 0 || strcmp(name, "ndjson") == 0) return 0;
    return err_set(err, ERR_USAGE, "--format 只能是 csv 或 ndjson", "--format is csv or ndjson");
}

static int run_import(struct cli *c, struct err *err)
{
    const char *file = c->words[1];
    const struct schema_table *t;
    enum csv_format format;
    bool acts = strcmp(c->words[0], "acts") == 0;
    int rc = acts ? 0 : fields_table(schema_current(), c->words[0], &t, err);
    if (rc == 0) rc = pick_format(c, file, &format, err);
    if (rc) return rc;
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
    if (!in) return err_set(err, ERR_REFUSED, "打不开 %.200s：%s", "cannot open %.200s: %s", file, strerror(errno));
    rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = acts ? import_acts(c, in, err) : import_rows(c, in, format, err);
    if (in != stdin) fclose(in);
    return rc;
}

static const struct cli_option options[] = {
    {"--format", "csv|ndjson", "文件格式（默认按文件名）", "the file's format (default: by its name)"},
    {"--observed", "D", "看到这些情况的日期（默认今天）", "the day on which this was seen (default: today)"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command import_command = {
    .name = "import", .run = run_import, .words = "TABLE FILE", .least = 2, .most = 2,
    .zh = "从 CSV 或 NDJSON 导入，全部成功或全部不动", .en = "import CSV or NDJSON, all or nothing",
    .more_zh = "第一行是列名（英文或中文），引用可写自然编号；FILE 写 - 表示标准输入。id 或自然编号已在本机的，改成表里的内容，\n"
               "其余为新增。TABLE 写 acts 时导入逐行的变更组（补录），每行有自己的 at、observed 和 as。",
    .more_en = "The first line names the columns (English or Chinese); references may be natural keys; FILE may be - for\n"
               "standard input. A row whose id or natural key is here is brought to what the sheet says, others are new.\n"
               "TABLE acts imports a backlog of changesets, one a line, each with its own at, observed and as.",
    .options = options,
};
