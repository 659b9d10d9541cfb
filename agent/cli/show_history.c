/* show_history: see showing.h. The acts become JSON objects first, of which the last few are printed: so both forms
 * say the same. */
#include "history.h"

#include <string.h>

#include "showing.h"
#include "text.h"

enum { MOST_OBJECTS = 50, MOST_LINES = 10, LINE_MAX = 256 * 1024, SHORT = 80, TEXT_MAX = CHANGE_MAX_TEXT * 4 };

struct telling {
    struct record *r;
    const struct schema_table *t;
    json_t *list;
    struct err *err;
};

/* "phone=111", "health+=大病" */
static int add_cell(struct telling *p, const struct schema_column *c, const char *op, const struct value *v, json_t *list)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "%s%s", p->r->c->json || p->r->c->lang == LANG_EN ? c->name : c->zh, op);
    int rc = record_text(p->r, c, v, p->r->c->json ? LANG_ZH : p->r->c->lang, &text, p->err);
    if (rc == 0) json_array_append_new(list, json_stringn(buf_text(&text), text.len));
    buf_free(&text);
    return rc;
}

static int add_cells(struct telling *p, const struct own_act *a, json_t *list)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < a->count; i++) {
        const struct cell *cell = &a->cells[i];
        const struct schema_column *c = schema_column(p->t, cell->column);
        if (!c) continue;
        bool set = a->op == CHANGE_SET && (c->type == TYPE_SET || c->type == TYPE_REFSET);
        if (!set || cell->value.kind != VALUE_NULL) rc = add_cell(p, c, set ? "+=" : "=", &cell->value, list);
        if (rc == 0 && cell->removed.kind != VALUE_NULL) rc = add_cell(p, c, "-=", &cell->removed, list);
    }
    return rc;
}

static int author(struct telling *p, const struct own_act *a, json_t **out)
{
    const struct schema_table *worker = schema_table_named(p->r->c->home->schema, "worker");
    const char *key = "";
    char id[ROW_ID_TEXT];
    bool here;
    *out = json_null();
    if (row_id_is_null(a->author)) return 0;
    int rc = record_key(p->r, worker->number, a->author, &key, &here, p->err);
    row_id_to_text(a->author, id);
    if (rc == 0) *out = json_string(*key ? key : id);
    return rc;
}

static void add_instant(json_t *o, const char *name, int64_t ms)
{
    char text[30];
    record_instant(ms, text);
    json_object_set_new(o, name, *text ? json_string(text) : json_null());
}

static int on_act(void *ctx, const struct own_act *a)
{
    static const char *const ops[] = {[CHANGE_PUT] = "put", [CHANGE_SET] = "set", [CHANGE_DELETE] = "delete"};
    struct telling *p = ctx;
    char day[11];
    json_t *o = json_object(), *values = json_array(), *by;
    date_format(a->observed, day);
    json_object_set_new(o, "seq", json_integer((json_int_t)a->seq));
    json_object_set_new(o, "op", json_string(ops[a->op]));
    add_instant(o, "authored_at", a->authored_ms);
    json_object_set_new(o, "observed", json_string(day));
    json_object_set_new(o, "values", values);
    json_object_set_new(o, "state", json_string(record_state_name(a->status.state)));
    add_instant(o, "received_at", a->status.received_ms);
    if (a->status.state == RECORD_QUARANTINED) json_object_set_new(o, "why", json_string(a->status.why));
    int rc = author(p, a, &by);
    json_object_set_new(o, "author", by);
    if (rc == 0) rc = add_cells(p, a, values);
    json_array_append_new(p->list, o);
    if (json_array_size(p->list) > MOST_OBJECTS) json_array_remove(p->list, 0);
    return rc;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "-";
}

static const char *state_of(const struct cli *c, const json_t *o)
{
    for (int s = RECORD_RECEIVED; s <= RECORD_QUARANTINED; s++) {
        if (strcmp(text_of(o, "state"), record_state_name((enum record_state)s)) == 0)
            return record_state_label(c, (enum record_state)s);
    }
    return "";
}

static void print_act(struct cli *c, const json_t *o)
{
    const json_t *values = json_object_get(o, "values");
    struct buf line;
    buf_init(&line, LINE_MAX);
    buf_printf(&line, "    %s %s", text_of(o, "authored_at"), text_of(o, "author"));
    if (strcmp(text_of(o, "op"), "delete") == 0) buf_put_text(&line, cli_pick(c, " 删除", " deleted"));
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *text = json_string_value(json_array_get(values, i));
        buf_put_text(&line, " ");
        text_put(&line, text, strlen(text), SHORT);
    }
    buf_printf(&line, " (%s %s)", state_of(c, o), text_of(o, "received_at"));
    fprintf(c->out, "%s\n", buf_text(&line));
    buf_free(&line);
}

/* A row that was only made says so above already. */
static void print(struct cli *c, const json_t *list)
{
    size_t count = json_array_size(list);
    if (count < 2) return;
    fprintf(c->out, "  %s\n", cli_pick(c, "本机的改动（本机时钟）", "this laptop's changes (by its clock)"));
    for (size_t i = count > MOST_LINES ? count - MOST_LINES : 0; i < count; i++)
        print_act(c, json_array_get(list, i));
}

int show_history(struct record *r, const struct schema_table *t, const struct table_row *row, json_t *object,
                 struct err *err)
{
    struct telling p = {.r = r, .t = t, .list = json_array(), .err = err};
    int rc = history_walk(r->c->home, t, row, on_act, &p, err);
    if (rc == 0 && !object) print(r->c, p.list);
    if (object) json_object_set(object, "history", p.list);
    json_decref(p.list);
    return rc;
}
