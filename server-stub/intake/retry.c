/* retry: a changeset in quarantine is decided once more, as if it came only now: its origin, seq, base, stamps and
 * time of receipt are those of then, its csns those of today. What its author wrote later counts as later.
 *
 * Invariant: either it is written, and gone from the list together with its record without csn; or nothing changes
 * but the reason that the list gives. */
#include <string.h>

#include "work.h"
#include "zhucun/utf8.h"

struct search {
    struct arena *arena;
    struct quarantine_entry entry;
    uint64_t seq;
    int found; /* 1, 0, or negative: no memory */
};

static int keep_entry(void *ctx, const struct quarantine_entry *e)
{
    struct search *s = ctx;
    if (e->seq != s->seq) return 1;
    s->entry = *e;
    s->entry.changeset.data = arena_copy(s->arena, e->changeset.data, e->changeset.len);
    s->found = s->entry.changeset.data != NULL ? 1 : ERR_NOMEM;
    return 1;
}

static int find(struct work *w, uint64_t origin, uint64_t seq, struct quarantine_entry *out,
                struct changeset_record *record, struct err *err)
{
    struct search s = {.arena = &w->arena, .seq = seq};
    int rc = store_quarantine_walk(w->store, origin, seq - 1, keep_entry, &s, err);
    if (rc < 0) return rc;
    if (s.found < 0) return err_nomem(err);
    rc = s.found ? store_changeset_by_seq(w->store, origin, seq, record, err) : 0;
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "隔离区里没有 %016llx 的第 %llu 号变更（见 quarantine list）",
                       "changeset %llx:%llu is not in quarantine (see quarantine list)", (unsigned long long)origin,
                       (unsigned long long)seq);
    *out = s.entry;
    return rc < 0 ? rc : 0;
}

/* Why it does not fit may be another reason than before: the list is to say today's. */
static int still_unfit(struct work *w, struct quarantine_entry *e, const struct err *why, struct err *err)
{
    text_cut(e->why_zh, sizeof e->why_zh, why->zh);
    text_cut(e->why_en, sizeof e->why_en, why->en);
    int rc = store_quarantine_add(w->store, e, err);
    if (rc == 0 && err != NULL) *err = *why;
    return rc;
}

static int retry(struct work *w, uint64_t origin, uint64_t seq, struct err *err)
{
    struct quarantine_entry e;
    struct changeset_record record;
    struct changeset cs;
    struct decision d;
    struct clock_facts facts;
    struct clock_reading read;
    int rc = find(w, origin, seq, &e, &record, err);
    if (rc == 0) rc = changeset_decode(origin, e.changeset.data, e.changeset.len, &w->arena, &cs, err);
    facts = (struct clock_facts){.raw = record.stamp, .received_ms = record.received_ms};
    read = (struct clock_reading){.stamp = record.corrected, .day = record.day};
    if (rc == 0) rc = decide(&d, w, &cs, &read, record.received_ms, err);
    if (rc == UNFIT) return still_unfit(w, &e, &d.why, err);
    if (rc == 0) rc = marks_find(&d, &facts, &record.marks, err);
    if (rc == 0) rc = store_quarantine_drop(w->store, origin, seq, err);
    if (rc == 1) rc = write_decision(&d, &record, err);
    if (rc == 0) rc = own_flush(w, w->env->now_ms(w->env->ctx), err);
    return rc == 0 ? 1 : rc;
}

int intake_retry(struct store *s, const struct env *env, uint64_t origin, uint64_t seq, struct err *err)
{
    struct work w;
    work_init(&w, s, env, NULL);
    w.careful = true;
    int rc = seq > 0 ? handover_day(&w, env->now_ms(env->ctx), err)
                     : err_set(err, ERR_NOT_FOUND, "日志从第 1 号开始", "logs begin with number 1");
    if (rc == 0) rc = retry(&w, origin, seq, err);
    work_free(&w);
    return rc;
}
