/* push: one bundle. Is it this origin's log, does it go on from what is known, and what of it is new? Each new
 * changeset is decided, then written; a changeset that cannot be applied goes to quarantine and the next goes on.
 *
 *   first > high + 1                         → gap: the seq wanted next
 *   a known seq with another hash            → fork: the first that differs
 *   `previous` is not h(first − 1)           → fork before this bundle; at seq 1 there is nothing before: bad
 *   all known                                → stored already: the receipt again
 *
 * Written last: the received bytes and the origin's new high water. */
#include <string.h>

#include "work.h"
#include "zhucun/utf8.h"

struct push_state {
    struct work *work;
    const struct intake_push *push;
    struct intake_result *result;
    struct bundle_header header;
    struct changeset *list;
    size_t count;
    struct origin_state origin;
    struct digest h;        /* h(seq of the changeset at hand) */
    int64_t skew_ms;
    uint64_t base;          /* of the changeset at hand, received at base_ms; */
    int64_t base_ms;
    uint64_t previous;      /* and the corrected stamp of the one before it */
};

static int refuse(struct push_state *s, enum intake_status status)
{
    s->result->status = status;
    return 0;
}

/* 1 go on, 0 the result is known, negative: the server could not. */
static int unpack(struct push_state *s)
{
    struct intake_result *r = s->result;
    int rc = bundle_unpack(s->push->bytes, s->push->n, &s->work->arena, &s->header, &s->list, &s->count, &r->err);
    if (rc == ERR_NOMEM) return rc;
    if (rc != 0) return refuse(s, INTAKE_BAD);
    bool dense = s->count > 0 && s->header.last - s->header.first + 1 == s->count && s->header.first >= 1;
    for (size_t i = 0; i < s->count && dense; i++)
        dense = s->list[i].seq == s->header.first + i && s->list[i].origin == s->header.origin;
    if (!dense) {
        err_set(&r->err, ERR_CORRUPT, "数据包的序号不连续", "the bundle's numbers are not consecutive");
        return refuse(s, INTAKE_BAD);
    }
    if (s->header.origin == s->push->origin) return 1;
    err_set(&r->err, ERR_DENIED, "数据包来自 %016llx，而发送者是 %016llx", "the bundle is of %016llx, but the sender is %016llx",
            (unsigned long long)s->header.origin, (unsigned long long)s->push->origin);
    return refuse(s, INTAKE_BAD);
}

static int find_origin(struct push_state *s)
{
    int rc = store_origin_get(s->work->store, s->push->origin, &s->origin, &s->result->err);
    if (rc == 0) {
        s->origin = (struct origin_state){.origin = s->push->origin};
        chain_start(s->push->origin, &s->origin.hash);
    }
    if (rc < 0) return rc;
    s->skew_ms = s->push->agent_clock_ms ? s->push->received_ms - s->push->agent_clock_ms : s->origin.skew_ms;
    return 0;
}

/* h(seq) as the server has it; seq ≤ high. */
static int known_hash(struct push_state *s, uint64_t seq, struct digest *out)
{
    struct changeset_record r;
    struct err *err = &s->result->err;
    if (seq == 0) {
        chain_start(s->push->origin, out);
        return 0;
    }
    if (seq == s->origin.high) {
        *out = s->origin.hash;
        return 0;
    }
    int rc = store_changeset_by_seq(s->work->store, s->push->origin, seq, &r, err);
    if (rc == 0)
        return err_set(err, ERR_CORRUPT, "来源 %016llx 第 %llu 号的记录不见了：请用备份恢复",
                       "the record of origin %016llx, seq %llu is missing: restore a backup",
                       (unsigned long long)s->push->origin, (unsigned long long)seq);
    *out = r.hash;
    return rc < 0 ? rc : 0;
}

static int fork_at(struct push_state *s, uint64_t seq)
{
    s->result->expected = seq;
    int rc = known_hash(s, seq - 1, &s->result->hash);
    return rc == 0 ? refuse(s, INTAKE_FORK) : rc;
}

