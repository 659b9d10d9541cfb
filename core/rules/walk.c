/* walk: gathers the facts of household after household. Every table is one stream in the order of household ids;
 * the streams move on together, as in a merge join, so that each table is read once and nothing is kept.
 *
 * Rows whose household does not come (it is merged, gone, or lives elsewhere) are passed over. */
#include <stdlib.h>
#include <string.h>

#include "sql.h"

enum { LINES_MAX = 4096 };

struct stream {
    sqlite3_stmt *st;
    bool row; /* it stands on a row */
};
struct walk {
    struct db *db;
    struct statements *sql;
    struct rule_scope scope;
    struct rule_book book;
    struct rule_line *lines;
    struct stream streams[RULES_SQL_COUNT];
    struct rule_household h;
    rule_fn *fn;
    void *ctx;
    struct err *err;
};

static int64_t day_at(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_INTEGER ? sqlite3_column_int64(st, column) : RULE_NONE;
}

static int step(struct walk *w, enum rules_sql which)
{
    struct stream *s = &w->streams[which];
    int rc = db_row(w->db, s->st, w->err);
    s->row = rc == 1;
    return rc < 0 ? rc : 0;
}

static int begin(struct walk *w, enum rules_sql which)
{
    uint8_t bytes[ROW_ID_BYTES];
    struct stream *s = &w->streams[which];
    s->st = statement(w->sql, which, w->err);
    if (!s->st) return w->err && w->err->code ? w->err->code : ERR_REFUSED;
    if (w->scope.side == RULE_SIDE_SERVER) {
        sqlite3_bind_int64(s->st, 1, w->scope.place);
        sqlite3_bind_int64(s->st, 2, region_last(w->scope.place));
    } else if (!row_id_is_null(w->scope.household)) {
        row_id_to_bytes(w->scope.household, bytes);
        sqlite3_bind_blob(s->st, 1, bytes, ROW_ID_BYTES, SQLITE_TRANSIENT);
    }
    sqlite3_bind_int64(s->st, 3, w->book.today); /* statements without it do not mind */
    return step(w, which);
}

static int read_lines(struct walk *w)
{
    struct stream *s = &w->streams[SQL_LINES];
    w->lines = calloc(LINES_MAX, sizeof *w->lines);
    if (!w->lines) return err_nomem(w->err);
    int rc = begin(w, SQL_LINES);
    while (rc == 0 && s->row && w->book.line_count < LINES_MAX) {
        int64_t yuan = sqlite3_column_int64(s->st, 2);
        if (yuan < INT64_MAX / 100)
            w->lines[w->book.line_count++] =
                (struct rule_line){sqlite3_column_int64(s->st, 0), sqlite3_column_int(s->st, 1), yuan * 100};
        rc = step(w, SQL_LINES);
    }
    w->book.lines = w->lines;
    return rc;
}

/* < 0: the stream's row belongs to a household before the present one; 0: to it; > 0 or no row: nothing for it. */
static int order(const struct stream *s, const uint8_t household[ROW_ID_BYTES])
{
    if (!s->row) return 1;
    const void *bytes = sqlite3_column_blob(s->st, 0);
    if (!bytes || sqlite3_column_bytes(s->st, 0) != ROW_ID_BYTES) return -1;
    return memcmp(bytes, household, ROW_ID_BYTES);
}

