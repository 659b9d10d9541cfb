/* acts: a backlog of acts, one changeset a line of NDJSON, each with its own author, day and time — the form that
 * zhucun-seed writes and that paper logs can be typed into:
 *
 *   {"at":"2021-08-03T10:15:00+08:00","observed":"2021-08-03","as":"WORKER","changes":[
 *     {"op":"put","table":"visit","tag":"t1","values":{"household":"…","date":"2021-08-03"}},
 *     {"op":"put","table":"risk","values":{"visit":"@t1", …}},
 *     {"op":"set","table":"household","row":"NATURAL KEY, id or @tag","values":{…},"removed":{…}},
 *     {"op":"set","table":"clue","find":{"household":"…","found_on":"…"},"values":{…}},
 *     {"op":"delete","table":"job","row":"…"}]}
 *
 * `at` is the author's clock for that changeset; the log's clock never goes back, so an act before the log's last one
 * is stamped just after that one (its days stay as written). For set columns `values` of a "set" adds and `removed` takes out.
 * A tag names a new row within its file. */
#ifndef ZHUCUN_ACTS_H
#define ZHUCUN_ACTS_H

#include <stdio.h>

#include "home.h"

struct acts_report {
    uint64_t changesets;
    uint64_t changes;
    uint64_t lines;            /* read so far; of the failing line on error */
    void (*progress)(void *ctx, const char *zh, const char *en, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_ctx;
};

/* All or nothing, in one transaction. Zero *report first. An error names its line. */
int acts_import(struct home *h, FILE *in, struct acts_report *report, struct err *err);

/* The same in pieces, with a sync or anything else between them: tags are remembered until close. `in` and `h` are
 * borrowed. acts_read takes at most `most` changesets (0: all), each call all or nothing: 1 there may be more, 0
 * the end, negative error. */
struct acts;
int acts_open(struct acts **out, struct home *h, FILE *in, struct err *err);
int acts_read(struct acts *a, size_t most, struct acts_report *report, struct err *err);
void acts_close(struct acts *a);

#endif
