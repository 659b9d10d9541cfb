/* ruling: one decision about an entry of the ledger, from the question to the change that carries it out.
 *
 *   ruling.c    the entry, and what is decided together with it
 *   carry.c     the change that carries it out
 *   sheet_of.c  an income sheet as its author had it
 *   entitled.c  who may decide
 *   decided.c   what was decided, in words
 *   resolve.c   the verb: all of it as one changeset of the server's own log, and the word to the laptops
 *
 * Invariant: columns of an atomic sheet, and a risk's closing, are decided together, never one by one. */
#ifndef ZHUCUN_ADMIN_RULING_H
#define ZHUCUN_ADMIN_RULING_H

#include <jansson.h>

#include "store.h"

enum { RULING_MAX = SCHEMA_MAX_COLUMN + 1 };

struct ruling {
    struct store *store;
    struct arena *arena;
    struct ledger_entry entry;              /* the one asked about */
    struct ledger_entry group[RULING_MAX];  /* decided together; it is among them */
    size_t group_count;
    const struct schema_table *table;
    const struct schema_column *column;     /* NULL: the whole row, or a column that this program does not know */
    struct stored_row row;
    bool found;                             /* the row is there, if only as a grave */
    struct row_id made_by;                  /* the row's author; null: none, or nobody in person */
    enum ledger_ruling take;
    struct value value;                     /* RULING_OTHER: what it is to be */
    struct change change;                   /* on the row */
    bool changes;                           /* there is something to change */
};
/* Reads everything; ERR_NOT_FOUND, or ERR_REFUSED when it has been decided already, or is no conflict but an earlier
 * value: these come back only on purpose, by `earlier`. */
int ruling_open(struct ruling *r, struct store *s, struct arena *arena, uint64_t id, bool earlier, struct err *err);
/* Adds to the group what is decided as well when what is in force stays. */
int ruling_keep_all(struct ruling *r, struct err *err);
/* "winner", "loser", or the text of another value; fills `change`. */
int ruling_take(struct ruling *r, const char *take, struct err *err);
/* What one of the group's cells will be. */
int ruling_value(struct ruling *r, const struct ledger_entry *e, struct value *out, struct err *err);

const struct value *ruling_now(const struct ruling *r, int column); /* of the row; never NULL */
int ruling_keep(struct arena *a, struct value *v); /* copies what is borrowed; ERR_NOMEM */

/* Cells of the sheet that the loser's changeset did not write, as its author had them, where they differ from now. */
int sheet_of(struct ruling *r, struct cell *cells, size_t *count, struct err *err);

/* Sets "record", "household" and "person" where there are such, and "author": who had entered what is in force now. */
int decided_put(const struct ruling *r, json_t *o, struct err *err);

struct actor; /* who decides: actor.h */
int entitled_check(const struct actor *who, const struct ruling *r, struct err *err);

#endif
