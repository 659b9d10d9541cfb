/* pull: the state of the scope, page by page, and whether both sides now hold the same. Neighbours: apply writes,
 * wire decodes, reconcile.c mends. Invariant: the cursor moves only with the rows (apply.h); a difference is looked
 * into once a cursor, and costs a snapshot only if that did not mend, so that nothing loops. */
#include "apply.h"
#include "held.h"
#include "round.h"

enum { ARENA_MAX = 128 * 1024 * 1024 };
static const int64_t check_every_ms = INT64_C(20) * 3600 * 1000; /* about once a working day */

static int build_request(struct round *p, struct pull_request *q, struct err *err)
{
    int64_t cursor, epoch, snapshot;
    struct journal_head head;
    *q = (struct pull_request){.origin = p->h->origin, .schema = p->h->schema->version, .max_bytes = p->o.max_answer_bytes};
    int rc = home_meta_int(p->h, META_CURSOR, 0, &cursor, err);
    if (rc == 0) rc = home_meta_int(p->h, META_EPOCH, 0, &epoch, err);
    if (rc == 0) rc = home_meta_int(p->h, META_SNAPSHOT, SNAPSHOT_NONE, &snapshot, err);
    if (rc == 0) rc = journal_head(p->h, &head, err);
    if (rc == 0) q->head = head.seq;
    p->asked_csn = 0;
    if (rc || snapshot == SNAPSHOT_WANTED) return rc;
    q->epoch = (uint64_t)epoch;
    q->csn = p->asked_csn = (uint64_t)cursor;
    return home_held_digest(p->h, &q->scope, err);
}

static int ask(struct round *p, struct err *err)
{
    struct pull_request q;
    struct buf body;
    buf_init(&body, WIRE_MAX_PULL_REQUEST);
    int rc = build_request(p, &q, err);
    if (rc == 0 && pull_request_encode(&q, &body)) rc = err_nomem(err);
    struct send_request s = {.method = "POST", .path = "/v1/pull", .content_type = WIRE_TYPE_PULL, .body = body.data,
                             .body_len = body.len, .upload_offset = -1, .upload_length = -1};
    if (rc == 0) rc = round_request(p, &s, err);
    buf_free(&body);
    return rc;
}

static int read_answer(struct round *p, struct arena *arena, struct pull_answer *a, struct err *err)
{
    int rc = pull_answer_decode(p->answer.body.data, p->answer.body.len, arena, a, err);
    if (rc && rc != ERR_NOMEM) return err_where(err, ERR_PEER, "服务器的数据", "the server's answer");
    if (rc) return rc;
    if (!a->more || a->to > a->from) return 0;
    return err_set(err, ERR_PEER, "服务器说还有数据却没有给出", "the server says there is more and gives nothing");
}

/* What the server has of this log must be a part of it. If it has less than it once confirmed, it was restored
 * from a backup: the lost part is pushed before anything of its older state is shown here. */
int round_check_received(struct round *p, const struct pull_answer *a, bool *push_first, struct err *err)
{
    struct journal_head head;
    uint64_t known;
    *push_first = false;
    int rc = journal_head(p->h, &head, err);
    if (rc == 0) rc = journal_received(p->h, &known, err);
    if (rc) return rc;
    if (a->received > head.seq) return round_fork(head.seq + 1, err);
    if (a->received >= known) return 0;
    *push_first = true;
    rc = round_turn(p, err);
    return rc ? rc : journal_set_received(p->h, a->received, err);
}

static int want(struct round *p, enum home_snapshot state, const char *note, int64_t value, struct err *err)
{
    int rc = db_begin(p->h->db, err);
    if (rc) return rc;
    rc = home_meta_set_int(p->h, META_SNAPSHOT, state, err);
    if (rc == 0 && note) rc = home_meta_set_int(p->h, note, value, err);
    if (rc == 0) return db_commit(p->h->db, err);
    db_rollback(p->h->db);
    return rc;
}

/* The cursor was of another epoch or scope, and rows are here: most of them will be the same. */
static int compare_instead(struct round *p, enum step *next, struct err *err)
{
    *next = STEP_RECONCILE;
    int rc = round_turn(p, err);
    return rc ? rc : want(p, SNAPSHOT_MENDING, NULL, 0, err);
}

static int apply_page(struct round *p, const struct pull_answer *a, enum step *next, struct err *err)
{
    struct apply_report report;
    bool push_first;
    int rc = round_check_received(p, a, &push_first, err);
    *next = STEP_SEAL;
    if (rc || push_first) return rc;
    if (a->compare || (a->restart && p->asked_csn)) return compare_instead(p, next, err);
    rc = apply_answer(p->h, a, &report, err);
    if (rc) return rc;
    round_moved(p);
    p->r->pulled += report.rows + report.graves;
    p->agree = report.agree;
    if (p->o.progress) p->o.progress(p->o.progress_ctx, "下载", "pulling", p->r->pulled, 0);
    *next = a->more ? STEP_PULL : STEP_VERIFY;
    return 0;
}

int pull_page(struct round *p, enum step *next, struct err *err)
{
    struct pull_answer a;
    struct arena arena;
    int64_t state;
    int rc = home_meta_int(p->h, META_SNAPSHOT, SNAPSHOT_NONE, &state, err);
    *next = state == SNAPSHOT_MENDING ? STEP_RECONCILE : STEP_PULL;
    if (rc || state == SNAPSHOT_MENDING) return rc;
    rc = ask(p, err);
    if (rc) return round_retry(p, rc, err);
    if (p->answer.status != 200) return round_refused(p, err);
    arena_init(&arena, ARENA_MAX);
    rc = read_answer(p, &arena, &a, err);
    if (rc == 0) rc = apply_page(p, &a, next, err);
    arena_free(&arena);
    return rc;
}

/* Are the rows here still what they were when they were told? The sums are kept beside them and would not show it. */
static int check_rows(struct round *p, enum step *next, struct err *err)
{
    int64_t checked, now = p->h->env->now_ms(p->h->env->ctx);
    struct err why = {0};
    int rc = home_meta_int(p->h, META_CHECKED, 0, &checked, err);
    if (rc || p->compared || (now >= checked && now - checked < check_every_ms)) return rc;
    rc = apply_verify(p->h, NULL, &why);
    if (rc == 0) return home_meta_set_int(p->h, META_CHECKED, now, err);
    if (rc != ERR_CORRUPT) return err_words(err, rc, why.zh, why.en);
    *next = STEP_RECONCILE;
    return want(p, SNAPSHOT_MENDING, NULL, 0, err);
}

/* Sums that differ are a fault somewhere. First the rows are compared; if they differ after that, all are asked for
 * anew, over the same ones, and nothing here is wiped. What a snapshot does not mend, a second one will not either. */
int pull_verify(struct round *p, enum step *next, struct err *err)
{
    int64_t cursor, mended, renewed;
    p->r->pulled_all = true;
    *next = STEP_DONE;
    if (p->agree) return check_rows(p, next, err);
    int rc = home_meta_int(p->h, META_CURSOR, 0, &cursor, err);
    if (rc == 0) rc = home_meta_int(p->h, META_MENDED, -1, &mended, err);
    if (rc == 0) rc = home_meta_int(p->h, META_RENEWED, 0, &renewed, err);
    if (rc) return rc;
    if (mended != cursor && !p->compared) {
        *next = STEP_RECONCILE;
        return want(p, SNAPSHOT_MENDING, META_MENDED, cursor, err);
    }
    if (renewed) return 0;
    *next = STEP_PULL;
    return want(p, SNAPSHOT_WANTED, META_RENEWED, 1, err);
}
