/* test_intake: pushes as a whole — order, repetition, gaps, forks, quarantine, groups, full disks. */
#include <string.h>

#include "village.h"

static void stored_once_however_often_it_is_sent(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    for (int i = 0; i < 3; i++) village_visit(l, v.household, l->observed, "走访");
    struct intake_result a = laptop_push(l, f->store, 1, 3, f->now_ms);
    size_t rows = village_feed_count(f);
    struct intake_result b = laptop_push(l, f->store, 1, 3, f->now_ms);
    assert_int_equal(a.status, INTAKE_STORED);
    assert_int_equal(b.status, INTAKE_STORED);
    assert_int_equal(b.receipt.high, 3);
    assert_int_equal(b.receipt.csn, a.receipt.csn);
    assert_int_equal(b.receipt.epoch, store_epoch(f->store));
    assert_true(digest_equal(&b.receipt.hash, &l->hash[3]));
    assert_int_equal(village_feed_count(f), rows);
    village_audit(f);
}

static void gap_is_answered_with_what_is_wanted(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    for (int i = 0; i < 5; i++) village_visit(l, v.household, l->observed, "走访");
    struct intake_result r = laptop_push(l, f->store, 3, 5, f->now_ms);
    assert_int_equal(r.status, INTAKE_GAP);
    assert_int_equal(r.expected, 1);
    assert_true(digest_equal(&r.hash, &l->hash[0]));
    assert_int_equal(laptop_push(l, f->store, 1, 2, f->now_ms).status, INTAKE_STORED);
    r = laptop_push(l, f->store, 4, 5, f->now_ms);
    assert_int_equal(r.status, INTAKE_GAP);
    assert_int_equal(r.expected, 3);
    assert_true(digest_equal(&r.hash, &l->hash[2]));
    assert_int_equal(laptop_push(l, f->store, 3, 5, f->now_ms).receipt.high, 5);
    village_audit(f);
}

static void overlap_takes_only_what_is_new(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    for (int i = 0; i < 6; i++) village_visit(l, v.household, l->observed, "走访");
    uint64_t head = village_head(f);
    assert_int_equal(laptop_push(l, f->store, 1, 3, f->now_ms).status, INTAKE_STORED);
    assert_int_equal(laptop_push(l, f->store, 2, 5, f->now_ms).receipt.high, 5);
    assert_int_equal(laptop_push(l, f->store, 1, 6, f->now_ms).receipt.high, 6);
    assert_int_equal(laptop_push(l, f->store, 2, 3, f->now_ms).receipt.high, 6);
    assert_int_equal(village_head(f), head + 6);
    village_audit(f);
}

static void a_cloned_laptop_is_told_where_it_forked(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact), *twin = village_laptop(f, 0xA1, v.contact);
    for (int i = 0; i < 4; i++) village_visit(l, v.household, l->observed, "走访");
    for (int i = 0; i < 2; i++) village_visit(twin, v.household, l->observed, "走访");
    for (int i = 0; i < 4; i++) village_visit(twin, v.household, l->observed, "另一台");
    assert_int_equal(laptop_push(l, f->store, 1, 4, f->now_ms).status, INTAKE_STORED);
    uint64_t head = village_head(f);
    struct intake_result r = laptop_push(twin, f->store, 1, 6, f->now_ms);
    assert_int_equal(r.status, INTAKE_FORK);
    assert_int_equal(r.expected, 3);
    assert_true(digest_equal(&r.hash, &l->hash[2]));
    r = laptop_push(twin, f->store, 5, 6, f->now_ms); /* differs before its first changeset */
    assert_int_equal(r.status, INTAKE_FORK);
    assert_int_equal(r.expected, 4);
    assert_int_equal(village_head(f), head);
    assert_int_equal(laptop_push(twin, f->store, 1, 2, f->now_ms).status, INTAKE_STORED);
}

static void bad_bytes_and_borrowed_names_are_refused(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct intake_result r;
    struct buf b;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    village_visit(l, v.household, l->observed, "走访");
    laptop_bundle(l, 1, 1, &b);
    struct intake_push p = {.origin = 0xB2, .bytes = b.data, .n = b.len, .received_ms = f->now_ms};
    struct intake_push *list[] = {&p};
    intake_batch(f->store, &f->env, NULL, list, 1, &r);
    assert_int_equal(r.status, INTAKE_BAD);
    p.origin = 0xA1;
    for (size_t n = 0; n < b.len; n += 7) {
        p.n = n;
        intake_batch(f->store, &f->env, NULL, list, 1, &r);
        assert_int_equal(r.status, INTAKE_BAD);
        assert_int_not_equal(r.err.zh[0], 0);
    }
    buf_free(&b);
    assert_int_equal(laptop_push(l, f->store, 1, 1, f->now_ms).status, INTAKE_STORED);
}

