/* reconcile: which rows differ from the server's, found by ranges of csn that are halved, so to speak, until they are
 * short enough to be listed; then only those rows come. Neighbours: apply/mend.h lists and applies, wire decodes, pull.c
 * sends here and goes on afterwards. Invariant: a range is asked again only as something smaller, or from further on;
 * so it ends. The server keeps nothing of it, and a cut round begins again. */
#include "zhucun/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "mend.h"
#include "round.h"

enum {
    LISTED_ROWS = 64,   /* a range of so many rows or fewer is listed */
    FIRST_RANGES = 256,
    PART_RANGES = 64,
    ARENA_MAX = 128 * 1024 * 1024
};

struct span {           /* csns (from, to], and which of mend.rows lie in it */
    uint64_t from, to;
    size_t first, count;
    bool listed;        /* row by row; else by count and sum */
};
struct spans {
    struct span *list;
    size_t count, cap;
};
struct comparing {
    struct mend mend;
    struct spans todo;  /* ascending, disjoint */
    size_t asked;       /* of these, in the request under way */
    uint64_t at;        /* 0: not told yet */
    struct pull_answer last; /* its numbers, without rows and scope */
};

/* ---- ranges ---- */

static int add(struct spans *s, struct span span, struct err *err)
{
    if (s->count == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : FIRST_RANGES;
        struct span *list = realloc(s->list, cap * sizeof *list);
        if (!list) return err_nomem(err);
        s->list = list;
        s->cap = cap;
    }
    s->list[s->count++] = span;
    return 0;
}

/* Into parts of equal row counts; each ends at its last row, the last one where the whole ends. What is short and known
 * to differ is listed; so is what is too short for a sum to spare anything. */
static int cut(struct spans *s, const struct mend *m, struct span whole, size_t most, struct err *err)
{
    size_t parts = (whole.count + LISTED_ROWS - 1) / LISTED_ROWS, done = 0;
    uint64_t from = whole.from;
    int rc = 0;
    if (parts > most) parts = most;
    if (parts == 0) parts = 1;
    for (size_t i = 0; i < parts && rc == 0; i++) {
        size_t end = whole.count * (i + 1) / parts;
        uint64_t to = i + 1 == parts ? whole.to : m->rows[whole.first + end - 1].csn;
        bool listed = parts == 1 && whole.count <= LISTED_ROWS;
        rc = add(s, (struct span){from, to, whole.first + done, end - done, listed}, err);
        from = to;
        done = end;
    }
    return rc;
}

/* What of a span lies above `upto`. */
static struct span above(const struct mend *m, struct span s, uint64_t upto)
{
    while (s.count && m->rows[s.first].csn <= upto) {
        s.first++;
        s.count--;
    }
    s.from = upto;
    return s;
}

/* ---- the request ---- */

static int fill_range(const struct mend *m, const struct span *s, struct arena *arena, struct reconcile_range *r, struct err *err)
{
    *r = (struct reconcile_range){.from = s->from, .to = s->to, .listed = s->listed, .count = s->count};
    if (r->listed) r->rows = arena_array(arena, s->count + 1, sizeof *r->rows);
    if (r->listed && !r->rows) return err_nomem(err);
    for (size_t i = 0; i < s->count; i++) {
        const struct mend_row *row = &m->rows[s->first + i];
        if (r->listed) r->rows[i] = (struct reconcile_row){row->csn, (uint32_t)(row->hash >> 32)};
        else r->sum += row->hash;
    }
    return 0;
}

static int fill_ranges(struct comparing *c, struct arena *arena, struct reconcile_request *q, struct err *err)
{
    size_t listed = 0;
    int rc = 0;
    q->ranges = arena_array(arena, RECONCILE_MAX_RANGES, sizeof *q->ranges);
    if (!q->ranges) return err_nomem(err);
    for (c->asked = 0; rc == 0 && c->asked < c->todo.count && c->asked < RECONCILE_MAX_RANGES; c->asked++) {
        const struct span *s = &c->todo.list[c->asked];
        listed += s->listed ? s->count : 0;
        if (listed > RECONCILE_MAX_LISTED) break;
        rc = fill_range(&c->mend, s, arena, &q->ranges[c->asked], err);
    }
    q->range_count = c->asked;
    return rc;
}

