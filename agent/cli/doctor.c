/* doctor: what is wrong and what to do, one line a check. Never changes anything; goes on after a failed check, so
 * that one look shows all. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "commands.h"
#include "send.h"
#include "status.h"

enum { LEAST_FREE_MB = 200, MOST_SKEW_S = 300, MOST_PENDING_DAYS = 7, REACH_TIMEOUT_S = 5, ARENA_BYTES = 8 * 1024 * 1024 };

struct doctor {
    struct cli *c;
    struct status status;
    unsigned wrong;
};

/* One finding. `advice` NULL: fine. */
static void tell(struct doctor *d, const char *check, const char *found, const char *advice)
{
    if (advice) d->wrong++;
    if (!d->c->json) {
        cli_say(d->c, "%s %s：%s%s%s", "%s %s: %s%s%s", advice ? "✗" : "✓", check, found, advice ? " → " : "", advice ? advice : "");
        return;
    }
    json_t *o = json_object();
    json_object_set_new(o, "check", json_string(check));
    json_object_set_new(o, "ok", json_boolean(!advice));
    json_object_set_new(o, "found", json_string(found));
    json_object_set_new(o, "advice", advice ? json_string(advice) : json_null());
    json_dumpf(o, d->c->out, JSON_COMPACT);
    fputc('\n', d->c->out);
    json_decref(o);
}

static void check_folder(struct doctor *d)
{
    struct cli *c = d->c;
    struct stat st;
    char found[600];
    const char *check = cli_pick(c, "数据目录", "home");
    snprintf(found, sizeof found, "%s", c->dir);
    if (stat(c->dir, &st) != 0) tell(d, check, found, cli_pick(c, "目录不存在：运行 zhucun enrol", "there is no such folder: run zhucun enrol"));
    else if (!S_ISDIR(st.st_mode)) tell(d, check, found, cli_pick(c, "不是目录：用 --home 另指一处", "not a folder: name another by --home"));
    else if (access(c->dir, R_OK | W_OK | X_OK) != 0) tell(d, check, found, cli_pick(c, "没有读写权限：检查所有者和权限", "no permission to read and write: check owner and mode"));
    else if (st.st_mode & 077) tell(d, check, found, cli_pick(c, "其他用户可进入：chmod 700", "other users can enter: chmod 700"));
    else tell(d, check, found, NULL);
}

static void check_disk(struct doctor *d)
{
    struct cli *c = d->c;
    struct statvfs v;
    char found[100];
    const char *check = cli_pick(c, "磁盘空间", "disk space");
    if (statvfs(c->dir, &v) != 0) return;
    unsigned long long mb = (unsigned long long)v.f_bavail * v.f_frsize / 1000000;
    snprintf(found, sizeof found, "%llu MB", mb);
    if (v.f_flag & ST_RDONLY) tell(d, check, found, cli_pick(c, "磁盘只读：可以查看和导出，不能记录", "read-only: looking and exporting work, writing does not"));
    else tell(d, check, found, mb >= LEAST_FREE_MB ? NULL : cli_pick(c, "空间不足：清理磁盘，已记录的不受影响", "nearly full: make room; what is saved is safe"));
}

/* Opening takes no lock to read; a second look asks for the writer's lock and gives it back at once. */
static bool check_database(struct doctor *d)
{
    struct cli *c = d->c;
    struct err err = {0};
    const char *check = cli_pick(c, "数据库", "database");
    if (cli_open(c, DB_READ, &err)) {
        tell(d, check, err_text(&err, c->lang), cli_pick(c, "打不开：保留目录不动，联系上级", "it does not open: keep the folder as it is and ask the office"));
        return false;
    }
    int rc = db_check(c->home->db, &err);
    if (rc == 0) rc = status_read(c, &d->status, &err);
    tell(d, check, rc ? err_text(&err, c->lang) : cli_pick(c, "完好", "sound"),
         rc ? cli_pick(c, "先 zhucun backup，再联系上级", "run zhucun backup, then ask the office") : NULL);
    return rc == 0;
}

static void check_lock(struct doctor *d)
{
    struct cli *c = d->c;
    struct err err = {0};
    struct db *db = NULL;
    const char *check = cli_pick(c, "占用", "lock");
    int rc = db_open(&db, db_path(c->home->db), DB_WRITE, HOME_APPLICATION_ID, 0, &err);
    db_close(db);
    if (rc == ERR_BUSY) tell(d, check, err_text(&err, c->lang), NULL); /* somebody works: no illness */
    else if (rc) tell(d, check, err_text(&err, c->lang), cli_pick(c, "现在写不了：见上", "writing does not work now: see above"));
    else tell(d, check, cli_pick(c, "无人占用", "free"), NULL);
}

