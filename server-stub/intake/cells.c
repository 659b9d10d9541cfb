/* cells: a SET's cells, each decided by core/merge against who wrote the cell last; what lost, was superseded or
 * is only proposed is noted for the ledger. Neighbours: sets.c (elements of sets), sticky.c (findings and closings).
 *
 * Who wrote a cell last: its mark, else whoever made the row. A version is never given a newer csn when it wins: that
 * would hide from the next writer that he had seen it. The row moves in the order, and so the loser's screen is put
 * right by the next pull. */
#include "work.h"

int cells_check(struct decision *d, size_t index, const struct schema_table *t)
{
    const struct change *c = &d->cs->changes[index];
    int before = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct cell *cell = &c->cells[i];
        const struct schema_column *column = schema_column(t, cell->column);
        if (cell->column <= before) return decide_unfit(d, index, "列的次序不对", "its columns are out of order");
        before = cell->column;
        if (column == NULL) continue;
        int rc = schema_check(t, column, &cell->value, &d->why);
        if (rc == 0) rc = schema_check(t, column, &cell->removed, &d->why);
        if (rc == 0) continue;
        err_where(&d->why, rc, "第 %zu 项", "change %zu", index + 1);
        return UNFIT;
    }
    return 0;
}

static size_t mark_at(const struct pending_row *p, int column, uint64_t element)
{
    size_t lo = 0, hi = p->row.mark_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const struct cell_mark *m = &p->row.marks[mid];
        if (m->column < column || (m->column == column && m->element < element))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool mark_is(const struct pending_row *p, size_t at, int column, uint64_t element)
{
    return at < p->row.mark_count && p->row.marks[at].column == column && p->row.marks[at].element == element;
}

const struct cell_version *cells_marked(const struct pending_row *p, int column, uint64_t element)
{
    size_t at = mark_at(p, column, element);
    return mark_is(p, at, column, element) ? &p->row.marks[at].version : NULL;
}

const struct cell_version *cells_version(const struct pending_row *p, int column, uint64_t element)
{
    const struct cell_version *v = cells_marked(p, column, element);
    return v ? v : &p->made;
}

static int make_room(struct decision *d, struct pending_row *p, struct err *err)
{
    if (p->row.mark_count < p->mark_room) return 0;
    size_t room = p->mark_room * 2 + 8;
    struct cell_mark *marks = arena_array(&d->work->arena, room, sizeof *marks);
    if (marks == NULL) return err_nomem(err);
    for (size_t i = 0; i < p->row.mark_count; i++) marks[i] = p->row.marks[i];
    p->row.marks = marks;
    p->mark_room = room;
    return 0;
}

int cells_mark(struct decision *d, struct pending_row *p, int column, uint64_t element,
               const struct cell_version *version, struct err *err)
{
    size_t at = mark_at(p, column, element);
    if (mark_is(p, at, column, element)) {
        p->row.marks[at].version = *version;
        return 0;
    }
    struct cell_version copy = *version; /* it may stand in the array that moves */
    int rc = make_room(d, p, err);
    if (rc != 0) return rc;
    for (size_t i = p->row.mark_count; i > at; i--) p->row.marks[i] = p->row.marks[i - 1];
    p->row.marks[at] = (struct cell_mark){column, element, copy};
    p->row.mark_count++;
    return 0;
}

void cells_unmark(struct pending_row *p, int column, uint64_t element)
{
    size_t at = mark_at(p, column, element);
    if (!mark_is(p, at, column, element)) return;
    p->row.mark_count--;
    for (size_t i = at; i < p->row.mark_count; i++) p->row.marks[i] = p->row.marks[i + 1];
}

struct merge_input cells_input(const struct decision *d, const struct pending_row *p,
                               const struct schema_column *column, const struct value *current,
                               const struct cell_version *version, const struct cell *cell)
{
    return (struct merge_input){.table = p->table,
                                .column = column,
                                .current = current,
                                .current_version = version,
                                .incoming = cell,
                                .incoming_version = &d->incoming,
                                .base = d->cs->base,
                                .author_level = d->level,
                                .row_author = p->made.author,
                                .row_origin = p->made.origin,
                                .decided = d->ruling};
}

/* The incoming write stands for the cell from now on, and with it what it overruled. */
static int stand(struct decision *d, struct pending_row *p, const struct merge_input *in, struct err *err)
{
    struct cell_version overruled[MERGE_OVERRULED];
    size_t n = merge_overruled(in, overruled);
    int column = in->incoming->column, rc = 0;
    for (size_t i = n; i < MERGE_OVERRULED; i++) cells_unmark(p, column, ELEMENT_OVERRULED + i);
    for (size_t i = 0; i < n && rc == 0; i++) rc = cells_mark(d, p, column, ELEMENT_OVERRULED + i, &overruled[i], err);
    return rc == 0 ? cells_mark(d, p, column, 0, &d->incoming, err) : rc;
}

static int take(struct decision *d, struct pending_row *p, struct merge_result r, const struct merge_input *in,
                struct value *current, struct err *err)
{
    bool lost = r.outcome == MERGE_TAKE_WON;
    int rc = 0;
    if (lost || current->kind != VALUE_NULL)
        rc = decide_note(d, p, lost ? LEDGER_LOST : LEDGER_SUPERSEDED, r, in->incoming->column, current,
                         in->current_version, &d->incoming, err);
    *current = in->incoming->value;
    return rc == 0 ? stand(d, p, in, err) : rc;
}

static int settle(struct decision *d, struct pending_row *p, const struct merge_input *in, struct value *current,
                  struct err *err)
{
    const struct cell *cell = in->incoming;
    struct merge_result r = merge_cell(in);
    switch (r.outcome) {
    case MERGE_TAKE:
    case MERGE_TAKE_WON: return take(d, p, r, in, current, err);
    case MERGE_KEEP:
        return decide_note(d, p, LEDGER_LOST, r, cell->column, &cell->value, &d->incoming, in->current_version, err);
    case MERGE_PROPOSAL:
        return decide_note(d, p, LEDGER_PROPOSAL, r, cell->column, &cell->value, &d->incoming, in->current_version, err);
    case MERGE_UNION: return sets_merge(d, p, in->column, current, cell, err);
    case MERGE_CONFIRM: return stand(d, p, in, err);
    case MERGE_SAME:
    default: return 0;
    }
}

/* Columns of an atomic row are one thing: whoever wrote any of them last holds all of them. */
static const struct cell_version *atomic_version(const struct pending_row *p)
{
    const struct cell_version *last = &p->made;
    for (size_t i = 0; i < p->row.mark_count; i++) {
        const struct schema_column *c = schema_column(p->table, p->row.marks[i].column);
        if (c && c->policy == POLICY_ATOMIC && p->row.marks[i].version.csn > last->csn) last = &p->row.marks[i].version;
    }
    return last;
}

static struct value *find_extra(struct table_row *row, int column)
{
    for (size_t i = 0; i < row->extra_count; i++) {
        if (row->extra[i].column == column) return &row->extra[i].value;
    }
    return NULL;
}

/* The current value of a cell this program has no column for. */
static struct value *unknown_cell(struct decision *d, struct pending_row *p, const struct cell *cell, struct err *err)
{
    struct value *v = find_extra(&p->row.row, cell->column);
    if (v != NULL) return v;
    struct cell room = {.column = cell->column, .value = value_int(0)};
    if (table_row_put_cells(p->table, &p->row.row, &room, 1, &d->work->arena, err) != 0) return NULL;
    v = find_extra(&p->row.row, cell->column);
    if (v != NULL) *v = value_null();
    return v;
}

static size_t find_overruled(const struct pending_row *p, int column, struct cell_version out[MERGE_OVERRULED])
{
    size_t n = 0;
    const struct cell_version *v;
    while (n < MERGE_OVERRULED && (v = cells_marked(p, column, ELEMENT_OVERRULED + n))) out[n++] = *v;
    return n;
}

/* `sheet`: who holds the whole sheet, for cells of an atomic row; `risk`: of a sticky one, else NULL. */
int cells_one(struct decision *d, struct pending_row *p, const struct cell *cell, const struct cell_version *sheet,
              const struct merge_risk *risk, struct err *err)
{
    const struct schema_column *column = schema_column(p->table, cell->column);
    struct value *current = column ? &p->row.row.values[schema_column_index(p->table, column)]
                                   : unknown_cell(d, p, cell, err);
    if (current == NULL) return ERR_NOMEM;
    bool atomic = column && column->policy == POLICY_ATOMIC;
    struct cell_version version = atomic ? *sheet : *cells_version(p, cell->column, 0); /* marks move */
    struct cell_version overruled[MERGE_OVERRULED];
    struct merge_input in = cells_input(d, p, column, current, &version, cell);
    in.overruled = overruled;
    in.overruled_count = find_overruled(p, cell->column, overruled);
    in.making = version.csn == p->made.csn;
    if (risk != NULL) in.risk = *risk;
    return settle(d, p, &in, current, err);
}

int cells_set(struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    struct cell_version sheet = *atomic_version(p); /* before the first cell is written */
    struct sticky s;
    bool is_sticky = p->table->policy == POLICY_STICKY;
    int rc = is_sticky ? sticky_begin(&s, d, p, c, err) : 0;
    for (size_t i = 0; i < c->count && rc == 0; i++)
        rc = cells_one(d, p, &c->cells[i], &sheet, is_sticky ? &s.risk : NULL, err);
    return rc == 0 && is_sticky ? sticky_end(&s, d, p, c, err) : rc;
}
