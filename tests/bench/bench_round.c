/* bench_round: B4. 10,000 visits saved on one laptop, pushed, merged by the server, pulled by another laptop of the
 * same scope, over real HTTP on loopback with a real zhucun-server; wall time of the whole. In turn with it:
 *
 *   bare inserts   the same rows into three databases, nothing else
 *   changesets     saved under SQLite's session extension, zlib −9, one plain HTTP post for each 1,000, applied at a
 *                  second database: no server between, no merge, no history, no check
 *   peers          other engines, by --peer NAME=COMMAND, whose last line of output is their seconds; three rounds
 *
 * Twice: a backlog in transactions of 1,000, and people's way, one commit a visit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "visits.h"
#include "yard.h"

enum { GROUP = 1000, BARE_ORIGIN = 77, YARDS = 3, PEER_ROUNDS = 3 };

struct parts { /* seconds */
    struct series save, push, pull;
};

struct run {
    struct bench b;
    struct stage stage;
    struct visits visits;
    struct laptop from, to;
    struct yard bare[YARDS], sender, receiver;
    struct yard_receiver *http;
    struct yard_sender *post;
    size_t next, count, group;
};

static const struct changeset *pick(const struct run *r, size_t i)
{
    return &r->visits.list[(r->next + i) % r->visits.count];
}

static struct row_id bare_id(const struct run *r, size_t i)
{
    return row_id_make(BARE_ORIGIN, r->next + i + 1, 0);
}

/* ---- yardsticks ---- */

static void bare_insert(struct run *r, struct yard *y, size_t commit)
{
    for (size_t i = 0; i < r->count; i++) {
        if (i % commit == 0) yard_begin(y);
        yard_put(y, bare_id(r, i), pick(r, i));
        if ((i + 1) % commit == 0) yard_commit(y);
    }
}

static double three_inserts(struct run *r)
{
    double began = seconds();
    for (size_t i = 0; i < YARDS; i++)
        bare_insert(r, &r->bare[i], r->group);
    return seconds() - began;
}

static void changeset_group(struct run *r, size_t from, size_t commit)
{
    struct yard *y = &r->sender;
    struct buf body;
    buf_init(&body, 64 * 1024 * 1024);
    yard_record(y);
    for (size_t i = from; i < from + r->group; i++) {
        if (i % commit == 0) yard_begin(y);
        yard_put(y, bare_id(r, i), pick(r, i));
        if ((i + 1) % commit == 0) yard_commit(y);
    }
    yard_changeset(y, &body);
    yard_send(r->post, &body);
    buf_free(&body);
}

static double changesets(struct run *r, size_t commit)
{
    size_t before = yard_count(&r->receiver);
    double began = seconds();
    for (size_t i = 0; i < r->count; i += r->group)
        changeset_group(r, i, commit);
    double s = seconds() - began;
    if (yard_count(&r->receiver) != before + r->count) die("the changesets did not arrive", NULL);
    return s;
}

/* ---- ours ---- */

static void save(struct run *r, size_t from, size_t count)
{
    struct capture *c;
    struct row_id id;
    struct err err = {0};
    const struct changeset *v = pick(r, from);
    must(capture_begin(&c, r->from.home, v->author, v->observed, &err), "begin", &err);
    for (size_t i = 0; i < count; i++) {
        v = pick(r, from + i);
        if (i > 0) must(capture_next(c, &err), "next", &err);
        must(capture_as(c, v->author, v->observed, &err), "as", &err);
        visits_put(c, r->from.home, v, &id);
    }
    must(capture_commit(c, NULL, &err), "commit", &err);
}

static double ours(struct run *r, size_t commit, struct parts *p)
{
    struct sync_report pushed, pulled;
    double began = seconds();
    for (size_t i = 0; i < r->count; i += commit)
        save(r, i, commit);
    double saved = seconds();
    laptop_sync(&r->from, true, &pushed);
    double sent = seconds();
    laptop_sync(&r->to, false, &pulled);
    double ended = seconds();
    if (pushed.pushed != r->count || pulled.pulled < r->count) die("not all visits went round", NULL);
    series_add(&p->save, 1, saved - began);
    series_add(&p->push, 1, sent - saved);
    series_add(&p->pull, 1, ended - sent);
    laptop_sync(&r->from, false, &pulled); /* outside the clock: what the first laptop learns of its own */
    return ended - began;
}

static double peer(const char *command)
{
    struct buf out;
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    buf_init(&out, 1024 * 1024);
    process_run(argv, &out);
    while (out.len && out.data[out.len - 1] == '\n')
        out.len--;
    const char *text = buf_text(&out), *line = strrchr(text, '\n');
    double s = strtod(line ? line + 1 : text, NULL);
    buf_free(&out);
    if (s <= 0) die(command, NULL);
    return s;
}

/* ---- report ---- */