/* Each of these cannot be applied; the visits between them can. */
static size_t write_poison(struct laptop *l, struct village *v)
{
    struct row_id nowhere = row_id_make(0xDEAD, 1, 0);
    size_t n = 0;
    laptop_on(l, "visit"); /* no such household */
    laptop_ref(l, "household", nowhere);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 1);
    laptop_put(l);
    laptop_save(l), n++;
    village_visit(l, v->household, l->observed, "中间的走访");
    laptop_on(l, "household"); /* no such row */
    laptop_text(l, "phone", "1");
    laptop_set(l, nowhere);
    laptop_save(l), n++;
    laptop_delete(l, "household", nowhere);
    laptop_save(l), n++;
    laptop_on(l, "visit"); /* the first change could be applied, the second has no such code */
    laptop_ref(l, "household", v->household);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 1);
    laptop_put(l);
    laptop_on(l, "visit");
    laptop_ref(l, "household", v->household);
    laptop_int(l, "date", l->observed);
    laptop_int(l, "mode", 99999);
    laptop_put(l);
    laptop_save(l), n++;
    laptop_on(l, "visit"); /* no date */
    laptop_ref(l, "household", v->household);
    laptop_int(l, "mode", 1);
    laptop_put(l);
    laptop_save(l), n++;
    laptop_on(l, "member"); /* taken id */
    laptop_ref(l, "household", v->household);
    laptop_text(l, "name", "重复");
    laptop_put_as(l, v->member);
    laptop_save(l), n++;
    laptop_on(l, "household"); /* a required cell emptied */
    laptop_null(l, "head_name");
    laptop_set(l, v->household);
    laptop_save(l), n++;
    static const struct schema_table later = {.number = 60, .name = "later"};
    laptop_on(l, "visit"); /* a table of a newer schema */
    l->table = &later;
    laptop_raw(l, 1, value_int(5));
    laptop_put(l);
    laptop_save(l), n++;
    return n;
}

static int count_quarantined(void *ctx, const struct quarantine_entry *e)
{
    struct changeset cs;
    struct arena a;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    assert_true(e->why_zh[0] != 0 && e->why_en[0] != 0);
    assert_ok(changeset_decode(e->origin, e->changeset.data, e->changeset.len, &a, &cs, &err), err);
    assert_int_equal(cs.seq, e->seq);
    arena_free(&a);
    ++*(size_t *)ctx;
    return 0;
}

static void poison_is_kept_apart_and_blocks_nobody(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct village v;
    size_t found = 0;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    uint64_t head = village_head(f);
    size_t rows = village_feed_count(f);
    size_t poison = write_poison(l, &v);
    village_visit(l, v.household, l->observed, "最后的走访");
    struct intake_result r = laptop_push(l, f->store, 1, l->seq, f->now_ms);
    assert_int_equal(r.status, INTAKE_STORED);
    assert_int_equal(r.receipt.high, l->seq);
    assert_int_equal(r.receipt.quarantined_count, poison);
    assert_int_equal(r.receipt.quarantined[0].seq, 1);
    assert_int_equal(r.receipt.quarantined[1].seq, 3);
    assert_int_not_equal(r.receipt.quarantined[0].why[0], 0);
    assert_int_equal(village_head(f), head + 2);
    assert_int_equal(village_feed_count(f), rows + 2);
    assert_ok(store_quarantine_walk(f->store, 0xA1, 0, count_quarantined, &found, &err), err);
    assert_int_equal(found, poison);
    r = laptop_push(l, f->store, 1, l->seq, f->now_ms); /* told again */
    assert_int_equal(r.receipt.quarantined_count, poison);
    village_audit(f);
}

static void later_changes_of_a_changeset_see_earlier_ones(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.cadre);
    laptop_on(l, "household");
    laptop_int(l, "village", VILLAGE_B);
    laptop_text(l, "head_name", "新户");
    struct row_id h = laptop_put(l);
    laptop_on(l, "member");
    laptop_ref(l, "household", h);
    laptop_text(l, "name", "新成员");
    struct row_id m = laptop_put(l);
    laptop_on(l, "job");
    laptop_ref(l, "member", m);
    laptop_int(l, "months", 6);
    struct row_id job = laptop_put(l);
    laptop_on(l, "job");
    laptop_int(l, "months", 7);
    laptop_set(l, job);
    laptop_save(l);
    village_push(f, l);
    village_row(f, "job", job, &row);
    assert_int_equal(row.home.place, VILLAGE_B);
    assert_int_equal(village_int(&row, "job", "months"), 7);
    assert_int_equal(row.csn, row.row.rid + 1);
    village_audit(f);
}

