/* sheet: see sheet.h. */
#include "sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "zhucun/env.h"

int sheet_open(struct sheet *s, const char *folder, const char *name, const char *header, struct err *err)
{
    snprintf(s->path, sizeof s->path, "%s/%s", folder, name);
    s->started = false;
    s->file = fopen(s->path, "w");
    if (!s->file)
        return err_set(err, ERR_DISK, "无法写入 %s:%s", "cannot write %s: %s", s->path, strerror(errno));
    fprintf(s->file, "%s\n", header);
    return 0;
}

static void begin_field(struct sheet *s)
{
    if (s->started) putc(',', s->file);
    s->started = true;
}

void sheet_text(struct sheet *s, const char *text)
{
    begin_field(s);
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, s->file);
        return;
    }
    putc('"', s->file);
    for (; *text; text++) {
        if (*text == '"') putc('"', s->file);
        putc(*text, s->file);
    }
    putc('"', s->file);
}

void sheet_number(struct sheet *s, int64_t number)
{
    begin_field(s);
    fprintf(s->file, "%" PRId64, number);
}

void sheet_day(struct sheet *s, int64_t day)
{
    char text[11] = "";
    if (day) date_format(day, text);
    sheet_text(s, text);
}

void sheet_code(struct sheet *s, const struct schema_codes *codes, int64_t code)
{
    const char *label = code ? schema_code_label(codes, code, LANG_ZH) : "";
    sheet_text(s, label ? label : "");
}

void sheet_set(struct sheet *s, const struct schema_codes *codes, unsigned set)
{
    char text[256] = "";
    for (size_t i = 0; i < codes->count; i++) {
        if (!(set >> codes->list[i].code & 1)) continue;
        if (*text) strncat(text, ",", sizeof text - strlen(text) - 1);
        strncat(text, codes->list[i].zh, sizeof text - strlen(text) - 1);
    }
    sheet_text(s, text);
}

void sheet_end_row(struct sheet *s)
{
    putc('\n', s->file);
    s->started = false;
}

int sheet_close(struct sheet *s, struct err *err)
{
    if (!s->file) return 0;
    bool bad = ferror(s->file) != 0;
    bad = fclose(s->file) != 0 || bad;
    s->file = NULL;
    return bad ? err_set(err, ERR_DISK, "写入 %s 失败", "writing %s failed", s->path) : 0;
}