/* Does the bundle begin where the server's knowledge allows? 1 go on, 0 the result is known, negative. */
static int join(struct push_state *s)
{
    uint64_t first = s->header.first;
    if (first > s->origin.high + 1) {
        s->result->expected = s->origin.high + 1;
        s->result->hash = s->origin.hash;
        return refuse(s, INTAKE_GAP);
    }
    int rc = known_hash(s, first - 1, &s->h);
    if (rc != 0) return rc;
    if (digest_short(&s->h) == s->header.previous) return 1;
    if (first > 1) return fork_at(s, first - 1);
    err_set(&s->result->err, ERR_CORRUPT, "数据包不是从日志的起点开始的", "the bundle does not begin at the start of its log");
    return refuse(s, INTAKE_BAD);
}

/* When what the author had applied was received: he wrote later than that. */
static int find_base(struct push_state *s, uint64_t base)
{
    struct changeset_record r;
    if (base == s->base) return 0;
    int rc = store_changeset_by_csn(s->work->store, base, &r, &s->result->err);
    s->base = base;
    s->base_ms = rc == 1 ? r.received_ms : 0;
    return rc < 0 ? rc : 0;
}

static int find_previous(struct push_state *s, uint64_t seq)
{
    struct changeset_record r;
    if (s->previous != 0 || seq == 1) return 0;
    int rc = store_changeset_by_seq(s->work->store, s->push->origin, seq - 1, &r, &s->result->err);
    if (rc == 1) s->previous = r.corrected;
    return rc < 0 ? rc : 0;
}

static int facts_of(struct push_state *s, const struct changeset *cs, struct clock_facts *f)
{
    int rc = find_base(s, cs->base);
    if (rc == 0) rc = find_previous(s, cs->seq);
    *f = (struct clock_facts){cs->stamp, cs->observed, s->skew_ms, s->base_ms, s->previous, s->push->received_ms};
    return rc;
}

static struct changeset_record record_of(const struct push_state *s, const struct changeset *cs,
                                         const struct clock_reading *read)
{
    struct changeset_record r = {.origin = cs->origin, .seq = cs->seq, .hash = s->h, .stamp = cs->stamp,
                                 .corrected = read->stamp, .observed = cs->observed, .day = read->day,
                                 .received_ms = s->push->received_ms, .schema = cs->schema, .author = cs->author,
                                 .base = cs->base};
    if (read->wrong) r.marks |= MARK_CLOCK;
    if (cs->schema < s->work->schema->version) r.marks |= MARK_OLD_SCHEMA;
    return r;
}

static int quarantine(struct push_state *s, const struct changeset_record *r, const struct err *why)
{
    struct work *w = s->work;
    struct quarantine_entry e = {.origin = r->origin, .seq = r->seq, .hash = r->hash, .received_ms = r->received_ms};
    text_cut(e.why_zh, sizeof e.why_zh, why->zh);
    text_cut(e.why_en, sizeof e.why_en, why->en);
    e.changeset = value_blob(w->canonical.data, w->canonical.len);
    if (w->log != NULL)
        log_line(w->log, LOG_WARN, "intake", "origin %016llx seq %llu quarantined: %s",
                 (unsigned long long)r->origin, (unsigned long long)r->seq, why->en);
    int rc = store_changeset_add(w->store, r, &s->result->err);
    return rc == 0 ? store_quarantine_add(w->store, &e, &s->result->err) : rc;
}

static int take_new(struct push_state *s, const struct changeset *cs)
{
    struct decision d;
    struct clock_facts facts;
    struct clock_reading read;
    struct err *err = &s->result->err;
    int rc = facts_of(s, cs, &facts);
    if (rc != 0) return rc;
    clock_read(&facts, &read);
    s->previous = read.stamp;
    struct changeset_record r = record_of(s, cs, &read);
    rc = decide(&d, s->work, cs, &read, r.received_ms, err);
    if (rc == UNFIT) return quarantine(s, &r, &d.why);
    if (rc == 0) rc = marks_find(&d, &facts, &r.marks, err);
    return rc == 0 ? write_decision(&d, &r, err) : rc;
}

