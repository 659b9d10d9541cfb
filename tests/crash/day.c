/* day: see day.h. */
#include "day.h"

#include <stdio.h>
#include <string.h>

#include "apply.h"
#include "capture.h"
#include "crashvfs.h"
#include "journal.h"
#include "sync.h"

static const int64_t morning = INT64_C(1657756800000);

/* ---- the day ---- */

static int hook(void *ctx, const struct send_request *q, bool after)
{
    (void)ctx, (void)q, (void)after;
    crashvfs_step();
    return 0;
}

static void visit(struct home *h, const struct day_place *p, struct day_log *log, unsigned n)
{
    struct row_id id;
    int rc = city_visit(h, &p->city, n, n, &id, NULL);
    if (rc) {
        crashvfs_space(); /* somebody makes room, and the visit is entered again */
        rc = city_visit(h, &p->city, n, n, &id, NULL);
    }
    if (rc == 0) log->saved[log->saved_count++] = id;
}

static void phone(struct home *h, const struct day_place *p, struct day_log *log)
{
    char number[20];
    snprintf(number, sizeof number, "1380000%04zu", log->phones + 1);
    if (city_set(h, p->city.cadre, "household", p->city.household[0], "phone", value_text(number, strlen(number)), NULL) == 0)
        log->phones++;
}

static void sync_once(struct home *h, struct loopback *lb, struct fake_env *env)
{
    struct transport t = loopback_transport(lb);
    struct sync_options o = {.bundle_changesets = 3, .max_answer_bytes = 400, .sleep_ms = fake_sleep, .sleep_ctx = env};
    struct sync_report r;
    sync_round(h, &t, &o, &r, NULL);
}

int day_run(const struct day_place *p, struct day_log *log, bool steps, struct err *err)
{
    struct fake_env env;
    struct loopback *lb = NULL;
    struct home *h = NULL;
    fake_env_init(&env, morning, 1);
    int rc = loopback_open(&lb, p->server, &env.env, err);
    if (rc) return rc;
    if (steps) loopback_on_request(lb, hook, NULL);
    rc = home_open(&h, p->laptop, DB_WRITE, NULL, &env.env, err);
    for (unsigned half = 0; half < 2 && rc == 0; half++) {
        for (unsigned n = 0; n < 4; n++)
            visit(h, p, log, half * 4 + n);
        phone(h, p, log);
        city_set_elements(h, p->city.cadre, "member", p->city.member[1], "health", value_int(half ? 8 : 4), value_null(), NULL);
        sync_once(h, lb, &env);
    }
    visit(h, p, log, 8);
    home_close(h);
    loopback_close(lb);
    log->finished = true;
    return rc;
}

/* ---- what must hold ---- */

static int wrong(struct err *err, const char *what, unsigned long long n)
{
    return err_set(err, ERR_CORRUPT, "%s（%llu）", "%s (%llu)", what, n);
}

static int check_saved(struct home *h, const struct day_log *log, struct err *err)
{
    struct table_row row;
    struct value value;
    struct arena a;
    int rc = 1;
    arena_init(&a, 1024 * 1024);
    for (size_t i = 0; i < log->saved_count && rc == 1; i++)
        rc = city_read(h, "visit", log->saved[i], "date", &a, &row, &value, err);
    if (rc == 0) rc = wrong(err, "a confirmed visit is gone", log->saved_count);
    arena_free(&a);
    return rc == 1 ? 0 : rc;
}

/* Every new row in the log stands in its table. */
static int check_log_has_rows(struct home *h, size_t *visits, struct err *err)
{
    struct journal_head head;
    struct changeset *list;
    struct table_row row;
    struct arena a, b;
    size_t got;
    int rc = journal_head(h, &head, err);
    arena_init(&a, 4 * 1024 * 1024);
    arena_init(&b, 1024 * 1024);
    *visits = 0;
    for (uint64_t seq = 1; rc == 0 && seq <= head.seq; seq++) {
        arena_reset(&a);
        rc = journal_read(h, seq, 1, CHANGE_MAX_BYTES, &a, &list, &got, err);
        if (rc == 0 && got != 1) rc = wrong(err, "the log has a hole", seq);
        for (size_t i = 0; rc == 0 && i < list[0].count; i++) {
            const struct change *ch = &list[0].changes[i];
            const struct schema_table *t = schema_table(h->schema, ch->table);
            rc = table_read(h->tables, t, ch->id, &b, &row, err) == 1 ? 0 : wrong(err, "a logged row is not there", seq);
            if (ch->op == CHANGE_PUT) ++*visits;
        }
    }
    arena_free(&a);
    arena_free(&b);
    return rc;
}

