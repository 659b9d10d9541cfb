/* row: one told row meets what is here. Neighbours: apply.c drives, journal holds the overlay.
 *
 *   told        overlay here            →  shown                    sums
 *   row         none, or received          the server's             old hash out, new hash in
 *   row         cell not received          local cell over it       the same; `below` is the server's
 *   row         deleted, not received      nothing                  the same; hash kept in the overlay
 *   grave       none, or arrived           nothing                  old hash out
 *   grave       not arrived                stays until arrived      old hash out; csn > 0 without hash marks it
 *
 * "Received" is what the server took: a cell of a quarantined changeset has arrived, and waits. It stays over a row that
 * is here; it does not hold one that left the scope. Its overlay is kept for the day the row comes back. */
#include <stdio.h>

#include "applying.h"

struct meeting {
    const struct schema_table *t;
    struct table_row row;           /* as shown here, if found */
    bool found;
    struct overlay_cell *overlay;
    size_t overlay_count;
};

static const struct overlay_cell *deletion(const struct meeting *m)
{
    return m->overlay_count && m->overlay[0].column == OVERLAY_DELETED ? &m->overlay[0] : NULL;
}

static void take_out(struct applying *p, const struct value *hash)
{
    if (hash->kind != VALUE_INT) return;
    p->count -= 1;
    p->sum -= (uint64_t)hash->i;
}

static int meet(struct applying *p, int table, struct row_id id, struct meeting *m, struct err *err)
{
    *m = (struct meeting){.t = schema_table(p->h->schema, table)};
    arena_reset(&p->arena);
    int rc = table_read(p->h->tables, m->t, id, &p->arena, &m->row, err);
    m->found = rc == 1;
    if (rc < 0 || !p->overlay) return rc < 0 ? rc : 0;
    return journal_overlay_row(p->h, table, id, &p->arena, &m->overlay, &m->overlay_count, err);
}

/* Drops the received part of a row's overlay; what is left stands at the front of the list. */
static int drop_received(struct applying *p, struct row_id id, struct meeting *m, struct err *err)
{
    size_t left = 0;
    int rc = 0;
    for (size_t i = 0; i < m->overlay_count && rc == 0; i++) {
        if (m->overlay[i].seq > p->a->received || m->overlay[i].quarantined) m->overlay[left++] = m->overlay[i];
        else rc = journal_overlay_drop(p->h, m->t->number, id, m->overlay[i].column, err);
    }
    m->overlay_count = left;
    return rc;
}

/* ---- graves and rows that left the scope ---- */

/* Is there work on it that only this laptop has? What is in quarantine has arrived, and is in the journal. */
static bool pending(const struct applying *p, const struct meeting *m)
{
    const struct value *seq = &m->row.system[HOME_SEQ];
    bool own = seq->kind == VALUE_INT && (uint64_t)seq->i > p->a->received;
    for (size_t i = 0; i < m->overlay_count && !own; i++)
        own = m->overlay[i].seq > p->a->received;
    return own;
}

static int bury(struct applying *p, const struct pulled_row *r, struct meeting *m, struct err *err)
{
    const struct overlay_cell *gone = deletion(m);
    p->report->graves++;
    if (gone) {
        struct overlay_cell untold = *gone;
        untold.value = untold.below = value_null();
        return journal_overlay_put(p->h, m->t->number, r->change.id, &untold, err);
    }
    if (!m->found) return 0;
    if (!pending(p, m)) return table_delete(p->h->tables, m->t, m->row.rid, err);
    m->row.system[HOME_HASH] = value_null();
    m->row.system[HOME_CSN] = value_int((int64_t)r->csn);
    return table_update(p->h->tables, m->t, &m->row, err);
}

/* ---- rows ---- */

