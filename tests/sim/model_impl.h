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
};

struct taking { /* one changeset */
    struct model *m;
    const struct changeset *cs;
    const struct arrival *a;
    struct written now;  /* csn is of the change at hand */
    int level;
};

void *model_alloc(struct model *m, size_t n);
struct value model_keep(struct model *m, const struct value *v);
struct model_cell *model_cell(struct model_row *r, int column);
struct model_cell *model_cell_make(struct taking *k, struct model_row *r, int column);
void model_fate(struct taking *k, const struct model_row *r, enum fate_kind kind, int column, const struct value *value,
                const struct written *by);

/* model_cells.c */
bool cell_is_set(const struct model_cell *cell);
void cell_first(struct taking *k, struct model_row *r, const struct cell *from); /* of a new row */
void cells_change(struct taking *k, struct model_row *r, const struct change *c);

/* model_time.c */
struct written time_of(const struct changeset *cs, const struct arrival *a);

#endif
