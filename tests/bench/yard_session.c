/* yard_session: SQLite's own change capture, compressed the usual way. See yard.h. */
#include <stdlib.h>
#include <zlib.h>

#include "measure.h"
#include "yard.h"

enum { LEVEL = 9, MAX_PLAIN = 64 * 1024 * 1024 };

void yard_record(struct yard *y)
{
    if (sqlite3session_create(y->db, "main", &y->session) != SQLITE_OK ||
        sqlite3session_attach(y->session, "visit") != SQLITE_OK)
        die("the session extension does not record", NULL);
}

void yard_changeset(struct yard *y, struct buf *out)
{
    void *plain = NULL;
    int n = 0;
    if (sqlite3session_changeset(y->session, &n, &plain) != SQLITE_OK || n <= 0) die("no changeset", NULL);
    uLongf room = compressBound((uLong)n);
    uint8_t *to = buf_reserve(out, room);
    if (!to || compress2(to, &room, plain, (uLong)n, LEVEL) != Z_OK) die("zlib", NULL);
    out->len += room;
    sqlite3_free(plain);
    sqlite3session_delete(y->session);
    y->session = NULL;
}

static int on_conflict(void *ctx, int kind, sqlite3_changeset_iter *at)
{
    (void)ctx, (void)kind, (void)at;
    return SQLITE_CHANGESET_ABORT;
}

void yard_apply(struct yard *y, const void *bytes, size_t n)
{
    uint8_t *plain = must_alloc(1, MAX_PLAIN);
    uLongf len = MAX_PLAIN;
    if (uncompress(plain, &len, bytes, (uLong)n) != Z_OK) die("zlib", NULL);
    if (sqlite3changeset_apply(y->db, (int)len, plain, NULL, on_conflict, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(y->db), NULL);
    free(plain);
}
