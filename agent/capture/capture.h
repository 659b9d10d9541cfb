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
int capture_delete(struct capture *c, const struct schema_table *t, struct row_id id, struct err *err);
size_t capture_count(const struct capture *c);
/* Ends the capture whatever it returns. An empty one commits nothing and is no error. *seq may be NULL. */
int capture_commit(struct capture *c, uint64_t *seq, struct err *err);
void capture_abort(struct capture *c);

#endif
