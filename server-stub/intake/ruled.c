/* ruled: see ruled.h. */
#include "ruled.h"

#include <string.h>

static const char office[] = "办公室";

/* Bytes of the first `limit` characters. */
static size_t cut(const uint8_t *text, size_t n, int limit)
{
    size_t at = 0;
    for (int left = limit; at < n && left > 0; left--)
        for (at++; at < n && (text[at] & 0xc0) == 0x80; at++)
            ;
    return at;
}

int ruled_text(const struct schema *schema, const struct schema_column *c, const struct value *v, struct arena *a,
               struct value *out, struct err *err)
{
    const struct schema_column *current = schema_column_named(schema_table_named(schema, "notice"), "current");
    struct buf text;
    int rc = 0;
    *out = value_null();
    buf_init(&text, CHANGE_MAX_BYTES);
    if (c != NULL) schema_format(c, v, LANG_ZH, &text);
    size_t n = text.len ? cut(text.data, text.len, current->limit) : 0;
    if (n != 0) {
        const void *copy = arena_copy(a, text.data, n);
        rc = copy ? 0 : err_nomem(err);
        *out = value_text(copy, n);
    }
    buf_free(&text);
    return rc;
}

/* "Yours is taken" is true for the laptop whose value had lost; for another it is a value that is not its own. */
static enum ledger_ruling ruling_for(const struct schema_table *t, const struct stored_row *notice, uint64_t loser_origin,
                                     enum ledger_ruling ruling)
{
    const struct value *to = &notice->row.values[schema_column_index(t, schema_column_named(t, "addressee"))];
    bool losers = to->kind == VALUE_INT && to->i == region_private(loser_origin);
    return ruling == RULING_LOSER && !losers ? RULING_OTHER : ruling;
}

int ruled_cells(struct store *s, struct row_id notice, uint64_t loser_origin, const struct ledger_resolution *r,
                const struct value *current, struct arena *a, struct cell *cells, struct err *err)
{
    static const char *const names[RULED_CELLS] = {"current", "decision", "decided_by", "decided_on", "why"};
    const struct schema_table *t = schema_table_named(store_schema(s), "notice");
    struct value by = r->by.len ? r->by : value_text(office, sizeof office - 1);
    struct stored_row row;
    int rc = store_row_get(s, t, notice, a, &row, err);
    if (rc != 1) return rc;
    by.len = (uint32_t)cut(by.data, by.len, schema_column_named(t, "decided_by")->limit);
    const struct value values[RULED_CELLS] = {*current, value_int((int64_t)ruling_for(t, &row, loser_origin, r->ruling)), by,
                                              value_int(date_of_ms(r->at_ms)), r->why};
    for (size_t i = 0; i < RULED_CELLS; i++)
        cells[i] = (struct cell){.column = schema_column_named(t, names[i])->number, .value = values[i]};
    return 1;
}