static void check_clock(struct doctor *d)
{
    struct cli *c = d->c;
    char found[120], now[30], off[80];
    const char *check = cli_pick(c, "时钟", "clock");
    int64_t skew_s = d->status.skew_ms / 1000;
    time_format(cli_now_ms(c), now);
    status_clock(c, &d->status, off, sizeof off);
    snprintf(found, sizeof found, cli_pick(c, "%s，%s", "%s, %s"), now, off);
    bool behind = cli_now_ms(c) - d->status.skew_ms < 0 || cli_now_ms(c) + MOST_SKEW_S * 1000LL + d->status.skew_ms < d->status.last_contact_ms;
    bool skewed = skew_s > MOST_SKEW_S || skew_s < -MOST_SKEW_S;
    tell(d, check, found, behind || skewed ? cli_pick(c, "时钟不准：请校时（记录仍会保存和上报）", "the clock is off: set it (records are kept and reported all the same)") : NULL);
}

static void check_pending(struct doctor *d)
{
    struct cli *c = d->c;
    struct arena arena;
    struct changeset *list;
    size_t got = 0;
    uint64_t high = 0;
    int64_t days = 0;
    char found[120];
    const char *check = cli_pick(c, "待上报", "pending");
    arena_init(&arena, ARENA_BYTES);
    if (journal_received(c->home, &high, NULL) == 0 && d->status.counts.pending &&
        journal_read(c->home, high + 1, 1, 1, &arena, &list, &got, NULL) == 0 && got)
        days = (cli_now_ms(c) - hlc_ms(list[0].stamp)) / 86400000;
    arena_free(&arena);
    snprintf(found, sizeof found, "%llu%s%lld%s", (unsigned long long)d->status.counts.pending,
             cli_pick(c, " 组，最早的 ", " changesets, the oldest "), (long long)days, cli_pick(c, " 天前", " days old"));
    tell(d, check, found, days > MOST_PENDING_DAYS ? cli_pick(c, "太久没有上报：到有信号的地方运行 zhucun sync", "not reported for long: run zhucun sync where there is a signal") : NULL);
}

/* What the server said when it refused the last round: a revoked laptop, or a copy of one. */
static void check_refusal(struct doctor *d)
{
    struct cli *c = d->c;
    char text[1000];
    const char *check = cli_pick(c, "上次同步", "last sync");
    if (home_meta_text(c->home, META_REFUSAL, text, sizeof text, NULL)) return;
    char *en = strchr(text, '\n');
    if (en) *en++ = '\0';
    if (en) tell(d, check, cli_pick(c, text, en), cli_pick(c, "数据保留在本机，不要删除，联系上级", "the data stays here: delete nothing, ask the office"));
    else tell(d, check, cli_pick(c, "没有被拒绝", "not refused"), NULL);
}

static void check_visits(struct doctor *d)
{
    struct cli *c = d->c;
    char found[80];
    uint64_t n = d->status.visits_differ;
    snprintf(found, sizeof found, "%llu%s", (unsigned long long)n, cli_pick(c, " 项与服务器不符", " counts differ from the server's"));
    tell(d, cli_pick(c, "走访数", "visits"), n ? found : cli_pick(c, "与服务器相符", "as the server counts them"),
         n ? cli_pick(c, "zhucun verify 列出编号，请告知主管；本机的都在", "zhucun verify lists the ids, tell your supervisor; nothing is lost here") : NULL);
}

static void check_server(struct doctor *d)
{
    struct cli *c = d->c;
    struct transport t;
    struct err err = {0};
    struct send_request q = {.method = "GET", .path = "/healthz", .upload_offset = -1, .upload_length = -1};
    struct send_answer a = {0};
    const char *check = cli_pick(c, "服务器", "server");
    if (!d->status.server[0]) {
        tell(d, check, cli_pick(c, "未注册", "not enrolled"), cli_pick(c, "运行 zhucun enrol", "run zhucun enrol"));
        return;
    }
    buf_init(&a.body, 64 * 1024);
    int rc = send_curl_open(&t, d->status.server, REACH_TIMEOUT_S, &err);
    if (rc == 0) {
        rc = t.request(t.ctx, &q, &a, &err);
        if (rc == 0 && a.status != 200) rc = send_refusal(&a, NULL, &err);
        send_curl_close(&t);
    }
    buf_free(&a.body);
    if (rc == 0) tell(d, check, d->status.server, NULL);
    else tell(d, check, err_text(&err, c->lang), rc == ERR_OFFLINE ? cli_pick(c, "现在离线：照常记录，有信号再同步", "offline now: go on working, sync later") : cli_pick(c, "检查地址和网络", "check the address and the network"));
}

static int run_doctor(struct cli *c, struct err *err)
{
    struct doctor *d = calloc(1, sizeof *d);
    if (!d) return err_nomem(err);
    d->c = c;
    check_folder(d);
    check_disk(d);
    if (check_database(d)) {
        check_lock(d);
        check_clock(d);
        check_pending(d);
        check_refusal(d);
        check_visits(d);
        check_server(d);
    }
    unsigned wrong = d->wrong;
    free(d);
    if (!wrong) return 0;
    return err_set(err, ERR_REFUSED, "有 %u 项需要处理", "checks that need attention: %u", wrong);
}

const struct cli_command doctor_command = {
    .name = "doctor", .run = run_doctor, .words = "",
    .zh = "检查哪里有问题、该怎么办", .en = "what is wrong and what to do",
    .more_zh = "只看不改；有需要处理的项时退出码 1。",
    .more_en = "Looks and changes nothing; exits with 1 when something needs attention.",
};
