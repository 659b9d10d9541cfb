/* ids: row ids as small numbers. The origins that occur are listed once (the book, origin 0 of it being the
 * bundle's own); an id is then an index into the book and a difference. Neighbours: columns.c, bundle.c, rows.c. */
#ifndef ZHUCUN_PACK_IDS_H
#define ZHUCUN_PACK_IDS_H

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/value.h"

struct id_origin {
    uint64_t origin;
    uint64_t previous; /* number last seen in the present stream */
    unsigned stream;
};

struct id_book {
    struct id_origin *list;
    size_t count, cap;
    size_t last;     /* hit before: ids of one origin come in runs */
    unsigned stream; /* present stream; `previous` of another counts as 0 */
    struct arena *arena;
    bool failed;
};

enum { ID_MAX_ORIGINS = 65536 };

void id_book_init(struct id_book *book, uint64_t own_origin, struct arena *arena);
void id_book_encode(const struct id_book *book, struct buf *out);
int id_book_decode(struct id_book *book, uint64_t own_origin, struct arena *arena, struct reader *in);

/* A stream of ids. `near` holds, for each, the number of the change it stands in (own-origin ids are written as
 * the distance from it), or is NULL. */
void ids_encode(struct id_book *book, const struct row_id *ids, const uint64_t *near, size_t count, struct buf *out);
int ids_decode(struct id_book *book, struct row_id *ids, const uint64_t *near, size_t count, struct reader *in);

#endif
