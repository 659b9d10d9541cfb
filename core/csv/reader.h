/* reader: inside of csv, shared by reader.c (CSV, common part) and ndjson.c. Field texts are gathered in one
 * buffer and addressed by offset while it may still move; csv_resolve turns offsets into pointers. */
#ifndef ZHUCUN_CORE_CSV_READER_H
#define ZHUCUN_CORE_CSV_READER_H

#include "zhucun/csv.h"

struct csv_span {
    size_t at;
    size_t n;
};

struct csv_reader {
    FILE *in;
    enum csv_format format;
    size_t line;                 /* line of the next byte, from 1 */
    size_t record_line;          /* where the record begins */
    struct buf text;             /* the record's fields, each ended by a NUL */
    struct csv_span spans[2 * CSV_MAX_FIELDS]; /* NDJSON: names in the upper half */
    size_t count;
    struct csv_field fields[CSV_MAX_FIELDS];
    struct csv_field names[CSV_MAX_FIELDS];
    struct buf header;           /* CSV: keeps the header's text; NDJSON: the raw line */
    size_t columns;              /* CSV: count of the header */
    uint8_t back[3];             /* bytes read while looking for a BOM, last first */
    size_t back_count;
};

/* Reads one NDJSON record: 1, 0 at the end, negative error. */
int csv_ndjson_next(struct csv_reader *r, struct err *err);
int csv_byte(struct csv_reader *r); /* next byte or EOF; counts lines */
/* Appends a field or name's text; false when the record is too big. */
bool csv_keep(struct csv_reader *r, struct csv_span *span, const char *text, size_t n);

/* Puts "line N: " before the error just set; returns `code`. */
int csv_at_line(const struct csv_reader *r, int code, struct err *err);

#endif
