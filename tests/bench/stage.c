/* stage: see stage.h. */
#include "stage.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "enrol.h"

enum { WAIT_MS = 20, WAITS = 1500 };

void stage_program(const struct stage *s, const char *name, char *out, size_t room)
{
    snprintf(out, room, "%s/%s", s->b->programs, name);
}

static int listening(unsigned port, bool bind_it)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = bind_it ? bind(fd, (struct sockaddr *)&at, n) : connect(fd, (struct sockaddr *)&at, n);
    if (rc == 0) rc = getsockname(fd, (struct sockaddr *)&at, &n);
    close(fd);
    return rc ? -1 : (int)ntohs(at.sin_port);
}

static void make_city(struct stage *s)
{
    char program[512];
    stage_program(s, "zhucun-seed", program, sizeof program);
    bench_path(s->b, "city", s->city, sizeof s->city);
    const char *argv[] = {program, "--out", s->city, "--scale", s->b->smoke ? "0.01" : "0.05", NULL};
    process_run(argv, NULL);
}

static void make_server(struct stage *s)
{
    char program[512], roster[300];
    stage_program(s, "zhucun-server", program, sizeof program);
    bench_path(s->b, "server", s->data, sizeof s->data);
    snprintf(roster, sizeof roster, "%s/roster", s->city);
    const char *init[] = {program, "init", "--data", s->data, "--city", STAGE_WHOLE_CITY, NULL};
    const char *load[] = {program, "load", roster, "--data", s->data, NULL};
    process_run(init, NULL);
    process_run(load, NULL);
}

static void start_server(struct stage *s)
{
    char program[512], listen[32], log[300];
    int port = s->b->port ? (int)s->b->port : listening(0, true);
    if (port < 0) die("no free port", NULL);
    stage_program(s, "zhucun-server", program, sizeof program);
    bench_path(s->b, "server.log", log, sizeof log);
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    snprintf(s->url, sizeof s->url, "http://%s", listen);
    const char *argv[] = {program, "serve", "--data", s->data, "--listen", listen, NULL};
    s->server = process_start(argv, log);
    for (int i = 0; i < WAITS && listening((unsigned)port, false) < 0; i++)
        nanosleep(&(struct timespec){0, WAIT_MS * 1000000L}, NULL);
    if (listening((unsigned)port, false) < 0) die("the server does not listen", NULL);
}

void stage_open(struct stage *s, const struct bench *b)
{
    *s = (struct stage){.b = b};
    if (b->city) snprintf(s->city, sizeof s->city, "%s", b->city);
    else make_city(s);
    make_server(s);
    start_server(s);
}

void stage_close(struct stage *s)
{
    process_stop(s->server);
}

void stage_code(const struct stage *s, const char *scope, const char *workers, char code[STAGE_CODE])
{
    char program[512];
    struct buf out;
    buf_init(&out, 4096);
    stage_program(s, "zhucun-server", program, sizeof program);
    const char *argv[] = {program, "enrol", "--json", "--data", s->data, "--scope", scope, *workers ? "--worker" : NULL, workers, NULL};
    process_run(argv, &out);
    json_t *answer = json_loads(buf_text(&out), 0, NULL);
    const char *text = json_string_value(json_object_get(answer, "code"));
    if (!text) die("the server gave no code", NULL);
    snprintf(code, STAGE_CODE, "%s", text);
    json_decref(answer);
    buf_free(&out);
}

void stage_enrol(const struct stage *s, const char *name, const char *scope, const char *workers, struct laptop *l)
{
    char code[STAGE_CODE];
    struct err err = {0};
    struct sync_report report;
    struct enrol_answer *answer = must_alloc(1, sizeof *answer);
    stage_code(s, scope, workers, code);
    bench_path(s->b, name, l->dir, sizeof l->dir);
    must(home_create(&l->home, l->dir, env_system(), &err), "home", &err);
    must(send_curl_open(&l->transport, s->url, 30, &err), "transport", &err);
    must(enrol_home(l->home, &l->transport, s->url, code, answer, &err), "enrol", &err);
    laptop_sync(l, false, &report);
    free(answer);
}

void laptop_close(struct laptop *l)
{
    send_curl_close(&l->transport);
    home_close(l->home);
}

void laptop_reopen(struct laptop *l)
{
    struct err err = {0};
    must(home_open(&l->home, l->dir, DB_WRITE, NULL, env_system(), &err), "home", &err);
}

void laptop_sync(struct laptop *l, bool push_only, struct sync_report *r)
{
    struct err err = {0};
    struct sync_options o = {.push_only = push_only};
    must(sync_round(l->home, &l->transport, &o, r, &err), "sync", &err);
    if (r->pending || r->quarantined || (!push_only && !r->agree)) die("the laptop and the server differ", NULL);
}
