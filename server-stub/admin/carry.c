/* carry: the change that carries out a ruling.
 *
 *   winner            nothing
 *   loser, a cell     its value; of a set, elements come in or go out as they were meant
 *   loser, whole row  the row is made as it was proposed, under the id it was proposed with; or it is deleted
 *   another value     the cell; of a set, what differs */
#include <string.h>

#include "ruling.h"

static bool is_set(const struct schema_column *c)
{
    return c && c->policy == POLICY_SET;
}

const struct value *ruling_now(const struct ruling *r, int column)
{
    static const struct value nothing = {0};
    const struct schema_column *c = schema_column(r->table, column);

    if (!r->found)
        return &nothing;
    if (c)
        return &r->row.row.values[schema_column_index(r->table, c)];
    for (size_t i = 0; i < r->row.row.extra_count; i++)
        if (r->row.row.extra[i].column == column)
            return &r->row.row.extra[i].value;
    return &nothing;
}

static struct cell losing_cell(const struct ruling *r, const struct ledger_entry *e)
{
    struct cell cell = {.column = e->column, .value = e->value};

    if (is_set(schema_column(r->table, e->column)) && e->reason == REASON_UNSEEN_ADDITION) {
        cell.value = value_null(); /* they were to be taken out */
        cell.removed = e->value;
    }
    return cell;
}

/* Ids of a that are not in b; both ascending. */
static int ids_without(struct arena *arena, const struct value *a, const struct value *b, struct value *out)
{
    uint8_t *ids = arena_alloc(arena, a->len + 1);
    uint32_t n = 0;

    if (!ids)
        return ERR_NOMEM;
    for (uint32_t i = 0, k = 0; i + ROW_ID_BYTES <= a->len; i += ROW_ID_BYTES) {
        while (k < b->len && memcmp(b->data + k, a->data + i, ROW_ID_BYTES) < 0)
            k += ROW_ID_BYTES;
        if (k < b->len && memcmp(b->data + k, a->data + i, ROW_ID_BYTES) == 0)
            continue;
        memcpy(ids + n, a->data + i, ROW_ID_BYTES);
        n += ROW_ID_BYTES;
    }
    *out = n ? value_blob(ids, n) : value_null();
    return 0;
}

static int elements_without(struct ruling *r, const struct value *a, const struct value *b, struct value *out)
{
    if (r->column->type == TYPE_REFSET)
        return ids_without(r->arena, a, b, out);
    int64_t bits = (a->kind == VALUE_INT ? a->i : 0) & ~(b->kind == VALUE_INT ? b->i : 0);
    *out = bits ? value_int(bits) : value_null();
    return 0;
}

static int other_cell(struct ruling *r, struct cell *cell, struct err *err)
{
    const struct value *now = ruling_now(r, r->entry.column);
    int rc = 0;

    *cell = (struct cell){.column = r->entry.column, .value = r->value};
    if (is_set(r->column)) {
        rc = elements_without(r, &r->value, now, &cell->value);
        if (rc == 0)
            rc = elements_without(r, now, &r->value, &cell->removed);
    }
    return rc < 0 ? err_nomem(err) : 0;
}

int ruling_value(struct ruling *r, const struct ledger_entry *e, struct value *out, struct err *err)
{
    const struct schema_column *c = e->column ? schema_column(r->table, e->column) : NULL;
    struct value none = value_null();
    struct cell cell = losing_cell(r, e);
    struct buf scratch;

    *out = r->take == RULING_WINNER ? *ruling_now(r, e->column) : r->take == RULING_OTHER ? r->value : e->value;
    if (r->take != RULING_LOSER || !is_set(c))
        return 0;
    buf_init(&scratch, CHANGE_MAX_BYTES);
    int rc = merge_set(c, ruling_now(r, e->column), &cell, &none, &scratch, out);
    if (rc == 0)
        rc = ruling_keep(r->arena, out);
    buf_free(&scratch);
    return rc < 0 ? err_nomem(err) : 0;
}

/* ---- the change ---- */

static int row_as_proposed(struct ruling *r, struct err *err)
{
    const struct value *v = &r->entry.value;

    r->change = (struct change){.op = CHANGE_PUT, .table = r->entry.table, .explicit_id = true, .id = r->entry.row};
    r->changes = true;
    if (r->found)
        return err_set(err, ERR_REFUSED, "此记录已经有了：用 --take winner 结束此条",
                       "the record is there already: close this entry with --take winner");
    return cells_decode(v->data, v->len, r->arena, &r->change.cells, &r->change.count, err);
}

static int take_row(struct ruling *r, struct err *err)
{
    if (r->entry.value.kind == VALUE_BLOB)
        return row_as_proposed(r, err);
    r->change = (struct change){.op = CHANGE_DELETE, .table = r->entry.table, .id = r->entry.row};
    r->changes = r->found && !r->row.dead; /* else it is gone already, or never was */
    return 0;
}

