/* history: what history.c (which changesets touched a record) and history_tell.c (what each said) share. */
#ifndef ZHUCUN_SERVER_CLI_HISTORY_H
#define ZHUCUN_SERVER_CLI_HISTORY_H

#include "explain.h"

struct event {
    uint64_t csn, origin, seq;
    size_t count;
};
struct history {
    struct cli *c;
    struct store *s;
    struct explain x;
    struct arena kept;            /* of the whole run: ledger entries */
    const struct schema_table *table;
    struct row_id id;
    struct event *events;
    size_t event_count, event_room;
    struct ledger_entry *entries;
    size_t entry_count, entry_room;
};

bool history_about(const struct history *h, const struct changeset *cs, size_t i);
int history_tell(struct history *h, const struct event *e);

#endif
