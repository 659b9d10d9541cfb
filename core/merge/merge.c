/* merge: what a cell becomes when somebody's write arrives. Pure: no SQL, no clock, no I/O.
 *
 * "saw": the incoming author had applied the current write (its csn ≤ base), or the same laptop made it.
 * "later": greater by (observed day, corrected stamp, origin, seq). A write ranks with the latest that it overruled and
 *          the other had not seen (merge_overruled).
 *
 *   policy     who may write          saw      not saw (concurrent)
 *   ---------  ---------------------  -------  -------------------------------------------------------------------
 *   APPEND     the row's author;      take     later wins, the other → ledger (one author on two laptops)
 *              else proposal
 *   LATEST     anybody                take     later wins, the other → ledger; same observed day: 待核实
 *   SET        anybody                union    union; an element taken out stays if somebody added it unseen
 *   STICKY     anybody, but a closing          (see below)
 *              names who and why,
 *              else proposal
 *   ATOMIC     anybody                take     the current sheet stays whole; all cells of the other → ledger, also
 *                                              those that are equal, 待核实
 *   AUTHORITY  level ≥ the column's;  take     later wins, the other → ledger
 *              else proposal
 *   ORDER      the issuer;            take     later wins, the other → ledger
 *              else proposal
 *
 * A ruling at the server itself counts as the author's, the issuer's, and needs no grounds. Nobody (no author) is the
 * row's author only on the installation that made it.
 *
 * An equal value changes nothing; where later wins, the later of the two stands for it from then on.
 *
 * STICKY (risk). "unseen": written by somebody else, past base.
 *
 *   incoming                          risk    unseen                    →
 *   --------------------------------  ------  ------------------------  ---------------------------------------------
 *   closing without who and why       any     any                       proposal, NO_GROUNDS
 *   closing                           open    no finding                closed
 *   closing                           open    a finding                 loses, UNSEEN_FINDING, 待核实
 *   closing                           closed  no finding                both in force; of who, when, why the later shows
 *   closing                           closed  a finding that a closing  loses
 *                                             in force had seen
 *   closing                           closed  a finding after those     loses, and the risk is open again
 *   state := open                     closed  no closing                open; the closing is superseded
 *   any finding                       closed  a closing in force        open; state, who, when, why lost, 待核实
 *   other finding (rank, detail, …)   closed  no closing                stays closed; the cell by its own policy
 *   who, when, why alone, or with     open    any                       proposal, NO_GROUNDS; so is emptying who or why
 *   state := open
 *   who, when, why alone              closed  any                       as LATEST
 *
 * So a risk is closed exactly when some closing saw, or was seen by, each finding of others — in whatever order they
 * come — and nobody who saw the closing has opened it again.
 *
 * Adding a policy is one function and one row in `rules` below. */
#include "zhucun/merge.h"

enum { RISK_CLOSED = 2 }; /* codes_risk_state */

static struct merge_result result(enum merge_outcome outcome, enum merge_reason reason, bool to_verify)
{
    return (struct merge_result){outcome, reason, to_verify};
}

static bool saw(const struct merge_input *in, const struct cell_version *v)
{
    const struct cell_version *inc = in->incoming_version;
    return v->csn <= in->base || (v->origin == inc->origin && v->seq <= inc->seq);
}

bool merge_saw(const struct merge_input *in)
{
    return saw(in, in->current_version);
}

/* Of what the author had seen, what was observed later than his own write. */
static bool overrules(const struct merge_input *in, const struct cell_version *v)
{
    return saw(in, v) && v->observed > in->incoming_version->observed;
}

size_t merge_overruled(const struct merge_input *in, struct cell_version out[MERGE_OVERRULED])
{
    bool current = !in->making && overrules(in, in->current_version);
    size_t first = in->overruled_count + current > MERGE_OVERRULED ? 1 : 0, n = 0; /* the oldest is seen by most */
    for (size_t i = first; i < in->overruled_count; i++) {
        if (overrules(in, &in->overruled[i])) out[n++] = in->overruled[i];
    }
    if (current) out[n++] = *in->current_version;
    return n;
}

static bool later(const struct cell_version *a, const struct cell_version *b)
{
    if (a->observed != b->observed) return a->observed > b->observed;
    if (a->stamp != b->stamp) return a->stamp > b->stamp;
    if (a->origin != b->origin) return a->origin > b->origin;
    return a->seq > b->seq;
}

/* What the incoming write has to beat: the latest of the current write and of what that one overruled, as far as the
 * incoming author had not seen it. So no order of arrival changes the winner (tests/unit/merge/test_orders.c). */
static const struct cell_version *to_beat(const struct merge_input *in)
{
    const struct cell_version *best = in->current_version;
    for (size_t i = 0; i < in->overruled_count; i++) {
        const struct cell_version *v = &in->overruled[i];
        if (!saw(in, v) && later(v, best)) best = v;
    }
    return best;
}

