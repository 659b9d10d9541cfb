/* run: the order of things. First trouble — people write, laptops sync when they can, clocks jump, machines die,
 * messages get lost — then peace: everybody syncs until nothing changes, and everything is compared. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes.h"
#include "places.h"
#include "sim.h"

enum { ROUNDS = 8, MINUTE_MS = 60000, HOUR_MS = 3600000 };
static const int64_t day_ms = 24 * HOUR_MS, year_ms = INT64_C(365) * 24 * HOUR_MS;

/* ---- dice and words ---- */

uint64_t sim_dice(struct sim *s)
{
    return fake_random(&s->dice);
}

uint64_t sim_below(struct sim *s, uint64_t n)
{
    return n ? sim_dice(s) % n : 0;
}

bool sim_chance(struct sim *s, unsigned of_hundred)
{
    return sim_below(s, 100) < of_hundred;
}

void sim_say(struct sim *s, const char *format, ...)
{
    char words[300];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    for (const char *p = words; *p; p++) s->trace = (s->trace ^ (uint64_t)(unsigned char)*p) * UINT64_C(0x100000001B3);
    if (s->verbose) printf("%lld %s\n", (long long)s->now_ms, words);
}

void sim_fail(struct sim *s, const char *check, const char *format, ...)
{
    char words[1500];
    va_list args;
    if (s->failed) return;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    s->failed = true;
    printf("sim: seed %llu FAILED at %s\n  %s\n  replay: build/bin/sim --seed %llu --verbose\n", (unsigned long long)s->seed, check,
           words, (unsigned long long)s->seed);
    fflush(stdout);
}

/* ---- steps ---- */

static int sync_laptop(struct laptop *l, const struct sync_options *o)
{
    struct sim *s = l->sim;
    struct sync_report r;
    struct err err = {0};
    struct transport t = net_transport(l);
    unsigned long failures = disk_failures(s->disk);
    int rc = sync_round(l->home, &t, o, &r, &err);
    bool weather = rc == ERR_OFFLINE || (rc == ERR_PEER && !s->peace) || disk_failures(s->disk) != failures;
    s->count.syncs++;
    sim_say(s, "%s syncs: %d, pushed %llu, pulled %llu, agree %d", l->folder + strlen(s->dir) + 1, rc, (unsigned long long)r.pushed,
            (unsigned long long)r.pulled, r.agree);
    if (rc && !weather && !disk_dead(s->disk, l->machine)) sim_fail(s, "sync", "%s: %s", l->folder, err.en);
    bool differs = rc == 0 && !o->push_only && r.pulled_all && r.pending == 0 && !r.agree;
    if (differs) check_sums(s);
    if (differs && !s->failed) check_laptop(l); /* names the row, if one differs */
    if (differs) sim_fail(s, "P3", "%s: fingerprints differ after a whole round", l->folder);
    if (!disk_dead(s->disk, l->machine) && !s->failed) check_pending(l);
    return rc ? rc : r.pushed || r.pulled;
}

static void no_sleep(void *ctx, int ms)
{
    ((struct sim *)ctx)->now_ms += ms;
}

static struct sync_options options_some(struct sim *s)
{
    struct sync_options o = {.sleep_ms = no_sleep, .sleep_ctx = s};
    o.push_only = sim_chance(s, 15);
    if (sim_chance(s, 40)) o.bundle_changesets = 1 + sim_below(s, 3);
    if (sim_chance(s, 30)) o.max_answer_bytes = 1 + sim_below(s, 800);
    if (sim_chance(s, 10)) o.deadline_ms = 1; /* long over */
    return o;
}

static struct laptop *laptop_some(struct sim *s)
{
    return &s->laptops[sim_below(s, s->laptop_count)];
}

/* Minutes, to years: 2016 and 2034 are where dead batteries put a laptop. */
static void clock_jumps(struct laptop *l)
{
    struct sim *s = l->sim;
    switch (sim_below(s, 5)) {
    case 0: l->wrong_ms = -6 * year_ms; break;
    case 1: l->wrong_ms = 12 * year_ms; break;
    case 2: l->wrong_ms = 0; break;
    case 3: l->wrong_ms += (int64_t)sim_below(s, 4) * HOUR_MS - 2 * HOUR_MS; break;
    default: l->wrong_ms += (int64_t)sim_below(s, 10) * day_ms - 5 * day_ms; break;
    }
    sim_say(s, "%s is %lld ms wrong", l->folder + strlen(s->dir) + 1, (long long)l->wrong_ms);
}

