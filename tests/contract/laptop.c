/* laptop: see laptop.h. */
#include "laptop.h"

#include <string.h>

#include "backend.h"

struct laptop *laptop_new(struct arena *a, uint64_t origin, int64_t clock_ms)
{
    struct laptop *l = arena_alloc(a, sizeof *l);
    assert_non_null(l);
    l->arena = a;
    l->origin = origin;
    l->clock_ms = clock_ms;
    l->observed = date_of_ms(clock_ms);
    l->schema = SCHEMA_VERSION;
    chain_start(origin, &l->hash[0]);
    return l;
}

void laptop_on(struct laptop *l, const char *table)
{
    l->table = schema_table_named(schema_current(), table);
    assert_non_null(l->table);
    l->cell_count = 0;
}

static struct cell *new_cell(struct laptop *l, int column)
{
    size_t at = l->cell_count++;
    assert_true(at < LAPTOP_CELLS);
    while (at > 0 && l->cells[at - 1].column > column) {
        l->cells[at] = l->cells[at - 1];
        at--;
    }
    l->cells[at] = (struct cell){.column = column};
    return &l->cells[at];
}

static struct cell *named_cell(struct laptop *l, const char *column)
{
    const struct schema_column *c = schema_column_named(l->table, column);
    if (c == NULL) fail_msg("no column %s.%s", l->table->name, column);
    return new_cell(l, c->number);
}

void laptop_int(struct laptop *l, const char *column, int64_t v)
{
    named_cell(l, column)->value = value_int(v);
}

void laptop_text(struct laptop *l, const char *column, const char *text)
{
    named_cell(l, column)->value = value_text(text, strlen(text));
}

static struct value ids_value(struct laptop *l, const struct row_id *ids, size_t n)
{
    uint8_t *bytes = arena_alloc(l->arena, n * ROW_ID_BYTES);
    for (size_t i = 0; i < n; i++) row_id_to_bytes(ids[i], bytes + i * ROW_ID_BYTES);
    return n ? value_blob(bytes, n * ROW_ID_BYTES) : value_null();
}

void laptop_ref(struct laptop *l, const char *column, struct row_id id)
{
    named_cell(l, column)->value = ids_value(l, &id, 1);
}

void laptop_null(struct laptop *l, const char *column)
{
    named_cell(l, column)->value = value_null();
}

void laptop_elements(struct laptop *l, const char *column, int64_t added, int64_t removed)
{
    struct cell *c = named_cell(l, column);
    c->value = added ? value_int(added) : value_null();
    c->removed = removed ? value_int(removed) : value_null();
}

void laptop_refs(struct laptop *l, const char *column, const struct row_id *added, size_t n, const struct row_id *removed,
                 size_t m)
{
    struct cell *c = named_cell(l, column);
    c->value = ids_value(l, added, n);
    c->removed = ids_value(l, removed, m);
}

void laptop_raw(struct laptop *l, int column, struct value v)
{
    new_cell(l, column)->value = v;
}

static struct change *add_change(struct laptop *l, enum change_op op, struct row_id id)
{
    struct change *c = &l->changes[l->change_count++];
    assert_true(l->change_count <= LAPTOP_CHANGES);
    struct cell *cells = arena_array(l->arena, l->cell_count + 1, sizeof *cells);
    memcpy(cells, l->cells, l->cell_count * sizeof *cells);
    *c = (struct change){.op = op, .table = l->table->number, .id = id, .cells = cells, .count = l->cell_count};
    l->cell_count = 0;
    return c;
}

struct row_id laptop_put(struct laptop *l)
{
    struct row_id id = row_id_make(l->origin, l->seq + 1, (unsigned)l->change_count);
    add_change(l, CHANGE_PUT, id);
    return id;
}

struct row_id laptop_put_as(struct laptop *l, struct row_id id)
{
    add_change(l, CHANGE_PUT, id)->explicit_id = true;
    return id;
}

void laptop_set(struct laptop *l, struct row_id id)
{
    add_change(l, CHANGE_SET, id);
}

void laptop_delete(struct laptop *l, const char *table, struct row_id id)
{
    laptop_on(l, table);
    add_change(l, CHANGE_DELETE, id);
}

uint64_t laptop_save(struct laptop *l)
{
    struct err err = {0};
    struct buf b;
    struct changeset *cs = &l->log[l->seq++];
    assert_true(l->seq <= LAPTOP_MAX);
    l->last_stamp = hlc_next(l->last_stamp, l->clock_ms);
    *cs = (struct changeset){.origin = l->origin, .seq = l->seq, .stamp = l->last_stamp, .base = l->base,
                             .schema = l->schema, .author = l->author, .observed = l->observed,
                             .count = l->change_count};
    cs->changes = arena_array(l->arena, l->change_count + 1, sizeof *cs->changes);
    memcpy(cs->changes, l->changes, l->change_count * sizeof *cs->changes);
    l->change_count = 0;
    buf_init(&b, CHANGE_MAX_BYTES + 4096);
    assert_ok(changeset_encode(cs, &b, &err), err);
    l->hash[l->seq] = l->hash[l->seq - 1];
    chain_next(&l->hash[l->seq], b.data, b.len);
    buf_free(&b);
    return l->seq;
}

void laptop_bundle(const struct laptop *l, uint64_t first, uint64_t last, struct buf *out)
{
    struct err err = {0};
    buf_init(out, BUNDLE_MAX_BYTES);
    assert_ok(bundle_pack(&l->log[first - 1], last - first + 1, &l->hash[first - 1], 1, out, &err), err);
}

struct intake_result laptop_push(const struct laptop *l, struct store *s, uint64_t first, uint64_t last, int64_t received_ms)
{
    struct intake_result r;
    struct buf b;
    laptop_bundle(l, first, last, &b);
    struct intake_push p = {.origin = l->origin, .bytes = b.data, .n = b.len, .agent_clock_ms = l->clock_ms,
                            .received_ms = received_ms};
    struct intake_push *list[] = {&p};
    intake_batch(s, env_system(), NULL, list, 1, &r);
    buf_free(&b);
    return r;
}