static int check_told(const struct schema_table *t, const struct pulled_row *r, struct err *err)
{
    char text[ROW_ID_TEXT];
    bool good = row_hash(t->number, r->change.id, r->change.cells, r->change.count) == r->row_hash;
    for (size_t i = 0; i < r->change.count && good; i++) {
        const struct schema_column *c = schema_column(t, r->change.cells[i].column);
        enum value_kind kind = r->change.cells[i].value.kind;
        if (!c) continue;
        if (c->type == TYPE_TEXT) good = kind == VALUE_TEXT;
        else if (c->type == TYPE_REF || c->type == TYPE_REFSET || c->type == TYPE_HASH) good = kind == VALUE_BLOB;
        else good = kind == VALUE_INT;
    }
    if (good) return 0;
    row_id_to_text(r->change.id, text);
    return err_set(err, ERR_CORRUPT, "服务器传来的 %s %s 与其校验值不符：请再同步一次",
                   "%s %s as sent by the server does not match its hash: sync again", t->name, text);
}

/* The last own changeset on it: of a row that comes back, what waits over it. */
static struct value touched_by(const struct meeting *m)
{
    uint64_t seq = 0;
    if (m->found) return m->row.system[HOME_SEQ];
    for (size_t i = 0; i < m->overlay_count; i++) {
        if (m->overlay[i].seq > seq) seq = m->overlay[i].seq;
    }
    return seq ? value_int((int64_t)seq) : value_null();
}

static void set_system(struct table_row *row, const struct meeting *m, const struct pulled_row *r, uint8_t author[ROW_ID_BYTES])
{
    row->system[HOME_SEQ] = touched_by(m);
    row->system[HOME_CSN] = value_int((int64_t)r->csn);
    row->system[HOME_HASH] = value_int((int64_t)r->row_hash);
    row->system[HOME_AUTHORED] = value_int(r->authored_ms);
    row->system[HOME_RECEIVED] = value_int(r->received_ms);
    if (row_id_is_null(r->author)) return;
    row_id_to_bytes(r->author, author);
    row->system[HOME_AUTHOR] = value_blob(author, ROW_ID_BYTES);
}

/* Puts the unreceived local cells back over the server's. */
static int lay_over(struct applying *p, struct meeting *m, struct table_row *row, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < m->overlay_count && rc == 0; i++) {
        struct overlay_cell *o = &m->overlay[i];
        const struct schema_column *c = schema_column(m->t, o->column);
        if (!c) continue;
        struct value *v = &row->values[schema_column_index(m->t, c)];
        o->below = *v;
        rc = journal_overlay_shown(c, o, &p->arena, v, err);
        if (rc == 0) rc = journal_overlay_put(p->h, m->t->number, row->id, o, err);
    }
    return rc;
}

static int write_row(struct applying *p, const struct pulled_row *r, struct meeting *m, struct err *err)
{
    struct table_row row;
    uint8_t author[ROW_ID_BYTES];
    int rc = table_row_new(m->t, &p->arena, &row, err);
    if (rc == 0) rc = table_row_put_cells(m->t, &row, r->change.cells, r->change.count, &p->arena, err);
    if (rc) return rc;
    row.id = r->change.id;
    row.rid = m->found ? m->row.rid : 0;
    set_system(&row, m, r, author);
    rc = lay_over(p, m, &row, err);
    if (rc) return rc;
    return m->found ? table_update(p->h->tables, m->t, &row, err) : table_insert(p->h->tables, m->t, &row, err);
}

static int tell(struct applying *p, const struct pulled_row *r, struct meeting *m, struct err *err)
{
    const struct overlay_cell *gone = deletion(m);
    p->count += 1;
    p->sum += r->row_hash;
    p->report->rows++;
    if (!gone) return write_row(p, r, m, err);
    struct overlay_cell told = *gone;
    told.value = value_int((int64_t)r->csn);
    told.below = value_int((int64_t)r->row_hash);
    return journal_overlay_put(p->h, m->t->number, r->change.id, &told, err);
}

/* ---- rows of tables that this program does not know ---- */

