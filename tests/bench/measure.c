/* measure: see measure.h. */
#include "measure.h"

#include <ftw.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5 };

/* ---- options ---- */

static const char usage[] =
    "usage: %s --programs DIR [--city DIR] [--rounds N] [--port N] [--smoke] [--text FILE]… [--peer NAME=COMMAND]…\n";

static void take(struct bench *b, int option, const char *program)
{
    switch (option) {
    case 's': b->smoke = true; return;
    case 'b': b->programs = optarg; return;
    case 'c': b->city = optarg; return;
    case 'r': b->rounds = strtoul(optarg, NULL, 10); return;
    case 'p': b->port = (unsigned)strtoul(optarg, NULL, 10); return;
    case 't':
        if (b->text_count < sizeof b->texts / sizeof b->texts[0]) b->texts[b->text_count++] = optarg;
        return;
    case 'e':
        if (b->peer_count < BENCH_MAX_PEERS) b->peers[b->peer_count++] = optarg;
        return;
    default: fprintf(stderr, usage, program); exit(2);
    }
}

static void make_folder(struct bench *b)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(b->dir, sizeof b->dir, "%.150s/zhucun-bench-XXXXXX", tmp && *tmp ? tmp : "/var/tmp");
    if (!mkdtemp(b->dir)) die("no temporary folder", NULL);
}

void bench_begin(struct bench *b, const char *name, int argc, char **argv)
{
    static const struct option names[] = {
        {"smoke", no_argument, NULL, 's'},       {"programs", required_argument, NULL, 'b'},
        {"city", required_argument, NULL, 'c'},  {"rounds", required_argument, NULL, 'r'},
        {"port", required_argument, NULL, 'p'},  {"text", required_argument, NULL, 't'},
        {"peer", required_argument, NULL, 'e'},  {NULL, 0, NULL, 0},
    };
    int option;
    *b = (struct bench){.name = name, .programs = "build/bin"};
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        take(b, option, name);
    if (b->rounds == 0) b->rounds = b->smoke ? 1 : ROUNDS;
    if (b->rounds > BENCH_MAX_ROUNDS) b->rounds = BENCH_MAX_ROUNDS;
    make_folder(b);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void bench_end(struct bench *b)
{
    nftw(b->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

size_t bench_size(const struct bench *b, size_t full, size_t tiny)
{
    return b->smoke ? tiny : full;
}

void bench_path(const struct bench *b, const char *name, char *out, size_t room)
{
    snprintf(out, room, "%s/%s", b->dir, name);
}

/* ---- failures, clock ---- */

void die(const char *what, const struct err *err)
{
    fprintf(stderr, "bench: %s%s%s\n", what, err && err->en[0] ? ": " : "", err ? err->en : "");
    exit(1);
}

void must(int rc, const char *what, const struct err *err)
{
    if (rc < 0) die(what, err);
}

void *must_alloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory) die("no memory", NULL);
    return memory;
}

double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- series ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *list, size_t count)
{
    double sorted[BENCH_MAX_ROUNDS];
    if (count == 0) return 0;
    memcpy(sorted, list, count * sizeof list[0]);
    qsort(sorted, count, sizeof sorted[0], by_size);
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

void series_add(struct series *s, double yard, double ours)
{
    if (s->count == BENCH_MAX_ROUNDS) die("too many rounds", NULL);
    s->yard[s->count] = yard;
    s->ours[s->count++] = ours;
}

double series_yard(const struct series *s)
{
    return median(s->yard, s->count);
}

double series_ours(const struct series *s)
{
    return median(s->ours, s->count);
}

double series_ratio(const struct series *s)
{
    double ratio[BENCH_MAX_ROUNDS];
    for (size_t i = 0; i < s->count; i++)
        ratio[i] = s->yard[i] > 0 ? s->ours[i] / s->yard[i] : 0;
    return median(ratio, s->count);
}

/* ---- rows ---- */

void figure_print(const struct figure *f)
{
    const char *met = "—", *sign = "";
    char bound[48] = "—", ratio[48];
    if (f->goal == GOAL_AT_LEAST) sign = "≥", met = f->ratio >= f->bound ? "yes" : "**no**";
    if (f->goal == GOAL_AT_MOST) sign = "≤", met = f->ratio <= f->bound ? "yes" : "**no**";
    if (f->goal != GOAL_NONE) snprintf(bound, sizeof bound, "%s %g%s", sign, f->bound, f->unit);
    snprintf(ratio, sizeof ratio, f->ratio < 10 ? "%.2f%s" : "%.1f%s", f->ratio, f->unit);
    printf("| %s | %s | %s | %s | %s | %s | %s |\n", f->number, f->what, f->yardstick, f->ours, ratio, bound, met);
    fflush(stdout);
}

void note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("note: ", stdout);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    fflush(stdout);
}
