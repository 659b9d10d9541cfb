/* change: one act on one row — the row as it is shown, its overlay, and the change for the log. Neighbours: check.c
 * refuses first, capture.c commits. Invariant: a row and its change are written together, or the capture has failed
 * and nothing of it will be committed. */
#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "state.h"

/* The disk refused in the middle of an act: SQLite may have rolled everything back already. */
static int fail(struct capture *c, int rc, const struct err *err)
{
    c->failed = err ? *err : (struct err){0};
    c->failed.code = rc;
    return rc;
}

static int ready(struct capture *c, struct err *err)
{
    arena_reset(&c->scratch);
    return check_open(c, err);
}

static int copy_value(struct arena *a, const struct value *from, struct value *to)
{
    *to = *from;
    if (from->len == 0) return 0;
    to->data = arena_copy(a, from->data, from->len);
    return to->data ? 0 : ERR_NOMEM;
}

/* Sorts the cells that say something by column, into memory that lasts until commit. */
static int keep_cells(struct capture *c, struct change *change, const struct cell *cells, size_t count, struct err *err)
{
    change->cells = arena_array(&c->arena, count, sizeof *cells);
    if (!change->cells) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        size_t at = change->count;
        if (change->op == CHANGE_PUT && cells[i].value.kind == VALUE_NULL) continue;
        for (; at > 0 && change->cells[at - 1].column >= cells[i].column; at--) {
            if (change->cells[at - 1].column == cells[i].column)
                return err_set(err, ERR_REFUSED, "同一栏目写了两次（编号 %d）", "column number %d is given twice", cells[i].column);
            change->cells[at] = change->cells[at - 1];
        }
        change->cells[at].column = cells[i].column;
        change->count++;
        if (copy_value(&c->arena, &cells[i].value, &change->cells[at].value) ||
            copy_value(&c->arena, &cells[i].removed, &change->cells[at].removed))
            return err_nomem(err);
    }
    return 0;
}

static int grow(struct capture *c, struct err *err)
{
    if (c->cs.count < c->capacity) return 0;
    size_t capacity = c->capacity ? c->capacity * 2 : 8;
    struct change *changes = arena_array(&c->arena, capacity, sizeof *changes);
    if (!changes) return err_nomem(err);
    if (c->cs.count) memcpy(changes, c->cs.changes, c->cs.count * sizeof *changes);
    c->cs.changes = changes;
    c->capacity = capacity;
    return 0;
}

/* Room for the change and its cells, before the row is written: after it nothing may fail but the disk. */
static int prepare(struct capture *c, struct change *change, const struct cell *cells, size_t count, struct err *err)
{
    int rc = check_room(c, cells, count, err);
    if (rc == 0) rc = grow(c, err);
    return rc ? rc : keep_cells(c, change, cells, count, err);
}

static void append(struct capture *c, const struct change *change)
{
    c->cs.changes[c->cs.count++] = *change;
    c->bytes += 32;
    for (size_t i = 0; i < change->count; i++)
        c->bytes += 24 + change->cells[i].value.len + change->cells[i].removed.len;
}

static int insert_row(struct capture *c, const struct schema_table *t, const struct change *change, struct err *err)
{
    struct table_row row;
    uint8_t author[ROW_ID_BYTES];
    int rc = table_row_new(t, &c->scratch, &row, err);
    if (rc == 0) rc = table_row_put_cells(t, &row, change->cells, change->count, &c->scratch, err);
    if (rc) return rc;
    row.id = change->id;
    row.system[HOME_SEQ] = value_int((int64_t)c->cs.seq);
    row.system[HOME_CSN] = value_int(0);
    row.system[HOME_AUTHORED] = value_int(hlc_ms(c->cs.stamp));
    if (!row_id_is_null(c->cs.author)) {
        row_id_to_bytes(c->cs.author, author);
        row.system[HOME_AUTHOR] = value_blob(author, sizeof author);
    }
    return table_insert(c->h->tables, t, &row, err);
}

