/* change: what one local transaction did, and its one canonical byte form.
 *
 * change     one act on one row
 * changeset  the changes of one local transaction, by one author
 *
 * Everything decoded lives in the arena given, or is borrowed from the input bytes. */
#ifndef ZHUCUN_CHANGE_H
#define ZHUCUN_CHANGE_H

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/value.h"

enum change_op {
    CHANGE_PUT = 1,   /* a new row; its id follows from origin, seq and index unless `explicit_id` */
    CHANGE_SET = 2,   /* new values of some cells of a row */
    CHANGE_DELETE = 3 /* the row is gone */
};

/* Hard limits; a decoder refuses what is above them. */
enum {
    CHANGE_MAX_TEXT = 16384,       /* bytes of one value */
    CHANGE_MAX_CELLS = 200,        /* cells of one change */
    CHANGE_MAX_CHANGES = 4096,     /* changes of one changeset: the index has 12 bits */
    CHANGE_MAX_BYTES = 4 * 1024 * 1024 /* one canonical changeset */
};

struct cell {
    int column;            /* column number; unknown numbers are kept and passed on */
    struct value value;    /* PUT: the value. SET: the new value, or for sets the elements added */
    struct value removed;  /* SET on a set column: elements taken out (NULL: none). Else NULL */
};

struct change {
    enum change_op op;
    int table;
    bool explicit_id;      /* PUT only: id does not follow from the place in the log */
    struct row_id id;
    struct cell *cells;    /* by ascending column number */
    size_t count;
};

struct changeset {
    uint64_t origin;       /* not in the canonical form's body: it is the log's, see chain */
    uint64_t seq;
    uint64_t stamp;        /* hybrid logical clock, hlc_* */
    uint64_t base;         /* csn its author had applied when writing */
    int schema;            /* schema version of its author */
    struct row_id author;  /* worker; null: the installation itself (roster load) */
    int64_t observed;      /* day on which what it says was seen: days since 1970-01-01 */
    struct change *changes;
    size_t count;
};

/* Hybrid logical clock (Kulkarni et al. 2014): 48 bits of milliseconds, 16 bits of counter. */
uint64_t hlc_next(uint64_t last, int64_t now_ms); /* > last; follows the clock when that is ahead of last */
int64_t hlc_ms(uint64_t stamp);
uint64_t hlc_from_ms(int64_t ms);                 /* counter 0; negative clocks are 0 */

/* Canonical form (PROTOCOL.md, "Changeset"): appended to out. The caller keeps cells sorted. */
int changeset_encode(const struct changeset *cs, struct buf *out, struct err *err);
/* Exact inverse: every byte is used, every number in its shortest form, or ERR_CORRUPT. */
int changeset_decode(uint64_t origin, const void *bytes, size_t n, struct arena *arena,
                     struct changeset *out, struct err *err);

#endif
