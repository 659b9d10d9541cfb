/* sync: one round — push, pull, compare — and what it came to. Neighbour: enrol.c, whose first round is the same. */
#include <inttypes.h>
#include <string.h>

#include "commands.h"
#include "conflict.h"
#include "journal_tally.h"
#include "syncing.h"

/* A refusal does not pass by itself, as a missing signal does: doctor shows it until a round goes through. */
static void remember_refusal(struct cli *c, int rc, const struct err *err)
{
    char text[1000] = "", before[1000];
    if (rc == ERR_DENIED || rc == ERR_REFUSED) snprintf(text, sizeof text, "%s\n%s", err->zh, err->en);
    if (rc && !text[0]) return;
    if (home_meta_text(c->home, META_REFUSAL, before, sizeof before, NULL) == 0 && strcmp(before, text) == 0) return;
    (void)home_meta_set_text(c->home, META_REFUSAL, text, NULL); /* the refusal itself is being told anyway */
}

int syncing_run(struct cli *c, const struct transport *t, bool push_only, int64_t timeout_s, struct sync_report *report,
              struct err *err)
{
    struct cli_progress progress;
    struct sync_options o = {.push_only = push_only, .progress = cli_progress, .progress_ctx = &progress};
    if (timeout_s) o.deadline_ms = cli_now_ms(c) + timeout_s * 1000;
    cli_progress_begin(&progress, c);
    int rc = sync_round(c->home, t, &o, report, err);
    cli_progress_end(&progress);
    remember_refusal(c, rc, err);
    return rc;
}

static const char *yes_no(bool yes)
{
    return yes ? "true" : "false";
}

static void print_json(struct cli *c, const struct transport *t, const struct sync_report *r)
{
    uint64_t up = 0, down = 0;
    send_curl_traffic(t, &up, &down);
    fprintf(c->out,
            "{\"pushed\":%" PRIu64 ",\"pulled\":%" PRIu64 ",\"pending\":%" PRIu64 ",\"quarantined\":%" PRIu64
            ",\"requests\":%" PRIu64 ",\"bytes_up\":%" PRIu64 ",\"bytes_down\":%" PRIu64
            ",\"complete\":%s,\"agree\":%s,\"mended\":%" PRIu64 ",\"removed\":%" PRIu64 "}\n",
            r->pushed, r->pulled, r->pending, r->quarantined, r->requests, up, down, yes_no(r->pulled_all),
            yes_no(r->agree), r->mended, r->removed);
}

void syncing_print(struct cli *c, const struct transport *t, const struct sync_report *r)
{
    if (c->json) {
        print_json(c, t, r);
        return;
    }
    cli_say(c, "上报 %llu，收到 %llu，待上报 %llu", "pushed %llu, pulled %llu, pending %llu", (unsigned long long)r->pushed,
            (unsigned long long)r->pulled, (unsigned long long)r->pending);
    if (r->mended)
        cli_say(c, "已和服务器逐条核对：本机缺的或不一样的 %llu 条，已取来改正；服务器上没有的 %llu 条，已从本机去掉",
                "compared with the server row by row: %llu rows were missing here or read otherwise and were fetched; %llu that "
                "the server does not have for this laptop were removed",
                (unsigned long long)(r->mended - r->removed), (unsigned long long)r->removed);
    if (r->quarantined)
        cli_warn(c, "服务器隔离了 %llu 组改动，原因见 zhucun conflicts", "the server quarantined %llu changesets: zhucun conflicts says why",
                 (unsigned long long)r->quarantined);
    if (r->pulled_all && r->pending == 0 && !r->agree)
        cli_warn(c, "本机记录和服务器的还不一样：下次同步时逐条核对并改正", "the rows here are not yet the same as at the server: the next sync compares them row by row");
    uint64_t conflicts;
    if (conflict_count(c, &conflicts, NULL) == 0 && conflicts)
        cli_warn(c, "本机有 %llu 项内容没有采用、待核实、或已有裁定：见 zhucun inbox、zhucun conflicts",
                 "values of this laptop not taken, to be verified, or decided about: %llu; see zhucun inbox, zhucun conflicts",
                 (unsigned long long)conflicts);
    uint64_t differ;
    if (journal_tally_differ(c->home, &differ, NULL) == 0 && differ)
        cli_warn(c, "有 %llu 项走访数与服务器不符：zhucun verify 列出编号", "%llu counts of visits differ from the server's: zhucun verify lists the ids",
                 (unsigned long long)differ);
}

/* What is left after a round that was cut or refused: the reason, and that nothing is lost. */
static int tell_pending(struct cli *c, int rc, struct err *err)
{
    struct journal_counts counts;
    if ((rc != ERR_OFFLINE && rc != ERR_DENIED) || journal_counts(c->home, &counts, NULL)) return rc;
    size_t zh = 0, en = 0;
    while (zh < sizeof err->zh && err->zh[zh])
        zh++;
    while (en < sizeof err->en && err->en[en])
        en++;
    snprintf(err->zh + zh, sizeof err->zh - zh, "；待上报 %llu", (unsigned long long)counts.pending);
    snprintf(err->en + en, sizeof err->en - en, "; pending: %llu", (unsigned long long)counts.pending);
    return rc;
}

static int run_sync(struct cli *c, struct err *err)
{
    char url[512];
    int64_t timeout_s;
    struct transport t;
    struct sync_report report = {0};
    int rc = cli_value_int(c, "--timeout", 1, 86400, 0, &timeout_s, err);
    if (rc == 0) rc = cli_open(c, DB_WRITE, err);
    if (rc == 0) rc = home_meta_text(c->home, META_SERVER, url, sizeof url, err);
    if (rc) return rc;
    if (!url[0])
        return err_set(err, ERR_REFUSED, "本机还没有注册到服务器；先运行 zhucun enrol", "this laptop is not enrolled: run zhucun enrol first");
    int low_speed_s = timeout_s && timeout_s < SYNCING_LOW_SPEED_S ? (int)timeout_s : SYNCING_LOW_SPEED_S;
    rc = send_curl_open(&t, url, low_speed_s, err);
    if (rc) return rc;
    rc = syncing_run(c, &t, cli_value(c, "--push-only") != NULL, timeout_s, &report, err);
    if (rc == 0) syncing_print(c, &t, &report);
    send_curl_close(&t);
    return tell_pending(c, rc, err);
}

static const struct cli_option options[] = {
    {"--push-only", NULL, "只上报，不取数", "push only"},
    {"--timeout", "S", "最多用多少秒", "at most S seconds"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command sync_command = {
    .name = "sync", .run = run_sync, .words = "",
    .zh = "同步一轮：上报、取数、核对", .en = "one round: push, pull, verify",
    .more_zh = "没有信号时退出码为 75，内容都在本机，下次再报。",
    .more_en = "Without a signal the exit code is 75; everything stays here and goes up the next time.",
    .options = options,
};
