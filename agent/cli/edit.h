/* edit: see edit.c. */
#ifndef ZHUCUN_AGENT_CLI_EDIT_H
#define ZHUCUN_AGENT_CLI_EDIT_H

#include "cli.h"
#include "fields.h"
#include "spot.h"

enum { EDIT_ARENA_BYTES = 4 * 1024 * 1024 };

/* Words from `from` on ("k=v") as cells, completed. */
int edit_words(struct cli *c, const struct schema_table *t, size_t from, const struct table_row *shown,
               struct arena *arena, struct cell **cells, size_t *count, struct err *err);
/* "TABLE/ID": the table, and what names the row. */
int edit_target(struct cli *c, const char *word, const struct schema_table **t, const char **row, struct err *err);
/* Adds what follows from the cells given: an income sheet's sums, a new clue's due day (complete.c). */
int edit_complete(const struct schema_table *t, const struct table_row *shown, struct arena *arena, struct cell **cells,
                  size_t *count, struct err *err);
/* The rules, said on the spot, then the row's id. `seq` 0: nothing was written. */
void edit_done(struct cli *c, const struct schema_table *t, struct row_id id, uint64_t seq);

#endif