int capture_put(struct capture *c, const struct schema_table *t, const struct cell *cells, size_t count, struct row_id *id,
                struct err *err)
{
    struct change change = {.op = CHANGE_PUT, .table = t->number};
    int rc = ready(c, err);
    if (rc == 0) rc = check_put(c, t, cells, count, err);
    if (rc == 0) rc = prepare(c, &change, cells, count, err);
    if (rc) return rc;
    change.id = row_id_make(c->h->origin, c->cs.seq, (unsigned)c->cs.count);
    rc = insert_row(c, t, &change, err);
    if (rc) return fail(c, rc, err);
    append(c, &change);
    check_know(c, t->number, change.id);
    if (id) *id = change.id;
    return 0;
}

/* What a set cell really does: elements that are there already are not added, those that are not, not removed. */
static int trim_set(struct capture *c, const struct value *current, struct cell *cell, struct value *shown, struct err *err)
{
    struct value kept;
    int rc = elements_minus(&cell->value, &cell->removed, &c->scratch, &cell->value, err);
    if (rc == 0) rc = elements_minus(&cell->value, current, &c->scratch, &cell->value, err);
    if (rc == 0) rc = elements_minus(current, &cell->removed, &c->scratch, &kept, err);
    if (rc == 0) rc = elements_minus(current, &kept, &c->scratch, &cell->removed, err);
    if (rc == 0) rc = elements_union(&kept, &cell->value, &c->scratch, shown, err);
    return rc;
}

void capture_confirm(struct capture *c, const int *columns, size_t count)
{
    c->confirmed = columns;
    c->confirmed_count = count;
}

static bool is_confirmed(const struct capture *c, int column)
{
    for (size_t i = 0; i < c->confirmed_count; i++) {
        if (c->confirmed[i] == column) return true;
    }
    return false;
}

/* 1: the cell changes something, and *shown is what the row shows then; 0: nothing; negative: refused. */
static int weigh(struct capture *c, const struct schema_table *t, const struct table_row *row, struct cell *cell,
                 struct value *shown, struct err *err)
{
    const struct schema_column *column;
    int rc = check_cell(c, t, cell, &column, err);
    if (rc) return rc;
    const struct value *current = &row->values[schema_column_index(t, column)];
    if (elements_column(column)) {
        rc = trim_set(c, current, cell, shown, err);
        return rc ? rc : cell->value.kind != VALUE_NULL || cell->removed.kind != VALUE_NULL;
    }
    if (cell->removed.kind != VALUE_NULL)
        return err_set(err, ERR_REFUSED, "%s%.0s 不是集合，不能去掉其中一项", "%.0s%s is no set: nothing can be taken out of it",
                       column->zh, column->name);
    if ((column->flags & COLUMN_REQUIRED) && cell->value.kind == VALUE_NULL)
        return err_set(err, ERR_REFUSED, "“%s%.0s”必须填写，不能清空", "%.0s%s must be given and cannot be emptied", column->zh,
                       column->name);
    *shown = cell->value;
    return !value_equal(current, &cell->value) || is_confirmed(c, cell->column);
}

static bool sticky(const struct schema_table *t, const struct cell *cell)
{
    const struct schema_column *column = schema_column(t, cell->column);
    return column && column->policy == POLICY_STICKY;
}

static bool closing_changes(const struct schema_table *t, const struct table_row *row, const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!sticky(t, &cells[i])) continue;
        const struct value *now = &row->values[schema_column_index(t, schema_column(t, cells[i].column))];
        if (!value_equal(now, &cells[i].value)) return true;
    }
    return false;
}

/* Keeps of `cells` what changes the row; `shown` holds the new values beside them. A closing goes whole: its state is told
 * once more with the reason that it lacked at first. */
