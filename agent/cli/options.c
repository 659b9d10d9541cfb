/* options: values of the options given, by type. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

const char *cli_value(const struct cli *c, const char *option)
{
    for (size_t i = c->given_count; i > 0; i--) {
        const struct cli_given *g = &c->given[i - 1];
        if (strcmp(g->option->name, option) == 0) return g->option->arg ? g->value : "";
    }
    return NULL;
}

const char *cli_value_next(const struct cli *c, const char *option, size_t *at)
{
    while (*at < c->given_count) {
        const struct cli_given *g = &c->given[(*at)++];
        if (strcmp(g->option->name, option) == 0) return g->value;
    }
    return NULL;
}

int cli_value_int(const struct cli *c, const char *option, int64_t least, int64_t most, int64_t fallback, int64_t *out,
                  struct err *err)
{
    const char *text = cli_value(c, option);
    *out = fallback;
    if (!text) return 0;
    char *end = NULL;
    long long v = strtoll(text, &end, 10);
    if (*text && !*end && v >= least && v <= most) {
        *out = v;
        return 0;
    }
    return err_set(err, ERR_USAGE, "%s 应是 %lld 到 %lld 的整数", "%s takes a whole number from %lld to %lld", option,
                   (long long)least, (long long)most);
}

int cli_value_date(const struct cli *c, const char *option, int64_t fallback, int64_t *days, struct err *err)
{
    const char *text = cli_value(c, option);
    *days = fallback;
    if (!text || date_parse(text, days) == 0) return 0;
    return err_set(err, ERR_REFUSED, "%s：“%.20s”不是日期，应写成 2026-03-05", "%s: \"%.20s\" is not a date: write it as 2026-03-05",
                   option, text);
}
