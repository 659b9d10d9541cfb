/* decide: what a changeset would do, found out before anything is written. Later changes of a changeset see the
 * rows that earlier ones make or change (struct pending_row, found by `slots`); the store is only read. The author's
 * level is that which he has where the row lives, author_at(). Neighbour: put.c, rows that a changeset makes.
 *
 *   PUT      id is of a grave                                                  → values to the ledger, stays dead
 *            id is free, required cells are there, a place can be found        → row
 *            table above the author's level, or the parent is only proposed    → proposal, whole row
 *            authority cell above the level, unless REQUIRED, PLACE or KEY      → row without it, proposal
 *   SET      row live                                                          → cell by cell, cells.c
 *            row dead                                                          → values to the ledger, stays dead
 *            row only proposed                                                 → proposals
 *   DELETE   row dead                                                          → nothing
 *            by the row's author, county, or the level of a table that has one → grave, values kept;
 *                                                                                what he had not seen also to the ledger
 *            else                                                              → proposal
 *
 * Anything else is UNFIT: the whole changeset goes to quarantine. A row that is addressed always moves in the
 * order, even if no value changes: so its author's screen is corrected by the next pull. */
#include <string.h>

#include "work.h"

int decide_unfit(struct decision *d, size_t change, const char *zh, const char *en)
{
    err_words(&d->why, ERR_REFUSED, zh, en);
    err_where(&d->why, ERR_REFUSED, "第 %zu 项（表 %d）", "change %zu (table %d)", change + 1,
              d->cs->changes[change].table);
    return UNFIT;
}

int decide_propose(struct decision *d, const struct pending_row *p, enum merge_reason reason, int column,
                   const struct value *value, struct err *err)
{
    struct merge_result why = {MERGE_PROPOSAL, reason, false};
    const struct cell_version *winner = p->made_known ? &p->made : NULL;
    return decide_note(d, p, LEDGER_PROPOSAL, why, column, value, &d->incoming, winner, err);
}

struct pending_row **decide_slot(struct decision *d, int table, struct row_id id)
{
    uint64_t h = ((id.origin ^ (uint64_t)table) * 0x9e3779b97f4a7c15u) ^ (id.number * 0xd6e8feb86659fd93u);
    size_t at = (size_t)(h >> 32) & d->slot_mask;
    while (d->slots[at] && !(d->slots[at]->table->number == table && row_id_equal(d->slots[at]->row.row.id, id)))
        at = (at + 1) & d->slot_mask;
    return &d->slots[at];
}

int decide_add(struct decision *d, const struct schema_table *t, struct row_id id, struct pending_row **out,
                   struct err *err)
{
    struct pending_row *p = *out = arena_alloc(&d->work->arena, sizeof *p);
    if (p == NULL) return err_nomem(err);
    p->table = t;
    p->row.row.id = id;
    return 0;
}

void decide_keep(struct decision *d, struct pending_row *p)
{
    *decide_slot(d, p->table->number, p->row.row.id) = p;
    *d->rows_end = p;
    d->rows_end = &p->next;
}

int decide_stored(struct pending_row *p, struct arena *a, struct err *err)
{
    struct cell *cells;
    size_t count;
    p->was_live = !p->row.dead;
    p->old_csn = p->row.csn;
    p->old_home = p->row.home;
    p->mark_room = p->row.mark_count;
    p->old_values = arena_array(a, p->row.row.count + 1, sizeof *p->old_values);
    if (p->old_values == NULL) return err_nomem(err);
    for (size_t i = 0; i < p->row.row.count; i++) p->old_values[i] = p->row.row.values[i];
    int rc = p->was_live ? table_row_cells(p->table, &p->row.row, a, &cells, &count, err) : 0;
    if (rc == 0 && p->was_live) p->old_hash = row_hash(p->table->number, p->row.row.id, cells, count);
    return rc;
}

int decide_find(struct decision *d, size_t i, const struct schema_table *t, struct pending_row **out,
                    struct err *err)
{
    struct work *w = d->work;
    struct row_id id = d->cs->changes[i].id;
    struct pending_row *p = *out = *decide_slot(d, t->number, id);
    if (p != NULL) return 0;
    int rc = decide_add(d, t, id, &p, err);
    if (rc == 0) rc = store_row_get(w->store, t, id, &w->arena, &p->row, err);
    if (rc == 0) return decide_unfit(d, i, "要改的记录不存在", "there is no such row to change");
    if (rc == 1) rc = decide_stored(p, &w->arena, err);
    if (rc != 0) return rc;
    decide_keep(d, p);
    *out = p;
    return 0;
}

int decide_carry(struct decision *d, const struct schema_table *t, const struct table_row *row, struct row_home from,
                 struct row_home to, struct err *err)
{
    struct pending_row *p = NULL;
    if (*decide_slot(d, t->number, row->id) != NULL) return 0; /* carry.c sees to rows that this changeset touches */
    int rc = decide_add(d, t, row->id, &p, err);
    if (rc != 0) return rc;
    p->carried = true;
    p->row.row.rid = row->rid;
    p->old_home = from;
    p->row.home = to;
    *d->rows_end = p; /* not findable: there may be many more than the changeset has changes */
    d->rows_end = &p->next;
    return 0;
}

