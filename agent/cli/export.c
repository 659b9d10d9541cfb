/* export: a table as CSV or NDJSON that import takes again. Written beside the target and renamed when complete, so
 * that a half-written sheet never looks like a whole one; readable by its owner only, for it holds people's data. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "edit.h"
#include "record.h"
#include "zhucun/csv.h"

enum { DRAIN_BYTES = 64 * 1024 };

struct export {
    struct cli *c;
    const struct schema_table *t;
    struct record record;
    FILE *to;
    enum csv_format format;
    struct buf out;
    struct csv_writer csv;
    struct cli_progress progress;
    uint64_t rows;
    struct err *err;
};

static int drain(struct export *x, size_t above)
{
    if (x->out.failed) return err_nomem(x->err);
    if (x->out.len <= above) return 0;
    size_t n = fwrite(x->out.data, 1, x->out.len, x->to);
    bool whole = n == x->out.len;
    buf_reset(&x->out);
    return whole ? 0 : err_set(x->err, ERR_DISK, "写文件失败：%s", "writing the file failed: %s", strerror(errno));
}

static void put_header(struct export *x)
{
    bool labels = cli_value(x->c, "--labels") != NULL;
    csv_put_bom(&x->csv);
    csv_put_text(&x->csv, labels ? "编号" : "id");
    for (size_t i = 0; i < x->t->count; i++)
        csv_put_text(&x->csv, labels ? x->t->columns[i].zh : x->t->columns[i].name);
    csv_end(&x->csv);
}

/* The writer guards a text that a spreadsheet would run by one quote mark; a text that looks guarded already gets
 * another, so that import finds the same text. */
static void put_text(struct export *x, const struct schema_column *c, struct buf *text)
{
    size_t quotes = 0;
    while (quotes < text->len && text->data[quotes] == '\'')
        quotes++;
    bool guarded = quotes > 0 && quotes < text->len && strchr("=+-@\t\r", (char)text->data[quotes]);
    x->csv.neutralise = c->type == TYPE_TEXT;
    if (c->type == TYPE_TEXT && guarded) {
        buf_put_u8(text, '\'');
        memmove(text->data + 1, text->data, text->len - 1);
        text->data[0] = '\'';
    }
    csv_put(&x->csv, (const char *)text->data, text->len);
}

static int put_csv(struct export *x, const struct table_row *row)
{
    struct buf text;
    char id[ROW_ID_TEXT];
    int rc = 0;
    buf_init(&text, CHANGE_MAX_TEXT * 4);
    row_id_to_text(row->id, id);
    csv_put_text(&x->csv, id);
    for (size_t i = 0; rc == 0 && i < x->t->count; i++) {
        buf_reset(&text);
        rc = record_text(&x->record, &x->t->columns[i], &row->values[i], LANG_ZH, &text, x->err);
        buf_text(&text); /* memory behind an empty text */
        if (rc == 0) put_text(x, &x->t->columns[i], &text);
    }
    csv_end(&x->csv);
    buf_free(&text);
    return rc;
}

static int put_json(struct export *x, const struct table_row *row)
{
    json_t *object;
    int rc = record_json_plain(&x->record, x->t, row, &object, x->err);
    return rc ? rc : record_json_line(x->to, object, x->err);
}

static int on_row(void *ctx, const struct table_row *row)
{
    struct export *x = ctx;
    int rc = x->format == CSV_FORMAT_CSV ? put_csv(x, row) : put_json(x, row);
    x->rows++;
    cli_progress(&x->progress, "导出", "exporting", x->rows, 0);
    return rc ? rc : drain(x, DRAIN_BYTES);
}

static int write_rows(struct export *x, struct err *err)
{
    struct arena rows;
    arena_init(&rows, 1024 * 1024);
    buf_init(&x->out, 4 * CSV_MAX_RECORD);
    x->csv = (struct csv_writer){.out = &x->out};
    record_open(&x->record, x->c);
    cli_progress_begin(&x->progress, x->c);
    if (x->format == CSV_FORMAT_CSV) put_header(x);
    int rc = table_walk(x->c->home->tables, x->t, 0, NULL, NULL, 0, &rows, on_row, x, err);
    if (rc == 0) rc = drain(x, 0);
    cli_progress_end(&x->progress);
    record_close(&x->record);
    buf_free(&x->out);
    arena_free(&rows);
    return rc;
}

static int disk(struct err *err, const char *file)
{
    return err_set(err, ERR_DISK, "写不了 %.300s：%s", "cannot write %.300s: %s", file, strerror(errno));
}

/* A sheet appears whole or not at all — but a device or a pipe is written to, never replaced by a file. */
static int write_file(struct export *x, const char *file, struct err *err)
{
    char part[1100];
    struct stat st;
    bool whole = stat(file, &st) != 0 || S_ISREG(st.st_mode);
    int n = snprintf(part, sizeof part, "%s%s", file, whole ? ".part" : "");
    if (n < 0 || (size_t)n >= sizeof part) return err_set(err, ERR_USAGE, "文件名太长", "the file's name is too long");
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return disk(err, file);
    x->to = fdopen(fd, "wb");
    int rc = x->to ? write_rows(x, err) : disk(err, file);
    if (rc == 0 && (fflush(x->to) || (whole && fsync(fd)))) rc = disk(err, file);
    if (x->to ? fclose(x->to) : close(fd)) rc = rc ? rc : disk(err, file);
    if (rc == 0 && whole && rename(part, file)) rc = disk(err, file);
    if (rc && whole) unlink(part);
    return rc;
}

static int run_export(struct cli *c, struct err *err)
{
    struct export x = {.c = c, .err = err};
    const char *file = c->words[1], *format = cli_value(c, "--format");
    if (format && strcmp(format, "csv") != 0 && strcmp(format, "ndjson") != 0)
        return err_set(err, ERR_USAGE, "--format 只能是 csv 或 ndjson", "--format is csv or ndjson");
    x.format = format ? (strcmp(format, "ndjson") == 0 ? CSV_FORMAT_NDJSON : CSV_FORMAT_CSV) : csv_format_of(file);
    int rc = fields_table(schema_current(), c->words[0], &x.t, err);
    if (rc == 0) rc = cli_open(c, DB_READ, err);
    if (rc) return rc;
    if (strcmp(file, "-") == 0) {
        x.to = c->out;
        return write_rows(&x, err);
    }
    rc = write_file(&x, file, err);
    if (rc) return rc;
    if (c->json) fprintf(c->out, "{\"table\":\"%s\",\"rows\":%llu}\n", x.t->name, (unsigned long long)x.rows);
    else cli_say(c, "导出 %llu 条", "%llu rows exported", (unsigned long long)x.rows);
    return 0;
}

static const struct cli_option options[] = {
    {"--format", "csv|ndjson", "文件格式（默认按文件名）", "the file's format (default: by its name)"},
    {"--labels", NULL, "CSV 表头用中文列名", "Chinese column names in the head of the CSV"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command export_command = {
    .name = "export", .run = run_export, .words = "TABLE FILE", .least = 2, .most = 2,
    .zh = "导出为 CSV 或 NDJSON，可再导入", .en = "export CSV or NDJSON that import takes again",
    .more_zh = "FILE 写 - 表示标准输出。引用写自然编号。文件含个人信息，只有本人可读；用完请删除。",
    .more_en = "FILE may be - for standard output. References are natural keys. The file holds personal data and is readable\n"
               "by its owner only; delete it after use.",
    .options = options,
};
