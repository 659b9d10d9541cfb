/* mend: see mend.h. Neighbours: told.c lists, row.c applies, scope.c keeps the sums. */
#include "mend.h"

#include <stdio.h>
#include <stdlib.h>

#include "told.h"

enum { FIRST_ROWS = 256, ARENA_MAX = 8 * 1024 * 1024 };
static const char untell_sql[] = "UPDATE \"%s\" SET _hash = NULL WHERE rid = %lld"; /* with a table's name */

/* ---- the list ---- */

struct listing {
    struct mend *m;
    uint64_t count, sum;
    struct err *err;
};

static int add(struct mend_row **rows, size_t *count, size_t *cap, const struct told_row *t, struct err *err)
{
    if (*count == *cap) {
        size_t more = *cap ? *cap * 2 : FIRST_ROWS;
        struct mend_row *list = realloc(*rows, more * sizeof *list);
        if (!list) return err_nomem(err);
        *rows = list;
        *cap = more;
    }
    (*rows)[(*count)++] = (struct mend_row){.csn = t->csn, .hash = t->noted, .table = t->table, .rid = t->rid, .id = t->id};
    return 0;
}

static int add_unsound(struct mend *m, const struct told_row *t, struct err *err)
{
    int rc = add(&m->unsound, &m->unsound_count, &m->unsound_cap, t, err);
    if (rc == 0) m->unsound[m->unsound_count - 1].gone = true; /* until it is told anew */
    return rc;
}

static int list_row(void *ctx, const struct told_row *t)
{
    struct listing *l = ctx;
    struct mend *m = l->m;
    bool sound = t->noted == t->actual && t->csn > 0 && t->csn < INT64_MAX;
    l->count += 1;
    l->sum += t->noted;
    return sound ? add(&m->rows, &m->count, &m->cap, t, l->err) : add_unsound(m, t, l->err);
}

static int by_csn(const void *a, const void *b)
{
    const struct mend_row *x = a, *y = b;
    return x->csn < y->csn ? -1 : x->csn > y->csn;
}

/* Two rows with one csn: at most one of them can be what was told, and nobody knows which. */
static int sort_rows(struct mend *m, struct err *err)
{
    size_t kept = 0;
    int rc = 0;
    if (m->count) qsort(m->rows, m->count, sizeof m->rows[0], by_csn);
    for (size_t i = 0; i < m->count && rc == 0; i++) {
        const struct mend_row *r = &m->rows[i];
        struct told_row t = {.table = r->table, .rid = r->rid, .id = r->id, .csn = r->csn, .noted = r->hash};
        if (kept && m->rows[kept - 1].csn == r->csn) rc = add_unsound(m, &t, err);
        else m->rows[kept++] = *r;
    }
    m->count = kept;
    return rc;
}

/* Strangers whose table is known by now are asked for anew; those noted before csns were cannot be compared. */
static int drop_strangers(struct home *h, struct err *err)
{
    int rc = db_exec(h->db, "DELETE FROM stranger WHERE csn = 0", err);
    for (size_t i = 0; i < h->schema->count && rc == 0; i++) {
        sqlite3_stmt *st;
        rc = scope_statement(h, SQL_STRANGERS_OF_DROP, &st, err);
        if (rc) return rc;
        sqlite3_bind_int(st, 1, h->schema->tables[i].number);
        rc = db_done(h->db, st, err);
    }
    return rc;
}

static int begin(struct home *h, struct mend *m, struct err *err)
{
    struct listing l = {.m = m, .err = err};
    int rc = drop_strangers(h, err);
    if (rc == 0) rc = told_walk(h, list_row, &l, err);
    if (rc == 0) rc = sort_rows(m, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SCOPE_COUNT, (int64_t)l.count, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SCOPE_SUM, (int64_t)l.sum, err);
    return rc ? rc : home_meta_set_int(h, META_SNAPSHOT, SNAPSHOT_MENDING, err);
}

int mend_begin(struct home *h, struct mend *m, struct err *err)
{
    *m = (struct mend){0};
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = begin(h, m, err);
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    mend_free(m);
    return rc;
}

void mend_free(struct mend *m)
{
    free(m->rows);
    free(m->unsound);
    *m = (struct mend){0};
}

bool mend_gone(struct mend *m, uint64_t csn)
{
    struct mend_row key = {.csn = csn};
    struct mend_row *row = m->count ? bsearch(&key, m->rows, m->count, sizeof key, by_csn) : NULL;
    if (!row) return false;
    return row->gone = true;
}

/* ---- answers ---- */

static int note_epoch(struct home *h, uint64_t epoch, struct err *err)
{
    int64_t known;
    int rc = home_meta_int(h, META_EPOCH, 0, &known, err);
    return rc || (uint64_t)known == epoch ? rc : home_meta_set_int(h, META_CURSOR, 0, err);
}

static int finish(struct home *h, int rc, struct err *err)
{
    if (rc == 0) rc = db_commit(h->db, err);
    else db_rollback(h->db);
    db_guard(h->db, false);
    return rc;
}

