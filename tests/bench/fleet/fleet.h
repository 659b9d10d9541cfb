/* fleet: many real agents in one process — each with its own folder, database, origin and connection — against a
 * real server. Neighbours: options.c reads the command line, codes.c the enrolment codes, device.c lives one
 * laptop's life, tally.c adds up. */
#ifndef ZHUCUN_FLEET_H
#define ZHUCUN_FLEET_H

#include <pthread.h>

#include "zhucun/env.h"
#include "zhucun/err.h"

struct fleet_options {
    const char *server;
    const char *codes;   /* CSV: laptop,wave,code,… as zhucun-server enrol --batch writes it */
    const char *acts;    /* folder of LAPTOP.ndjson; NULL: random visits */
    const char *homes;   /* where the agents' folders live; NULL: a temporary one, removed at the end */
    size_t devices;      /* 0: all of the codes file */
    size_t visits;       /* random visits a device */
    size_t every;        /* sync after so many changesets; 0: once, at the end */
    int wave;            /* 0: all; else only laptops of this wave */
    int threads;
    double cut;          /* probability that a request is cut while sending */
    uint64_t seed;
    bool json;
    bool sync_only;      /* no work: sync what is there and compare */
    enum lang lang;
};
int options_read(struct fleet_options *o, int argc, char **argv); /* 0, or the exit status + 1 */

struct laptop {
    char name[40];
    char code[40];
    int wave;
};
struct laptops {
    struct laptop *list;
    size_t count;
};
int laptops_read(struct laptops *l, const struct fleet_options *o, struct err *err);
void laptops_free(struct laptops *l);

/* What came of it; added to by all threads under the lock. */
struct fleet_tally {
    pthread_mutex_t lock;
    size_t done, failed, disagree, pending;
    uint64_t visits, changesets, changes, rows, requests, bytes_up, bytes_down;
    double *sync_ms;     /* each sync's duration */
    size_t syncs, room;
    char first_error[600];
    double began_s, ended_s;
};
void tally_init(struct fleet_tally *t);
void tally_free(struct fleet_tally *t);
void tally_sync(struct fleet_tally *t, double ms);
void tally_failure(struct fleet_tally *t, const char *laptop, const struct err *err, enum lang lang);
void tally_print(struct fleet_tally *t, const struct fleet_options *o);
double clock_s(void);

int device_live(const struct laptop *l, const struct fleet_options *o, const char *homes, size_t number, struct fleet_tally *t,
                struct err *err);

/* Random visits to households that the laptop holds. */
struct home;
int visits_write(struct home *h, size_t count, uint64_t seed, struct err *err);

#endif
