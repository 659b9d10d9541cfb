/* quarrel: see quarrel.h. The facts are agent/inbox/losses.c's. */
#include "quarrel.h"

#include "losses.h"

struct asking {
    struct cli *c;
    const struct cell *cells;
    size_t count;
    struct quarrel *q;        /* NULL: warn */
};

static const struct cell *cell_of(const struct asking *a, const struct loss *l)
{
    for (size_t i = 0; l->column && i < a->count; i++) {
        if (a->cells[i].column == l->column->number) return &a->cells[i];
    }
    return NULL;
}

/* Of a set: any of the elements that were ruled out, put in or taken out once more. */
static bool says_again(const struct loss *l, const struct cell *cell)
{
    if (l->as_text) return false;
    if (l->column->type == TYPE_SET) {
        int64_t mine = l->mine.kind == VALUE_INT ? l->mine.i : 0, added = cell->value.kind == VALUE_INT ? cell->value.i : 0;
        return (mine & (added | (cell->removed.kind == VALUE_INT ? cell->removed.i : 0))) != 0;
    }
    return value_equal(&l->mine, &cell->value);
}

static int on_pair(void *ctx, const struct loss *l)
{
    struct asking *a = ctx;
    struct quarrel *q = a->q;
    if (l->notice && notice_pair(l->notice) && cell_of(a, l) && q->count < QUARREL_MAX) q->pairs[q->count++] = l->column->number;
    return 0;
}

static int on_ruling(void *ctx, const struct loss *l)
{
    struct asking *a = ctx;
    const struct cell *cell = cell_of(a, l);
    char day[11] = "-";
    struct value by;
    if (!cell || !l->notice || !notice_against(l->notice) || !says_again(l, cell)) return 0;
    if (l->notice->decided_on) date_format(l->notice->decided_on, day);
    by = schema_heard(&l->notice->decided_by, a->c->lang);
    cli_warn(a->c, "%s%.0s：%.*s 已于 %s 另作裁定（台账 %llu）；这次作为你新填的内容记下",
             "%.0s%s: %.*s decided otherwise on %s (ledger %llu); this is recorded as your new entry", l->column->zh,
             l->column->name, by.kind == VALUE_TEXT ? (int)by.len : 1, by.kind == VALUE_TEXT ? (const char *)by.data : "?", day,
             (unsigned long long)l->notice->ledger);
    return 0;
}

int quarrel_find(struct cli *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                 struct quarrel *q, struct err *err)
{
    struct asking a = {c, cells, count, q};
    q->count = 0;
    return losses_walk(c->home, t, id, on_pair, &a, err);
}

int quarrel_warn(struct cli *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                 struct err *err)
{
    struct asking a = {c, cells, count, NULL};
    return losses_walk(c->home, t, id, on_ruling, &a, err);
}
