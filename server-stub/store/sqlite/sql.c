/* sql: the SQLite dialect, see sql.h. Numbers without sign are kept as their two's complement; sums over them
 * are added in C, because SQLite would turn an overflow into a float. */
#include "sql.h"

#define CHANGESET_COLUMNS \
    "key, origin, seq, count, hash, stamp, corrected, observed, received_ms, schema, author, day, base, marks"
#define LEDGER_COLUMNS \
    "id, kind, reason, to_verify, tab, col, row, place, value, " \
    "loser_csn, loser_origin, loser_seq, loser_stamp, loser_observed, loser_author, " \
    "winner_csn, winner_origin, winner_seq, winner_stamp, winner_observed, winner_author, decided_csn, at_ms, " \
    "decided, decided_by, decided_why, decided_ms"
#define DEVICE_COLUMNS \
    "origin, name, sign, places, workers, enrolled_ms, revoked_ms, last_pull_ms, pulled_csn, assigned, box, counter"
#define FEED_COLUMNS "csn, place, tab, rid, moved, unit"
#define DIFFERENCE_COLUMNS \
    "origin, author, month, here_count, here_digest, there_count, there_digest, only_here, only_there, since_ms, told_ms"
#define IN_FORCE(day) "((since IS NULL OR since <= " day ") AND (until IS NULL OR until >= " day "))"