static int judge_row(struct walk *w, enum rules_sql which)
{
    sqlite3_stmt *st = w->streams[which].st;
    if (which == SQL_MEMBERS) {
        const struct rule_member m = {
            .id = db_id(st, 1), .mark = sqlite3_column_int64(st, 2), .name = db_value(st, 3), .id_no = db_value(st, 4),
            .birth = day_at(st, 5), .sex = sqlite3_column_int64(st, 6),
            .health = (uint64_t)sqlite3_column_int64(st, 7), .insurance = (uint64_t)sqlite3_column_int64(st, 8)};
        return rules_member(&w->book, &w->h, &m, w->fn, w->ctx);
    }
    if (which == SQL_VISITS) {
        const struct rule_visit v = {.id = db_id(st, 1), .mark = sqlite3_column_int64(st, 2), .date = day_at(st, 3),
                                     .mode = sqlite3_column_int64(st, 4), .summary = db_value(st, 5)};
        return rules_visit(&w->book, &w->h, &v, w->fn, w->ctx);
    }
    if (which == SQL_RISKS) {
        const struct rule_risk r = {.id = db_id(st, 1), .mark = sqlite3_column_int64(st, 2),
                                    .kind = sqlite3_column_int64(st, 3),
                                    .state = sqlite3_column_int64(st, 4), .closed_on = day_at(st, 5),
                                    .closed_by = sqlite3_column_int(st, 6) != 0, .closed_why = db_value(st, 7)};
        return rules_risk(&w->book, &w->h, &r, w->fn, w->ctx);
    }
    const struct rule_sheet s = {
        .id = db_id(st, 1), .mark = sqlite3_column_int64(st, 2), .period = db_value(st, 3),
        .income = {.wages = day_at(st, 4), .business = day_at(st, 5), .property = day_at(st, 6), .transfers = day_at(st, 7),
                   .costs = day_at(st, 8), .persons = day_at(st, 9), .net = day_at(st, 10), .per_head = day_at(st, 11)},
        .chosen = sqlite3_column_int(st, 12) != 0, .same_period = sqlite3_column_int64(st, 13),
        .chosen_of_period = sqlite3_column_int64(st, 14), .last_of_period = sqlite3_column_int(st, 15) != 0,
        .latest_period = sqlite3_column_int(st, 16) != 0};
    return rules_sheet(&w->book, &w->h, &s, w->fn, w->ctx);
}

/* Judges the rows of the present household and leaves the stream behind them. */
static int judge_rows(struct walk *w, enum rules_sql which, const uint8_t household[ROW_ID_BYTES])
{
    struct stream *s = &w->streams[which];
    int rc = 0, at;
    while (rc == 0 && (at = order(s, household)) <= 0) {
        if (at == 0 && which == SQL_MEASURES) w->h.measures = sqlite3_column_int64(s->st, 1);
        else if (at == 0) rc = judge_row(w, which);
        if (rc == 0) rc = step(w, which);
    }
    return rc;
}

static int judge_household(struct walk *w)
{
    static const enum rules_sql records[] = {SQL_MEMBERS, SQL_VISITS, SQL_RISKS, SQL_SHEETS};
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st = w->streams[SQL_HOUSEHOLDS].st;
    w->h = (struct rule_household){
        .id = db_id(st, 0), .mark = sqlite3_column_int64(st, 1), .village = sqlite3_column_int64(st, 2),
        .national_no = db_value(st, 3), .head_name = db_value(st, 4), .phone = db_value(st, 5),
        .after_care = db_value(st, 6), .status = sqlite3_column_int64(st, 7), .taken_in = day_at(st, 8), .cleared_on = day_at(st, 9),
        .cleared_way = sqlite3_column_int64(st, 10)};
    row_id_to_bytes(w->h.id, id);
    int rc = judge_rows(w, SQL_MEASURES, id);
    if (rc == 0) rc = rules_household(&w->book, &w->h, w->fn, w->ctx);
    for (size_t i = 0; rc == 0 && i < sizeof records / sizeof records[0]; i++) rc = judge_rows(w, records[i], id);
    return rc;
}

static int run(struct walk *w)
{
    int rc = read_lines(w);
    for (int which = SQL_HOUSEHOLDS; rc == 0 && which < SQL_LINES; which++) rc = begin(w, (enum rules_sql)which);
    while (rc == 0 && w->streams[SQL_HOUSEHOLDS].row) {
        rc = judge_household(w);
        if (rc == 0) rc = step(w, SQL_HOUSEHOLDS);
    }
    return rc;
}

int rules_walk(struct db *db, const struct rule_scope *scope, int64_t today, rule_fn *fn, void *ctx, struct err *err)
{
    struct walk w = {.db = db, .scope = *scope, .book = rule_book_at(today), .fn = fn, .ctx = ctx, .err = err};
    int rc = statements_open(db, rules_sql[scope->side], RULES_SQL_COUNT, &w.sql, err);
    if (rc) return rc;
    rc = run(&w);
    statements_close(w.sql);
    free(w.lines);
    return rc;
}
