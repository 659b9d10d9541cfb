/* statements: all SQL of the journal. Numbers that use 64 bits are stored as the int64 of the same bits; seq, csn
 * and stamps stay below 2^63 and compare as they are. */
#include "statements.h"

#include <string.h>

static const char *const journal_sql[SQL_JOURNAL_COUNT] = {
    [SQL_HEAD] = "SELECT seq, stamp, hash FROM journal ORDER BY seq DESC LIMIT 1",
    [SQL_APPEND] = "INSERT INTO journal(seq, hash, stamp, body) VALUES(?1, ?2, ?3, ?4)",
    [SQL_HASH] = "SELECT hash FROM journal WHERE seq = ?1",
    [SQL_READ] = "SELECT seq, body FROM journal WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
    [SQL_WALK] = "SELECT seq, hash, stamp, body FROM journal ORDER BY seq",

    [SQL_RECEIVED] = "SELECT max(high) FROM receipt",
    [SQL_RECEIPT_ADD] = "INSERT INTO receipt(high, received_ms, csn, epoch) VALUES(?1, ?2, ?3, ?4)"
                        " ON CONFLICT(high) DO NOTHING",
    [SQL_RECEIPT_COVER] = "INSERT INTO receipt(high, received_ms, csn, epoch)"
                          " SELECT ?1, received_ms, csn, epoch FROM receipt WHERE high >= ?1 ORDER BY high LIMIT 1"
                          " ON CONFLICT(high) DO NOTHING",
    [SQL_RECEIPT_CUT] = "DELETE FROM receipt WHERE high > ?1",
    [SQL_RECEIPT_OF] = "SELECT received_ms FROM receipt WHERE high >= ?1 ORDER BY high LIMIT 1",

    [SQL_QUARANTINE_ADD] = "INSERT OR REPLACE INTO quarantine(seq, why, why_en) VALUES(?1, ?2, ?3)",
    [SQL_QUARANTINE_NUMBER] = "INSERT OR IGNORE INTO quarantine(seq, why, why_en) VALUES(?1, '', '')",
    [SQL_QUARANTINE_CLEAR] = "DELETE FROM quarantine WHERE seq > ?1 AND seq < ?2",
    [SQL_QUARANTINE_CUT] = "DELETE FROM quarantine WHERE seq > ?1",
    [SQL_QUARANTINE_OF] = "SELECT why, why_en FROM quarantine WHERE seq = ?1",
    [SQL_QUARANTINE_COUNT] = "SELECT count(*) FROM quarantine",

    [SQL_SEALED_GET] = "SELECT first, last, digest, offset, bytes FROM sealed",
    [SQL_SEALED_PUT] = "INSERT OR REPLACE INTO sealed(one, first, last, digest, offset, bytes)"
                       " VALUES(1, ?1, ?2, ?3, ?4, ?5)",
    [SQL_SEALED_DROP] = "DELETE FROM sealed",
    [SQL_SEALED_SETTLE] = "DELETE FROM sealed WHERE last <= ?1 OR first > ?1 + 1",

    [SQL_OVERLAY_PUT] = "INSERT OR REPLACE INTO overlay(tab, row, col, seq, value, removed, below)"
                        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_OVERLAY_DROP] = "DELETE FROM overlay WHERE tab = ?1 AND row = ?2 AND col = ?3",
    [SQL_OVERLAY_DROP_ROW] = "DELETE FROM overlay WHERE tab = ?1 AND row = ?2",
    [SQL_OVERLAY_ROW] = "SELECT col, seq, value, removed, below, seq IN (SELECT seq FROM quarantine)"
                        " FROM overlay WHERE tab = ?1 AND row = ?2 ORDER BY col",
    [SQL_OVERLAY_ONE] = "SELECT col, seq, value, removed, below, 0"
                        " FROM overlay WHERE tab = ?1 AND row = ?2 AND col = ?3",
    [SQL_OVERLAY_ARRIVED] = "SELECT DISTINCT tab, row FROM overlay WHERE (tab, row) > (?1, ?2) AND seq <= ?3"
                            " ORDER BY tab, row LIMIT ?4",
    [SQL_OVERLAY_ANY] = "SELECT EXISTS(SELECT 1 FROM overlay)",
    [SQL_OVERLAY_DELETED] = "SELECT tab, row, value, below FROM overlay WHERE col = 0 AND below IS NOT NULL",
    [SQL_OVERLAY_UNTELL] = "UPDATE overlay SET value = NULL, below = NULL WHERE col = 0",

    [SQL_LOST_ADD] = "INSERT INTO lost(tab, row, col, seq, csn, at, how, seen, mine, theirs)"
                     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9) ON CONFLICT(tab, row, col, seq) DO NOTHING",
    [SQL_LOST_NEXT] = "SELECT id, tab, row, col, seq, csn, at, how, seen, mine, theirs FROM lost"
                      " WHERE id > ?1 ORDER BY id LIMIT 1",
    [SQL_LOST_SEEN] = "UPDATE lost SET seen = 1 WHERE seen = 0",
    [SQL_OWN_PUT] = "INSERT OR REPLACE INTO own(tab, row, col, seq, value, removed) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_OWN_DROP] = "DELETE FROM own WHERE tab = ?1 AND row = ?2 AND col = ?3",
    [SQL_OWN_ROW] = "SELECT col, seq, value, removed FROM own WHERE tab = ?1 AND row = ?2 ORDER BY col",
    [SQL_QUARANTINE_NEXT] = "SELECT seq, why, why_en FROM quarantine WHERE seq > ?1 ORDER BY seq LIMIT 1",

    [SQL_TALLY_GET] = "SELECT count, digest FROM tally WHERE author = ?1 AND month = ?2",
    [SQL_TALLY_PUT] = "INSERT OR REPLACE INTO tally(author, month, count, digest, agreed) VALUES(?1, ?2, ?3, ?4, 0)",
    [SQL_TALLY_OPEN] = "SELECT author, month, t.count, t.digest, d.told FROM tally t"
                       " LEFT JOIN tally_difference d USING (author, month) WHERE t.agreed = 0"
                       " ORDER BY month DESC, author LIMIT ?1",
    [SQL_TALLY_AGREE] = "UPDATE tally SET agreed = 1 WHERE author = ?1 AND month = ?2",
    [SQL_TALLY_OUT_ADD] = "INSERT OR IGNORE INTO tally_out(seq) VALUES(?1)",
    [SQL_TALLY_OUT_DROP] = "DELETE FROM tally_out WHERE seq = ?1",
    [SQL_TALLY_OUT_NEXT] = "SELECT seq, 0 FROM quarantine WHERE seq <= ?1 AND seq NOT IN (SELECT seq FROM tally_out)"
                           " UNION ALL SELECT seq, 1 FROM tally_out WHERE seq NOT IN (SELECT seq FROM quarantine) LIMIT 1",
    [SQL_DIFFERENCE_PUT] = "INSERT INTO tally_difference(author, month, count, digest, told, since_ms, numbers)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET count = ?3, digest = ?4,"
                           " told = ?5, numbers = ?7",
    [SQL_DIFFERENCE_KEEP] = "INSERT INTO tally_difference(author, month, count, digest, told, since_ms, numbers)"
                            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, x'') ON CONFLICT DO UPDATE SET count = ?3, digest = ?4,"
                            " told = ?5",
    [SQL_DIFFERENCE_UNTELL] = "UPDATE tally_difference SET told = 0 WHERE author = ?1 AND month = ?2",
    [SQL_DIFFERENCE_DROP] = "DELETE FROM tally_difference WHERE author = ?1 AND month = ?2",
    [SQL_DIFFERENCE_NEXT] = "SELECT author, month, coalesce(t.count, 0), d.count, d.since_ms, d.numbers"
                            " FROM tally_difference d LEFT JOIN tally t USING (author, month)"
                            " WHERE month < ?2 OR (month = ?2 AND author > ?1) ORDER BY month DESC, author LIMIT 1",
    [SQL_DIFFERENCE_COUNT] = "SELECT count(*) FROM tally_difference",
};

int journal_statement(struct home *h, enum journal_sql which, sqlite3_stmt **st, struct err *err)
{
    return home_statement(h, HOME_SQL_JOURNAL, journal_sql, SQL_JOURNAL_COUNT, which, st, err);
}

int journal_digest(sqlite3_stmt *st, int column, struct digest *out, struct err *err)
{
    const void *bytes = sqlite3_column_blob(st, column);
    if (!bytes || sqlite3_column_bytes(st, column) != DIGEST_BYTES)
        return err_set(err, ERR_CORRUPT, "日志里的摘要长度不对", "a digest in the log has a wrong length");
    memcpy(out->bytes, bytes, DIGEST_BYTES);
    return 0;
}

int journal_end(struct home *h, int rc, struct err *err)
{
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    return rc;
}
