/* reader: CSV as RFC 4180 describes it, one record at a time, and what both formats share: opening, limits,
 * the check for UTF-8. Neighbour: ndjson.c. Invariant: a record handed out is complete and valid UTF-8. */
#include "reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "zhucun/schema.h"

static bool ends_with(const char *path, const char *tail)
{
    size_t n = strlen(path), k = strlen(tail);

    return n >= k && strcasecmp(path + n - k, tail) == 0;
}

enum csv_format csv_format_of(const char *path)
{
    bool json = ends_with(path, ".ndjson") || ends_with(path, ".jsonl") || ends_with(path, ".json");

    return json ? CSV_FORMAT_NDJSON : CSV_FORMAT_CSV;
}

int csv_at_line(const struct csv_reader *r, int code, struct err *err)
{
    return err_where(err, code, "第 %zu 行", "line %zu", r->record_line);
}

/* ---- bytes ---- */

int csv_byte(struct csv_reader *r)
{
    int c = r->back_count ? r->back[--r->back_count] : getc_unlocked(r->in);

    if (c == '\n')
        r->line++;
    return c;
}

/* CRLF counts as one line end; a CR alone too, as old spreadsheets write it. */
static int after_cr(struct csv_reader *r)
{
    int c = getc_unlocked(r->in);

    if (c != '\n' && c != EOF)
        ungetc(c, r->in);
    r->line++;
    return '\n';
}

static void skip_bom(struct csv_reader *r)
{
    static const uint8_t bom[3] = {0xEF, 0xBB, 0xBF};
    size_t n = 0;
    int c;

    while (n < 3 && (c = getc_unlocked(r->in)) == bom[n])
        n++;
    if (n == 3)
        return;
    if (c != EOF)
        ungetc(c, r->in);
    while (n > 0)
        r->back[r->back_count++] = bom[--n];
}

bool csv_keep(struct csv_reader *r, struct csv_span *span, const char *text, size_t n)
{
    span->at = r->text.len;
    span->n = n;
    buf_put(&r->text, text, n);
    buf_put_u8(&r->text, 0);
    return n <= CSV_MAX_FIELD && !r->text.failed;
}

/* ---- one CSV field ---- */

static int quoted_field(struct csv_reader *r, int *end, struct err *err)
{
    for (;;) {
        int c = csv_byte(r);
        if (c == EOF)
            return csv_at_line(r, err_set(err, ERR_REFUSED, "引号没有闭合", "a quote is never closed"), err);
        if (c == '"') {
            c = csv_byte(r);
            if (c != '"') {
                *end = c == '\r' ? after_cr(r) : c;
                break;
            }
        }
        buf_put_u8(&r->text, (uint8_t)c);
    }
    if (*end == ',' || *end == '\n' || *end == EOF)
        return 0;
    return csv_at_line(r, err_set(err, ERR_REFUSED, "闭合的引号后面应是逗号或换行", "a comma or line end must follow a closing quote"), err);
}

static int plain_field(struct csv_reader *r, int c, int *end, struct err *err)
{
    for (;; c = csv_byte(r)) {
        if (c == '\r')
            c = after_cr(r);
        if (c == ',' || c == '\n' || c == EOF)
            break;
        if (c == '"')
            return csv_at_line(r, err_set(err, ERR_REFUSED, "字段中间有引号：整个字段须用引号括起，引号写两遍",
                          "a quote inside a field: put the whole field in quotes and double the quote"), err);
        buf_put_u8(&r->text, (uint8_t)c);
    }
    *end = c;
    return 0;
}

static int read_field(struct csv_reader *r, struct csv_span *span, int *end, struct err *err)
{
    int c = csv_byte(r), rc;

    span->at = r->text.len;
    rc = c == '"' ? quoted_field(r, end, err) : plain_field(r, c, end, err);
    if (rc < 0)
        return rc;
    span->n = r->text.len - span->at;
    buf_put_u8(&r->text, 0);
    if (r->text.failed || span->n > CSV_MAX_FIELD)
        return csv_at_line(r, err_set(err, ERR_REFUSED, "字段或整行过长", "a field or the whole record is too long"), err);
    return 0;
}

/* ---- records ---- */

