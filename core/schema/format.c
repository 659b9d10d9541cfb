/* format: values as people read them, by the column's type; the inverse of parse.c. */
#include <inttypes.h>

#include "zhucun/env.h"
#include "zhucun/schema.h"

static void format_refs(const struct value *v, struct buf *out)
{
    for (size_t i = 0; i + ROW_ID_BYTES <= v->len; i += ROW_ID_BYTES) {
        struct row_id id;
        char text[ROW_ID_TEXT];
        if (row_id_from_bytes(v->data + i, ROW_ID_BYTES, &id)) continue;
        row_id_to_text(id, text);
        buf_printf(out, "%s%s", i ? "," : "", text);
    }
}

static void format_set(const struct schema_column *c, int64_t bits, enum lang lang, struct buf *out)
{
    bool first = true;
    for (int code = 1; code < 63; code++) {
        if (!((uint64_t)bits >> code & 1)) continue;
        const char *label = schema_code_label(c->codes, code, lang);
        buf_put_text(out, first ? "" : ",");
        if (label) buf_put_text(out, label);
        else buf_printf(out, "%d", code);
        first = false;
    }
}

void schema_format(const struct schema_column *c, const struct value *v, enum lang lang, struct buf *out)
{
    char date[11];
    if (v->kind == VALUE_NULL) return;
    switch (c->type) {
    case TYPE_TEXT: buf_put(out, v->data, v->len); return;
    case TYPE_REF:
    case TYPE_REFSET: format_refs(v, out); return;
    case TYPE_HASH:
        for (uint32_t i = 0; i < v->len; i++)
            buf_printf(out, "%02x", v->data[i]);
        return;
    case TYPE_SET: format_set(c, v->i, lang, out); return;
    case TYPE_CODE: {
        const char *label = schema_code_label(c->codes, v->i, lang);
        if (label) buf_put_text(out, label);
        else buf_printf(out, "%" PRId64, v->i);
        return;
    }
    case TYPE_BOOL: buf_put_text(out, lang == LANG_ZH ? (v->i ? "是" : "否") : (v->i ? "yes" : "no")); return;
    case TYPE_DATE:
        date_format(v->i, date);
        buf_put_text(out, date);
        return;
    case TYPE_MINUTE: buf_printf(out, "%02d:%02d", (int)(v->i / 60 % 24), (int)(v->i % 60)); return;
    case TYPE_MONEY: {
        uint64_t fen = v->i < 0 ? 0 - (uint64_t)v->i : (uint64_t)v->i;
        buf_printf(out, "%s%" PRIu64 ".%02d", v->i < 0 ? "-" : "", fen / 100, (int)(fen % 100));
        return;
    }
    case TYPE_REGION: buf_printf(out, "%012" PRId64, v->i); return;
    case TYPE_INT: buf_printf(out, "%" PRId64, v->i); return;
    }
}