int decide_made(struct decision *d, struct pending_row *p, struct err *err)
{
    struct changeset_record r;
    if (p->made_known) return 0;
    int rc = store_changeset_by_csn(d->work->store, (uint64_t)p->row.row.rid, &r, err);
    if (rc == 0)
        return err_set(err, ERR_CORRUPT, "找不到产生第 %lld 号记录的变更：请用备份恢复",
                       "the changeset that made row %lld is missing: restore a backup", (long long)p->row.row.rid);
    if (rc < 0) return rc;
    p->made = (struct cell_version){(uint64_t)p->row.row.rid, r.origin, r.seq, r.corrected, r.day, r.author};
    p->made_known = true;
    return 0;
}

/* A required cell may not be emptied. That others are empty, because an older program could not ask for them, is
 * not this author's doing. */
static int check_emptied(struct decision *d, size_t i, const struct schema_table *t)
{
    const struct change *c = &d->cs->changes[i];
    for (size_t k = 0; k < c->count; k++) {
        const struct schema_column *column = schema_column(t, c->cells[k].column);
        if (column && (column->flags & COLUMN_REQUIRED) && c->cells[k].value.kind == VALUE_NULL)
            return decide_unfit(d, i, "必填项不能清空", "a required column cannot be emptied");
    }
    return 0;
}

static int propose_set(struct decision *d, const struct pending_row *p, const struct change *c, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < c->count && rc == 0; i++)
        rc = decide_propose(d, p, REASON_NO_AUTHORITY, c->cells[i].column, &c->cells[i].value, err);
    return rc;
}

static int decide_set(struct decision *d, size_t i, const struct schema_table *t, struct err *err)
{
    const struct change *c = &d->cs->changes[i];
    struct pending_row *p = NULL;
    int rc = cells_check(d, i, t);
    if (rc == 0) rc = decide_find(d, i, t, &p, err);
    if (rc == 0) rc = decide_made(d, p, err);
    if (rc != 0) return rc;
    p->last_change = i;
    if (p->proposed) return propose_set(d, p, c, err);
    if (p->row.dead) return grave_lose(d, p, c, err);
    rc = check_emptied(d, i, t);
    if (rc == 0) rc = author_at(d, i, p, err);
    if (rc == 0) rc = cells_set(d, p, c, err);
    return rc == 0 ? place_find(d, i, p, err) : rc;
}

static int decide_delete(struct decision *d, size_t i, const struct schema_table *t, struct err *err)
{
    struct pending_row *p = NULL;
    struct value nothing = value_null();
    int rc = decide_find(d, i, t, &p, err);
    if (rc == 0) rc = decide_made(d, p, err);
    if (rc != 0) return rc;
    p->last_change = i;
    rc = author_at(d, i, p, err);
    if (rc != 0) return rc;
    bool own = row_id_equal(p->made.author, d->cs->author) &&
               (!row_id_is_null(d->cs->author) || p->made.origin == d->cs->origin);
    bool may = own || d->level >= LEVEL_COUNTY || (t->level > LEVEL_CONTACT && d->level >= t->level);
    if (p->row.dead) return 0; /* whoever wants it dead has it so */
    if (p->proposed || !may)
        return decide_propose(d, p, p->proposed ? REASON_NO_AUTHORITY : REASON_NOT_AUTHOR, 0, &nothing, err);
    return grave_bury(d, p, err);
}

static int decide_change(struct decision *d, size_t i, struct err *err)
{
    const struct change *c = &d->cs->changes[i];
    const struct schema_table *t = schema_table(d->work->schema, c->table);
    d->incoming.csn = PENDING | i;
    if (t == NULL) return decide_unfit(d, i, "本服务器还不认识这个表：升级后可重试", "this server does not know the table yet: retry it after an upgrade");
    switch (c->op) {
    case CHANGE_PUT: return put_decide(d, i, t, err);
    case CHANGE_SET: return decide_set(d, i, t, err);
    case CHANGE_DELETE: return decide_delete(d, i, t, err);
    default: return decide_unfit(d, i, "未知的操作", "an unknown operation");
    }
}

int decide(struct decision *d, struct work *w, const struct changeset *cs, const struct clock_reading *read,
           int64_t received_ms, struct err *err)
{
    size_t slots = 4;
    while (slots < 2 * cs->count) slots *= 2;
    *d = (struct decision){.work = w, .cs = cs, .received_ms = received_ms, .slot_mask = slots - 1};
    d->rows_end = &d->rows;
    d->notes_end = &d->notes;
    d->incoming = (struct cell_version){0, cs->origin, cs->seq, read->stamp, read->day, cs->author};
    d->slots = arena_array(&w->arena, slots, sizeof *d->slots);
    if (d->slots == NULL) return err_nomem(err);
    int rc = author_find(d, err);
    for (size_t i = 0; i < cs->count && rc == 0; i++) rc = decide_change(d, i, err);
    return rc == 0 ? place_carry(d, err) : rc;
}