static void resolve(struct csv_reader *r)
{
    const char *base = (const char *)r->text.data;

    for (size_t i = 0; i < r->count; i++) {
        r->fields[i] = (struct csv_field){base + r->spans[i].at, r->spans[i].n};
        if (r->format == CSV_FORMAT_NDJSON) {
            const struct csv_span *name = &r->spans[CSV_MAX_FIELDS + i];
            r->names[i] = (struct csv_field){base + name->at, name->n};
        }
    }
}

static int check_text(struct csv_reader *r, struct err *err)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct csv_field *f = &r->fields[i];
        if (memchr(f->text, 0, f->n))
            return csv_at_line(r, err_set(err, ERR_REFUSED, "含有空字节（NUL）", "there is a NUL byte"), err);
        if (!utf8_valid(f->text, f->n))
            return csv_at_line(r, err_set(err, ERR_REFUSED, "不是 UTF-8 文本（可能是 GBK）：请在表格软件中另存为“CSV UTF-8”",
                          "not UTF-8 text (GBK perhaps): save it as \"CSV UTF-8\" in the spreadsheet program"), err);
    }
    return 0;
}

static int csv_record_read(struct csv_reader *r, struct err *err)
{
    int end = EOF;

    do { /* blank lines are skipped */
        buf_reset(&r->text);
        r->count = 0;
        r->record_line = r->line;
        do {
            if (r->count == CSV_MAX_FIELDS)
                return csv_at_line(r, err_set(err, ERR_REFUSED, "列数过多", "too many columns"), err);
            int rc = read_field(r, &r->spans[r->count], &end, err);
            if (rc < 0)
                return rc;
            r->count++;
        } while (end == ',');
        if (end == EOF && ferror(r->in))
            return err_set(err, ERR_REFUSED, "文件读不出来（是文件夹，或磁盘有问题）", "the file cannot be read (it is a folder, or the disk is failing)");
        if (end == EOF && r->count == 1 && r->spans[0].n == 0)
            return 0;
    } while (r->count == 1 && r->spans[0].n == 0);
    return 1;
}

static int read_header(struct csv_reader *r, struct err *err)
{
    int rc = csv_record_read(r, err);

    if (rc == 0)
        return csv_at_line(r, err_set(err, ERR_REFUSED, "文件是空的：第一行应是列名", "the file is empty: the first line must name the columns"), err);
    if (rc < 0)
        return rc;
    resolve(r);
    if ((rc = check_text(r, err)) < 0)
        return rc;
    r->header = r->text; /* the names stay where they are; the next record gets a buffer of its own */
    buf_init(&r->text, CSV_MAX_RECORD);
    r->columns = r->count;
    memcpy(r->names, r->fields, r->count * sizeof r->names[0]);
    return 0;
}

int csv_open(struct csv_reader **out, FILE *in, enum csv_format format, struct err *err)
{
    struct csv_reader *r = calloc(1, sizeof *r);
    int rc = 0;

    if (!r)
        return err_nomem(err);
    r->in = in;
    r->format = format;
    r->line = r->record_line = 1;
    buf_init(&r->text, CSV_MAX_RECORD);
    skip_bom(r);
    if (format == CSV_FORMAT_CSV)
        rc = read_header(r, err);
    if (rc < 0)
        csv_close(r);
    else
        *out = r;
    return rc;
}

void csv_close(struct csv_reader *r)
{
    if (!r)
        return;
    buf_free(&r->text);
    buf_free(&r->header);
    free(r);
}

void csv_header(const struct csv_reader *r, struct csv_record *header)
{
    *header = (struct csv_record){1, r->columns, r->names, r->names};
}

int csv_next(struct csv_reader *r, struct csv_record *record, struct err *err)
{
    int rc = r->format == CSV_FORMAT_CSV ? csv_record_read(r, err) : csv_ndjson_next(r, err);

    if (rc <= 0)
        return rc;
    if (r->format == CSV_FORMAT_CSV && r->count != r->columns) {
        err_set(err, ERR_REFUSED, "有 %zu 列，表头是 %zu 列", "it has %zu columns, the header has %zu", r->count,
                r->columns);
        return csv_at_line(r, ERR_REFUSED, err);
    }
    resolve(r);
    if ((rc = check_text(r, err)) < 0)
        return rc;
    *record = (struct csv_record){r->record_line, r->count, r->names, r->fields};
    return 1;
}
