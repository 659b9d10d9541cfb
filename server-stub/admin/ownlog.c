/* ownlog: see ownlog.h. Invariant: a changeset that is refused or quarantined is an error here — the caller's
 * transaction is rolled back, and nothing of the log is used up. */
#include "ownlog.h"

#include <stdlib.h>

enum { DEFLATE_LEVEL = 3 };

void ownlog_open(struct ownlog *o, struct store *s, const struct env *env)
{
    *o = (struct ownlog){.store = s, .env = env};
}

static int read_state(const struct ownlog *o, struct origin_state *state, struct err *err)
{
    uint64_t origin = store_server_origin(o->store);
    int rc = store_origin_get(o->store, origin, state, err);

    if (rc == 0) {
        *state = (struct origin_state){.origin = origin};
        chain_start(origin, &state->hash);
    }
    return rc < 0 ? rc : 0;
}

int ownlog_next(struct ownlog *o, uint64_t *seq, struct err *err)
{
    struct origin_state state;
    int rc = read_state(o, &state, err);

    if (rc == 0)
        *seq = state.high + 1;
    return rc;
}

static int take_in(const struct ownlog *o, uint64_t seq, const struct buf *bundle, struct err *err)
{
    struct intake_push push = {.origin = store_server_origin(o->store), .bytes = bundle->data, .n = bundle->len};
    struct intake_result *result = calloc(1, sizeof *result);
    int rc = 0;

    if (!result)
        return err_nomem(err);
    push.received_ms = push.agent_clock_ms = o->env->now_ms(o->env->ctx);
    intake_inside(o->store, o->env, &push, result);
    if (result->status != INTAKE_STORED) {
        rc = result->err.code < 0 ? result->err.code : ERR_REFUSED;
        if (err)
            *err = result->err;
    } else if (result->receipt.quarantined_count && result->receipt.quarantined[0].seq == seq) {
        rc = err_words(err, ERR_REFUSED, result->receipt.quarantined[0].why, result->receipt.quarantined[0].why);
    }
    free(result);
    return rc;
}

int ownlog_write(struct ownlog *o, struct row_id author, int64_t observed, struct change *changes, size_t count,
                 struct err *err)
{
    struct changeset cs = {.schema = store_schema(o->store)->version, .author = author, .observed = observed,
                           .changes = changes, .count = count};
    struct origin_state state;
    struct buf bundle;
    int rc = read_state(o, &state, err);

    buf_init(&bundle, BUNDLE_MAX_BYTES);
    o->stamp = hlc_next(o->stamp, o->env->now_ms(o->env->ctx));
    cs.stamp = o->stamp;
    if (rc == 0) {
        cs.origin = state.origin;
        cs.seq = state.high + 1;
        rc = store_head(o->store, &cs.base, err);
    }
    if (rc == 0)
        rc = bundle_pack(&cs, 1, &state.hash, DEFLATE_LEVEL, &bundle, err);
    if (rc == 0)
        rc = take_in(o, cs.seq, &bundle, err);
    buf_free(&bundle);
    return rc;
}
