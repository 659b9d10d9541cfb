/* crash: counts the steps of a laptop's day, then runs that day again and again, cutting it at each step in turn —
 * killed, without power, with one failing call, with a full disk — and checks what is left (day.h).
 *
 *   test_crash MODE [FIRST [LAST]]   MODE: kill, power, fail, full; make: the making of a home, killed */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crashvfs.h"
#include "day.h"
#include "places.h"
#include "village.h"

struct stage {
    struct village v;             /* the state that every run begins with */
    char fresh_laptop[600], fresh_server[600];
    struct day_place place;       /* where a run happens */
    struct day_log *log;          /* shared with the child */
};

static int stage_open(struct stage *s)
{
    if (village_open(&s->v, "crash", 1, 4)) return -1;
    village_path(&s->v, "laptop", 0, s->fresh_laptop, sizeof s->fresh_laptop);
    village_path(&s->v, "server", -1, s->fresh_server, sizeof s->fresh_server);
    village_path(&s->v, "run-laptop", -1, s->place.laptop, sizeof s->place.laptop);
    village_path(&s->v, "run-server", -1, s->place.server, sizeof s->place.server);
    s->place.city = s->v.city;
    home_close(s->v.laptop[0]);
    loopback_close(s->v.server);
    s->v.laptop[0] = NULL;
    s->v.server = NULL;
    s->log = mmap(NULL, sizeof *s->log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return s->log == MAP_FAILED ? -1 : 0;
}

static int stage_reset(struct stage *s)
{
    memset(s->log, 0, sizeof *s->log);
    return place_copy(s->fresh_laptop, s->place.laptop) || place_copy(s->fresh_server, s->place.server) ? -1 : 0;
}

static bool dies(enum crash_mode mode)
{
    return mode == CRASH_KILL || mode == CRASH_POWER;
}

/* Here: the process outlives the step. */
static int run_here(struct stage *s, enum crash_mode mode, long at)
{
    struct err err = {0};
    crashvfs_arm(s->place.laptop, mode, at);
    int rc = day_run(&s->place, s->log, true, &err);
    bool excused = crashvfs_happened();
    crashvfs_disarm();
    if (rc && !excused) fprintf(stderr, "step %ld: %s\n", at, err.en);
    return rc && !excused ? 1 : 0;
}

/* In a process of its own, which dies at the step; returns its exit status. */
static int run_child(struct stage *s, enum crash_mode mode, long at)
{
    struct err err = {0};
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        crashvfs_register();
        crashvfs_arm(s->place.laptop, mode, at);
        int rc = day_run(&s->place, s->log, true, &err);
        if (rc) fprintf(stderr, "step %ld: %s\n", at, err.en);
        _exit(rc && !crashvfs_happened() ? 1 : 0);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

static long count_steps(struct stage *s)
{
    struct err err = {0};
    if (stage_reset(s)) return -1;
    crashvfs_register();
    crashvfs_arm(s->place.laptop, CRASH_COUNT, 0);
    int rc = day_run(&s->place, s->log, true, &err);
    long steps = crashvfs_steps();
    crashvfs_disarm();
    if (rc == 0) rc = day_check(&s->place, s->log, &err);
    if (rc) fprintf(stderr, "an undisturbed day: %s\n", err.en);
    return rc ? -1 : steps;
}

static int run_step(struct stage *s, enum crash_mode mode, long at)
{
    struct err err = {0};
    if (stage_reset(s)) return -1;
    int status = dies(mode) ? run_child(s, mode, at) : run_here(s, mode, at);
    if (status != (dies(mode) ? CRASH_STATUS : 0)) {
        fprintf(stderr, "step %ld: ended with %d\n", at, status);
        return -1;
    }
    if (day_check(&s->place, s->log, &err) == 0) return 0;
    fprintf(stderr, "step %ld (%zu visits saved): %s\n", at, s->log->saved_count, err.en);
    return -1;
}

/* ---- the making of a home ---- */

/* In a process of its own, which dies at step `at`, or counts the steps for its parent. */
static int make_child(const char *path, const struct env *env, long at, long *steps)
{
    struct home *h = NULL;
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        crashvfs_register();
        crashvfs_arm(path, at ? CRASH_KILL : CRASH_COUNT, at);
        int rc = home_create(&h, path, env, NULL);
        home_close(h);
        *steps = crashvfs_steps();
        _exit(rc ? 1 : 0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

/* Whatever is left can be made again, or opened: there is an origin or there is none. */
static int make_again(const char *path, const struct env *env, long at)
{
    struct err err = {0};
    struct home *h = NULL;
    int rc = home_open(&h, path, DB_WRITE, NULL, env, &err);
    bool opened = rc == 0;
    if (rc == ERR_NOT_FOUND || rc == ERR_REFUSED) rc = home_create(&h, path, env, &err);
    if (rc == 0 && h->origin == 0) rc = -1;
    home_close(h);
    h = NULL;
    if (rc == 0) rc = home_create(&h, path, env, &err) == ERR_REFUSED ? 0 : -1; /* once is enough */
    if (rc) fprintf(stderr, "make, step %ld (%s): %s\n", at, opened ? "opened" : "made again", err.en);
    home_close(h);
    return rc;
}

static int make_all(struct stage *s)
{
    long *steps = (long *)(void *)s->log, failed = 0, at = 1;
    const char *path = s->place.laptop;
    int status = make_child(path, &s->v.env.env, 0, steps);
    long count = *steps;
    for (; status == 0 && at <= count && failed < 5; at++) {
        place_remove(path);
        status = make_child(path, &s->v.env.env, at, steps) == CRASH_STATUS ? 0 : -1;
        if (status == 0 && make_again(path, &s->v.env.env, at)) failed++;
    }
    printf("make: a home takes %ld steps; killed at each one; %ld failed\n", count, failed);
    return status == 0 && count > 0 && failed == 0 ? 0 : 1;
}

static enum crash_mode mode_of(const char *name)
{
    if (strcmp(name, "kill") == 0) return CRASH_KILL;
    if (strcmp(name, "power") == 0) return CRASH_POWER;
    if (strcmp(name, "fail") == 0) return CRASH_FAIL;
    return strcmp(name, "full") == 0 ? CRASH_FULL : CRASH_COUNT;
}

int main(int argc, char **argv)
{
    struct stage s = {0};
    enum crash_mode mode = argc > 1 ? mode_of(argv[1]) : CRASH_COUNT;
    bool make = argc > 1 && strcmp(argv[1], "make") == 0;
    if (mode == CRASH_COUNT && !make) return fprintf(stderr, "test_crash kill|power|fail|full|make [FIRST [LAST]]\n"), 2;
    if (stage_open(&s)) return 1;
    if (make) {
        int rc = make_all(&s);
        village_close(&s.v);
        return rc;
    }
    long steps = count_steps(&s), failed = steps < 0;
    long first = argc > 2 ? atol(argv[2]) : 1, last = argc > 3 ? atol(argv[3]) : steps;
    for (long at = first; at <= last && failed < 5; at++)
        if (run_step(&s, mode, at)) failed++;
    printf("%s: a day has %ld steps; cut at %ld to %ld, each one; %ld failed\n", argv[1], steps, first, last, failed);
    village_close(&s.v);
    return failed ? 1 : 0;
}
