/* push: from pending changesets to the server's receipt. Neighbours: journal (log, sealed bundle, receipts), pack,
 * send. Invariant: a changeset counts as received only by a receipt whose hash is this log's; whatever the server
 * answers, nothing is dropped from the log. */
#include <string.h>

#include "round.h"

/* Smaller bundles are kept only when a round ends with them on their way: each would cost a write to the disk. */
enum { PACK_LEVEL = 9, ARENA_MAX = 96 * 1024 * 1024, KEPT_ABOVE_BYTES = 4096 };

static void drop_bundle(struct round *p)
{
    buf_free(&p->bundle.bytes);
    p->bundle.first = p->bundle.last = p->bundle.offset = 0;
}

/* A round that breaks off leaves its bundle, so that the next one goes on at the byte: sealed anew it would be others. */
void push_keep(struct round *p)
{
    if (p->bundle.bytes.len > 0 && p->bundle.bytes.len <= KEPT_ABOVE_BYTES && p->bundle.last > p->received)
        journal_sealed_put(p->h, &p->bundle, NULL); /* losing it costs bytes */
}

/* ---- SEAL ---- */

/* Sealed to the server, signed by this laptop: whoever carries it reads nothing. */
static int seal_bundle(struct round *p, const struct changeset *list, size_t count, const struct digest *before, struct err *err)
{
    struct buf packed;
    buf_init(&packed, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(list, count, before, PACK_LEVEL, &packed, err);
    if (rc == 0)
        rc = bundle_seal(packed.data, packed.len, &p->pairing.server_box, &p->pairing.sign, p->h->env, &p->bundle.bytes, err);
    buf_free(&packed);
    return rc;
}

static int pack_bundle(struct round *p, struct arena *arena, struct err *err)
{
    struct changeset *list;
    struct digest before;
    size_t count;
    struct sealed_bundle *b = &p->bundle;
    int rc = journal_read(p->h, p->received + 1, p->o.bundle_changesets, p->o.bundle_bytes, arena, &list, &count, err);
    if (rc == 0 && count == 0)
        rc = err_set(err, ERR_CORRUPT, "日志缺少第 %llu 条", "the log has no entry %llu", (unsigned long long)p->received + 1);
    if (rc == 0) rc = journal_hash(p->h, p->received, &before, err);
    if (rc) return rc;
    drop_bundle(p);
    rc = seal_bundle(p, list, count, &before, err);
    if (rc) return rc;
    b->first = list[0].seq;
    b->last = list[count - 1].seq;
    digest_of(b->bytes.data, b->bytes.len, &b->digest);
    return b->bytes.len > KEPT_ABOVE_BYTES ? journal_sealed_put(p->h, b, err) : 0;
}

/* Is it what comes next, and of the format that this program speaks? An older one may have left it. */
static bool goes_on(const struct round *p, const struct sealed_bundle *b)
{
    struct bundle_header h;
    return b->first == p->received + 1 && b->last >= b->first && b->last <= p->head.seq &&
           bundle_peek(b->bytes.data, b->bytes.len, &h, NULL) != ERR_FORMAT;
}

/* A bundle that a former round left on its way goes on. */
static int take_kept(struct round *p, bool *kept, struct err *err)
{
    struct sealed_bundle b;
    *kept = false;
    int rc = journal_sealed_get(p->h, &b, err);
    if (rc == 1 && goes_on(p, &b)) {
        drop_bundle(p);
        p->bundle = b;
        *kept = true;
        return 0;
    }
    buf_free(&b.bytes);
    return rc == 1 ? journal_sealed_drop(p->h, err) : rc;
}

int push_seal(struct round *p, enum step *next, struct err *err)
{
    struct arena arena;
    bool kept;
    int rc = journal_head(p->h, &p->head, err);
    if (rc == 0) rc = journal_received(p->h, &p->received, err);
    if (rc) return rc;
    if (p->received > p->head.seq) return round_fork(p->head.seq + 1, err);
    *next = p->o.push_only ? STEP_DONE : STEP_PULL;
    if (p->received == p->head.seq) return 0;
    if (!p->first_pending) p->first_pending = p->received + 1;
    rc = take_kept(p, &kept, err);
    *next = kept ? STEP_OFFSET : STEP_PUSH;
    if (rc || kept) return rc;
    arena_init(&arena, ARENA_MAX);
    rc = pack_bundle(p, &arena, err);
    arena_free(&arena);
    return rc;
}

/* ---- OFFSET, PUSH ---- */

static int ask(struct round *p, const char *method, struct err *err)
{
    char path[256];
    struct push_target target = {p->h->origin, p->bundle.first, p->bundle.last, p->bundle.digest};
    struct send_request q = {.method = method, .path = path, .upload_offset = -1, .upload_length = -1};
    if (push_target_format(&target, path, sizeof path)) return err_nomem(err);
    if (strcmp(method, "PATCH") == 0) {
        q.content_type = WIRE_TYPE_PARTIAL;
        q.body = p->bundle.bytes.data + p->bundle.offset;
        q.body_len = p->bundle.bytes.len - (size_t)p->bundle.offset;
        q.upload_offset = (int64_t)p->bundle.offset;
        q.upload_length = (int64_t)p->bundle.bytes.len;
    }
    return round_request(p, &q, err);
}

/* The server's word on how much has arrived. Nonsense counts as nothing: the bundle then starts over. */
static void set_offset(struct round *p, int64_t offset)
{
    uint64_t known = offset >= 0 && (uint64_t)offset <= p->bundle.bytes.len ? (uint64_t)offset : 0;
    if (known > p->bundle.offset) round_moved(p);
    p->bundle.offset = known;
}

/* Another offset than was thought is no failure, unless it does not get further. */
static int go_on_from(struct round *p, int64_t offset, struct err *err)
{
    set_offset(p, offset);
    if (p->tries == 0) {
        p->tries++;
        return 0;
    }
    err_set(err, ERR_PEER, "上报没有进展：服务器一直停在 %lld 字节", "the push does not get on: the server stays at byte %lld",
            (long long)offset);
    return round_retry(p, ERR_PEER, err);
}

int push_offset(struct round *p, enum step *next, struct err *err)
{
    int rc = ask(p, "HEAD", err);
    *next = STEP_OFFSET;
    if (rc) return round_retry(p, rc, err);
    int status = p->answer.status;
    if (status == 401 || status == 403) status = 404; /* an answer to HEAD cannot say why; that to the bundle does */
    if (status != 200 && status != 204 && status != 404) return round_refused(p, err);
    set_offset(p, status == 404 ? 0 : p->answer.upload_offset);
    *next = STEP_PUSH;
    return 0;
}

/* The server wants another seq next: it lost something, or a receipt was lost here. Only on the same branch. */
static int follow_gap(struct round *p, const struct problem *problem, struct err *err)
{
    struct digest mine;
    uint64_t high = problem->expected ? problem->expected - 1 : 0;
    if (high > p->head.seq) return round_fork(p->head.seq + 1, err);
    int rc = journal_hash(p->h, high, &mine, err);
    if (rc) return rc;
    if (!digest_equal(&mine, &problem->hash)) return round_fork(high, err);
    rc = round_turn(p, err);
    return rc ? rc : journal_set_received(p->h, high, err);
}

static int follow_conflict(struct round *p, enum step *next, struct err *err)
{
    struct problem problem;
    if (problem_decode(p->answer.body.data, p->answer.body.len, &problem, NULL)) problem.kind = PROBLEM_OTHER;
    switch (problem.kind) {
    case PROBLEM_OFFSET:
        *next = STEP_PUSH;
        return go_on_from(p, problem.offset <= INT64_MAX ? (int64_t)problem.offset : -1, err);
    case PROBLEM_GAP:
        *next = STEP_SEAL;
        return follow_gap(p, &problem, err);
    case PROBLEM_FORK: return round_fork(problem.expected, err);
    default:
        *next = STEP_OFFSET;
        return round_refused(p, err);
    }
}

/* The server could not read the bundle: a new one is made from the log, a few times. */
static int follow_bad(struct round *p, enum step *next, struct err *err)
{
    int code = send_refusal(&p->answer, NULL, err);
    int rc = round_retry(p, code, err);
    *next = STEP_SEAL;
    return rc ? rc : journal_sealed_drop(p->h, err);
}

int push_bundle(struct round *p, enum step *next, struct err *err)
{
    int rc = ask(p, "PATCH", err);
    *next = STEP_OFFSET;
    if (rc) return round_retry(p, rc, err);
    switch (p->answer.status) {
    case 200:
    case 201: *next = STEP_RECEIPT; return 0;
    case 202:
    case 204: /* some bytes are still missing there */
        *next = STEP_PUSH;
        return go_on_from(p, p->answer.upload_offset, err);
    case 409: return follow_conflict(p, next, err);
    case 422: return follow_bad(p, next, err);
    default: return round_refused(p, err);
    }
}

/* ---- RECEIPT ---- */

static int check_receipt(struct round *p, const struct receipt *r, struct err *err)
{
    if (r->high > p->head.seq) return round_fork(p->head.seq + 1, err);
    if (r->high >= p->bundle.first) return 0;
    return err_set(err, ERR_PEER, "服务器的回执没有包括刚上报的内容：数据都在本机，请稍后再同步",
                   "the server's receipt does not cover what was sent: everything is kept here, sync again later");
}

int push_receipt(struct round *p, enum step *next, struct err *err)
{
    struct receipt r;
    uint64_t before = p->received;
    int rc = receipt_decode(p->answer.body.data, p->answer.body.len, &r, err);
    if (rc) return rc == ERR_NOMEM ? rc : err_where(err, ERR_PEER, "服务器的回执", "the server's receipt");
    rc = check_receipt(p, &r, err);
    if (rc == 0) rc = journal_receipt(p->h, &r, err);
    if (rc) return rc;
    round_moved(p);
    drop_bundle(p);
    p->r->pushed += r.high - before;
    if (p->o.progress)
        p->o.progress(p->o.progress_ctx, "上报", "pushing", r.high - p->first_pending + 1, p->head.seq - p->first_pending + 1);
    *next = STEP_SEAL;
    return 0;
}