static int stranger_apply(struct applying *p, const struct pulled_row *r, bool gone, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    row_id_to_bytes(r->change.id, id);
    int rc = scope_statement(p->h, SQL_STRANGER_GET, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 1, r->change.table);
    sqlite3_bind_blob(st, 2, id, ROW_ID_BYTES, SQLITE_STATIC);
    rc = db_row(p->h->db, st, err);
    if (rc == 1) {
        struct value hash = db_value(st, 0);
        take_out(p, &hash);
    }
    sqlite3_reset(st);
    if (rc >= 0) rc = scope_statement(p->h, gone ? SQL_STRANGER_DROP : SQL_STRANGER_PUT, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 1, r->change.table);
    sqlite3_bind_blob(st, 2, id, ROW_ID_BYTES, SQLITE_STATIC);
    if (!gone) {
        sqlite3_bind_int64(st, 3, (int64_t)r->row_hash);
        sqlite3_bind_int64(st, 4, (int64_t)r->csn);
        p->count += 1;
        p->sum += r->row_hash;
    }
    return db_done(p->h->db, st, err);
}

int row_apply(struct applying *p, const struct pulled_row *r, struct err *err)
{
    struct meeting m;
    bool gone = r->moved_out || r->change.op == CHANGE_DELETE;
    const struct schema_table *t = schema_table(p->h->schema, r->change.table);
    if (!t) return stranger_apply(p, r, gone, err);
    int rc = gone ? 0 : check_told(t, r, err);
    if (rc == 0) rc = meet(p, t->number, r->change.id, &m, err);
    if (rc) return rc;
    if (m.found) take_out(p, &m.row.system[HOME_HASH]);
    else if (deletion(&m)) take_out(p, &deletion(&m)->below);
    if (!gone) rc = lost_note_row(p, t, r, m.found ? &m.row : NULL, m.overlay, m.overlay_count, err);
    if (rc == 0) rc = drop_received(p, r->change.id, &m, err);
    if (rc) return rc;
    return gone ? bury(p, r, &m, err) : tell(p, r, &m, err);
}

/* ---- what was received and changed nothing at the server ---- */

/* Takes a cell off: the server's value shows again, unless the server does not have the row. */
static int take_off(struct applying *p, struct meeting *m, struct row_id id, const struct overlay_cell *o, struct err *err)
{
    const struct schema_column *c = schema_column(m->t, o->column);
    int rc = 0;
    if (o->column == OVERLAY_DELETED) take_out(p, &o->below);
    else if (c && m->found && m->row.system[HOME_HASH].kind == VALUE_INT) {
        rc = lost_note(p, m->t, id, o, &o->below, (uint64_t)m->row.system[HOME_CSN].i, err);
        m->row.values[schema_column_index(m->t, c)] = o->below;
    }
    return rc ? rc : journal_overlay_drop(p->h, m->t->number, id, o->column, err);
}

int row_settle(struct applying *p, const struct overlay_row *o, struct err *err)
{
    struct meeting m;
    size_t left = 0;
    if (!schema_table(p->h->schema, o->table)) return journal_overlay_drop(p->h, o->table, o->row, OVERLAY_ALL, err);
    int rc = meet(p, o->table, o->row, &m, err);
    size_t count = m.overlay_count;
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct overlay_cell cell = m.overlay[i];
        if (cell.seq <= p->a->received && !cell.quarantined) rc = take_off(p, &m, o->row, &cell, err);
        else m.overlay[left++] = cell;
    }
    if (rc || !m.found) return rc;
    m.overlay_count = left;
    bool buried = m.row.system[HOME_HASH].kind == VALUE_NULL && m.row.system[HOME_CSN].i > 0;
    if (buried && !pending(p, &m)) return table_delete(p->h->tables, m.t, m.row.rid, err);
    return left < count ? table_update(p->h->tables, m.t, &m.row, err) : 0;
}
