/* city: see city.h. */
#include "city.h"

#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "intake.h"
#include "zhucun/pack.h"

struct loading {
    struct arena arena;
    struct changeset cs;
    struct change changes[3 * CITY_MAX_HOUSEHOLDS];
};

static struct cell cell_of(struct loading *l, const char *table, const char *column, struct value v)
{
    const struct schema_column *c = schema_column_named(schema_table_named(schema_current(), table), column);
    if (v.len) v.data = arena_copy(&l->arena, v.data, v.len);
    return (struct cell){.column = c->number, .value = v};
}

static struct value text(const char *s)
{
    return value_text(s, strlen(s));
}

static struct row_id add(struct loading *l, const char *table, const struct cell *cells, size_t count)
{
    struct change *ch = &l->changes[l->cs.count];
    *ch = (struct change){.op = CHANGE_PUT, .table = schema_table_named(schema_current(), table)->number};
    ch->id = row_id_make(l->cs.origin, l->cs.seq, (unsigned)l->cs.count++);
    ch->cells = arena_copy(&l->arena, cells, count * sizeof *cells);
    ch->count = count;
    return ch->id;
}

static void add_region(struct loading *l, int64_t code, const char *name, int level)
{
    struct cell cells[] = {cell_of(l, "region", "code", value_int(code)), cell_of(l, "region", "name", text(name)),
                           cell_of(l, "region", "level", value_int(level))};
    add(l, "region", cells, 3);
}

static struct row_id add_worker(struct loading *l, const char *no, const char *name, int role, int64_t region)
{
    struct cell cells[] = {cell_of(l, "worker", "no", text(no)), cell_of(l, "worker", "name", text(name)),
                           cell_of(l, "worker", "role", value_int(role)),
                           cell_of(l, "worker", "region", value_int(region))};
    return add(l, "worker", cells, 4);
}

/* First code of the role list with that level. */
static int role_of(int level)
{
    const struct schema_column *c = schema_column_named(schema_table_named(schema_current(), "worker"), "role");
    for (size_t i = 0; i < c->codes->count; i++)
        if (c->codes->list[i].level == level) return c->codes->list[i].code;
    return 1;
}

static void add_people(struct loading *l, struct city *c)
{
    char name[40];
    for (size_t i = 0; i < c->households; i++) {
        uint8_t id[ROW_ID_BYTES];
        snprintf(name, sizeof name, "户主%zu", i);
        struct cell h[] = {cell_of(l, "household", "village", value_int(CITY_VILLAGE)),
                           cell_of(l, "household", "head_name", text(name)),
                           cell_of(l, "household", "phone", text("13900000000"))};
        c->household[i] = add(l, "household", h, 3);
        row_id_to_bytes(c->household[i], id);
        snprintf(name, sizeof name, "成员%zu", i);
        struct cell m[] = {cell_of(l, "member", "household", value_blob(id, sizeof id)),
                           cell_of(l, "member", "name", text(name)), cell_of(l, "member", "health", value_int(2))};
        c->member[i] = add(l, "member", m, 3);
    }
}

