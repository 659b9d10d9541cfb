/* merge: what a cell becomes when somebody's write arrives. Pure: no SQL, no clock, no I/O.
 *
 * "saw": the incoming author had applied the current write (its csn ≤ base), or the same laptop made it.
 * "later": greater by (observed day, corrected stamp, origin, seq).
 *
 *   policy     who may write          saw      not saw (concurrent)
 *   ---------  ---------------------  -------  -------------------------------------------------------------------
 *   APPEND     the row's author;      take     later wins, the other → ledger (one author on two laptops)
 *              else proposal
 *   LATEST     anybody                take     later wins, the other → ledger; same observed day: 待核实
 *   SET        anybody                union    union; an element taken out stays if somebody added it unseen
 *   STICKY     anybody                take     an open state beats a closing that had not seen it; who closed, when and
 *                                              why: what is there stays, and being emptied wins, so that a closing
 *                                              that lost leaves nothing of itself behind
 *   ATOMIC     anybody                take     the current sheet stays, the other → ledger, 待核实
 *   AUTHORITY  level ≥ the column's;  take     later wins, the other → ledger
 *              else proposal
 *   ORDER      the issuer;            take     later wins, the other → ledger
 *              else proposal
 *
 * An incoming value equal to the current one changes nothing, whoever wrote it. Adding a policy is one function
 * and one row in `rules` below. */
#include "zhucun/merge.h"

enum { RISK_OPEN = 1 }; /* codes_risk_state */

static struct merge_result result(enum merge_outcome outcome, enum merge_reason reason, bool to_verify)
{
    return (struct merge_result){outcome, reason, to_verify};
}

bool merge_saw(const struct merge_input *in)
{
    const struct cell_version *cur = in->current_version, *inc = in->incoming_version;
    return cur->csn <= in->base || (cur->origin == inc->origin && cur->seq <= inc->seq);
}

/* Is a later than b? A total order, so that the winner does not depend on the order of arrival. */
static bool later(const struct cell_version *a, const struct cell_version *b)
{
    if (a->observed != b->observed) return a->observed > b->observed;
    if (a->stamp != b->stamp) return a->stamp > b->stamp;
    if (a->origin != b->origin) return a->origin > b->origin;
    return a->seq > b->seq;
}

static struct merge_result by_observation(const struct merge_input *in)
{
    const struct cell_version *cur = in->current_version, *inc = in->incoming_version;
    bool same_day = cur->observed == inc->observed;
    enum merge_reason reason = same_day ? REASON_SAME_DAY : REASON_OLDER_OBSERVED;
    return result(later(inc, cur) ? MERGE_TAKE_WON : MERGE_KEEP, reason, same_day);
}

static struct merge_result take_or_later(const struct merge_input *in)
{
    return merge_saw(in) ? result(MERGE_TAKE, REASON_NONE, false) : by_observation(in);
}

static struct merge_result append(const struct merge_input *in)
{
    if (!row_id_equal(in->incoming_version->author, in->row_author))
        return result(MERGE_PROPOSAL, REASON_NOT_AUTHOR, false);
    return take_or_later(in);
}

static struct merge_result set_union(const struct merge_input *in)
{
    (void)in;
    return result(MERGE_UNION, REASON_NONE, false);
}

static struct merge_result sticky(const struct merge_input *in)
{
    if (merge_saw(in)) return result(MERGE_TAKE, REASON_NONE, false);
    bool state = in->column->type == TYPE_CODE;
    bool opens = state ? in->incoming->value.i == RISK_OPEN : in->incoming->value.kind == VALUE_NULL;
    return result(opens ? MERGE_TAKE_WON : MERGE_KEEP, REASON_UNSEEN_FINDING, true);
}

static struct merge_result atomic(const struct merge_input *in)
{
    if (merge_saw(in)) return result(MERGE_TAKE, REASON_NONE, false);
    return result(MERGE_KEEP, REASON_ATOMIC, true);
}

static struct merge_result authority(const struct merge_input *in)
{
    if (in->author_level < in->column->level) return result(MERGE_PROPOSAL, REASON_NO_AUTHORITY, false);
    return take_or_later(in);
}

static struct merge_result order(const struct merge_input *in)
{
    if (!row_id_equal(in->incoming_version->author, in->row_author))
        return result(MERGE_PROPOSAL, REASON_NOT_ISSUER, false);
    return take_or_later(in);
}

typedef struct merge_result rule(const struct merge_input *in);
static rule *const rules[] = {
    [POLICY_APPEND] = append, [POLICY_LATEST] = take_or_later, [POLICY_SET] = set_union, [POLICY_STICKY] = sticky,
    [POLICY_ATOMIC] = atomic, [POLICY_AUTHORITY] = authority,  [POLICY_ORDER] = order,
};

struct merge_result merge_cell(const struct merge_input *in)
{
    enum schema_policy policy = in->column ? in->column->policy : POLICY_LATEST;
    if (policy != POLICY_SET && value_equal(in->current, &in->incoming->value))
        return result(MERGE_SAME, REASON_NONE, false);
    return rules[policy](in);
}
