/* roster: rows of a roster become changesets of the server's own origin, a thousand changes each, and go through
 * intake as anybody's do: so rosters are in the log, the history and the chain. */
#ifndef ZHUCUN_ADMIN_ROSTER_H
#define ZHUCUN_ADMIN_ROSTER_H

#include "keymap.h"
#include "ownlog.h"

enum { ROSTER_GROUP = 1000 };

struct roster {
    struct store *store;
    const struct env *env;
    struct keymap keys;
    bool empty_store;          /* nothing is there yet: nothing need be looked up */
    struct ownlog log;
    uint64_t seq;              /* of the changeset being gathered; 0: not asked yet */
    int64_t sheet_ms;          /* when the present sheet was written: what the field wrote later stands */
    struct change changes[ROSTER_GROUP];
    size_t count;
    struct arena cells;        /* of the changes gathered */
    struct arena current;      /* of the row compared with */
    bool indexed[SCHEMA_MAX_TABLE + 1]; /* rows without a natural key are in `keys`, see find_by_required */
    uint64_t made, changed, same, kept;
};
int roster_open(struct roster *r, struct store *s, const struct env *env, struct err *err);
void roster_close(struct roster *r);
/* The row of table `t` with this natural key or UUID: 1, 0 there is none, negative error. */
int roster_find(struct roster *r, const struct schema_table *t, const char *key, size_t n, struct row_id *id, struct err *err);
/* A row as the sheet has it; cells ascending, values may be borrowed. One that is there already, by its key or
 * else by its required columns, gets the columns that differ — but for those that somebody in the field wrote after
 * the sheet: loading a folder again must not undo what cadres corrected since. */
int roster_add(struct roster *r, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err);
int roster_flush(struct roster *r, struct err *err);

#endif
