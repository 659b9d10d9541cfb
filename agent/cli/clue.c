/* clue: see clue.h. */
#include "clue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/rules.h"

enum { MOST = 100000, STATUS_LINES = 10, STATUS_OBJECTS = 100, DAY_ARENA = 1024 * 1024 };

static int64_t day_of(const struct schema_table *t, const struct table_row *row, const char *column)
{
    const struct value *v = &row->values[schema_column_index(t, schema_column_named(t, column))];
    return v->kind == VALUE_INT ? v->i : RULE_NONE;
}

static int64_t due_of(const struct schema_table *t, const struct table_row *row)
{
    int64_t due = day_of(t, row, "due_on"), found = day_of(t, row, "found_on");
    return due != RULE_NONE || found == RULE_NONE ? due : due_decision(found);
}

/* When the clue itself arrived: for one of this laptop's own, the receipt of the changeset that made it; else what
 * the server told of the row. */
static int arrival(struct cli *c, const struct table_row *row, struct record_status *status, struct err *err)
{
    struct table_row made = *row;
    if (row->id.origin == c->home->origin) {
        made.system[HOME_SEQ] = value_int((int64_t)(row->id.number >> ROW_INDEX_BITS));
        made.system[HOME_RECEIVED] = value_null();
    }
    int rc = journal_row_status(c->home, &made, status, err);
    if (rc == 0 && status->state == RECORD_RECEIVED && status->received_ms == 0 && row->system[HOME_RECEIVED].kind == VALUE_INT)
        status->received_ms = row->system[HOME_RECEIVED].i;
    return rc;
}

int clue_clock(struct cli *c, const struct schema_table *t, const struct table_row *row, struct clue_clock *out,
               struct err *err)
{
    struct record_status status;
    int64_t due = due_of(t, row), found = day_of(t, row, "found_on");
    *out = (struct clue_clock){.open = day_of(t, row, "decided_on") == RULE_NONE && due != RULE_NONE};
    if (!out->open) return 0;
    int rc = arrival(c, row, &status, err);
    out->days_left = due - cli_today(c);
    out->arrived = status.received_ms != 0;
    if (out->arrived && found != RULE_NONE) out->late_days = date_of_ms(status.received_ms) - found;
    if (out->late_days < 0) out->late_days = 0; /* dated after its arrival: visit_future says so */
    return rc;
}

static void days(const struct cli *c, const char *before, const char *behind_zh, const char *behind_en, int64_t n,
                 struct buf *out)
{
    buf_printf(out, "%s%" PRId64 "%s", before, n, cli_pick(c, behind_zh, behind_en));
}

void clue_text(const struct cli *c, const struct clue_clock *k, struct buf *out)
{
    if (!k->open) return;
    if (k->days_left < 0) days(c, cli_pick(c, "超期 ", ""), " 天", " days overdue", -k->days_left, out);
    else days(c, cli_pick(c, "余 ", ""), " 天", " days left", k->days_left, out);
    if (!k->arrived) buf_put_text(out, cli_pick(c, "（未上报）", " (not reported)"));
    else if (k->late_days > 0) days(c, cli_pick(c, "（迟报 ", " (reported "), " 天）", " days late)", k->late_days, out);
}

void clue_json(const struct clue_clock *k, json_t *object)
{
    if (!k->open) return;
    json_object_set_new(object, "days_left", json_integer(k->days_left));
    json_object_set_new(object, "reported_late_days", k->arrived ? json_integer(k->late_days) : json_null());
}

struct place_in_line {
    int64_t rid, rank;
};
struct line {
    const struct schema_table *t;
    struct place_in_line *list;
    size_t count, cap;
    struct err *err;
};

static int on_clue(void *ctx, const struct table_row *row)
{
    struct line *l = ctx;
    if (l->count == MOST)
        return err_set(l->err, ERR_REFUSED, "线索太多，请加条件", "too many clues: narrow them by a condition");
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        struct place_in_line *list = realloc(l->list, cap * sizeof *list);
        if (!list) return err_nomem(l->err);
        l->list = list;
        l->cap = cap;
    }
    bool open = day_of(l->t, row, "decided_on") == RULE_NONE;
    l->list[l->count++] = (struct place_in_line){row->rid, open ? due_of(l->t, row) : INT64_MAX};
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct place_in_line *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return x->rid < y->rid ? -1 : x->rid > y->rid;
}

