/* sql: see sql.h. The two sides differ in which rows they mean and in what marks a row's last change; the laptop
 * deletes rows, the server buries them. Where a rule asks for few rows of many (visits, risks) the statement asks
 * so already, and sorts what is left ("+household": no walk through an index of all). */
#include "sql.h"

#define LAPTOP_ROWS "(?1 IS NULL OR household = ?1)"
#define LAPTOP_HOUSEHOLDS "(?1 IS NULL OR id = ?1)"
#define SERVER_ROWS "_dead = 0 AND _place BETWEEN ?1 AND ?2"

/* As rules_blank. */
#define BLANK(column) "trim(coalesce(" column ", ''), char(32, 9, 10, 12288)) = ''"
/* The last event of a member: 死亡 嫁出 出国定居 判刑收监 其他转出 leave the household. */
#define GONE(alive)                                                                                                     \
    " LEFT JOIN (SELECT member AS who, kind AS event, max(coalesce(date, 0) * 1099511627776 + rid) FROM member_event"   \
    " WHERE " alive " GROUP BY member) ON who = id"

#define STATEMENTS(households, rows, alive, mark)                                                                       \
    {                                                                                                                   \
        [SQL_HOUSEHOLDS] = "SELECT id, " mark ", village, national_no, head_name, phone, after_care, monitor_status,"   \
                           " taken_in, cleared_on, cleared_way FROM household WHERE " households                        \
                           " AND merged_into IS NULL ORDER BY id",                                                      \
        [SQL_MEMBERS] = "SELECT household, id, " mark ", name, id_no, birth, sex, health, insurance FROM member"        \
                        GONE(alive) " WHERE " rows " AND merged_into IS NULL"                                           \
                        " AND coalesce(event, 0) NOT IN (1, 2, 3, 4, 8) ORDER BY household",                            \
        [SQL_MEASURES] = "SELECT household, count(*) FROM measure WHERE " rows " GROUP BY household ORDER BY household", \
        [SQL_VISITS] = "SELECT household, id, " mark ", date, mode, summary FROM visit WHERE " rows                     \
                       " AND (date > ?3 OR (coalesce(mode, 0) <> 4 AND " BLANK("summary") "))"                         \
                       " ORDER BY +household, rid",                                                                     \
        [SQL_RISKS] = "SELECT household, id, " mark ", kind, state, closed_on, closed_by IS NOT NULL, closed_why"       \
                      " FROM risk WHERE " rows " AND state = 2"                                                         \
                      " AND (closed_by IS NULL OR " BLANK("closed_why") ") ORDER BY +household, rid",                  \
        [SQL_SHEETS] = "SELECT household, id, " mark ", period, wages, business, property, transfers, costs, persons,"  \
                       " net, per_head, coalesce(chosen, 0), count(*) OVER same, total(coalesce(chosen, 0)) OVER same," \
                       " rid = max(rid) OVER same, period = max(period) OVER (PARTITION BY household)"                  \
                       " FROM income_sheet WHERE " rows " WINDOW same AS (PARTITION BY household, period)"              \
                       " ORDER BY household, period, rid",                                                              \
        [SQL_LINES] = "SELECT region, CAST(period AS INTEGER), value FROM indicator WHERE " alive                       \
                      " AND key = 'income_line_yuan' AND value > 0 ORDER BY rid LIMIT 4096",                            \
    }

const char *const rules_sql[2][RULES_SQL_COUNT] = {
    [RULE_SIDE_LAPTOP] = STATEMENTS(LAPTOP_HOUSEHOLDS, LAPTOP_ROWS, "1", "coalesce(_seq, 0)"),
    [RULE_SIDE_SERVER] = STATEMENTS(SERVER_ROWS, SERVER_ROWS, "_dead = 0", "_csn"),
};
