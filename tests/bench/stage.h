/* stage: a real zhucun-server with the roster of a seeded city, and laptops enrolled at it: the server through its
 * own command line and over HTTP on loopback, the laptops in this process with the agent's own code. */
#ifndef ZHUCUN_BENCH_STAGE_H
#define ZHUCUN_BENCH_STAGE_H

#include "home.h"
#include "measure.h"
#include "process.h"
#include "send.h"
#include "sync.h"

struct stage {
    const struct bench *b;
    char city[256];       /* zhucun-seed's folder */
    char data[256];       /* the server's */
    char url[64];
    pid_t server;
};
void stage_open(struct stage *s, const struct bench *b);
void stage_close(struct stage *s);
void stage_program(const struct stage *s, const char *name, char *out, size_t room);

#define STAGE_WHOLE_CITY "2312"
/* A one-time code for a laptop. `scope` and `workers` are words between blanks, `workers` may be "". */
enum { STAGE_CODE = 40 };
void stage_code(const struct stage *s, const char *scope, const char *workers, char code[STAGE_CODE]);

struct laptop {
    struct home *home;
    struct transport transport;
    char dir[256];
};
/* Enrols b->dir/name and fetches its scope. */
void stage_enrol(const struct stage *s, const char *name, const char *scope, const char *workers, struct laptop *l);
void laptop_close(struct laptop *l);
void laptop_reopen(struct laptop *l);             /* after another process has used its folder */
void laptop_sync(struct laptop *l, bool push_only, struct sync_report *r); /* dies unless all arrived */

#endif
