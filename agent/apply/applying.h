/* applying: what one answer's transaction holds; shared by this folder's files only. */
#ifndef ZHUCUN_APPLY_APPLYING_H
#define ZHUCUN_APPLY_APPLYING_H

#include "apply.h"
#include "journal.h"

struct applying {
    struct home *h;
    const struct pull_answer *a;
    struct apply_report *report;
    uint64_t count, sum;     /* of the rows that the server has told */
    bool overlay;            /* is there any overlay at all? */
    struct arena arena;      /* for one row */
};

enum apply_sql {
    SQL_STRANGER_GET, SQL_STRANGER_PUT, SQL_STRANGER_DROP, SQL_STRANGERS, SQL_STRANGERS_DROP, SQL_STRANGERS_OF_DROP,
    SQL_STRANGER_UNTELL, SQL_APPLY_COUNT
};
int scope_statement(struct home *h, enum apply_sql which, sqlite3_stmt **st, struct err *err);

/* row.c */
int row_apply(struct applying *p, const struct pulled_row *r, struct err *err);
int row_settle(struct applying *p, const struct overlay_row *o, struct err *err); /* takes off what is received and not in quarantine */

/* lost.c: notes an own cell, received and about to come off, that the server shows otherwise. */
int lost_note(struct applying *p, const struct schema_table *t, struct row_id id, const struct overlay_cell *mine,
              const struct value *told, uint64_t csn, struct err *err);
/* The same for all such cells of a told row; of an own new row that is told for the first time, for all it has.
 * `shown`: the row as it is here (NULL: not here). */
int lost_note_row(struct applying *p, const struct schema_table *t, const struct pulled_row *told,
                  const struct table_row *shown, const struct overlay_cell *overlay, size_t count, struct err *err);

/* scope.c: cursor, places, sums; the snapshot's begin and end. */
int scope_load(struct applying *p, struct err *err);
int scope_save(struct applying *p, struct err *err);
int scope_save_told(struct applying *p, struct err *err); /* all but the cursor and the verdict on the sums */
int scope_begin_snapshot(struct applying *p, struct err *err);
int scope_end_snapshot(struct applying *p, struct err *err); /* nothing when none is running */

#endif
