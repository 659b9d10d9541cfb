/* village: see village.h. */
#include "village.h"

#include <stdlib.h>
#include <string.h>

static struct row_id put_worker(struct laptop *l, const char *no, int role)
{
    laptop_on(l, "worker");
    laptop_text(l, "no", no);
    laptop_text(l, "name", "测试");
    laptop_int(l, "role", role);
    laptop_int(l, "region", 231202109000);
    return laptop_put(l);
}

static void put_region(struct laptop *l, int64_t code, const char *name)
{
    laptop_on(l, "region");
    laptop_int(l, "code", code);
    laptop_text(l, "name", name);
    laptop_int(l, "level", 5);
    laptop_int(l, "parent", region_parent(code));
    laptop_put(l);
}

static struct row_id put_household(struct laptop *l, const char *no, int64_t place)
{
    laptop_on(l, "household");
    laptop_text(l, "national_no", no);
    laptop_int(l, "village", place);
    laptop_text(l, "head_name", "户主");
    laptop_text(l, "phone", "0455-0000000");
    laptop_int(l, "monitor_status", 2);
    return laptop_put(l);
}

void village_load(struct fixture *f, struct village *v)
{
    struct laptop *l = v->roster = laptop_new(&f->arena, store_server_origin(f->store), f->now_ms - 86400000);
    put_region(l, VILLAGE_A, "甲村");
    put_region(l, VILLAGE_B, "乙村");
    v->contact = put_worker(l, "W1", 1);
    v->cadre = put_worker(l, "W2", 4);
    v->township = put_worker(l, "W3", 5);
    v->county = put_worker(l, "W4", 6);
    laptop_save(l);
    v->household = put_household(l, "H1", VILLAGE_A);
    v->other = put_household(l, "H2", VILLAGE_A);
    laptop_on(l, "member");
    laptop_ref(l, "household", v->household);
    laptop_text(l, "name", "成员");
    laptop_elements(l, "health", BIT_HEALTHY, 0);
    v->member = laptop_put(l);
    laptop_save(l);
    village_push(f, l);
}

struct laptop *village_laptop(struct fixture *f, uint64_t origin, struct row_id author)
{
    struct laptop *l = laptop_new(&f->arena, origin, f->now_ms);
    l->author = author;
    l->base = village_head(f);
    return l;
}

uint64_t village_head(struct fixture *f)
{
    uint64_t head = 0;
    struct err err = {0};
    assert_ok(store_head(f->store, &head, &err), err);
    return head;
}

void village_push(struct fixture *f, struct laptop *l)
{
    struct origin_state o = {0};
    struct err err = {0};
    int found = store_origin_get(f->store, l->origin, &o, &err);
    assert_true(found >= 0);
    struct intake_result r = laptop_push(l, f->store, o.high + 1, l->seq, f->now_ms);
    if (r.status != INTAKE_STORED) fail_msg("push of %llx: %d %s", (unsigned long long)l->origin, r.status, r.err.en);
    assert_int_equal(r.receipt.high, l->seq);
}

struct row_id village_visit(struct laptop *l, struct row_id household, int64_t day, const char *summary)
{
    laptop_on(l, "visit");
    laptop_ref(l, "household", household);
    laptop_int(l, "date", day);
    laptop_int(l, "mode", 1);
    laptop_text(l, "summary", summary);
    struct row_id id = laptop_put(l);
    laptop_save(l);
    return id;
}

static const struct schema_table *named(const char *table)
{
    return schema_table_named(schema_current(), table);
}

void village_row(struct fixture *f, const char *table, struct row_id id, struct stored_row *row)
{
    struct err err = {0};
    int rc = store_row_get(f->store, named(table), id, &f->arena, row, &err);
    if (rc != 1) fail_msg("row of %s: %d %s", table, rc, err.en);
}

static const struct value *value_of(const struct stored_row *row, const char *table, const char *column)
{
    const struct schema_table *t = named(table);
    return &row->row.values[schema_column_index(t, schema_column_named(t, column))];
}

int64_t village_int(const struct stored_row *row, const char *table, const char *column)
{
    return value_of(row, table, column)->i;
}