static int build(struct round *p, struct arena *arena, struct buf *body, struct err *err)
{
    struct reconcile_request q = {.origin = p->h->origin, .schema = p->h->schema->version, .at = p->comparing->at,
                                  .max_bytes = p->o.max_answer_bytes};
    struct journal_head head = {0};
    int64_t epoch = 0, cursor = 0;
    int rc = home_meta_int(p->h, META_EPOCH, 0, &epoch, err);
    if (rc == 0) rc = home_meta_int(p->h, META_CURSOR, 0, &cursor, err);
    if (rc == 0) rc = home_held_digest(p->h, &q.scope, err);
    if (rc == 0) rc = journal_head(p->h, &head, err);
    q.epoch = (uint64_t)epoch;
    q.csn = (uint64_t)cursor;
    q.head = head.seq;
    if (rc == 0) rc = fill_ranges(p->comparing, arena, &q, err);
    return rc ? rc : reconcile_request_encode(&q, body, err);
}

static int ask(struct round *p, struct err *err)
{
    struct arena arena;
    struct buf body;
    arena_init(&arena, ARENA_MAX);
    buf_init(&body, RECONCILE_MAX_REQUEST);
    int rc = build(p, &arena, &body, err);
    struct send_request s = {.method = "POST", .path = "/v1/reconcile", .content_type = WIRE_TYPE_RECONCILE,
                             .body = body.data, .body_len = body.len, .upload_offset = -1, .upload_length = -1};
    if (rc == 0) rc = round_request(p, &s, err);
    buf_free(&body);
    arena_free(&arena);
    return rc;
}

/* ---- the answer ---- */

static int nonsense(struct err *err)
{
    return err_set(err, ERR_PEER, "服务器的核对回答与所问的不符：数据都在本机，请稍后再同步",
                   "the server's answer does not fit what was compared: everything is kept here, sync again later");
}

/* One range's verdict: what of it is left to ask. *moved: it got further. */
static int follow(struct comparing *c, const struct span *s, int verdict, uint64_t upto, struct spans *left, bool *moved,
                  struct err *err)
{
    bool listed = s->listed;
    *moved = *moved || verdict != RECONCILE_LATER || (listed && upto > s->from);
    switch (verdict) {
    case RECONCILE_SPLIT: return listed ? nonsense(err) : cut(left, &c->mend, *s, PART_RANGES, err);
    case RECONCILE_RESOLVED: return listed ? 0 : nonsense(err);
    case RECONCILE_LATER: return add(left, listed && upto > s->from ? above(&c->mend, *s, upto) : *s, err);
    default: return 0;
    }
}

static int follow_all(struct comparing *c, const struct reconcile_answer *a, struct err *err)
{
    struct spans left = {0};
    bool moved = false;
    int rc = a->range_count == c->asked ? 0 : nonsense(err);
    for (size_t i = 0; i < a->gone_count && rc == 0; i++)
        if (!mend_gone(&c->mend, a->gone[i])) rc = nonsense(err);
    for (size_t i = 0; i < c->asked && rc == 0; i++) {
        const struct span *s = &c->todo.list[i];
        if (a->upto >= s->to && a->verdicts[i] == RECONCILE_LATER) rc = nonsense(err);
        else rc = follow(c, s, a->verdicts[i], a->upto, &left, &moved, err);
    }
    for (size_t i = c->asked; i < c->todo.count && rc == 0; i++)
        rc = add(&left, c->todo.list[i], err);
    if (rc == 0 && !moved) rc = nonsense(err);
    free(c->todo.list);
    c->todo = left;
    return rc;
}

