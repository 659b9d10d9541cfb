/* history_tell: one changeset's words about a record, and what came of them. */
#include <inttypes.h>
#include <string.h>

#include "history.h"
#include "zhucun/pack.h"

static struct row_id target(const struct changeset *cs, size_t i)
{
    const struct change *ch = &cs->changes[i];

    return ch->op == CHANGE_PUT && !ch->explicit_id ? row_id_make(cs->origin, cs->seq, (unsigned)i) : ch->id;
}

bool history_about(const struct history *h, const struct changeset *cs, size_t i)
{
    return cs->changes[i].table == h->table->number && row_id_equal(target(cs, i), h->id);
}

static json_t *cells_json(const struct history *h, const struct change *ch, bool removed)
{
    json_t *o = json_object();
    char name[24];
    struct buf text;

    buf_init(&text, CHANGE_MAX_BYTES);
    for (size_t i = 0; i < ch->count && o; i++) {
        const struct value *v = removed ? &ch->cells[i].removed : &ch->cells[i].value;
        const struct schema_column *c = schema_column(h->table, ch->cells[i].column);
        if (v->kind == VALUE_NULL && (removed || ch->cells[i].removed.kind != VALUE_NULL))
            continue;
        buf_reset(&text);
        explain_value(h->table, ch->cells[i].column, v, explain_lang(h->c), &text);
        snprintf(name, sizeof name, "column_%d", ch->cells[i].column);
        json_object_set_new(o, c ? c->name : name,
                            v->kind == VALUE_NULL ? json_null() : json_stringn(buf_text(&text), text.len));
    }
    buf_free(&text);
    return o;
}

static json_t *entry_json(struct history *h, const struct ledger_entry *e)
{
    const struct schema_column *c = e->column ? schema_column(h->table, e->column) : NULL;
    struct buf text;
    char at[30];

    buf_init(&text, CHANGE_MAX_BYTES);
    explain_entry(&h->x, e, &text);
    json_t *o = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s}", "id", (json_int_t)e->id, "kind", explain_kind(e->kind), "column",
                          c ? c->name : "", "value", buf_text(&text), "reason", explain_reason(e->reason), "why",
                          explain_why(h->c, e->reason));
    if (o && e->decided.ruling != RULING_OPEN) {
        time_format(e->decided.at_ms, at);
        json_object_set_new(o, "ruling", json_string(explain_ruling(e->decided.ruling)));
        json_object_set_new(o, "ruled_by", json_stringn(e->decided.by.len ? (const char *)e->decided.by.data : "", e->decided.by.len));
        json_object_set_new(o, "ruled_at", json_string(at));
        json_object_set_new(o, "ruled_why", json_stringn(e->decided.why.len ? (const char *)e->decided.why.data : "", e->decided.why.len));
    }
    buf_free(&text);
    return o;
}

/* What was decided when this change was taken in. */
static json_t *entries_at(struct history *h, uint64_t csn)
{
    json_t *list = json_array();

    for (size_t i = 0; i < h->entry_count; i++)
        if (h->entries[i].winner_csn == csn)
            json_array_append_new(list, entry_json(h, &h->entries[i]));
    return list;
}

static void print_cells(const struct history *h, json_t *cells, const char *before)
{
    const char *name;
    json_t *v;

    json_object_foreach(cells, name, v)
        printf(say(h->c, "    %s%s：%s\n", "    %s%s: %s\n"), before, explain_column(h->c, h->table, name),
               json_is_string(v) ? json_string_value(v) : "-");
}

static void print_ruling(const struct cli *c, const json_t *e)
{
    const char *by = explain_text(e, "ruled_by");

    printf(say(c, "        裁定 %.19s %s：%s（", "        ruling %.19s %s: %s ("), explain_text(e, "ruled_at"),
           *by ? by : say(c, "办公室", "the office"), explain_ruled(c, explain_ruling_named(explain_text(e, "ruling"))));
    explain_words(c, explain_text(e, "ruled_why"));
    printf(say(c, "）\n", ")\n"));
}

