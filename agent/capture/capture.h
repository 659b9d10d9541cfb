/* capture: the one write path. Rows, changeset and overlay go in one BEGIN IMMEDIATE … COMMIT; what returned 0
 * from capture_commit survives a power cut. */
#ifndef ZHUCUN_CAPTURE_H
#define ZHUCUN_CAPTURE_H

#include "home.h"

struct capture;
/* `author` null: the installation itself (tests). `observed`: day on which what is written was seen. */
int capture_begin(struct capture **out, struct home *h, struct row_id author, int64_t observed, struct err *err);
/* Cells in any order, one each column; types are checked against the schema, required columns must be there,
 * references must exist here. The new row's id goes to *id. */
int capture_put(struct capture *c, const struct schema_table *t, const struct cell *cells, size_t count, struct row_id *id,
                struct err *err);
/* ERR_NOT_FOUND: no such row here. A cell equal to the current value is left out; nothing left: no change.
 * Set columns: value = elements to add, removed = elements to take out. */
int capture_set(struct capture *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                struct err *err);
/* A cell of these columns is written by capture_set even when it reads so already: whoever knows of another value says
 * which is right. The list is the caller's, and lives until commit. */
void capture_confirm(struct capture *c, const int *columns, size_t count);
int capture_delete(struct capture *c, const struct schema_table *t, struct row_id id, struct err *err);
size_t capture_count(const struct capture *c); /* changes of the present changeset */
/* A changeset holds CHANGE_MAX_CHANGES changes and CHANGE_MAX_BYTES; above, put and set are ERR_REFUSED. `full`:
 * the next row may not fit. `next` ends the present changeset and begins another in the same transaction, so that
 * an import of any size is all or nothing. */
bool capture_full(const struct capture *c);
int capture_next(struct capture *c, struct err *err);
/* What follows is by another author, seen on another day, and stamped by the clock as it is now: for a backlog of
 * many people and days in one transaction. Only before the present changeset's first change. */
int capture_as(struct capture *c, struct row_id author, int64_t observed, struct err *err);
/* Ends the capture whatever it returns. An empty one commits nothing and is no error. *seq (may be NULL): of the
 * last changeset, 0 when nothing was written. What was refused (ERR_REFUSED, ERR_NOT_FOUND, ERR_DENIED) is left
 * out and the rest may still be committed; after a failure of the disk only that failure is returned again. */
int capture_commit(struct capture *c, uint64_t *seq, struct err *err);
void capture_abort(struct capture *c);

#endif
