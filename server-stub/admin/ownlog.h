/* ownlog: the server's own log. What the office does at the server — rosters, rulings, reorganisations — is a
 * change like any other: one changeset of the server's origin each, through intake, so that it is in the order,
 * the history and the chain. Used inside the writer's transaction.
 *
 * Intake may append changesets of the same origin by itself, as consequences of what it takes in. So nothing of
 * the log's state is trusted across a write: it is read anew each time. */
#ifndef ZHUCUN_ADMIN_OWNLOG_H
#define ZHUCUN_ADMIN_OWNLOG_H

#include "intake.h"

struct ownlog {
    struct store *store;
    const struct env *env;
    uint64_t stamp; /* the latest given */
};
void ownlog_open(struct ownlog *o, struct store *s, const struct env *env);
/* The seq that the next changeset will have, if nothing is written before it: a new row's id follows from it. */
int ownlog_next(struct ownlog *o, uint64_t *seq, struct err *err);
/* One changeset, having seen everything up to now. `author`: a worker, or the null id: the office. */
int ownlog_write(struct ownlog *o, struct row_id author, int64_t observed, struct change *changes, size_t count,
                 struct err *err);

#endif
