/* rules: core/rules over the server's tables, see findings.h. Memory is that of sorting one scope's members. */
#include "findings.h"
#include "reading.h"

struct rules {
    struct store *store;
    report_rule_fn *fn;
    void *ctx;
    struct err *err;
};

static int on_finding(void *ctx, const struct rule_household *h, const struct rule_finding *f)
{
    struct rules *r = ctx;
    struct changeset_record changed = {0};
    int64_t since = f->since;
    int rc = since == RULE_NONE ? store_changeset_by_csn(r->store, (uint64_t)f->mark, &changed, r->err) : 0;

    if (rc < 0)
        return rc;
    if (rc > 0)
        since = date_of_ms(changed.received_ms);
    return r->fn(r->ctx, h, f, since);
}

int report_rules(struct store *reader, int64_t scope, int64_t on, report_rule_fn *fn, void *ctx, struct err *err)
{
    const struct rule_scope rows = {.side = RULE_SIDE_SERVER, .place = scope};
    struct rules r = {reader, fn, ctx, err};
    struct db *db;
    int rc = report_db(reader, &db, err);

    if (rc < 0 || (rc = store_begin_read(reader, err)) < 0)
        return rc;
    rc = rules_walk(db, &rows, on, on_finding, &r, err);
    store_end(reader);
    return rc;
}
