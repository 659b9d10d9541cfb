/* bulletin: the consolidated bulletin's figures. Codes in the statements are those of core/schema/codes.c.
 *
 * Parameters of every statement: ?1…?2 the places, ?3…?4 first and last day of the year, ?5 the day, ?6 the year
 * as text. A statement gives one number, or for a percentage two: part and whole. Orders have none: they are counted by
 * orders.c, so that a list and a figure never disagree. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "merged.h"
#include "reading.h"

#define HERE "_dead = 0 AND _place BETWEEN ?1 AND ?2"
#define ACTIVE HERE " AND (active_from IS NULL OR active_from <= ?5) AND (active_to IS NULL OR active_to >= ?5)"
/* 监测中 2, 风险消除 3, 回退 4 */
#define HOUSEHOLD HERE " AND " NOT_MERGED("household", "household")
#define MONITORED HOUSEHOLD " AND monitor_class IS NOT NULL AND monitor_status IN (2, 3, 4)"
#define CLEARED HOUSEHOLD " AND monitor_class IS NOT NULL AND monitor_status = 3"
#define OPEN HOUSEHOLD " AND monitor_class IS NOT NULL AND monitor_status IN (2, 4)"
#define TAKEN_IN MONITORED " AND taken_in BETWEEN ?3 AND min(?4, ?5)"
#define HOUSEHOLDS(which) "SELECT count(*) FROM household WHERE " which
#define PEOPLE(which) "SELECT count(*) FROM member" JOIN_KEPT("household", "household") "WHERE _dead = 0 AND " \
    NOT_MERGED("member", "member") " AND " KEPT("household") " IN (SELECT id FROM household WHERE " which ")"
#define VISITS HERE " AND date <= ?5"
#define FROM_VISITS "FROM visit" JOIN_KEPT("household", "household") "WHERE " VISITS
#define EMPLOYED "SELECT count(DISTINCT " KEPT("member") ") FROM job" JOIN_KEPT("member", "member") "WHERE " HERE \
    " AND (since IS NULL OR since <= ?5)"
#define INDICATOR(name) "(SELECT coalesce(sum(value), 0) FROM indicator WHERE " HERE " AND period = ?6 AND key = '" name "')"