static void report(const char *what, const char *yard, const struct series *s, enum goal goal, double bound)
{
    char yardstick[160], mine[80];
    snprintf(yardstick, sizeof yardstick, "%s: %.2f s", yard, series_yard(s));
    snprintf(mine, sizeof mine, "%.2f s", series_ours(s));
    figure_print(&(struct figure){"B4", what, yardstick, mine, "×", series_ratio(s), goal, bound});
}

static void report_parts(const char *what, const struct parts *p)
{
    note("B4, %s: %.2f s saving, %.2f s push and merge, %.2f s pull by the other laptop", what, series_ours(&p->save),
         series_ours(&p->push), series_ours(&p->pull));
}

/* Ours beside each engine: how many times faster, so ratios above one. */
static void measure_peer(struct run *r, const char *named)
{
    struct series s = {0};
    struct parts p = {0};
    char name[80];
    const char *command = strchr(named, '=');
    if (!command) die("--peer NAME=COMMAND", NULL);
    snprintf(name, sizeof name, "%.*s", (int)(command - named), named);
    for (size_t i = 0; i < r->b.rounds && i < PEER_ROUNDS; i++) {
        double theirs = peer(command + 1);
        series_add(&s, ours(r, r->group, &p), theirs);
        r->next += r->count;
    }
    char yardstick[160], mine[80];
    snprintf(yardstick, sizeof yardstick, "%s: %.2f s", name, series_ours(&s));
    snprintf(mine, sizeof mine, "%.2f s", series_yard(&s));
    figure_print(&(struct figure){"B4", "10,000 visits from laptop to laptop, times faster than the engine", yardstick, mine, "×",
                                  series_ratio(&s), GOAL_AT_LEAST, 10});
}

static void measure_own(struct run *r)
{
    struct series bare = {0}, sent = {0}, each = {0};
    struct parts backlog = {0}, singly = {0};
    for (size_t i = 0; i < r->b.rounds; i++) {
        double inserts = three_inserts(r), posts = changesets(r, r->group), mine = ours(r, r->group, &backlog);
        r->next += r->count;
        series_add(&bare, inserts, mine);
        series_add(&sent, posts, mine);
        posts = changesets(r, 1);
        series_add(&each, posts, ours(r, 1, &singly));
        r->next += r->count;
    }
    report("10,000 visits from laptop to laptop, 1,000 a transaction", "three bare inserts", &bare, GOAL_NONE, 0);
    report("10,000 visits from laptop to laptop, 1,000 a transaction", "changeset + zlib −9 over HTTP", &sent, GOAL_AT_MOST, 1.5);
    report("the same, one commit a visit", "changeset + zlib −9 over HTTP, one commit a visit", &each, GOAL_AT_MOST, 1.5);
    report_parts("1,000 a transaction", &backlog);
    report_parts("one commit a visit", &singly);
}

static void open_all(struct run *r)
{
    static const char *const names[YARDS] = {"bare1.db", "bare2.db", "bare3.db"};
    char path[256];
    struct laptop first;
    stage_open(&r->stage, &r->b);
    stage_enrol(&r->stage, "first", STAGE_WHOLE_CITY, "", &first);
    visits_of_city(&r->visits, &r->stage, &first, SIZE_MAX);
    laptop_close(&first);
    stage_enrol(&r->stage, "from", STAGE_WHOLE_CITY, "", &r->from);
    stage_enrol(&r->stage, "to", STAGE_WHOLE_CITY, "", &r->to);
    for (size_t i = 0; i < YARDS; i++) {
        bench_path(&r->b, names[i], path, sizeof path);
        yard_open(&r->bare[i], path);
    }
    bench_path(&r->b, "sender.db", path, sizeof path);
    yard_open(&r->sender, path);
    bench_path(&r->b, "receiver.db", path, sizeof path);
    yard_open(&r->receiver, path);
    r->http = yard_receive(&r->receiver);
    r->post = yard_sender(r->http);
}

static void close_all(struct run *r)
{
    yard_sender_close(r->post);
    yard_receiver_close(r->http);
    for (size_t i = 0; i < YARDS; i++)
        yard_close(&r->bare[i]);
    yard_close(&r->sender);
    yard_close(&r->receiver);
    visits_free(&r->visits);
    laptop_close(&r->from);
    laptop_close(&r->to);
    stage_close(&r->stage);
}

int main(int argc, char **argv)
{
    struct run *r = must_alloc(1, sizeof *r);
    bench_begin(&r->b, "bench_round", argc, argv);
    r->group = bench_size(&r->b, GROUP, 10);
    r->count = 10 * r->group;
    open_all(r);
    measure_own(r);
    for (size_t i = 0; i < r->b.peer_count; i++)
        measure_peer(r, r->b.peers[i]);
    close_all(r);
    bench_end(&r->b);
    free(r);
    return 0;
}
