/* history: all that happened to one record, in the server's order — who made it, every later write with what it said,
 * what of it lost or was put out of force, rulings, the grave, and what waits in quarantine.
 *
 * Which changesets those are is known from the row's marks and the ledger; a write that left no trace in either (it
 * said what stood there already) is found only by reading every log: --full. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "zhucun/pack.h"

static int grow(struct cli *c, void **list, size_t *room, size_t size)
{
    size_t more = *room ? *room * 2 : 32;
    void *p = realloc(*list, more * size);

    if (!p)
        return err_nomem(&c->err);
    *list = p;
    *room = more;
    return 0;
}

static int add_event(struct history *h, uint64_t origin, uint64_t seq)
{
    struct changeset_record r;

    for (size_t i = 0; i < h->event_count; i++)
        if (h->events[i].origin == origin && h->events[i].seq == seq)
            return 0;
    int rc = origin ? store_changeset_by_seq(h->s, origin, seq, &r, &h->c->err) : 0;
    if (rc != 1 || r.csn == 0)
        return rc < 0 ? rc : 0;
    if (h->event_count == h->event_room) {
        void *list = h->events;
        if (grow(h->c, &list, &h->event_room, sizeof *h->events) < 0)
            return ERR_NOMEM;
        h->events = list;
    }
    h->events[h->event_count++] = (struct event){r.csn, origin, seq, r.count};
    return 0;
}

static int keep_entry(void *ctx, const struct ledger_entry *e)
{
    struct history *h = ctx;

    if (h->entry_count == h->entry_room) {
        void *list = h->entries;
        if (grow(h->c, &list, &h->entry_room, sizeof *h->entries) < 0)
            return ERR_NOMEM;
        h->entries = list;
    }
    struct ledger_entry *copy = &h->entries[h->entry_count++];
    *copy = *e;
    struct value *borrowed[] = {&copy->value, &copy->decided.by, &copy->decided.why};
    for (size_t i = 0; i < 3; i++)
        if (borrowed[i]->len && !(borrowed[i]->data = arena_copy(&h->kept, borrowed[i]->data, borrowed[i]->len)))
            return err_nomem(&h->c->err);
    return 0;
}

static int from_row(struct history *h)
{
    struct changeset_record made;
    struct stored_row row;
    int rc = store_row_get(h->s, h->table, h->id, &h->x.arena, &row, &h->c->err);

    if (rc != 1)
        return rc;
    rc = store_changeset_by_csn(h->s, (uint64_t)row.row.rid, &made, &h->c->err);
    if (rc == 1)
        rc = add_event(h, made.origin, made.seq);
    for (size_t i = 0; i < row.mark_count && rc >= 0; i++)
        rc = add_event(h, row.marks[i].version.origin, row.marks[i].version.seq);
    return rc < 0 ? rc : 0;
}

static int from_ledger(struct history *h)
{
    int rc = store_ledger_of_row(h->s, h->table->number, h->id, keep_entry, h, &h->c->err);

    for (size_t i = 0; i < h->entry_count && rc >= 0; i++) {
        rc = add_event(h, h->entries[i].loser.origin, h->entries[i].loser.seq);
        if (rc >= 0)
            rc = add_event(h, h->entries[i].winner.origin, h->entries[i].winner.seq);
    }
    return rc < 0 ? rc : 0;
}

static int from_bundle(void *ctx, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n)
{
    struct history *h = ctx;
    struct bundle_header header;
    struct changeset *list;
    size_t count;

    (void)origin, (void)first, (void)last;
    explain_next(&h->x);
    int rc = store_bundle_unpack(h->s, bytes, n, &h->x.arena, &header, &list, &count, &h->c->err);
    for (size_t k = 0; k < count && rc == 0; k++)
        for (size_t i = 0; i < list[k].count && rc == 0; i++)
            if (history_about(h, &list[k], i))
                rc = add_event(h, list[k].origin, list[k].seq);
    return rc;
}

static int by_order(const void *a, const void *b)
{
    uint64_t x = ((const struct event *)a)->csn, y = ((const struct event *)b)->csn;

    return x < y ? -1 : x > y;
}

static int run(struct history *h, bool full)
{
    unsigned waiting = 0;
    int rc = from_row(h);

    if (rc == 0)
        rc = from_ledger(h);
    if (rc == 0 && full)
        rc = store_bundle_walk(h->s, from_bundle, h, &h->c->err);
    if (rc == 0 && h->event_count)
        qsort(h->events, h->event_count, sizeof *h->events, by_order);
    for (size_t i = 0; i < h->event_count && rc == 0; i++)
        rc = history_tell(h, &h->events[i]);
    if (rc == 0)
        rc = quarantined_list(h->c, &h->x, store_city(h->s), h->table, h->id, true, &waiting);
    if (rc == 0 && h->event_count + waiting == 0)
        rc = err_set(&h->c->err, ERR_NOT_FOUND, "没有这条%s", "there is no such %s", say(h->c, h->table->zh, h->table->name));
    return rc;
}

int command_history(struct cli *c, int argc, char **argv)
{
    struct history h = {.c = c};
    const char *record = NULL;
    bool full = false, found;
    const struct arg args[] = {{"--full", ARG_FLAG, &full}};
    size_t words;
    int rc = args_parse(c, argc, argv, args, 1, &record, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0)
        return err_set(&c->err, ERR_USAGE, "哪条记录？zhucun-server history 表/编号", "which record? zhucun-server history TABLE/ID");
    if ((rc = open_reader(c, &h.s)) < 0)
        return rc;
    explain_open(&h.x, c, h.s);
    arena_init(&h.kept, (size_t)64 * 1024 * 1024);
    if ((rc = store_begin_read(h.s, &c->err)) >= 0) {
        rc = explain_find(c, h.s, record, &h.table, &h.id, &found);
        if (rc >= 0)
            rc = run(&h, full);
        store_end(h.s);
    }
    arena_free(&h.kept);
    explain_close(&h.x);
    free(h.events);
    free(h.entries);
    store_close(h.s);
    return rc < 0 ? rc : 0;
}
