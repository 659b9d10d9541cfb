/* enrol: makes this laptop known to the server by a one-time code, then fetches its scope. The home is made before
 * the server is asked, so that a failed try is repeated with the same origin. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "commands.h"
#include "enrol.h"
#include "syncing.h"

enum { START_WAIT_S = 5, START_LOOK_MS = 250 };

static int open_or_create(struct cli *c, struct err *err)
{
    char file[600];
    struct stat st;
    snprintf(file, sizeof file, "%s/zhucun.db", c->dir);
    if (stat(file, &st) != 0) return home_create(&c->home, c->dir, c->env, err);
    int rc = home_open(&c->home, c->dir, DB_WRITE, NULL, c->env, err);
    /* a home whose making was cut has no origin yet: make it again */
    return rc == ERR_NOT_FOUND ? home_create(&c->home, c->dir, c->env, err) : rc;
}

static int check_free(struct cli *c, struct err *err)
{
    char server[512];
    int rc = home_meta_text(c->home, META_SERVER, server, sizeof server, err);
    if (rc == 0 && server[0])
        rc = err_set(err, ERR_REFUSED, "本机已注册到 %.200s；另一个注册请用另一个 --home", "this laptop is enrolled at %.200s already; use another --home for another enrolment",
                     server);
    return rc;
}

static void print(struct cli *c, const struct enrol_answer *a, const struct transport *t, const struct sync_report *r)
{
    if (c->json) {
        syncing_print(c, t, r);
        return;
    }
    if (a->place_count) cli_say(c, "已注册为 %s，范围 %zu 处", "enrolled as %s, places in its scope: %zu", a->device, a->place_count);
    else cli_say(c, "已注册为 %s，范围为帮扶的户", "enrolled as %s, for the assigned households", a->device);
    syncing_print(c, t, r);
}

/* A server that was started a moment ago refuses connections until it has opened its store. */
static int ask(struct cli *c, const char *url, const struct transport *t, struct enrol_answer *answer, struct err *err)
{
    int rc = enrol_home(c->home, t, url, cli_value(c, "--code"), answer, err);
    if (rc == ERR_OFFLINE && send_curl_refused(t))
        cli_warn(c, "%.200s 还没有程序接受连接，最多再等 %d 秒", "nobody listens at %.200s yet: waiting up to %d seconds", url, START_WAIT_S);
    for (int ms = 0; rc == ERR_OFFLINE && send_curl_refused(t) && ms < START_WAIT_S * 1000; ms += START_LOOK_MS) {
        nanosleep(&(struct timespec){.tv_nsec = START_LOOK_MS * 1000000L}, NULL);
        rc = enrol_home(c->home, t, url, cli_value(c, "--code"), answer, err);
    }
    return rc;
}

static int enrol(struct cli *c, const char *url, const struct transport *t, struct err *err)
{
    static const int64_t no_limit = 0;
    struct enrol_answer *answer = calloc(1, sizeof *answer);
    struct sync_report report = {0};
    if (!answer) return err_nomem(err);
    int rc = ask(c, url, t, answer, err);
    if (rc == 0) {
        rc = syncing_run(c, t, false, no_limit, &report, err);
        if (rc) err_where(err, rc, "已注册为 %s，但第一次同步没有完成，请再运行 zhucun sync", "enrolled as %s, but the first sync did not finish, run zhucun sync again", answer->device);
    }
    if (rc == 0) print(c, answer, t, &report);
    free(answer);
    return rc;
}

static int run_enrol(struct cli *c, struct err *err)
{
    const char *url = cli_value(c, "--server");
    struct transport t;
    if (!url || !cli_value(c, "--code"))
        return err_set(err, ERR_USAGE, "用法：zhucun enrol --server URL --code CODE", "usage: zhucun enrol --server URL --code CODE");
    if (strlen(url) > 400) return err_set(err, ERR_USAGE, "服务器地址太长", "the server's address is too long");
    int rc = send_curl_open(&t, url, SYNCING_LOW_SPEED_S, err);
    if (rc) return rc;
    rc = open_or_create(c, err);
    if (rc == 0) rc = check_free(c, err);
    if (rc == 0) rc = enrol(c, url, &t, err);
    send_curl_close(&t);
    return rc;
}

static const struct cli_option options[] = {
    {"--server", "URL", "服务器地址", "the server's address"},
    {"--code", "CODE", "一次性注册码，由上级发给", "the one-time code that the office handed out"},
    {NULL, NULL, NULL, NULL},
};

const struct cli_command enrol_command = {
    .name = "enrol", .run = run_enrol, .words = "--server URL --code CODE",
    .zh = "把这台电脑注册到服务器并取回范围内的数据", .en = "enrol this laptop and fetch its scope",
    .more_zh = "服务器刚启动还不接受连接时等几秒。服务器不在时退出码为 75，可以再试，本机身份不变。",
    .more_en = "A server that is just starting is waited for, some seconds. If it is not there the exit code is 75; try again,\n"
               "the laptop stays the same origin.",
    .options = options,
};
