/* sql: every statement of the SQLite backend, by name; the texts stand in sql.c and nowhere else. */
#ifndef ZHUCUN_STORE_SQLITE_SQL_H
#define ZHUCUN_STORE_SQLITE_SQL_H

#include <stddef.h>

enum sql_name {
    SQL_SAVEPOINT,
    SQL_RELEASE,
    SQL_ROLLBACK_TO,
    SQL_META_PUT,
    SQL_META_GET,
    SQL_META_KEY,
    SQL_HEAD_GET,
    SQL_HEAD_PUT,
    SQL_ORIGIN_GET,
    SQL_ORIGIN_PUT,
    SQL_CHANGESET_ADD,
    SQL_CHANGESET_LOWEST,
    SQL_CHANGESET_APART,
    SQL_CHANGESET_DROP,
    SQL_CHANGESET_RUN,
    SQL_RUN_ADD,
    SQL_RUN_OF,
    SQL_CHANGESET_BY_CSN,
    SQL_BUNDLE_ADD,
    SQL_BUNDLE_WALK,
    SQL_BUNDLE_HOLDING,
    SQL_IS_ASSIGNED,
    SQL_FEED_ADD,
    SQL_FEED_DROP,
    SQL_FEED_OF_PLACE,
    SQL_FEED,
    SQL_FEED_LEFT,
    SQL_PLACE_GET,
    SQL_PLACE_PUT,
    SQL_PLACES,
    SQL_UNIT_GET,
    SQL_UNIT_PUT,
    SQL_UNIT_KEYS,
    SQL_ASSIGNED,
    SQL_TURNS,
    SQL_SCOPE_DAY,
    SQL_SCOPE_DAY_PUT,
    SQL_HOLDING_PUT,
    SQL_HOLDING_DROP,
    SQL_HOLDINGS,
    SQL_LEDGER_ADD,
    SQL_LEDGER_GET,
    SQL_LEDGER_WALK,
    SQL_LEDGER_OF_ROW,
    SQL_LEDGER_RESOLVE,
    SQL_QUARANTINE_ADD,
    SQL_QUARANTINE_ALL,
    SQL_QUARANTINE_OF,
    SQL_QUARANTINE_DROP,
    SQL_NOTICES_OF,
    SQL_CODE_ADD,
    SQL_CODE_GET,
    SQL_CODE_DROP,
    SQL_DEVICE_PUT,
    SQL_DEVICE_BY_ORIGIN,
    SQL_DEVICE_WALK,
    SQL_TALLY_GET,
    SQL_TALLY_PUT,
    SQL_DIFFERENCE_PUT,
    SQL_DIFFERENCE_GET,
    SQL_DIFFERENCE_DROP,
    SQL_DIFFERENCE_WALK,
    SQL_COUNT
};

extern const char *const sqlite_statements[SQL_COUNT];

/* Structure of server.db outside the synced tables, which come from core/schema. */
extern const char *const sqlite_migrations[];
extern const int sqlite_migration_count;
/* Indexes on synced tables beside those that core/table makes; run once the tables are there. */
extern const char sqlite_row_indexes[];

#endif
