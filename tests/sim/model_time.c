/* model_time: when something was written and seen, by the server's clock. A wrong clock poisons nothing: the stamp is
 * shifted by what the clock was wrong by at the push; it is not before the receipt of what its author had applied, nor
 * before the log's last one, and never later than its own receipt. A day that the wrong clock itself gave goes
 * along with it, if that is a day or more: its today, and a day of the month before unless somebody may have meant just that
 * day — one of the month before it was really written, or since what its author had applied was received. */
#include "model_impl.h"

static const int64_t a_day = INT64_C(24) * 60 * 60 * 1000, region = INT64_C(8) * 60 * 60 * 1000;

static int64_t day_of(int64_t ms)
{
    int64_t local = ms + region;
    return local / a_day - (local % a_day < 0);
}

static bool meant(int64_t observed, int64_t really_ms, int64_t contact_ms)
{
    int64_t ago = day_of(really_ms) - observed;
    return ago >= 0 && (ago <= 31 || (contact_ms > 0 && observed >= day_of(contact_ms)));
}

static int64_t seen_on(int64_t written_ms, int64_t really_ms, int64_t contact_ms, int64_t observed, int64_t received_ms)
{
    int64_t off = really_ms - written_ms, age = day_of(written_ms) - observed;
    bool clocks = age == 0 || (age > 0 && age <= 31 && !meant(observed, really_ms, contact_ms));
    if ((off >= a_day || off <= -a_day) && clocks) observed = day_of(really_ms) - age;
    return observed <= day_of(received_ms) ? observed : day_of(received_ms);
}

struct written time_of(struct model *m, const struct changeset *cs, const struct arrival *a)
{
    int64_t ms = (int64_t)(cs->stamp >> 16) + (a->clock_ms ? a->received_ms - a->clock_ms : 0);
    uint64_t last = 0, base_csn = 0;
    int64_t base_ms = 0;
    for (const struct receipt_of *r = m->receipts; r; r = r->next) {
        if (r->origin == cs->origin && r->stamp > last) last = r->stamp;
        if (r->csn == 0 || r->csn > cs->base || r->csn <= base_csn) continue;
        base_csn = r->csn;
        base_ms = r->received_ms;
    }
    if (ms < base_ms) ms = base_ms;
    if (ms > a->received_ms) ms = a->received_ms;
    uint64_t stamp = ((uint64_t)(ms > 0 ? ms : 0) << 16) + (cs->stamp & 0xffff);
    if (stamp < last) stamp = last;
    struct receipt_of *r = model_alloc(m, sizeof *r);
    *r = (struct receipt_of){m->receipts, a->csn, cs->origin, stamp, a->received_ms};
    m->receipts = r;
    int64_t day = seen_on((int64_t)(cs->stamp >> 16), (int64_t)(stamp >> 16), base_ms, cs->observed, a->received_ms);
    return (struct written){.origin = cs->origin, .seq = cs->seq, .stamp = stamp, .observed = day, .author = cs->author};
}
