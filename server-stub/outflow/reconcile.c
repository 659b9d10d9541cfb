/* reconcile: compares a laptop's rows with its scope, range by range, from one snapshot, and gives those of listed
 * ranges that it lacks. Neighbours: scope/ (what it covers), told.c (rows), wire (bytes).
 *
 * Invariant: it answers for the live rows of the scope with csn up to `at`, and remembers nothing between requests. A
 * row that changed since the first of them lies past `at`, and comes with the pull that follows. */
#include "outflow.h"

#include <stdlib.h>

#include "cover.h"
#include "told.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024,
    ARENA_PAGE = 16 * 1024 * 1024,
    PAGE_BYTES = 2 * 1024 * 1024,
    PAGE_BYTES_MAX = 8 * 1024 * 1024,
    ONE_ROW_MAX = 8 * 1024 * 1024
};

struct reconciling {
    struct store *s;
    const struct reconcile_request *q;
    struct scope scope;
    struct cover cover;
    struct cover_places places;
    struct feed_entry *entries; /* of the scope, in the request's ranges, ascending csn */
    size_t count, cap, at;      /* at: the next that no range has looked at */
    struct arena arena, one;    /* the answer; one row */
    struct told_cache cache;
    struct reconcile_answer answer;
    size_t row_room, bytes;
    struct err *err;
};

/* ---- which rows ---- */

static int by_range(const void *key, const void *member)
{
    uint64_t csn = *(const uint64_t *)key;
    const struct reconcile_range *r = member;

    return csn <= r->from ? -1 : csn > r->to;
}

static int keep_entry(void *ctx, const struct feed_entry *e)
{
    struct reconciling *r = ctx;

    if (e->csn > r->answer.told.to)
        return 1;
    if (e->moved_out || !cover_has(&r->cover, e->home) ||
        !bsearch(&e->csn, r->q->ranges, r->q->range_count, sizeof r->q->ranges[0], by_range))
        return 0;
    if (r->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 256;
        struct feed_entry *list = realloc(r->entries, cap * sizeof *list);
        if (!list)
            return err_nomem(r->err);
        r->entries = list;
        r->cap = cap;
    }
    r->entries[r->count++] = *e;
    return 0;
}

static int by_csn(const void *a, const void *b)
{
    const struct feed_entry *x = a, *y = b;

    return x->csn < y->csn ? -1 : x->csn > y->csn;
}

static int gather(struct reconciling *r)
{
    uint64_t after = r->q->range_count ? r->q->ranges[0].from : 0;
    int rc = 0;

    if (r->places.rows > WIRE_MAX_PULL_ROWS) { /* a wide scope is cheaper by the city's order */
        rc = store_feed(r->s, after, keep_entry, r, r->err);
        return rc < 0 ? rc : 0;
    }
    for (size_t i = 0; i < r->places.count && rc >= 0; i++)
        if (r->places.list[i].last_csn > after)
            rc = store_feed_of_place(r->s, r->places.list[i].place, after, keep_entry, r, r->err);
    if (rc >= 0 && r->count)
        qsort(r->entries, r->count, sizeof r->entries[0], by_csn);
    return rc < 0 ? rc : 0;
}

/* 1 a live row, 0 a grave or a row of a table that is unknown here. */
static int hash_entry(struct reconciling *r, const struct feed_entry *e, uint64_t *hash)
{
    const struct schema_table *t = schema_table(store_schema(r->s), e->table);
    struct stored_row row;
    struct cell *cells;
    size_t count;

    if (!t)
        return 0;
    arena_reset(&r->one);
    int rc = store_row_by_rid(r->s, t, e->rid, &r->one, &row, r->err);
    if (rc <= 0 || row.dead)
        return rc < 0 ? rc : 0;
    rc = table_row_cells(t, &row.row, &r->one, &cells, &count, r->err);
    if (rc < 0)
        return rc;
    *hash = row_hash(t->number, row.row.id, cells, count);
    return 1;
}