static int take_rows(struct round *p, const struct reconcile_answer *a, struct err *err)
{
    struct comparing *c = p->comparing;
    struct apply_report report;
    if (a->told.row_count == 0 && c->at) return 0; /* nothing new to write */
    int rc = mend_apply(p->h, &c->mend, &a->told, &report, err);
    if (rc) return rc;
    p->r->pulled += report.rows;
    p->r->mended += report.rows;
    return 0;
}

static int take(struct round *p, const struct reconcile_answer *a, struct err *err)
{
    struct comparing *c = p->comparing;
    if (c->at && a->told.to != c->at) return nonsense(err);
    int rc = take_rows(p, a, err);
    if (rc == 0) rc = follow_all(c, a, err);
    if (rc) return rc;
    c->at = a->told.to;
    c->last = (struct pull_answer){.epoch = a->told.epoch, .to = a->told.to, .received = a->told.received, .server_ms = a->told.server_ms};
    round_moved(p);
    if (p->o.progress) p->o.progress(p->o.progress_ctx, "核对", "comparing", p->r->mended, 0);
    return 0;
}

/* ---- the step ---- */

void reconcile_end(struct round *p)
{
    if (!p->comparing) return;
    mend_free(&p->comparing->mend);
    free(p->comparing->todo.list);
    free(p->comparing);
    p->comparing = NULL;
}

static int begin(struct round *p, struct err *err)
{
    struct comparing *c = p->comparing = calloc(1, sizeof *c);
    if (!c) return err_nomem(err);
    int rc = mend_begin(p->h, &c->mend, err);
    return rc ? rc : cut(&c->todo, &c->mend, (struct span){0, INT64_MAX, 0, c->mend.count, false}, FIRST_RANGES, err);
}

static int finish(struct round *p, struct err *err)
{
    struct apply_report report;
    int rc = mend_end(p->h, &p->comparing->mend, &p->comparing->last, &report, err);
    p->r->mended += report.graves;
    p->r->removed += report.graves;
    p->compared = true;
    reconcile_end(p);
    return rc;
}

static int read_answer(struct round *p, struct arena *arena, struct reconcile_answer *a, struct err *err)
{
    int rc = reconcile_answer_decode(p->answer.body.data, p->answer.body.len, arena, a, err);
    return rc && rc != ERR_NOMEM ? err_where(err, ERR_PEER, "服务器的数据", "the server's answer") : rc;
}

static int follow_answer(struct round *p, const struct reconcile_answer *a, enum step *next, struct err *err)
{
    bool push_first;
    int rc = round_check_received(p, &a->told, &push_first, err);
    if (rc) return rc;
    if (push_first || a->told.restart) { /* the server is not any more what the comparing began with */
        reconcile_end(p);
        if (push_first) *next = STEP_SEAL;
        return push_first ? 0 : round_turn(p, err);
    }
    rc = take(p, a, err);
    if (rc || p->comparing->todo.count) return rc;
    *next = STEP_PULL;
    return finish(p, err);
}

/* Nothing to compare, or a server that is too old to: a snapshot says all in one. */
static int give_up(struct round *p, enum step *next, struct err *err)
{
    reconcile_end(p);
    *next = STEP_PULL;
    return home_meta_set_int(p->h, META_SNAPSHOT, SNAPSHOT_WANTED, err);
}

int reconcile_step(struct round *p, enum step *next, struct err *err)
{
    struct reconcile_answer a;
    struct arena arena;
    *next = STEP_RECONCILE;
    int rc = p->comparing ? 0 : begin(p, err);
    if (rc) return rc;
    if (p->comparing->mend.count == 0) return give_up(p, next, err);
    rc = ask(p, err);
    if (rc) return round_retry(p, rc, err);
    if (p->answer.status == 404) return give_up(p, next, err);
    if (p->answer.status != 200) return round_refused(p, err);
    arena_init(&arena, ARENA_MAX);
    rc = read_answer(p, &arena, &a, err);
    if (rc == 0) rc = follow_answer(p, &a, next, err);
    arena_free(&arena);
    return rc;
}
