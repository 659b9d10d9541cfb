/* audit: P2 and P4. Each change once in the server's log, each row once in its order; each value that somebody wrote
 * is in force, or in the ledger, or in quarantine — and the ledger says what the model says, no more and no less. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "apply.h"
#include "sim.h"

enum { MEMORY = 64 * 1024 * 1024 };

enum audit_sql { COUNT_LOG, COUNT_QUARANTINE, FEED_TWICE, AUDIT_SQL };
static const char *const audit_sql[AUDIT_SQL] = {
    [COUNT_LOG] = "SELECT count(*), count(DISTINCT seq), max(seq) FROM changeset WHERE origin = ?1",
    [COUNT_QUARANTINE] = "SELECT count(*) FROM quarantine WHERE origin = ?1",
    [FEED_TWICE] = "SELECT tab, rid FROM feed WHERE moved = 0 GROUP BY tab, rid HAVING count(*) > 1 LIMIT 1",
};

static int64_t ask(struct sim *s, enum audit_sql which, uint64_t origin, int column)
{
    sqlite3_stmt *st = NULL;
    int64_t out = 0;
    if (sqlite3_prepare_v2(db_handle(store_db(loopback_store(s->server))), audit_sql[which], -1, &st, NULL) != SQLITE_OK) {
        sim_fail(s, "P2", "the audit cannot read the server: %s", sqlite3_errmsg(db_handle(store_db(loopback_store(s->server)))));
        return 0;
    }
    if (which != FEED_TWICE) sqlite3_bind_int64(st, 1, (sqlite3_int64)origin);
    if (sqlite3_step(st) == SQLITE_ROW) out = sqlite3_column_int64(st, column);
    sqlite3_finalize(st);
    return out;
}

/* ---- P2 ---- */

static void log_once(struct laptop *l)
{
    struct sim *s = l->sim;
    int64_t n = ask(s, COUNT_LOG, l->origin, 0), seqs = ask(s, COUNT_LOG, l->origin, 1), last = ask(s, COUNT_LOG, l->origin, 2);
    int64_t away = ask(s, COUNT_QUARANTINE, l->origin, 0), want = 0;
    for (size_t i = 0; i < l->log_count; i++) want += l->log[i].quarantined;
    if (n != (int64_t)l->log_count || seqs != n || (n && last != n))
        sim_fail(s, "P2", "%s wrote %zu changesets; the server's log has %lld, %lld of them different, up to %lld", l->folder,
                 l->log_count, (long long)n, (long long)seqs, (long long)last);
    if (away != want)
        sim_fail(s, "P2", "%s: %lld changesets are in quarantine, should be %lld", l->folder, (long long)away, (long long)want);
}

void audit_visits(struct sim *s)
{
    struct err err = {0};
    uint64_t n;
    int64_t twice = ask(s, FEED_TWICE, 0, 1);
    if (twice) sim_fail(s, "P2", "row %lld stands twice in the server's order", (long long)twice);
    for (size_t i = 0; i < s->laptop_count && !s->failed; i++) {
        struct laptop *l = &s->laptops[i];
        log_once(l);
        if (journal_verify(l->home, &n, &err) || apply_verify(l->home, &n, &err)) sim_fail(s, "P3", "%s: %s", l->folder, err.en);
    }
}

/* ---- P4 ---- */

struct entries {
    struct arena a;
    struct ledger_entry *list;
    bool *used;
    size_t count, cap;
};

static int keep_entry(void *ctx, const struct ledger_entry *e)
{
    struct entries *all = ctx;
    if (all->count == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 256;
        all->list = realloc(all->list, all->cap * sizeof *all->list);
        all->used = realloc(all->used, all->cap * sizeof *all->used);
        if (!all->list || !all->used) abort();
    }
    struct ledger_entry *to = &all->list[all->count];
    *to = *e;
    if (e->value.len) to->value.data = arena_copy(&all->a, e->value.data, e->value.len);
    all->used[all->count++] = false;
    return 0;
}

static bool tells(const struct ledger_entry *e, const struct fate *f)
{
    if ((int)e->kind != (int)f->kind || e->table != f->table || e->column != f->column || !row_id_equal(e->row, f->row)) return false;
    if (f->origin && (e->loser.origin != f->origin || e->loser.seq != f->seq)) return false;
    return f->any_value || value_equal(&e->value, &f->value);
}

static void fate_text(const struct sim *s, int kind, int table, int column, struct row_id row, const struct value *v, uint64_t origin,
                      uint64_t seq, char *out, size_t n)
{
    static const char *const kinds[] = {"?", "superseded", "lost", "proposal"};
    const struct schema_table *t = schema_table(store_schema(loopback_store(s->server)), table);
    const struct schema_column *c = t ? schema_column(t, column) : NULL;
    char name[80] = "?", value[200];
    if (t) sim_row_text(t, row, name);
    sim_value_text(column ? c : NULL, v, value, column ? sizeof value : 1);
    snprintf(out, n, "%s: %s column %d (%s) value '%s' of %016llx/%llu", kinds[kind > 3 ? 0 : kind], name, column, c ? c->name : "-", value,
             (unsigned long long)origin, (unsigned long long)seq);
}

