/* clues: the county's nine days, see findings.h. A clue was received when the changeset that made its row was; what
 * the laptop's silence took of the term is told apart from what the county took. */
#include "findings.h"
#include "reading.h"

enum { SQL_OPEN, SQL_SUM, SQL_COUNT };
static const char *const sql_texts[SQL_COUNT] = {
    [SQL_OPEN] = "SELECT c.id, c.rid, c._place, coalesce(h.national_no, ''), coalesce(c.person, ''), c.found_on, c.due_on"
                 " FROM clue c LEFT JOIN household h ON h.id = c.household"
                 " WHERE c._dead = 0 AND c._place BETWEEN ?1 AND ?2 AND c.found_on <= ?3"
                 " AND (c.decided_on IS NULL OR c.decided_on > ?3) ORDER BY c.due_on, c.rid",
    [SQL_SUM] = "SELECT count(*), count(*) FILTER (WHERE decided_on <= due_on) FROM clue"
                " WHERE _dead = 0 AND _place BETWEEN ?1 AND ?2 AND decided_on <= ?3",
};

struct clues {
    struct store *store;
    struct db *db;
    int64_t on;
    report_clue_fn *fn;
    void *ctx;
    struct report_clues *sum;
    struct err *err;
};

static sqlite3_stmt *prepare(const struct clues *k, struct statements *sql, size_t which, int64_t scope)
{
    sqlite3_stmt *st = statement(sql, which, k->err);

    if (st) {
        sqlite3_bind_int64(st, 1, scope);
        sqlite3_bind_int64(st, 2, region_last(scope));
        sqlite3_bind_int64(st, 3, k->on);
    }
    return st;
}

static int tell(struct clues *k, sqlite3_stmt *st)
{
    struct changeset_record made = {0};
    int64_t found_on = sqlite3_column_int64(st, 5);
    int rc = store_changeset_by_csn(k->store, (uint64_t)sqlite3_column_int64(st, 1), &made, k->err);

    if (rc < 0)
        return rc;
    struct report_clue c = {.id = db_id(st, 0), .village = sqlite3_column_int64(st, 2), .found_on = found_on,
                            .due_on = sqlite3_column_type(st, 6) == SQLITE_NULL ? due_decision(found_on)
                                                                                : sqlite3_column_int64(st, 6),
                            .household = (const char *)sqlite3_column_text(st, 3),
                            .person = (const char *)sqlite3_column_text(st, 4)};
    c.received_on = rc > 0 ? date_of_ms(made.received_ms) : found_on;
    c.days_left = c.due_on - k->on;
    c.late_days = c.received_on > found_on ? c.received_on - found_on : 0;
    k->sum->open++;
    k->sum->overdue += c.days_left < 0;
    k->sum->late += c.late_days > 0;
    return k->fn(k->ctx, &c);
}

static int run(struct clues *k, struct statements *sql, int64_t scope)
{
    sqlite3_stmt *open = prepare(k, sql, SQL_OPEN, scope), *sum = prepare(k, sql, SQL_SUM, scope);
    int rc = open && sum ? 0 : ERR_REFUSED;

    while (rc == 0 && (rc = db_row(k->db, open, k->err)) > 0)
        rc = tell(k, open);
    if (rc == 0 && (rc = db_row(k->db, sum, k->err)) > 0) {
        k->sum->decided = sqlite3_column_int64(sum, 0);
        k->sum->decided_in_time = sqlite3_column_int64(sum, 1);
        sqlite3_reset(sum);
    }
    return rc < 0 ? rc : 0;
}

int report_clues(struct store *reader, int64_t scope, int64_t on, report_clue_fn *fn, void *ctx, struct report_clues *sum,
                 struct err *err)
{
    struct clues k = {.store = reader, .on = on, .fn = fn, .ctx = ctx, .sum = sum, .err = err};
    struct statements *sql;
    int rc = report_begin(reader, sql_texts, SQL_COUNT, &k.db, &sql, err);

    *sum = (struct report_clues){0};
    if (rc < 0)
        return rc;
    rc = run(&k, sql, scope);
    report_end(reader, sql);
    return rc;
}
