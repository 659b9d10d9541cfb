/* rows: the synced tables, through core/table, with the server's system columns; and what the writer remembers
 * of them: where a row lives and how high a worker stands. */
#include <string.h>

#include "sqlite.h"

static size_t slot_of(struct row_id id, size_t slots)
{
    uint64_t h = (id.origin ^ (id.number * 0x9e3779b97f4a7c15u)) * 0xd6e8feb86659fd93u;
    return (size_t)(h >> 32) & (slots - 1);
}

void sqlite_forget(struct sqlite_store *q)
{
    if (q->where) memset(q->where, 0, PLACE_SLOTS * sizeof q->where[0]);
    if (q->levels) memset(q->levels, 0, LEVEL_SLOTS * sizeof q->levels[0]);
    q->caches_touched = false;
}

static void remember_home(struct sqlite_store *q, const struct schema_table *t, struct row_id id, struct row_home home)
{
    if (q->where == NULL) return;
    q->where[slot_of(id, PLACE_SLOTS)] = (struct place_slot){id, home, t->number};
}

static int to_stored(struct arena *a, struct stored_row *row, struct err *err)
{
    const struct value *sys = row->row.system;
    row->csn = (uint64_t)sys[SERVER_CSN].i;
    row->home = (struct row_home){sys[SERVER_PLACE].i, sys[SERVER_UNIT].i};
    row->dead = sys[SERVER_DEAD].i != 0;
    row->marks = NULL;
    row->mark_count = 0;
    if (sys[SERVER_MARKS].kind != VALUE_BLOB) return 0;
    return marks_decode(sys[SERVER_MARKS].data, sys[SERVER_MARKS].len, a, &row->marks, &row->mark_count, err);
}

int sqlite_row_get(struct store *s, const struct schema_table *t, struct row_id id, struct arena *a,
                   struct stored_row *row, struct err *err)
{
    int rc = table_read(sqlite_of(s)->tables, t, id, a, &row->row, err);
    if (rc != 1) return rc;
    rc = to_stored(a, row, err);
    return rc == 0 ? 1 : rc;
}

int sqlite_row_by_rid(struct store *s, const struct schema_table *t, int64_t rid, struct arena *a,
                      struct stored_row *row, struct err *err)
{
    int rc = table_read_rid(sqlite_of(s)->tables, t, rid, a, &row->row, err);
    if (rc != 1) return rc;
    rc = to_stored(a, row, err);
    return rc == 0 ? 1 : rc;
}

int sqlite_row_home(struct store *s, const struct schema_table *t, struct row_id id, struct row_home *home,
                    struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    if (q->where && q->writing) {
        const struct place_slot *hit = &q->where[slot_of(id, PLACE_SLOTS)];
        if (hit->table == t->number && row_id_equal(hit->id, id)) {
            *home = hit->home;
            return 1;
        }
    }
    struct table_row row;
    arena_reset(&q->scratch);
    int rc = table_read(q->tables, t, id, &q->scratch, &row, err);
    if (rc != 1) return rc;
    *home = (struct row_home){row.system[SERVER_PLACE].i, row.system[SERVER_UNIT].i};
    if (q->writing) remember_home(q, t, id, *home);
    return 1;
}

int sqlite_row_find(struct store *s, const struct schema_table *t, const char *key, size_t n, struct row_id *id,
                    struct err *err)
{
    return table_find(sqlite_of(s)->tables, t, key, n, id, err);
}

static int from_stored(struct sqlite_store *q, const struct stored_row *row, struct table_row *out, struct err *err)
{
    *out = row->row;
    out->system[SERVER_CSN] = value_int((int64_t)row->csn);
    out->system[SERVER_PLACE] = value_int(row->home.place);
    out->system[SERVER_UNIT] = value_int(row->home.unit);
    out->system[SERVER_DEAD] = value_int(row->dead);
    out->system[SERVER_MARKS] = value_null();
    if (row->mark_count == 0) return 0;
    buf_reset(&q->marks);
    int rc = marks_encode(row->marks, row->mark_count, &q->marks, err);
    if (rc == 0) out->system[SERVER_MARKS] = value_blob(q->marks.data, q->marks.len);
    return rc;
}

/* A written worker may stand higher or lower now; rosters change rarely, so all levels are asked anew. */
static void touched(struct sqlite_store *q, const struct schema_table *t, const struct stored_row *row)
{
    q->caches_touched = true;
    remember_home(q, t, row->row.id, row->home);
    if (q->levels && t->number == q->worker->number) memset(q->levels, 0, LEVEL_SLOTS * sizeof q->levels[0]);
}

int sqlite_row_insert(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct table_row out;
    int rc = from_stored(q, row, &out, err);
    if (rc == 0) rc = table_insert(q->tables, t, &out, err);
    if (rc == 0) touched(q, t, row);
    return rc;
}

int sqlite_row_update(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct table_row out;
    int rc = from_stored(q, row, &out, err);
    if (rc == 0) rc = table_update(q->tables, t, &out, err);
    if (rc == 0) touched(q, t, row);
    return rc;
}

static int level_of_role(const struct schema_column *role, int64_t code)
{
    for (size_t i = 0; i < role->codes->count; i++) {
        if (role->codes->list[i].code == code) return role->codes->list[i].level;
    }
    return 0;
}

int sqlite_worker_level(struct store *s, struct row_id worker, int *level, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct level_slot *slot = q->levels && q->writing ? &q->levels[slot_of(worker, LEVEL_SLOTS)] : NULL;
    *level = 0;
    if (row_id_is_null(worker)) return 0;
    if (slot && row_id_equal(slot->id, worker)) {
        *level = slot->level;
        return *level != 0;
    }
    struct table_row row;
    arena_reset(&q->scratch);
    int rc = table_read(q->tables, q->worker, worker, &q->scratch, &row, err);
    if (rc < 0) return rc;
    if (rc == 1) *level = level_of_role(&q->worker->columns[q->worker_role], row.values[q->worker_role].i);
    if (slot) *slot = (struct level_slot){worker, *level};
    return *level != 0;
}

int sqlite_is_assigned(struct store *s, struct row_id household, struct row_id worker, int64_t day, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_IS_ASSIGNED, err);
    if (st == NULL) return sqlite_failed(err);
    db_bind_id(st, 1, household);
    db_bind_id(st, 2, worker);
    sqlite3_bind_int64(st, 3, day);
    int rc = db_row(q->db, st, err);
    sqlite3_reset(st);
    return rc;
}
