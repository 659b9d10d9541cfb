/* sql: see sql.h. The two sides differ in which rows they mean and in what marks a row's last change; the laptop
 * deletes rows, the server buries them. Where a rule asks for few rows of many (visits, risks) the statement asks
 * so already, so that only those are sorted.
 *
 * A household or member that was merged into another is not judged, and what hangs on it counts for the one that
 * stays; it is taken as merged only while that one is live and not merged itself. */
#include "sql.h"

#define LAPTOP_ALIVE(alias) "1"
#define SERVER_ALIVE(alias) alias "._dead = 0"
#define LAPTOP_HOUSEHOLDS "(?1 IS NULL OR h.id = ?1)"
#define SERVER_HOUSEHOLDS "h._dead = 0 AND h._place BETWEEN ?1 AND ?2"
#define LAPTOP_ROWS "(?1 IS NULL OR " HOUSE " = ?1)"
#define SERVER_ROWS "r._dead = 0 AND r._place BETWEEN ?1 AND ?2"

#define HOUSE "coalesce(kept, r.household)"
#define KEEPING(alive)                                                                                                 \
    " LEFT JOIN (SELECT gone.id AS dropped, stays.id AS kept FROM household gone JOIN household stays"                 \
    " ON stays.id = gone.merged_into WHERE gone.merged_into IS NOT NULL AND " alive("stays")                           \
    " AND stays.merged_into IS NULL) ON dropped = r.household"
#define NOT_MERGED(table, alias, alive)                                                                                \
    "NOT EXISTS (SELECT 1 FROM " table " stays WHERE stays.id = " alias ".merged_into AND " alive("stays")             \
    " AND stays.merged_into IS NULL)"

/* As rules_blank. */
#define BLANK(column) "trim(coalesce(" column ", ''), char(32, 9, 10, 12288)) = ''"

/* The last event of a member: 死亡 嫁出 出国定居 判刑收监 其他转出 leave the household. */
#define EVENTS(alive)                                                                                                  \
    " LEFT JOIN (SELECT e.member AS who, e.kind AS event, max(coalesce(e.date, 0) * 1099511627776 + e.rid)"            \
    " FROM member_event e WHERE " alive("e") " GROUP BY e.member) ON who = r.id"
#define NOT_GONE "coalesce(event, 0) NOT IN (1, 2, 3, 4, 8)"

#define STATEMENTS(households, rows, alive, mark)                                                                      \
    {                                                                                                                  \
        [SQL_HOUSEHOLDS] = "SELECT h.id, " mark("h") ", h.village, h.national_no, h.head_name, h.phone, h.after_care," \
                           " h.monitor_status, h.taken_in, h.cleared_on, h.cleared_way FROM household h"               \
                           " WHERE " households " AND " NOT_MERGED("household", "h", alive) " ORDER BY h.id",          \
        [SQL_MEMBERS] = "SELECT " HOUSE ", r.id, " mark("r") ", r.name, r.id_no, r.birth, r.sex, r.health, r.insurance" \
                        " FROM member r" KEEPING(alive) EVENTS(alive) " WHERE " rows " AND " NOT_GONE                  \
                        " AND " NOT_MERGED("member", "r", alive) " ORDER BY 1, r.rid",                                 \
        [SQL_MEASURES] = "SELECT " HOUSE ", count(*) FROM measure r" KEEPING(alive) " WHERE " rows                     \
                         " GROUP BY 1 ORDER BY 1",                                                                     \
        [SQL_VISITS] = "SELECT " HOUSE ", r.id, " mark("r") ", r.date, r.mode, r.summary FROM visit r" KEEPING(alive)  \
                       " WHERE " rows " AND (r.date > ?3 OR (coalesce(r.mode, 0) <> 4 AND " BLANK("r.summary") "))"    \
                       " ORDER BY 1, r.rid",                                                                           \
        [SQL_RISKS] = "SELECT " HOUSE ", r.id, " mark("r") ", r.kind, r.state, r.closed_on, r.closed_by IS NOT NULL,"  \
                      " r.closed_why FROM risk r" KEEPING(alive) " WHERE " rows " AND r.state = 2"                     \
                      " AND (r.closed_by IS NULL OR " BLANK("r.closed_why") ") ORDER BY 1, r.rid",                     \
        [SQL_SHEETS] = "SELECT " HOUSE ", r.id, " mark("r") ", r.period, r.wages, r.business, r.property, r.transfers," \
                       " r.costs, r.persons, r.net, r.per_head, coalesce(r.chosen, 0), count(*) OVER same,"            \
                       " total(coalesce(r.chosen, 0)) OVER same, r.rid = max(r.rid) OVER same,"                        \
                       " r.period = max(r.period) OVER (PARTITION BY " HOUSE ") FROM income_sheet r" KEEPING(alive)    \
                       " WHERE " rows " WINDOW same AS (PARTITION BY " HOUSE ", r.period) ORDER BY 1, r.period, r.rid", \
        [SQL_LINES] = "SELECT r.region, CAST(r.period AS INTEGER), r.value FROM indicator r WHERE " alive("r")         \
                      " AND r.key = 'income_line_yuan' AND r.value > 0 ORDER BY r.rid LIMIT 4096",                     \
    }

#define LAPTOP_MARK(alias) "coalesce(" alias "._seq, 0)"
#define SERVER_MARK(alias) alias "._csn"

const char *const rules_sql[2][RULES_SQL_COUNT] = {
    [RULE_SIDE_LAPTOP] = STATEMENTS(LAPTOP_HOUSEHOLDS, LAPTOP_ROWS, LAPTOP_ALIVE, LAPTOP_MARK),
    [RULE_SIDE_SERVER] = STATEMENTS(SERVER_HOUSEHOLDS, SERVER_ROWS, SERVER_ALIVE, SERVER_MARK),
};
