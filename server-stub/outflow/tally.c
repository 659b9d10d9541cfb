/* tally: see tally.h. The stored tallies answer nearly always; where one differs, the origin's log is counted anew, for
 * it has the last word: its visits that were not quarantined and of which there is a row, a grave or a proposal.
 * Invariant: only what both sides have of the log is compared — the same seqs. */
#include "tally.h"

#include <string.h>

enum { LOG_ARENA = BUNDLE_MAX_ARENA, NOTES_ARENA = 1024 * 1024, QUARANTINE_MAX = 4096 };

struct comparing {
    struct store *s;
    const struct pull_request *q;
    struct pull_answer *a;
    struct tally_notes *notes;
    struct arena *arena;
    struct tally mine[TALLY_MAX];  /* as stored, or as counted anew */
    bool counted[TALLY_MAX];
    uint64_t *quarantined;
    size_t quarantined_count;
    struct err *err;
};

static bool same(const struct tally *x, const struct tally *y)
{
    return x->count == y->count && x->digest == y->digest;
}

static struct tally_key key_of(const struct comparing *c, size_t i)
{
    return (struct tally_key){c->q->origin, c->q->tallies[i].author, c->q->tallies[i].month};
}

static int read_stored(struct comparing *c)
{
    for (size_t i = 0; i < c->q->tally_count; i++) {
        struct tally_key key = key_of(c, i);
        struct tally_sum sum = {0};
        int rc = store_tally_get(c->s, &key, &sum, c->err);
        if (rc < 0)
            return rc;
        c->mine[i] = (struct tally){.author = key.author, .month = key.month, .count = sum.count, .digest = sum.digest};
    }
    return 0;
}

/* ---- counting anew ---- */

static int keep_quarantined(void *ctx, const struct quarantine_entry *e)
{
    struct comparing *c = ctx;

    if (c->quarantined_count == QUARANTINE_MAX)
        return 1;
    c->quarantined[c->quarantined_count++] = e->seq;
    return 0;
}

static bool is_quarantined(const struct comparing *c, uint64_t seq)
{
    for (size_t i = 0; i < c->quarantined_count; i++)
        if (c->quarantined[i] == seq)
            return true;
    return false;
}

static int note_proposal(void *ctx, const struct ledger_entry *e)
{
    if (e->column == 0)
        *(bool *)ctx = true;
    return 0;
}

/* 1 something is there of the visit: its row, its grave, or that it was proposed. */
static int is_there(struct comparing *c, struct row_id id)
{
    const struct schema_table *t = schema_table_named(store_schema(c->s), "visit");
    struct row_home home;
    bool proposed = false;
    int rc = store_row_home(c->s, t, id, &home, c->err);

    if (rc == 0)
        rc = store_ledger_of_row(c->s, t->number, id, note_proposal, &proposed, c->err);
    return rc == 0 ? proposed : rc;
}

static int count_visit(struct comparing *c, struct row_id author, int month, struct row_id id)
{
    for (size_t i = 0; i < c->q->tally_count; i++) {
        struct tally *t = &c->mine[i];
        if (!c->counted[i] || t->month != month || !row_id_equal(t->author, author))
            continue;
        int rc = is_there(c, id);
        if (rc <= 0)
            return rc;
        t->count++;
        t->digest += tally_hash(id);
        if (t->number_count < TALLY_MAX_NUMBERS)
            t->numbers[t->number_count++] = id.number;
    }
    return 0;
}

static int count_changeset(struct comparing *c, const struct changeset *cs)
{
    struct row_id id;
    int month, rc = 0;

    if (cs->seq > c->q->tallied || is_quarantined(c, cs->seq))
        return 0;
    for (size_t i = 0; i < cs->count && rc >= 0; i++)
        if (tally_counts(cs, i, &month, &id))
            rc = count_visit(c, cs->author, month, id);
    return rc;
}

/* One bundle of the log, from seq on. *next: behind it. */
static int count_bundle(struct comparing *c, struct arena *log, uint64_t seq, uint64_t *next)
{
    struct bundle_header header;
    struct changeset *list;
    struct value bytes;
    size_t count;

    arena_reset(log);
    int rc = store_bundle_holding(c->s, c->q->origin, seq, log, &bytes, c->err);
    if (rc == 0)
        return err_set(c->err, ERR_CORRUPT, "来源 %016llx 第 %llu 号的数据包不见了：请用备份恢复",
                       "origin %016llx: the bundle that brought seq %llu is missing: restore a backup", (unsigned long long)c->q->origin, (unsigned long long)seq);
    if (rc > 0)
        rc = store_bundle_unpack(c->s, bytes.data, bytes.len, log, &header, &list, &count, c->err);
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = list[i].seq < seq ? 0 : count_changeset(c, &list[i]);
    *next = rc >= 0 ? header.last + 1 : seq;
    return rc;
}

static int count_log(struct comparing *c)
{
    struct arena log;
    uint64_t seq = 1;
    int rc = 0;

    c->quarantined = arena_array(c->arena, QUARANTINE_MAX, sizeof c->quarantined[0]);
    if (!c->quarantined)
        return err_nomem(c->err);
    rc = store_quarantine_walk(c->s, c->q->origin, 0, keep_quarantined, c, c->err);
    arena_init(&log, LOG_ARENA);
    while (rc >= 0 && seq <= c->q->tallied)
        rc = count_bundle(c, &log, seq, &seq);
    arena_free(&log);
    return rc;
}

