/* item: one entry of the inbox as people and programs read it — what it is about, and the command that answers it.
 * The entries are agent/inbox's. */
#ifndef ZHUCUN_AGENT_CLI_ITEM_H
#define ZHUCUN_AGENT_CLI_ITEM_H

#include "inbox.h"
#include "record.h"

struct item {
    struct cli *c;
    const struct inbox_entry *entry;
    char id[ROW_ID_TEXT];     /* "": a quarantined changeset */
    char record[ROW_ID_TEXT + 40]; /* "TABLE/UUID" that it is about; "": none */
    struct buf title, command;
    struct buf other, ruling, why; /* empty: none */
};
void item_init(struct item *i, struct cli *c);
void item_free(struct item *i);
/* `decides`: somebody at this laptop may decide clues. */
int item_of(struct item *i, struct record *r, const struct inbox_entry *e, bool decides, struct err *err);
const char *item_kind(const struct cli *c, enum inbox_kind kind); /* 单据, 线索 … */

#endif
