/* verify: walks the whole log and names the first entry that does not follow from the one before. */
#include "journal.h"

#include "statements.h"

static int bad(uint64_t seq, const char *zh, const char *en, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "日志第 %llu 条不对（%.40s%.0s）：请不要改动文件夹，联系主管，并运行 zhucun doctor",
                   "log entry %llu is wrong (%.0s%.80s): leave the folder as it is, tell your supervisor, run zhucun doctor",
                   (unsigned long long)seq, zh, en);
}

static int check(struct home *h, sqlite3_stmt *st, struct journal_head *before, struct arena *arena, struct err *err)
{
    struct changeset cs;
    struct digest stored;
    const void *body = sqlite3_column_blob(st, 3);
    size_t n = (size_t)sqlite3_column_bytes(st, 3);
    uint64_t seq = before->seq + 1;
    if ((uint64_t)sqlite3_column_int64(st, 0) != seq) return bad(seq, "缺少一条", "an entry is missing", err);
    chain_next(&before->hash, body, n);
    if (journal_digest(st, 1, &stored, NULL) || !digest_equal(&stored, &before->hash))
        return bad(seq, "哈希不相连", "the hash does not follow", err);
    arena_reset(arena);
    int rc = changeset_decode(h->origin, body, n, arena, &cs, NULL);
    if (rc == ERR_NOMEM) return err_nomem(err);
    if (rc || cs.seq != seq || cs.stamp != (uint64_t)sqlite3_column_int64(st, 2))
        return bad(seq, "内容损坏", "its bytes are damaged", err);
    before->seq = seq;
    return 0;
}

/* A log whose end was cut off is whole in itself: only the server's word tells. */
static int check_end(struct home *h, uint64_t last, struct err *err)
{
    uint64_t high;
    int rc = journal_received(h, &high, err);
    if (rc == 0 && high > last) rc = bad(last + 1, "日志的末尾不见了", "the end of the log is gone", err);
    return rc;
}

int journal_verify(struct home *h, uint64_t *checked, struct err *err)
{
    struct journal_head head = {0};
    struct arena arena;
    sqlite3_stmt *st;
    chain_start(h->origin, &head.hash);
    int rc = journal_statement(h, SQL_WALK, &st, err);
    if (rc) return rc;
    arena_init(&arena, 16 * CHANGE_MAX_BYTES);
    while ((rc = db_row(h->db, st, err)) == 1)
        if ((rc = check(h, st, &head, &arena, err))) break;
    sqlite3_reset(st);
    arena_free(&arena);
    if (rc == 0) rc = check_end(h, head.seq, err);
    if (checked) *checked = head.seq;
    return rc;
}
