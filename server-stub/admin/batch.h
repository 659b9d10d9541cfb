/* batch: many changes of one act at the server, in changesets of at most a thousand, in one transaction. With a
 * reason, each old value stands in the ledger beside who changed it and why, so that "why is this so?" has an answer. */
#ifndef ZHUCUN_ADMIN_BATCH_H
#define ZHUCUN_ADMIN_BATCH_H

#include "actor.h"
#include "ownlog.h"

enum { BATCH_MAX = 1000 };
struct batch {
    struct ownlog log;
    struct store *store;
    const struct actor *actor;
    const char *why;    /* NULL: none given */
    int64_t today;
    uint64_t seq;       /* of the changeset being gathered */
    struct change changes[BATCH_MAX];
    size_t count;
    uint64_t written;
    struct arena arena; /* of the cells gathered */
};
/* Too large for a stack. */
int batch_new(struct batch **out, struct verb_call *c, const struct actor *a, struct err *err);
void batch_free(struct batch *b);
/* So that the next n changes go into one changeset. */
int batch_room(struct batch *b, size_t n, struct err *err);
/* Cells in any order; what they point to is copied. NULL: the cell is emptied (set) or left out (put). */
int batch_set(struct batch *b, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
              struct err *err);
int batch_put(struct batch *b, const struct schema_table *t, const struct cell *cells, size_t count, struct row_id *id,
              struct err *err);
int batch_flush(struct batch *b, struct err *err);

/* A cell by its column's name. */
struct cell batch_cell(const struct schema_table *t, const char *column, struct value v);
struct cell batch_ref(const struct schema_table *t, const char *column, struct row_id id, uint8_t bytes[ROW_ID_BYTES]);

#endif
