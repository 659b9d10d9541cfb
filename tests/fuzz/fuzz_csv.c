/* Any bytes as a sheet: the first byte chooses CSV or NDJSON. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "zhucun/csv.h"
#include "zhucun/schema.h"

/* Every field also as each column of the visit table, the way imports read it. */
static void parse_fields(const struct csv_record *record, struct buf *scratch)
{
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    struct value value;
    struct err err;
    for (size_t i = 0; i < record->count; i++) {
        const struct schema_column *c = &t->columns[i % t->count];
        buf_reset(scratch);
        if (schema_parse(c, record->fields[i].text, record->fields[i].n, scratch, &value, &err)) continue;
        if (schema_check(t, c, &value, &err)) continue;
        schema_format(c, &value, LANG_ZH, scratch);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2) return 0;
    FILE *in = fmemopen((void *)(uintptr_t)(bytes + 1), n - 1, "rb");
    if (!in) return 0;
    struct csv_reader *reader;
    struct csv_record record;
    struct err err;
    struct buf scratch;
    buf_init(&scratch, 1 << 20);
    if (csv_open(&reader, in, bytes[0] & 1 ? CSV_FORMAT_NDJSON : CSV_FORMAT_CSV, &err) == 0) {
        while (csv_next(reader, &record, &err) == 1)
            parse_fields(&record, &scratch);
        csv_close(reader);
    }
    buf_free(&scratch);
    fclose(in);
    return 0;
}
