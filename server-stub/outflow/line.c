/* line: see line.h. Codes as their Chinese terms, references as UUIDs, numbers and booleans as JSON's own. */
#include "line.h"

#include <inttypes.h>
#include <string.h>

/* enum changeset_mark, lowest bit first. */
static const char *const mark_names[] = {"clock", "old_schema", "left", "not_holder", "unknown_author", "late_reply", "revoked",
                                         "not_of_laptop", "overdue_reply", "closed_order"};
enum { MARK_NAMES = sizeof mark_names / sizeof mark_names[0] };

/* ---- JSON ---- */

static void put_json_text(struct buf *out, const void *text, size_t n)
{
    const uint8_t *at = text, *end = at + n, *plain = at;

    buf_put_u8(out, '"');
    for (; at < end; at++) {
        if (*at >= 0x20 && *at != '"' && *at != '\\' && *at != 0x7F)
            continue;
        buf_put(out, plain, (size_t)(at - plain));
        plain = at + 1;
        if (*at == '"' || *at == '\\')
            buf_printf(out, "\\%c", *at);
        else if (*at == '\n')
            buf_put_text(out, "\\n");
        else
            buf_printf(out, "\\u%04x", *at);
    }
    buf_put(out, plain, (size_t)(end - plain));
    buf_put_u8(out, '"');
}

static void put_json_value(struct buf *out, const struct schema_column *c, const struct value *v)
{
    if (c->type == TYPE_TEXT) {
        put_json_text(out, v->data, v->len);
    } else if (c->type == TYPE_INT) {
        buf_printf(out, "%" PRId64, v->i);
    } else if (c->type == TYPE_BOOL) {
        buf_put_text(out, v->i ? "true" : "false");
    } else { /* every other form is free of characters that JSON escapes */
        buf_put_u8(out, '"');
        schema_format(c, v, LANG_ZH, out);
        buf_put_u8(out, '"');
    }
}

static void put_json_values(struct buf *out, const struct told *t)
{
    bool first = true;

    for (size_t i = 0; i < t->count; i++) {
        const struct schema_column *c = schema_column(t->table, t->cells[i].column);
        if (!c)
            continue; /* of a newer schema: kept, passed on, not readable here */
        buf_printf(out, "%s\"%s\":", first ? "" : ",", c->name);
        put_json_value(out, c, &t->cells[i].value);
        first = false;
    }
}

static void put_json_time(struct buf *out, const char *name, int64_t ms)
{
    char text[30];

    time_format(ms, text);
    buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void put_json_marks(struct buf *out, unsigned marks)
{
    const char *between = "";

    buf_put_text(out, ",\"marks\":[");
    for (size_t i = 0; i < MARK_NAMES; i++) {
        if (!(marks >> i & 1))
            continue;
        buf_printf(out, "%s\"%s\"", between, mark_names[i]);
        between = ",";
    }
    buf_put_u8(out, ']');
}

void line_json(const struct line *l, struct buf *out)
{
    const struct told *t = l->told;
    char id[ROW_ID_TEXT];

    row_id_to_text(t->row.row.id, id);
    buf_printf(out, "{\"csn\":%" PRIu64 ",\"table\":\"%s\",\"op\":\"%s\",\"id\":\"%s\",\"origin\":\"%016" PRIx64
               "\",\"author\":", l->csn, t->table->name, l->op, id, t->row.row.id.origin);
    put_json_text(out, l->author, strlen(l->author));
    put_json_time(out, "authored_at", t->authored_ms);
    put_json_time(out, "received_at", t->received_ms);
    if (t->not_before_ms)
        put_json_time(out, "not_before", t->not_before_ms);
    put_json_marks(out, t->marks);
    if (*l->household_no) {
        buf_put_text(out, ",\"household_no\":");
        put_json_text(out, l->household_no, strlen(l->household_no));
    }
    buf_put_text(out, ",\"values\":{");
    if (!l->bare)
        put_json_values(out, t);
    buf_put_text(out, "}}\n");
}

/* ---- CSV ---- */

static const char *const fixed[] = {"csn", "table", "op", "id", "origin", "author", "authored_at", "received_at",
                                    "household_no", "not_before", "marks"};

void line_csv_header(const struct schema_table *t, struct csv_writer *w)
{
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        csv_put_text(w, fixed[i]);
    for (size_t i = 0; i < t->count; i++)
        csv_put_text(w, t->columns[i].name);
    csv_end(w);
}

static void put_csv_marks(unsigned marks, struct csv_writer *w)
{
    char text[160] = "";
    size_t n = 0;

    for (size_t i = 0; i < MARK_NAMES; i++)
        if (marks >> i & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "", mark_names[i]);
    csv_put_text(w, text);
}

static void put_csv_fixed(const struct line *l, struct csv_writer *w)
{
    const struct told *t = l->told;
    char text[ROW_ID_TEXT];

    snprintf(text, sizeof text, "%" PRIu64, l->csn);
    csv_put_text(w, text);
    csv_put_text(w, t->table->name);
    csv_put_text(w, l->op);
    row_id_to_text(t->row.row.id, text);
    csv_put_text(w, text);
    snprintf(text, sizeof text, "%016" PRIx64, t->row.row.id.origin);
    csv_put_text(w, text);
    csv_put_text(w, l->author);
    time_format(t->authored_ms, text);
    csv_put_text(w, text);
    time_format(t->received_ms, text);
    csv_put_text(w, text);
    csv_put_text(w, l->household_no);
    if (t->not_before_ms)
        time_format(t->not_before_ms, text);
    csv_put_text(w, t->not_before_ms ? text : "");
    put_csv_marks(t->marks, w);
}

void line_csv(const struct line *l, struct csv_writer *w)
{
    const struct told *t = l->told;
    struct buf cell;

    buf_init(&cell, CHANGE_MAX_TEXT * 3);
    put_csv_fixed(l, w);
    for (size_t i = 0; i < t->table->count; i++) {
        buf_reset(&cell);
        if (!l->bare)
            schema_format(&t->table->columns[i], &t->row.row.values[i], LANG_ZH, &cell);
        csv_put(w, buf_text(&cell), cell.len);
    }
    csv_end(w);
    buf_free(&cell);
}
