/* ruling: the entry that is asked about, its row, and what is decided together with it. */
#include "ruling.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ruled.h"

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

static int keep(struct gathering *g, const struct ledger_entry *e)
{
    struct ruling *r = g->r;

    if (r->group_count == RULING_MAX)
        return g->rc = ERR_NOMEM;
    struct ledger_entry *copy = &r->group[r->group_count++];
    *copy = *e;
    return g->rc = ruling_keep(r->arena, &copy->value);
}

/* What the same changeset wrote to the same row, of the same kind of column. */
static int gather(void *ctx, const struct ledger_entry *e)
{
    struct gathering *g = ctx;
    const struct ruling *r = g->r;
    const struct schema_column *c = e->column ? schema_column(r->table, e->column) : NULL;
    bool with = e->id == r->entry.id ||
                (as_one(r->column) && c && c->policy == r->column->policy && e->decided.ruling == RULING_OPEN &&
                 e->kind == r->entry.kind && e->loser.origin == r->entry.loser.origin && e->loser.seq == r->entry.loser.seq);

    return with ? keep(g, e) : 0;
}

static bool gathered(const struct ruling *r, uint64_t id)
{
    for (size_t i = 0; i < r->group_count; i++)
        if (r->group[i].id == id)
            return true;
    return false;
}

/* Who says that what is in force is right has said it against everything that waits about the cell; who will not have
 * a row made, about all that is proposed for it. */
static int gather_kept(void *ctx, const struct ledger_entry *e)
{
    struct gathering *g = ctx;
    const struct ruling *r = g->r;
    const struct schema_column *c = e->column ? schema_column(r->table, e->column) : NULL;
    bool of_cell = c && r->column && (c == r->column || (as_one(c) && c->policy == r->column->policy));
    bool pair = r->entry.to_verify && e->to_verify && e->kind == LEDGER_LOST && of_cell;
    bool of_row = r->entry.column == 0 && r->entry.value.kind == VALUE_BLOB && !r->found && e->kind == LEDGER_PROPOSAL;

    return e->decided.ruling == RULING_OPEN && !gathered(r, e->id) && (pair || of_row) ? keep(g, e) : 0;
}

int ruling_keep_all(struct ruling *r, struct err *err)
{
    struct gathering g = {.r = r};
    int rc = store_ledger_of_row(r->store, r->entry.table, r->entry.row, gather_kept, &g, err);

    return g.rc < 0 ? err_nomem(err) : rc < 0 ? rc : 0;
}

/* ---- what is refused ---- */

static int note_open(void *ctx, const struct ledger_entry *e)
{
    struct buf *open = ctx;

    if (e->decided.ruling == RULING_OPEN && (e->to_verify || e->kind == LEDGER_PROPOSAL))
        buf_printf(open, "%s#%" PRIu64, open->len ? " " : "", e->id);
    return 0;
}

static int refuse_superseded(const struct ruling *r, struct err *err)
{
    struct buf open;

    buf_init(&open, 160);
    int rc = store_ledger_of_row(r->store, r->entry.table, r->entry.row, note_open, &open, err);
    if (rc >= 0)
        rc = err_set(err, ERR_REFUSED,
                     "#%" PRIu64 " 不是冲突，是由知情的人改掉的旧值，没有什么要裁定（此记录待裁定：%s）；若确要恢复旧值，加 --earlier",
                     "#%" PRIu64 " is no conflict but an earlier value, replaced by somebody who had seen it: there is nothing to "
                     "decide (of this record there waits: %s); to bring it back all the same, add --earlier",
                     r->entry.id, open.len ? buf_text(&open) : "-");
    buf_free(&open);
    return rc;
}

static int refuse_twice(const struct ledger_entry *e, struct err *err)
{
    struct value by = e->decided.by.len ? e->decided.by : schema_said(SAID_OFFICE);
    char day[11], who[2][256], sentence[2][400];

    for (int l = LANG_ZH; l <= LANG_EN; l++) {
        struct value name = schema_heard(&by, (enum lang)l);
        snprintf(who[l], sizeof who[l], "%.*s", (int)name.len, (const char *)name.data);
    }
    date_format(date_of_ms(e->decided.at_ms), day);
    snprintf(sentence[0], sizeof sentence[0], "#%" PRIu64 " 已于 %s 由 %s 裁定：%s", e->id, day, who[0],
             ruled_words(e->decided.ruling, LANG_ZH));
    snprintf(sentence[1], sizeof sentence[1], "#%" PRIu64 " was decided on %s by %s: %s", e->id, day, who[1],
             ruled_words(e->decided.ruling, LANG_EN));
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

int ruling_open(struct ruling *r, struct store *s, struct arena *arena, uint64_t id, bool earlier, struct err *err)
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
    if (r->entry.kind == LEDGER_SUPERSEDED && !earlier)
        return refuse_superseded(r, err);
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
