/* csvline: see csvline.h. */
#include "csvline.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { COLUMNS_MAX = 16 };

struct lines {
    const char *const *names;
    size_t count, required;
    csvline_fn *fn;
    void *ctx;
};

static int column_of(const struct lines *l, const char *name)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->names[i], name) == 0)
            return (int)i;
    return -1;
}

static int one_line(const struct lines *l, const struct csv_record *r, struct err *err)
{
    const char *fields[COLUMNS_MAX] = {NULL};

    for (size_t i = 0; i < r->count; i++) {
        int at = column_of(l, r->names[i].text);
        if (at < 0)
            return err_set(err, ERR_REFUSED, "没有列“%.60s”", "there is no column \"%.60s\"", r->names[i].text);
        fields[at] = r->fields[i].text;
    }
    for (size_t i = 0; i < l->required; i++)
        if (!fields[i] || !*fields[i])
            return err_set(err, ERR_REFUSED, "缺少“%s”", "\"%s\" is missing", l->names[i]);
    return l->fn(l->ctx, fields, err);
}

static int all_lines(const struct lines *l, FILE *in, const char *path, struct err *err)
{
    struct csv_reader *reader = NULL;
    struct csv_record r;
    int rc = csv_open(&reader, in, csv_format_of(path), err);

    while (rc >= 0 && (rc = csv_next(reader, &r, err)) > 0) {
        rc = one_line(l, &r, err);
        if (rc < 0)
            err_where(err, rc, "第 %zu 行", "line %zu", r.line);
    }
    csv_close(reader);
    return rc;
}

static int with_file(const char *path, FILE **in, struct err *err)
{
    *in = fopen(path, "re");
    return *in ? 0 : err_set(err, ERR_REFUSED, "无法打开 %s：%s", "cannot open %s: %s", path, strerror(errno));
}

static int ended(FILE *in, const char *path, int rc, struct err *err)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

    fclose(in);
    return rc < 0 ? err_where(err, rc, "%s", "%s", name) : 0;
}

int csvline_each(const char *path, const char *const *names, size_t count, size_t required, csvline_fn *fn, void *ctx,
                 struct err *err)
{
    struct lines l = {names, count, required, fn, ctx};
    FILE *in;
    int rc = with_file(path, &in, err);

    return rc < 0 ? rc : ended(in, path, all_lines(&l, in, path, err), err);
}

/* ---- one word a line ---- */

static char *trimmed(char *line)
{
    size_t n;

    if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    line += strspn(line, " \t\"");
    for (n = strlen(line); n > 0 && strchr(" \t\r\n\",", line[n - 1]); n--)
        line[n - 1] = '\0';
    return line;
}

static int word_line(char *line, size_t number, csvline_fn *fn, void *ctx, struct err *err)
{
    bool whole = strchr(line, '\n') || strlen(line) < 200;
    const char *word = trimmed(line);
    int rc;

    if (!*word || (number == 1 && strcmp(word, "household") == 0))
        return 0;
    rc = whole ? fn(ctx, &word, err) : err_set(err, ERR_REFUSED, "此行过长", "this line is too long");
    return rc < 0 ? err_where(err, rc, "第 %zu 行", "line %zu", number) : 0;
}

int csvline_words(const char *path, csvline_fn *fn, void *ctx, struct err *err)
{
    char line[256];
    size_t number = 0;
    FILE *in;
    int rc = with_file(path, &in, err);

    if (rc < 0)
        return rc;
    while (rc == 0 && fgets(line, sizeof line, in))
        rc = word_line(line, ++number, fn, ctx, err);
    return ended(in, path, rc, err);
}