static void print_entry(const struct history *h, const json_t *e)
{
    const struct cli *c = h->c;
    const char *kind = explain_text(e, "kind"), *column = explain_text(e, "column");

    printf(say(c, "    #%lld %s %s：%s — %s\n", "    #%lld %s %s: %s — %s\n"), (long long)json_integer_value(json_object_get(e, "id")),
           strcmp(kind, "superseded") == 0 ? say(c, "原值", "before")
           : strcmp(kind, "lost") == 0     ? say(c, "落选", "lost")
                                           : say(c, "建议", "proposed"),
           explain_column(c, h->table, column), explain_text(e, "value"), explain_text(e, "why"));
    if (json_object_get(e, "ruling"))
        print_ruling(c, e);
}

static void print_event(const struct history *h, const json_t *o)
{
    const struct cli *c = h->c;
    const char *op = explain_text(o, "op"), *author = explain_text(o, "author");
    const json_t *ledger = json_object_get(o, "ledger");

    printf(say(c, "%.19s  %s  %s %s · %s（写于 %.19s，看到 %s）\n", "%.19s  %s  %s %s · %s (written %.19s, observed %s)\n"),
           explain_text(o, "received_at"),
           strcmp(op, "put") == 0 ? say(c, "新建", "made") : strcmp(op, "delete") == 0 ? say(c, "删除", "deleted") : say(c, "改动", "changed"),
           *author ? author : say(c, "办公室", "the office"), explain_text(o, "name"), explain_text(o, "laptop"),
           explain_text(o, "corrected_at"), explain_text(o, "observed"));
    print_cells(h, json_object_get(o, "values"), "");
    print_cells(h, json_object_get(o, "removed"), say(c, "去掉 ", "without "));
    for (size_t i = 0; i < json_array_size(ledger); i++)
        print_entry(h, json_array_get(ledger, i));
}

static int tell_change(struct history *h, const struct event *e, const struct changeset *cs, size_t i)
{
    static const char *const ops[] = {"?", "put", "set", "delete"};
    const struct change *ch = &cs->changes[i];
    json_t *o = json_pack("{s:I,s:s,s:o,s:o,s:o}", "csn", (json_int_t)(e->csn + i), "op", ops[ch->op <= 3 ? ch->op : 0],
                          "values", cells_json(h, ch, false), "removed", cells_json(h, ch, true), "ledger", entries_at(h, e->csn + i));
    int rc = o ? explain_write(&h->x, o, e->origin, e->seq, &h->c->err) : err_nomem(&h->c->err);

    if (rc == 0 && h->c->json)
        rc = print_json(h->c, o);
    else if (rc == 0)
        print_event(h, o);
    json_decref(o);
    return rc;
}

int history_tell(struct history *h, const struct event *e)
{
    struct bundle_header header;
    struct changeset *list;
    struct value bytes;
    size_t count = 0;

    explain_next(&h->x);
    int rc = store_bundle_holding(h->s, e->origin, e->seq, &h->x.arena, &bytes, &h->c->err);
    if (rc == 0)
        return err_set(&h->c->err, ERR_CORRUPT, "来源 %016" PRIx64 " 第 %" PRIu64 " 号的数据包不见了：请用备份恢复",
                       "the bundle of origin %016" PRIx64 ", seq %" PRIu64 " is missing: restore a backup", e->origin, e->seq);
    if (rc == 1)
        rc = store_bundle_unpack(h->s, bytes.data, bytes.len, &h->x.arena, &header, &list, &count, &h->c->err);
    for (size_t k = 0; k < count && rc == 0; k++)
        for (size_t i = 0; list[k].seq == e->seq && i < list[k].count && rc == 0; i++)
            if (history_about(h, &list[k], i))
                rc = tell_change(h, e, &list[k], i);
    return rc;
}
