/* speak: everything the program says that is not a record. One line each, nothing a terminal would obey. */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "text.h"

enum { MAX_LINE = 4096, PROGRESS_AFTER_MS = 1000, PROGRESS_EVERY_MS = 200, PROGRESS_COLUMNS = 78 };

const char *cli_pick(const struct cli *c, const char *zh, const char *en)
{
    return c->lang == LANG_ZH ? zh : en;
}

/* Escapes `text` and writes it as one line with `mark` before it. */
static void line(FILE *to, const char *mark, const char *text)
{
    struct buf out;
    buf_init(&out, MAX_LINE * 6);
    buf_put_text(&out, mark);
    text_put(&out, text, strlen(text), 0);
    buf_put_u8(&out, '\n');
    fwrite(out.data, 1, out.len, to);
    buf_free(&out);
}

void cli_say(struct cli *c, const char *zh, const char *en, ...)
{
    char text[MAX_LINE];
    va_list args;
    va_start(args, en);
    if (c->lang == LANG_ZH) vsnprintf(text, sizeof text, zh, args);
    else vsnprintf(text, sizeof text, en, args);
    va_end(args);
    line(c->out, "", text);
}

void cli_warn(struct cli *c, const char *zh, const char *en, ...)
{
    char text[MAX_LINE];
    va_list args;
    va_start(args, en);
    if (c->lang == LANG_ZH) vsnprintf(text, sizeof text, zh, args);
    else vsnprintf(text, sizeof text, en, args);
    va_end(args);
    line(c->note, cli_pick(c, "zhucun: 注意：", "zhucun: note: "), text);
}

void cli_fail(struct cli *c, const struct err *err)
{
    const char *text = err_text(err, c->lang);
    line(c->note, "zhucun: ", *text ? text : cli_pick(c, "没有说明原因的错误", "an error without a reason"));
}

int cli_flush(struct cli *c, struct err *err)
{
    if (fflush(c->out) == 0 && !ferror(c->out)) return 0;
    return err_set(err, ERR_DISK, "写标准输出失败", "writing to standard output failed");
}

void cli_progress_begin(struct cli_progress *p, struct cli *c)
{
    *p = (struct cli_progress){.c = c, .begun_ms = cli_now_ms(c)};
}

void cli_progress(void *progress, const char *zh, const char *en, uint64_t done, uint64_t total)
{
    struct cli_progress *p = progress;
    int64_t now = cli_now_ms(p->c);
    if (!isatty(fileno(p->c->note))) return;
    if (now - p->begun_ms < PROGRESS_AFTER_MS || now - p->shown_ms < PROGRESS_EVERY_MS) return;
    struct buf out;
    char text[200];
    const char *what = cli_pick(p->c, zh, en);
    if (total) snprintf(text, sizeof text, "%s %llu / %llu", what, (unsigned long long)done, (unsigned long long)total);
    else snprintf(text, sizeof text, "%s %llu", what, (unsigned long long)done);
    buf_init(&out, 2048);
    buf_put_text(&out, "\r");
    text_pad(&out, text_put(&out, text, strlen(text), PROGRESS_COLUMNS), PROGRESS_COLUMNS);
    fwrite(out.data, 1, out.len, p->c->note);
    fflush(p->c->note);
    buf_free(&out);
    p->shown = true;
    p->shown_ms = now;
}

void cli_progress_end(struct cli_progress *p)
{
    if (p->shown) fprintf(p->c->note, "\r%*s\r", PROGRESS_COLUMNS, "");
    p->shown = false;
}
