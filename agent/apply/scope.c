/* scope: cursor, places and sums of what the server has told; a snapshot's begin and end. Neighbours: apply.c.
 * Invariant: scope_count and scope_sum are those of all rows with a _hash, of strangers, and of rows deleted here
 * that the server still has. */
#include "applying.h"
#include "held.h"

#include <stdio.h>

static const char *const apply_sql[SQL_APPLY_COUNT] = {
    [SQL_STRANGER_GET] = "SELECT hash FROM stranger WHERE tab = ?1 AND row = ?2",
    [SQL_STRANGER_PUT] = "INSERT OR REPLACE INTO stranger(tab, row, hash, csn) VALUES(?1, ?2, ?3, ?4)",
    [SQL_STRANGER_DROP] = "DELETE FROM stranger WHERE tab = ?1 AND row = ?2",
    [SQL_STRANGERS] = "SELECT tab, row, csn, hash FROM stranger",
    [SQL_STRANGERS_DROP] = "DELETE FROM stranger",
    [SQL_STRANGERS_OF_DROP] = "DELETE FROM stranger WHERE tab = ?1",
    [SQL_STRANGER_UNTELL] = "DELETE FROM stranger WHERE tab = ?1 AND row = ?2 AND hash = ?3 AND csn = ?4",
};

/* For each synced table, with its name in between. */
static const char untell_sql[] = "UPDATE \"%s\" SET _hash = NULL WHERE _hash IS NOT NULL";
/* Of what is in quarantine only a row that the server never told is held by it. */
static const char sweep_sql[] = "DELETE FROM \"%s\" WHERE _hash IS NULL AND (_seq IS NULL OR"
                                " (_seq <= %lld AND (_csn > 0 OR _seq NOT IN (SELECT seq FROM quarantine))))";

int scope_statement(struct home *h, enum apply_sql which, sqlite3_stmt **st, struct err *err)
{
    return home_statement(h, HOME_SQL_APPLY, apply_sql, SQL_APPLY_COUNT, which, st, err);
}

int scope_load(struct applying *p, struct err *err)
{
    int64_t count, sum;
    int rc = home_meta_int(p->h, META_SCOPE_COUNT, 0, &count, err);
    if (rc == 0) rc = home_meta_int(p->h, META_SCOPE_SUM, 0, &sum, err);
    if (rc) return rc;
    p->count = (uint64_t)count;
    p->sum = (uint64_t)sum;
    return 0;
}

/* A receipt knows the skew to the millisecond; an answer was on the way for who knows how long. It counts when the
 * clock was set since. */
static int note_skew(struct home *h, int64_t server_ms, struct err *err)
{
    enum { ON_THE_WAY_MS = 3600 * 1000 };
    int64_t known, now = server_ms - h->env->now_ms(h->env->ctx);
    int rc = home_meta_int(h, META_SKEW, 0, &known, err);
    bool set = now - known > ON_THE_WAY_MS || known - now > ON_THE_WAY_MS;
    return rc == 0 && set ? home_meta_set_int(h, META_SKEW, now, err) : rc;
}

int scope_save_told(struct applying *p, struct err *err)
{
    struct home *h = p->h;
    const struct pull_answer *a = p->a;
    int rc = a->scope_told ? home_held_save(h, a->places, a->place_count, a->households, a->household_count, err) : 0;
    if (rc == 0) rc = home_meta_set_int(h, META_EPOCH, (int64_t)a->epoch, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SCOPE_COUNT, (int64_t)p->count, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SCOPE_SUM, (int64_t)p->sum, err);
    if (rc == 0) rc = note_skew(h, a->server_ms, err);
    return rc ? rc : home_meta_set_int(h, META_LAST_CONTACT, a->server_ms, err);
}

/* The snapshot that comparing did not spare may be asked for again, should the sums ever differ again. */
static int note_agreement(struct home *h, uint64_t csn, struct err *err)
{
    int64_t renewed;
    int rc = home_meta_set_int(h, META_VERIFIED, (int64_t)csn, err);
    if (rc == 0) rc = home_meta_int(h, META_RENEWED, 0, &renewed, err);
    return rc || renewed == 0 ? rc : home_meta_set_int(h, META_RENEWED, 0, err);
}

int scope_save(struct applying *p, struct err *err)
{
    int rc = scope_save_told(p, err);
    if (rc == 0) rc = home_meta_set_int(p->h, META_CURSOR, (int64_t)p->a->to, err);
    if (rc || p->a->more) return rc;
    p->report->agree = p->count == p->a->count && p->sum == p->a->fingerprint;
    return p->report->agree ? note_agreement(p->h, p->a->to, err) : 0;
}

static int each_table(struct home *h, const char *format, int64_t seq, struct err *err)
{
    char sql[300];
    int rc = 0;
    for (size_t i = 0; i < h->schema->count && rc == 0; i++) {
        if (format == untell_sql) snprintf(sql, sizeof sql, untell_sql, h->schema->tables[i].name);
        else snprintf(sql, sizeof sql, sweep_sql, h->schema->tables[i].name, (long long)seq);
        rc = db_exec(h->db, sql, err);
    }
    return rc;
}

/* From here on nothing counts as told; rows stay shown, because a snapshot takes pages and a page may be long in
 * coming. */
int scope_begin_snapshot(struct applying *p, struct err *err)
{
    sqlite3_stmt *st;
    p->count = p->sum = 0;
    int rc = each_table(p->h, untell_sql, 0, err);
    if (rc == 0) rc = journal_overlay_untell(p->h, err);
    if (rc == 0) rc = scope_statement(p->h, SQL_STRANGERS_DROP, &st, err);
    if (rc == 0) rc = db_done(p->h->db, st, err);
    return rc ? rc : home_meta_set_int(p->h, META_SNAPSHOT, SNAPSHOT_RUNNING, err);
}

/* What the snapshot did not tell is not in the scope; local work that the server does not have yet stays. */
int scope_end_snapshot(struct applying *p, struct err *err)
{
    int64_t state;
    int rc = home_meta_int(p->h, META_SNAPSHOT, SNAPSHOT_NONE, &state, err);
    if (rc || state != SNAPSHOT_RUNNING) return rc;
    rc = each_table(p->h, sweep_sql, (int64_t)p->a->received, err);
    return rc ? rc : home_meta_set_int(p->h, META_SNAPSHOT, SNAPSHOT_NONE, err);
}
