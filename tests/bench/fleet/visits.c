/* visits: random visits for load — plain sentences put together from clauses; figures that depend on prose (bytes a
 * visit) are measured on zhucun-seed's instead. One commit a visit, as people save them. */
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "fleet.h"

enum { MOST_HOUSEHOLDS = 2000 };

static const char *const clauses[] = {
    "到户看了看", "院里收拾得干净", "老人在家", "孩子在镇上念书", "玉米已经脱粒", "柴火备足了", "水压正常", "药按时吃",
    "说今年收成还行", "想打听小额贷款", "屋顶没有漏雨", "儿子在外打工", "低保按月到账", "医保已经缴了", "鸡鸭有二十来只",
    "问了防返贫政策", "炕烧得热", "腿疼没有加重", "准备开春换种子", "电费有补贴", "门窗需要修一修", "邻居常来照应",
};

struct pool {
    struct row_id *list;
    size_t count;
};

static int pool_add(void *ctx, const struct table_row *row)
{
    struct pool *p = ctx;
    if (p->count == MOST_HOUSEHOLDS) return 1;
    p->list[p->count++] = row->id;
    return 0;
}

/* xorshift64* (Vigna 2016): spreads load, decides nothing. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static void sentence(uint64_t *dice, struct buf *out)
{
    size_t n = 4 + next(dice) % 5;
    for (size_t i = 0; i < n; i++) {
        buf_put_text(out, clauses[next(dice) % (sizeof clauses / sizeof clauses[0])]);
        buf_put_text(out, i + 1 < n ? "，" : "。");
    }
}

static int write_one(struct home *h, struct row_id household, uint64_t *dice, struct buf *text, struct err *err)
{
    const struct schema_table *t = schema_table_named(h->schema, "visit");
    int64_t today = date_of_ms(h->env->now_ms(h->env->ctx));
    uint8_t id[ROW_ID_BYTES];
    struct row_id made;
    struct capture *c;
    row_id_to_bytes(household, id);
    buf_reset(text);
    sentence(dice, text);
    struct cell cells[] = {
        {.column = 1, .value = value_blob(id, sizeof id)},
        {.column = 2, .value = value_int(today)},
        {.column = 4, .value = value_int(1 + (int64_t)(next(dice) % 4))},
        {.column = 6, .value = value_text((const char *)text->data, text->len)},
        {.column = 8, .value = value_int(1)},
        {.column = 9, .value = value_int(1 + (int64_t)(next(dice) % 3))},
        {.column = 10, .value = value_int(1)},
        {.column = 11, .value = value_int(1)},
    };
    int rc = capture_begin(&c, h, (struct row_id){0, 0}, today, err);
    if (rc) return rc;
    rc = capture_put(c, t, cells, sizeof cells / sizeof cells[0], &made, err);
    if (rc == 0) return capture_commit(c, NULL, err);
    capture_abort(c);
    return rc;
}

int visits_write(struct home *h, size_t count, uint64_t seed, struct err *err)
{
    struct pool pool = {malloc(MOST_HOUSEHOLDS * sizeof *pool.list), 0};
    struct arena arena;
    struct buf text;
    uint64_t dice = seed | 1;
    if (!pool.list) return err_nomem(err);
    arena_init(&arena, 1024 * 1024);
    buf_init(&text, 4096);
    int rc = table_walk(h->tables, schema_table_named(h->schema, "household"), 0, NULL, NULL, 0, &arena, pool_add, &pool, err);
    if (rc >= 0 && pool.count == 0)
        rc = err_set(err, ERR_REFUSED, "%s 的范围内没有户", "%s holds no household", h->dir);
    for (size_t i = 0; rc >= 0 && i < count; i++)
        rc = write_one(h, pool.list[next(&dice) % pool.count], &dice, &text, err);
    buf_free(&text);
    arena_free(&arena);
    free(pool.list);
    return rc < 0 ? rc : 0;
}