static void one_bad_push_in_a_group_takes_only_itself(void **state)
{
    enum { N = 5 };
    struct fixture *f = *state;
    struct village v;
    struct buf b[N];
    struct intake_push p[N], *list[N];
    struct intake_result r[N];
    village_load(f, &v);
    uint64_t head = village_head(f);
    for (size_t i = 0; i < N; i++) {
        struct laptop *l = village_laptop(f, 0xA0 + i, v.contact);
        for (int k = 0; k < 4; k++) village_visit(l, v.household, l->observed, "走访");
        laptop_bundle(l, i == 3 ? 2 : 1, 4, &b[i]);
        p[i] = (struct intake_push){.origin = l->origin, .bytes = b[i].data, .n = b[i].len, .received_ms = f->now_ms};
        list[i] = &p[i];
    }
    p[1].n -= 3;
    intake_batch(f->store, &f->env, NULL, list, N, r);
    for (size_t i = 0; i < N; i++) buf_free(&b[i]);
    assert_int_equal(r[0].status, INTAKE_STORED);
    assert_int_equal(r[1].status, INTAKE_BAD);
    assert_int_equal(r[2].status, INTAKE_STORED);
    assert_int_equal(r[3].status, INTAKE_GAP);
    assert_int_equal(r[4].status, INTAKE_STORED);
    assert_int_equal(r[4].receipt.csn, head + 12);
    assert_int_equal(village_head(f), head + 12);
    village_audit(f);
}

static void a_forged_id_costs_only_the_forger(void **state)
{
    struct fixture *f = *state;
    struct village v;
    struct stored_row row;
    village_load(f, &v);
    struct laptop *forger = village_laptop(f, 0xF1, v.contact), *l = village_laptop(f, 0xA1, v.contact);
    struct row_id taken = row_id_make(0xA1, 2, 0);
    laptop_on(forger, "visit");
    laptop_ref(forger, "household", v.household);
    laptop_int(forger, "date", forger->observed);
    laptop_int(forger, "mode", 1);
    laptop_put_as(forger, taken);
    laptop_save(forger);
    struct intake_result forged = laptop_push(forger, f->store, 1, 1, f->now_ms);
    assert_int_equal(forged.receipt.quarantined_count, 1);
    for (int i = 0; i < 3; i++) village_visit(l, v.household, l->observed, "真的");
    struct intake_result r = laptop_push(l, f->store, 1, 3, f->now_ms);
    assert_int_equal(r.status, INTAKE_STORED);
    assert_int_equal(r.receipt.quarantined_count, 0);
    village_row(f, "visit", taken, &row);
    village_row(f, "visit", row_id_make(0xA1, 3, 0), &row);
    village_audit(f);
}

static void every_known_seq_is_found_again(void **state)
{
    enum { N = 100 };
    struct fixture *f = *state;
    struct err err = {0};
    struct village v;
    struct changeset_record r;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact), *between = village_laptop(f, 0xB1, v.contact);
    for (int i = 0; i < N; i++) {
        if (i % 7 == 3) { /* quarantined: it has no place in the order */
            laptop_delete(l, "visit", row_id_make(0xDEAD, 1, 0));
            laptop_save(l);
        } else {
            village_visit(l, v.household, l->observed, "走访");
        }
        village_visit(between, v.household, l->observed, "走访");
    }
    for (uint64_t at = 1; at <= N; at += 45) {
        uint64_t last = at + 44 < N ? at + 44 : N;
        assert_int_equal(laptop_push(l, f->store, at, last, f->now_ms).status, INTAKE_STORED);
        assert_int_equal(laptop_push(between, f->store, at, last, f->now_ms).status, INTAKE_STORED);
    }
    for (uint64_t seq = 1; seq <= N; seq++) {
        assert_int_equal(store_changeset_by_seq(f->store, 0xA1, seq, &r, &err), 1);
        assert_int_equal(r.seq, seq);
        assert_true(digest_equal(&r.hash, &l->hash[seq]));
        assert_int_equal(r.count, (seq - 1) % 7 == 3 ? 0 : 1);
    }
    assert_int_equal(store_changeset_by_seq(f->store, 0xA1, N + 1, &r, &err), 0);
    assert_int_equal(store_changeset_by_seq(f->store, 0xC1, 1, &r, &err), 0);
    assert_int_equal(laptop_push(l, f->store, 1, N, f->now_ms).receipt.high, N);
    village_audit(f);
}