static void restart(struct sim *s)
{
    struct laptop *l = laptop_some(s);
    if (sim_chance(s, 30)) {
        server_stop(s); /* machines_recover starts it */
        return;
    }
    if (l->version < SCHEMA_VERSION && sim_chance(s, 50)) l->version++; /* a new program */
    laptop_stop(l); /* likewise */
}

static void step(struct sim *s)
{
    uint64_t dice = sim_below(s, 200);
    struct laptop *l = laptop_some(s);
    s->now_ms += (int64_t)sim_below(s, 10 * MINUTE_MS);
    if (dice < 118) {
        edit_once(l);
    } else if (dice < 166) {
        struct sync_options o = options_some(s);
        sync_laptop(l, &o);
    } else if (dice < 176) {
        s->now_ms += (int64_t)sim_below(s, 3) * HOUR_MS + (sim_chance(s, 30) ? (int64_t)sim_below(s, 4) * day_ms : 0);
    } else if (dice < 183) {
        clock_jumps(l);
    } else if (dice < 188) {
        disk_arm(s->disk, l->machine, 1 + (long)sim_below(s, 60));
    } else if (dice < 191) {
        int machine = sim_chance(s, 30) ? l->machine : s->server_machine;
        if (sim_chance(s, 50)) disk_arm(s->disk, machine, 1 + (long)sim_below(s, 60));
        else disk_fail(s->disk, machine, 1 + (long)sim_below(s, 60));
    } else if (dice < 194) {
        net_late(s);
    } else if (dice < 196) {
        supervisor_read(s, false);
    } else if (dice < 198) {
        damage_once(l);
    } else {
        restart(s);
    }
}

/* ---- peace ---- */

/* True: nothing moved any more. */
static bool quiet_round(struct sim *s)
{
    struct sync_options o = {.sleep_ms = no_sleep, .sleep_ctx = s};
    bool moved = false;
    for (size_t i = 0; i < s->laptop_count && !s->failed; i++) {
        int rc = sync_laptop(&s->laptops[i], &o);
        if (rc < 0) sim_fail(s, "P3", "%s cannot sync in peace: %d", s->laptops[i].folder, rc);
        moved = moved || rc > 0;
    }
    return !moved;
}

static void make_peace(struct sim *s)
{
    int rounds = 0;
    s->trouble = 0;
    s->peace = true;
    for (size_t i = 0; i <= s->laptop_count; i++) {
        int machine = i < s->laptop_count ? s->laptops[i].machine : s->server_machine;
        disk_arm(s->disk, machine, 0);
        disk_fail(s->disk, machine, 0);
    }
    machines_recover(s);
    sim_say(s, "peace");
    while (!s->failed && !quiet_round(s))
        if (++rounds == ROUNDS) sim_fail(s, "P3", "it does not come to rest in %d rounds", ROUNDS);
}

static void check_all(struct sim *s)
{
    check_server(s);
    if (!s->failed) check_sums(s);
    for (size_t i = 0; i < s->laptop_count && !s->failed; i++) check_laptop(&s->laptops[i]);
    if (!s->failed) audit_visits(s);
    if (!s->failed) audit_ledger(s);
    if (!s->failed) supervisor_check(s);
}

/* Most laptops have been given their snapshot before anything happens. */
static void first_day(struct sim *s)
{
    struct sync_options o = {.sleep_ms = no_sleep, .sleep_ctx = s};
    for (size_t i = 0; i < s->laptop_count && !s->failed; i++)
        if (sim_chance(s, 85)) sync_laptop(&s->laptops[i], &o);
}

static void play(struct sim *s)
{
    first_day(s);
    uint64_t steps = 30 + sim_below(s, sim_chance(s, 20) ? 300 : 110);
    s->trouble = sim_chance(s, 20) ? 0 : (int)sim_below(s, 25);
    for (uint64_t i = 0; i < steps && !s->failed; i++) {
        step(s);
        machines_recover(s);
    }
    if (!s->failed) make_peace(s);
    if (!s->failed) check_all(s);
}

int sim_run(struct disk *disk, uint64_t seed, bool verbose, struct sim_counts *counts, uint64_t *trace)
{
    struct sim *s = calloc(1, sizeof *s);
    if (!s) return -1;
    s->seed = seed;
    s->verbose = verbose;
    s->disk = disk;
    s->dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    arena_init(&s->arena, 512u * 1024 * 1024);
    disk_seed(disk, sim_dice(s));
    if (place_make(s->dir, sizeof s->dir, "sim")) sim_fail(s, "world", "no temporary folder");
    else if (world_make(s) == 0) play(s);
    world_end(s);
    place_remove(s->dir);
    int rc = s->failed ? -1 : 0;
    if (trace) *trace = s->trace;
    if (counts) *counts = s->count;
    free(s);
    return rc;
}
