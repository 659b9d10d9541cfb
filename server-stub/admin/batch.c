/* batch: see batch.h. Invariant: `seq` is the next of the server's log while changes are gathered; so a new row's id
 * is known when it is put. */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 16 * 1024 * 1024, ROW_ARENA = 4 * 1024 * 1024 };

int batch_new(struct batch **out, struct verb_call *c, const struct actor *a, struct err *err)
{
    struct batch *b = *out = calloc(1, sizeof *b);

    if (!b)
        return err_nomem(err);
    b->store = c->store;
    b->actor = a;
    b->why = verb_text(c, "why");
    if (b->why && !*b->why)
        b->why = NULL;
    b->today = actor_today(c);
    ownlog_open(&b->log, c->store, c->admin->env);
    arena_init(&b->arena, CELLS_MAX);
    if (b->why && !utf8_valid(b->why, strlen(b->why)))
        return err_set(err, ERR_REFUSED, "--why 不是 UTF-8 文字", "--why is not UTF-8 text");
    return 0;
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    arena_free(&b->arena);
    free(b);
}

struct cell batch_cell(const struct schema_table *t, const char *column, struct value v)
{
    return (struct cell){.column = schema_column_named(t, column)->number, .value = v, .removed = value_null()};
}

struct cell batch_ref(const struct schema_table *t, const char *column, struct row_id id, uint8_t bytes[ROW_ID_BYTES])
{
    row_id_to_bytes(id, bytes);
    return batch_cell(t, column, value_blob(bytes, ROW_ID_BYTES));
}

/* Into the arena, by ascending column. */
static int keep_cells(struct batch *b, struct change *c, const struct cell *cells, size_t count, struct err *err)
{
    c->cells = arena_array(&b->arena, count ? count : 1, sizeof c->cells[0]);
    if (!c->cells)
        return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        struct cell cell = cells[i];
        size_t at = c->count;
        if (c->op == CHANGE_PUT && cell.value.kind == VALUE_NULL)
            continue;
        if (cell.value.len && !(cell.value.data = arena_copy(&b->arena, cell.value.data, cell.value.len)))
            return err_nomem(err);
        for (; at > 0 && c->cells[at - 1].column > cell.column; at--)
            c->cells[at] = c->cells[at - 1];
        c->cells[at] = cell;
        c->count++;
    }
    return 0;
}

int batch_room(struct batch *b, size_t n, struct err *err)
{
    return b->count + n > BATCH_MAX ? batch_flush(b, err) : 0;
}

static int add(struct batch *b, const struct change *change, const struct cell *cells, size_t count, struct err *err)
{
    int rc = batch_room(b, 1, err);

    if (rc == 0 && b->count == 0)
        rc = ownlog_next(&b->log, &b->seq, err);
    if (rc < 0)
        return rc;
    struct change *c = &b->changes[b->count];
    *c = *change;
    if (c->op == CHANGE_PUT)
        c->id = row_id_make(store_server_origin(b->store), b->seq, (unsigned)b->count);
    rc = keep_cells(b, c, cells, count, err);
    b->count += rc == 0;
    return rc;
}

int batch_set(struct batch *b, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
              struct err *err)
{
    return add(b, &(struct change){.op = CHANGE_SET, .table = t->number, .id = id}, cells, count, err);
}

int batch_put(struct batch *b, const struct schema_table *t, const struct cell *cells, size_t count, struct row_id *id,
              struct err *err)
{
    int rc = add(b, &(struct change){.op = CHANGE_PUT, .table = t->number}, cells, count, err);

    if (rc == 0)
        *id = b->changes[b->count - 1].id;
    return rc;
}

/* ---- why ---- */

/* Who wrote what a cell holds now: the last to change it, else who made the row. */
static int holder_of(struct batch *b, const struct change *c, int column, struct arena *a, struct cell_version *out,
                     struct err *err)
{
    const struct schema_table *t = schema_table(store_schema(b->store), c->table);
    struct changeset_record made;
    struct stored_row row;
    int rc = store_row_get(b->store, t, c->id, a, &row, err);

