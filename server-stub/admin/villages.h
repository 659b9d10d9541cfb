/* villages: regions and what lives at them, for acts that move it. */
#ifndef ZHUCUN_ADMIN_VILLAGES_H
#define ZHUCUN_ADMIN_VILLAGES_H

#include "batch.h"

/* A village that is there, not merged into another, and within what the actor may touch. */
int villages_find(struct verb_call *c, const struct actor *a, const char *text, int64_t *code, struct err *err);
/* Text form of a code: 12 digits. */
void villages_text(int64_t code, char out[24]);
/* One region column of a row; `*from` is what it was. 1 it changes, 0 it is there already, negative. */
int villages_move(struct batch *b, const struct schema_table *t, const struct stored_row *row, const char *column, int64_t to,
                struct err *err);

#endif
