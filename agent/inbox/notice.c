/* notice: see notice.h. What a notice says comes from the server of today or tomorrow: a record, a column or a code
 * that this program does not know is passed on as text, never refused. */
#include "notice.h"

#include <stdio.h>
#include <string.h>

#include "zhucun/merge.h"

enum { ROW_BYTES = 1024 * 1024, RECORD_BYTES = 80, TEXT_MAX = CHANGE_MAX_TEXT * 4 };

struct walking {
    struct home *h;
    const struct schema_table *t;
    notice_fn *fn;
    void *ctx;
    struct err *err;
};

bool notice_of_value(const struct notice *n)
{
    return n->kind == NOTICE_NOT_TAKEN || n->kind == NOTICE_PROPOSAL || n->kind == NOTICE_VERIFY;
}

bool notice_decided(const struct notice *n)
{
    return n->ruling != RULING_NONE;
}

bool notice_value(const struct schema_column *c, const struct value *text, struct arena *arena, struct value *out)
{
    struct buf scratch;
    struct value v;
    *out = value_null();
    if (text->kind != VALUE_TEXT) return true;
    buf_init(&scratch, TEXT_MAX);
    bool good = schema_parse(c, (const char *)text->data, text->len, &scratch, &v, NULL) == 0;
    if (good && (v.kind == VALUE_TEXT || v.kind == VALUE_BLOB) && v.len) {
        v.data = arena_copy(arena, v.data, v.len);
        good = v.data != NULL;
    }
    buf_free(&scratch);
    if (good) *out = v;
    return good;
}

bool notice_against(const struct notice *n)
{
    return notice_decided(n) && n->ruling != RULING_YOURS && !value_equal(&n->yours, &n->current);
}

/* Sheets and closings are decided as a whole, by the office. */
bool notice_pair(const struct notice *n)
{
    bool alone = n->column && n->column->policy != POLICY_ATOMIC && n->column->policy != POLICY_STICKY && n->column->policy != POLICY_SET;
    return !notice_decided(n) && alone && (n->kind == NOTICE_VERIFY || (n->kind == NOTICE_NOT_TAKEN && n->reason == REASON_SAME_DAY));
}

static struct value column_of(const struct schema_table *t, const struct table_row *row, const char *name)
{
    const struct schema_column *c = schema_column_named(t, name);
    return c ? row->values[schema_column_index(t, c)] : value_null();
}

static int64_t number_of(const struct schema_table *t, const struct table_row *row, const char *name)
{
    struct value v = column_of(t, row, name);
    return v.kind == VALUE_INT ? v.i : 0;
}

/* "TABLE/UUID" */
static void read_record(const struct schema *s, struct notice *n)
{
    char name[RECORD_BYTES];
    const struct value *v = &n->record;
    const uint8_t *slash = v->kind == VALUE_TEXT && v->len ? memchr(v->data, '/', v->len) : NULL;
    size_t len = slash ? (size_t)(slash - v->data) : 0;
    if (len == 0 || len >= sizeof name) return;
    memcpy(name, v->data, len);
    name[len] = '\0';
    if (row_id_from_text((const char *)slash + 1, v->len - len - 1, &n->row) == 0) n->table = schema_table_named(s, name);
}

static void read_item(struct notice *n)
{
    char name[RECORD_BYTES];
    const struct value *v = &n->item;
    if (!n->table || v->kind != VALUE_TEXT || v->len == 0 || v->len >= sizeof name) return;
    memcpy(name, v->data, v->len);
    name[v->len] = '\0';
    n->column = schema_column_named(n->table, name);
}

static int from_row(struct home *h, const struct schema_table *t, const struct table_row *row, struct notice *n,
                    struct err *err)
{
    const struct value *csn = &row->system[HOME_CSN], *told = &row->system[HOME_RECEIVED];
    *n = (struct notice){
        .rid = row->rid,
        .id = row->id,
        .kind = (int)number_of(t, row, "kind"),
        .day = number_of(t, row, "day"),
        .record = column_of(t, row, "record"),
        .item = column_of(t, row, "item"),
        .yours = column_of(t, row, "yours"),
        .current = column_of(t, row, "current"),
        .other = column_of(t, row, "other"),
        .why = column_of(t, row, "why"),
        .decided_by = column_of(t, row, "decided_by"),
        .reason = number_of(t, row, "reason"),
        .ledger = (uint64_t)number_of(t, row, "ledger"),
        .seq = (uint64_t)number_of(t, row, "seq"),
        .csn = csn->kind == VALUE_INT ? (uint64_t)csn->i : 0,
        .ruling = number_of(t, row, "decision"),
        .decided_on = number_of(t, row, "decided_on"),
        .told_ms = told->kind == VALUE_INT ? told->i : 0,
    };
    read_record(h->schema, n);
    read_item(n);
    return seen_row(h, t, row, &n->seen, err);
}

static int on_row(void *ctx, const struct table_row *row)
{
    struct walking *w = ctx;
    struct notice n;
    int rc = from_row(w->h, w->t, row, &n, w->err);
    return rc ? rc : w->fn(w->ctx, &n);
}

int notice_walk(struct home *h, const struct schema_table *of, struct row_id row, notice_fn *fn, void *ctx,
                struct err *err)
{
    struct walking w = {h, schema_table_named(h->schema, "notice"), fn, ctx, err};
    char record[RECORD_BYTES], id[ROW_ID_TEXT];
    struct arena arena;
    if (!w.t) return 0;
    if (of) {
        row_id_to_text(row, id);
        snprintf(record, sizeof record, "%s/%s", of->name, id);
    }
    struct value arg = of ? value_text(record, strlen(record)) : value_null();
    arena_init(&arena, ROW_BYTES);
    int rc = table_walk(h->tables, w.t, 0, of ? "\"record\" = ?1" : NULL, &arg, of ? 1 : 0, &arena, on_row, &w, err);
    arena_free(&arena);
    return rc;
}

int notice_read(struct home *h, struct row_id id, struct arena *arena, struct notice *n, struct err *err)
{
    const struct schema_table *t = schema_table_named(h->schema, "notice");
    struct table_row row;
    int found = t ? table_read(h->tables, t, id, arena, &row, err) : 0;
    if (found <= 0) return found;
    int rc = from_row(h, t, &row, n, err);
    return rc ? rc : 1;
}

struct later {
    const struct notice *than;
    bool found;
};

static int on_later(void *ctx, const struct notice *n)
{
    struct later *l = ctx;
    l->found |= n->kind == NOTICE_TAKEN_OVER && n->csn > l->than->csn;
    return 0;
}

int notice_over(struct home *h, const struct notice *n, struct err *err)
{
    struct later later = {.than = n};
    struct table_row row;
    struct arena arena;
    if (n->kind != NOTICE_HANDED_OVER || !n->table) return 0;
    arena_init(&arena, ROW_BYTES);
    int held = table_read(h->tables, n->table, n->row, &arena, &row, err);
    arena_free(&arena);
    if (held <= 0) return held < 0 ? held : 1;
    int rc = notice_walk(h, n->table, n->row, on_later, &later, err);
    return rc ? rc : later.found;
}
