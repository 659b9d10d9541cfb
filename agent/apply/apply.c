/* apply: one pull answer, one transaction. Neighbours: row.c (a row), scope.c (cursor, sums, snapshots), journal
 * (overlay). Invariant: rows, overlay, cursor and sums move together or not at all; a snapshot that was cut between
 * two pages goes on at the next one, because META_SNAPSHOT is in the same transaction. */
#include "apply.h"

#include "applying.h"

enum { ARENA_MAX = 8 * 1024 * 1024, SETTLE_BATCH = 64 };

/* An answer to another question would skip rows or move the cursor back. */
static int check_place(struct home *h, const struct pull_answer *a, struct err *err)
{
    int64_t cursor, epoch;
    int rc = home_meta_int(h, META_CURSOR, 0, &cursor, err);
    if (rc == 0) rc = home_meta_int(h, META_EPOCH, 0, &epoch, err);
    if (rc) return rc;
    bool follows = a->from == (uint64_t)cursor && (epoch == 0 || (uint64_t)epoch == a->epoch);
    if (a->to >= a->from && (a->restart || follows)) return 0;
    return err_set(err, ERR_PEER, "服务器的数据接不上（本机到 %lld，收到 %llu–%llu）：请再同步一次",
                   "the server's answer does not follow (here up to %lld, received %llu–%llu): sync again",
                   (long long)cursor, (unsigned long long)a->from, (unsigned long long)a->to);
}

/* After the last page the server has said all it has to say about the changes it received: what is still in the
 * overlay for them changed nothing there, or is in quarantine. */
static int settle(struct applying *p, struct err *err)
{
    struct overlay_row list[SETTLE_BATCH], after = {0};
    size_t count = 0;
    int rc = 0;
    if (!p->overlay) return 0;
    do {
        rc = journal_overlay_arrived(p->h, p->a->received, after, list, SETTLE_BATCH, &count, err);
        if (count) after = list[count - 1];
        for (size_t i = 0; i < count && rc == 0; i++)
            rc = row_settle(p, &list[i], err);
    } while (rc == 0 && count > 0);
    return rc;
}

static int apply_all(struct applying *p, struct err *err)
{
    int rc = check_place(p->h, p->a, err);
    if (rc == 0) rc = journal_overlay_any(p->h, &p->overlay, err);
    if (rc == 0) rc = scope_load(p, err);
    if (rc == 0 && p->a->restart) rc = scope_begin_snapshot(p, err);
    if (rc == 0) rc = journal_quarantine_told(p->h, p->a, err); /* first: the rows must know what waits */
    for (size_t i = 0; i < p->a->row_count && rc == 0; i++)
        rc = row_apply(p, &p->a->rows[i], err);
    if (rc == 0 && !p->a->more) rc = settle(p, err);
    if (rc == 0 && !p->a->more) rc = scope_end_snapshot(p, err);
    return rc ? rc : scope_save(p, err);
}

int apply_answer(struct home *h, const struct pull_answer *a, struct apply_report *report, struct err *err)
{
    struct applying p = {.h = h, .a = a, .report = report};
    *report = (struct apply_report){0};
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    arena_init(&p.arena, ARENA_MAX);
    db_guard(h->db, true);
    rc = apply_all(&p, err);
    if (rc == 0) rc = db_commit(h->db, err);
    else db_rollback(h->db);
    db_guard(h->db, false);
    arena_free(&p.arena);
    return rc;
}