struct counting {
    uint64_t origin, last;
    size_t own;
    bool orphan;
};

static int count_own(void *ctx, const struct table_row *row)
{
    struct counting *c = ctx;
    if (row->id.origin != c->origin) return 0;
    c->own++;
    if (row->id.number >> ROW_INDEX_BITS > c->last) c->orphan = true;
    return 0;
}

/* And every own row stands in the log. */
static int check_rows_have_log(struct home *h, size_t visits, struct err *err)
{
    struct counting c = {.origin = h->origin};
    struct journal_head head;
    struct arena a;
    int rc = journal_head(h, &head, err);
    if (rc) return rc;
    c.last = head.seq;
    arena_init(&a, 1024 * 1024);
    rc = table_walk(h->tables, schema_table_named(h->schema, "visit"), 0, NULL, NULL, 0, &a, count_own, &c, err);
    arena_free(&a);
    if (rc == 0 && (c.orphan || c.own != visits)) rc = wrong(err, "a row stands without its changeset", c.own);
    return rc;
}

static int check_both_sides(struct home *h, struct loopback *lb, struct fake_env *env, size_t visits, struct err *err)
{
    struct transport t = loopback_transport(lb);
    struct sync_options o = {.sleep_ms = fake_sleep, .sleep_ctx = env};
    struct sync_report r;
    int rc = sync_round(h, &t, &o, &r, err);
    if (rc) return rc;
    if (!r.agree || r.pending || r.quarantined) return wrong(err, "the two sides differ after a sync", r.pending);
    size_t there = city_count(store_tables(loopback_store(lb)), "visit");
    if (there != visits) return wrong(err, "the server has another number of visits", there);
    if (city_count(h->tables, "visit") != visits) return wrong(err, "a visit was doubled or lost here", visits);
    rc = apply_verify(h, NULL, err);
    return rc ? rc : journal_verify(h, NULL, err);
}

static int check_phone(struct home *h, const struct day_place *p, const struct day_log *log, struct err *err)
{
    struct table_row row;
    struct value value;
    struct arena a;
    arena_init(&a, 1024 * 1024);
    int rc = city_read(h, "household", p->city.household[0], "phone", &a, &row, &value, err);
    size_t edits = 0;
    if (rc == 1 && value.len == 11 && memcmp(value.data, "1380000", 7) == 0)
        for (size_t i = 7; i < 11; i++)
            edits = edits * 10 + (size_t)(value.data[i] - '0');
    arena_free(&a);
    if (rc != 1) return rc ? rc : wrong(err, "the household is gone", 0);
    return edits >= log->phones ? 0 : wrong(err, "a confirmed edit is gone", edits);
}

int day_check(const struct day_place *p, const struct day_log *log, struct err *err)
{
    struct fake_env env;
    struct loopback *lb = NULL;
    struct home *h = NULL;
    size_t visits = 0;
    fake_env_init(&env, morning + 86400000, 2);
    int rc = loopback_open(&lb, p->server, &env.env, err);
    if (rc == 0) rc = home_open(&h, p->laptop, DB_WRITE, NULL, &env.env, err);
    if (rc == 0) rc = db_check(h->db, err);
    if (rc == 0) rc = check_saved(h, log, err);
    if (rc == 0) rc = check_phone(h, p, log, err);
    if (rc == 0) rc = journal_verify(h, NULL, err);
    if (rc == 0) rc = apply_verify(h, NULL, err);
    if (rc == 0) rc = check_log_has_rows(h, &visits, err);
    if (rc == 0) rc = check_rows_have_log(h, visits, err);
    if (rc == 0) rc = check_both_sides(h, lb, &env, visits, err);
    if (rc == 0) rc = check_phone(h, p, log, err);
    home_close(h);
    loopback_close(lb);
    return rc;
}
