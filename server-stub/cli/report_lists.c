/* report_lists: what the rules find, household by household, and the clues that wait. For supervisors: it names
 * people, and is no public list. */
#include "report_lists.h"

#include <inttypes.h>
#include <string.h>

#include "findings.h"
#include "report.h"

enum { LINE_MAX_BYTES = 64 * 1024 };

/* ---- rules ---- */

struct list {
    struct cli *c;
    const char *only;            /* a rule's name; NULL: all */
    struct row_id household;     /* whose head line was printed last */
    int64_t found, households;
};

static int rule_json(struct list *l, const struct rule_household *h, const struct rule_finding *f, const char *day,
                     const char *message)
{
    char household[ROW_ID_TEXT], row[ROW_ID_TEXT], village[24];

    row_id_to_text(h->id, household);
    row_id_to_text(f->row, row);
    snprintf(village, sizeof village, "%012" PRId64, h->village);
    json_t *o = json_pack("{s:s,s:s,s:s%,s:s,s:s,s:s,s:s?,s:s}", "village", village, "household", household, "household_key",
                          h->national_no.len ? (const char *)h->national_no.data : "", (size_t)h->national_no.len, "rule",
                          rule_name(f->rule->code), "table", schema_table(schema_current(), f->table)->name, "id", row,
                          "since", *day ? day : NULL, "message", message);
    int rc = o ? print_json(l->c, o) : err_nomem(&l->c->err);
    json_decref(o);
    return rc;
}

static void rule_line(struct list *l, const struct rule_household *h, const struct rule_finding *f, const char *day,
                      const char *message)
{
    const struct value *no = &h->national_no, *head = &h->head_name;

    if (!row_id_equal(l->household, h->id))
        printf("%012" PRId64 "  %.*s  %.*s\n", h->village, (int)no->len, no->len ? (const char *)no->data : "",
               (int)head->len, head->len ? (const char *)head->data : "");
    printf("  %-20s %-10s  %s\n", rule_name(f->rule->code), *day ? day : "-", message);
}

static int on_rule(void *ctx, const struct rule_household *h, const struct rule_finding *f, int64_t since)
{
    struct list *l = ctx;
    struct buf message;
    char day[11] = "";
    int rc = 0;

    if (l->only && strcmp(l->only, rule_name(f->rule->code)) != 0)
        return 0;
    buf_init(&message, LINE_MAX_BYTES);
    rule_message(f, l->c->lang, &message);
    if (since != RULE_NONE)
        date_format(since, day);
    if (l->c->json)
        rc = rule_json(l, h, f, day, buf_text(&message));
    else
        rule_line(l, h, f, day, buf_text(&message));
    l->found++;
    l->households += !row_id_equal(l->household, h->id);
    l->household = h->id;
    buf_free(&message);
    return rc;
}

static int check_rule(struct cli *c, const char *rule)
{
    struct buf names;
    int rc = 0;

    buf_init(&names, 4096);
    for (int code = 0; rule && code < RULE_CODES; code++) {
        if (strcmp(rule, rule_name((enum rule_code)code)) == 0)
            rule = NULL;
        else
            buf_printf(&names, "%s%s", code ? ", " : "", rule_name((enum rule_code)code));
    }
    if (rule)
        rc = err_set(&c->err, ERR_USAGE, "没有规则“%.60s”；有 %s", "there is no rule \"%.60s\"; there are %s", rule,
                     buf_text(&names));
    buf_free(&names);
    return rc;
}

int report_list_rules(struct cli *c, struct store *s, int64_t scope, int64_t on, const char *rule)
{
    struct list l = {.c = c, .only = rule};
    int rc = check_rule(c, rule);

    if (rc == 0)
        rc = report_rules(s, scope, on, on_rule, &l, &c->err);
    if (rc == 0 && !c->json)
        printf(say(c, "共 %" PRId64 " 户 %" PRId64 " 处需要核对\n", "households: %" PRId64 ", things that need a look: %" PRId64 "\n"),
               l.households, l.found);
    return rc;
}

/* ---- clues ---- */

static int clue_json(struct cli *c, const struct report_clue *k)
{
    char id[ROW_ID_TEXT], village[24], found[11], due[11], received[11];

    row_id_to_text(k->id, id);
    snprintf(village, sizeof village, "%012" PRId64, k->village);
    date_format(k->found_on, found);
    date_format(k->due_on, due);
    date_format(k->received_on, received);
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I}", "id", id, "village", village, "household_key", k->household,
                          "person", k->person, "found_on", found, "due_on", due, "received_on", received, "days_left",
                          (json_int_t)k->days_left, "reported_late_days", (json_int_t)k->late_days);
    int rc = o ? print_json(c, o) : err_nomem(&c->err);
    json_decref(o);
    return rc;
}

static int on_clue(void *ctx, const struct report_clue *k)
{
    struct cli *c = ctx;
    char due[11], days[60];

    if (c->json)
        return clue_json(c, k);
    date_format(k->due_on, due);
    if (k->days_left < 0)
        snprintf(days, sizeof days, say(c, "超期 %" PRId64 " 天", "%" PRId64 " days overdue"), -k->days_left);
    else
        snprintf(days, sizeof days, say(c, "余 %" PRId64 " 天", "%" PRId64 " days left"), k->days_left);
    printf("%012" PRId64 "  ", k->village);
    print_padded(*k->household ? k->household : k->person, 24);
    printf("%s  %s", due, days);
    if (k->late_days > 0)
        printf(say(c, "（迟报 %" PRId64 " 天）", " (reported %" PRId64 " days late)"), k->late_days);
    return putchar('\n') == EOF ? err_set(&c->err, ERR_DISK, "写出失败", "writing failed") : 0;
}

static int clue_sums(struct cli *c, const struct report_clues *n)
{
    const struct report_figure share = {.kind = FIGURE_PERCENT, .part = n->decided_in_time, .whole = n->decided};
    char text[REPORT_FIGURE_TEXT];

    report_figure_text(&share, text);
    if (c->json)
        printf("{\"open\":%" PRId64 ",\"overdue\":%" PRId64 ",\"reported_late\":%" PRId64 ",\"decided\":%" PRId64
               ",\"decided_in_time\":%" PRId64 ",\"decided_within_due_pct\":%s}\n",
               n->open, n->overdue, n->late, n->decided, n->decided_in_time, text);
    else
        printf(say(c, "待认定 %" PRId64 " 条，超期 %" PRId64 " 条，迟报 %" PRId64 " 条；已认定 %" PRId64 " 条，按期 %" PRId64 " 条（%s%%）\n",
                   "open %" PRId64 ", overdue %" PRId64 ", reported late %" PRId64 "; decided %" PRId64 ", in time %" PRId64
                   " (%s%%)\n"),
               n->open, n->overdue, n->late, n->decided, n->decided_in_time, text);
    return 0;
}

int report_list_clues(struct cli *c, struct store *s, int64_t scope, int64_t on)
{
    struct report_clues sum;
    int rc = report_clues(s, scope, on, on_clue, c, &sum, &c->err);

    return rc ? rc : clue_sums(c, &sum);
}
