/* sim: the simulation's command line.
 *
 *   sim --seed N [--verbose]          one seed, with every step told
 *   sim --seeds FROM-TO [--jobs J]    many, J at a time (default: one a core); --first: stops at a failure
 *
 * Every 64th seed of a range runs twice and must take the same course. Ends with 1 when a seed failed. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

enum { JOBS = 64, TWICE_EVERY = 64 };

struct job { /* shared with the parent */
    unsigned long long at, failed_count;
    unsigned long done;
    struct sim_counts total;
    pid_t pid;
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(struct sim_counts *to, const struct sim_counts *c)
{
    to->edits += c->edits;
    to->refused += c->refused;
    to->syncs += c->syncs;
    to->messages += c->messages;
    to->crashes += c->crashes;
    to->quarantined += c->quarantined;
    to->lost += c->lost;
    to->proposed += c->proposed;
    to->carried += c->carried;
    to->notices += c->notices;
    to->damaged += c->damaged;
}

static int run_one(struct disk *disk, unsigned long long seed, struct sim_counts *c)
{
    uint64_t first, again;
    int rc = sim_run(disk, seed, false, c, &first);
    if (rc || seed % TWICE_EVERY) return rc;
    struct sim_counts twin;
    rc = sim_run(disk, seed, false, &twin, &again);
    if (rc || first == again) return rc;
    printf("sim: seed %llu FAILED: two runs took different courses\n", seed);
    return -1;
}

static void work(struct job *j, unsigned long long to, unsigned jobs, unsigned most)
{
    struct disk *disk = disk_open();
    struct sim_counts c = {0};
    if (!disk) exit(2);
    for (; j->at <= to && j->failed_count < most; j->at += jobs) {
        j->failed_count += run_one(disk, j->at, &c) != 0;
        add(&j->total, &c);
        j->done++;
    }
    disk_close(disk);
    fflush(stdout);
    exit(0);
}

static void start(struct job *j, unsigned long long to, unsigned jobs, unsigned most)
{
    fflush(stdout);
    j->pid = fork();
    if (j->pid == 0) work(j, to, jobs, most);
}

/* A worker that died took its seed with it: that seed has failed, and the rest goes on. */
static bool bury(struct job *list, unsigned jobs, unsigned long long to, unsigned most, pid_t pid, int status)
{
    for (unsigned i = 0; i < jobs; i++) {
        struct job *j = &list[i];
        if (j->pid != pid) continue;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return false;
        printf("sim: seed %llu FAILED: the process died (status %d)\n  replay: build/bin/sim --seed %llu --verbose\n", j->at, status, j->at);
        j->failed_count++;
        j->done++;
        j->at += jobs;
        if (j->failed_count >= most) return false;
        start(j, to, jobs, most);
        return true;
    }
    return false;
}

static int report(const struct job *list, unsigned jobs, double took)
{
    struct sim_counts t = {0};
    unsigned long done = 0;
    unsigned long long failed = 0;
    for (unsigned i = 0; i < jobs; i++) {
        add(&t, &list[i].total);
        done += list[i].done;
        failed += list[i].failed_count;
    }
    printf("sim: %lu seeds, %llu failed, %.0f s, %.0f seeds/min\n", done, failed, took, took > 0 ? (double)done * 60 / took : 0);
    printf("sim: %lu changesets, %lu acts refused by the laptop, %lu rounds, %lu messages, %lu crashes, %lu quarantined, %lu values lost, "
           "%lu proposals, %lu rows carried along, %lu notices, %lu rows forgotten\n", t.edits, t.refused, t.syncs, t.messages, t.crashes, t.quarantined,
           t.lost, t.proposed, t.carried, t.notices, t.damaged);
    return failed ? 1 : 0;
}

static int run_range(unsigned long long from, unsigned long long to, unsigned jobs, unsigned most)
{
    struct job *list = mmap(NULL, sizeof(struct job) * JOBS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned alive = jobs;
    int status;
    double began = seconds();
    if (list == MAP_FAILED) return 2;
    printf("sim: seeds %llu-%llu, %u at a time\n", from, to, jobs);
    for (unsigned i = 0; i < jobs; i++) {
        list[i].at = from + i;
        start(&list[i], to, jobs, most);
    }
    while (alive > 0) {
        pid_t pid = wait(&status);
        if (pid < 0) break;
        if (!bury(list, jobs, to, most, pid, status)) alive--;
    }
    int rc = report(list, jobs, seconds() - began);
    munmap(list, sizeof(struct job) * JOBS);
    return rc;
}

static int run_seed(unsigned long long seed, bool verbose)
{
    struct disk *disk = disk_open();
    struct sim_counts c = {0};
    uint64_t trace = 0;
    int rc = disk ? sim_run(disk, seed, verbose, &c, &trace) : -1;
    if (disk) disk_close(disk);
    printf("sim: seed %llu %s, course %016llx\n", seed, rc ? "failed" : "passed", (unsigned long long)trace);
    return rc ? 1 : 0;
}

static int usage(void)
{
    fprintf(stderr, "usage: sim --seed N [--verbose] | --seeds FROM-TO [--jobs J] [--first]\n");
    return 2;
}

int main(int argc, char **argv)
{
    unsigned long long from = 0, to = 0;
    long cores = sysconf(_SC_NPROCESSORS_ONLN), jobs = cores > 0 ? cores : 1;
    bool one = false, many = false, verbose = false;
    mallopt(M_MMAP_THRESHOLD, 1 << 30); /* databases come and go: their memory is kept, not given back each time */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    unsigned most = 5; /* failures a job */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--verbose") == 0) verbose = true;
        else if (strcmp(argv[i], "--first") == 0) most = 1;
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) one = sscanf(argv[++i], "%llu", &from) == 1;
        else if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc) many = sscanf(argv[++i], "%llu-%llu", &from, &to) == 2;
        else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc) jobs = atol(argv[++i]);
        else return usage();
    }
    if (one == many || jobs < 1 || jobs > JOBS || (many && to < from)) return usage();
    return one ? run_seed(from, verbose) : run_range(from, to, (unsigned)jobs, most);
}
