/* sets: a SET's elements, added and taken out one by one. Each element added after its row was made has a mark of its
 * own, so that taking one out spares what somebody else added unseen; what was spared stands in the ledger.
 * Neighbours: cells.c decides that a cell is a set, core/merge does the arithmetic. */
#include "work.h"

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
        struct merge_input in = cells_input(d, p, c, NULL, cells_version(p, c->number, key), cell);
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
            cells_unmark(p, c->number, key);
    }
    while (rc == 0 && elements_next(&added, &key)) rc = cells_mark(d, p, c->number, key, &d->incoming, err);
    return rc;
}

/* The first element that leaves, if any does. */
static bool takes_out(const struct schema_column *c, const struct value *before, const struct value *after, uint64_t *key)
{
    if (c->type == TYPE_REFSET) {
        struct elements b = elements_of(c, before), a = elements_of(c, after);
        uint64_t ka = 0;
        bool has = elements_next(&a, &ka);
        while (elements_next(&b, key)) {
            while (has && ka != *key) has = elements_next(&a, &ka);
            if (!has) return true;
        }
        return false;
    }
    struct elements gone = {.bits = before->kind == VALUE_INT ? (uint64_t)before->i : 0};
    if (after->kind == VALUE_INT) gone.bits &= ~(uint64_t)after->i;
    return elements_next(&gone, key);
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

int sets_bury(struct decision *d, struct pending_row *p, const struct schema_column *c, const struct value *current,
              struct err *err)
{
    struct merge_result why = {MERGE_KEEP, REASON_ROW_DELETED, false};
    struct elements e = elements_of(c, current);
    uint64_t key;
    int rc = 0;
    while (rc == 0 && elements_next(&e, &key)) {
        const struct cell_version *by = cells_marked(p, c->number, key);
        struct value one = e.ids ? value_blob(e.at - ROW_ID_BYTES, ROW_ID_BYTES) : value_int((int64_t)(UINT64_C(1) << key));
        struct merge_input in = cells_input(d, p, c, NULL, by, NULL);
        if (by && !merge_saw(&in)) rc = decide_note(d, p, LEDGER_LOST, why, c->number, &one, by, &d->incoming, err);
    }
    return rc;
}

int sets_merge(struct decision *d, struct pending_row *p, const struct schema_column *c, struct value *current,
               const struct cell *cell, struct err *err)
{
    struct work *w = d->work;
    struct value unseen, result = value_null();
    uint64_t gone = 0;
    struct merge_result seen = {MERGE_UNION, REASON_NONE, false};
    int rc = unseen_of(d, p, c, cell, &unseen, err);
    buf_reset(&w->scratch);
    if (rc == 0 && merge_set(c, current, cell, &unseen, &w->scratch, &result) != 0) rc = err_nomem(err);
    if (rc == 0 && result.len != 0 && (result.data = arena_copy(&w->arena, result.data, result.len)) == NULL)
        rc = err_nomem(err);
    if (rc == 0 && takes_out(c, current, &result, &gone))
        rc = decide_note(d, p, LEDGER_SUPERSEDED, seen, c->number, current, cells_version(p, c->number, gone),
                         &d->incoming, err);
    if (rc == 0) rc = note_spared(d, p, c, &unseen, err);
    if (rc == 0) rc = mark_elements(d, p, c, cell, &unseen, err);
    if (rc == 0) *current = result;
    return rc;
}
