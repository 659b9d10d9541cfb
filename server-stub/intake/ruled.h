/* ruled: what a laptop is told of a ruling, as the cells of a SET on its notice. Used by whoever rules: a person
 * (admin/resolve.c) or a write that makes a ruling needless (settle.c). */
#ifndef ZHUCUN_INTAKE_RULED_H
#define ZHUCUN_INTAKE_RULED_H

#include "store.h"

enum { RULED_CELLS = 5 };
/* A ruling in the words of the office; the laptops' words are the codes of notice.decision. */
const char *ruled_words(enum ledger_ruling ruling, enum lang lang);
/* A value as people read it, cut to what a notice holds; NULL value: none. Lives in the arena. */
int ruled_text(const struct schema *schema, const struct schema_column *c, const struct value *v, struct arena *a,
               struct value *out, struct err *err);
/* `loser_origin`: whose value had lost; `current`: ruled_text of what is in force now. Cells ascending: RULED_CELLS.
 * 1, 0 the notice is gone, negative. */
int ruled_cells(struct store *s, struct row_id notice, uint64_t loser_origin, const struct ledger_resolution *r,
                const struct value *current, struct arena *a, struct cell *cells, struct err *err);

#endif
