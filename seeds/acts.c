/* acts: see acts.h. All of one laptop's year is in memory (some 100 KB), because it is told household by
 * household and written by time. */
#include "acts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/env.h"

enum { LAPTOP_MAX_BYTES = 64 << 20 };

void acts_init(struct acts *a, struct tally *tally)
{
    memset(a, 0, sizeof *a);
    buf_init(&a->text, LAPTOP_MAX_BYTES);
    a->tally = tally;
}

void acts_free(struct acts *a)
{
    buf_free(&a->text);
    free(a->list);
}

static void put_json(struct buf *out, const char *text)
{
    buf_put_u8(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') buf_put_u8(out, '\\');
        if (*text == '\n')
            buf_put_text(out, "\\n");
        else
            buf_put_u8(out, (uint8_t)*text);
    }
    buf_put_u8(out, '"');
}

void acts_open(struct acts *a, int32_t day, int minute, int32_t observed, const char *as)
{
    char at[11], seen[11];
    if (a->count == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 128;
        struct act *more = realloc(a->list, cap * sizeof *more);
        if (!more) abort();
        a->list = more;
        a->cap = cap;
    }
    struct act *act = &a->list[a->count++];
    act->at_ms = (int64_t)day * 86400000 + minute * INT64_C(60000);
    act->first = a->text.len;
    date_format(day, at);
    date_format(observed, seen);
    a->changes = 0;
    buf_printf(&a->text, "{\"at\":\"%sT%02d:%02d:00+08:00\",\"observed\":\"%s\",\"as\":\"%s\",\"changes\":[",
               at, minute / 60, minute % 60, seen, as);
    a->tally->changesets++;
}

static void begin_change(struct acts *a, const char *op, const char *table)
{
    const struct schema_table *t = schema_table_named(schema_current(), table);
    if (a->changes++) buf_put_text(&a->text, "}},");
    buf_printf(&a->text, "{\"op\":\"%s\",\"table\":\"%s\",", op, table);
    a->values = false;
    a->tally->changes++;
    if (!t)
        a->failed = true; /* a table that the schema does not have: acts_flush says so */
    else
        (op[0] == 'p' ? a->tally->put : a->tally->set)[t->number]++;
}

unsigned acts_put(struct acts *a, const char *table)
{
    begin_change(a, "put", table);
    buf_printf(&a->text, "\"tag\":\"t%u\",\"values\":{", ++a->tags);
    return a->tags;
}

void acts_set(struct acts *a, const char *table, const char *row)
{
    begin_change(a, "set", table);
    buf_printf(&a->text, "\"row\":\"%s\",\"values\":{", row);
}

void acts_find(struct acts *a, const char *table)
{
    begin_change(a, "set", table);
    buf_put_text(&a->text, "\"find\":{");
}

void acts_found(struct acts *a)
{
    buf_put_text(&a->text, "},\"values\":{");
    a->values = false;
}

void acts_text(struct acts *a, const char *column, const char *text)
{
    if (a->values) buf_put_u8(&a->text, ',');
    a->values = true;
    put_json(&a->text, column);
    buf_put_u8(&a->text, ':');
    put_json(&a->text, text);
}

void acts_number(struct acts *a, const char *column, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    acts_text(a, column, text);
}

void acts_day(struct acts *a, const char *column, int64_t day)
{
    char text[11];
    date_format(day, text);
    acts_text(a, column, text);
}

void acts_code(struct acts *a, const char *column, const struct schema_codes *codes, int code)
{
    const char *label = schema_code_label(codes, code, LANG_ZH);
    if (label)
        acts_text(a, column, label);
    else
        a->failed = true;
}

void acts_tag(struct acts *a, const char *column, unsigned tag)
{
    char text[16];
    snprintf(text, sizeof text, "@t%u", tag);
    acts_text(a, column, text);
}

void acts_removed(struct acts *a, const char *column, const char *elements)
{
    buf_put_text(&a->text, "},\"removed\":{");
    a->values = false;
    acts_text(a, column, elements);
}

void acts_close(struct acts *a)
{
    buf_put_text(&a->text, "}}]}\n");
    a->list[a->count - 1].len = a->text.len - a->list[a->count - 1].first;
}

unsigned acts_changes(const struct acts *a)
{
    return a->changes;
}

static int by_time(const void *left, const void *right)
{
    const struct act *a = left, *b = right;
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
    return a->first < b->first ? -1 : 1;
}

static int write_file(const struct acts *a, const char *path, struct err *err)
{
    FILE *file = fopen(path, "w");
    if (!file) return err_set(err, ERR_DISK, "无法写入 %s:%s", "cannot write %s: %s", path, strerror(errno));
    for (size_t i = 0; i < a->count; i++)
        fwrite(a->text.data + a->list[i].first, 1, a->list[i].len, file);
    bool bad = ferror(file) != 0;
    bad = fclose(file) != 0 || bad;
    return bad ? err_set(err, ERR_DISK, "写入 %s 失败", "writing %s failed", path) : 0;
}

int acts_flush(struct acts *a, const char *folder, const char *name, struct err *err)
{
    char path[4096];
    int rc = 0;
    if (a->failed || a->text.failed) {
        return err_set(err, ERR_REFUSED, "%s：有不在表结构中的内容，或超出上限",
                       "%s: something the schema does not have, or too much", name);
    }
    if (a->count > 0) {
        qsort(a->list, a->count, sizeof *a->list, by_time);
        snprintf(path, sizeof path, "%s/%s.ndjson", folder, name);
        rc = write_file(a, path, err);
        a->tally->files++;
    }
    buf_reset(&a->text);
    a->count = 0;
    a->tags = 0;
    return rc;
}