int clue_sorted(struct cli *c, const struct schema_table *t, const char *where, const struct value *args, size_t arg_count,
                int64_t **rids, size_t *count, struct err *err)
{
    struct line l = {.t = t, .err = err};
    struct arena arena;
    arena_init(&arena, DAY_ARENA);
    int rc = table_walk(c->home->tables, t, 0, where, args, arg_count, &arena, on_clue, &l, err);
    arena_free(&arena);
    *rids = rc ? NULL : calloc(l.count + 1, sizeof **rids);
    if (rc == 0 && !*rids) rc = err_nomem(err);
    if (rc == 0 && l.count) qsort(l.list, l.count, sizeof *l.list, by_rank);
    for (size_t i = 0; rc == 0 && i < l.count; i++) (*rids)[i] = l.list[i].rid;
    *count = rc ? 0 : l.count;
    free(l.list);
    return rc;
}

/* Household by its number, else the person described. */
static int whom(struct record *r, const struct schema_table *t, const struct table_row *row, struct buf *out, struct err *err)
{
    const struct schema_column *household = schema_column_named(t, "household"), *person = schema_column_named(t, "person");
    const struct value *v = &row->values[schema_column_index(t, household)];
    if (v->kind == VALUE_NULL) {
        household = person;
        v = &row->values[schema_column_index(t, person)];
    }
    return record_text(r, household, v, LANG_ZH, out, err);
}

static void one_object(const struct table_row *row, const struct clue_clock *k, int64_t due, struct buf *name, json_t *list)
{
    char id[ROW_ID_TEXT], day[11];
    json_t *o = json_object();
    row_id_to_text(row->id, id);
    date_format(due, day);
    json_object_set_new(o, "id", json_string(id));
    json_object_set_new(o, "who", json_string(buf_text(name)));
    json_object_set_new(o, "due_on", json_string(day));
    clue_json(k, o);
    json_array_append_new(list, o);
}

static int one(struct record *r, const struct schema_table *t, int64_t rid, json_t *list, size_t nth, int64_t *overdue,
               struct err *err)
{
    struct arena arena;
    struct table_row row;
    struct clue_clock k = {0};
    struct buf name, text;
    char day[11];
    arena_init(&arena, DAY_ARENA);
    buf_init(&name, CHANGE_MAX_TEXT);
    buf_init(&text, 400);
    int rc = table_read_rid(r->c->home->tables, t, rid, &arena, &row, err);
    if (rc == 1) rc = clue_clock(r->c, t, &row, &k, err);
    if (rc == 0 && k.open) {
        *overdue += k.days_left < 0;
        rc = whom(r, t, &row, &name, err);
        date_format(due_of(t, &row), day);
        clue_text(r->c, &k, &text);
        if (rc == 0 && list && nth < STATUS_OBJECTS) one_object(&row, &k, due_of(t, &row), &name, list);
        else if (rc == 0 && !list && nth < STATUS_LINES)
            cli_say(r->c, "  %s  期限 %s  %s", "  %s  due %s  %s", buf_text(&name), day, buf_text(&text));
    }
    buf_free(&name);
    buf_free(&text);
    arena_free(&arena);
    return rc;
}

int clue_status(struct record *r, json_t *object, struct err *err)
{
    const struct schema_table *t = schema_table_named(r->c->home->schema, "clue");
    json_t *list = object ? json_array() : NULL;
    int64_t *rids, overdue = 0;
    size_t count;
    int rc = clue_sorted(r->c, t, "\"decided_on\" IS NULL", NULL, 0, &rids, &count, err);
    if (!object && count)
        cli_say(r->c, "待认定线索 %zu 条：", "clues that wait for a decision: %zu", count);
    for (size_t i = 0; rc == 0 && i < count; i++) rc = one(r, t, rids[i], list, i, &overdue, err);
    free(rids);
    if (!object) return rc;
    json_object_set_new(object, "clues_open", json_integer((json_int_t)count));
    json_object_set_new(object, "clues_overdue", json_integer(overdue));
    json_object_set_new(object, "clues", list);
    return rc;
}