static const struct {
    const char *key, *zh, *en;
    enum figure_kind kind;
    const char *sql;
} table[] = {
    {"resident_cadres", "驻村干部", "resident cadres", FIGURE_COUNT,
     "SELECT count(*) FROM worker WHERE role IN (2, 3, 4) AND " ACTIVE},
    {"contacts", "帮扶责任人", "assistance contacts", FIGURE_COUNT, "SELECT count(*) FROM worker WHERE role = 1 AND " ACTIVE},
    {"monitored_households", "监测对象（户）", "monitored households", FIGURE_COUNT, HOUSEHOLDS(MONITORED)},
    {"monitored_people", "监测对象（人）", "monitored people", FIGURE_COUNT, PEOPLE(MONITORED)},
    {"taken_in_households", "本年纳入（户）", "taken in this year, households", FIGURE_COUNT, HOUSEHOLDS(TAKEN_IN)},
    {"taken_in_people", "本年纳入（人）", "taken in this year, people", FIGURE_COUNT, PEOPLE(TAKEN_IN)},
    {"cleared_households", "风险消除（户）", "risk removed, households", FIGURE_COUNT, HOUSEHOLDS(CLEARED)},
    {"cleared_people", "风险消除（人）", "risk removed, people", FIGURE_COUNT, PEOPLE(CLEARED)},
    {"open_households", "未消除风险（户）", "open, households", FIGURE_COUNT, HOUSEHOLDS(OPEN)},
    {"open_people", "未消除风险（人）", "open, people", FIGURE_COUNT, PEOPLE(OPEN)},
    {"decided_within_due_pct", "线索按期认定率（%）", "clues decided in time, %", FIGURE_PERCENT,
     "SELECT count(*) FILTER (WHERE decided_on <= due_on), count(*) FROM clue WHERE " HERE " AND decided_on <= ?5"},
    {"employed", "务工就业（人）", "employed people", FIGURE_COUNT, EMPLOYED},
    {"employment_target", "务工就业目标（人）", "employment target", FIGURE_COUNT, "SELECT " INDICATOR("employment_target")},
    {"employment_pct", "务工就业完成率（%）", "share of the employment target, %", FIGURE_PERCENT,
     "SELECT (" EMPLOYED "), " INDICATOR("employment_target")},
    {"safeguards_checked", "“三保障”和饮水已核查（户）", "households with all safeguards checked", FIGURE_COUNT,
     "SELECT count(DISTINCT " KEPT("household") ") " FROM_VISITS
     " AND education IN (1, 2) AND medical IN (1, 2) AND housing IN (1, 2) AND water IN (1, 2)"},
    {"safeguard_problems_open", "“三保障”和饮水有问题（户）", "households with an open safeguard problem", FIGURE_COUNT,
     "SELECT count(*) FROM (SELECT education, medical, housing, water,"
     " max((date * 1440 + coalesce(time, 0)) * 274877906944 + rid) " FROM_VISITS
     " GROUP BY " KEPT("household") ") WHERE education = 2 OR medical = 2 OR housing = 2 OR water = 2"},
    {"visits", "走访（次）", "visits", FIGURE_COUNT, "SELECT count(*) FROM visit WHERE " VISITS},
    {"visited_households", "走访到户（户）", "households visited", FIGURE_COUNT,
     "SELECT count(DISTINCT " KEPT("household") ") " FROM_VISITS},
    {"risks_open", "未消除风险点（个）", "open risks", FIGURE_COUNT,
     "SELECT count(*) FROM risk WHERE " HERE " AND (state IS NULL OR state = 1)"},
    {"clues", "线索（条）", "clues", FIGURE_COUNT, "SELECT count(*) FROM clue WHERE " HERE " AND found_on <= ?5"},
    {"clues_overdue", "超期未认定线索（条）", "clues past their day", FIGURE_COUNT,
     "SELECT count(*) FROM clue WHERE " HERE " AND decided_on IS NULL AND due_on < ?5"},
    {"measures", "帮扶措施（项）", "measures", FIGURE_COUNT, "SELECT count(*) FROM measure WHERE " HERE},
    {"orders_issued", "提示单和督办单（份）", "orders issued", FIGURE_COUNT, NULL},
    {"orders_answered", "按期回复（份）", "orders answered in time", FIGURE_COUNT, NULL},
    {"orders_late", "逾期未回复（份）", "orders late", FIGURE_COUNT, NULL},
    {"funds_received_yi", "到位资金（亿元）", "funds received, 100 million yuan", FIGURE_YI,
     "SELECT " INDICATOR("funds_central_yuan") " + " INDICATOR("funds_provincial_yuan")},
    {"spending_rate_central", "中央资金支出率（%）", "spending rate, central funds, %", FIGURE_PERCENT,
     "SELECT " INDICATOR("spent_central_yuan") ", " INDICATOR("funds_central_yuan")},
    {"spending_rate_provincial", "省级资金支出率（%）", "spending rate, provincial funds, %", FIGURE_PERCENT,
     "SELECT " INDICATOR("spent_provincial_yuan") ", " INDICATOR("funds_provincial_yuan")},
    {"projects", "项目（个）", "projects", FIGURE_COUNT, "SELECT " INDICATOR("projects")},
    {"projects_industry", "产业项目（个）", "projects of industry", FIGURE_COUNT, "SELECT " INDICATOR("projects_industry")},
    {"training_classes", "培训班（期）", "training classes", FIGURE_COUNT, "SELECT " INDICATOR("training_classes")},
    {"trained", "培训（人次）", "people trained", FIGURE_COUNT, "SELECT " INDICATOR("trained")},
    {"loans_wan", "小额信贷（万元）", "loans, 10,000 yuan", FIGURE_WAN, "SELECT " INDICATOR("loans_yuan")},
    {"firms", "带动企业（家）", "firms", FIGURE_COUNT, "SELECT " INDICATOR("firms")},
};
enum { FIGURES = sizeof table / sizeof table[0] };
_Static_assert((int)FIGURES <= (int)REPORT_FIGURES_MAX, "callers' arrays hold every figure");

