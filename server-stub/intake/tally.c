/* tally: counts the visits that a changeset made, whatever became of them (zhucun/tally.h). The laptop counts the same
 * from its journal; both compare at every sync. Neighbours: write.c calls it once for each decision that is written, so
 * a changeset out of quarantine counts when it is taken, and only then. */
#include "work.h"
#include "zhucun/tally.h"

int tally_made(struct decision *d, struct err *err)
{
    const struct changeset *cs = d->cs;
    struct tally_key key = {.origin = cs->origin, .author = cs->author};
    struct row_id id;
    int rc = 0;
    if (cs->origin == store_server_origin(d->work->store)) return 0; /* rosters: nobody's laptop to compare with */
    for (size_t i = 0; i < cs->count && rc == 0; i++)
        if (tally_counts(cs, i, &key.month, &id))
            rc = store_tally_add(d->work->store, &key, &(struct tally_sum){1, tally_hash(id)}, err);
    return rc;
}
