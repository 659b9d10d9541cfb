/* inbox: what needs a person at this laptop, most urgent first. The facts come from agent/inbox, the words from
 * item.c. */
#include "inbox.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "inbox_count.h"
#include "item.h"
#include "text.h"

enum { DUE_COLUMNS = 14, KIND_COLUMNS = 12, TITLE_COLUMNS = 64, MOVED_COLUMNS = 96, LINE_MAX = 256 * 1024 };

static json_t *text_or_null(const char *text)
{
    return *text ? json_string(text) : json_null();
}

static json_t *buf_or_null(struct buf *text)
{
    return text->len ? json_stringn(buf_text(text), text->len) : json_null();
}

static int print_json(struct cli *c, struct item *i, struct err *err)
{
    const struct inbox_entry *e = i->entry;
    char due[11] = "", at[30];
    json_t *o = json_object();
    if (e->dated) date_format(e->due_on, due);
    record_instant(e->at_ms, at);
    json_object_set_new(o, "kind", json_string(inbox_kind_name(e->kind)));
    json_object_set_new(o, "id", text_or_null(i->id));
    json_object_set_new(o, "record", text_or_null(i->record));
    json_object_set_new(o, "title", json_stringn(buf_text(&i->title), i->title.len));
    json_object_set_new(o, "due_on", text_or_null(due));
    json_object_set_new(o, "days_left", e->dated ? json_integer(e->days_left) : json_null());
    json_object_set_new(o, "at", text_or_null(at));
    json_object_set_new(o, "done", json_boolean(e->done));
    json_object_set_new(o, "command", buf_or_null(&i->command));
    if (e->seq) json_object_set_new(o, "seq", json_integer((json_int_t)e->seq));
    if (i->other.len) json_object_set_new(o, "other", buf_or_null(&i->other));
    if (i->ruling.len) json_object_set_new(o, "ruling", buf_or_null(&i->ruling));
    if (i->why.len) json_object_set_new(o, "why", buf_or_null(&i->why));
    return record_json_line(c->out, o, err);
}

static void put_due(const struct cli *c, const struct inbox_entry *e, char out[60])
{
    long long days = e->days_left;
    out[0] = '\0';
    if (e->done) snprintf(out, 60, "%s", cli_pick(c, "已处理", "done"));
    else if (!e->dated) return;
    else if (days == 0) snprintf(out, 60, "%s", cli_pick(c, "今天到期", "due today"));
    else if (c->lang == LANG_ZH) snprintf(out, 60, "%s %lld 天", days < 0 ? "逾期" : "剩", llabs(days));
    else snprintf(out, 60, "%lld days %s", llabs(days), days < 0 ? "over" : "left");
}

static void put_column(struct buf *line, const char *text, size_t columns)
{
    text_pad(line, text_put(line, text, strlen(text), columns), columns);
    buf_put_text(line, " ");
}

static void put_part(struct buf *line, const char *before, struct buf *text)
{
    if (!text->len) return;
    buf_put_text(line, before);
    text_put(line, buf_text(text), text->len, TITLE_COLUMNS);
}

static void print_text(struct cli *c, struct item *i)
{
    struct buf line;
    char due[60];
    buf_init(&line, LINE_MAX);
    put_due(c, i->entry, due);
    put_column(&line, due, DUE_COLUMNS);
    put_column(&line, item_kind(c, i->entry->kind), KIND_COLUMNS);
    bool moved = i->entry->kind == INBOX_MOVED; /* two villages and a day */
    text_put(&line, buf_text(&i->title), i->title.len, moved ? MOVED_COLUMNS : TITLE_COLUMNS);
    put_part(&line, cli_pick(c, "：", ": "), &i->ruling);
    put_part(&line, moved ? cli_pick(c, "；由 ", "; by ") : cli_pick(c, "；对方 ", "; other: "), &i->other);
    put_part(&line, cli_pick(c, "；", "; "), &i->why);
    if (!i->entry->done) {
        buf_put_text(&line, " → ");
        text_put(&line, buf_text(&i->command), i->command.len, 0);
    }
    fprintf(c->out, "%s\n", buf_text(&line));
    buf_free(&line);
}

static int print(struct cli *c, const struct inbox *b, struct err *err)
{
    struct record record;
    struct item item;
    int rc = 0;
    bool looked = false;
    record_open(&record, c);
    item_init(&item, c);
    for (size_t i = 0; rc == 0 && i < b->count; i++) {
        const struct inbox_entry *e = &b->list[i];
        rc = item_of(&item, &record, e, b->decides, err);
        if (rc == 0 && c->json) rc = print_json(c, &item, err);
        else if (rc == 0) print_text(c, &item);
        looked |= !e->done && inbox_can_be_seen(e->kind);
    }
    if (rc == 0 && !c->json && b->count == 0) cli_say(c, "没有待办", "nothing waits");
    if (rc == 0 && looked && !c->json && !cli_value(c, "--seen"))
        cli_warn(c, "通知看过后：zhucun inbox --seen", "once notices are read: zhucun inbox --seen");
    item_free(&item);
    record_close(&record);
    return rc;
}

int inbox_count(struct cli *c, uint64_t *count, struct err *err)
{
    struct inbox b;
    int rc = inbox_collect(&b, c->home, cli_today(c), false, err);
    *count = b.open;
    inbox_free(&b);
    return rc;
}

static int run_inbox(struct cli *c, struct err *err)
{
    struct inbox b = {0};
    bool seen = cli_value(c, "--seen") != NULL;
    int rc = cli_open(c, seen ? DB_WRITE : DB_READ, err);
    if (rc == 0) rc = inbox_collect(&b, c->home, cli_today(c), cli_value(c, "--all") != NULL, err);
    if (rc == 0) rc = print(c, &b, err);
    if (rc == 0 && seen) rc = inbox_seen(c->home, &b, err);
    inbox_free(&b);
    return rc;
}

static const struct cli_option options[] = {
    {"--all", NULL, "已处理、已看过的也列出", "list what is answered or seen, too"},
    {"--seen", NULL, "列出后把通知标为已看；单据、线索和被隔离的改动办结才消失",
     "mark the notices listed as seen; orders, clues and quarantine go away when they are dealt with"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command inbox_command = {
    .name = "inbox", .run = run_inbox, .words = "",
    .zh = "待办：单据、线索、移交、裁定", .en = "what waits here: orders, clues, handovers, rulings",
    .more_zh = "最急的在前：发给本机区域或人员、尚未回复的提示单和督办单，未认定的线索（剩余天数），\n"
               "移交和接手的户，户迁往或迁自别村，上级对本机内容的裁定，没有采用的、待核实的内容和建议，被隔离的改动，延迟上传的回复。每行附办理命令。",
    .more_en = "Most urgent first: orders to this laptop's regions or people without a reply, clues without a decision\n"
               "(days left), households that leave, arrive or move to another village, rulings on own values, values that were not taken, wait as a\n"
               "proposal or are to be verified, quarantined changes, replies that were received late. Each line ends in the command that answers it.",
    .options = options,
};
