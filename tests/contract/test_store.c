/* test_store: what store.h promises by itself, without intake. */
#include "backend.h"

#include <stdio.h>
#include <string.h>

#include "village.h"

static void keeps_its_identity(void **state)
{
    struct fixture *f = *state;
    uint64_t epoch = store_epoch(f->store), origin = store_server_origin(f->store);
    assert_int_not_equal(epoch, 0);
    assert_int_not_equal(origin, 0);
    fixture_reopen(f);
    assert_int_equal(store_epoch(f->store), epoch);
    assert_int_equal(store_server_origin(f->store), origin);
    assert_int_equal(store_city(f->store), 231200000000);
}

static void refuses_a_second_creation_and_a_second_writer(void **state)
{
    struct fixture *f = *state;
    struct store *s = NULL;
    struct err err = {0};
    assert_int_equal(store_open_writer(&s, f->dir, &err), ERR_BUSY);
    assert_null(s);
    store_close(f->store);
    assert_int_equal(store_create(&s, f->dir, 231200000000, SUITE_25519, &f->env, &err), ERR_REFUSED);
    assert_null(s);
    assert_ok(store_open_writer(&f->store, f->dir, &err), err);
}

static void csns_go_with_a_rollback(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    uint64_t csn = 0;
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_head_take(f->store, 5, &csn, &err), err);
    assert_int_equal(csn, 1);
    assert_ok(store_savepoint(f->store, &err), err);
    assert_ok(store_head_take(f->store, 3, &csn, &err), err);
    assert_int_equal(csn, 6);
    assert_ok(store_rollback_savepoint(f->store, &err), err);
    assert_ok(store_head_take(f->store, 1, &csn, &err), err);
    assert_int_equal(csn, 6);
    assert_ok(store_commit(f->store, &err), err);
    assert_int_equal(village_head(f), 6);
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_head_take(f->store, 9, &csn, &err), err);
    store_rollback(f->store);
    assert_int_equal(village_head(f), 6);
    assert_int_equal(store_head_take(f->store, 1, &csn, &err), ERR_REFUSED);
}

static int sum_of(void *ctx, const struct place_sum *p)
{
    *(struct place_sum *)ctx = *p;
    return 0;
}

static struct place_sum read_sum(struct fixture *f, int64_t place)
{
    struct place_sum p = {0};
    struct err err = {0};
    assert_ok(store_places(f->store, place, place, sum_of, &p, &err), err);
    return p;
}

