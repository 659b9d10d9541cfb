/* loss_json: an entry of losses as one JSON object. Codes by their Chinese term, as everywhere in --json. */
#include <string.h>

#include "loss.h"

enum { TEXT_MAX = CHANGE_MAX_TEXT * 4 };

static json_t *text_or_null(const void *text, size_t n)
{
    return n ? json_stringn(text, n) : json_null();
}

static json_t *value_or_null(const struct value *v)
{
    return v->kind == VALUE_TEXT ? text_or_null(v->data, v->len) : json_null();
}

static json_t *term_or_null(const char *label)
{
    return text_or_null(label, strlen(label));
}

static const char *kind_name(enum loss_kind kind)
{
    static const char *const names[] = {"lost", "replaced", "proposal", "verify"};
    return names[kind];
}

static void notice_json(struct record *r, const struct notice *n, json_t *o)
{
    char day[11] = "";
    if (n && n->decided_on) date_format(n->decided_on, day);
    json_object_set_new(o, "reason", n ? term_or_null(loss_term(r, "reason", n->reason, LANG_ZH)) : json_null());
    json_object_set_new(o, "ledger", n && n->ledger ? json_integer((json_int_t)n->ledger) : json_null());
    json_object_set_new(o, "ruling", n ? term_or_null(loss_term(r, "decision", n->ruling, LANG_ZH)) : json_null());
    json_object_set_new(o, "ruled_by", n ? value_or_null(&n->decided_by) : json_null());
    json_object_set_new(o, "ruled_on", term_or_null(day));
    json_object_set_new(o, "why", n ? value_or_null(&n->why) : json_null());
}

static int author_json(struct record *r, const struct loss *l, json_t *o, struct err *err)
{
    const char *author = "";
    int rc = 0;
    if (l->notice && l->notice->other.kind == VALUE_TEXT) {
        json_object_set_new(o, "author", value_or_null(&l->notice->other));
        return 0;
    }
    if (l->shown) rc = record_author(r, l->shown, &author, err);
    if (rc == 0) json_object_set_new(o, "author", term_or_null(author));
    return rc;
}

/* An id is as the row has it; of a table that this program does not know, the record as it was told. */
static void record_of(const struct loss *l, json_t *o)
{
    char id[ROW_ID_TEXT];
    if (l->table) {
        row_id_to_text(l->row, id);
        json_object_set_new(o, "table", json_string(l->table->name));
        json_object_set_new(o, "id", json_string(id));
    } else {
        json_object_set_new(o, "table", json_null());
        json_object_set_new(o, "id", value_or_null(&l->notice->record));
    }
    if (l->column) json_object_set_new(o, "column", json_string(l->column->name));
    else json_object_set_new(o, "column", l->notice ? value_or_null(&l->notice->item) : json_null());
}

static int values_json(struct record *r, const struct loss *l, json_t *o, struct err *err)
{
    struct buf mine, theirs, now;
    buf_init(&mine, TEXT_MAX);
    buf_init(&theirs, TEXT_MAX);
    buf_init(&now, TEXT_MAX);
    int rc = loss_value(r, l, &l->mine, &mine, err);
    if (rc == 0) rc = loss_value(r, l, &l->theirs, &theirs, err);
    if (rc == 0) rc = loss_now(r, l, &now, err);
    json_object_set_new(o, "mine", json_stringn(buf_text(&mine), mine.len));
    json_object_set_new(o, "theirs", json_stringn(buf_text(&theirs), theirs.len));
    json_object_set_new(o, "now", l->here ? json_stringn(buf_text(&now), now.len) : json_null());
    buf_free(&mine);
    buf_free(&theirs);
    buf_free(&now);
    return rc;
}

int loss_json(struct record *r, const struct loss *l, json_t **out, struct err *err)
{
    char at[30];
    json_t *o = json_object();
    record_instant(l->at_ms, at);
    json_object_set_new(o, "kind", json_string(kind_name(l->kind)));
    json_object_set_new(o, "seen", json_boolean(l->seen));
    json_object_set_new(o, "settled", json_boolean(l->settled));
    record_of(l, o);
    int rc = values_json(r, l, o, err);
    if (rc == 0) rc = author_json(r, l, o, err);
    json_object_set_new(o, "seq", json_integer((json_int_t)l->seq));
    json_object_set_new(o, "csn", json_integer((json_int_t)l->csn));
    json_object_set_new(o, "at", term_or_null(at));
    notice_json(r, l->notice, o);
    *out = o;
    if (rc) {
        json_decref(o);
        *out = NULL;
    }
    return rc;
}
