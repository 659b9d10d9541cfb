/* told: one entry of the feed as it is told to a reader — its row, who wrote it and when. */
#ifndef ZHUCUN_OUTFLOW_TOLD_H
#define ZHUCUN_OUTFLOW_TOLD_H

#include "store.h"
#include "zhucun/pack.h"

/* Rows come in the order in which their changesets came, mostly: the last record answers most questions. */
struct told_cache {
    struct changeset_record record;
    bool valid;
};

struct told {
    const struct schema_table *table;
    struct stored_row row;
    struct cell *cells;      /* non-NULL ones, ascending */
    size_t count;
    struct row_id author;    /* of the change that made the row */
    int64_t authored_ms, received_ms;
};

/* Reads the row of a feed entry into the arena: 1, 0 when its table or row is unknown here. */
int told_read(struct store *s, const struct feed_entry *e, struct told_cache *cache, struct arena *a, struct told *out,
              struct err *err);
size_t told_bytes(const struct told *t); /* about what it costs on the wire before deflate */

#endif
