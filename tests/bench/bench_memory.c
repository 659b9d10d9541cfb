/* bench_memory: B10. Peak resident memory of the agent in a month's sync — a snapshot of its villages, then 500
 * visits pushed — as the processes that a person starts; and of the server with 2,000 open idle connections and
 * under a fleet of 200 laptops. Figures are MiB against fixed bounds: there is no yardstick to run in turn, except
 * that the server is measured before the first connection too. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "visits.h"
#include "zhucun/csv.h"

enum { VISITS = 500, CONNECTIONS = 2000, DEVICES = 200, FILES_KEPT = 100, WORDS = 8192 };

struct run {
    struct bench b;
    struct stage stage;
    char zhucun[512];
    char name[64], scope[WORDS], workers[WORDS]; /* a laptop of the city */
};

static void report(const char *what, const char *beside, long kb, double bound)
{
    char ours[40];
    snprintf(ours, sizeof ours, "%ld KiB", kb);
    figure_print(&(struct figure){"B10", what, beside, ours, " MiB", (double)kb / 1024, bound > 0 ? GOAL_AT_MOST : GOAL_NONE, bound});
}

/* ---- agent ---- */

static void pick_laptop(struct run *r)
{
    char path[300], *fields[] = {r->name, r->scope, r->workers};
    static const char *const names[] = {"laptop", "scope", "workers"};
    static const size_t rooms[] = {sizeof r->name, sizeof r->scope, sizeof r->workers};
    struct csv_reader *reader;
    struct csv_record record;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/laptops.csv", r->stage.city);
    FILE *in = fopen(path, "r");
    if (!in || csv_open(&reader, in, CSV_FORMAT_CSV, &err) || csv_next(reader, &record, &err) != 1) die(path, &err);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < record.count; i++)
            if (strcmp(record.names[i].text, names[k]) == 0)
                snprintf(fields[k], rooms[k], "%.*s", (int)record.fields[i].n, record.fields[i].text);
    csv_close(reader);
    fclose(in);
}

/* The laptop's own visits, again and again up to `most`. */
static void write_acts(const struct run *r, const char *path, size_t most)
{
    char from[400];
    FILE *to = fopen(path, "w");
    if (!to) die(path, NULL);
    snprintf(from, sizeof from, "%s/acts/%s.ndjson", r->stage.city, r->name);
    for (size_t count = 0, n = 1; count < most && n > 0; count += n)
        n = visits_filter(from, to, most - count, NULL, NULL);
    if (fclose(to)) die(path, NULL);
}

static long largest(long a, long b)
{
    return a > b ? a : b;
}

static void measure_agent(struct run *r)
{
    char code[STAGE_CODE], home[256], acts[256];
    stage_code(&r->stage, r->scope, r->workers, code);
    bench_path(&r->b, "agent", home, sizeof home);
    bench_path(&r->b, "month.ndjson", acts, sizeof acts);
    write_acts(r, acts, bench_size(&r->b, VISITS, 10));
    const char *enrol[] = {r->zhucun, "enrol", "--home", home, "--server", r->stage.url, "--code", code, NULL};
    const char *import[] = {r->zhucun, "import", "acts", acts, "--home", home, NULL};
    const char *sync[] = {r->zhucun, "sync", "--home", home, NULL};
    struct rusage self;
    getrusage(RUSAGE_SELF, &self);
    long snapshot = process_run(enrol, NULL), import_kb = process_run(import, NULL), push = process_run(sync, NULL);
    report("agent's peak in a month's sync (snapshot of its villages; 500 visits pushed)", "—", largest(snapshot, push), 16);
    note("B10, agent: enrol with snapshot %ld KiB, import of the visits %ld KiB, sync %ld KiB (the bench itself, below which nothing "
         "can be seen: %ld KiB)", snapshot, import_kb, push, self.ru_maxrss);
}

/* ---- connections ---- */

static int connect_to(unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at)) die("cannot connect", NULL);
    return fd;
}

