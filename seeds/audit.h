/* audit: what check.c has counted so far. audit_roster.c reads the roster, audit_acts.c one laptop's acts. */
#ifndef ZHUCUN_SEEDS_AUDIT_H
#define ZHUCUN_SEEDS_AUDIT_H

#include "figures.h"
#include "keyset.h"
#include "zhucun/err.h"

struct audit_household {
    uint32_t people;
    uint8_t status; /* code of monitor_status; 0: none */
    int32_t taken_in;
};

struct audit {
    struct keyset regions, workers, households, members, orders, risks, clues, employed;
    struct audit_household *household; /* by number in `households` */
    struct figures seen;
    int64_t decided, changesets, changes, files;
    int64_t put[64], set[64]; /* by table number */
};

enum { CSV_FIELDS = 24 };
/* Reads a CSV file and calls `row` with the fields of each row after the header. */
int audit_csv(const char *path, size_t fields, int (*row)(struct audit *a, char **field, struct err *err),
              struct audit *a, struct err *err);

int audit_roster(struct audit *a, const char *folder, struct err *err);
/* Reads FOLDER/acts/NAME.ndjson; a missing file is an empty one. `workers`: who may write, space separated.
 */
int audit_acts(struct audit *a, const char *folder, const char *name, const char *workers, struct err *err);

#endif
