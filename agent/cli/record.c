/* record: names of rows (natural keys), authors and states. Neighbour: record_json.c. */
#include "record.h"

#include <string.h>

#include "inbox.h"
#include "text.h"

enum { ROW_BYTES = 1024 * 1024 };

void record_open(struct record *r, struct cli *c)
{
    *r = (struct record){.c = c};
    arena_init(&r->arena, ROW_BYTES);
}

void record_close(struct record *r)
{
    arena_free(&r->arena);
}

static int look_up(struct record *r, const struct schema_table *t, struct record_name *name, struct err *err)
{
    struct table_row row;
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    struct buf text;
    arena_reset(&r->arena);
    name->here = false;
    name->key[0] = '\0';
    int found = table_read(r->c->home->tables, t, name->id, &r->arena, &row, err);
    if (found <= 0) return found;
    name->here = true;
    if (!key) return 0;
    buf_init(&text, RECORD_NAME_BYTES);
    schema_format(key, &row.values[schema_column_index(t, key)], LANG_ZH, &text);
    if (!text.failed && text.len < RECORD_NAME_BYTES) {
        if (text.len) memcpy(name->key, text.data, text.len);
        name->key[text.len] = '\0';
    }
    buf_free(&text);
    return 0;
}

int record_key(struct record *r, int table, struct row_id id, const char **key, bool *here, struct err *err)
{
    uint64_t mix = (id.origin ^ id.number ^ (id.number >> ROW_INDEX_BITS) ^ (uint64_t)table) * UINT64_C(0x9E3779B97F4A7C15);
    struct record_name *name = &r->names[mix >> 58];
    if (name->table != table || !row_id_equal(name->id, id)) {
        const struct schema_table *t = schema_table(r->c->home->schema, table);
        *name = (struct record_name){.table = table, .id = id};
        int rc = t ? look_up(r, t, name, err) : 0;
        if (rc) {
            name->table = 0;
            return rc;
        }
    }
    *key = name->key;
    *here = name->here;
    return 0;
}

int record_author(struct record *r, const struct table_row *row, const char **author, struct err *err)
{
    const struct value *v = &row->system[HOME_AUTHOR];
    const struct schema_table *worker = schema_table_named(r->c->home->schema, "worker");
    struct row_id id;
    bool here;
    *author = "";
    if (v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id)) return 0;
    int rc = record_key(r, worker->number, id, author, &here, err);
    if (rc || **author) return rc;
    char *text = arena_alloc(&r->arena, ROW_ID_TEXT);
    if (!text) return err_nomem(err);
    row_id_to_text(id, text);
    *author = text;
    return 0;
}

static int reference_text(struct record *r, const struct schema_column *c, const uint8_t *bytes, struct buf *out,
                          struct err *err)
{
    struct row_id id;
    const char *key;
    char text[ROW_ID_TEXT];
    bool here;
    if (row_id_from_bytes(bytes, ROW_ID_BYTES, &id)) return 0;
    int rc = record_key(r, c->ref, id, &key, &here, err);
    if (rc) return rc;
    row_id_to_text(id, text);
    buf_put_text(out, *key ? key : text);
    return 0;
}

int record_text(struct record *r, const struct schema_column *c, const struct value *v, enum lang lang, struct buf *out,
                struct err *err)
{
    if (v->kind != VALUE_BLOB || (c->type != TYPE_REF && c->type != TYPE_REFSET)) {
        schema_format(c, v, lang, out);
        return 0;
    }
    for (uint32_t i = 0; i + ROW_ID_BYTES <= v->len; i += ROW_ID_BYTES) {
        if (i > 0) buf_put_text(out, ",");
        int rc = reference_text(r, c, v->data + i, out, err);
        if (rc) return rc;
    }
    return 0;
}

const char *record_state_name(enum record_state s)
{
    return s == RECORD_RECEIVED ? "received" : s == RECORD_PENDING ? "pending" : "quarantined";
}

const char *record_state_label(const struct cli *c, enum record_state s)
{
    if (s == RECORD_RECEIVED) return cli_pick(c, "已上报", "received");
    return s == RECORD_PENDING ? cli_pick(c, "未上报", "pending") : cli_pick(c, "被隔离", "quarantined");
}

int record_state_words(struct record *r, const struct schema_table *t, const struct table_row *row, enum record_state s,
                       const char **words, struct err *err)
{
    bool late = false;
    int rc = strcmp(t->name, "order_reply") == 0 ? inbox_reply_late(r->c->home, t, row, &late, err) : 0;
    *words = late ? cli_pick(r->c, "已上报（延迟上传）", "received (late upload)") : record_state_label(r->c, s);
    return rc;
}

void record_instant(int64_t ms, char out[30])
{
    out[0] = '\0';
    if (ms) time_format(ms, out);
}