/* ---- ranges ---- */

static const struct feed_entry *next_in(struct reconciling *r, const struct reconcile_range *range)
{
    if (r->at == r->count || r->entries[r->at].csn > range->to)
        return NULL;
    return &r->entries[r->at++];
}

static int compare_sums(struct reconciling *r, const struct reconcile_range *range, uint8_t *verdict)
{
    const struct feed_entry *e;
    uint64_t count = 0, sum = 0, hash = 0;

    while ((e = next_in(r, range))) {
        int rc = hash_entry(r, e, &hash);
        if (rc < 0)
            return rc;
        count += (uint64_t)rc;
        sum += rc ? hash : 0;
    }
    *verdict = count == range->count && sum == range->sum ? RECONCILE_EQUAL : RECONCILE_SPLIT;
    return 0;
}

static bool full(const struct reconciling *r)
{
    uint64_t most = r->q->max_bytes ? r->q->max_bytes : PAGE_BYTES;

    if (most > PAGE_BYTES_MAX)
        most = PAGE_BYTES_MAX;
    return r->answer.told.row_count == WIRE_MAX_PULL_ROWS || r->arena.used >= ARENA_PAGE ||
           (r->answer.told.row_count && r->bytes >= most);
}

static int send_row(struct reconciling *r, const struct feed_entry *e)
{
    struct pull_answer *a = &r->answer.told;
    struct told t;

    if (a->row_count == r->row_room) {
        size_t room = r->row_room ? r->row_room * 2 : 64;
        struct pulled_row *list = realloc(a->rows, room * sizeof *list);
        if (!list)
            return err_nomem(r->err);
        a->rows = list;
        r->row_room = room;
    }
    int rc = told_read(r->s, e, &r->cache, &r->arena, &t, r->err);
    if (rc <= 0)
        return rc;
    a->rows[a->row_count++] = (struct pulled_row){
        .csn = e->csn, .author = t.author, .authored_ms = t.authored_ms, .received_ms = t.received_ms,
        .change = {.op = CHANGE_PUT, .explicit_id = true, .table = e->table, .id = t.row.row.id, .cells = t.cells, .count = t.count}};
    r->bytes += told_bytes(&t);
    return 0;
}

/* Listed rows with csn below `csn` that no entry has met: the scope has no such row. */
static size_t pass_over(struct reconciling *r, const struct reconcile_range *range, size_t i, uint64_t csn)
{
    for (; i < range->count && range->rows[i].csn < csn; i++)
        r->answer.gone[r->answer.gone_count++] = range->rows[i].csn;
    return i;
}

static int compare_rows(struct reconciling *r, const struct reconcile_range *range, uint8_t *verdict)
{
    const struct feed_entry *e;
    size_t i = 0;
    uint64_t hash = 0;

    while ((e = next_in(r, range))) {
        int rc = hash_entry(r, e, &hash);
        if (rc < 0)
            return rc;
        i = pass_over(r, range, i, e->csn);
        bool met = i < range->count && range->rows[i].csn == e->csn;
        if (met && rc && range->rows[i].hash == (uint32_t)(hash >> 32)) {
            i++;
            continue;
        }
        if (rc && full(r)) {
            r->answer.upto = e->csn - 1;
            *verdict = RECONCILE_LATER;
            return 0;
        }
        if (met)
            i = pass_over(r, range, i, e->csn + 1);
        if (rc && (rc = send_row(r, e)) < 0)
            return rc;
    }
    pass_over(r, range, i, UINT64_MAX);
    *verdict = RECONCILE_RESOLVED;
    return 0;
}

static void skip(struct reconciling *r, const struct reconcile_range *range)
{
    while (next_in(r, range))
        ;
}

