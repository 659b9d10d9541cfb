/* cells: a SET's cells, each decided by core/merge against who wrote the cell last; what lost, was superseded or
 * is only proposed is noted for the ledger.
 *
 * Who wrote a cell last: its mark, else whoever made the row. Sets have a mark for each element that was added
 * after the row was made, so that taking one out spares what somebody else added unseen. */
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

const struct cell_version *cells_version(const struct pending_row *p, int column, uint64_t element)
{
    size_t at = mark_at(p, column, element);
    return mark_is(p, at, column, element) ? &p->row.marks[at].version : &p->made;
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

static void unmark(struct pending_row *p, int column, uint64_t element)
{
    size_t at = mark_at(p, column, element);
    if (!mark_is(p, at, column, element)) return;
    p->row.mark_count--;
    for (size_t i = at; i < p->row.mark_count; i++) p->row.marks[i] = p->row.marks[i + 1];
}

static struct merge_input input_of(const struct decision *d, const struct pending_row *p,
                                   const struct schema_column *column, const struct value *current,
                                   const struct cell_version *version, const struct cell *cell)
{
    /* What the office decides at the server, it decides over any row: authorship is not asked. */
    bool office = d->cs->origin == store_server_origin(d->work->store);
    return (struct merge_input){.table = p->table,
                                .column = column,
                                .current = current,
                                .current_version = version,
                                .incoming = cell,
                                .incoming_version = &d->incoming,
                                .base = d->cs->base,
                                .author_level = d->level,
                                .row_author = office ? d->incoming.author : p->made.author};
}

/* Elements of a set value, one after the other: a bit's number, or an id's key. */
struct elements {
    bool ids;
    uint64_t bits;
    const uint8_t *at, *end;
};

static struct elements elements_of(const struct schema_column *c, const struct value *v)
{
    struct elements e = {.ids = c->type == TYPE_REFSET};
    if (!e.ids && v->kind == VALUE_INT) e.bits = (uint64_t)v->i;
    if (e.ids && v->kind == VALUE_BLOB && v->len != 0) {
        e.at = v->data;
        e.end = v->data + v->len;
    }
    return e;
}

static bool elements_next(struct elements *e, uint64_t *key)
{
    struct row_id id;
    if (!e->ids) {
        if (e->bits == 0) return false;
        *key = (uint64_t)__builtin_ctzll(e->bits);
        e->bits &= e->bits - 1;
        return true;
    }
    if (e->at == e->end) return false;
    (void)row_id_from_bytes(e->at, ROW_ID_BYTES, &id); /* checked by schema_check */
    *key = (id.origin * 0x9e3779b97f4a7c15u) ^ id.number;
    e->at += ROW_ID_BYTES;
    return true;
}

/* Of the elements to be taken out, those that somebody else added and the author had not seen. */
static int unseen_of(struct decision *d, struct pending_row *p, const struct schema_column *c,
                     const struct cell *cell, struct value *out, struct err *err)
{
    struct elements e = elements_of(c, &cell->removed);
    uint8_t *ids = e.ids ? arena_alloc(&d->work->arena, cell->removed.len) : NULL;
    uint64_t key, bits = 0;
    size_t n = 0;
    if (e.ids && ids == NULL) return err_nomem(err);
    while (elements_next(&e, &key)) {
        struct merge_input in = input_of(d, p, c, NULL, cells_version(p, c->number, key), cell);
        if (merge_saw(&in)) continue;
        if (!e.ids) {
            bits |= UINT64_C(1) << key;
            continue;
        }
        for (size_t i = 0; i < ROW_ID_BYTES; i++) ids[n + i] = e.at[(ptrdiff_t)i - ROW_ID_BYTES];
        n += ROW_ID_BYTES;
    }
    *out = e.ids ? (n ? value_blob(ids, n) : value_null()) : value_int((int64_t)bits);
    return 0;
}

static int mark_elements(struct decision *d, struct pending_row *p, const struct schema_column *c,
                         const struct cell *cell, const struct value *unseen, struct err *err)
{
    struct elements added = elements_of(c, &cell->value), removed = elements_of(c, &cell->removed);
    struct elements kept = elements_of(c, unseen);
    uint64_t key, keep = 0;
    int rc = 0;
    bool more = elements_next(&kept, &keep);
    while (elements_next(&removed, &key)) { /* unseen is a part of removed, in the same order */
        if (more && key == keep)
            more = elements_next(&kept, &keep);
        else
            unmark(p, c->number, key);
    }
    while (rc == 0 && elements_next(&added, &key)) rc = cells_mark(d, p, c->number, key, &d->incoming, err);
    return rc;
}

static bool takes_out(const struct schema_column *c, const struct value *before, const struct value *after)
{
    if (c->type == TYPE_REFSET) {
        struct elements b = elements_of(c, before), a = elements_of(c, after);
        uint64_t kb, ka = 0;
        bool has = elements_next(&a, &ka);
        while (elements_next(&b, &kb)) {
            while (has && ka != kb) has = elements_next(&a, &ka);
            if (!has) return true;
        }
        return false;
    }
    return before->kind == VALUE_INT && (before->i & ~(after->kind == VALUE_INT ? after->i : 0)) != 0;
}

/* A removal that did not come to pass is a value that lost: the elements it meant stay, and the ledger says so. */
static int note_spared(struct decision *d, struct pending_row *p, const struct schema_column *c,
                       const struct value *unseen, struct err *err)
{
    struct merge_result why = {MERGE_KEEP, REASON_UNSEEN_ADDITION, false};
    struct elements e = elements_of(c, unseen);
    uint64_t first;
    if (!elements_next(&e, &first)) return 0;
    return decide_note(d, p, LEDGER_LOST, why, c->number, unseen, &d->incoming, cells_version(p, c->number, first), err);
}

static int set_elements(struct decision *d, struct pending_row *p, const struct schema_column *c, struct value *current,
                        const struct cell *cell, struct err *err)
{
    struct work *w = d->work;
    struct value unseen, result = value_null();
    struct merge_result seen = {MERGE_UNION, REASON_NONE, false};
    int rc = unseen_of(d, p, c, cell, &unseen, err);
    buf_reset(&w->scratch);
    if (rc == 0 && merge_set(c, current, cell, &unseen, &w->scratch, &result) != 0) rc = err_nomem(err);
    if (rc == 0 && result.len != 0 && (result.data = arena_copy(&w->arena, result.data, result.len)) == NULL)
        rc = err_nomem(err);
    if (rc == 0 && takes_out(c, current, &result))
        rc = decide_note(d, p, LEDGER_SUPERSEDED, seen, c->number, current, cells_version(p, c->number, 0),
                         &d->incoming, err);
    if (rc == 0) rc = note_spared(d, p, c, &unseen, err);
    if (rc == 0) rc = mark_elements(d, p, c, cell, &unseen, err);
    if (rc == 0) *current = result;
    return rc;
}

/* Equal values: the cell keeps its version unless this one was observed later, so that a confirmation weighs in
 * against what arrives next, in whatever order the three come. */
static int confirm(struct decision *d, struct pending_row *p, const struct cell *cell,
                   const struct schema_column *column, const struct cell_version *version, struct err *err)
{
    bool latest = column == NULL || column->policy == POLICY_LATEST;
    const struct cell_version *inc = &d->incoming;
    bool later = inc->observed != version->observed ? inc->observed > version->observed
                 : inc->stamp != version->stamp     ? inc->stamp > version->stamp
                 : inc->origin != version->origin   ? inc->origin > version->origin
                                                    : inc->seq > version->seq;
    return latest && later ? cells_mark(d, p, cell->column, 0, inc, err) : 0;
}

static int take(struct decision *d, struct pending_row *p, struct merge_result r, struct value *current,
                const struct cell *cell, const struct cell_version *version, struct err *err)
{
    bool lost = r.outcome == MERGE_TAKE_WON;
    int rc = 0;
    if (lost || current->kind != VALUE_NULL)
        rc = decide_note(d, p, lost ? LEDGER_LOST : LEDGER_SUPERSEDED, r, cell->column, current, version,
                         &d->incoming, err);
    *current = cell->value;
    return rc == 0 ? cells_mark(d, p, cell->column, 0, &d->incoming, err) : rc;
}

/* The winner stays what it is, with a new csn: so the loser's screen is corrected by the next pull. */
static int keep(struct decision *d, struct pending_row *p, struct merge_result r, const struct cell *cell,
                const struct cell_version *version, struct err *err)
{
    struct cell_version anew = *version;
    anew.csn = d->incoming.csn;
    int rc = decide_note(d, p, LEDGER_LOST, r, cell->column, &cell->value, &d->incoming, version, err);
    return rc == 0 ? cells_mark(d, p, cell->column, 0, &anew, err) : rc;
}

static int settle(struct decision *d, struct pending_row *p, const struct merge_input *in, struct value *current,
                  struct err *err)
{
    struct cell_version version = *in->current_version; /* marks move while they are written */
    struct merge_result r = merge_cell(in);
    switch (r.outcome) {
    case MERGE_TAKE:
    case MERGE_TAKE_WON: return take(d, p, r, current, in->incoming, &version, err);
    case MERGE_KEEP: return keep(d, p, r, in->incoming, &version, err);
    case MERGE_PROPOSAL:
        return decide_note(d, p, LEDGER_PROPOSAL, r, in->incoming->column, &in->incoming->value, &d->incoming,
                           &version, err);
    case MERGE_UNION: return set_elements(d, p, in->column, current, in->incoming, err);
    case MERGE_SAME:
    default: return confirm(d, p, in->incoming, in->column, &version, err);
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

int cells_set(struct decision *d, struct pending_row *p, const struct change *c, struct err *err)
{
    struct cell_version sheet = *atomic_version(p); /* before the first cell is written */
    int rc = 0;
    for (size_t i = 0; i < c->count && rc == 0; i++) {
        const struct cell *cell = &c->cells[i];
        const struct schema_column *column = schema_column(p->table, cell->column);
        struct value *current = column ? &p->row.row.values[schema_column_index(p->table, column)]
                                       : unknown_cell(d, p, cell, err);
        if (current == NULL) return ERR_NOMEM;
        bool atomic = column && column->policy == POLICY_ATOMIC;
        const struct cell_version *version = atomic ? &sheet : cells_version(p, cell->column, 0);
        struct merge_input in = input_of(d, p, column, current, version, cell);
        rc = settle(d, p, &in, current, err);
    }
    return rc;
}
