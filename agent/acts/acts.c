/* acts: reads the lines, sets the clock to each act's own time, and keeps one transaction over all of them. The
 * home's env is replaced while this runs, so that the stamps come from `at` and nothing else changes. */
#include "acts_impl.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 4 * 1024 * 1024, MAX_CHANGE = 1024 * 1024 };

struct fixed_clock {
    const struct env *real;
    int64_t now_ms;
};

static int64_t fixed_now(void *ctx)
{
    const struct fixed_clock *c = ctx;
    return c->now_ms;
}

static int fixed_random(void *ctx, void *out, size_t n)
{
    const struct fixed_clock *c = ctx;
    return c->real->random(c->real->ctx, out, n);
}

/* 1: a line, 0: the end. Bounded: a file without line ends must not fill the memory. */
static int read_line(FILE *in, struct buf *line, struct err *err)
{
    int ch;
    buf_reset(line);
    while ((ch = getc_unlocked(in)) != EOF && ch != '\n') {
        buf_put_u8(line, (uint8_t)ch);
        if (line->failed) return err_set(err, ERR_REFUSED, "这一行太长", "the line is too long");
    }
    if (ch == EOF && ferror(in)) return err_set(err, ERR_REFUSED, "文件读不出来（是文件夹，或磁盘有问题）", "the file cannot be read (it is a folder, or the disk is failing)");
    return ch != EOF || line->len > 0;
}

static const char *text_member(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int read_head(struct acts *a, const json_t *act, int64_t *at_ms, int64_t *observed, struct row_id *author,
                     struct err *err)
{
    const char *at = text_member(act, "at"), *day = text_member(act, "observed"), *as = text_member(act, "as");
    const struct schema_table *worker = schema_table_named(a->h->schema, "worker");
    if (time_parse(at, at_ms))
        return err_set(err, ERR_REFUSED, "at “%.40s”应写成 2021-08-03T10:15:00+08:00",
                       "at \"%.40s\" should read 2021-08-03T10:15:00+08:00", at);
    *observed = date_of_ms(*at_ms);
    if (*day && date_parse(day, observed))
        return err_set(err, ERR_REFUSED, "observed “%.40s”不是日期", "observed \"%.40s\" is not a date", day);
    if (!*as) return err_set(err, ERR_REFUSED, "缺少 as（谁在写）", "as (who writes) is missing");
    return fields_row(a->h, worker, as, strlen(as), author, err);
}

/* The capture that this act's changeset goes into: opened once, then moved on. */
static int next_changeset(struct acts *a, struct row_id author, int64_t observed, struct err *err)
{
    if (!a->capture) return capture_begin(&a->capture, a->h, author, observed, err);
    int rc = capture_next(a->capture, err);
    return rc ? rc : capture_as(a->capture, author, observed, err);
}

static int read_act(struct acts *a, const json_t *act, struct fixed_clock *clock, struct acts_report *report,
                    struct err *err)
{
    int64_t observed;
    struct row_id author;
    const json_t *changes = json_object_get(act, "changes");
    if (!json_is_object(act) || !json_is_array(changes))
        return err_set(err, ERR_REFUSED, "应是带有 changes 数组的 JSON 对象", "it must be a JSON object with a changes array");
    int rc = read_head(a, act, &clock->now_ms, &observed, &author, err);
    if (rc == 0) rc = next_changeset(a, author, observed, err);
    for (size_t i = 0; rc == 0 && i < json_array_size(changes); i++) {
        arena_reset(&a->arena);
        rc = acts_change(a, json_array_get(changes, i), err);
        report->changes++;
    }
    report->changesets++;
    return rc;
}

static bool blank(const struct buf *line)
{
    for (size_t i = 0; i < line->len; i++) {
        if (line->data[i] != ' ' && line->data[i] != '\t' && line->data[i] != '\r') return false;
    }
    return true;
}

static int read_act_line(struct acts *a, const struct buf *line, struct fixed_clock *clock, struct acts_report *report,
                         struct err *err)
{
    json_error_t why;
    json_t *act = json_loadb((const char *)line->data, line->len, JSON_REJECT_DUPLICATES, &why);
    int rc = act ? read_act(a, act, clock, report, err)
                 : err_set(err, ERR_REFUSED, "不是合法的 JSON：%s", "not valid JSON: %s", why.text);
    json_decref(act);
    return rc;
}

/* 1: `most` are read, 0: the end. */
static int read_acts(struct acts *a, size_t most, struct fixed_clock *clock, struct acts_report *report, struct err *err)
{
    struct buf line;
    size_t count = 0;
    int rc = 1;
    buf_init(&line, MAX_LINE);
    while (rc == 1 && (most == 0 || count < most)) {
        rc = read_line(a->in, &line, err);
        if (rc == 0) break;
        report->lines++;
        int bad = rc < 0 ? rc : blank(&line) ? 0 : read_act_line(a, &line, clock, report, err);
        if (bad) rc = err_where(err, bad, "第 %llu 行", "line %llu", (unsigned long long)report->lines);
        count += !blank(&line);
        if (report->progress) report->progress(report->progress_ctx, "导入", "importing", report->changesets, 0);
    }
    buf_free(&line);
    return rc;
}

int acts_open(struct acts **out, struct home *h, FILE *in, struct err *err)
{
    struct acts *a = calloc(1, sizeof *a);
    *out = NULL;
    if (!a) return err_nomem(err);
    *a = (struct acts){.h = h, .in = in, .tags = json_object()};
    arena_init(&a->arena, MAX_CHANGE);
    if (!a->tags) {
        acts_close(a);
        return err_nomem(err);
    }
    *out = a;
    return 0;
}

int acts_read(struct acts *a, size_t most, struct acts_report *report, struct err *err)
{
    const struct env *real = a->h->env;
    struct fixed_clock clock = {.real = real};
    struct env fixed = {fixed_now, fixed_random, &clock};
    a->h->env = &fixed;
    int rc = read_acts(a, most, &clock, report, err);
    if (rc < 0) {
        capture_abort(a->capture);
    } else if (a->capture) {
        int committed = capture_commit(a->capture, NULL, err);
        if (committed) rc = committed;
    }
    a->capture = NULL;
    a->h->env = real;
    return rc;
}

void acts_close(struct acts *a)
{
    if (!a) return;
    arena_free(&a->arena);
    json_decref(a->tags);
    free(a);
}

int acts_import(struct home *h, FILE *in, struct acts_report *report, struct err *err)
{
    struct acts *a;
    int rc = acts_open(&a, h, in, err);
    if (rc) return rc;
    rc = acts_read(a, 0, report, err);
    acts_close(a);
    return rc;
}
