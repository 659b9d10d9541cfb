/* record_json: a row as one JSON object, values by type as surface.md's --json has them: codes by their Chinese
 * term, sets as arrays, money as text so that no reader rounds it. */
#include <string.h>

#include "inbox.h"
#include "record.h"

static const char *const system_keys[] = {"id", "state", "author", "authored_at", "received_at", "why"};

bool record_system_key(const char *name)
{
    for (size_t i = 0; i < sizeof system_keys / sizeof system_keys[0]; i++) {
        if (strcmp(system_keys[i], name) == 0) return true;
    }
    return false;
}

const char *record_json_key(const struct schema_table *t, const struct schema_column *c, char out[80])
{
    snprintf(out, 80, record_system_key(c->name) ? "%s_%s" : "%.0s%s", t->name, c->name);
    return out;
}

const struct schema_column *record_column(const struct schema_table *t, const char *name)
{
    size_t n = strlen(t->name);
    const struct schema_column *c = schema_column_named(t, name);
    if (c || strncmp(name, t->name, n) != 0 || name[n] != '_' || !record_system_key(name + n + 1)) return c;
    return schema_column_named(t, name + n + 1);
}

static json_t *text_of(const struct schema_column *c, const struct value *v)
{
    struct buf text;
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    schema_format(c, v, LANG_ZH, &text);
    json_t *json = json_stringn(buf_text(&text), text.len);
    buf_free(&text);
    return json;
}

static json_t *set_of(const struct schema_column *c, const struct value *v)
{
    json_t *list = json_array();
    for (int code = 1; code < 63; code++) {
        if (!((uint64_t)v->i >> code & 1)) continue;
        const char *label = schema_code_label(c->codes, code, LANG_ZH);
        json_array_append_new(list, label ? json_string(label) : json_integer(code));
    }
    return list;
}

/* References in a list: by natural key when `by_key`, else by id. */
static int refs_of(struct record *r, const struct schema_column *c, const struct value *v, bool by_key, json_t **out,
                   struct err *err)
{
    json_t *list = json_array();
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i + ROW_ID_BYTES <= v->len; i += ROW_ID_BYTES) {
        struct value one = value_blob(v->data + i, ROW_ID_BYTES);
        struct buf text;
        buf_init(&text, 200);
        if (by_key) rc = record_text(r, c, &one, LANG_ZH, &text, err);
        else schema_format(c, &one, LANG_ZH, &text);
        json_array_append_new(list, json_stringn(buf_text(&text), text.len));
        buf_free(&text);
    }
    *out = list;
    return rc;
}

static int value_json(struct record *r, const struct schema_column *c, const struct value *v, bool by_key, json_t **out,
                      struct err *err)
{
    json_t *refs = NULL;
    int rc = 0;
    switch (c->type) {
    case TYPE_INT:
        *out = json_integer(v->i);
        break;
    case TYPE_BOOL:
        *out = json_boolean(v->i != 0);
        break;
    case TYPE_SET:
        *out = set_of(c, v);
        break;
    case TYPE_REFSET:
        rc = refs_of(r, c, v, by_key, out, err);
        break;
    case TYPE_REF:
        rc = refs_of(r, c, v, by_key, &refs, err);
        *out = json_incref(json_array_get(refs, 0));
        json_decref(refs);
        break;
    default:
        *out = text_of(c, v);
    }
    return rc || *out ? rc : err_nomem(err);
}

/* "<col>_key" beside a reference: the natural key, when the row is here and has one. */
static int key_beside(struct record *r, const struct schema_column *c, const struct value *v, const char *name,
                      json_t *object, struct err *err)
{
    struct row_id id;
    const char *key;
    char beside[100];
    bool here;
    if (c->type != TYPE_REF || row_id_from_bytes(v->data, v->len, &id)) return 0;
    int rc = record_key(r, c->ref, id, &key, &here, err);
    snprintf(beside, sizeof beside, "%s_key", name);
    if (rc == 0 && here && *key) json_object_set_new(object, beside, json_string(key));
    return rc;
}

static int columns_json(struct record *r, const struct schema_table *t, const struct table_row *row, bool plain,
                        json_t *object, struct err *err)
{
    char id[ROW_ID_TEXT], name[80];
    row_id_to_text(row->id, id);
    json_object_set_new(object, "id", json_string(id));
    for (size_t i = 0; i < t->count && i < row->count; i++) {
        const struct schema_column *c = &t->columns[i];
        json_t *value = NULL;
        if (row->values[i].kind == VALUE_NULL) continue;
        int rc = value_json(r, c, &row->values[i], plain, &value, err);
        const char *key = plain ? c->name : record_json_key(t, c, name);
        json_object_set_new(object, key, value);
        if (rc == 0 && !plain) rc = key_beside(r, c, &row->values[i], key, object, err);
        if (rc) return rc;
    }
    return 0;
}

static void instant_json(json_t *object, const char *key, int64_t ms)
{
    char text[30];
    record_instant(ms, text);
    json_object_set_new(object, key, ms ? json_string(text) : json_null());
}

/* A reply to an order: was it in time and received late (延迟上传)? */
static int late_json(struct record *r, const struct schema_table *t, const struct table_row *row, json_t *object,
                     struct err *err)
{
    bool late = false;
    if (strcmp(t->name, "order_reply") != 0) return 0;
    int rc = inbox_reply_late(r->c->home, t, row, &late, err);
    json_object_set_new(object, "late_upload", json_boolean(late));
    return rc;
}

static int system_json(struct record *r, const struct schema_table *t, const struct table_row *row, json_t *object,
                       struct err *err)
{
    struct record_status status;
    const char *author;
    int rc = journal_row_status(r->c->home, row, &status, err);
    if (rc) return rc;
    json_object_set_new(object, "state", json_string(record_state_name(status.state)));
    rc = record_author(r, row, &author, err);
    if (rc) return rc;
    json_object_set_new(object, "author", *author ? json_string(author) : json_null());
    const struct value *authored = &row->system[HOME_AUTHORED];
    instant_json(object, "authored_at", authored->kind == VALUE_INT ? authored->i : 0);
    instant_json(object, "received_at", status.received_ms);
    if (status.state == RECORD_QUARANTINED) json_object_set_new(object, "why", json_string(status.why));
    return late_json(r, t, row, object, err);
}

static int build(struct record *r, const struct schema_table *t, const struct table_row *row, bool plain, json_t **out,
                 struct err *err)
{
    json_t *object = json_object();
    *out = NULL;
    if (!object) return err_nomem(err);
    int rc = columns_json(r, t, row, plain, object, err);
    if (rc == 0 && !plain) rc = system_json(r, t, row, object, err);
    if (rc) json_decref(object);
    else *out = object;
    return rc;
}

int record_json(struct record *r, const struct schema_table *t, const struct table_row *row, json_t **out,
                struct err *err)
{
    return build(r, t, row, false, out, err);
}

int record_json_plain(struct record *r, const struct schema_table *t, const struct table_row *row, json_t **out,
                      struct err *err)
{
    return build(r, t, row, true, out, err);
}

int record_json_line(FILE *to, json_t *object, struct err *err)
{
    int bad = json_dumpf(object, to, JSON_COMPACT);
    if (!bad) bad = fputc('\n', to) == EOF;
    json_decref(object);
    return bad ? err_set(err, ERR_DISK, "写输出失败", "writing the output failed") : 0;
}