    if (rc <= 0)
        return rc;
    for (size_t i = 0; i < row.mark_count; i++)
        if (row.marks[i].column == column) {
            *out = row.marks[i].version;
            return 1;
        }
    rc = store_changeset_by_csn(b->store, (uint64_t)row.row.rid, &made, err);
    *out = (struct cell_version){(uint64_t)row.row.rid, made.origin, made.seq, made.corrected, made.observed, made.author};
    return rc;
}

/* Before anything is written: the holders of all cells that will be set, in their order. */
static int note_holders(struct batch *b, struct cell_version **out, struct err *err)
{
    size_t cells = 0, at = 0;
    struct arena a;
    int rc = 1;

    for (size_t i = 0; i < b->count; i++)
        cells += b->changes[i].op == CHANGE_SET ? b->changes[i].count : 0;
    *out = arena_array(&b->arena, cells ? cells : 1, sizeof **out);
    if (!*out)
        return err_nomem(err);
    arena_init(&a, ROW_ARENA);
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; rc >= 0 && b->changes[i].op == CHANGE_SET && k < b->changes[i].count; k++) {
            arena_reset(&a);
            rc = holder_of(b, &b->changes[i], b->changes[i].cells[k].column, &a, &(*out)[at++], err);
        }
    arena_free(&a);
    return rc < 0 ? rc : 0;
}

struct search {
    int column;
    uint64_t origin, seq, found; /* found: an entry of this changeset's, undecided */
};

static int look(void *ctx, const struct ledger_entry *e)
{
    struct search *s = ctx;

    if (e->column == s->column && e->winner.origin == s->origin && e->winner.seq == s->seq && e->decided.ruling == RULING_OPEN)
        s->found = e->id;
    return 0;
}

/* The cell's old value is in the ledger already, when there was one; an empty cell's is put there. */
static int note_cell(struct batch *b, const struct change *c, int column, const struct cell_version *holder,
                     const struct ledger_resolution *why, struct err *err)
{
    const struct schema_table *t = schema_table(store_schema(b->store), c->table);
    struct search s = {.column = column, .origin = store_server_origin(b->store), .seq = b->seq};
    struct ledger_entry e = {.kind = LEDGER_SUPERSEDED, .table = c->table, .column = column, .row = c->id, .loser = *holder,
                             .at_ms = why->at_ms, .decided = *why};
    struct row_home home = {0};
    int rc = store_ledger_of_row(b->store, c->table, c->id, look, &s, err);

    if (rc >= 0 && s.found)
        rc = store_ledger_resolve(b->store, s.found, why, err);
    else if (rc >= 0 && (rc = store_row_home(b->store, t, c->id, &home, err)) >= 0 &&
             (rc = store_head(b->store, &e.winner_csn, err)) >= 0) {
        e.place = home.place;
        e.winner = (struct cell_version){.csn = e.winner_csn, .origin = s.origin, .seq = b->seq, .stamp = b->log.stamp,
                                         .observed = b->today, .author = b->actor->id};
        rc = store_ledger_add(b->store, &e, err);
    }
    return rc < 0 ? rc : 0;
}

static int note_why(struct batch *b, const struct cell_version *holders, struct err *err)
{
    const struct actor *a = b->actor;
    const struct env *env = b->log.env;
    struct ledger_resolution why = {.ruling = RULING_OTHER, .at_ms = env->now_ms(env->ctx)};
    int rc = 0;

    why.by = row_id_is_null(a->id) ? value_null() : value_text(a->name, strlen(a->name));
    why.why = value_text(b->why, strlen(b->why));
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; rc == 0 && b->changes[i].op == CHANGE_SET && k < b->changes[i].count; k++)
            rc = note_cell(b, &b->changes[i], b->changes[i].cells[k].column, holders++, &why, err);
    return rc;
}

int batch_flush(struct batch *b, struct err *err)
{
    struct cell_version *holders = NULL;
    int rc = b->count > 0 && b->why ? note_holders(b, &holders, err) : 0;

    if (rc == 0 && b->count > 0)
        rc = ownlog_write(&b->log, b->actor->id, b->today, b->changes, b->count, err);
    if (rc == 0 && holders)
        rc = note_why(b, holders, err);
    b->written += b->count;
    b->count = 0;
    arena_reset(&b->arena);
    return rc;
}