static void note_told(struct mend *m, const struct pulled_row *r)
{
    for (size_t i = 0; i < m->unsound_count; i++) {
        struct mend_row *u = &m->unsound[i];
        if (u->table == r->change.table && row_id_equal(u->id, r->change.id)) u->gone = false;
    }
}

int mend_apply(struct home *h, struct mend *m, const struct pull_answer *told, struct apply_report *report, struct err *err)
{
    struct applying p = {.h = h, .a = told, .report = report};
    *report = (struct apply_report){0};
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    arena_init(&p.arena, ARENA_MAX);
    db_guard(h->db, true);
    rc = note_epoch(h, told->epoch, err);
    if (rc == 0) rc = journal_overlay_any(h, &p.overlay, err);
    if (rc == 0) rc = scope_load(&p, err);
    for (size_t i = 0; i < told->row_count && rc == 0; i++)
        rc = row_apply(&p, &told->rows[i], err);
    if (rc == 0) rc = scope_save_told(&p, err);
    rc = finish(h, rc, err);
    for (size_t i = 0; i < told->row_count && rc == 0; i++)
        note_told(m, &told->rows[i]);
    arena_free(&p.arena);
    return rc;
}

/* ---- the end ---- */

static void take_out(struct applying *p, uint64_t hash)
{
    p->count -= 1;
    p->sum -= hash;
    p->report->graves++;
}

static int untell_stranger(struct applying *p, const struct mend_row *r, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    row_id_to_bytes(r->id, id);
    int rc = scope_statement(p->h, SQL_STRANGER_UNTELL, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 1, r->table);
    sqlite3_bind_blob(st, 2, id, ROW_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, (int64_t)r->hash);
    sqlite3_bind_int64(st, 4, (int64_t)r->csn);
    rc = db_done(p->h->db, st, err);
    if (rc == 0 && sqlite3_changes(db_handle(p->h->db))) take_out(p, r->hash);
    return rc;
}

static int untell_deleted(struct applying *p, const struct mend_row *r, struct err *err)
{
    struct overlay_cell *list;
    size_t count;
    int rc = journal_overlay_row(p->h, r->table, r->id, &p->arena, &list, &count, err);
    if (rc || count == 0 || list[0].column != OVERLAY_DELETED || list[0].below.kind != VALUE_INT) return rc;
    if ((uint64_t)list[0].below.i != r->hash || list[0].value.kind != VALUE_INT || (uint64_t)list[0].value.i != r->csn) return 0;
    list[0].value = list[0].below = value_null();
    take_out(p, r->hash);
    return journal_overlay_put(p->h, r->table, r->id, &list[0], err);
}

/* By rid: the id of a damaged row may be anything. A row that was told anew since it was listed has another csn or
 * hash, and stays; of an unsound one neither says anything, but what was told anew of those is no longer `gone`. */
static int untell_row(struct applying *p, const struct schema_table *t, const struct mend_row *r, bool unsound, struct err *err)
{
    struct table_row row;
    char sql[200];
    int rc = table_read_rid(p->h->tables, t, r->rid, &p->arena, &row, err);
    if (rc < 0 || rc == 0 || row.system[HOME_HASH].kind != VALUE_INT) return rc < 0 ? rc : 0;
    uint64_t hash = (uint64_t)row.system[HOME_HASH].i;
    if (!unsound && (hash != r->hash || (uint64_t)row.system[HOME_CSN].i != r->csn)) return 0;
    snprintf(sql, sizeof sql, untell_sql, t->name, (long long)r->rid);
    take_out(p, hash);
    return db_exec(p->h->db, sql, err);
}

static int untell(struct applying *p, const struct mend_row *r, bool unsound, struct err *err)
{
    const struct schema_table *t = schema_table(p->h->schema, r->table);
    if (!r->gone) return 0;
    arena_reset(&p->arena);
    if (!t) return untell_stranger(p, r, err);
    return r->rid ? untell_row(p, t, r, unsound, err) : untell_deleted(p, r, err);
}

static int end(struct applying *p, const struct mend *m, uint64_t at, struct err *err)
{
    int64_t now_ms = p->h->env->now_ms(p->h->env->ctx);
    int rc = scope_load(p, err);
    for (size_t i = 0; i < m->count && rc == 0; i++)
        rc = untell(p, &m->rows[i], false, err);
    for (size_t i = 0; i < m->unsound_count && rc == 0; i++)
        rc = untell(p, &m->unsound[i], true, err);
    if (rc == 0) rc = scope_save_told(p, err);
    if (rc == 0) rc = home_meta_set_int(p->h, META_CURSOR, (int64_t)at, err);
    if (rc == 0) rc = home_meta_set_int(p->h, META_CHECKED, now_ms, err);
    return rc ? rc : home_meta_set_int(p->h, META_SNAPSHOT, SNAPSHOT_RUNNING, err);
}

int mend_end(struct home *h, const struct mend *m, const struct pull_answer *told, struct apply_report *report, struct err *err)
{
    struct applying p = {.h = h, .a = told, .report = report};
    *report = (struct apply_report){0};
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    arena_init(&p.arena, ARENA_MAX);
    db_guard(h->db, true);
    rc = finish(h, end(&p, m, told->to, err), err);
    arena_free(&p.arena);
    return rc;
}
