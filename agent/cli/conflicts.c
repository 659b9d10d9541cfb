/* conflicts: own values that are not in force, with the reason and the office's ruling, and changesets that the
 * server could not take. The facts come from agent/inbox/losses.c; the whole ledger is the server's. */
#include "commands.h"
#include "conflict.h"
#include "loss.h"

struct conflicts {
    struct cli *c;
    struct record record;
    bool print, all;
    uint64_t count, printed;    /* count: what waits for a look */
    struct err *err;
};

static int on_loss(void *ctx, const struct loss *l)
{
    struct conflicts *k = ctx;
    json_t *o;
    k->count += loss_open(l);
    if (!k->print || !(k->all || loss_open(l))) return 0;
    k->printed++;
    if (!k->c->json) return loss_print(&k->record, l, false, k->err);
    int rc = loss_json(&k->record, l, &o, k->err);
    return rc ? rc : record_json_line(k->c->out, o, k->err);
}

static int on_quarantine(void *ctx, const struct receipt_quarantine *q)
{
    struct conflicts *k = ctx;
    k->count++;
    if (!k->print) return 0;
    k->printed++;
    if (!k->c->json) {
        cli_say(k->c, "第 %llu 组改动被服务器隔离：%s", "changeset %llu is quarantined at the server: %s", (unsigned long long)q->seq,
                cli_pick(k->c, q->why, q->why_en));
        return 0;
    }
    json_t *o = json_object();
    json_object_set_new(o, "kind", json_string("quarantined"));
    json_object_set_new(o, "seq", json_integer((json_int_t)q->seq));
    json_object_set_new(o, "why", json_string(cli_pick(k->c, q->why, q->why_en)));
    return record_json_line(k->c->out, o, k->err);
}

static int walk(struct conflicts *k, struct err *err)
{
    record_open(&k->record, k->c);
    int rc = journal_quarantine_walk(k->c->home, on_quarantine, k, err);
    if (rc == 0) rc = losses_walk(k->c->home, NULL, (struct row_id){0}, on_loss, k, err);
    record_close(&k->record);
    return rc;
}

int conflict_count(struct cli *c, uint64_t *count, struct err *err)
{
    struct conflicts k = {.c = c, .err = err};
    int rc = walk(&k, err);
    *count = k.count;
    return rc;
}

static int run_conflicts(struct cli *c, struct err *err)
{
    struct conflicts k = {.c = c, .err = err, .print = true};
    bool seen = cli_value(c, "--seen") != NULL;
    k.all = cli_value(c, "--all") != NULL;
    int rc = cli_open(c, seen ? DB_WRITE : DB_READ, err);
    if (rc == 0) rc = walk(&k, err);
    if (rc == 0 && seen) rc = losses_seen(c->home, err);
    if (rc == 0 && k.printed == 0 && !c->json) cli_say(c, "没有冲突", "no conflicts");
    return rc;
}

static const struct cli_option options[] = {
    {"--seen", NULL, "列出后标为已看，不再计入；以后有裁定会再列出", "mark what is listed as seen: it is no longer counted, until a ruling comes"},
    {"--all", NULL, "已看过的、后来又改过的也列出", "list what was seen or changed since, too"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command conflicts_command = {
    .name = "conflicts", .run = run_conflicts, .words = "",
    .zh = "没有保留的本机内容和被隔离的改动", .en = "own values that were not kept, and quarantined changes",
    .more_zh = "列出本机上报后没有被采用、只作为建议、后来被别人的内容代替、或待核实的值：原因、对方、上级的裁定，\n"
               "以及恢复它的命令。之后又改过的不再列出。\n"
               "待核实：同一天两人写了不同的值；查清后用 set 写正确的那个值（现值正确也再写一次），即告了结。\n"
               "已裁定的只列裁定；再写被否的值，算新填的内容，并会提示。",
    .more_en = "Lists values that this laptop reported and that were not taken, are kept as a proposal, were replaced by\n"
               "another's, or are to be verified: why, by whom, what the office ruled, and the command that brings each\n"
               "back. What has been changed since is not listed.\n"
               "To be verified: two people wrote different values on one day. Find out, and set the right one (also if it\n"
               "stands there already): that settles it. Of what has been decided only the ruling is shown; to write the\n"
               "value that was ruled against is a new entry, and said so.",
    .options = options,
};
