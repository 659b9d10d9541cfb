/* verify_ledger: an entry of the ledger is only worth something if what it speaks of can be found. */
#include <inttypes.h>

#include "cli.h"

struct ledger_check {
    struct cli *c;
    struct store *s;
    struct arena arena;
    uint64_t head, entries;
};

static int bad(const struct ledger_check *k, const struct ledger_entry *e, const char *zh, const char *en)
{
    err_words(&k->c->err, ERR_CORRUPT, zh, en);
    return err_where(&k->c->err, ERR_CORRUPT, "台账 #%" PRIu64, "ledger #%" PRIu64, e->id);
}

static int is_proposed(void *ctx, const struct ledger_entry *e)
{
    (void)ctx;
    return e->kind == LEDGER_PROPOSAL && e->column == 0 && e->value.kind == VALUE_BLOB;
}

/* The row is there, if only as a grave; or it was never more than proposed. 1, 0, negative. */
static int row_known(struct ledger_check *k, const struct ledger_entry *e)
{
    const struct schema_table *t = schema_table(store_schema(k->s), e->table);
    struct stored_row row;

    if (!t)
        return 0;
    int rc = store_row_get(k->s, t, e->row, &k->arena, &row, &k->c->err);
    return rc != 0 ? rc : store_ledger_of_row(k->s, e->table, e->row, is_proposed, NULL, &k->c->err);
}

/* A value that stayed carries a newer csn than its changeset: never an older one, and none that was not given yet. */
static int version_known(struct ledger_check *k, const struct cell_version *v)
{
    struct changeset_record r;
    int rc = store_changeset_by_seq(k->s, v->origin, v->seq, &r, &k->c->err);

    return rc == 1 ? r.csn > 0 && v->csn >= r.csn && v->csn <= k->head : rc;
}

static int check_entry(void *ctx, const struct ledger_entry *e)
{
    struct ledger_check *k = ctx;
    int rc;

    arena_reset(&k->arena);
    k->entries++;
    if ((rc = row_known(k, e)) <= 0)
        return rc < 0 ? rc : bad(k, e, "它说的记录不存在", "the record it speaks of does not exist");
    if ((rc = version_known(k, &e->loser)) <= 0)
        return rc < 0 ? rc : bad(k, e, "落选值的变更不存在", "the changeset of the losing value does not exist");
    if (e->winner.origin && (rc = version_known(k, &e->winner)) <= 0)
        return rc < 0 ? rc : bad(k, e, "采用值的变更不存在", "the changeset of the winning value does not exist");
    if (e->decided.ruling != RULING_OPEN && (e->decided.why.len == 0 || e->decided.at_ms <= 0))
        return bad(k, e, "已裁定，却没有理由或时间", "it is decided, but not why or when");
    return 0;
}

static int check_quarantined(void *ctx, const struct quarantine_entry *e)
{
    struct ledger_check *k = ctx;
    struct changeset_record r;
    int rc = store_changeset_by_seq(k->s, e->origin, e->seq, &r, &k->c->err);

    if (rc < 0)
        return rc;
    if (rc == 1 && r.csn == 0 && digest_equal(&r.hash, &e->hash))
        return 0;
    return err_set(&k->c->err, ERR_CORRUPT, "隔离的变更 %016" PRIx64 ":%" PRIu64 " 与日志不符",
                   "quarantined changeset %016" PRIx64 ":%" PRIu64 " is not what the log says", e->origin, e->seq);
}

int verify_ledger(struct cli *c, struct store *s, uint64_t *entries)
{
    struct ledger_check k = {.c = c, .s = s};
    int rc = store_head(s, &k.head, &c->err);

    arena_init(&k.arena, (size_t)16 * 1024 * 1024);
    if (rc >= 0)
        rc = store_ledger_walk(s, 0, check_entry, &k, &c->err);
    if (rc >= 0)
        rc = store_quarantine_walk(s, 0, 0, check_quarantined, &k, &c->err);
    arena_free(&k.arena);
    *entries = k.entries;
    return rc < 0 ? rc : 0;
}
