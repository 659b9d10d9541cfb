/* csv: records from and to people's sheets. One reader for CSV (RFC 4180) and NDJSON (flat objects), so that
 * importers do not care which it was; one writer for CSV. Streaming: memory is one record.
 *
 * Strict where data would be lost, lenient where nothing is: a BOM is skipped, CRLF and LF both end a record,
 * quoted fields may hold line ends, blank lines are skipped; a wrong column count, a stray quote, an open
 * quote, a NUL or bytes that are not UTF-8 are ERR_REFUSED with the line number. */
#ifndef ZHUCUN_CSV_H
#define ZHUCUN_CSV_H

#include <stdio.h>

#include "zhucun/buf.h"
#include "zhucun/err.h"

enum csv_format { CSV_FORMAT_CSV, CSV_FORMAT_NDJSON };
enum {
    CSV_MAX_FIELDS = 250,
    CSV_MAX_FIELD = 64 * 1024,  /* bytes of one field */
    CSV_MAX_RECORD = 1024 * 1024
};

struct csv_field {
    const char *text; /* NUL-terminated behind `n`; valid UTF-8 without NUL. Borrowed until the next csv_next */
    size_t n;
};

/* names[i] is the column of fields[i]: the header row of CSV, the object's keys of NDJSON (strings as they
 * are, numbers and booleans in their JSON form, null as "", an array of those joined by commas). */
struct csv_record {
    size_t line;      /* where the record begins, from 1 */
    size_t count;
    const struct csv_field *names;
    const struct csv_field *fields;
};

struct csv_reader;
/* By the file's ending: ".ndjson", ".jsonl", ".json" → NDJSON, anything else → CSV. */
enum csv_format csv_format_of(const char *path);
/* Borrows `in`. CSV: reads the header row at once (an empty file is ERR_REFUSED). */
int csv_open(struct csv_reader **out, FILE *in, enum csv_format format, struct err *err);
void csv_close(struct csv_reader *r);
/* The header row of CSV; count 0 for NDJSON. Valid until csv_close. */
void csv_header(const struct csv_reader *r, struct csv_record *header);
/* 1: a record, 0: the end, negative: error (already says "line N: …"). */
int csv_next(struct csv_reader *r, struct csv_record *record, struct err *err);

/* Writer: appends to a buf, which the caller drains when it likes. Quotes what needs it, ends records by CRLF. */
struct csv_writer {
    struct buf *out;
    bool neutralise; /* put ' before a field that starts with = + - @ TAB CR: spreadsheets would run it */
    size_t column;   /* fields put in this record so far */
};
void csv_put_bom(struct csv_writer *w);
void csv_put(struct csv_writer *w, const char *text, size_t n);
void csv_put_text(struct csv_writer *w, const char *text);
void csv_end(struct csv_writer *w);

#endif
