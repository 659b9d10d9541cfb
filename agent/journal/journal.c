/* journal: the laptop's own log. Neighbours: capture appends, sync reads, receipt.c keeps the server's word.
 * Invariant: seq is dense from 1 and hash(n) follows from hash(n−1) and body(n); nothing here is ever updated. */
#include "journal.h"

#include "statements.h"

int journal_head(struct home *h, struct journal_head *head, struct err *err)
{
    sqlite3_stmt *st;
    *head = (struct journal_head){0};
    int rc = journal_statement(h, SQL_HEAD, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 0) chain_start(h->origin, &head->hash);
    if (rc == 1) {
        head->seq = (uint64_t)sqlite3_column_int64(st, 0);
        head->stamp = (uint64_t)sqlite3_column_int64(st, 1);
        rc = journal_digest(st, 2, &head->hash, err);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

static int insert(struct home *h, const struct journal_head *head, const struct buf *body, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_APPEND, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)head->seq);
    sqlite3_bind_blob(st, 2, head->hash.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, (int64_t)head->stamp);
    sqlite3_bind_blob64(st, 4, body->data, body->len, SQLITE_STATIC);
    return db_done(h->db, st, err);
}

int journal_append(struct home *h, struct journal_head *head, const struct changeset *cs, struct err *err)
{
    struct buf body;
    struct journal_head next = {.seq = cs->seq, .stamp = cs->stamp, .hash = head->hash};
    if (cs->seq != head->seq + 1 || cs->origin != h->origin)
        return err_set(err, ERR_REFUSED, "日志序号不连续：%llu 之后是 %llu", "the log's numbers do not follow: %llu, then %llu",
                       (unsigned long long)head->seq, (unsigned long long)cs->seq);
    buf_init(&body, 2 * CHANGE_MAX_BYTES);
    int rc = changeset_encode(cs, &body, err);
    if (rc == 0) {
        chain_next(&next.hash, body.data, body.len);
        rc = insert(h, &next, &body, err);
    }
    if (rc == 0) *head = next;
    buf_free(&body);
    return rc;
}

int journal_hash(struct home *h, uint64_t seq, struct digest *out, struct err *err)
{
    sqlite3_stmt *st;
    if (seq == 0) {
        chain_start(h->origin, out);
        return 0;
    }
    int rc = journal_statement(h, SQL_HASH, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)seq);
    rc = db_row(h->db, st, err);
    if (rc == 1) rc = journal_digest(st, 0, out, err);
    else if (rc == 0)
        rc = err_set(err, ERR_NOT_FOUND, "日志里没有第 %llu 条", "the log has no entry %llu", (unsigned long long)seq);
    sqlite3_reset(st);
    return rc;
}

static int read_one(struct home *h, sqlite3_stmt *st, uint64_t want, struct arena *arena, struct changeset *cs,
                    size_t *bytes, struct err *err)
{
    const void *body = sqlite3_column_blob(st, 1);
    size_t n = (size_t)sqlite3_column_bytes(st, 1);
    void *copy = arena_copy(arena, body, n);
    if (!copy) return err_nomem(err);
    int rc = changeset_decode(h->origin, copy, n, arena, cs, err);
    if (rc == 0 && (cs->seq != want || (uint64_t)sqlite3_column_int64(st, 0) != want))
        rc = err_set(err, ERR_CORRUPT, "序号不对", "its number is another one");
    *bytes += n;
    if (rc) return err_where(err, rc, "日志第 %llu 条", "log entry %llu", (unsigned long long)want);
    return 0;
}

int journal_read(struct home *h, uint64_t first, size_t count, size_t max_bytes, struct arena *arena,
                 struct changeset **list, size_t *got, struct err *err)
{
    sqlite3_stmt *st;
    size_t bytes = 0;
    *got = 0;
    *list = arena_array(arena, count, sizeof **list);
    if (!*list) return err_nomem(err);
    int rc = journal_statement(h, SQL_READ, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)first);
    sqlite3_bind_int64(st, 2, (int64_t)count);
    while ((rc = db_row(h->db, st, err)) == 1) {
        size_t n = (size_t)sqlite3_column_bytes(st, 1);
        if (*got && bytes + n > max_bytes) break;
        rc = read_one(h, st, first + *got, arena, *list + *got, &bytes, err);
        if (rc) break;
        (*got)++;
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}
