/* ruled: see ruled.h. One ruling, as each reads it (code list "ruling"):
 *
 *   ruling   at the office        laptop whose value had lost   whose value was in force   whose proposal it was
 *   winner   the value in force   the other's was taken         yours is taken             the value in force
 *   loser    the losing value     yours is taken                the other's was taken      yours is taken
 *   other    another value        another value                 another value              another value
 *
 * Where something else is in force by then than the two had quarrelled about, "winner" is that it stays, for both. */
#include "ruled.h"

#include <string.h>

enum { TOLD_STAYS = 1, TOLD_YOURS, TOLD_ANOTHER, TOLD_OTHERS, TOLD_LOSING };
enum { KIND_PROPOSAL = 2 }; /* notice_kind */

const char *ruled_words(enum ledger_ruling ruling, enum lang lang)
{
    static const int codes[] = {[RULING_WINNER] = TOLD_STAYS, [RULING_LOSER] = TOLD_LOSING, [RULING_OTHER] = TOLD_ANOTHER};
    const struct schema_table *t = schema_table_named(schema_current(), "notice");
    int code = (size_t)ruling < sizeof codes / sizeof codes[0] ? codes[ruling] : 0;
    if (code == 0) return lang == LANG_ZH ? "未裁定" : "not decided";
    return schema_code_label(schema_column_named(t, "decision")->codes, code, lang);
}

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

static const struct value *cell_of(const struct schema_table *t, const struct stored_row *notice, const char *name)
{
    return &notice->row.values[schema_column_index(t, schema_column_named(t, name))];
}

/* `current`: what is in force from now on. */
static int64_t told_as(const struct schema_table *t, const struct stored_row *notice, uint64_t loser_origin,
                       enum ledger_ruling ruling, const struct value *current)
{
    const struct value *to = cell_of(t, notice, "addressee"), *kind = cell_of(t, notice, "kind");
    bool losers = to->kind == VALUE_INT && to->i == region_private(loser_origin);
    bool proposal = kind->kind == VALUE_INT && kind->i == KIND_PROPOSAL;
    bool whole = cell_of(t, notice, "item")->kind == VALUE_NULL, deleted = cell_of(t, notice, "reason")->i == REASON_ROW_DELETED;
    const struct value *held = cell_of(t, notice, losers ? "current" : "yours");
    if (ruling == RULING_OTHER) return TOLD_ANOTHER;
    if (ruling == RULING_LOSER) return losers ? TOLD_YOURS : TOLD_OTHERS;
    if (proposal || whole || deleted || !value_equal(held, current)) return TOLD_STAYS;
    return losers ? TOLD_OTHERS : TOLD_YOURS;
}

int ruled_cells(struct store *s, struct row_id notice, uint64_t loser_origin, const struct ledger_resolution *r,
                const struct value *current, struct arena *a, struct cell *cells, struct err *err)
{
    static const char *const names[RULED_CELLS] = {"current", "decision", "decided_by", "decided_on", "why"};
    const struct schema_table *t = schema_table_named(store_schema(s), "notice");
    struct value by = r->by.len ? r->by : schema_said(SAID_OFFICE);
    struct stored_row row;
    int rc = store_row_get(s, t, notice, a, &row, err);
    if (rc != 1) return rc;
    by.len = (uint32_t)cut(by.data, by.len, schema_column_named(t, "decided_by")->limit);
    const struct value values[RULED_CELLS] = {*current, value_int(told_as(t, &row, loser_origin, r->ruling, current)), by,
                                              value_int(date_of_ms(r->at_ms)), r->why};
    for (size_t i = 0; i < RULED_CELLS; i++)
        cells[i] = (struct cell){.column = schema_column_named(t, names[i])->number, .value = values[i]};
    return 1;
}