static int weigh_all(struct capture *c, const struct schema_table *t, const struct table_row *row, const struct cell *cells,
                     size_t count, struct change *change, struct cell *kept, struct value *shown, struct err *err)
{
    size_t n = 0;
    bool changed = false, closing = closing_changes(t, row, cells, count);
    for (size_t i = 0; i < count; i++) {
        kept[n] = cells[i];
        int rc = weigh(c, t, row, &kept[n], &shown[n], err);
        if (rc < 0) return rc;
        changed |= rc > 0;
        if (rc || (closing && sticky(t, &cells[i]))) n++;
    }
    return changed ? prepare(c, change, kept, n, err) : 0;
}

static int update_row(struct capture *c, const struct schema_table *t, struct table_row *row, const struct change *change,
                      const struct cell *kept, const struct value *shown, struct err *err)
{
    bool told = row->system[HOME_HASH].kind != VALUE_NULL;
    int rc = 0;
    for (size_t i = 0; i < change->count && rc == 0; i++) {
        struct value *current = &row->values[schema_column_index(t, schema_column(t, kept[i].column))];
        struct value below = told ? *current : value_null();
        rc = journal_overlay_add(c->h, t, row->id, &kept[i], &below, c->cs.seq, err);
        *current = shown[i];
    }
    if (rc) return rc;
    row->system[HOME_SEQ] = value_int((int64_t)c->cs.seq);
    return table_update(c->h->tables, t, row, err);
}

static int read_row(struct capture *c, const struct schema_table *t, struct row_id id, struct table_row *row, struct err *err)
{
    char text[ROW_ID_TEXT], zh[120], en[120];
    int rc = table_read(c->h->tables, t, id, &c->scratch, row, err);
    if (rc) return rc < 0 ? rc : 0;
    row_id_to_text(id, text);
    snprintf(zh, sizeof zh, "本机没有%s %s", t->zh, text);
    snprintf(en, sizeof en, "there is no %s %s here", t->name, text);
    return err_words(err, ERR_NOT_FOUND, zh, en);
}

int capture_set(struct capture *c, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
                struct err *err)
{
    struct change change = {.op = CHANGE_SET, .table = t->number, .id = id};
    struct table_row row;
    int rc = ready(c, err);
    if (rc == 0) rc = read_row(c, t, id, &row, err);
    if (rc) return rc;
    struct cell *kept = arena_array(&c->scratch, count, sizeof *kept);
    struct value *shown = arena_array(&c->scratch, count, sizeof *shown);
    if (!kept || !shown) return err_nomem(err);
    rc = weigh_all(c, t, &row, cells, count, &change, kept, shown, err);
    if (rc || change.count == 0) return rc;
    rc = update_row(c, t, &row, &change, kept, shown, err);
    if (rc) return fail(c, rc, err);
    append(c, &change);
    return 0;
}

static int bury_row(struct capture *c, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    struct overlay_cell gone = {.column = OVERLAY_DELETED, .seq = c->cs.seq, .value = row->system[HOME_CSN],
                                .below = row->system[HOME_HASH]};
    int rc = journal_overlay_drop(c->h, t->number, row->id, OVERLAY_ALL, err);
    if (rc == 0) rc = journal_overlay_put(c->h, t->number, row->id, &gone, err);
    return rc ? rc : table_delete(c->h->tables, t, row->rid, err);
}

int capture_delete(struct capture *c, const struct schema_table *t, struct row_id id, struct err *err)
{
    struct change change = {.op = CHANGE_DELETE, .table = t->number, .id = id};
    struct table_row row;
    int rc = ready(c, err);
    if (rc == 0) rc = check_level(c, t, err);
    if (rc == 0) rc = read_row(c, t, id, &row, err);
    if (rc == 0) rc = prepare(c, &change, NULL, 0, err);
    if (rc) return rc;
    rc = bury_row(c, t, &row, err);
    if (rc) return fail(c, rc, err);
    append(c, &change);
    check_forget(c);
    return 0;
}
