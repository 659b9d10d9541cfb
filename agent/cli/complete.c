/* complete: cells that follow from those that were typed. They go into the same changeset, so that the other side
 * never sees one without the other.
 *
 *   income_sheet   net and per_head, when a part changed and they were not given themselves
 *   clue           due_on of a new clue, by the rule of the day on which it was found
 *   risk           of one that shows as closed all that its closing says, when who, when or why is added */
#include <string.h>

#include "edit.h"
#include "zhucun/rules.h"

struct sheet {
    const struct schema_table *t;
    const struct table_row *shown; /* NULL: a new row */
    struct arena *arena;
    struct cell **cells;
    size_t *count;
};

static const struct cell *given(const struct sheet *s, const char *column)
{
    int number = schema_column_named(s->t, column)->number;
    for (size_t i = 0; i < *s->count; i++) {
        if ((*s->cells)[i].column == number) return &(*s->cells)[i];
    }
    return NULL;
}

static int64_t shown_now(const struct sheet *s, const char *column)
{
    if (!s->shown) return RULE_NONE;
    const struct value *v = &s->shown->values[schema_column_index(s->t, schema_column_named(s->t, column))];
    return v->kind == VALUE_INT ? v->i : RULE_NONE;
}

/* What the column will hold; *changed is set when that is not what it holds now. */
static int64_t will_be(const struct sheet *s, const char *column, bool *changed)
{
    const struct cell *c = given(s, column);
    int64_t now = shown_now(s, column);
    if (!c) return now;
    int64_t then = c->value.kind == VALUE_INT ? c->value.i : RULE_NONE;
    if (then != now) *changed = true;
    return then;
}

/* An empty cell counts as not given. */
static bool is_stated(const struct sheet *s, const char *column)
{
    const struct cell *c = given(s, column);
    return c && c->value.kind != VALUE_NULL;
}

static int put_value(struct sheet *s, const char *column, struct value v, struct err *err)
{
    struct cell one = {.column = schema_column_named(s->t, column)->number, .value = v};
    for (size_t i = 0; i < *s->count; i++) {
        if ((*s->cells)[i].column != one.column) continue;
        (*s->cells)[i] = one;
        return 0;
    }
    struct cell *more = arena_array(s->arena, *s->count + 1, sizeof *more);
    if (!more) return err_nomem(err);
    if (*s->count) memcpy(more, *s->cells, *s->count * sizeof *more);
    more[(*s->count)++] = one;
    *s->cells = more;
    return 0;
}

static int put(struct sheet *s, const char *column, int64_t v, struct err *err)
{
    return put_value(s, column, value_int(v), err);
}

static int complete_income(struct sheet *s, struct err *err)
{
    bool parts = false, heads = false, nets = false;
    int64_t net, per_head;
    struct income i = {.wages = will_be(s, "wages", &parts), .business = will_be(s, "business", &parts),
                       .property = will_be(s, "property", &parts), .transfers = will_be(s, "transfers", &parts),
                       .costs = will_be(s, "costs", &parts), .persons = will_be(s, "persons", &heads)};
    i.net = will_be(s, "net", &nets);
    int rc = 0;
    if (parts && !is_stated(s, "net") && income_net(&i, &net)) {
        rc = put(s, "net", net, err);
        i.net = net;
    }
    if (rc || is_stated(s, "per_head") || !(parts || heads || nets)) return rc;
    return income_per_head(i.net, i.persons, &per_head) ? put(s, "per_head", per_head, err) : 0;
}

static int complete_clue(struct sheet *s, struct err *err)
{
    bool changed = false;
    int64_t found_on = will_be(s, "found_on", &changed);
    if (s->shown || found_on == RULE_NONE || is_stated(s, "due_on")) return 0;
    return put(s, "due_on", due_decision(found_on), err);
}

static const struct value *shown_value(const struct sheet *s, const char *column)
{
    return &s->shown->values[schema_column_index(s->t, schema_column_named(s->t, column))];
}

/* A risk that shows as closed without who or why: the server has kept that as a proposal, or will. When they are added,
 * all that the closing says goes along, so that it is a closing now. */
static int complete_risk(struct sheet *s, struct err *err)
{
    static const char *const closing[] = {"state", "closed_by", "closed_on", "closed_why"};
    const struct schema_codes *codes = schema_column_named(s->t, "state")->codes;
    bool added = is_stated(s, "closed_by") || is_stated(s, "closed_on") || is_stated(s, "closed_why");
    int rc = 0;
    if (!added || given(s, "state") || shown_now(s, "state") != schema_code_find(codes, "closed", strlen("closed"))) return 0;
    if (shown_value(s, "closed_by")->kind != VALUE_NULL && shown_value(s, "closed_why")->kind != VALUE_NULL) return 0;
    for (size_t i = 0; i < sizeof closing / sizeof closing[0] && rc == 0; i++) {
        const struct value *now = shown_value(s, closing[i]);
        if (!given(s, closing[i]) && now->kind != VALUE_NULL) rc = put_value(s, closing[i], *now, err);
    }
    return rc;
}

int edit_complete(const struct schema_table *t, const struct table_row *shown, struct arena *arena, struct cell **cells,
                  size_t *count, struct err *err)
{
    struct sheet s = {t, shown, arena, cells, count};
    if (strcmp(t->name, "income_sheet") == 0) return complete_income(&s, err);
    if (strcmp(t->name, "clue") == 0) return complete_clue(&s, err);
    if (strcmp(t->name, "risk") == 0) return complete_risk(&s, err);
    return 0;
}
