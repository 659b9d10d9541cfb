/* tally: visits counted by who made them, on which laptop and in which month, on both sides, so that 148 here and 108
 * there is seen on the day it happens. What is counted is the making: the PUTs of `visit` in a laptop's changesets that
 * the server has received and not quarantined, by the author and the date as made. Amending, deleting or handing over
 * later changes nothing. */
#ifndef ZHUCUN_TALLY_H
#define ZHUCUN_TALLY_H

#include "zhucun/change.h"

enum {
    TALLY_MAX = 16,          /* tallies in one message */
    TALLY_MAX_NUMBERS = 1024 /* row numbers in one message */
};

struct tally {               /* of one origin's log */
    struct row_id author;
    int month;               /* year * 100 + month */
    uint64_t count, digest;  /* digest: sum of tally_hash modulo 2^64 */
    bool want;               /* in a request: tell the numbers that you have */
    uint64_t *numbers;       /* row numbers of the visits, ascending; may be cut, or not told at all */
    size_t number_count;
};

/* Does that change of the changeset make a visit that is counted? Then in which month, and the visit's id. */
bool tally_counts(const struct changeset *cs, size_t change, int *month, struct row_id *id);
uint64_t tally_hash(struct row_id visit); /* first 8 bytes of SHA-256 over its UUID */

/* As part of pull messages (layout in core/wire/tally.c). */
bool tallies_fit(const struct tally *list, size_t count);
void tallies_encode(const struct tally *list, size_t count, struct buf *out);
int tallies_decode(struct reader *in, struct arena *arena, struct tally **list, size_t *count, struct err *err);

/* Row numbers, ascending, as bytes: varint differences, the first to 0. Decoding stops at `room`; negative: not such. */
void tally_numbers_encode(const uint64_t *numbers, size_t count, struct buf *out);
int tally_numbers_decode(const void *bytes, size_t n, uint64_t *numbers, size_t room, size_t *count);

#endif