static int need_live_row(const struct ruling *r, struct err *err)
{
    if (r->found && !r->row.dead)
        return 0;
    if (r->found)
        return err_set(err, ERR_REFUSED, "此记录已被删除，删除是永久的：请把该内容写进一条新记录，再用 --take winner 结束此条",
                       "the record has been deleted, and that is for ever: enter it as a new record, then close this entry "
                       "with --take winner");
    return err_set(err, ERR_REFUSED, "此记录本身还只是建议：请先采用建立该记录的那一条（见 history %s/…）",
                   "the record itself is only proposed: take the entry that makes it first (see history %s/…)",
                   r->table->name);
}

/* Ascending by column. Of two in one changeset the later is what its author meant. */
static void put_cell(struct ruling *r, struct cell cell)
{
    struct change *c = &r->change;
    size_t at = 0;

    while (at < c->count && c->cells[at].column < cell.column)
        at++;
    if (at < c->count && c->cells[at].column == cell.column) {
        c->cells[at] = cell;
        return;
    }
    memmove(&c->cells[at + 1], &c->cells[at], (c->count - at) * sizeof cell);
    c->cells[at] = cell;
    c->count++;
}

static int take_cells(struct ruling *r, struct err *err)
{
    struct cell more[RULING_MAX];
    size_t count = 0;
    int rc = need_live_row(r, err);

    if (rc < 0)
        return rc;
    r->change = (struct change){.op = CHANGE_SET, .table = r->entry.table, .id = r->entry.row};
    r->changes = true;
    r->change.cells = arena_array(r->arena, (size_t)RULING_MAX * 2, sizeof more[0]);
    if (!r->change.cells)
        return err_nomem(err);
    for (size_t i = 0; i < r->group_count; i++)
        put_cell(r, losing_cell(r, &r->group[i]));
    if (r->column && r->column->policy == POLICY_ATOMIC)
        rc = sheet_of(r, more, &count, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        put_cell(r, more[i]);
    return rc;
}

/* ---- another value ---- */

static int parse_reference(struct ruling *r, const char *text, struct err *err)
{
    const struct schema_table *to = schema_table(store_schema(r->store), r->column->ref);
    uint8_t *bytes = arena_alloc(r->arena, ROW_ID_BYTES);
    struct row_id id;
    int rc = store_row_find(r->store, to, text, strlen(text), &id, err);

    if (rc < 0 || !bytes)
        return rc < 0 ? rc : err_nomem(err);
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "没有“%s”", "there is no \"%s\"", text);
    row_id_to_bytes(id, bytes);
    r->value = value_blob(bytes, ROW_ID_BYTES);
    return 0;
}

static int parse_value(struct ruling *r, const char *text, struct err *err)
{
    struct buf scratch;
    int rc;

    if (r->column->type == TYPE_REF && *text)
        return parse_reference(r, text, err);
    buf_init(&scratch, CHANGE_MAX_BYTES);
    rc = schema_parse(r->column, text, strlen(text), &scratch, &r->value, err);
    if (rc == 0)
        rc = ruling_keep(r->arena, &r->value) < 0 ? err_nomem(err) : schema_check(r->table, r->column, &r->value, err);
    buf_free(&scratch);
    return rc;
}

static int take_other(struct ruling *r, const char *text, struct err *err)
{
    if (!r->column)
        return err_set(err, ERR_REFUSED, "这一条涉及整行：只能 --take winner 或 --take loser",
                       "this entry is about a whole record: only --take winner or --take loser");
    if (r->column->policy == POLICY_ATOMIC)
        return err_set(err, ERR_REFUSED, "整表不能拆开：只能 --take winner 或 --take loser，或另录一张表",
                       "a sheet is never mixed: only --take winner or --take loser, or enter another sheet");
    int rc = parse_value(r, text, err);
    if (rc < 0)
        return err_where(err, rc, "%s", "%s", r->column->name);
    struct cell *cell = arena_alloc(r->arena, sizeof *cell);
    if (!cell)
        return err_nomem(err);
    r->change = (struct change){.op = CHANGE_SET, .table = r->entry.table, .id = r->entry.row, .cells = cell, .count = 1};
    r->changes = true;
    r->group[0] = r->entry; /* the others stay open */
    r->group_count = 1;
    rc = other_cell(r, cell, err);
    return rc == 0 ? need_live_row(r, err) : rc;
}

int ruling_take(struct ruling *r, const char *take, struct err *err)
{
    r->take = strcmp(take, "winner") == 0 ? RULING_WINNER : strcmp(take, "loser") == 0 ? RULING_LOSER : RULING_OTHER;
    if (r->take == RULING_OTHER)
        return take_other(r, take, err);
    if (r->take == RULING_WINNER)
        return ruling_keep_all(r, err);
    return r->entry.column == 0 ? take_row(r, err) : take_cells(r, err);
}