/* Those that differ, when the laptop asks for the numbers or tells its own. */
static int count_anew(struct comparing *c)
{
    bool any = false;

    for (size_t i = 0; i < c->q->tally_count; i++) {
        const struct tally *theirs = &c->q->tallies[i];
        struct tally *mine = &c->mine[i];
        if (same(mine, theirs) || (!theirs->want && theirs->number_count == 0))
            continue;
        any = c->counted[i] = true;
        mine->count = mine->digest = 0;
        mine->numbers = arena_array(c->arena, TALLY_MAX_NUMBERS, sizeof mine->numbers[0]);
        if (!mine->numbers)
            return err_nomem(c->err);
    }
    return any ? count_log(c) : 0;
}

/* ---- what comes of it ---- */

/* Of x what y lacks, as bytes. Of lists that were cut nothing is said behind their end. */
static int alone(struct comparing *c, const struct tally *x, const struct tally *y, struct value *out)
{
    uint64_t last = y->count > y->number_count && y->number_count ? y->numbers[y->number_count - 1] : UINT64_MAX;
    uint64_t list[TALLY_MAX_NUMBERS];
    struct buf bytes;
    size_t n = 0, k = 0;

    for (size_t i = 0; i < x->number_count && x->numbers[i] <= last; i++) {
        while (k < y->number_count && y->numbers[k] < x->numbers[i])
            k++;
        if (k == y->number_count || y->numbers[k] != x->numbers[i])
            list[n++] = x->numbers[i];
    }
    buf_init(&bytes, sizeof list * 2);
    tally_numbers_encode(list, n, &bytes);
    const void *copy = n ? arena_copy(&c->notes->arena, bytes.data, bytes.len) : NULL;
    *out = n && copy ? value_blob(copy, bytes.len) : value_null();
    buf_free(&bytes);
    return n && !copy ? err_nomem(c->err) : 0;
}

static int note_difference(struct comparing *c, size_t i, struct tally_note *n)
{
    const struct tally *theirs = &c->q->tallies[i], *mine = &c->mine[i];
    struct tally_difference *d = &n->difference;

    n->about = TALLY_DIFFERS;
    *d = (struct tally_difference){.key = n->key, .here = {mine->count, mine->digest}, .there = {theirs->count, theirs->digest},
                                   .since_ms = c->a->server_ms, .told_ms = c->a->server_ms};
    int rc = alone(c, mine, theirs, &d->only_here);
    return rc < 0 ? rc : alone(c, theirs, mine, &d->only_there);
}

static int note(struct comparing *c, size_t i)
{
    const struct tally *theirs = &c->q->tallies[i], *mine = &c->mine[i];
    struct tally_note *n = &c->notes->list[c->notes->count];
    int rc = 0;

    *n = (struct tally_note){.key = key_of(c, i), .repaired = c->counted[i], .sum = {mine->count, mine->digest}};
    if (same(mine, theirs)) {
        rc = store_difference_has(c->s, &n->key, c->err);
        n->about = rc > 0 ? TALLY_AGREES : TALLY_NOTHING;
    } else if (theirs->number_count) {
        rc = note_difference(c, i, n);
    }
    c->notes->count += n->repaired || n->about != TALLY_NOTHING;
    return rc < 0 ? rc : 0;
}

/* The numbers of both sides share the room of one message. */
static void tell(struct comparing *c, size_t i, size_t *room)
{
    struct tally *t = &c->a->tallies[c->a->tally_count++];

    *t = c->mine[i];
    if (!c->q->tallies[i].want)
        t->number_count = 0;
    if (t->number_count > *room)
        t->number_count = *room;
    *room -= t->number_count;
}

static int conclude(struct comparing *c)
{
    size_t room = TALLY_MAX_NUMBERS;

    c->a->tallies = arena_array(c->arena, TALLY_MAX, sizeof c->a->tallies[0]);
    if (!c->a->tallies)
        return err_nomem(c->err);
    for (size_t i = 0; i < c->q->tally_count; i++) {
        int rc = note(c, i);
        if (rc < 0)
            return rc;
        if (!same(&c->mine[i], &c->q->tallies[i]))
            tell(c, i, &room);
    }
    c->a->tallied = true;
    return 0;
}

int tally_compare(struct store *s, const struct pull_request *q, struct arena *arena, struct pull_answer *a,
                  struct tally_notes *notes, struct err *err)
{
    struct comparing c = {.s = s, .q = q, .a = a, .notes = notes, .arena = arena, .err = err};

    if (q->tally_count == 0 || q->tallied != a->received)
        return 0;
    arena_init(&notes->arena, NOTES_ARENA);
    int rc = read_stored(&c);
    if (rc >= 0)
        rc = count_anew(&c);
    return rc < 0 ? rc : conclude(&c);
}

void tally_notes_free(struct tally_notes *n)
{
    arena_free(&n->arena);
    n->count = 0;
}

int tally_notes_write(struct store *writer, const struct tally_notes *n, struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < n->count && rc == 0; i++) {
        const struct tally_note *note = &n->list[i];
        if (note->repaired)
            rc = store_tally_put(writer, &note->key, &note->sum, err);
        if (rc == 0 && note->about == TALLY_AGREES)
            rc = store_difference_drop(writer, &note->key, err);
        if (rc == 0 && note->about == TALLY_DIFFERS)
            rc = store_difference_put(writer, &note->difference, err);
    }
    return rc;
}
