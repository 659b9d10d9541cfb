/* inbox_sql: all SQL of this folder that is not made from the schema; shared by its files only. */
#ifndef ZHUCUN_INBOX_SQL_H
#define ZHUCUN_INBOX_SQL_H

#include "home.h"

enum inbox_sql { SQL_SEEN_GET, SQL_SEEN_PUT, SQL_LOST_OF, SQL_INBOX_COUNT };
int inbox_statement(struct home *h, enum inbox_sql which, sqlite3_stmt **st, struct err *err);

#endif
