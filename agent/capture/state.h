/* state: what a capture holds between begin and commit; shared by this folder's files only. */
#ifndef ZHUCUN_CAPTURE_STATE_H
#define ZHUCUN_CAPTURE_STATE_H

#include "capture.h"
#include "journal.h"

enum { CAPTURE_KNOWN = 512, LEVEL_NOT_READ = -1 };

struct known_row {
    int table; /* 0: empty place */
    struct row_id id;
};

struct capture {
    struct home *h;
    struct journal_head head;
    struct changeset cs;      /* the present one; changes and cells live in `arena` */
    size_t capacity;
    size_t bytes;             /* about what it takes in canonical form */
    uint64_t written;         /* seq of the last changeset appended in this transaction */
    int level;                /* of the author; LEVEL_NOT_READ, 0: unknown */
    struct arena arena;
    struct arena scratch;     /* for one call */
    const int *confirmed;     /* columns that are written though nothing changes */
    size_t confirmed_count;
    struct err failed;        /* code 0: none. The transaction is lost, whatever is tried next */
    struct known_row known[CAPTURE_KNOWN]; /* rows seen to exist: an import names the same few again and again */
};

/* check.c: ERR_REFUSED, ERR_NOT_FOUND or ERR_DENIED, before anything is written. `open`: the transaction still is. */
int check_open(struct capture *c, struct err *err);
int check_room(const struct capture *c, const struct cell *cells, size_t count, struct err *err);
int check_put(struct capture *c, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err);
int check_cell(struct capture *c, const struct schema_table *t, const struct cell *cell, const struct schema_column **column,
               struct err *err);
int check_level(struct capture *c, const struct schema_table *t, struct err *err);
void check_know(struct capture *c, int table, struct row_id id);
void check_forget(struct capture *c);

#endif
