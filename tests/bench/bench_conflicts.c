/* bench_conflicts: B11. What a conflict costs. The second of two laptops edits two cells of each household; as ours it
 * had not seen the first one's edits of the same cells, as yardstick it had. Both sides decode, merge, write rows, feed
 * and ledger; only the merge's answer differs: half of the conflicts are won, half are lost. In turn, in each round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "measure.h"

enum { PUSH = 20, GROUP = 50, CELLS = 2, HOUSEHOLDS = 4000, TINY = 200, VILLAGES = 50, FIRST_DAY = 20000, TEXT = 40 };

struct writer {
    uint64_t origin, seq, stamp, base;
    int64_t day, odd_day;   /* when it saw every other household */
    struct digest hash;
};

struct run {
    struct store *store;
    struct row_id *households;
    size_t count;
    int64_t now_ms;
    uint64_t origins;
};

static uint64_t head_of(struct run *r)
{
    struct err err = {0};
    uint64_t head = 0;
    must(store_head(r->store, &head, &err), "head", &err);
    return head;
}

static void chain_on(struct writer *w, const struct changeset *cs)
{
    struct buf b;
    struct err err = {0};
    buf_init(&b, CHANGE_MAX_BYTES + 4096);
    must(changeset_encode(cs, &b, &err), "encode", &err);
    chain_next(&w->hash, b.data, b.len);
    buf_free(&b);
}

static struct changeset next_changeset(struct run *r, struct writer *w, struct change *changes, size_t count)
{
    w->stamp = hlc_next(w->stamp, r->now_ms += 1000);
    return (struct changeset){.origin = w->origin, .seq = ++w->seq, .stamp = w->stamp, .base = w->base,
                              .schema = SCHEMA_VERSION, .observed = w->day, .changes = changes, .count = count};
}

static void push_group(struct run *r, const struct buf *bundles, const struct writer *w, size_t count)
{
    struct intake_push *p = must_alloc(count, sizeof *p), **list = must_alloc(count, sizeof *list);
    struct intake_result *results = must_alloc(count, sizeof *results);
    for (size_t i = 0; i < count; i++) {
        p[i] = (struct intake_push){.origin = w->origin, .bytes = bundles[i].data, .n = bundles[i].len,
                                    .agent_clock_ms = r->now_ms, .received_ms = r->now_ms};
        list[i] = &p[i];
    }
    intake_batch(r->store, env_system(), NULL, list, count, results);
    for (size_t i = 0; i < count; i++) {
        if (results[i].status != INTAKE_STORED) die("not stored", &results[i].err);
        if (results[i].receipt.quarantined_count != 0) die(results[i].receipt.quarantined[0].why_en, NULL);
    }
    free(results);
    free(p);
    free(list);
}

static void load_roster(struct run *r)
{
    struct writer w = {.origin = store_server_origin(r->store), .day = FIRST_DAY};
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct err err = {0};
    chain_start(w.origin, &w.hash);
    for (size_t i = 0; i < r->count; i++) {
        struct cell cells[] = {{.column = 2, .value = value_int(231202109001 + (int64_t)(i % VILLAGES))},
                               {.column = 3, .value = value_text("户主", 6)}};
        struct change change = {.op = CHANGE_PUT, .table = t->number, .cells = cells, .count = 2};
        struct digest before = w.hash;
        struct buf bundle;
        r->households[i] = change.id = row_id_make(w.origin, w.seq + 1, 0);
        struct changeset cs = next_changeset(r, &w, &change, 1);
        chain_on(&w, &cs);
        buf_init(&bundle, BUNDLE_MAX_BYTES);
        must(bundle_pack(&cs, 1, &before, 6, &bundle, &err), "pack", &err);
        push_group(r, &bundle, &w, 1);
        buf_free(&bundle);
    }
}

