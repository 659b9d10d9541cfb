/* pull: answers a laptop with the latest state of its scope past its cursor, from one snapshot. Neighbours:
 * scope/ (what it covers), told.c (rows), wire (bytes).
 *
 * Invariant: `to` is never past an entry of the scope that was not sent; so a cursor skips nothing, wherever
 * an answer is cut. */
#include "outflow.h"

#include <stdlib.h>
#include <string.h>

#include "cover.h"
#include "tally.h"
#include "told.h"
#include "zhucun/utf8.h"

enum {
    ARENA_MAX = 48 * 1024 * 1024,
    ARENA_PAGE = 16 * 1024 * 1024,       /* an answer ends when its rows take this much memory */
    PAGE_BYTES = 2 * 1024 * 1024,        /* … or this many bytes of values */
    PAGE_BYTES_MAX = 8 * 1024 * 1024,
    DEFLATE_LEVEL = 6
};

struct pull {
    struct store *s;
    const struct pull_request *q;
    struct scope scope;
    struct cover cover;
    struct cover_places places;
    struct feed_entry *entries; /* of the scope past the cursor, by csn once gathered */
    size_t count, cap, limit;
    bool cut;                   /* there are more than were gathered */
    struct arena arena;
    struct told_cache cache;
    struct pull_answer answer;
    struct tally_notes *notes;
    struct err *err;
};

/* ---- which entries ---- */

static int keep_entry(void *ctx, const struct feed_entry *e)
{
    struct pull *p = ctx;

    if (!cover_has(&p->cover, e->home))
        return 0;
    if (p->count == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 256;
        struct feed_entry *list = realloc(p->entries, cap * sizeof *list);
        if (!list)
            return err_nomem(p->err);
        p->entries = list;
        p->cap = cap;
    }
    p->entries[p->count++] = *e;
    return 0;
}

/* Of a wide scope the feed is read in order, until an answer is full; its end is told by a csn of its own,
 * because the entries of one change belong together. */
static int keep_covered(void *ctx, const struct feed_entry *e)
{
    struct pull *p = ctx;

    if (!cover_has(&p->cover, e->home))
        return 0;
    if (p->count > p->limit && p->entries[p->count - 1].csn != e->csn) {
        p->cut = true;
        return 1;
    }
    return keep_entry(ctx, e);
}

static int by_csn(const void *a, const void *b)
{
    const struct feed_entry *x = a, *y = b;

    if (x->csn != y->csn)
        return x->csn < y->csn ? -1 : 1;
    return (int)y->moved_out - (int)x->moved_out; /* leaving before arriving */
}

/* A narrow scope costs its own changes (by place), a wide one is cheaper by the city's order. */
static int gather(struct pull *p)
{
    uint64_t fresh = 0;
    int rc = 0;

    for (size_t i = 0; i < p->places.count; i++)
        if (p->places.list[i].last_csn > p->answer.from)
            fresh += p->places.list[i].count;
    if (fresh > p->limit) {
        rc = store_feed(p->s, p->answer.from, keep_covered, p, p->err);
        return rc < 0 ? rc : 0;
    }
    for (size_t i = 0; i < p->places.count && rc >= 0; i++)
        if (p->places.list[i].last_csn > p->answer.from)
            rc = store_feed_of_place(p->s, p->places.list[i].place, p->answer.from, keep_entry, p, p->err);
    if (rc >= 0 && p->count)
        qsort(p->entries, p->count, sizeof p->entries[0], by_csn);
    return rc < 0 ? rc : 0;
}

/* ---- rows ---- */

/* Could the laptop hold the row? Only if it was made before its cursor, or by the laptop itself. */
static bool may_hold(const struct pull *p, const struct stored_row *row)
{
    return (uint64_t)row->row.rid <= p->answer.from || row->row.id.origin == p->q->origin;
}

/* False: nothing to tell. A row that left one place of the scope for another is told by its arrival. */
static bool tell(struct pull *p, const struct feed_entry *e, const struct told *t, struct pulled_row *out)
{
    bool gone = e->moved_out || t->row.dead;

    if (e->moved_out && cover_has(&p->cover, t->row.home))
        return false;
    if (gone && !may_hold(p, &t->row))
        return false;
    *out = (struct pulled_row){.csn = e->csn, .moved_out = e->moved_out, .author = t->author,
                               .authored_ms = t->authored_ms, .received_ms = t->received_ms};
    out->change.op = gone ? CHANGE_DELETE : CHANGE_PUT;
    out->change.explicit_id = true;
    out->change.table = e->table;
    out->change.id = t->row.row.id;
    if (gone)
        return true;
    out->change.cells = t->cells;
    out->change.count = t->count;
    out->row_hash = row_hash(e->table, out->change.id, t->cells, t->count);
    return true;
}

static size_t page_bytes(const struct pull_request *q)
{
    if (q->max_bytes == 0)
        return PAGE_BYTES;
    return q->max_bytes < PAGE_BYTES_MAX ? (size_t)q->max_bytes : PAGE_BYTES_MAX;
}

static bool full(const struct pull *p, size_t bytes)
{
    return p->answer.row_count >= p->limit || bytes >= page_bytes(p->q) || p->arena.used >= ARENA_PAGE;
}

static void cut_after(struct pull *p, const struct feed_entry *last)
{
    p->answer.to = last->csn;
    p->answer.more = true;
}

