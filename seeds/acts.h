/* acts: the year of one laptop as changesets, written as NDJSON in time order.
 *
 *   {"at":…,"observed":…,"as":WORKER,"changes":[{"op":"put","table":…,"tag":…,"values":{…}},
 *    {"op":"set","table":…,"row":NATURAL KEY,"values":{…},"removed":{…}},
 *    {"op":"set","table":…,"find":{…},"values":{…}}]}
 *
 * Call in this order: acts_open, then for each change acts_put / acts_set / acts_find + acts_found, then its
 * values, then acts_removed if any; acts_close. Values are text in the CSV form. */
#ifndef ZHUCUN_SEEDS_ACTS_H
#define ZHUCUN_SEEDS_ACTS_H

#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/schema.h"

struct tally { /* what was written, over all laptops */
    int64_t files, changesets, changes;
    int64_t put[SCHEMA_MAX_TABLE + 1], set[SCHEMA_MAX_TABLE + 1]; /* by table number */
};

struct act {
    int64_t at_ms;
    size_t first, len; /* in `text` */
};

struct acts {
    struct buf text;
    struct act *list;
    size_t count, cap;
    unsigned tags, changes;
    bool values; /* a value is written in this change */
    bool failed;
    struct tally *tally;
};

void acts_init(struct acts *a, struct tally *tally);
void acts_free(struct acts *a);

/* `minute` of the day, region time; `observed`: the day that the changes are about. */
void acts_open(struct acts *a, int32_t day, int minute, int32_t observed, const char *as);
/* Returns the number of the new row's tag ("t7"), to be named by acts_tag. */
unsigned acts_put(struct acts *a, const char *table);
void acts_set(struct acts *a, const char *table, const char *row);
void acts_find(struct acts *a, const char *table); /* then the columns to look for … */
void acts_found(struct acts *a);                   /* … then this, then the values */
void acts_text(struct acts *a, const char *column, const char *text);
void acts_number(struct acts *a, const char *column, int64_t number);
void acts_day(struct acts *a, const char *column, int64_t day);
void acts_code(struct acts *a, const char *column, const struct schema_codes *codes, int code);
void acts_tag(struct acts *a, const char *column, unsigned tag); /* a row made earlier in this file */
void acts_removed(struct acts *a, const char *column, const char *elements);
void acts_close(struct acts *a);
unsigned acts_changes(const struct acts *a); /* changes in the open changeset */

/* Sorts by time (those of one minute stay as they came), writes FOLDER/NAME.ndjson and empties. No acts, no
 * file. */
int acts_flush(struct acts *a, const char *folder, const char *name, struct err *err);

#endif