const char *const sqlite_statements[SQL_COUNT] = {
    [SQL_SAVEPOINT] = "SAVEPOINT push",
    [SQL_RELEASE] = "RELEASE push",
    [SQL_ROLLBACK_TO] = "ROLLBACK TO push",
    [SQL_META_PUT] = "INSERT INTO meta(one, city, epoch, server_origin, match_key) VALUES(1, ?1, ?2, ?3, ?4)",
    [SQL_META_GET] = "SELECT city, epoch, server_origin FROM meta",
    [SQL_META_KEY] = "SELECT match_key FROM meta",
    [SQL_HEAD_GET] = "SELECT csn FROM head",
    [SQL_HEAD_PUT] = "UPDATE head SET csn = ?1",
    [SQL_ORIGIN_GET] = "SELECT high, hash, last_contact_ms, skew_ms FROM origin WHERE origin = ?1",
    [SQL_ORIGIN_PUT] = "INSERT OR REPLACE INTO origin(origin, high, hash, last_contact_ms, skew_ms)"
                       " VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_CHANGESET_ADD] = "INSERT INTO changeset(" CHANGESET_COLUMNS ")"
                          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [SQL_CHANGESET_LOWEST] = "SELECT min(key) FROM changeset",
    [SQL_CHANGESET_APART] = "SELECT " CHANGESET_COLUMNS " FROM changeset WHERE key < 0 AND origin = ?1 AND seq = ?2",
    [SQL_CHANGESET_DROP] = "DELETE FROM changeset WHERE key < 0 AND origin = ?1 AND seq = ?2",
    [SQL_CHANGESET_RUN] = "SELECT " CHANGESET_COLUMNS " FROM changeset WHERE key >= ?1 ORDER BY key",
    [SQL_RUN_ADD] = "INSERT INTO run(origin, seq, key) VALUES(?1, ?2, ?3)",
    [SQL_RUN_OF] = "SELECT key FROM run WHERE origin = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
    [SQL_CHANGESET_BY_CSN] = "SELECT " CHANGESET_COLUMNS " FROM changeset WHERE key BETWEEN 1 AND ?1"
                             " ORDER BY key DESC LIMIT 1",
    [SQL_BUNDLE_ADD] = "INSERT INTO bundle(origin, first, last, bytes) VALUES(?1, ?2, ?3, ?4)"
                       " ON CONFLICT DO NOTHING",
    [SQL_BUNDLE_WALK] = "SELECT origin, first, last, bytes FROM bundle ORDER BY origin, first, last",
    [SQL_BUNDLE_HOLDING] = "SELECT bytes FROM bundle WHERE origin = ?1 AND first <= ?2 AND last >= ?2"
                           " ORDER BY first DESC LIMIT 1",
    [SQL_FEED_ADD] = "INSERT INTO feed(" FEED_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_IS_ASSIGNED] = "SELECT 1 FROM assignment WHERE household = ?1 AND worker = ?2 AND _dead = 0"
                     " AND (since IS NULL OR since <= ?3) AND (until IS NULL OR until >= ?3) LIMIT 1",
    [SQL_FEED_DROP] = "DELETE FROM feed WHERE csn = ?1",
    [SQL_FEED_OF_PLACE] = "SELECT " FEED_COLUMNS " FROM feed WHERE place = ?1 AND csn > ?2 ORDER BY csn",
    [SQL_FEED] = "SELECT " FEED_COLUMNS " FROM feed WHERE csn > ?1 ORDER BY csn",
    [SQL_FEED_LEFT] = "SELECT " FEED_COLUMNS " FROM feed WHERE moved = 1 AND tab = ?1 AND rid = ?2 AND csn > ?3"
                      " AND place > 0 ORDER BY csn LIMIT 1",
    [SQL_PLACE_GET] = "SELECT count, fingerprint, last_csn FROM place WHERE place = ?1",
    [SQL_PLACE_PUT] = "INSERT OR REPLACE INTO place(place, count, fingerprint, last_csn) VALUES(?1, ?2, ?3, ?4)",
    [SQL_PLACES] = "SELECT place, count, fingerprint, last_csn FROM place WHERE place BETWEEN ?1 AND ?2"
                   " ORDER BY place",
    [SQL_UNIT_GET] = "SELECT count, fingerprint, last_csn FROM unit WHERE unit = ?1",
    [SQL_UNIT_PUT] = "INSERT OR REPLACE INTO unit(unit, count, fingerprint, last_csn) VALUES(?1, ?2, ?3, ?4)",
    [SQL_UNIT_KEYS] = "SELECT unit FROM unit ORDER BY unit",
    [SQL_ASSIGNED] = "SELECT household FROM assignment WHERE worker = ?1 AND _dead = 0 AND household IS NOT NULL"
                     " AND " IN_FORCE("?2"),
    [SQL_TURNS] = "SELECT household, worker, " IN_FORCE("?2") " FROM assignment WHERE _dead = 0"
                  " AND household IS NOT NULL AND worker IS NOT NULL AND " IN_FORCE("?1") " <> " IN_FORCE("?2")
                  " ORDER BY household",
    [SQL_SCOPE_DAY] = "SELECT day FROM scope_day",
    [SQL_SCOPE_DAY_PUT] = "INSERT OR REPLACE INTO scope_day(one, day) VALUES(1, ?1)",
    [SQL_HOLDING_PUT] = "INSERT OR REPLACE INTO holding(origin, household, since_csn, leaving_csn)"
                        " VALUES(?1, ?2, ?3, ?4)",
    [SQL_HOLDING_DROP] = "DELETE FROM holding WHERE origin = ?1 AND household = ?2",
    [SQL_HOLDINGS] = "SELECT household, since_csn, leaving_csn FROM holding WHERE origin = ?1 ORDER BY household",
    [SQL_LEDGER_ADD] = "INSERT INTO ledger(" LEDGER_COLUMNS ") VALUES(NULL, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                       " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)",
    [SQL_LEDGER_GET] = "SELECT " LEDGER_COLUMNS " FROM ledger WHERE id = ?1",
    [SQL_LEDGER_WALK] = "SELECT " LEDGER_COLUMNS " FROM ledger WHERE id > ?1 ORDER BY id",
    [SQL_LEDGER_OF_ROW] = "SELECT " LEDGER_COLUMNS " FROM ledger WHERE tab = ?1 AND row = ?2 AND id > ?3 ORDER BY id LIMIT 1",
    [SQL_LEDGER_RESOLVE] = "UPDATE ledger SET decided = ?2, decided_by = ?3, decided_why = ?4, decided_ms = ?5"
                           " WHERE id = ?1 AND decided = 0",
    [SQL_QUARANTINE_ADD] = "INSERT OR REPLACE INTO quarantine(origin, seq, hash, why_zh, why_en, changeset,"
                           " received_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_QUARANTINE_ALL] = "SELECT origin, seq, hash, why_zh, why_en, changeset, received_ms FROM quarantine"
                           " WHERE seq > ?2 ORDER BY origin, seq",
    [SQL_QUARANTINE_OF] = "SELECT origin, seq, hash, why_zh, why_en, changeset, received_ms FROM quarantine"
                          " WHERE origin = ?1 AND seq > ?2 ORDER BY seq",
    [SQL_QUARANTINE_DROP] = "DELETE FROM quarantine WHERE origin = ?1 AND seq = ?2",
    [SQL_NOTICES_OF] = "SELECT id FROM notice WHERE ledger = ?1 AND _dead = 0 ORDER BY rid",
    [SQL_CODE_ADD] = "INSERT INTO code(code, expires_ms, name, places, workers, assigned)"
                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_CODE_GET] = "SELECT name, places, workers, expires_ms, assigned FROM code WHERE code = ?1",
    [SQL_CODE_DROP] = "DELETE FROM code WHERE code = ?1 OR expires_ms <= ?2",
    [SQL_DEVICE_PUT] = "INSERT OR REPLACE INTO device(" DEVICE_COLUMNS ")"
                       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [SQL_DEVICE_BY_ORIGIN] = "SELECT " DEVICE_COLUMNS " FROM device WHERE origin = ?1",
    [SQL_DEVICE_WALK] = "SELECT " DEVICE_COLUMNS " FROM device ORDER BY enrolled_ms, origin",
    [SQL_TALLY_GET] = "SELECT count, digest FROM tally WHERE origin = ?1 AND author = ?2 AND month = ?3",
    [SQL_TALLY_PUT] = "INSERT OR REPLACE INTO tally(origin, author, month, count, digest) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_DIFFERENCE_PUT] = "INSERT INTO tally_difference(" DIFFERENCE_COLUMNS ")"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
                           " ON CONFLICT DO UPDATE SET here_count = ?4, here_digest = ?5, there_count = ?6,"
                           " there_digest = ?7, only_here = ?8, only_there = ?9, told_ms = ?11",
    [SQL_DIFFERENCE_GET] = "SELECT 1 FROM tally_difference WHERE origin = ?1 AND author = ?2 AND month = ?3",
    [SQL_DIFFERENCE_DROP] = "DELETE FROM tally_difference WHERE origin = ?1 AND author = ?2 AND month = ?3",
    [SQL_DIFFERENCE_WALK] = "SELECT " DIFFERENCE_COLUMNS " FROM tally_difference ORDER BY origin, author, month",
};

