/* structure: migrations of the laptop's own tables, in order, never edited once released. The synced tables are
 * not here: they follow from the schema (core/table).
 *
 *   meta        small facts, home.h
 *   journal     the log: canonical changesets, chained
 *   receipt     what the server has said: stored up to `high`
 *   quarantine  changesets that the server could not take, with its reason
 *   sealed      the one bundle that waits for its receipt
 *   overlay     cells that unreceived local changes wrote; col 0: the row was deleted here
 *   lost        own received values that the server does not show, or shows no more
 *   own         cells that the server shows as a local change wrote them: what a later pull may replace
 *   seen        what somebody here has looked at and let be: a row, and what it said then (its row hash)
 *   stranger    rows of tables that this program does not know yet: only their part of the scope's sums, and their csn
 *   tally       visits made here and received, by author and month; `agreed`: the server says the same
 *   tally_out   of what is tallied, the changesets that the server could not take
 *   tally_difference  where the server has others: what it says, and the numbers of its visits */
#include "structure.h"

const char *const home_migrations[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE journal(seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, stamp INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE receipt(high INTEGER PRIMARY KEY, received_ms INTEGER NOT NULL, csn INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL);"
    "CREATE TABLE quarantine(seq INTEGER PRIMARY KEY, why TEXT NOT NULL);"
    "CREATE TABLE sealed(one INTEGER PRIMARY KEY CHECK (one = 1), first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " digest BLOB NOT NULL, offset INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE TABLE overlay(tab INTEGER NOT NULL, row BLOB NOT NULL, col INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " value, removed, below, PRIMARY KEY (tab, row, col)) WITHOUT ROWID;"
    "CREATE TABLE stranger(tab INTEGER NOT NULL, row BLOB NOT NULL, hash INTEGER NOT NULL,"
    " PRIMARY KEY (tab, row)) WITHOUT ROWID;",
    "CREATE TABLE lost(id INTEGER PRIMARY KEY, tab INTEGER NOT NULL, row BLOB NOT NULL, col INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, csn INTEGER NOT NULL, at INTEGER NOT NULL, how INTEGER NOT NULL, seen INTEGER NOT NULL,"
    " mine, theirs, UNIQUE (tab, row, col, seq));"
    "CREATE TABLE own(tab INTEGER NOT NULL, row BLOB NOT NULL, col INTEGER NOT NULL, seq INTEGER NOT NULL, value, removed,"
    " PRIMARY KEY (tab, row, col)) WITHOUT ROWID;",
    "CREATE TABLE seen(tab INTEGER NOT NULL, row BLOB NOT NULL, hash INTEGER NOT NULL,"
    " PRIMARY KEY (tab, row)) WITHOUT ROWID;",
    "ALTER TABLE quarantine ADD COLUMN why_en TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE stranger ADD COLUMN csn INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE tally(author BLOB NOT NULL, month INTEGER NOT NULL, count INTEGER NOT NULL, digest INTEGER NOT NULL,"
    " agreed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (author, month)) WITHOUT ROWID;"
    "CREATE TABLE tally_out(seq INTEGER PRIMARY KEY);"
    "CREATE TABLE tally_difference(author BLOB NOT NULL, month INTEGER NOT NULL, count INTEGER NOT NULL,"
    " digest INTEGER NOT NULL, numbers BLOB NOT NULL, since_ms INTEGER NOT NULL, told INTEGER NOT NULL,"
    " PRIMARY KEY (author, month)) WITHOUT ROWID;",
};
const int home_migration_count = sizeof home_migrations / sizeof home_migrations[0];

static const char *const system_names[HOME_SYSTEM_COUNT] = {
    [HOME_SEQ] = "_seq",       [HOME_CSN] = "_csn",           [HOME_HASH] = "_hash",
    [HOME_AUTHOR] = "_author", [HOME_AUTHORED] = "_authored", [HOME_RECEIVED] = "_received",
};

static const char *const system_types[HOME_SYSTEM_COUNT] = {
    [HOME_SEQ] = "INTEGER",  [HOME_CSN] = "INTEGER NOT NULL DEFAULT 0", [HOME_HASH] = "INTEGER",
    [HOME_AUTHOR] = "BLOB",  [HOME_AUTHORED] = "INTEGER",               [HOME_RECEIVED] = "INTEGER",
};

const struct table_side home_side = {
    .system = system_names,
    .types = system_types,
    .count = HOME_SYSTEM_COUNT,
    .guard = true,
    /* None on parents: a household's rows come scattered, so that such an index made imports three times slower,
     * while scanning the few thousand rows of a laptop costs a millisecond or two. */
    .index_flags = COLUMN_KEY,
};