static int fill_rows(struct pull *p)
{
    struct pull_answer *a = &p->answer;
    size_t bytes = 0;

    if (p->cut)
        cut_after(p, &p->entries[p->count - 1]);
    a->rows = calloc(p->count + 1, sizeof a->rows[0]);
    if (!a->rows)
        return err_nomem(p->err);
    for (size_t i = 0; i < p->count; i++) {
        const struct feed_entry *e = &p->entries[i];
        struct told t;
        if (i && e->csn != p->entries[i - 1].csn && full(p, bytes)) {
            cut_after(p, &p->entries[i - 1]);
            break;
        }
        int rc = told_read(p->s, e, &p->cache, &p->arena, &t, p->err);
        if (rc < 0)
            return rc;
        if (rc && tell(p, e, &t, &a->rows[a->row_count])) {
            a->row_count++;
            bytes += told_bytes(&t);
        }
    }
    return 0;
}

/* ---- the answer ---- */

static int start(struct pull *p, const struct device *device)
{
    struct pull_answer *a = &p->answer;
    struct origin_state state;
    int rc;

    a->epoch = store_epoch(p->s);
    if ((rc = store_head(p->s, &a->to, p->err)) < 0)
        return rc;
    if ((rc = store_origin_get(p->s, p->q->origin, &state, p->err)) < 0)
        return rc;
    a->received = rc > 0 ? state.high : 0;
    if ((rc = scope_of_device(p->s, device, p->q, a->received, &p->arena, &p->scope, p->err)) < 0)
        return rc;
    a->scope_told = p->q->scope != scope_held_digest(&p->scope);
    bool other = p->q->epoch != a->epoch || p->q->csn > a->to || a->scope_told;
    a->compare = other && p->q->csn > 0; /* it holds rows, and most are the same: reconcile.c, not a snapshot */
    a->restart = other && !a->compare;
    a->from = a->restart ? 0 : a->compare ? a->to : p->q->csn;
    a->places = device->places;
    a->place_count = device->place_count;
    a->households = p->scope.households;
    a->household_count = p->scope.household_count;
    if ((rc = cover_make(&p->cover, p->s, &p->scope, p->q->origin, p->err)) < 0)
        return rc;
    if ((rc = cover_places_read(&p->cover, p->s, &p->places, p->err)) < 0)
        return rc;
    a->count = p->places.rows;
    a->fingerprint = p->places.fingerprint;
    return 0;
}

/* Of many only the numbers: that they wait is what the laptop must know; the reasons are here. */
static int keep_further(struct pull *p, uint64_t seq)
{
    struct pull_answer *a = &p->answer;

    if (a->further_count == WIRE_MAX_FURTHER)
        return 1;
    if (!a->further && !(a->further = arena_array(&p->arena, WIRE_MAX_FURTHER, sizeof a->further[0])))
        return err_nomem(p->err);
    a->further[a->further_count++] = seq;
    return 0;
}

static int keep_quarantined(void *ctx, const struct quarantine_entry *e)
{
    struct pull *p = ctx;
    struct receipt_quarantine *q = &p->answer.quarantined[p->answer.quarantined_count];

    if (p->answer.quarantined_count == RECEIPT_MAX_QUARANTINE)
        return keep_further(p, e->seq);
    q->seq = e->seq;
    text_cut(q->why, sizeof q->why, e->why_zh);
    text_cut(q->why_en, sizeof q->why_en, e->why_en);
    p->answer.quarantined_count++;
    return 0;
}

/* The whole truth about this laptop's quarantine, each time: so a retry here is known there. */
static int list_quarantined(struct pull *p)
{
    p->answer.quarantined = arena_array(&p->arena, RECEIPT_MAX_QUARANTINE, sizeof *p->answer.quarantined);
    if (!p->answer.quarantined)
        return err_nomem(p->err);
    int rc = store_quarantine_walk(p->s, p->q->origin, 0, keep_quarantined, p, p->err);
    return rc < 0 ? rc : 0;
}

static int answer(struct pull *p, const struct device *device, struct buf *out)
{
    int rc = start(p, device);

    if (rc >= 0)
        rc = gather(p);
    if (rc >= 0)
        rc = fill_rows(p);
    if (rc >= 0)
        rc = list_quarantined(p);
    if (rc >= 0 && !p->answer.more)
        rc = tally_compare(p->s, p->q, &p->arena, &p->answer, p->notes, p->err);
    if (rc >= 0)
        rc = pull_answer_encode(&p->answer, DEFLATE_LEVEL, out, p->err);
    return rc < 0 ? rc : 0;
}

int outflow_pull(struct store *reader, const struct env *env, const struct device *device, const struct pull_request *q,
                 struct buf *out, uint64_t *released, struct tally_notes *notes, struct err *err)
{
    struct pull p = {.s = reader, .q = q, .limit = WIRE_MAX_PULL_ROWS - 64, .notes = notes, .err = err};
    int rc;

    if ((rc = device_check_revoked(device, err)) < 0)
        return rc;
    arena_init(&p.arena, ARENA_MAX);
    p.answer.server_ms = env->now_ms(env->ctx);
    rc = store_begin_read(reader, err);
    if (rc >= 0) {
        rc = answer(&p, device, out);
        store_end(reader);
    }
    *released = p.scope.released_csn;
    free(p.answer.rows);
    free(p.entries);
    cover_places_free(&p.places);
    cover_free(&p.cover);
    arena_free(&p.arena);
    return rc;
}