/* Twenty changesets, each of one household's phone and address. */
static void pack(struct run *r, struct writer *w, size_t first, struct buf *out)
{
    static const int columns[CELLS] = {4, 5}; /* numbers in core/schema */
    char text[PUSH][CELLS][TEXT];
    struct cell cells[PUSH][CELLS];
    struct change changes[PUSH];
    struct changeset list[PUSH];
    struct digest before = w->hash;
    struct err err = {0};
    const int64_t days[] = {w->day, w->odd_day};
    for (size_t i = 0; i < PUSH; i++) {
        for (size_t c = 0; c < CELLS; c++) {
            int n = snprintf(text[i][c], TEXT, "%llx-%zu", (unsigned long long)w->origin, first + i);
            cells[i][c] = (struct cell){.column = columns[c], .value = value_text(text[i][c], (size_t)n)};
        }
        changes[i] = (struct change){.op = CHANGE_SET, .table = 3, .id = r->households[first + i], .cells = cells[i],
                                     .count = CELLS};
        w->day = days[i & 1];
        list[i] = next_changeset(r, w, &changes[i], 1);
        chain_on(w, &list[i]);
    }
    w->day = days[0];
    buf_init(out, BUNDLE_MAX_BYTES);
    must(bundle_pack(list, PUSH, &before, 6, out, &err), "pack", &err);
}

/* A new laptop edits all households; seconds from bytes to commit. */
static double edit_all(struct run *r, uint64_t base, int64_t day, int64_t odd_day)
{
    struct writer w = {.origin = ++r->origins, .base = base, .day = day, .odd_day = odd_day};
    size_t pushes = r->count / PUSH;
    struct buf *bundles = must_alloc(pushes, sizeof *bundles);
    chain_start(w.origin, &w.hash);
    for (size_t i = 0; i < pushes; i++) pack(r, &w, i * PUSH, &bundles[i]);
    double began = seconds();
    for (size_t i = 0; i < pushes; i += GROUP) push_group(r, bundles + i, &w, pushes - i < GROUP ? pushes - i : GROUP);
    double took = seconds() - began;
    for (size_t i = 0; i < pushes; i++) buf_free(&bundles[i]);
    free(bundles);
    return took;
}

static int count_lost(void *ctx, const struct ledger_entry *e)
{
    *(size_t *)ctx += e->kind == LEDGER_LOST;
    return 0;
}

static size_t conflicts(struct run *r)
{
    struct err err = {0};
    size_t n = 0;
    must(store_ledger_walk(r->store, 0, count_lost, &n, &err), "ledger", &err);
    return n;
}

/* Cells a second of the second laptop's edits. */
static double measure(struct run *r, int64_t day, bool seen)
{
    uint64_t before = head_of(r);
    size_t lost = conflicts(r), expected = seen ? 0 : r->count * CELLS;
    (void)edit_all(r, before, day, day);
    double took = edit_all(r, seen ? head_of(r) : before, day + 1, day - 1);
    lost = conflicts(r) - lost;
    if (lost != expected) {
        fprintf(stderr, "bench_conflicts: %zu conflicts instead of %zu\n", lost, expected);
        exit(1);
    }
    return (double)(r->count * CELLS) / took;
}

int main(int argc, char **argv)
{
    struct bench b;
    struct series s = {0};
    struct run r = {.now_ms = (int64_t)FIRST_DAY * 86400000 + INT64_C(400) * 86400000, .origins = 0x1000};
    struct err err = {0};
    char dir[256], yard[60], ours[60];
    bench_begin(&b, "bench_conflicts", argc, argv);
    bench_path(&b, "server", dir, sizeof dir);
    r.count = bench_size(&b, HOUSEHOLDS, TINY);
    r.households = must_alloc(r.count, sizeof *r.households);
    must(store_create(&r.store, dir, 231200000000, SUITE_25519, env_system(), &err), "store", &err);
    load_roster(&r);
    for (size_t i = 0; i < b.rounds; i++) {
        int64_t day = FIRST_DAY + 10 + 10 * (int64_t)i;
        double informed = measure(&r, day, true);
        series_add(&s, informed, measure(&r, day + 5, false));
    }
    snprintf(yard, sizeof yard, "the same edits, seen: %.0f cells/s", series_yard(&s));
    snprintf(ours, sizeof ours, "%.0f conflicts/s", series_ours(&s));
    figure_print(&(struct figure){"B11", "conflicts merged at the server, each with its entry in the ledger", yard, ours, "×",
                                  series_ratio(&s), GOAL_NONE, 0});
    store_close(r.store);
    free(r.households);
    bench_end(&b);
    return 0;
}