static bool same_value(const struct merge_input *in)
{
    return value_equal(in->current, &in->incoming->value);
}

static struct merge_result take_or_later(const struct merge_input *in)
{
    const struct cell_version *inc = in->incoming_version, *rival = to_beat(in);
    bool informed = merge_saw(in), wins = informed || later(inc, rival);
    bool same_day = inc->observed == rival->observed;
    if (same_value(in)) return result(wins ? MERGE_CONFIRM : MERGE_SAME, REASON_NONE, false);
    if (informed) return result(MERGE_TAKE, REASON_NONE, false);
    return result(wins ? MERGE_TAKE_WON : MERGE_KEEP, same_day ? REASON_SAME_DAY : REASON_OLDER_OBSERVED, same_day);
}

static struct merge_result propose(const struct merge_input *in, enum merge_reason reason)
{
    return same_value(in) ? result(MERGE_SAME, REASON_NONE, false) : result(MERGE_PROPOSAL, reason, false);
}

static bool own(const struct merge_input *in)
{
    const struct cell_version *inc = in->incoming_version;
    if (in->decided) return true;
    if (row_id_is_null(in->row_author)) return row_id_is_null(inc->author) && inc->origin == in->row_origin;
    return row_id_equal(inc->author, in->row_author);
}

static struct merge_result append(const struct merge_input *in)
{
    return own(in) ? take_or_later(in) : propose(in, REASON_NOT_AUTHOR);
}

static struct merge_result set_union(const struct merge_input *in)
{
    (void)in;
    return result(MERGE_UNION, REASON_NONE, false);
}

static bool unseen(const struct cell_version *v, uint64_t base)
{
    return v != NULL && v->csn > base;
}

bool merge_reopens(const struct merge_risk *r, uint64_t base)
{
    if (!r->closed) return false;
    if (r->finds && unseen(r->closing, base)) return true;
    return r->closes && r->grounds && unseen(r->finding, base) && r->finding->csn > r->last_closing;
}

static struct merge_result opening(const struct merge_input *in)
{
    if (same_value(in)) return result(MERGE_CONFIRM, REASON_NONE, false);
    if (!in->risk.closed || !unseen(in->risk.closing, in->base)) return result(MERGE_TAKE, REASON_NONE, false);
    return result(MERGE_TAKE_WON, REASON_UNSEEN_FINDING, true);
}

static struct merge_result closing(const struct merge_input *in)
{
    const struct merge_risk *r = &in->risk;
    if (!r->grounds) return propose(in, REASON_NO_GROUNDS);
    if (unseen(r->finding, in->base)) {
        bool nothing = same_value(in) && !merge_reopens(r, in->base);
        return nothing ? result(MERGE_SAME, REASON_NONE, false) : result(MERGE_KEEP, REASON_UNSEEN_FINDING, true);
    }
    if (r->closed) return take_or_later(in);
    return result(same_value(in) ? MERGE_CONFIRM : MERGE_TAKE, REASON_NONE, false);
}

static struct merge_result sticky(const struct merge_input *in)
{
    const struct merge_risk *r = &in->risk;
    bool state = in->column->type == TYPE_CODE, empties = in->incoming->value.kind == VALUE_NULL;
    if (state && in->incoming->value.i != RISK_CLOSED) return opening(in);
    if (r->closes) return closing(in);
    if (r->opens && empties) return result(MERGE_SAME, REASON_NONE, false); /* they go with the closing */
    bool bare = !r->closed || r->opens || (empties && in->column->type != TYPE_DATE); /* who and why belong to a closing */
    return bare && !in->decided ? propose(in, REASON_NO_GROUNDS) : take_or_later(in);
}

static struct merge_result atomic(const struct merge_input *in)
{
    if (!merge_saw(in)) return result(MERGE_KEEP, REASON_ATOMIC, true);
    return result(same_value(in) ? MERGE_CONFIRM : MERGE_TAKE, REASON_NONE, false);
}

static struct merge_result authority(const struct merge_input *in)
{
    return in->author_level < in->column->level ? propose(in, REASON_NO_AUTHORITY) : take_or_later(in);
}

static struct merge_result order(const struct merge_input *in)
{
    return own(in) ? take_or_later(in) : propose(in, REASON_NOT_ISSUER);
}

typedef struct merge_result rule(const struct merge_input *in);
static rule *const rules[] = {
    [POLICY_APPEND] = append, [POLICY_LATEST] = take_or_later, [POLICY_SET] = set_union, [POLICY_STICKY] = sticky,
    [POLICY_ATOMIC] = atomic, [POLICY_AUTHORITY] = authority,  [POLICY_ORDER] = order,
};

struct merge_result merge_cell(const struct merge_input *in)
{
    return rules[in->column ? in->column->policy : POLICY_LATEST](in);
}
