/* sim: one world — a server, laptops, the people who write on them, time, disk and network — driven by one seed.
 *
 *   disk.c, disk_vfs.c   SQLite's files in memory, with power cuts
 *   world.c machine.c    the world is made; machines start, die and come back
 *   net.c                messages: lost, cut, repeated, late
 *   damage.c             a row that a laptop forgets
 *   edit.c values.c      what people write
 *   run.c                the order of things, by the seed; then peace, until nothing changes
 *   model*.c             what the server should hold by then
 *   check*.c audit.c     P2, P3, P4, P5 and the scopes
 *
 * Everything but disk.c runs the real code of agent and server. Invariant: a seed decides everything. */
#ifndef ZHUCUN_SIM_SIM_H
#define ZHUCUN_SIM_SIM_H

#include <stdbool.h>

#include "disk.h"
#include "home.h"
#include "loopback.h"
#include "model.h"
#include "sync.h"

enum {
    SIM_LAPTOPS = 20, SIM_PEOPLE = 16, SIM_VILLAGES = 4, SIM_ROWS = 8192, SIM_LOG = 2048, SIM_LATE = 12,
    SIM_PLACES = 4
};

struct person {
    char no[24];
    struct row_id id;
    int64_t region;
    int level;
};

/* A changeset as the laptop's journal has it: kept by the simulation apart, so that nothing is lost unseen. */
struct logged {
    struct changeset cs;
    struct digest hash;
    bool arrived, quarantined;
};

struct laptop {
    struct sim *sim;
    char folder[200];
    int machine;
    struct home *home;          /* NULL while it is down */
    struct env env;
    int64_t wrong_ms;           /* its clock is ahead by that */
    uint64_t dice;              /* its own randomness */
    int version;                /* of its schema */
    int64_t places[SIM_PLACES];
    size_t place_count;
    char workers[SIM_PEOPLE][24];
    size_t worker_count;
    bool assigned;              /* besides, it holds the households of its workers */
    uint64_t origin;
    uint64_t confirmed;         /* seq of the last capture that the user was told is saved */
    struct logged *log;         /* seq 1 … log_count */
    size_t log_count;
    uint64_t high;              /* of what arrived at the server */
};

struct late { /* a request that may arrive once more, later */
    char path[256];
    struct buf body;
    int64_t clock_ms, offset, length;
    struct send_signature signature;
    struct laptop *from;
};

struct known { /* a row that somebody made */
    int table;
    struct row_id id;
};

struct supervisor; /* check_log.c */

struct sim_counts {
    unsigned long edits, refused, syncs, messages, crashes, quarantined, lost, proposed, carried, notices, damaged;
};

struct sim {
    uint64_t seed;
    bool verbose, failed, peace;
    char dir[160];
    struct disk *disk;
    struct arena arena;          /* lasts as long as the world */
    uint64_t dice;               /* what happens next */
    int64_t now_ms;              /* true time: the server's */
    struct env env;
    uint64_t server_dice;
    struct loopback *server;     /* NULL while it is down */
    int server_machine;
    uint64_t server_origin, server_high; /* of the server's own log, as the model knows it */
    int trouble;                 /* of a hundred messages, so many have an accident; 0: peace */
    struct person people[SIM_PEOPLE];
    size_t people_count;
    int64_t villages[SIM_VILLAGES];
    struct laptop laptops[SIM_LAPTOPS];
    size_t laptop_count;
    struct known rows[SIM_ROWS];
    size_t row_count;
    struct late late[SIM_LATE];
    size_t late_next;
    struct { struct laptop *from; uint64_t last; int64_t clock_ms, received_ms; } in_doubt; /* a push the server died in */
    struct model *model;
    struct supervisor *supervisor;
    const struct schema *schemas[5]; /* by version; the last is of a program newer than the server */
    uint64_t trace;              /* of all that happened: two runs of a seed are the same */
    unsigned long words;         /* numbers for texts, so that each is written once */
    struct sim_counts count;
};

/* The dice. */
uint64_t sim_dice(struct sim *s);
uint64_t sim_below(struct sim *s, uint64_t n);       /* 0 … n − 1 */
bool sim_chance(struct sim *s, unsigned of_hundred);

void sim_fail(struct sim *s, const char *check, const char *format, ...) __attribute__((format(printf, 3, 4)));
void sim_say(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3))); /* trace, and stdout if verbose */
void sim_row_text(const struct schema_table *t, struct row_id id, char out[80]);
void sim_value_text(const struct schema_column *c, const struct value *v, char *out, size_t n);

/* run.c: 0 all checks held. */
int sim_run(struct disk *disk, uint64_t seed, bool verbose, struct sim_counts *counts, uint64_t *trace);

/* world.c */
int world_make(struct sim *s);
void world_end(struct sim *s);

/* machine.c */
int server_start(struct sim *s);
void server_stop(struct sim *s);
int laptop_start(struct laptop *l);
void laptop_stop(struct laptop *l);
void machines_recover(struct sim *s); /* whoever died comes back */
void laptop_read_log(struct laptop *l);

/* net.c */
struct transport net_transport(struct laptop *l);
void net_late(struct sim *s);
void net_forget(struct sim *s);
void net_settle_doubt(struct sim *s);

/* edit.c, values.c */
void edit_once(struct laptop *l);
void damage_once(struct laptop *l); /* damage.c */
struct value value_some(struct laptop *l, const struct schema_table *t, const struct schema_column *c, struct arena *a);
bool row_some(struct laptop *l, const struct schema_table *t, struct arena *a, struct table_row *row);
struct row_id author_some(struct laptop *l);

/* check.c: each ends at the first difference, by sim_fail. */
void check_touched(struct sim *s, const struct changeset *cs);
void check_server(struct sim *s);
void check_sums(struct sim *s); /* check_sums.c */
void check_laptop(struct laptop *l);
void check_pending(struct laptop *l); /* check_pending.c */
void check_differs(struct sim *s, const char *check, const char *who, const struct schema_table *t, struct row_id id,
                   int column, const struct value *want, const struct value *have);
/* audit.c */
void audit_ledger(struct sim *s);
void audit_visits(struct sim *s);
/* check_log.c */
struct supervisor *supervisor_new(void);
void supervisor_free(struct supervisor *v);
void supervisor_read(struct sim *s, bool whole);
void supervisor_check(struct sim *s);

#endif
