/* sql: where the facts come from, one statement a table and side. */
#ifndef ZHUCUN_RULES_SQL_H
#define ZHUCUN_RULES_SQL_H

#include "zhucun/rules.h"

enum rules_sql { SQL_HOUSEHOLDS, SQL_MEMBERS, SQL_MEASURES, SQL_VISITS, SQL_RISKS, SQL_SHEETS, SQL_LINES, RULES_SQL_COUNT };
/* Parameters: laptop ?1 the household or NULL; server ?1…?2 the places; both ?3 today. All but households and lines
 * begin with the household's id and come in its order. */
extern const char *const rules_sql[2][RULES_SQL_COUNT];

#endif
