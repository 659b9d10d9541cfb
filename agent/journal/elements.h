/* elements: arithmetic of set values — bits of an INT (TYPE_SET), or sorted 16-byte ids in a BLOB (TYPE_REFSET).
 * NULL is the empty set, and the empty set is NULL. */
#ifndef ZHUCUN_JOURNAL_ELEMENTS_H
#define ZHUCUN_JOURNAL_ELEMENTS_H

#include <stdbool.h>

#include "zhucun/arena.h"
#include "zhucun/err.h"
#include "zhucun/schema.h"

bool elements_column(const struct schema_column *c); /* does it hold a set? */
/* The result is an operand or lives in the arena. Operands are of one kind (schema_check). */
int elements_union(const struct value *a, const struct value *b, struct arena *arena, struct value *out, struct err *err);
int elements_minus(const struct value *a, const struct value *b, struct arena *arena, struct value *out, struct err *err);

#endif
