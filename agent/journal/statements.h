/* statements: all SQL of the journal, and how its files ask for it. */
#ifndef ZHUCUN_JOURNAL_STATEMENTS_H
#define ZHUCUN_JOURNAL_STATEMENTS_H

#include "home.h"
#include "zhucun/seal.h"

enum journal_sql {
    SQL_HEAD, SQL_APPEND, SQL_HASH, SQL_READ, SQL_WALK,
    SQL_RECEIVED, SQL_RECEIPT_ADD, SQL_RECEIPT_COVER, SQL_RECEIPT_CUT, SQL_RECEIPT_OF,
    SQL_QUARANTINE_ADD, SQL_QUARANTINE_NUMBER, SQL_QUARANTINE_CLEAR, SQL_QUARANTINE_CUT, SQL_QUARANTINE_OF, SQL_QUARANTINE_COUNT,
    SQL_SEALED_GET, SQL_SEALED_PUT, SQL_SEALED_DROP, SQL_SEALED_SETTLE,
    SQL_OVERLAY_PUT, SQL_OVERLAY_DROP, SQL_OVERLAY_DROP_ROW, SQL_OVERLAY_ROW, SQL_OVERLAY_ONE, SQL_OVERLAY_ARRIVED,
    SQL_OVERLAY_ANY, SQL_OVERLAY_DELETED, SQL_OVERLAY_UNTELL,
    SQL_LOST_ADD, SQL_LOST_NEXT, SQL_LOST_SEEN, SQL_OWN_PUT, SQL_OWN_DROP, SQL_OWN_ROW, SQL_QUARANTINE_NEXT,
    SQL_TALLY_GET, SQL_TALLY_PUT, SQL_TALLY_OPEN, SQL_TALLY_AGREE, SQL_TALLY_OUT_ADD, SQL_TALLY_OUT_DROP, SQL_TALLY_OUT_NEXT,
    SQL_DIFFERENCE_PUT, SQL_DIFFERENCE_KEEP, SQL_DIFFERENCE_UNTELL, SQL_DIFFERENCE_DROP, SQL_DIFFERENCE_NEXT,
    SQL_DIFFERENCE_COUNT,
    SQL_JOURNAL_COUNT
};
int journal_statement(struct home *h, enum journal_sql which, sqlite3_stmt **st, struct err *err);
/* A digest in a column; ERR_CORRUPT when it is none. */
int journal_digest(sqlite3_stmt *st, int column, struct digest *out, struct err *err);
/* Runs a statement whose only parameter is a seq. */
int journal_run_seq(struct home *h, enum journal_sql which, uint64_t seq, struct err *err);
/* tally.c, for differ.c: row numbers of what is tallied, ascending, at most `room`. */
int journal_tally_numbers(struct home *h, struct row_id author, int month, uint64_t *numbers, size_t room, size_t *count,
                          struct err *err);
/* Ends a transaction: commits when rc is 0, else rolls back and gives rc on. */
int journal_end(struct home *h, int rc, struct err *err);

#endif
