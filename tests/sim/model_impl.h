/* model_impl: shared by model.c (rows), model_cells.c (policies), model_time.c (clocks). */
#ifndef ZHUCUN_SIM_MODEL_IMPL_H
#define ZHUCUN_SIM_MODEL_IMPL_H

#include "model.h"

enum { MODEL_SLOTS = 4096, MODEL_MEMORY = 256 * 1024 * 1024 };

struct model {
    struct arena arena;
    const struct schema *schema;
    struct model_row *slots[MODEL_SLOTS];
    struct model_row *rows, **rows_end;
    struct fate *fates, **fates_end;
    struct receipt_of { /* of every changeset that came */
        struct receipt_of *next;
        uint64_t csn, origin, stamp;
        int64_t received_ms;
    } *receipts; /* the latest first */
};

struct taking { /* one changeset */
    struct model *m;
    const struct changeset *cs;
    const struct arrival *a;
    struct written now;  /* csn is of the change at hand */
    int rank;            /* the author's level */
    int64_t region;      /* that he is responsible for */
    int level;           /* what counts of it for the row at hand */
    struct risk_view { /* of the risk that is being changed */
        bool is, closed, closes, opens, named, finds, unknown_finding, unknown_closing;
    } risk;
};

void *model_alloc(struct model *m, size_t n);
struct value model_keep(struct model *m, const struct value *v);
struct model_cell *model_cell(struct model_row *r, int column);
struct model_cell *model_cell_make(struct taking *k, struct model_row *r, int column);
void model_fate(struct taking *k, const struct model_row *r, enum fate_kind kind, int column, const struct value *value,
                const struct written *by);

/* model_risk.c */
bool risk_begins(struct taking *k, struct model_row *r, const struct change *c); /* false: no risk */
void risk_ends(struct taking *k, struct model_row *r, const struct change *c);

/* model_cells.c */
enum outcome { TAKES, WINS, LOSES, PROPOSES, PASSES };
bool model_knew(const struct taking *k, const struct written *w);
enum outcome cell_weigh(const struct taking *k, const struct model_row *r, const struct model_cell *cell,
                        const struct written *cur, const struct value *in);
void cell_change(struct taking *k, struct model_row *r, const struct cell *in, const struct written *sheet);
bool cell_is_set(const struct model_cell *cell);
void cell_first(struct taking *k, struct model_row *r, const struct cell *from); /* of a new row */
void cells_change(struct taking *k, struct model_row *r, const struct change *c);
void cells_buried(struct taking *k, struct model_row *r); /* the row is being deleted */

/* model_home.c */
void home_find(const struct taking *k, struct model_row *r);
void home_carry(struct taking *k);
int level_at(const struct taking *k, const struct schema_table *t, struct model_row *r, const struct change *c);

/* model_time.c */
struct written time_of(struct model *m, const struct changeset *cs, const struct arrival *a);

#endif
