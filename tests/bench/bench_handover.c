/* bench_handover: what it costs the server that 1,000 households change hands — `zhucun-server assign --file` through
 * the running server, with the old assignments ended, new ones begun, notices to the laptops concerned and their scopes
 * brought up to it — against `zhucun-server load` of 1,000 new assignment rows, in turn. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stage.h"
#include "zhucun/csv.h"

enum { KEEPERS = 20, LAPTOPS = 4, NAME = 40, ROUNDS_DAY = 7 };

struct list {
    char (*names)[NAME];
    size_t count, cap;
};

struct run {
    struct bench b;
    struct stage stage;
    struct list households, workers;
    struct laptop laptops[LAPTOPS];
    size_t count; /* households that change hands in a round */
    size_t round;
};

/* ---- who and what: from the roster ---- */

static void keep(struct list *l, const char *name)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 1024;
        l->names = realloc(l->names, l->cap * sizeof l->names[0]);
        if (!l->names) die("no memory", NULL);
    }
    snprintf(l->names[l->count++], NAME, "%s", name);
}

/* The last of the list are kept: who helps far away has none of the first households yet. */
static void keep_last(struct list *l, size_t n)
{
    if (l->count <= n) return;
    memmove(l->names, l->names[l->count - n], n * sizeof l->names[0]);
    l->count = n;
}

static const char *field(const struct csv_record *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->names[i].text, name) == 0) return r->fields[i].text;
    return "";
}

/* The column's values, of rows whose other column has that value; the first ones. */
static void read_sheet(struct run *r, const char *sheet, const char *column, const char *only, const char *value, size_t most,
                       struct list *out)
{
    char path[400];
    struct csv_reader *reader = NULL;
    struct csv_record record;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/roster/%s", r->stage.city, sheet);
    FILE *in = fopen(path, "r");
    if (!in) die(path, NULL);
    must(csv_open(&reader, in, CSV_FORMAT_CSV, &err), path, &err);
    while (out->count < most && csv_next(reader, &record, &err) > 0)
        if (!only || strcmp(field(&record, only), value) == 0) keep(out, field(&record, column));
    csv_close(reader);
    fclose(in);
}

/* ---- a round ---- */

static double timed(const char *const *argv)
{
    double began = seconds();
    process_run(argv, NULL);
    return seconds() - began;
}

static double handed_over(struct run *r)
{
    char path[300], program[512];
    bench_path(&r->b, "handover.csv", path, sizeof path);
    FILE *out = fopen(path, "w");
    if (!out) die(path, NULL);
    fprintf(out, "household,to\n");
    for (size_t i = 0; i < r->count; i++) /* to another keeper than in the round before */
        fprintf(out, "%s,%s\n", r->households.names[i], r->workers.names[(i + r->round) % r->workers.count]);
    fclose(out);
    stage_program(&r->stage, "zhucun-server", program, sizeof program);
    const char *argv[] = {program, "assign", "--data", r->stage.data, "--file", path, "--json", NULL};
    return (double)r->count / timed(argv);
}

/* New rows, in a role of their own, ended the day they begin: they change nothing for the others. */
static double loaded(struct run *r)
{
    char dir[300], path[400], program[512];
    bench_path(&r->b, "sheet", dir, sizeof dir);
    mkdir(dir, 0700);
    snprintf(path, sizeof path, "%s/assignments.csv", dir);
    FILE *out = fopen(path, "w");
    if (!out) die(path, NULL);
    fprintf(out, "household,worker,role,since,until\n");
    for (size_t i = 0; i < r->count; i++) /* the same household and worker never twice: that would be the same row */
        fprintf(out, "%s,%s,监测联系人,2020-01-%02zu,2020-01-%02zu\n", r->households.names[i],
                r->workers.names[(i + r->round + KEEPERS / 2) % r->workers.count], 1 + r->round % ROUNDS_DAY, 1 + r->round % ROUNDS_DAY);
    fclose(out);
    stage_program(&r->stage, "zhucun-server", program, sizeof program);
    const char *argv[] = {program, "load", dir, "--data", r->stage.data, NULL};
    return (double)r->count / timed(argv);
}

static void sync_all(struct run *r)
{
    struct sync_report report;
    for (size_t i = 0; i < LAPTOPS; i++) laptop_sync(&r->laptops[i], false, &report);
}

int main(int argc, char **argv)
{
    struct run *r = must_alloc(1, sizeof *r);
    struct series rates = {0};
    double synced = 0;
    bench_begin(&r->b, "bench_handover", argc, argv);
    r->count = bench_size(&r->b, 1000, 100);
    stage_open(&r->stage, &r->b);
    read_sheet(r, "households.csv", "national_no", NULL, NULL, r->count, &r->households);
    read_sheet(r, "workers.csv", "no", "role", "帮扶责任人", SIZE_MAX, &r->workers);
    keep_last(&r->workers, KEEPERS);
    if (r->households.count < r->count || r->workers.count < KEEPERS) die("the city is too small", NULL);
    for (size_t i = 0; i < LAPTOPS; i++) {
        char name[24];
        snprintf(name, sizeof name, "laptop%zu", i);
        stage_enrol(&r->stage, name, "assigned", r->workers.names[i], &r->laptops[i]);
    }
    for (r->round = 0; r->round < r->b.rounds; r->round++) {
        double yard = loaded(r);
        series_add(&rates, yard, handed_over(r));
        double began = seconds();
        sync_all(r);
        synced += (seconds() - began) / (double)r->b.rounds;
    }
    char yardstick[100], ours[100];
    snprintf(yardstick, sizeof yardstick, "load of new assignment rows: %.0f/s", series_yard(&rates));
    snprintf(ours, sizeof ours, "%.0f households/s, two changes each", series_ours(&rates));
    figure_print(&(struct figure){"—", r->b.smoke ? "100 households change hands" : "1,000 households change hands, `assign --file`", yardstick,
                                  ours, "×", series_ratio(&rates), GOAL_NONE, 0});
    note("after a handover of %zu households, %d laptops that follow assignments took %.2f s in all to be brought up to it", r->count,
         LAPTOPS, synced);
    for (size_t i = 0; i < LAPTOPS; i++) laptop_close(&r->laptops[i]);
    stage_close(&r->stage);
    free(r->households.names);
    free(r->workers.names);
    bench_end(&r->b);
    free(r);
    return 0;
}