static void match_fates(struct sim *s, struct entries *all)
{
    char text[600];
    for (struct fate *f = model_fates(s->model); f && !s->failed; f = f->next) {
        s->count.lost += f->kind == FATE_LOST;
        s->count.proposed += f->kind == FATE_PROPOSAL;
        for (size_t i = 0; i < all->count && !f->found; i++) {
            if (all->used[i] || !tells(&all->list[i], f)) continue;
            all->used[i] = f->found = true;
        }
        if (f->found) continue;
        fate_text(s, (int)f->kind, f->table, f->column, f->row, &f->value, f->origin, f->seq, text, sizeof text);
        sim_fail(s, "P4", "the ledger lacks %s", text);
    }
    for (size_t i = 0; i < all->count && !s->failed; i++) {
        const struct ledger_entry *e = &all->list[i];
        if (all->used[i]) continue;
        fate_text(s, (int)e->kind, e->table, e->column, e->row, &e->value, e->loser.origin, e->loser.seq, text, sizeof text);
        sim_fail(s, "P4", "the ledger has what the model has not: %s", text);
    }
}

/* ---- the author is told ---- */

static bool tells_of(const struct model_row *r, const struct ledger_entry *e)
{
    int64_t ledger, addressee;
    return strcmp(r->t->name, "notice") == 0 && model_int(r, "ledger", &ledger) == 0 && (uint64_t)ledger == e->id &&
           model_int(r, "addressee", &addressee) == 0 && addressee == region_private(e->loser.origin);
}

/* Whoever wrote what lost, or is only proposed, finds a notice of it on his laptop. */
static void check_notices(struct sim *s, const struct entries *all)
{
    char text[600];
    for (size_t i = 0; i < all->count && !s->failed; i++) {
        const struct ledger_entry *e = &all->list[i];
        bool found = false;
        if (e->kind == LEDGER_SUPERSEDED || e->loser.origin == s->server_origin) continue;
        for (const struct model_row *r = model_rows(s->model); r && !found; r = r->next) found = tells_of(r, e);
        s->count.notices += found;
        if (found) continue;
        fate_text(s, (int)e->kind, e->table, e->column, e->row, &e->value, e->loser.origin, e->loser.seq, text, sizeof text);
        sim_fail(s, "P4", "its author is not told of ledger entry %llu: %s", (unsigned long long)e->id, text);
    }
}

/* Without the model: the value is in force, or some ledger entry of that cell holds it. */
static bool holds(const struct schema_column *c, const struct value *has, const struct value *wanted)
{
    if (!c || c->policy != POLICY_SET) return value_equal(has, wanted);
    if (c->type == TYPE_SET) return has->kind == VALUE_INT && wanted->kind == VALUE_INT && has->i & wanted->i;
    for (uint32_t i = 0; has->kind == VALUE_BLOB && i + ROW_ID_BYTES <= has->len; i += ROW_ID_BYTES)
        if (memcmp(has->data + i, wanted->data, ROW_ID_BYTES) == 0) return true;
    return false;
}

static bool is_found(struct sim *s, const struct entries *all, const struct schema_table *t, struct row_id id, const struct cell *cell)
{
    const struct schema_column *c = schema_column(t, cell->column);
    struct arena a;
    struct stored_row row;
    struct cell *cells;
    size_t count;
    bool found = false;
    arena_init(&a, MEMORY);
    if (store_row_get(loopback_store(s->server), t, id, &a, &row, NULL) == 1 && table_row_cells(t, &row.row, &a, &cells, &count, NULL) == 0)
        for (size_t i = 0; i < count; i++)
            found = found || (cells[i].column == cell->column && holds(c, &cells[i].value, &cell->value));
    for (size_t i = 0; i < all->count && !found; i++) {
        const struct ledger_entry *e = &all->list[i];
        if (e->table != t->number || !row_id_equal(e->row, id)) continue;
        found = (e->column == 0 && e->kind == LEDGER_PROPOSAL) || (e->column == cell->column && holds(c, &e->value, &cell->value));
    }
    arena_free(&a);
    return found;
}

static void find_changeset(struct sim *s, const struct entries *all, const struct laptop *l, const struct logged *e)
{
    const struct schema *schema = store_schema(loopback_store(s->server));
    char name[80], value[200];
    for (size_t i = 0; i < e->cs.count && !s->failed; i++) {
        const struct change *c = &e->cs.changes[i];
        const struct schema_table *t = schema_table(schema, c->table);
        struct row_id id = c->op == CHANGE_PUT ? row_id_make(l->origin, e->cs.seq, (unsigned)i) : c->id;
        for (size_t n = 0; n < c->count && !s->failed; n++) {
            if (c->cells[n].value.kind == VALUE_NULL || is_found(s, all, t, id, &c->cells[n])) continue;
            sim_row_text(t, id, name);
            sim_value_text(schema_column(t, c->cells[n].column), &c->cells[n].value, value, sizeof value);
            sim_fail(s, "P4", "%s entry %llu wrote '%s' into %s column %d: it is nowhere", l->folder, (unsigned long long)e->cs.seq, value,
                     name, c->cells[n].column);
        }
    }
}

void audit_ledger(struct sim *s)
{
    struct entries all = {0};
    struct err err = {0};
    arena_init(&all.a, MEMORY);
    if (store_ledger_walk(loopback_store(s->server), 0, keep_entry, &all, &err) < 0) sim_fail(s, "P4", "%s", err.en);
    if (!s->failed) match_fates(s, &all);
    if (!s->failed) check_notices(s, &all);
    for (const struct model_row *r = model_rows(s->model); r; r = r->next) s->count.carried += r->carried > 0;
    for (size_t i = 0; i < s->laptop_count; i++)
        for (size_t n = 0; n < s->laptops[i].log_count && !s->failed; n++)
            if (!s->laptops[i].log[n].quarantined) find_changeset(s, &all, &s->laptops[i], &s->laptops[i].log[n]);
    free(all.list);
    free(all.used);
    arena_free(&all.a);
}