/* One request on a connection that stays open: it then has its buffers, as a laptop's has between two requests. */
static void ask(int fd)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char answer[1024];
    if (send(fd, request, sizeof request - 1, 0) != (ssize_t)(sizeof request - 1) || recv(fd, answer, sizeof answer, 0) <= 0)
        die("no answer", NULL);
    if (strncmp(answer, "HTTP/1.1 2", 10) != 0) die("the health check failed", NULL);
}

static size_t raise_files(size_t wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files)) return 0;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files)) return 0;
    size_t room = (size_t)files.rlim_cur - FILES_KEPT;
    return room < wanted ? room : wanted;
}

static void measure_connections(struct run *r)
{
    size_t count = raise_files(bench_size(&r->b, CONNECTIONS, 20));
    unsigned port = (unsigned)strtoul(strrchr(r->stage.url, ':') + 1, NULL, 10);
    int *fds = must_alloc(count, sizeof *fds);
    char beside[80];
    long before = process_kb(r->stage.server, "VmRSS");
    for (size_t i = 0; i < count; i++)
        fds[i] = connect_to(port);
    for (size_t i = 0; i < count; i++)
        ask(fds[i]);
    long with = process_kb(r->stage.server, "VmRSS");
    for (size_t i = 0; i < count; i++)
        ask(fds[i]); /* all were open at once, and still are */
    snprintf(beside, sizeof beside, "before: %ld KiB", before);
    report(r->b.smoke ? "server with 20 open idle connections" : "server with 2,000 open idle connections", beside, with, 64);
    if (count) note("B10, server: %.1f KiB a connection", (double)(with - before) / (double)count);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
    free(fds);
}

/* ---- fleet ---- */

static void write_laptops(const struct run *r, const char *path, size_t count)
{
    FILE *f = fopen(path, "w");
    if (!f) die(path, NULL);
    fputs("laptop,wave,scope,workers\n", f);
    for (size_t i = 0; i < count; i++)
        fprintf(f, "F%06zu,1,%s,%s\n", i, r->scope, r->workers);
    if (fclose(f)) die(path, NULL);
}

static void measure_fleet(struct run *r)
{
    char program[512], fleet[512], laptops[256], codes[256], homes[256];
    size_t count = bench_size(&r->b, DEVICES, 3);
    stage_program(&r->stage, "zhucun-server", program, sizeof program);
    stage_program(&r->stage, "zhucun-fleet", fleet, sizeof fleet);
    bench_path(&r->b, "fleet.csv", laptops, sizeof laptops);
    bench_path(&r->b, "codes.csv", codes, sizeof codes);
    bench_path(&r->b, "homes", homes, sizeof homes);
    write_laptops(r, laptops, count);
    const char *enrol[] = {program, "enrol", "--data", r->stage.data, "--batch", laptops, "-o", codes, NULL};
    const char *run[] = {fleet, "--server", r->stage.url, "--codes", codes, "--homes", homes, "--visits", "20", "--threads", "16", NULL};
    struct buf out;
    buf_init(&out, 64 * 1024);
    process_run(enrol, NULL);
    process_forget_peak(r->stage.server);
    process_run(run, &out);
    report(r->b.smoke ? "server's peak under a fleet of 3 laptops" : "server's peak under a fleet of 200 laptops, 16 at a time", "—",
           process_kb(r->stage.server, "VmHWM"), 256);
    buf_free(&out);
}

int main(int argc, char **argv)
{
    struct run *r = must_alloc(1, sizeof *r);
    bench_begin(&r->b, "bench_memory", argc, argv);
    stage_open(&r->stage, &r->b);
    stage_program(&r->stage, "zhucun", r->zhucun, sizeof r->zhucun);
    pick_laptop(r);
    measure_agent(r);
    measure_connections(r);
    measure_fleet(r);
    stage_close(&r->stage);
    bench_end(&r->b);
    free(r);
    return 0;
}
