/* told: one entry of the feed as it is told to a reader — its row, who wrote it and when. */
#ifndef ZHUCUN_OUTFLOW_TOLD_H
#define ZHUCUN_OUTFLOW_TOLD_H

#include "store.h"
#include "zhucun/pack.h"

/* Rows come in the order in which their changesets came, mostly: the last record answers most questions. */
struct told_cache {
    struct changeset_record record;
    bool valid;
    bool intervals;          /* asks for not_before_ms, which costs one more question for each base */
    uint64_t base;           /* the last one asked for, */
    int64_t base_ms;         /* and when it was received; 0: there is none */
};

struct told {
    const struct schema_table *table;
    struct stored_row row;
    struct cell *cells;      /* non-NULL ones, ascending */
    size_t count;
    struct row_id author;    /* of the change that made the row */
    int64_t authored_ms, received_ms;
    int64_t not_before_ms;   /* it must have been written between this, when what its author had seen was received, and
                                received_ms; 0: it had seen nothing, or it was not asked for */
    unsigned marks;          /* enum changeset_mark */
};

/* Reads the row of a feed entry into the arena: 1, 0 when its table or row is unknown here. */
int told_read(struct store *s, const struct feed_entry *e, struct told_cache *cache, struct arena *a, struct told *out,
              struct err *err);
size_t told_bytes(const struct told *t); /* about what it costs on the wire before deflate */

#endif
