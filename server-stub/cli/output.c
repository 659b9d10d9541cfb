/* output: what commands share when they print or open. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int print_json(struct cli *c, const json_t *object)
{
    if (json_dumpf(object, stdout, JSON_COMPACT) < 0 || putchar('\n') == EOF || fflush(stdout) == EOF)
        return err_set(&c->err, ERR_DISK, "写出失败：%s", "writing failed: %s", strerror(errno));
    return 0;
}

int need_data(struct cli *c)
{
    if (c->data && *c->data)
        return 0;
    return err_set(&c->err, ERR_USAGE, "缺少数据目录：请用 --data 目录，或设置环境变量 ZHUCUN_DATA",
                   "no data folder: use --data DIR, or set ZHUCUN_DATA in the environment");
}

int open_reader(struct cli *c, struct store **s)
{
    int rc = need_data(c);

    return rc < 0 ? rc : store_open_reader(s, c->data, &c->err);
}

int scope_arg(struct cli *c, struct store *s, const char *text, int64_t *code)
{
    int64_t city = store_city(s);

    *code = text ? region_code(text, strlen(text)) : city;
    if (*code > 0 && region_covers(city, *code))
        return 0;
    return err_set(&c->err, ERR_REFUSED, "“%s”不是本市（%012" PRId64 "）的区划代码",
                   "\"%s\" is not a region code of this city (%012" PRId64 ")", text ? text : "", city);
}

void show_progress(void *ctx, const char *what, uint64_t done)
{
    const struct cli *c = ctx;

    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %s %" PRIu64, say(c, "正在处理", "working on"), what, done);
}

/* Chinese characters and full-width marks take two columns. */
static int columns_of(const char *text)
{
    int n = 0;

    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        n += (*at & 0xC0) == 0x80 ? 0 : *at >= 0xE2 ? 2 : 1;
    return n;
}

void print_padded(const char *text, int width)
{
    fputs(text, stdout);
    for (int n = columns_of(text); n < width; n++)
        putchar(' ');
}

void print_heading(const struct cli *c, const char *zh, const char *en)
{
    if (!c->json && isatty(STDOUT_FILENO))
        printf("%s\n", c->lang == LANG_ZH ? zh : en);
}