static int push(struct loading *l, struct store *s, const struct env *env, struct err *err)
{
    struct digest before;
    struct buf bytes;
    struct intake_result result = {0};
    chain_start(l->cs.origin, &before);
    buf_init(&bytes, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(&l->cs, 1, &before, 6, &bytes, err);
    struct intake_push p = {.origin = l->cs.origin, .bytes = bytes.data, .n = bytes.len, .received_ms = env->now_ms(env->ctx)};
    struct intake_push *list[] = {&p};
    if (rc == 0) {
        intake_batch(s, env, &(struct log){LOG_ERROR, 2}, list, 1, &result);
        if (result.status != INTAKE_STORED || result.receipt.quarantined_count)
            rc = err_set(err, ERR_REFUSED, "名册没有收下：%s%.0s", "%.0sthe roster was not taken: %s", result.err.zh, result.err.en);
    }
    buf_free(&bytes);
    return rc;
}

int city_load(struct city *c, struct store *s, const struct env *env, size_t households, struct err *err)
{
    struct loading l = {0};
    *c = (struct city){.origin = store_server_origin(s), .households = households};
    arena_init(&l.arena, 1024 * 1024);
    l.cs = (struct changeset){.origin = c->origin, .seq = 1, .schema = SCHEMA_VERSION, .changes = l.changes,
                              .stamp = hlc_from_ms(env->now_ms(env->ctx)), .observed = date_of_ms(env->now_ms(env->ctx))};
    add_region(&l, INT64_C(231200000000), "绥化市", 2);
    add_region(&l, INT64_C(231202000000), "北林区", 3);
    add_region(&l, INT64_C(231202109000), "四方台镇", 4);
    add_region(&l, CITY_VILLAGE, "友谊村", 5);
    add_region(&l, CITY_OTHER_VILLAGE, "东风村", 5);
    c->cadre = add_worker(&l, "B1", "驻村甲", role_of(LEVEL_CADRE), CITY_VILLAGE);
    c->contact = add_worker(&l, "B2", "帮扶乙", role_of(LEVEL_CONTACT), CITY_VILLAGE);
    c->county = add_worker(&l, "X1", "县级丙", role_of(LEVEL_COUNTY), INT64_C(231202000000));
    add_people(&l, c);
    int rc = push(&l, s, env, err);
    arena_free(&l.arena);
    return rc;
}

int city_visit(struct home *h, const struct city *c, size_t household, unsigned n, struct row_id *id, struct err *err)
{
    const struct schema_table *t = schema_table_named(h->schema, "visit");
    struct capture *cap;
    uint8_t hid[ROW_ID_BYTES];
    char words[200];
    int64_t today = date_of_ms(h->env->now_ms(h->env->ctx));
    row_id_to_bytes(c->household[household % c->households], hid);
    snprintf(words, sizeof words, "第%u次走访：老人身体平稳，玉米长势好，嘱咐按时服药，查看了饮水。", n);
    struct cell cells[] = {
        {.column = schema_column_named(t, "household")->number, .value = value_blob(hid, sizeof hid)},
        {.column = schema_column_named(t, "date")->number, .value = value_int(today)},
        {.column = schema_column_named(t, "mode")->number, .value = value_int(1)},
        {.column = schema_column_named(t, "summary")->number, .value = text(words)},
        {.column = schema_column_named(t, "water")->number, .value = value_int(1 + n % 2)},
    };
    int rc = capture_begin(&cap, h, c->cadre, today, err);
    if (rc) return rc;
    rc = capture_put(cap, t, cells, sizeof cells / sizeof cells[0], id, err);
    if (rc == 0) return capture_commit(cap, NULL, err);
    capture_abort(cap);
    return rc;
}

static int set_cell(struct home *h, struct row_id author, const char *table, struct row_id id, const char *column,
                    struct value value, struct value removed, struct err *err)
{
    const struct schema_table *t = schema_table_named(h->schema, table);
    struct cell cell = {.column = schema_column_named(t, column)->number, .value = value, .removed = removed};
    struct capture *cap;
    int rc = capture_begin(&cap, h, author, date_of_ms(h->env->now_ms(h->env->ctx)), err);
    if (rc) return rc;
    rc = capture_set(cap, t, id, &cell, 1, err);
    if (rc == 0) return capture_commit(cap, NULL, err);
    capture_abort(cap);
    return rc;
}

int city_set(struct home *h, struct row_id author, const char *table, struct row_id id, const char *column,
             struct value value, struct err *err)
{
    return set_cell(h, author, table, id, column, value, value_null(), err);
}

int city_set_elements(struct home *h, struct row_id author, const char *table, struct row_id id, const char *column,
                      struct value added, struct value removed, struct err *err)
{
    return set_cell(h, author, table, id, column, added, removed, err);
}

int city_read(struct home *h, const char *table, struct row_id id, const char *column, struct arena *a,
              struct table_row *row, struct value *out, struct err *err)
{
    const struct schema_table *t = schema_table_named(h->schema, table);
    int rc = table_read(h->tables, t, id, a, row, err);
    if (rc == 1) *out = row->values[schema_column_index(t, schema_column_named(t, column))];
    return rc;
}

static int count_one(void *ctx, const struct table_row *row)
{
    (void)row;
    ++*(size_t *)ctx;
    return 0;
}

size_t city_count(struct table_set *ts, const char *table)
{
    const struct schema_table *t = schema_table_named(table_set_schema(ts), table);
    struct arena a;
    size_t n = 0;
    arena_init(&a, 1024 * 1024);
    table_walk(ts, t, 0, NULL, NULL, 0, &a, count_one, &n, NULL);
    arena_free(&a);
    return n;
}
