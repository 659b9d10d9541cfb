/* report: bulletin, lag and coverage, as a table for people or as JSON. Neighbour: report_lists.c, rules and clues. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "report_lists.h"

struct report_args {
    const char *scope, *on, *rule;
};

/* ---- bulletin ---- */

static void print_bulletin(struct cli *c, int64_t scope, const char *day, const struct report_figure *f, size_t n)
{
    char text[REPORT_FIGURE_TEXT];

    printf("%s  %012" PRId64 "  %s\n\n", say(c, "通报数据", "bulletin"), scope, day);
    for (size_t i = 0; i < n; i++) {
        report_figure_text(&f[i], text);
        print_padded(say(c, f[i].zh, f[i].en), 42);
        printf("%14s\n", text);
    }
}

static void print_bulletin_json(const struct report_figure *f, size_t n)
{
    char text[REPORT_FIGURE_TEXT];

    for (size_t i = 0; i < n; i++) {
        report_figure_text(&f[i], text);
        printf("%s\"%s\":%s", i ? "," : "{", f[i].key, text);
    }
    printf("}\n");
}

static int bulletin(struct cli *c, struct store *s, int64_t scope, int64_t on)
{
    struct report_figure figures[REPORT_FIGURES_MAX];
    char day[11];
    size_t n;
    int rc = report_bulletin(s, scope, on, figures, &n, &c->err);

    if (rc < 0)
        return rc;
    date_format(on, day);
    if (c->json)
        print_bulletin_json(figures, n);
    else
        print_bulletin(c, scope, day, figures, n);
    return 0;
}

/* ---- coverage ---- */

static int print_coverage(void *ctx, const struct coverage *v)
{
    struct cli *c = ctx;

    if (c->json) {
        json_t *o = json_pack("{s:I,s:s,s:I,s:I,s:I,s:I,s:I}", "region", (json_int_t)v->region, "name", v->name, "households",
                              (json_int_t)v->households, "visited", (json_int_t)v->visited, "monitored",
                              (json_int_t)v->monitored, "monitored_visited", (json_int_t)v->monitored_visited,
                              "not_for_90_days", (json_int_t)v->not_for_90_days);
        int rc = o ? print_json(c, o) : err_nomem(&c->err);
        json_decref(o);
        return rc;
    }
    printf("%012" PRId64 "  ", v->region);
    print_padded(v->name, 20);
    printf("%10" PRId64 "%10" PRId64 "%10" PRId64 "%10" PRId64 "%10" PRId64 "\n", v->households, v->visited, v->monitored,
           v->monitored_visited, v->not_for_90_days);
    return 0;
}

static int coverage(struct cli *c, struct store *s, int64_t scope, int64_t on)
{
    print_heading(c, "区划代码      名称                    户数    已走访  监测户数  监测走访  90天未访",
                  "code          name                 all   visited monitored   visited   90 days");
    return report_coverage(s, scope, on, print_coverage, c, &c->err);
}

/* ---- lag ---- */

static json_t *time_or_null(int64_t ms)
{
    char text[30];

    if (ms == 0)
        return json_null();
    time_format(ms, text);
    return json_string(text);
}

/* What is not as usual: the right was taken away, and visits that are on the laptop alone. */
static void print_lag_notes(struct cli *c, const struct device_lag *l)
{
    char day[11];

    if (l->revoked_ms) {
        date_format(date_of_ms(l->revoked_ms), day);
        printf(say(c, "  已于 %s 停用", "  revoked on %s"), day);
    }
    if (l->missing)
        printf(say(c, "  另有 %" PRIu64 " 次走访只在设备上（见 report missing）", "  %" PRIu64 " visits are on the laptop alone (report missing)"),
               l->missing);
}

static int print_lag(void *ctx, const struct device_lag *l)
{
    struct cli *c = ctx;
    char origin[24], last[30] = "-";

    snprintf(origin, sizeof origin, "%016" PRIx64, l->origin);
    if (c->json) {
        json_t *o = json_pack("{s:s,s:s,s:I,s:I,s:o,s:o,s:I,s:I,s:b,s:I}", "origin", origin, "name", l->name, "silent_days",
                              (json_int_t)l->silent_days, "received_seq", (json_int_t)l->received, "last_contact",
                              time_or_null(l->last_contact_ms), "last_pull", time_or_null(l->last_pull_ms),
                              "clock_skew_s", (json_int_t)(l->skew_ms / 1000), "quarantined", (json_int_t)l->quarantined,
                              "revoked", l->revoked_ms != 0,
                              "missing", (json_int_t)l->missing);
        int rc = o ? print_json(c, o) : err_nomem(&c->err);
        json_decref(o);
        return rc;
    }
    if (l->last_contact_ms)
        time_format(l->last_contact_ms, last);
    printf("%s  ", origin);
    print_padded(l->name, 24);
    printf("%6" PRId64 "  %-25s %8" PRIu64 "%6" PRIu64, l->silent_days, last, l->received, l->quarantined);
    print_lag_notes(c, l);
    printf("\n");
    return 0;
}

static int lag(struct cli *c, struct store *s)
{
    print_heading(c, "设备              名称                    未联系  最后联系                  已收序号  隔离",
                  "device            name                    silent  last contact              received quarantined");
    return report_lag(s, c->env->now_ms(c->env->ctx), print_lag, c, &c->err);
}

/* ---- the command ---- */

static int run(struct cli *c, struct store *s, const char *which, const struct report_args *a)
{
    int64_t scope, on = date_of_ms(c->env->now_ms(c->env->ctx));
    int rc = scope_arg(c, s, a->scope, &scope);

    if (rc < 0)
        return rc;
    if (a->on && date_parse(a->on, &on) < 0)
        return err_set(&c->err, ERR_USAGE, "“%s”不是日期，应写成 2022-07-14", "\"%s\" is not a date: write it as 2022-07-14",
                       a->on);
    if (strcmp(which, "bulletin") == 0)
        return bulletin(c, s, scope, on);
    if (strcmp(which, "coverage") == 0)
        return coverage(c, s, scope, on);
    if (strcmp(which, "lag") == 0)
        return lag(c, s);
    if (strcmp(which, "rules") == 0)
        return report_list_rules(c, s, scope, on, a->rule);
    if (strcmp(which, "clues") == 0)
        return report_list_clues(c, s, scope, on);
    if (strcmp(which, "missing") == 0)
        return report_list_missing(c, s, scope);
    return err_set(&c->err, ERR_USAGE, "没有报表“%s”：有 bulletin、lag、coverage、rules、clues、missing",
                   "there is no report \"%s\": there are bulletin, lag, coverage, rules, clues and missing", which);
}

int command_report(struct cli *c, int argc, char **argv)
{
    struct report_args a = {0};
    const struct arg args[] = {{"--scope", ARG_TEXT, &a.scope}, {"--on", ARG_TEXT, &a.on}, {"--rule", ARG_TEXT, &a.rule}};
    const char *which = NULL;
    struct store *s;
    size_t words;
    int rc = args_parse(c, argc, argv, args, sizeof args / sizeof args[0], &which, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0)
        return err_set(&c->err, ERR_USAGE, "哪个报表？bulletin、lag、coverage、rules、clues 或 missing",
                       "which report? bulletin, lag, coverage, rules, clues or missing");
    if ((rc = open_reader(c, &s)) < 0)
        return rc;
    rc = run(c, s, which, &a);
    store_close(s);
    return rc < 0 ? rc : 0;
}
