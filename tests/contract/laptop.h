/* laptop: an author's side reduced to what intake sees — a log of changesets with stamps, base and hash chain,
 * cut into bundles at will. No database, no network. */
#ifndef ZHUCUN_TESTS_CONTRACT_LAPTOP_H
#define ZHUCUN_TESTS_CONTRACT_LAPTOP_H

#include "intake.h"

enum { LAPTOP_MAX = 3000, LAPTOP_CELLS = 32, LAPTOP_CHANGES = 64 };

struct laptop {
    struct arena *arena;
    uint64_t origin;
    uint64_t seq;
    uint64_t base;            /* of the next changeset */
    int64_t clock_ms;
    uint64_t last_stamp;
    int64_t observed;
    int schema;
    struct row_id author;
    struct changeset log[LAPTOP_MAX]; /* [seq − 1] */
    struct digest hash[LAPTOP_MAX + 1];
    const struct schema_table *table; /* of the change being written */
    struct cell cells[LAPTOP_CELLS];
    size_t cell_count;
    struct change changes[LAPTOP_CHANGES];
    size_t change_count;
};

struct laptop *laptop_new(struct arena *a, uint64_t origin, int64_t clock_ms);
/* A change: laptop_on(table), cells by name, then put, set or delete; laptop_save ends the changeset. */
void laptop_on(struct laptop *l, const char *table);
void laptop_int(struct laptop *l, const char *column, int64_t v);
void laptop_text(struct laptop *l, const char *column, const char *text);
void laptop_ref(struct laptop *l, const char *column, struct row_id id);
void laptop_null(struct laptop *l, const char *column);
void laptop_elements(struct laptop *l, const char *column, int64_t added, int64_t removed); /* bits */
void laptop_refs(struct laptop *l, const char *column, const struct row_id *added, size_t n, const struct row_id *removed,
                 size_t m); /* sorted by the caller */
void laptop_raw(struct laptop *l, int column, struct value v);
struct row_id laptop_put(struct laptop *l);
struct row_id laptop_put_as(struct laptop *l, struct row_id id); /* explicit id */
void laptop_set(struct laptop *l, struct row_id id);
void laptop_delete(struct laptop *l, const char *table, struct row_id id);
uint64_t laptop_save(struct laptop *l);

void laptop_bundle(const struct laptop *l, uint64_t first, uint64_t last, struct buf *out);

/* Pushes first…last through intake_batch, alone in its transaction. */
struct intake_result laptop_push(const struct laptop *l, struct store *s, uint64_t first, uint64_t last, int64_t received_ms);

#endif