static int compare(struct reconciling *r)
{
    const struct reconcile_request *q = r->q;
    struct reconcile_answer *a = &r->answer;
    bool later = false; /* the rows are full: listed ranges wait, sums still tell */
    int rc = 0;

    a->gone = arena_array(&r->arena, RECONCILE_MAX_LISTED, sizeof a->gone[0]);
    a->verdicts = arena_alloc(&r->arena, q->range_count + 1);
    if (!a->gone || !a->verdicts)
        return err_nomem(r->err);
    for (size_t i = 0; i < q->range_count && rc >= 0; i++) {
        const struct reconcile_range *range = &q->ranges[i];
        a->verdicts[i] = RECONCILE_LATER;
        if (!range->listed)
            rc = compare_sums(r, range, &a->verdicts[i]);
        else if (!later)
            rc = compare_rows(r, range, &a->verdicts[i]);
        later = later || a->verdicts[i] == RECONCILE_LATER;
        skip(r, range);
    }
    a->range_count = q->range_count;
    return rc;
}

/* ---- the answer ---- */

/* What it was begun with, is it still so? */
static void note_restart(struct reconciling *r, uint64_t head)
{
    struct pull_answer *a = &r->answer.told;
    const struct reconcile_request *q = r->q;
    bool other = q->scope != scope_held_digest(&r->scope);

    a->to = q->at ? q->at : head;
    a->restart = q->at && (q->epoch != a->epoch || q->at > head || other);
    a->scope_told = !a->restart && other;
    if (a->restart)
        a->to = 0;
}

static int start(struct reconciling *r, const struct device *device)
{
    struct pull_answer *a = &r->answer.told;
    const struct pull_request as_pull = {.origin = r->q->origin, .epoch = r->q->epoch, .csn = r->q->csn, .schema = r->q->schema,
                                         .scope = r->q->scope, .head = r->q->head};
    struct origin_state state;
    uint64_t head;
    int rc;

    a->epoch = store_epoch(r->s);
    if ((rc = store_head(r->s, &head, r->err)) < 0 || (rc = store_origin_get(r->s, r->q->origin, &state, r->err)) < 0)
        return rc;
    a->received = rc > 0 ? state.high : 0;
    if ((rc = scope_of_device(r->s, device, &as_pull, a->received, &r->arena, &r->scope, r->err)) < 0)
        return rc;
    a->places = device->places;
    a->place_count = device->place_count;
    a->households = r->scope.households;
    a->household_count = r->scope.household_count;
    note_restart(r, head);
    if ((rc = cover_make(&r->cover, r->s, &r->scope, r->q->origin, r->err)) < 0)
        return rc;
    return cover_places_read(&r->cover, r->s, &r->places, r->err);
}

static int answer(struct reconciling *r, const struct device *device, struct buf *out)
{
    int rc = start(r, device);

    if (rc >= 0 && !r->answer.told.restart)
        rc = gather(r);
    if (rc >= 0 && !r->answer.told.restart)
        rc = compare(r);
    if (rc >= 0)
        rc = reconcile_answer_encode(&r->answer, ROWS_LEVEL, out, r->err);
    return rc < 0 ? rc : 0;
}

int outflow_reconcile(struct store *reader, const struct env *env, const struct device *device,
                      const struct reconcile_request *q, struct buf *out, struct err *err)
{
    struct reconciling r = {.s = reader, .q = q, .err = err};
    int rc;

    if ((rc = device_check_revoked(device, err)) < 0)
        return rc;
    arena_init(&r.arena, ARENA_MAX);
    arena_init(&r.one, ONE_ROW_MAX);
    r.answer.told.server_ms = env->now_ms(env->ctx);
    rc = store_begin_read(reader, err);
    if (rc >= 0) {
        rc = answer(&r, device, out);
        store_end(reader);
    }
    free(r.answer.told.rows);
    free(r.entries);
    cover_places_free(&r.places);
    cover_free(&r.cover);
    arena_free(&r.one);
    arena_free(&r.arena);
    return rc;
}
