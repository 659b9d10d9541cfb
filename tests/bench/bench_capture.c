/* bench_capture: B1. One visit saved for good by the laptop's one write path — row, journal entry, overlay, one
 * commit — against a bare INSERT of the same visit, one commit each, WAL and synchronous=FULL on both sides. In turn
 * every BLOCK visits, so that a slow moment of the disk meets both. fsyncs are counted in syncs.c. */
#include <stdio.h>

#include "capture.h"
#include "syncs.h"
#include "visits.h"
#include "yard.h"

enum { BLOCK = 50, BARE_ORIGIN = 77 };

struct side {
    double s;       /* time of this round */
    size_t syncs, saved;
};

struct run {
    struct visits visits;
    struct laptop laptop;
    struct yard yard;
    size_t next;
    struct side bare, ours;
};

static const struct changeset *pick(struct run *r, size_t i)
{
    return &r->visits.list[(r->next + i) % r->visits.count];
}

static void bare_block(struct run *r, size_t n)
{
    double began = seconds();
    size_t syncs = syncs_count();
    for (size_t i = 0; i < n; i++)
        yard_put(&r->yard, row_id_make(BARE_ORIGIN, r->next + i + 1, 0), pick(r, i));
    r->bare.s += seconds() - began;
    r->bare.syncs += syncs_count() - syncs;
    r->bare.saved += n;
}

static void save(struct home *h, const struct changeset *visit)
{
    struct capture *c;
    struct row_id id;
    struct err err = {0};
    must(capture_begin(&c, h, visit->author, visit->observed, &err), "begin", &err);
    visits_put(c, h, visit, &id);
    must(capture_commit(c, NULL, &err), "commit", &err);
}

static void our_block(struct run *r, size_t n)
{
    double began = seconds();
    size_t syncs = syncs_count();
    for (size_t i = 0; i < n; i++)
        save(r->laptop.home, pick(r, i));
    r->ours.s += seconds() - began;
    r->ours.syncs += syncs_count() - syncs;
    r->ours.saved += n;
}

static void round_of(struct run *r, size_t visits, struct series *rates)
{
    r->bare.s = r->ours.s = 0;
    for (size_t done = 0; done < visits; done += BLOCK) {
        bare_block(r, BLOCK);
        our_block(r, BLOCK);
        r->next += BLOCK;
    }
    series_add(rates, (double)visits / r->bare.s, (double)visits / r->ours.s);
}

static void report(const struct run *r, const struct series *rates)
{
    char yardstick[80], ours[80];
    double per_bare = (double)r->bare.syncs / (double)r->bare.saved, per_ours = (double)r->ours.syncs / (double)r->ours.saved;
    snprintf(yardstick, sizeof yardstick, "bare INSERT, FULL: %.0f/s, %.3f fsyncs each", series_yard(rates), per_bare);
    snprintf(ours, sizeof ours, "%.0f/s, %.3f fsyncs each", series_ours(rates), per_ours);
    figure_print(&(struct figure){"B1", "one visit saved for good, with its journal entry", yardstick, ours, "×",
                                  series_ratio(rates), GOAL_AT_LEAST, 0.9});
    figure_print(&(struct figure){"B1", "fsyncs a visit, those of checkpoints included", "1 and its share of checkpoints", ours, "",
                                  per_ours, GOAL_AT_MOST, 1.05});
}

int main(int argc, char **argv)
{
    struct bench b;
    struct stage stage;
    struct laptop first;
    struct run r = {0};
    struct series rates = {0};
    char path[256];
    bench_begin(&b, "bench_capture", argc, argv);
    stage_open(&stage, &b);
    stage_enrol(&stage, "first", STAGE_WHOLE_CITY, "", &first);
    visits_of_city(&r.visits, &stage, &first, SIZE_MAX);
    stage_enrol(&stage, "laptop", STAGE_WHOLE_CITY, "", &r.laptop);
    stage_close(&stage);
    bench_path(&b, "bare.db", path, sizeof path);
    yard_open(&r.yard, path);
    for (size_t i = 0; i < b.rounds; i++)
        round_of(&r, bench_size(&b, 2000, BLOCK), &rates);
    if (r.ours.syncs < r.ours.saved || r.bare.syncs < r.bare.saved) die("fewer fsyncs than visits", NULL);
    report(&r, &rates);
    yard_close(&r.yard);
    visits_free(&r.visits);
    laptop_close(&first);
    laptop_close(&r.laptop);
    bench_end(&b);
    return 0;
}
