/* pull: the consolidated log past a cursor, to a file or to standard output. A file appears whole or not at all,
 * and the cursor file moves only after it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "outflow.h"

struct pull_args {
    const char *since, *scope, *table, *format, *out, *cursor_file;
};

static int write_bytes(void *ctx, const void *bytes, size_t n)
{
    return fwrite(bytes, 1, n, ctx) == n ? 0 : ERR_DISK;
}

/* ---- cursor ---- */

static int parse_cursor(struct cli *c, const char *text, uint64_t *cursor)
{
    char *end;
    size_t n = strcspn(text, "\r\n");

    errno = 0;
    *cursor = strtoull(text, &end, 10);
    if (n > 0 && end == text + n && errno == 0 && text[0] != '-')
        return 0;
    return err_set(&c->err, ERR_USAGE, "“%.*s”不是游标", "\"%.*s\" is not a cursor", (int)(n < 40 ? n : 40), text);
}

static int read_cursor_file(struct cli *c, const char *path, uint64_t *cursor)
{
    char text[64] = "";
    FILE *f = fopen(path, "re");

    if (!f && errno == ENOENT)
        return 0;
    if (!f)
        return err_set(&c->err, ERR_DISK, "无法读 %s：%s", "cannot read %s: %s", path, strerror(errno));
    bool some = fgets(text, sizeof text, f) != NULL;
    fclose(f);
    return some ? parse_cursor(c, text, cursor) : 0;
}

/* ---- files that appear whole; a device or a pipe is written to, never replaced by a file ---- */

static int open_whole(struct cli *c, const char *path, char temporary[1100], FILE **f)
{
    struct stat st;
    bool in_place = stat(path, &st) == 0 && !S_ISREG(st.st_mode);

    snprintf(temporary, 1100, "%s%s", path, in_place ? "" : ".part");
    *f = strlen(path) < 1024 ? fopen(temporary, "we") : NULL;
    return *f ? 0 : err_set(&c->err, ERR_DISK, "无法写 %s：%s", "cannot write %s: %s", path, strerror(errno));
}

static int close_whole(struct cli *c, const char *path, const char *temporary, FILE *f, int rc)
{
    bool in_place = strcmp(temporary, path) == 0;
    bool bad = fflush(f) == EOF || (!in_place && fsync(fileno(f)) < 0);

    bad |= fclose(f) == EOF;
    if (rc >= 0 && (bad || (!in_place && rename(temporary, path) < 0)))
        rc = err_set(&c->err, ERR_DISK, "无法写 %s：%s", "cannot write %s: %s", path, strerror(errno));
    if (rc < 0 && !in_place)
        unlink(temporary);
    return rc;
}

static int write_cursor_file(struct cli *c, const char *path, uint64_t cursor)
{
    char temporary[1100];
    FILE *f;
    int rc = open_whole(c, path, temporary, &f);

    if (rc < 0)
        return rc;
    fprintf(f, "%" PRIu64 "\n", cursor);
    return close_whole(c, path, temporary, f, 0);
}

/* ---- the command ---- */

static int make_request(struct cli *c, struct store *s, const struct pull_args *a, struct log_request *q)
{
    int rc = scope_arg(c, s, a->scope, &q->scope);

    if (rc < 0)
        return rc;
    if (strcmp(a->format, "csv") != 0 && strcmp(a->format, "ndjson") != 0)
        return err_set(&c->err, ERR_USAGE, "--format 应为 ndjson 或 csv", "--format is ndjson or csv");
    q->format = strcmp(a->format, "csv") == 0 ? LOG_CSV : LOG_NDJSON;
    if (a->table) {
        const struct schema_table *t = schema_table_named(store_schema(s), a->table);
        if (!t)
            return err_set(&c->err, ERR_REFUSED, "没有表“%s”", "there is no table \"%s\"", a->table);
        q->table = t->number;
    }
    if (a->since)
        return parse_cursor(c, a->since, &q->since);
    return a->cursor_file ? read_cursor_file(c, a->cursor_file, &q->since) : 0;
}

static int write_log(struct cli *c, struct store *s, const struct pull_args *a, const struct log_request *q, uint64_t *cursor)
{
    char temporary[1100];
    FILE *f = stdout;
    int rc = a->out ? open_whole(c, a->out, temporary, &f) : 0;

    if (rc < 0)
        return rc;
    rc = outflow_log(s, q, write_bytes, f, cursor, &c->err);
    if (a->out)
        return close_whole(c, a->out, temporary, f, rc);
    if (rc >= 0 && fflush(stdout) == EOF)
        rc = err_set(&c->err, ERR_DISK, "写出失败：%s", "writing failed: %s", strerror(errno));
    return rc;
}

int command_pull(struct cli *c, int argc, char **argv)
{
    struct pull_args a = {.format = "ndjson"};
    const struct arg args[] = {{"--since", ARG_TEXT, &a.since}, {"--scope", ARG_TEXT, &a.scope},
                               {"--table", ARG_TEXT, &a.table}, {"--format", ARG_TEXT, &a.format},
                               {"-o", ARG_TEXT, &a.out}, {"--cursor-file", ARG_TEXT, &a.cursor_file}};
    struct log_request q = {0};
    struct store *s;
    uint64_t cursor;
    size_t words;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = open_reader(c, &s)) < 0)
        return rc;
    rc = make_request(c, s, &a, &q);
    if (rc >= 0)
        rc = write_log(c, s, &a, &q, &cursor);
    if (rc >= 0 && a.cursor_file)
        rc = write_cursor_file(c, a.cursor_file, cursor);
    else if (rc >= 0 && q.format == LOG_CSV) /* CSV has no last line for it */
        fprintf(stderr, "%s %" PRIu64 "\n", say(c, "游标", "cursor"), cursor);
    store_close(s);
    return rc < 0 ? rc : 0;
}
