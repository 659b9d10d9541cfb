/* measure: what the bench programs share — options, clock, series of rounds, one markdown row a figure.
 *
 * A figure is a ratio: in each round the yardstick and ours run in turn, the round's ratio is theirs alone, and
 * the median over the rounds is the figure. Rows go to stdout, one a line, "| … |"; remarks as "note: …". Any
 * failure ends the program with a sentence and status 1. */
#ifndef ZHUCUN_BENCH_MEASURE_H
#define ZHUCUN_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "zhucun/err.h"

enum { BENCH_MAX_ROUNDS = 25, BENCH_MAX_PEERS = 4 };

struct bench {
    const char *name;     /* of the program, for messages */
    bool smoke;           /* tiny sizes, one round: that it works, not how fast */
    size_t rounds;        /* 5; 1 in smoke */
    const char *programs; /* folder of zhucun, zhucun-server, zhucun-seed, zhucun-fleet */
    const char *city;     /* zhucun-seed's folder; NULL: one is made */
    const char *texts[2]; /* files of one text a line: bench_bytes */
    const char *peers[BENCH_MAX_PEERS]; /* "NAME=COMMAND": prints its seconds on its last line: bench_round */
    size_t text_count, peer_count;
    unsigned port;        /* 0: a free one */
    char dir[200];        /* temporary, under TMPDIR or /var/tmp: on a real disk, or no figure means anything */
};

void bench_begin(struct bench *b, const char *name, int argc, char **argv);
void bench_end(struct bench *b); /* removes b->dir */
size_t bench_size(const struct bench *b, size_t full, size_t tiny);
void bench_path(const struct bench *b, const char *name, char *out, size_t room); /* b->dir/name */

_Noreturn void die(const char *what, const struct err *err);
void must(int rc, const char *what, const struct err *err); /* dies when rc is negative */
void *must_alloc(size_t count, size_t size);
double seconds(void); /* monotonic */

struct series {
    double yard[BENCH_MAX_ROUNDS], ours[BENCH_MAX_ROUNDS];
    size_t count;
};
void series_add(struct series *s, double yard, double ours);
double series_yard(const struct series *s);  /* medians */
double series_ours(const struct series *s);
double series_ratio(const struct series *s); /* median of the rounds' ours / yard */

enum goal { GOAL_NONE, GOAL_AT_LEAST, GOAL_AT_MOST };
struct figure {
    const char *number, *what; /* "B1", "one visit saved for good" */
    const char *yardstick, *ours, *unit; /* text of the cells; unit is put behind the ratio, may be "" */
    double ratio;
    enum goal goal;
    double bound;
};
void figure_print(const struct figure *f);
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
