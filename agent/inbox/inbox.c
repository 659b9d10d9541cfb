/* inbox: see inbox.h. Neighbours: orders.c, losses.c, notice.c, here.c. */
#include "inbox.h"

#include <stdlib.h>

#include "collect.h"
#include "losses.h"

enum { ROW_BYTES = 1024 * 1024, ENTRIES_FIRST = 64 };

struct kind {
    const char *name;
    int64_t as_if; /* days: where it stands among what is dated */
    bool seen;     /* can be looked at and let be */
};

static const struct kind kinds[INBOX_KINDS] = {
    [INBOX_ORDER] = {"order", INT32_MAX, false},
    [INBOX_CLUE] = {"clue", INT32_MAX, false},
    [INBOX_QUARANTINED] = {"quarantined", 0, false},
    [INBOX_HANDOVER] = {"handover", 0, true},
    [INBOX_VERIFY] = {"verify", 3, true},
    [INBOX_LOST] = {"lost", 3, true},
    [INBOX_PROPOSAL] = {"proposal", 7, true},
    [INBOX_TAKEOVER] = {"takeover", 7, true},
    [INBOX_MOVED] = {"moved", 7, true},
    [INBOX_RULING] = {"ruling", 7, true},
    [INBOX_LATE_REPLY] = {"late_reply", INT32_MAX, true},
    [INBOX_OUTSIDE] = {"outside", INT32_MAX, true},
};

const char *inbox_kind_name(enum inbox_kind kind)
{
    return kinds[kind].name;
}

bool inbox_can_be_seen(enum inbox_kind kind)
{
    return kinds[kind].seen;
}

int collect_add(struct collect *c, struct inbox_entry e)
{
    struct inbox *b = c->out;
    if (e.done && !c->all) return 0;
    if (b->count == b->room) {
        size_t room = b->room ? b->room * 2 : ENTRIES_FIRST;
        struct inbox_entry *list = realloc(b->list, room * sizeof *list);
        if (!list) return err_nomem(c->err);
        b->list = list;
        b->room = room;
    }
    if (e.dated) e.days_left = e.due_on - c->today;
    b->list[b->count++] = e;
    b->open += !e.done;
    return 0;
}

static int on_clue(void *ctx, const struct table_row *row)
{
    struct collect *c = ctx;
    const struct schema_table *t = schema_table_named(c->h->schema, "clue");
    const struct value *due = &row->values[schema_column_index(t, schema_column_named(t, "due_on"))];
    const struct value *received = &row->system[HOME_RECEIVED];
    struct inbox_entry e = {.kind = INBOX_CLUE, .table = t, .row = row->id, .dated = due->kind == VALUE_INT};
    e.due_on = e.dated ? due->i : 0;
    e.at_ms = received->kind == VALUE_INT ? received->i : 0;
    return collect_add(c, e);
}

static int collect_clues(struct collect *c)
{
    struct arena arena;
    arena_init(&arena, ROW_BYTES);
    int rc = table_walk(c->h->tables, schema_table_named(c->h->schema, "clue"), 0, "\"decided_on\" IS NULL AND \"decision\" IS NULL",
                        NULL, 0, &arena, on_clue, c, c->err);
    arena_free(&arena);
    return rc;
}

static int on_loss(void *ctx, const struct loss *l)
{
    struct collect *c = ctx;
    struct inbox_entry e = {.table = schema_table_named(c->h->schema, "notice"), .at_ms = l->at_ms};
    if (!l->notice) return 0;
    e.row = l->notice->id;
    if (notice_decided(l->notice)) e.kind = INBOX_RULING;
    else if (l->kind == LOSS_VERIFY) e.kind = INBOX_VERIFY;
    else if (l->notice->kind == NOTICE_NOT_TAKEN) e.kind = INBOX_LOST;
    else if (l->notice->kind == NOTICE_PROPOSAL) e.kind = INBOX_PROPOSAL;
    else return 0;
    if (e.kind == INBOX_RULING) e.at_ms = l->notice->told_ms;
    e.done = !loss_open(l);
    return collect_add(c, e);
}

static int on_notice(void *ctx, const struct notice *n)
{
    struct collect *c = ctx;
    struct inbox_entry e = {.table = schema_table_named(c->h->schema, "notice"), .row = n->id, .at_ms = n->told_ms,
                            .done = n->seen};
    if (n->kind == NOTICE_HANDED_OVER) e.kind = INBOX_HANDOVER;
    else if (n->kind == NOTICE_TAKEN_OVER) e.kind = INBOX_TAKEOVER;
    else if (n->kind == NOTICE_OUTSIDE) e.kind = INBOX_OUTSIDE;
    else if (n->kind == NOTICE_MOVED) e.kind = INBOX_MOVED;
    else return 0;
    int over = e.done ? 0 : notice_over(c->h, n, c->err);
    if (over < 0) return over;
    e.done |= over == 1;
    return collect_add(c, e);
}

static int on_quarantine(void *ctx, const struct receipt_quarantine *q)
{
    return collect_add(ctx, (struct inbox_entry){.kind = INBOX_QUARANTINED, .seq = q->seq});
}

static int64_t rank(const struct inbox_entry *e)
{
    return e->dated ? e->days_left : kinds[e->kind].as_if;
}

static int by_urgency(const void *left, const void *right)
{
    const struct inbox_entry *a = left, *b = right;
    if (a->done != b->done) return a->done ? 1 : -1;
    if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
    if (a->row.origin != b->row.origin) return a->row.origin < b->row.origin ? -1 : 1;
    if (a->row.number != b->row.number) return a->row.number < b->row.number ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

int inbox_collect(struct inbox *out, struct home *h, int64_t today, bool all, struct err *err)
{
    struct collect c = {.h = h, .out = out, .today = today, .all = all, .err = err};
    *out = (struct inbox){0};
    int rc = here_read(h, &c.here, err);
    out->decides = c.here.level >= LEVEL_COUNTY;
    if (rc == 0) rc = collect_orders(&c);
    if (rc == 0) rc = collect_clues(&c);
    if (rc == 0) rc = losses_walk(h, NULL, (struct row_id){0}, on_loss, &c, err);
    if (rc == 0) rc = notice_walk(h, NULL, (struct row_id){0}, on_notice, &c, err);
    if (rc == 0) rc = journal_quarantine_walk(h, on_quarantine, &c, err);
    if (rc == 0 && out->count) qsort(out->list, out->count, sizeof *out->list, by_urgency);
    here_free(&c.here);
    return rc;
}

void inbox_free(struct inbox *b)
{
    free(b->list);
    *b = (struct inbox){0};
}

int inbox_seen(struct home *h, const struct inbox *b, struct err *err)
{
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    for (size_t i = 0; rc == 0 && i < b->count; i++) {
        const struct inbox_entry *e = &b->list[i];
        if (!e->done && inbox_can_be_seen(e->kind)) rc = seen_mark(h, e->table, e->row, err);
    }
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    return rc;
}
