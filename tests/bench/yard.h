/* yard: the yardsticks. The same visits in SQLite and nothing else: one table with the columns of core/schema's
 * visit, a 16-byte id, author and time, WAL and synchronous=FULL as the laptop has, one prepared INSERT.
 *
 *   yard_insert.c    that table: bare inserts
 *   yard_session.c   SQLite's session extension on it: changesets, zlib −9, and applying them elsewhere
 *   yard_http.c      the same changesets as a plain HTTP post, to a receiver that applies what it is sent
 *
 * They keep no history, merge nothing, check nothing; sqlite3changeset_apply must only be given trusted bytes. */
#ifndef ZHUCUN_BENCH_YARD_H
#define ZHUCUN_BENCH_YARD_H

#include <sqlite3.h>

#include "zhucun/buf.h"
#include "zhucun/change.h"

struct yard {
    sqlite3 *db;
    sqlite3_stmt *insert;
    sqlite3_session *session; /* NULL: none is recording */
};
void yard_open(struct yard *y, const char *path);
void yard_close(struct yard *y);
void yard_begin(struct yard *y);
void yard_commit(struct yard *y);
/* The visit as a row under this id. Outside begin and commit it is a transaction of its own. */
void yard_put(struct yard *y, struct row_id id, const struct changeset *visit);
size_t yard_count(struct yard *y);

void yard_record(struct yard *y);                       /* starts a session; ended by yard_changeset */
void yard_changeset(struct yard *y, struct buf *out);   /* appends what was recorded, zlib −9, a zlib stream */
void yard_apply(struct yard *y, const void *bytes, size_t n); /* such a stream, in one transaction */

struct yard_receiver;
struct yard_receiver *yard_receive(struct yard *y);     /* listens on loopback, applies each post to y */
void yard_receiver_close(struct yard_receiver *r);
struct yard_sender;
struct yard_sender *yard_sender(const struct yard_receiver *r); /* one connection, kept alive */
void yard_send(struct yard_sender *s, const struct buf *body);  /* returns when it is applied */
void yard_sender_close(struct yard_sender *s);

#endif
