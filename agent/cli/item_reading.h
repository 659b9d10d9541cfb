/* item_reading: one entry being read; shared by item.c and item_notice.c only. */
#ifndef ZHUCUN_AGENT_CLI_ITEM_READING_H
#define ZHUCUN_AGENT_CLI_ITEM_READING_H

#include "item.h"

struct item_reading {
    struct item *item;
    struct record *r;
    const struct schema_table *t;
    struct table_row row;
    struct arena arena;
    bool decides;
    struct err *err;
};

enum lang item_lang(const struct item *i); /* --json says the same in every locale */
const char *item_pick(const struct item *i, const char *zh, const char *en);
/* A household by its head and number, a member by name, anything else by its natural key; by its id at last. */
int item_put_row(struct item_reading *p, const struct schema_table *t, struct row_id id, struct buf *out);
void item_name_record(struct item *i, const struct schema_table *t, struct row_id id);

/* item_notice.c: what the server has told. */
int item_fill_notice(struct item_reading *p);

#endif