bool village_text_is(const struct stored_row *row, const char *table, const char *column, const char *text)
{
    struct value want = value_text(text, strlen(text));
    return value_equal(value_of(row, table, column), &want);
}

struct ledger_reader {
    struct fixture *f;
    struct ledger_list *out;
};

static int read_entry(void *ctx, const struct ledger_entry *e)
{
    struct ledger_reader *r = ctx;
    assert_true(r->out->count < 64);
    struct ledger_entry *copy = &r->out->e[r->out->count++];
    *copy = *e;
    if (e->value.len) copy->value.data = arena_copy(&r->f->arena, e->value.data, e->value.len);
    return 0;
}

void village_ledger(struct fixture *f, struct ledger_list *out)
{
    struct ledger_reader r = {f, out};
    struct err err = {0};
    out->count = 0;
    assert_ok(store_ledger_walk(f->store, 0, read_entry, &r, &err), err);
}

static int count_entry(void *ctx, const struct feed_entry *e)
{
    (void)e;
    ++*(size_t *)ctx;
    return 0;
}

size_t village_feed_count(struct fixture *f)
{
    size_t n = 0;
    struct err err = {0};
    assert_ok(store_feed(f->store, 0, count_entry, &n, &err), err);
    return n;
}

enum { AUDIT_PLACES = 64 };
struct audit {
    struct fixture *f;
    struct place_sum want[AUDIT_PLACES];
    size_t count;
    uint64_t moved, last;
};

static struct place_sum *place_slot(struct audit *a, int64_t place)
{
    for (size_t i = 0; i < a->count; i++) {
        if (a->want[i].place == place) return &a->want[i];
    }
    assert_true(a->count < AUDIT_PLACES);
    a->want[a->count] = (struct place_sum){.place = place};
    return &a->want[a->count++];
}

static int audit_entry(void *ctx, const struct feed_entry *e)
{
    struct audit *a = ctx;
    struct err err = {0};
    struct stored_row row;
    struct cell *cells;
    size_t n;
    const struct schema_table *t = schema_table(schema_current(), e->table);
    struct place_sum *p = place_slot(a, e->home.place);
    assert_true(e->csn > a->last);
    a->last = e->csn;
    p->last_csn = e->csn;
    a->moved += e->moved_out;
    if (e->moved_out) return 0;
    assert_int_equal(store_row_by_rid(a->f->store, t, e->rid, &a->f->arena, &row, &err), 1);
    assert_int_equal(row.csn, e->csn);
    assert_int_equal(row.home.place, e->home.place);
    if (row.dead) return 0;
    assert_ok(table_row_cells(t, &row.row, &a->f->arena, &cells, &n, &err), err);
    p->count++;
    p->fingerprint += row_hash(t->number, row.row.id, cells, n);
    return 0;
}

static int audit_sum(void *ctx, const struct place_sum *p)
{
    const struct place_sum *want = place_slot(ctx, p->place);
    assert_int_equal(p->count, want->count);
    assert_int_equal(p->fingerprint, want->fingerprint);
    assert_true(p->last_csn >= want->last_csn);
    return 0;
}

static void audit_order(struct fixture *f, uint64_t head, uint64_t moved)
{
    struct err err = {0};
    struct changeset_record r;
    uint64_t taken = 0, next = 1;
    while (next <= head) {
        assert_int_equal(store_changeset_by_csn(f->store, next, &r, &err), 1);
        if (r.csn != next) { /* a move-out behind the changeset that caused it */
            next++;
            continue;
        }
        taken += r.count;
        next += r.count;
    }
    assert_int_equal(next, head + 1);
    assert_true(taken + moved <= head);
}

void village_audit(struct fixture *f)
{
    struct audit *a = calloc(1, sizeof *a);
    struct err err = {0};
    a->f = f;
    assert_ok(store_feed(f->store, 0, audit_entry, a, &err), err);
    assert_ok(store_places(f->store, INT64_MIN, INT64_MAX, audit_sum, a, &err), err);
    assert_true(a->last <= village_head(f));
    audit_order(f, village_head(f), a->moved);
    free(a);
}
