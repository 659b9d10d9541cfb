/* bench_bytes: B3. Bytes up per visit in bundles of 1, 5, 20 and 100 as the agent would send them — headers of the
 * bundle included, heads of HTTP outside — against SQLite's changeset of the same rows, zlib −9, in the same groups.
 *
 * Laptops of the seeded city fetch their scope from a real server and import their own visits of the year, so that
 * references, authors and clocks are real; the journal is read and packed as sync does. With --text FILE the
 * summaries are that file's lines instead: prose that neither the city nor the dictionary knows. Sizes do not vary
 * from run to run: one round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "visits.h"
#include "yard.h"
#include "zhucun/csv.h"
#include "zhucun/pack.h"

enum { LAPTOPS = 12, SIZES = 4, MOST = 300, WORDS = 8192 };
static const size_t sizes[SIZES] = {1, 5, 20, 100};

struct total {
    size_t ours[SIZES], yard[SIZES], visits[SIZES], bundles[SIZES]; /* by bundle size */
    size_t heads;                                   /* header and trailer of bundles of 1 */
    size_t text, all;                               /* bytes of summaries; visits */
};

struct run {
    struct bench b;
    struct stage stage;
    size_t laptops;                                 /* enrolled so far, by number */
};

/* ---- one group ---- */

static size_t packed(const struct changeset *list, size_t count, const struct digest *before, size_t *heads)
{
    struct buf out;
    struct bundle_header header;
    struct err err = {0};
    buf_init(&out, BUNDLE_MAX_BYTES);
    must(bundle_pack(list, count, before, BUNDLE_LEVEL, &out, &err), "pack", &err);
    must(bundle_peek(out.data, out.len, &header, &err), "peek", &err);
    size_t n = out.len;
    *heads = header.body_offset + header.signature_bytes;
    buf_free(&out);
    return n;
}

static size_t recorded(const struct changeset *list, size_t count)
{
    struct yard y;
    struct buf out;
    yard_open(&y, ":memory:");
    buf_init(&out, BUNDLE_MAX_BYTES);
    yard_record(&y);
    for (size_t i = 0; i < count; i++)
        yard_put(&y, list[i].changes[0].id, &list[i]);
    yard_changeset(&y, &out);
    size_t n = out.len;
    buf_free(&out);
    yard_close(&y);
    return n;
}

/* Whole groups only; where there are not enough for one, the last group of that size is what there is. */
static void measure_size(const struct visits *v, size_t k, struct total *t)
{
    struct digest before = v->before; /* its value does not matter to the size */
    for (size_t at = 0; at < v->count; at += sizes[k]) {
        size_t n = v->count - at < sizes[k] ? v->count - at : sizes[k];
        if (n < sizes[k] && at > 0) return;
        size_t heads;
        t->ours[k] += packed(v->list + at, n, &before, &heads);
        if (sizes[k] == 1) t->heads += heads;
        t->yard[k] += recorded(v->list + at, n);
        t->visits[k] += n;
        t->bundles[k]++;
    }
}

static void measure_visits(const struct visits *v, struct total *t)
{
    for (size_t k = 0; k < SIZES; k++)
        measure_size(v, k, t);
    for (size_t i = 0; i < v->count; i++)
        for (size_t c = 0; c < v->list[i].changes[0].count; c++)
            if (v->list[i].changes[0].cells[c].value.kind == VALUE_TEXT) t->text += v->list[i].changes[0].cells[c].value.len;
    t->all += v->count;
}

/* ---- laptops of the city ---- */

static const char *field(const struct csv_record *r, const char *name, char *out)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->names[i].text, name) == 0) snprintf(out, WORDS, "%.*s", (int)r->fields[i].n, r->fields[i].text);
    return out;
}

/* One laptop's year, or as much of it as there are texts for. */
static void measure_laptop(struct run *r, const struct csv_record *record, const struct texts *texts, size_t *next,
                           struct total *t)
{
    char name[WORDS] = "", scope[WORDS] = "", workers[WORDS] = "", path[WORDS + 300], home[32];
    struct laptop l;
    struct visits v;
    FILE *acts = tmpfile();
    field(record, "laptop", name);
    snprintf(path, sizeof path, "%s/acts/%s.ndjson", r->stage.city, name);
    if (name[0] != 'T' || !acts || visits_filter(path, acts, MOST, texts, next) == 0) {
        if (acts) fclose(acts);
        return;
    }
    snprintf(home, sizeof home, "laptop%zu", r->laptops++);
    stage_enrol(&r->stage, home, field(record, "scope", scope), field(record, "workers", workers), &l);
    visits_import(&v, &l, acts);
    measure_visits(&v, t);
    visits_free(&v);
    laptop_close(&l);
    fclose(acts);
}

static void measure_laptops(struct run *r, const struct texts *texts, struct total *t)
{
    char path[300];
    struct csv_reader *reader;
    struct csv_record record;
    struct err err = {0};
    size_t next = 0, most = r->laptops + bench_size(&r->b, LAPTOPS, 1);
    snprintf(path, sizeof path, "%s/laptops.csv", r->stage.city);
    FILE *in = fopen(path, "r");
    if (!in) die(path, NULL);
    must(csv_open(&reader, in, CSV_FORMAT_CSV, &err), path, &err);
    while (r->laptops < most && (!texts || next < texts->count) && csv_next(reader, &record, &err) == 1)
        measure_laptop(r, &record, texts, &next, t);
    csv_close(reader);
    fclose(in);
}

/* ---- report ---- */

static void report(const char *what, const struct total *t)
{
    char words[160], yardstick[80], ours[80];
    if (t->all == 0) die("no visits", NULL);
    for (size_t k = 0; k < SIZES; k++) {
        double n = (double)t->visits[k], o = (double)t->ours[k] / n, y = (double)t->yard[k] / n;
        snprintf(words, sizeof words, "bytes up a visit, bundles of %zu: %s", sizes[k], what);
        snprintf(yardstick, sizeof yardstick, "changeset + zlib −9: %.1f", y);
        snprintf(ours, sizeof ours, "%.1f", o);
        figure_print(&(struct figure){"B3", words, yardstick, ours, "×", o / y, GOAL_AT_MOST, 0.45});
    }
    note("B3, %s: %zu visits with %.0f bytes of text in UTF-8 each; %.1f of a bundle of 1 are its header and trailer; the "
         "\"bundles of 100\" are what a laptop has, %.0f on average",
         what, t->all, (double)t->text / (double)t->all, (double)t->heads / (double)t->visits[0],
         (double)t->visits[SIZES - 1] / (double)t->bundles[SIZES - 1]);
}

static void measure_texts(struct run *r, const char *file)
{
    struct texts texts;
    struct total t = {0};
    const char *name = strrchr(file, '/');
    texts_read(&texts, file);
    measure_laptops(r, &texts, &t);
    report(name ? name + 1 : file, &t);
    texts_free(&texts);
}

int main(int argc, char **argv)
{
    struct run r = {0};
    struct total seeded = {0};
    bench_begin(&r.b, "bench_bytes", argc, argv);
    stage_open(&r.stage, &r.b);
    measure_laptops(&r, NULL, &seeded);
    report("the seeded city's visits", &seeded);
    for (size_t i = 0; i < r.b.text_count; i++)
        measure_texts(&r, r.b.texts[i]);
    stage_close(&r.stage);
    bench_end(&r.b);
    return 0;
}
