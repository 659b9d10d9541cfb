/* model: what the server should hold, worked out a second time from design/domain.md's policy table and the tables
 * that stand above core/merge and server-stub/intake — by other code, with other data: a cell knows who wrote it, a set
 * is a list of elements that each know who added them. It is fed with changesets in the order of their arrival.
 * Invariant: nothing of core/merge or server-stub is called here. */
#ifndef ZHUCUN_SIM_MODEL_H
#define ZHUCUN_SIM_MODEL_H

#include "zhucun/change.h"
#include "zhucun/schema.h"

/* Who wrote something, and what counts when two have. */
struct written {
    uint64_t csn, origin, seq;
    uint64_t stamp;    /* by the server's clock */
    int64_t observed;  /* by the server's calendar */
    struct row_id author;
};

struct overruled { /* what the current write had seen and replaced, and what that one had */
    struct overruled *next;
    struct written by;
};
struct fact { /* of a risk: a finding, or a closing that is in force */
    struct fact *next;
    struct written by;
    uint64_t base;
};

struct element { /* of a set */
    struct element *next;
    uint8_t key[ROW_ID_BYTES]; /* an id; of a bit set the bit's number in the first byte */
    struct written by;
};

struct model_cell {
    struct model_cell *next;
    int column;
    const struct schema_column *c; /* NULL: a column that the server does not know */
    struct value value;            /* not of sets */
    struct element *elements;      /* of sets */
    struct written by;
    struct overruled *overruled;
};

struct model_row {
    struct model_row *next, *sibling;
    const struct schema_table *t;
    struct row_id id;
    struct written made;
    struct model_cell *cells;
    int64_t place;
    int64_t from;                  /* place before the changeset at hand; 0: there was no row */
    const struct model_row *unit;  /* the household that it belongs to, itself perhaps; NULL: none */
    uint64_t csn;                  /* of the latest change that addressed it; 0: it was carried along later than: */
    uint64_t carried;
    bool dead, proposed, moved;
    struct written buried;         /* who deleted it */
    struct fact *findings, *closings; /* risks */
};

/* What became of a value: must stand in the server's ledger, as often as here. */
enum fate_kind { FATE_SUPERSEDED = 1, FATE_LOST = 2, FATE_PROPOSAL = 3 };
struct fate {
    struct fate *next;
    enum fate_kind kind;
    int table, column;
    struct row_id row;
    struct value value;
    bool any_value;                /* a whole row, or a set: its value is not compared */
    uint64_t origin, seq;          /* of the value's author; 0: not compared */
    bool found;
};

/* How a changeset arrived. */
struct arrival {
    int64_t received_ms;
    int64_t clock_ms;              /* the laptop's clock as told with the push; 0: not told */
    uint64_t csn;                  /* that the server gave its first change */
    bool server;                   /* the server's own */
    const char (*workers)[24];     /* for whom the laptop is enrolled */
    size_t worker_count;
};

struct model;
struct model *model_open(const struct schema *s); /* NULL without memory */
void model_close(struct model *m);
/* Takes a changeset. True: its place is in the log; false: it belongs to quarantine, and nothing has changed. */
bool model_take(struct model *m, const struct changeset *cs, const struct arrival *a);

struct model_row *model_find(const struct model *m, int table, struct row_id id);
struct model_row *model_rows(const struct model *m);  /* all, by `next` */
struct fate *model_fates(const struct model *m);
/* Of a row's column by name: 0 and the id it names, or −1; has it a value; is it that text? */
int model_ref(const struct model_row *r, const char *column, struct row_id *id);
int model_int(const struct model_row *r, const char *column, int64_t *out);
bool model_has(const struct model_row *r, const char *column);
bool model_is(const struct model_row *r, const char *column, const char *text);
/* The cell's value as the server would store it, in `out`; ids are put together in the arena. */
void model_value(const struct model_cell *cell, struct arena *a, struct value *out);

#endif
