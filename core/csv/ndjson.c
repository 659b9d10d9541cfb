/* ndjson: one flat JSON object a line, as a record of texts. Neighbour: reader.c, which checks and hands out. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "reader.h"

/* The text of a scalar appended to the record's buffer; false: it is none. */
static bool put_scalar(struct buf *out, const json_t *v)
{
    if (json_is_string(v))
        buf_put(out, json_string_value(v), json_string_length(v));
    else if (json_is_integer(v))
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    else if (json_is_real(v))
        buf_printf(out, "%.15g", json_real_value(v));
    else if (json_is_boolean(v))
        buf_put_text(out, json_is_true(v) ? "true" : "false");
    else
        return json_is_null(v);
    return true;
}

static bool put_value(struct buf *out, const json_t *v)
{
    if (!json_is_array(v))
        return put_scalar(out, v);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const json_t *element = json_array_get(v, i);
        if (i)
            buf_put_u8(out, ',');
        if (json_is_null(element) || !put_scalar(out, element))
            return false;
    }
    return true;
}

static int keep_object(struct csv_reader *r, json_t *object, struct err *err)
{
    const char *key;
    json_t *v;

    json_object_foreach(object, key, v) {
        if (r->count == CSV_MAX_FIELDS)
            return csv_at_line(r, err_set(err, ERR_REFUSED, "字段过多", "too many fields"), err);
        struct csv_span *span = &r->spans[r->count];
        bool fits = csv_keep(r, &r->spans[CSV_MAX_FIELDS + r->count], key, strlen(key));
        span->at = r->text.len;
        if (!put_value(&r->text, v))
            return csv_at_line(r, err_set(err, ERR_REFUSED, "“%s”应是文本、数字或它们的数组",
                                          "\"%s\" must be a text, a number or a list of these", key), err);
        span->n = r->text.len - span->at;
        buf_put_u8(&r->text, 0);
        if (!fits || r->text.failed || span->n > CSV_MAX_FIELD)
            return csv_at_line(r, err_set(err, ERR_REFUSED, "“%s”过长", "\"%s\" is too long", key), err);
        r->count++;
    }
    return 0;
}

static bool blank(const char *text, ssize_t n)
{
    for (ssize_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", text[i]) || !text[i])
            return false;
    return true;
}

/* One line into r->raw, at most CSV_MAX_RECORD bytes: a file without line ends must not fill the memory. */
static ssize_t read_line(struct csv_reader *r, struct err *err)
{
    size_t n = 0;
    int c;

    buf_reset(&r->header); /* NDJSON has no header: its buffer takes the raw line */
    r->header.max = CSV_MAX_RECORD;
    while ((c = csv_byte(r)) != EOF) {
        buf_put_u8(&r->header, (uint8_t)c);
        n++;
        if (c == '\n')
            break;
        if (r->header.failed)
            return csv_at_line(r, err_set(err, ERR_REFUSED, "整行过长", "the record is too long"), err);
    }
    if (c == EOF && ferror(r->in))
        return err_set(err, ERR_REFUSED, "文件读不出来（是文件夹，或磁盘有问题）", "the file cannot be read (it is a folder, or the disk is failing)");
    return (ssize_t)n;
}

int csv_ndjson_next(struct csv_reader *r, struct err *err)
{
    ssize_t n;

    do {
        r->record_line = r->line;
        n = read_line(r, err);
        if (n <= 0)
            return (int)n;
    } while (blank((const char *)r->header.data, n));
    json_error_t why;
    json_t *object = json_loadb((const char *)r->header.data, (size_t)n, JSON_REJECT_DUPLICATES, &why);
    int rc;
    if (!object)
        rc = csv_at_line(r, err_set(err, ERR_REFUSED, "不是合法的 JSON:%s", "not valid JSON: %s", why.text), err);
    else if (!json_is_object(object))
        rc = csv_at_line(r, err_set(err, ERR_REFUSED, "应是 JSON 对象", "it must be a JSON object"), err);
    else {
        buf_reset(&r->text);
        r->count = 0;
        rc = keep_object(r, object, err);
    }
    json_decref(object);
    return rc < 0 ? rc : 1;
}
