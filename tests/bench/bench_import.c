/* bench_import: B2. Visits in transactions of 1,000 through capture, against bare inserts of the same rows with the
 * same 16-byte keys, 1,000 a transaction, in turn. Three ways in: a sheet (one changeset a transaction), a backlog
 * (one changeset a visit), and `zhucun import` of a CSV file as a process of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "visits.h"
#include "yard.h"
#include "zhucun/csv.h"

enum { GROUP = 1000, BARE_ORIGIN = 77 };

struct run {
    struct bench b;
    struct stage stage;
    struct visits visits;
    struct laptop sheet, backlog, csv;
    struct yard yard;
    char author[32];
    size_t next, visits_a_round, group;
};

static const struct changeset *pick(const struct run *r, size_t i)
{
    return &r->visits.list[(r->next + i) % r->visits.count];
}

static double bare(struct run *r)
{
    double began = seconds();
    for (size_t i = 0; i < r->visits_a_round; i++) {
        if (i % r->group == 0) yard_begin(&r->yard);
        yard_put(&r->yard, row_id_make(BARE_ORIGIN, (r->next + i) / r->group + 1, (unsigned)(i % r->group)), pick(r, i));
        if ((i + 1) % r->group == 0) yard_commit(&r->yard);
    }
    return (double)r->visits_a_round / (seconds() - began);
}

/* `each`: one changeset a visit, with its own author and day; else one for the whole transaction. */
static void transaction(struct run *r, struct home *h, size_t from, bool each)
{
    struct capture *c;
    struct row_id id;
    struct err err = {0};
    const struct changeset *v = pick(r, from);
    must(capture_begin(&c, h, v->author, v->observed, &err), "begin", &err);
    for (size_t i = 0; i < r->group; i++) {
        v = pick(r, from + i);
        if (each && i > 0) must(capture_next(c, &err), "next", &err);
        if (each) must(capture_as(c, v->author, v->observed, &err), "as", &err);
        visits_put(c, h, v, &id);
    }
    must(capture_commit(c, NULL, &err), "commit", &err);
}

static double captured(struct run *r, struct home *h, bool each)
{
    double began = seconds();
    for (size_t i = 0; i < r->visits_a_round; i += r->group)
        transaction(r, h, i, each);
    return (double)r->visits_a_round / (seconds() - began);
}

/* ---- CSV ---- */

static void write_row(const struct schema_table *t, const struct changeset *visit, struct csv_writer *w, struct buf *text)
{
    const struct change *c = &visit->changes[0];
    for (size_t k = 0, i = 0; k < t->count; k++) {
        buf_reset(text);
        while (i < c->count && c->cells[i].column < t->columns[k].number)
            i++;
        if (i < c->count && c->cells[i].column == t->columns[k].number)
            schema_format(&t->columns[k], &c->cells[i].value, LANG_ZH, text);
        csv_put(w, buf_text(text), text->len);
    }
    csv_end(w);
}

static void write_sheet(struct run *r, const char *path)
{
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    struct buf out, text;
    struct csv_writer w = {.out = &out};
    buf_init(&out, 256 * 1024 * 1024);
    buf_init(&text, 64 * 1024);
    for (size_t k = 0; k < t->count; k++)
        csv_put_text(&w, t->columns[k].name);
    csv_end(&w);
    for (size_t i = 0; i < r->visits_a_round; i++)
        write_row(t, pick(r, i), &w, &text);
    FILE *f = fopen(path, "w");
    if (!f || out.failed || fwrite(out.data, 1, out.len, f) != out.len || fclose(f)) die(path, NULL);
    buf_free(&out);
    buf_free(&text);
}

static double imported(struct run *r)
{
    char sheet[256], program[512];
    bench_path(&r->b, "visits.csv", sheet, sizeof sheet);
    write_sheet(r, sheet);
    stage_program(&r->stage, "zhucun", program, sizeof program);
    const char *argv[] = {program, "import", "visit", sheet, "--home", r->csv.dir, "--as", r->author, NULL};
    double began = seconds();
    process_run(argv, NULL);
    return (double)r->visits_a_round / (seconds() - began);
}

/* ---- all ---- */

static int first_worker(void *ctx, const struct table_row *row)
{
    snprintf(ctx, sizeof ((struct run *)0)->author, "%.*s", (int)row->values[0].len, (const char *)row->values[0].data);
    return 1;
}

static void find_author(struct run *r)
{
    struct arena a;
    struct err err = {0};
    arena_init(&a, 1024 * 1024);
    must(table_walk(r->sheet.home->tables, schema_table_named(schema_current(), "worker"), 0, NULL, NULL, 0, &a, first_worker,
                    r->author, &err), "workers", &err);
    arena_free(&a);
}

static void report(const char *what, const struct series *s, double goal)
{
    char yardstick[80], ours[80];
    snprintf(yardstick, sizeof yardstick, "bare INSERT, 1,000 a transaction: %.0f/s", series_yard(s));
    snprintf(ours, sizeof ours, "%.0f/s", series_ours(s));
    figure_print(&(struct figure){"B2", what, yardstick, ours, "×", series_ratio(s), GOAL_AT_LEAST, goal});
}

static void open_all(struct run *r)
{
    struct laptop first;
    char path[256];
    stage_open(&r->stage, &r->b);
    stage_enrol(&r->stage, "first", STAGE_WHOLE_CITY, "", &first);
    visits_of_city(&r->visits, &r->stage, &first, SIZE_MAX);
    laptop_close(&first);
    stage_enrol(&r->stage, "sheet", STAGE_WHOLE_CITY, "", &r->sheet);
    stage_enrol(&r->stage, "backlog", STAGE_WHOLE_CITY, "", &r->backlog);
    stage_enrol(&r->stage, "csv", STAGE_WHOLE_CITY, "", &r->csv);
    laptop_close(&r->csv); /* the program works in its folder */
    stage_close(&r->stage);
    find_author(r);
    bench_path(&r->b, "bare.db", path, sizeof path);
    yard_open(&r->yard, path);
}

int main(int argc, char **argv)
{
    struct run *r = must_alloc(1, sizeof *r);
    struct series sheet = {0}, backlog = {0}, csv = {0};
    bench_begin(&r->b, "bench_import", argc, argv);
    r->group = bench_size(&r->b, GROUP, 10);
    r->visits_a_round = 20 * r->group;
    open_all(r);
    for (size_t i = 0; i < r->b.rounds; i++, r->next += r->visits_a_round) {
        double yard = bare(r);
        series_add(&sheet, yard, captured(r, r->sheet.home, false));
        series_add(&backlog, yard, captured(r, r->backlog.home, true));
        series_add(&csv, yard, imported(r));
    }
    report("a sheet of visits through capture, one changeset a transaction", &sheet, 0.6);
    report("a backlog of visits through capture, one changeset a visit", &backlog, 0.6);
    report("`zhucun import visit FILE.csv`, the process whole", &csv, 0.6);
    yard_close(&r->yard);
    visits_free(&r->visits);
    laptop_close(&r->sheet);
    laptop_close(&r->backlog);
    bench_end(&r->b);
    free(r);
    return 0;
}
