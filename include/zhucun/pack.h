/* pack: bundle bytes ⇄ changesets, and row blocks ⇄ rows; the only module that knows zlib.
 * Layouts stand in PROTOCOL.md and above the code that implements them. */
#ifndef ZHUCUN_PACK_H
#define ZHUCUN_PACK_H

#include "zhucun/change.h"
#include "zhucun/schema.h"
#include "zhucun/seal.h"

enum {
    BUNDLE_FORMAT = 1,
    BUNDLE_MAX_CHANGESETS = 4096,
    BUNDLE_MAX_CHANGES = 262144,
    BUNDLE_MAX_BYTES = 4 * 1024 * 1024,     /* sealed */
    BUNDLE_MAX_INFLATED = 32 * 1024 * 1024, /* columns before deflate */
    BUNDLE_MAX_ARENA = 192 * 1024 * 1024,   /* what a decoder may take in all */
    BUNDLE_LEVEL = 9,                       /* deflate level of a bundle that goes over a thin link */
    ROWS_LEVEL = 6                          /* of pull answers; up to here text is deflated, above it is coded */
};

struct bundle_header {
    int format;
    int suite;
    int dictionary;         /* id of the preset dictionary; never retired */
    uint64_t origin;
    uint64_t first, last;   /* seq */
    uint64_t previous;      /* digest_short of h(first−1) */
    int schema;
    size_t count;           /* changesets: last − first + 1 */
    size_t signature_bytes; /* at the end; suite 0: a checksum of 4, else 64 */
    size_t body_offset;     /* where the body begins */
};

/* Packs `count` (1…BUNDLE_MAX_CHANGESETS) consecutive changesets of one origin. `level` is deflate's, 1…9. */
int bundle_pack(const struct changeset *list, size_t count, const struct digest *before_first, int level,
                struct buf *out, struct err *err);
/* Reads a header without trusting anything behind it. */
int bundle_peek(const void *bytes, size_t n, struct bundle_header *header, struct err *err);
/* Full decode. Changesets live in the arena. Never reads or allocates beyond the limits above. */
int bundle_unpack(const void *bytes, size_t n, struct arena *arena, struct bundle_header *header,
                  struct changeset **list, size_t *count, struct err *err);

/* The envelope (core/pack/envelope.c). `seal`: a packed bundle to the server, by the laptop; appends to `out`. `signed`: reads the
 * header and holds the signature against the laptop's key, without opening it: ERR_DENIED. `open`: the packed bundle, byte
 * for byte; appends to `out`; ERR_CORRUPT when it is not for this key. Whoever opens has asked who signed. */
struct env;
struct key_pair;
struct public_key;
int bundle_seal(const void *packed, size_t n, const struct public_key *to, const struct key_pair *by, const struct env *env,
                struct buf *out, struct err *err);
int bundle_signed(const void *sealed, size_t n, const struct public_key *by, struct bundle_header *header, struct err *err);
int bundle_open(const void *sealed, size_t n, const struct key_pair *box, struct buf *out, struct err *err);

/* A pulled row: latest state. As a change (op PUT with explicit id, or DELETE for a grave) plus what every
 * row has. */
struct pulled_row {
    uint64_t csn;
    struct change change;     /* PUT: all non-NULL cells; DELETE: grave; cells none */
    bool moved_out;           /* the row left the scope: forget it, it is not dead */
    struct row_id author;
    int64_t authored_ms;      /* raw clock of the author */
    int64_t received_ms;
    uint64_t row_hash;        /* of a PUT: not sent, the decoder computes it */
};

int rows_pack(const struct pulled_row *rows, size_t count, int level, struct buf *out, struct err *err);
int rows_unpack(const void *bytes, size_t n, struct arena *arena, struct pulled_row **rows, size_t *count,
                struct err *err);

/* Fingerprint of one row: SHA-256 over table number, id and cells (ascending column, NULLs left out), first 8
 * bytes. A scope's fingerprint is the sum of its live rows' hashes modulo 2^64. */
uint64_t row_hash(int table, struct row_id id, const struct cell *cells, size_t count);

#endif
