/* history: see history.h. */
#include "history.h"

enum { BATCH = 256, BATCH_BYTES = 1024 * 1024, ARENA_BYTES = 64 * 1024 * 1024 };

static int tell(struct home *h, const struct changeset *cs, const struct change *ch, own_act_fn *fn, void *ctx,
                struct err *err)
{
    struct own_act a = {.seq = cs->seq, .authored_ms = hlc_ms(cs->stamp), .observed = cs->observed,
                        .author = cs->author, .op = ch->op, .cells = ch->cells, .count = ch->count};
    struct table_row asked = {.system[HOME_SEQ] = value_int((int64_t)cs->seq)};
    int rc = journal_row_status(h, &asked, &a.status, err);
    return rc ? rc : fn(ctx, &a);
}

static int tell_batch(struct home *h, const struct changeset *list, size_t count, int table, struct row_id id,
                      own_act_fn *fn, void *ctx, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; rc == 0 && j < list[i].count; j++) {
            const struct change *ch = &list[i].changes[j];
            if (ch->table == table && row_id_equal(ch->id, id)) rc = tell(h, &list[i], ch, fn, ctx, err);
        }
    }
    return rc;
}

int history_walk(struct home *h, const struct schema_table *t, const struct table_row *row, own_act_fn *fn, void *ctx,
                 struct err *err)
{
    const struct value *last = &row->system[HOME_SEQ];
    uint64_t next = row->id.origin == h->origin ? row->id.number >> ROW_INDEX_BITS : 1;
    struct arena arena;
    int rc = 0;
    if (last->kind != VALUE_INT) return 0;
    arena_init(&arena, ARENA_BYTES);
    while (rc == 0 && next <= (uint64_t)last->i) {
        struct changeset *list;
        size_t got = 0;
        arena_reset(&arena);
        rc = journal_read(h, next, BATCH, BATCH_BYTES, &arena, &list, &got, err);
        if (rc || got == 0) break;
        next = list[got - 1].seq + 1;
        rc = tell_batch(h, list, got, t->number, row->id, fn, ctx, err);
    }
    arena_free(&arena);
    return rc;
}
