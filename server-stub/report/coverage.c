/* coverage: households visited, by the regions one level below the scope (a village: itself). */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "merged.h"
#include "reading.h"

enum { SQL_PARTS, SQL_COVERAGE, SQL_COUNT };
static const char *const sql_texts[SQL_COUNT] = {
    [SQL_PARTS] = "SELECT code, name FROM region WHERE _dead = 0 AND (parent = ?1 OR (code = ?1 AND level = 5)) ORDER BY code",
    [SQL_COVERAGE] =
        "SELECT count(*), count(v.day), count(*) FILTER (WHERE h.monitor_class IS NOT NULL AND h.monitor_status > 1),"
        " count(v.day) FILTER (WHERE h.monitor_class IS NOT NULL AND h.monitor_status > 1),"
        " count(*) FILTER (WHERE coalesce(v.day, 0) < ?4 - 90)"
        " FROM household h LEFT JOIN (SELECT " KEPT("household") " AS household, max(date) AS day FROM visit"
        JOIN_KEPT("household", "household") "WHERE _dead = 0 AND (kept IS NOT NULL OR _place BETWEEN ?1 AND ?2)"
        " AND date BETWEEN ?3 AND ?4 GROUP BY 1) v ON v.household = h.id"
        " WHERE h._dead = 0 AND h._place BETWEEN ?1 AND ?2 AND " NOT_MERGED("household", "h"),
};

enum { PARTS_MAX = 2000 };
struct parts {
    struct coverage list[PARTS_MAX];
    size_t count;
};

static int read_parts(struct db *db, struct statements *sql, int64_t scope, struct parts *p, struct err *err)
{
    sqlite3_stmt *st = statement(sql, SQL_PARTS, err);
    int rc = st ? 0 : ERR_REFUSED;

    if (st)
        sqlite3_bind_int64(st, 1, scope);
    while (rc >= 0 && (rc = db_row(db, st, err)) > 0 && p->count < PARTS_MAX) {
        struct coverage *c = &p->list[p->count++];
        const unsigned char *name = sqlite3_column_text(st, 1);
        c->region = sqlite3_column_int64(st, 0);
        snprintf(c->name, sizeof c->name, "%s", name ? (const char *)name : "");
    }
    if (st)
        sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

static int read_one(struct db *db, struct statements *sql, int64_t on, int64_t first, struct coverage *c, struct err *err)
{
    sqlite3_stmt *st = statement(sql, SQL_COVERAGE, err);

    if (!st)
        return ERR_REFUSED;
    sqlite3_bind_int64(st, 1, c->region);
    sqlite3_bind_int64(st, 2, region_last(c->region));
    sqlite3_bind_int64(st, 3, first);
    sqlite3_bind_int64(st, 4, on);
    int rc = db_row(db, st, err);
    if (rc > 0) {
        c->households = sqlite3_column_int64(st, 0);
        c->visited = sqlite3_column_int64(st, 1);
        c->monitored = sqlite3_column_int64(st, 2);
        c->monitored_visited = sqlite3_column_int64(st, 3);
        c->not_for_90_days = sqlite3_column_int64(st, 4);
        sqlite3_reset(st);
    }
    return rc < 0 ? rc : 0;
}

static int64_t first_day(int64_t on)
{
    char day[11];
    int64_t first = on;

    date_format(on, day);
    memcpy(day + 4, "-01-01", 7);
    date_parse(day, &first);
    return first;
}

static int run(struct db *db, struct statements *sql, int64_t scope, int64_t on, report_coverage_fn *fn, void *ctx,
               struct err *err)
{
    struct parts parts = {.count = 0};
    int rc = read_parts(db, sql, scope, &parts, err);

    for (size_t i = 0; i < parts.count && rc >= 0; i++) {
        rc = read_one(db, sql, on, first_day(on), &parts.list[i], err);
        if (rc >= 0)
            rc = fn(ctx, &parts.list[i]);
    }
    return rc;
}

int report_coverage(struct store *reader, int64_t scope, int64_t on, report_coverage_fn *fn, void *ctx, struct err *err)
{
    struct db *db;
    struct statements *sql;
    int rc = report_begin(reader, sql_texts, SQL_COUNT, &db, &sql, err);

    if (rc < 0)
        return rc;
    rc = run(db, sql, scope, on, fn, ctx, err);
    report_end(reader, sql);
    return rc < 0 ? rc : 0;
}
