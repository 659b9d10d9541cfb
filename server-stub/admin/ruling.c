/* ruling: the entry that is asked about, its row, and what is decided together with it. */
#include "ruling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool as_one(const struct schema_column *c)
{
    return c && (c->policy == POLICY_ATOMIC || c->policy == POLICY_STICKY);
}

struct gathering {
    struct ruling *r;
    int rc;
};

int ruling_keep(struct arena *a, struct value *v)
{
    return v->len == 0 || (v->data = arena_copy(a, v->data, v->len)) != NULL ? 0 : ERR_NOMEM;
}

/* What the same changeset wrote to the same row, of the same kind of column. */
static int gather(void *ctx, const struct ledger_entry *e)
{
    struct gathering *g = ctx;
    struct ruling *r = g->r;
    const struct schema_column *c = e->column ? schema_column(r->table, e->column) : NULL;
    bool with = e->id == r->entry.id ||
                (as_one(r->column) && c && c->policy == r->column->policy && e->decided.ruling == RULING_OPEN &&
                 e->kind == r->entry.kind && e->loser.origin == r->entry.loser.origin && e->loser.seq == r->entry.loser.seq);

    if (!with)
        return 0;
    if (r->group_count == RULING_MAX)
        return g->rc = ERR_NOMEM;
    struct ledger_entry *copy = &r->group[r->group_count++];
    *copy = *e;
    return g->rc = ruling_keep(r->arena, &copy->value);
}

static int refuse_twice(const struct ledger_entry *e, struct err *err)
{
    static const char *const zh[] = {"", "维持现值", "采用落选值", "另定"};
    static const char *const en[] = {"", "the value in force stays", "the losing value was taken", "another value was set"};
    size_t which = (size_t)e->decided.ruling < 4 ? (size_t)e->decided.ruling : 0;
    const struct value *by = &e->decided.by;
    char day[11], who[2][80] = {"办公室", "the office"}, sentence[2][240];

    if (by->len) {
        snprintf(who[0], sizeof who[0], "%.*s", (int)by->len, (const char *)by->data);
        snprintf(who[1], sizeof who[1], "%s", who[0]);
    }
    date_format(date_of_ms(e->decided.at_ms), day);
    snprintf(sentence[0], sizeof sentence[0], "#%" PRIu64 " 已于 %s 由 %s 裁定：%s", e->id, day, who[0], zh[which]);
    snprintf(sentence[1], sizeof sentence[1], "#%" PRIu64 " was decided on %s by %s: %s", e->id, day, who[1], en[which]);
    return err_words(err, ERR_REFUSED, sentence[0], sentence[1]);
}

static int read_row(struct ruling *r, struct err *err)
{
    struct changeset_record made;
    int rc = store_row_get(r->store, r->table, r->entry.row, r->arena, &r->row, err);

    if (rc < 0)
        return rc;
    r->found = rc == 1;
    rc = r->found ? store_changeset_by_csn(r->store, (uint64_t)r->row.row.rid, &made, err) : 0;
    if (rc == 1)
        r->made_by = made.author;
    return rc < 0 ? rc : 0;
}

int ruling_open(struct ruling *r, struct store *s, struct arena *arena, uint64_t id, struct err *err)
{
    struct gathering g = {.r = r};

    *r = (struct ruling){.store = s, .arena = arena};
    int rc = store_ledger_get(s, id, arena, &r->entry, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "台账里没有 #%" PRIu64 "（见 conflicts --all）",
                       "there is no #%" PRIu64 " in the ledger (see conflicts --all)", id);
    if (r->entry.decided.ruling != RULING_OPEN)
        return refuse_twice(&r->entry, err);
    r->table = schema_table(store_schema(s), r->entry.table);
    if (!r->table)
        return err_set(err, ERR_REFUSED, "本服务器不认识表 %d：请先升级", "this server does not know table %d: upgrade it first",
                       r->entry.table);
    r->column = r->entry.column ? schema_column(r->table, r->entry.column) : NULL;
    rc = read_row(r, err);
    if (rc == 0)
        rc = store_ledger_of_row(s, r->entry.table, r->entry.row, gather, &g, err);
    return g.rc < 0 ? err_nomem(err) : rc < 0 ? rc : 0;
}