struct period {
    int64_t first, last, on;
    char year[5];
};

static void period_of(int64_t on, struct period *p)
{
    char day[11];

    date_format(on, day);
    snprintf(p->year, sizeof p->year, "%.4s", day);
    snprintf(day, sizeof day, "%s-01-01", p->year);
    date_parse(day, &p->first);
    snprintf(day, sizeof day, "%s-12-31", p->year);
    date_parse(day, &p->last);
    p->on = on;
}

static void bind(sqlite3_stmt *st, int64_t scope, const struct period *p)
{
    sqlite3_bind_int64(st, 1, scope);
    sqlite3_bind_int64(st, 2, region_last(scope));
    sqlite3_bind_int64(st, 3, p->first);
    sqlite3_bind_int64(st, 4, p->last);
    sqlite3_bind_int64(st, 5, p->on);
    sqlite3_bind_text(st, 6, p->year, 4, SQLITE_STATIC);
}

static int64_t of_orders(const char *key, const struct order_counts *n)
{
    if (strcmp(key, "orders_issued") == 0)
        return n->issued;
    return strcmp(key, "orders_answered") == 0 ? n->in_time : n->not_in_time;
}

static int of_rows(struct db *db, struct statements *sql, size_t i, int64_t scope, const struct period *p,
                   struct report_figure *out, struct err *err)
{
    sqlite3_stmt *st = statement(sql, i, err);

    if (!st)
        return err && err->code ? err->code : ERR_REFUSED;
    bind(st, scope, p);
    int rc = db_row(db, st, err);
    if (rc < 0)
        return rc;
    out->part = sqlite3_column_int64(st, 0);
    out->whole = out->kind == FIGURE_PERCENT ? sqlite3_column_int64(st, 1) : 0;
    sqlite3_reset(st);
    return 0;
}

static int run(struct store *reader, struct db *db, struct statements *sql, int64_t scope, const struct period *p,
               struct report_figure *out, struct err *err)
{
    struct order_counts orders;
    int rc = report_orders_count(reader, scope, p->on, &orders, err);

    for (size_t i = 0; i < FIGURES && rc >= 0; i++) {
        out[i] = (struct report_figure){table[i].key, table[i].zh, table[i].en, table[i].kind, 0, 0};
        if (table[i].sql)
            rc = of_rows(db, sql, i, scope, p, &out[i], err);
        else
            out[i].part = of_orders(table[i].key, &orders);
    }
    return rc;
}

int report_bulletin(struct store *reader, int64_t scope, int64_t on, struct report_figure *figures, size_t *count,
                    struct err *err)
{
    const char *texts[FIGURES];
    struct db *db;
    struct statements *sql;
    struct period p;

    for (size_t i = 0; i < FIGURES; i++)
        texts[i] = table[i].sql ? table[i].sql : "";
    int rc = report_begin(reader, texts, FIGURES, &db, &sql, err);
    if (rc < 0)
        return rc;
    period_of(on, &p);
    rc = run(reader, db, sql, scope, &p, figures, err);
    report_end(reader, sql);
    *count = FIGURES;
    return rc < 0 ? rc : 0;
}

static void hundredths(int64_t n, char out[REPORT_FIGURE_TEXT])
{
    snprintf(out, REPORT_FIGURE_TEXT, "%" PRId64 ".%02d", n / 100, (int)(n % 100));
}

void report_figure_text(const struct report_figure *f, char out[REPORT_FIGURE_TEXT])
{
    switch (f->kind) {
    case FIGURE_PERCENT:
        hundredths(f->whole > 0 ? (f->part * 20000 + f->whole) / (2 * f->whole) : 0, out);
        return;
    case FIGURE_YI:
        hundredths((f->part + 500000) / 1000000, out);
        return;
    case FIGURE_WAN:
        snprintf(out, REPORT_FIGURE_TEXT, "%" PRId64, (f->part + 5000) / 10000);
        return;
    case FIGURE_COUNT:
        snprintf(out, REPORT_FIGURE_TEXT, "%" PRId64, f->part);
        return;
    }
}