static void sums_survive_savepoints(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_home_add(f->store, (struct row_home){7, 0}, 1, UINT64_MAX - 1, 1, &err), err);
    assert_ok(store_savepoint(f->store, &err), err);
    assert_ok(store_home_add(f->store, (struct row_home){7, 0}, 1, 10, 2, &err), err);
    assert_int_equal(read_sum(f, 7).count, 2); /* seen inside, even halfway */
    assert_ok(store_home_add(f->store, (struct row_home){7, 0}, 1, 10, 3, &err), err);
    assert_ok(store_rollback_savepoint(f->store, &err), err);
    assert_ok(store_savepoint(f->store, &err), err);
    assert_ok(store_home_add(f->store, (struct row_home){7, 0}, 3, 5, 4, &err), err);
    assert_ok(store_home_add(f->store, (struct row_home){7, 0}, -1, 0 - (uint64_t)1, 5, &err), err);
    assert_ok(store_release(f->store, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    struct place_sum p = read_sum(f, 7);
    assert_int_equal(p.count, 3);
    assert_int_equal(p.fingerprint, 2); /* wraps, as sums modulo 2^64 do */
    assert_int_equal(p.last_csn, 5);
}

static void many_places_in_one_push(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    assert_ok(store_begin(f->store, &err), err);
    for (int round = 0; round < 2; round++) {
        for (int64_t place = 1; place <= 2000; place++)
            assert_ok(store_home_add(f->store, (struct row_home){place, 0}, 1, (uint64_t)place, (uint64_t)(round + 1), &err), err);
    }
    assert_ok(store_commit(f->store, &err), err);
    for (int64_t place = 1; place <= 2000; place += 333) {
        assert_int_equal(read_sum(f, place).count, 2);
        assert_int_equal(read_sum(f, place).fingerprint, 2 * place);
    }
}

static void a_reader_sees_one_moment(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    uint64_t csn = 0, seen = 0;
    struct store *reader = fixture_reader(f);
    assert_ok(store_begin_read(reader, &err), err);
    assert_ok(store_head(reader, &seen, &err), err);
    assert_int_equal(seen, 0);
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_head_take(f->store, 4, &csn, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    assert_ok(store_head(reader, &seen, &err), err);
    assert_int_equal(seen, 0);
    store_end(reader);
    assert_ok(store_head(reader, &seen, &err), err);
    assert_int_equal(seen, 4);
    store_close(reader);
}

static void rows_keep_marks_and_unknown_columns(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct stored_row row = {0}, back;
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct cell_mark marks[2] = {{3, 0, {9, UINT64_MAX, 8, 77, -5, {UINT64_MAX - 3, 12}}},
                                 {250, UINT64_MAX, {UINT32_MAX, 1, 2, 3, 4, {0, 0}}}};
    struct cell extra = {.column = 180, .value = value_text("later", 5)};
    assert_ok(table_row_new(t, &f->arena, &row.row, &err), err);
    assert_ok(table_row_put_cells(t, &row.row, &extra, 1, &f->arena, &err), err);
    row.row.id = row_id_make(UINT64_MAX, 3, 1);
    row.row.rid = 42;
    row.row.values[1] = value_int(VILLAGE_A);
    row.row.values[2] = value_text("户主", 6);
    row.csn = 43;
    row.home = (struct row_home){VILLAGE_A, 9};
    row.dead = true;
    row.marks = marks;
    row.mark_count = 2;
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_row_insert(f->store, t, &row, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    fixture_reopen(f);
    assert_int_equal(store_row_by_rid(f->store, t, 42, &f->arena, &back, &err), 1);
    assert_true(row_id_equal(back.row.id, row.row.id));
    assert_int_equal(back.csn, 43);
    assert_int_equal(back.home.place, VILLAGE_A);
    assert_true(back.dead);
    assert_int_equal(back.mark_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(back.marks[i].column, marks[i].column);
        assert_int_equal(back.marks[i].element, marks[i].element);
        assert_int_equal(back.marks[i].version.csn, marks[i].version.csn);
        assert_int_equal(back.marks[i].version.origin, marks[i].version.origin);
        assert_int_equal(back.marks[i].version.observed, marks[i].version.observed);
        assert_true(row_id_equal(back.marks[i].version.author, marks[i].version.author));
    }
    assert_int_equal(back.row.extra_count, 1);
    assert_int_equal(back.row.extra[0].column, 180);
    struct row_home home = {0};
    assert_int_equal(store_row_home(f->store, t, row.row.id, &home, &err), 1);
    assert_int_equal(home.place, VILLAGE_A);
    assert_int_equal(home.unit, 9);
    assert_int_equal(store_row_home(f->store, t, row_id_make(5, 1, 0), &home, &err), 0);
}

static void nobody_writes_past_the_write_path(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    assert_int_not_equal(f->backend->write_behind(f->store), 0);
}

static void finds_rows_and_levels(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct village v;
    struct row_id id;
    int level = 0;
    village_load(f, &v);
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    assert_int_equal(store_row_find(f->store, t, "H2", 2, &id, &err), 1);
    assert_true(row_id_equal(id, v.other));
    assert_int_equal(store_row_find(f->store, t, "none", 4, &id, &err), 0);
    assert_int_equal(store_worker_level(f->store, v.county, &level, &err), 1);
    assert_int_equal(level, LEVEL_COUNTY);
    assert_int_equal(store_worker_level(f->store, v.household, &level, &err), 0);
    assert_int_equal(level, 0);
}

static struct device sample_device(int64_t *places)
{
    struct device d = {.origin = UINT64_MAX - 7, .places = places, .place_count = 2, .enrolled_ms = 5,
                       .worker_count = 2, .pulled_csn = 9, .last_pull_ms = 11};
    strcpy(d.name, "甲村笔记本");
    strcpy(d.workers[0], "W1");
    strcpy(d.workers[1], "W2");
    d.sign = (struct public_key){.suite = SUITE_25519, .use = KEY_SIGN, .bytes = {0xab}};
    d.box = (struct public_key){.suite = SUITE_25519, .use = KEY_BOX, .bytes = {0xcd}};
    d.counter = 77;
    return d;
}

static void codes_are_used_once_and_expire(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    int64_t places[2] = {VILLAGE_A, VILLAGE_B};
    struct enrol_code c = {.expires_ms = 1000, .device = sample_device(places)};
    struct device d;
    assert_ok(store_begin(f->store, &err), err);
    for (uint8_t i = 1; i <= 2; i++) {
        memset(c.code.bytes, i, DIGEST_BYTES);
        assert_ok(store_code_add(f->store, &c, &err), err);
    }
    assert_int_equal(store_code_take(f->store, &c.code, 999, &f->arena, &d, &err), 1);
    assert_int_equal(d.place_count, 2);
    assert_int_equal(d.places[1], VILLAGE_B);
    assert_int_equal(d.worker_count, 2);
    assert_string_equal(d.workers[1], "W2");
    assert_string_equal(d.name, "甲村笔记本");
    assert_int_equal(d.origin, 0);
    assert_int_equal(store_code_take(f->store, &c.code, 999, &f->arena, &d, &err), 0);
    memset(c.code.bytes, 1, DIGEST_BYTES);
    assert_int_equal(store_code_take(f->store, &c.code, 1000, &f->arena, &d, &err), 0);
    assert_ok(store_commit(f->store, &err), err);
}

static int count_device(void *ctx, const struct device *d)
{
    assert_int_equal(d->place_count, 2);
    ++*(int *)ctx;
    return 0;
}

static void devices_come_back(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    int64_t places[2] = {VILLAGE_A, VILLAGE_B};
    struct device d = sample_device(places), back;
    int n = 0;
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_device_put(f->store, &d, &err), err);
    d.revoked_ms = 77;
    assert_ok(store_device_put(f->store, &d, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    assert_int_equal(store_device_by_origin(f->store, d.origin, &f->arena, &back, &err), 1);
    assert_true(key_equal(&back.sign, &d.sign) && key_equal(&back.box, &d.box));
    assert_true(back.counter == 77);
    assert_int_equal(back.revoked_ms, 77);
    assert_int_equal(back.places[0], VILLAGE_A);
    assert_int_equal(back.pulled_csn, 9);
    assert_int_equal(store_device_by_origin(f->store, 1, &f->arena, &back, &err), 0);
    assert_ok(store_device_walk(f->store, count_device, &n, &err), err);
    assert_int_equal(n, 1);
}

static int first_bundle(void *ctx, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n)
{
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "abc", 3);
    *(uint64_t *)ctx = *(uint64_t *)ctx * 1000 + origin * 100 + first * 10 + last;
    return 0;
}

static void bundles_are_kept_in_order(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    uint64_t order = 0;
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_bundle_add(f->store, 2, 1, 1, "abc", 3, &err), err);
    assert_ok(store_bundle_add(f->store, 1, 3, 4, "abc", 3, &err), err);
    assert_ok(store_bundle_add(f->store, 1, 1, 2, "abc", 3, &err), err);
    assert_ok(store_bundle_add(f->store, 1, 1, 2, "abc", 3, &err), err);
    assert_ok(store_commit(f->store, &err), err);
    assert_ok(store_bundle_walk(f->store, first_bundle, &order, &err), err);
    assert_int_equal(order, 112134211);
}

static void a_backup_opens(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct village v;
    char path[128];
    village_load(f, &v);
    snprintf(path, sizeof path, "%s/copy.db", f->dir);
    assert_ok(store_backup(f->store, path, &err), err);
    assert_int_equal(store_backup(f->store, path, &err), ERR_REFUSED);
}

static int count_entry(void *ctx, const struct ledger_entry *e)
{
    assert_int_equal(e->column, 6);
    ++*(size_t *)ctx;
    return 0;
}

static struct ledger_entry a_loss(struct row_id row)
{
    return (struct ledger_entry){.kind = LEDGER_LOST, .reason = REASON_SAME_DAY, .to_verify = true, .table = 3,
                                 .column = 6, .row = row, .place = 7, .value = value_text("old", 3),
                                 .loser = {.csn = 4, .origin = 9, .seq = 2, .stamp = 5, .observed = 20000},
                                 .winner = {.csn = 3, .origin = 8, .seq = 1}, .winner_csn = 4, .at_ms = 12};
}

static void a_ruling_is_written_once(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct row_id row = row_id_make(1, 1, 0), other = row_id_make(1, 1, 1);
    struct ledger_entry first = a_loss(row), second = a_loss(other), read = {0};
    struct ledger_resolution taken = {RULING_LOSER, value_text("K1", 2), value_text("asked the family", 16), 99};
    struct ledger_resolution kept = {RULING_WINNER, value_null(), value_text("no", 2), 100};
    size_t found = 0;
    assert_ok(store_begin(f->store, &err), err);
    assert_ok(store_ledger_add(f->store, &first, &err), err);
    assert_ok(store_ledger_add(f->store, &second, &err), err);
    assert_int_not_equal(first.id, 0);
    assert_true(second.id > first.id);
    assert_int_equal(store_ledger_resolve(f->store, first.id, &taken, &err), 1);
    assert_int_equal(store_ledger_resolve(f->store, first.id, &kept, &err), 0);
    assert_int_equal(store_ledger_resolve(f->store, second.id + 1, &kept, &err), 0);
    assert_ok(store_commit(f->store, &err), err);
    assert_int_equal(store_ledger_get(f->store, first.id, &f->arena, &read, &err), 1);
    assert_int_equal(read.decided.ruling, RULING_LOSER);
    assert_true(value_equal(&read.decided.by, &taken.by));
    assert_true(value_equal(&read.decided.why, &taken.why));
    assert_int_equal(read.decided.at_ms, 99);
    assert_true(value_equal(&read.value, &first.value));
    assert_int_equal(read.loser.origin, 9);
    assert_int_equal(read.winner_csn, 4);
    assert_int_equal(store_ledger_get(f->store, second.id, &f->arena, &read, &err), 1);
    assert_int_equal(read.decided.ruling, RULING_OPEN);
    assert_int_equal(store_ledger_get(f->store, second.id + 1, &f->arena, &read, &err), 0);
    assert_ok(store_ledger_of_row(f->store, 3, row, count_entry, &found, &err), err);
    assert_ok(store_ledger_of_row(f->store, 4, row, count_entry, &found, &err), err);
    assert_int_equal(found, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(keeps_its_identity),
        CONTRACT_TEST(refuses_a_second_creation_and_a_second_writer),
        CONTRACT_TEST(csns_go_with_a_rollback),
        CONTRACT_TEST(sums_survive_savepoints),
        CONTRACT_TEST(many_places_in_one_push),
        CONTRACT_TEST(a_reader_sees_one_moment),
        CONTRACT_TEST(rows_keep_marks_and_unknown_columns),
        CONTRACT_TEST(nobody_writes_past_the_write_path),
        CONTRACT_TEST(finds_rows_and_levels),
        CONTRACT_TEST(codes_are_used_once_and_expire),
        CONTRACT_TEST(devices_come_back),
        CONTRACT_TEST(bundles_are_kept_in_order),
        CONTRACT_TEST(a_ruling_is_written_once),
        CONTRACT_TEST(a_backup_opens),
    };
    return contract_run("store", tests, sizeof tests / sizeof tests[0]);
}