static void wrong_clocks_are_corrected_and_kept(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};
    struct village v;
    struct changeset_record c;
    struct origin_state o;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    f->now_ms += 3600000;
    l->clock_ms = 5; /* 1970 */
    village_visit(l, v.household, l->observed, "走访");
    l->clock_ms = 1005; /* a second later it is pushed */
    village_push(f, l);
    assert_int_equal(store_changeset_by_seq(f->store, 0xA1, 1, &c, &err), 1);
    assert_int_equal(hlc_ms(c.stamp), 5);
    assert_int_equal(hlc_ms(c.corrected), f->now_ms - 1000);
    assert_int_equal(store_origin_get(f->store, 0xA1, &o, &err), 1);
    assert_int_equal(o.skew_ms, f->now_ms - 1005);
    struct laptop *ahead = village_laptop(f, 0xA2, v.contact);
    ahead->clock_ms = f->now_ms + 1000000000;
    village_visit(ahead, v.household, ahead->observed, "走访");
    ahead->clock_ms = 0; /* not told, and no earlier skew known */
    village_push(f, ahead);
    assert_int_equal(store_changeset_by_seq(f->store, 0xA2, 1, &c, &err), 1);
    assert_int_equal(hlc_ms(c.corrected), f->now_ms);
}

static void a_full_disk_stores_nothing_and_heals(void **state)
{
    struct fixture *f = *state;
    struct village v;
    village_load(f, &v);
    struct laptop *l = village_laptop(f, 0xA1, v.contact);
    for (int i = 0; i < 800; i++) village_visit(l, v.household, l->observed, "走访，内容各不相同，占一些地方，写满这块盘。");
    uint64_t head = village_head(f);
    size_t rows = village_feed_count(f);
    f->backend->fill_disk(f->store, true);
    struct intake_result r = laptop_push(l, f->store, 1, l->seq, f->now_ms);
    assert_int_equal(r.status, INTAKE_ERROR);
    assert_int_equal(r.err.code, ERR_DISK);
    assert_int_equal(r.receipt.high, 0);
    assert_int_equal(village_head(f), head);
    assert_int_equal(village_feed_count(f), rows);
    village_audit(f); /* reading goes on */
    f->backend->fill_disk(f->store, false);
    village_push(f, l);
    assert_int_equal(village_head(f), head + 800);
    village_audit(f);
    fixture_reopen(f);
    assert_int_equal(village_head(f), head + 800);
    village_audit(f);
}

static void a_full_disk_in_a_group_is_told_to_each(void **state)
{
    enum { N = 3 };
    struct fixture *f = *state;
    struct village v;
    struct buf b[N];
    struct intake_push p[N], *list[N];
    struct intake_result r[N];
    village_load(f, &v);
    uint64_t head = village_head(f);
    for (size_t i = 0; i < N; i++) {
        struct laptop *l = village_laptop(f, 0xA0 + i, v.contact);
        for (int k = 0; k < (i == 1 ? 900 : 1); k++) village_visit(l, v.household, l->observed, "写满这块盘的走访内容。");
        laptop_bundle(l, 1, l->seq, &b[i]);
        p[i] = (struct intake_push){.origin = l->origin, .bytes = b[i].data, .n = b[i].len, .received_ms = f->now_ms};
        list[i] = &p[i];
    }
    f->backend->fill_disk(f->store, true);
    intake_batch(f->store, &f->env, NULL, list, N, r);
    f->backend->fill_disk(f->store, false);
    assert_int_equal(r[1].status, INTAKE_ERROR);
    unsigned stored = (r[0].status == INTAKE_STORED ? 1u : 0u) + (r[2].status == INTAKE_STORED ? 1u : 0u);
    assert_int_equal(village_head(f), head + stored); /* what was receipted is there, and nothing else */
    village_audit(f);
    intake_batch(f->store, &f->env, NULL, list, N, r);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(r[i].status, INTAKE_STORED);
        buf_free(&b[i]);
    }
    assert_int_equal(village_head(f), head + 902);
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(stored_once_however_often_it_is_sent),
        CONTRACT_TEST(gap_is_answered_with_what_is_wanted),
        CONTRACT_TEST(overlap_takes_only_what_is_new),
        CONTRACT_TEST(a_cloned_laptop_is_told_where_it_forked),
        CONTRACT_TEST(bad_bytes_and_borrowed_names_are_refused),
        CONTRACT_TEST(poison_is_kept_apart_and_blocks_nobody),
        CONTRACT_TEST(later_changes_of_a_changeset_see_earlier_ones),
        CONTRACT_TEST(one_bad_push_in_a_group_takes_only_itself),
        CONTRACT_TEST(a_forged_id_costs_only_the_forger),
        CONTRACT_TEST(every_known_seq_is_found_again),
        CONTRACT_TEST(wrong_clocks_are_corrected_and_kept),
        CONTRACT_TEST(a_full_disk_stores_nothing_and_heals),
        CONTRACT_TEST(a_full_disk_in_a_group_is_told_to_each),
    };
    return contract_run("intake", tests, sizeof tests / sizeof tests[0]);
}