/* 1 go on, 0 the result is known (fork), negative. */
static int compare_known(struct push_state *s, const struct changeset *cs)
{
    struct digest known;
    int rc = known_hash(s, cs->seq, &known);
    if (rc != 0) return rc;
    return digest_equal(&known, &s->h) ? 1 : fork_at(s, cs->seq);
}

static int take_all(struct push_state *s)
{
    struct work *w = s->work;
    struct intake_result *r = s->result;
    int rc = 1;
    for (size_t i = 0; i < s->count && rc == 1; i++) {
        const struct changeset *cs = &s->list[i];
        buf_reset(&w->canonical);
        rc = changeset_encode(cs, &w->canonical, &r->err);
        if (rc != 0) return rc == ERR_NOMEM ? rc : refuse(s, INTAKE_BAD);
        chain_next(&s->h, w->canonical.data, w->canonical.len);
        if (cs->seq <= s->origin.high)
            rc = compare_known(s, cs);
        else
            rc = (rc = take_new(s, cs)) == 0 ? 1 : rc;
    }
    return rc;
}

static int note_origin(struct push_state *s)
{
    struct work *w = s->work;
    struct err *err = &s->result->err;
    const struct bundle_header *h = &s->header;
    bool news = h->last > s->origin.high;
    const struct intake_push *p = s->push;
    int rc = news ? store_bundle_add(w->store, h->origin, h->first, h->last, p->sealed ? p->sealed : p->bytes,
                                     p->sealed ? p->sealed_n : p->n, err) : 0;
    if (news) {
        s->origin.high = h->last;
        s->origin.hash = s->h;
    }
    s->origin.last_contact_ms = s->push->received_ms;
    s->origin.skew_ms = s->skew_ms;
    return rc == 0 ? store_origin_put(w->store, &s->origin, err) : rc;
}

static int list_quarantined(void *ctx, const struct quarantine_entry *e)
{
    struct push_state *s = ctx;
    struct receipt *r = &s->result->receipt;
    if (e->seq > s->header.last || r->quarantined_count == RECEIPT_MAX_QUARANTINE) return 1;
    struct receipt_quarantine *q = &r->quarantined[r->quarantined_count++];
    q->seq = e->seq;
    text_cut(q->why, sizeof q->why, e->why_zh);
    text_cut(q->why_en, sizeof q->why_en, e->why_en);
    return 0;
}

static int write_receipt(struct push_state *s)
{
    struct store *store = s->work->store;
    struct receipt *r = &s->result->receipt;
    struct err *err = &s->result->err;
    *r = (struct receipt){.epoch = store_epoch(store),
                          .high = s->origin.high,
                          .hash = s->origin.hash,
                          .server_ms = s->push->received_ms,
                          .skew_ms = s->skew_ms};
    int rc = store_head(store, &r->csn, err);
    if (rc == 0)
        rc = store_quarantine_walk(store, s->push->origin, s->header.first - 1, list_quarantined, s, err);
    s->result->status = INTAKE_STORED;
    return rc < 0 ? rc : 0;
}

int push_take(struct work *w, const struct intake_push *push, struct intake_result *result)
{
    struct push_state s = {.work = w, .push = push, .result = result};
    own_start(w);
    w->author = (struct author){0};
    int rc = unpack(&s);
    if (rc != 1) return rc;
    rc = find_origin(&s);
    if (rc == 0) rc = join(&s);
    if (rc == 1) rc = take_all(&s);
    if (rc != 1) return rc;
    rc = note_origin(&s);
    if (rc == 0) rc = own_flush(w, push->received_ms, &result->err);
    return rc == 0 ? write_receipt(&s) : rc;
}
