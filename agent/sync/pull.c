/* pull: the state of the scope, page by page, and whether both sides now hold the same. Neighbours: apply writes,
 * wire decodes, reconcile.c mends. Invariant: the cursor moves only with the rows (apply.h); a difference is looked
 * into once a cursor, and costs a snapshot only if that did not mend, so that nothing loops. */
#include "apply.h"
#include "held.h"
#include "round.h"

enum { ARENA_MAX = 128 * 1024 * 1024, REQUEST_ARENA = 1024 * 1024, TALLY_PULLS = 2 };
static const int64_t check_every_ms = INT64_C(20) * 3600 * 1000; /* about once a working day */

/* Tallies of visits that the server has not agreed with yet; usually those of what was just pushed. */
static int add_tallies(struct round *p, struct arena *arena, struct pull_request *q, struct err *err)
{
    int rc = journal_tally_refresh(p->h, err);
    if (rc == 0) rc = journal_tally_open(p->h, arena, p->tallies, &p->tally_count, &q->tallied, err);
    if (rc == ERR_CORRUPT) p->tally_count = 0; /* a damaged log: verify says so, and rows come all the same */
    q->tallies = p->tallies;
    q->tally_count = p->tally_count;
    return rc == ERR_CORRUPT ? 0 : rc;
}

static int build_request(struct round *p, struct arena *arena, struct pull_request *q, struct err *err)
{
    int64_t cursor, epoch, snapshot;
    struct journal_head head;
    *q = (struct pull_request){.origin = p->h->origin, .schema = p->h->schema->version, .max_bytes = p->o.max_answer_bytes};
    int rc = home_meta_int(p->h, META_CURSOR, 0, &cursor, err);
    if (rc == 0) rc = home_meta_int(p->h, META_EPOCH, 0, &epoch, err);
    if (rc == 0) rc = home_meta_int(p->h, META_SNAPSHOT, SNAPSHOT_NONE, &snapshot, err);
    if (rc == 0) rc = journal_head(p->h, &head, err);
    if (rc == 0) q->head = head.seq;
    if (rc == 0) rc = add_tallies(p, arena, q, err);
    p->asked_csn = 0;
    if (rc || snapshot == SNAPSHOT_WANTED) return rc;
    q->epoch = (uint64_t)epoch;
    q->csn = p->asked_csn = (uint64_t)cursor;
    return home_held_digest(p->h, &q->scope, err);
}

static int ask(struct round *p, struct err *err)
{
    struct pull_request q;
    struct arena arena;
    struct buf body;
    arena_init(&arena, REQUEST_ARENA);
    buf_init(&body, WIRE_MAX_PULL_REQUEST);
    int rc = build_request(p, &arena, &q, err);
    if (rc == 0 && pull_request_encode(&q, &body)) rc = err_nomem(err);
    struct send_request s = {.method = "POST", .path = "/v1/pull", .content_type = WIRE_TYPE_PULL, .body = body.data,
                             .body_len = body.len, .upload_offset = -1, .upload_length = -1};
    if (rc == 0) rc = round_request(p, &s, err);
    buf_free(&body);
    arena_free(&arena);
    for (size_t i = 0; i < p->tally_count; i++)
        p->tallies[i].numbers = NULL; /* were in the arena; that they were told, number_count still says */
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

/* After the quarantine list of the same answer: what it took out or let in is no difference. */
static int follow_tallies(struct round *p, const struct pull_answer *a, struct err *err)
{
    p->tally_again = false;
    if (!a->tallied) return 0;
    int rc = journal_tally_refresh(p->h, err);
    if (rc == 0)
        rc = journal_tally_follow(p->h, p->tallies, p->tally_count, a->tallies, a->tally_count, a->server_ms, &p->tally_again, err);
    return rc == ERR_CORRUPT ? 0 : rc;
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
    if (!a->more) rc = follow_tallies(p, a, err);
    if (rc) return rc;
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
    if (p->tally_again && p->tally_pulls++ < TALLY_PULLS) {
        *next = STEP_PULL;
        return 0;
    }
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