const char *const sqlite_migrations[] = {
    /* 1: the first structure. changeset.key is the csn of its first change; quarantined ones, which have no
     * csn, are numbered downwards from −1 and have an index of their own. The others of one origin mostly come in
     * runs, one behind the other: `run` names the first of each, instead of an index entry for every one.
     * feed_by_place ends in csn by itself, since csn is the rowid. */
    "CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK(one = 1), city INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " server_origin INTEGER NOT NULL, match_key BLOB NOT NULL);"
    "CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), csn INTEGER NOT NULL);"
    "INSERT INTO head(one, csn) VALUES(1, 0);"
    "CREATE TABLE origin(origin INTEGER PRIMARY KEY, high INTEGER NOT NULL, hash BLOB NOT NULL,"
    " last_contact_ms INTEGER NOT NULL, skew_ms INTEGER NOT NULL);"
    "CREATE TABLE changeset(key INTEGER PRIMARY KEY, origin INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " count INTEGER NOT NULL, hash BLOB NOT NULL, stamp INTEGER NOT NULL, corrected INTEGER NOT NULL,"
    " observed INTEGER NOT NULL, received_ms INTEGER NOT NULL, schema INTEGER NOT NULL, author BLOB,"
    " day INTEGER NOT NULL, base INTEGER NOT NULL, marks INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX changeset_apart ON changeset(origin, seq) WHERE key < 0;"
    "CREATE TABLE run(origin INTEGER NOT NULL, seq INTEGER NOT NULL, key INTEGER NOT NULL,"
    " PRIMARY KEY(origin, seq)) WITHOUT ROWID;"
    "CREATE TABLE bundle(origin INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY(origin, first, last));"
    "CREATE TABLE feed(csn INTEGER PRIMARY KEY, place INTEGER NOT NULL, tab INTEGER NOT NULL,"
    " rid INTEGER NOT NULL, moved INTEGER NOT NULL, unit INTEGER NOT NULL);"
    "CREATE INDEX feed_by_place ON feed(place);"
    "CREATE INDEX feed_left ON feed(tab, rid) WHERE moved = 1;"
    "CREATE TABLE place(place INTEGER PRIMARY KEY, count INTEGER NOT NULL, fingerprint INTEGER NOT NULL,"
    " last_csn INTEGER NOT NULL);"
    "CREATE TABLE unit(unit INTEGER PRIMARY KEY, count INTEGER NOT NULL, fingerprint INTEGER NOT NULL,"
    " last_csn INTEGER NOT NULL);"
    "CREATE TABLE holding(origin INTEGER NOT NULL, household BLOB NOT NULL, since_csn INTEGER NOT NULL,"
    " leaving_csn INTEGER NOT NULL, PRIMARY KEY(origin, household)) WITHOUT ROWID;"
    "CREATE TABLE ledger(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, reason INTEGER NOT NULL,"
    " to_verify INTEGER NOT NULL, tab INTEGER NOT NULL, col INTEGER NOT NULL,"
    " row BLOB NOT NULL, place INTEGER NOT NULL, value,"
    " loser_csn INTEGER NOT NULL, loser_origin INTEGER NOT NULL, loser_seq INTEGER NOT NULL,"
    " loser_stamp INTEGER NOT NULL, loser_observed INTEGER NOT NULL, loser_author BLOB,"
    " winner_csn INTEGER NOT NULL, winner_origin INTEGER NOT NULL, winner_seq INTEGER NOT NULL,"
    " winner_stamp INTEGER NOT NULL, winner_observed INTEGER NOT NULL, winner_author BLOB,"
    " decided_csn INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " decided INTEGER NOT NULL, decided_by TEXT, decided_why TEXT, decided_ms INTEGER NOT NULL);"
    "CREATE INDEX ledger_by_row ON ledger(tab, row);"
    "CREATE TABLE quarantine(origin INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL,"
    " why_zh TEXT NOT NULL, why_en TEXT NOT NULL, changeset BLOB NOT NULL, received_ms INTEGER NOT NULL,"
    " PRIMARY KEY(origin, seq)) WITHOUT ROWID;"
    "CREATE TABLE code(code BLOB PRIMARY KEY, expires_ms INTEGER NOT NULL, name TEXT NOT NULL,"
    " places BLOB NOT NULL, workers TEXT NOT NULL, assigned INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE device(origin INTEGER PRIMARY KEY, name TEXT NOT NULL, token BLOB NOT NULL,"
    " places BLOB NOT NULL, workers TEXT NOT NULL, enrolled_ms INTEGER NOT NULL, revoked_ms INTEGER NOT NULL,"
    " last_pull_ms INTEGER NOT NULL, pulled_csn INTEGER NOT NULL, assigned INTEGER NOT NULL);",
    /* 2: visits by author and month, and where a laptop counts otherwise. Nobody is the empty blob. */
    "CREATE TABLE tally(origin INTEGER NOT NULL, author BLOB NOT NULL, month INTEGER NOT NULL, count INTEGER NOT NULL,"
    " digest INTEGER NOT NULL, PRIMARY KEY(origin, author, month)) WITHOUT ROWID;"
    "CREATE TABLE tally_difference(origin INTEGER NOT NULL, author BLOB NOT NULL, month INTEGER NOT NULL,"
    " here_count INTEGER NOT NULL, here_digest INTEGER NOT NULL, there_count INTEGER NOT NULL,"
    " there_digest INTEGER NOT NULL, only_here BLOB, only_there BLOB, since_ms INTEGER NOT NULL,"
    " told_ms INTEGER NOT NULL, PRIMARY KEY(origin, author, month)) WITHOUT ROWID;",
    /* 3: the day up to which holdings follow what begins and ends by itself. */
    "CREATE TABLE scope_day(one INTEGER PRIMARY KEY CHECK(one = 1), day INTEGER NOT NULL);",
    /* 4: keys instead of a token. */
    "ALTER TABLE device RENAME COLUMN token TO sign;"
    "ALTER TABLE device ADD COLUMN box BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE device ADD COLUMN counter INTEGER NOT NULL DEFAULT 0;",
};
const char sqlite_row_indexes[] =
    "CREATE INDEX IF NOT EXISTS notice_by_ledger ON notice(ledger) WHERE ledger IS NOT NULL"
    ";CREATE INDEX IF NOT EXISTS assignment_by_household ON assignment(household)";
const int sqlite_migration_count = (int)(sizeof sqlite_migrations / sizeof sqlite_migrations[0]);
