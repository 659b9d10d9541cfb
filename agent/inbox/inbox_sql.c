/* inbox_sql: see inbox_sql.h. */
#include "inbox_sql.h"

static const char *const inbox_sql[SQL_INBOX_COUNT] = {
    [SQL_SEEN_GET] = "SELECT hash FROM seen WHERE tab = ?1 AND row = ?2",
    [SQL_SEEN_PUT] = "INSERT OR REPLACE INTO seen(tab, row, hash) VALUES(?1, ?2, ?3)",
    [SQL_LOST_OF] = "SELECT csn, at, how, mine, theirs FROM lost WHERE tab = ?1 AND row = ?2 AND col = ?3 AND seq = ?4",
};

int inbox_statement(struct home *h, enum inbox_sql which, sqlite3_stmt **st, struct err *err)
{
    return home_statement(h, HOME_SQL_INBOX, inbox_sql, SQL_INBOX_COUNT, which, st, err);
}
