/* data: the files that are built into the program (regions.csv, prose/…), made by embed.cmake.
 * Each text ends in a NUL that its length does not count. */
#ifndef ZHUCUN_SEEDS_DATA_H
#define ZHUCUN_SEEDS_DATA_H

#include <stddef.h>

struct data_file {
    const char *name; /* relative to seeds/ */
    const char *text;
    size_t len;
};

extern const struct data_file data_files[];
extern const size_t data_count;

#endif
