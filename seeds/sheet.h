/* sheet: writes one CSV file: UTF-8, RFC 4180 quoting, LF lines. Fields in order, then sheet_end_row.
 * Failures are kept until sheet_close, which reports the first. */
#ifndef ZHUCUN_SEEDS_SHEET_H
#define ZHUCUN_SEEDS_SHEET_H

#include <stdio.h>

#include "zhucun/err.h"
#include "zhucun/schema.h"

struct sheet {
    FILE *file;
    char path[4096];
    bool started; /* a field of this row is written */
};

/* `header` is the first line, written as it is. */
int sheet_open(struct sheet *s, const char *folder, const char *name, const char *header, struct err *err);
void sheet_text(struct sheet *s, const char *text);
void sheet_number(struct sheet *s, int64_t number);
void sheet_day(struct sheet *s, int64_t day); /* 0: empty */
void sheet_code(struct sheet *s, const struct schema_codes *codes, int64_t code);
void sheet_set(struct sheet *s, const struct schema_codes *codes, unsigned set);
void sheet_end_row(struct sheet *s);
int sheet_close(struct sheet *s, struct err *err);

#endif
