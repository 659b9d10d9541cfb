/* line: one row of the consolidated log as text, NDJSON or CSV. */
#ifndef ZHUCUN_OUTFLOW_LINE_H
#define ZHUCUN_OUTFLOW_LINE_H

#include "told.h"
#include "zhucun/csv.h"

struct line {
    bool bare; /* no values: the row is dead, or none of the reader's business any more */
    const struct told *told;
    const char *op;           /* put, amend, delete */
    uint64_t csn;
    const char *author;       /* worker number; "" nobody */
    const char *household_no; /* of the household it belongs to; "" none */
};
void line_json(const struct line *l, struct buf *out);
void line_csv_header(const struct schema_table *t, struct csv_writer *w);
void line_csv(const struct line *l, struct csv_writer *w);

#endif
