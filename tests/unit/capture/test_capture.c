/* The one write path: what it refuses, what it keeps, and that a failing disk saves nothing by halves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "apply.h"
#include "capture.h"
#include "crashvfs.h"
#include "journal.h"
#include "village.h"

static struct village v;
static struct home *h;

static int open_village(void **state)
{
    (void)state;
    if (village_open(&v, "capture", 1, 3)) return -1;
    h = v.laptop[0];
    return 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static void ok(int rc)
{
    if (rc) fail_msg("%d: %s", rc, v.err.en);
}

static const struct schema_table *table(const char *name)
{
    return schema_table_named(h->schema, name);
}

static struct cell cell(const char *t, const char *column, struct value value)
{
    return (struct cell){.column = schema_column_named(table(t), column)->number, .value = value};
}

static struct value text(const char *s)
{
    return value_text(s, strlen(s));
}

static struct value reference(struct row_id id, uint8_t bytes[ROW_ID_BYTES])
{
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static struct capture *begin(struct row_id author)
{
    struct capture *c;
    ok(capture_begin(&c, h, author, 19187, &v.err));
    return c;
}

static uint64_t last_seq(void)
{
    struct journal_head head;
    ok(journal_head(h, &head, &v.err));
    return head.seq;
}

static struct value shown(const char *t, struct row_id id, const char *column, struct arena *a)
{
    struct table_row row;
    struct value value;
    assert_int_equal(city_read(h, t, id, column, a, &row, &value, &v.err), 1);
    return value;
}

/* ---- what is kept ---- */

static void ids_follow_from_the_place_in_the_log(void **state)
{
    (void)state;
    uint8_t hid[ROW_ID_BYTES];
    struct row_id first, second;
    struct capture *c = begin(v.city.cadre);
    struct cell cells[] = {cell("risk", "found_on", value_int(19187)), cell("risk", "kind", value_int(1)),
                           cell("risk", "household", reference(v.city.household[0], hid))};
    ok(capture_put(c, table("risk"), cells, 3, &first, &v.err)); /* cells in any order */
    ok(capture_put(c, table("risk"), cells, 3, &second, &v.err));
    assert_int_equal(capture_count(c), 2);
    uint64_t seq;
    ok(capture_commit(c, &seq, &v.err));
    assert_int_equal(seq, 1);
    assert_true(row_id_equal(first, row_id_make(h->origin, 1, 0)));
    assert_true(row_id_equal(second, row_id_make(h->origin, 1, 1)));
    ok(journal_verify(h, &seq, &v.err));
    assert_int_equal(seq, 1);
}

static void the_changeset_says_who_when_and_what_was_seen(void **state)
{
    (void)state;
    struct changeset *list;
    struct row_id id;
    struct arena a;
    int64_t cursor;
    size_t got;
    ok(city_visit(h, &v.city, 1, 7, &id, &v.err));
    ok(home_meta_int(h, META_CURSOR, 0, &cursor, &v.err));
    arena_init(&a, 1024 * 1024);
    ok(journal_read(h, 1, 10, 1000, &a, &list, &got, &v.err));
    assert_int_equal(got, 1);
    assert_true(row_id_equal(list[0].author, v.city.cadre));
    assert_true(cursor > 0);
    assert_int_equal(list[0].base, cursor);
    assert_int_equal(list[0].observed, date_of_ms(v.env.now_ms));
    assert_int_equal(hlc_ms(list[0].stamp) / 1000, v.env.now_ms / 1000);
    assert_int_equal(list[0].changes[0].op, CHANGE_PUT);
    assert_false(list[0].changes[0].explicit_id);
    arena_free(&a);
}

static void nothing_new_is_no_change(void **state)
{
    (void)state;
    struct capture *c = begin(v.city.cadre);
    struct cell same[] = {cell("household", "phone", text("13900000000"))};
    struct cell health = cell("member", "health", value_int(2)); /* it is in the set already */
    uint64_t seq = 9;
    ok(capture_set(c, table("household"), v.city.household[0], same, 1, &v.err));
    ok(capture_set(c, table("member"), v.city.member[0], &health, 1, &v.err));
    assert_int_equal(capture_count(c), 0);
    ok(capture_commit(c, &seq, &v.err));
    assert_int_equal(seq, 0);
    assert_int_equal(last_seq(), 0);
}

/* What is in dispute is confirmed by writing it once more. */
static void confirmed_though_nothing_changes(void **state)
{
    (void)state;
    int phone = schema_column_named(table("household"), "phone")->number;
    struct cell same[] = {cell("household", "phone", text("13900000000"))};
    uint64_t seq;
    struct capture *c = begin(v.city.cadre);
    capture_confirm(c, &phone, 1);
    ok(capture_set(c, table("household"), v.city.household[0], same, 1, &v.err));
    assert_int_equal(capture_count(c), 1);
    ok(capture_commit(c, &seq, &v.err));
    assert_int_equal(seq, 1);
    ok(journal_verify(h, &seq, &v.err));
}

static void a_set_keeps_only_what_it_really_does(void **state)
{
    (void)state;
    struct changeset *list;
    struct arena a;
    size_t got;
    struct cell health = cell("member", "health", value_int(2 | 4));
    health.removed = value_int(8 | 16);
    struct capture *c = begin(v.city.cadre);
    ok(capture_set(c, table("member"), v.city.member[0], &health, 1, &v.err));
    ok(capture_commit(c, NULL, &v.err));
    arena_init(&a, 1024 * 1024);
    ok(journal_read(h, 1, 1, 1000, &a, &list, &got, &v.err));
    assert_int_equal(list[0].changes[0].cells[0].value.i, 4);
    assert_int_equal(list[0].changes[0].cells[0].removed.kind, VALUE_NULL);
    assert_int_equal(shown("member", v.city.member[0], "health", &a).i, 6);
    arena_free(&a);
}

static void sets_of_people_too(void **state)
{
    (void)state;
    struct row_id id;
    struct arena a;
    uint8_t bytes[2 * ROW_ID_BYTES], one[ROW_ID_BYTES];
    row_id_to_bytes(v.city.cadre, bytes);
    row_id_to_bytes(v.city.contact, bytes + ROW_ID_BYTES); /* made later: sorts behind */
    ok(city_visit(h, &v.city, 0, 0, &id, &v.err));
    ok(city_set_elements(h, v.city.cadre, "visit", id, "companions", value_blob(bytes, sizeof bytes), value_null(), &v.err));
    ok(city_set_elements(h, v.city.cadre, "visit", id, "companions", value_null(), reference(v.city.cadre, one), &v.err));
    arena_init(&a, 1024 * 1024);
    struct value left = shown("visit", id, "companions", &a);
    assert_int_equal(left.len, ROW_ID_BYTES);
    assert_memory_equal(left.data, bytes + ROW_ID_BYTES, ROW_ID_BYTES);
    arena_free(&a);
}

/* ---- what is refused ---- */

static int put_visit(struct capture *c, const struct cell *cells, size_t count)
{
    struct row_id id;
    return capture_put(c, table("visit"), cells, count, &id, &v.err);
}

static void bad_rows_are_refused_and_good_ones_stay(void **state)
{
    (void)state;
    uint8_t hid[ROW_ID_BYTES], nobody[ROW_ID_BYTES];
    char longer[CHANGE_MAX_TEXT];
    memset(longer, 'a', sizeof longer);
    struct capture *c = begin(v.city.cadre);
    struct cell good[] = {cell("visit", "household", reference(v.city.household[0], hid)),
                          cell("visit", "date", value_int(19187)), cell("visit", "mode", value_int(1)),
                          cell("visit", "summary", text("好"))};
    ok(put_visit(c, good, 4));
    assert_int_equal(put_visit(c, good, 2), ERR_REFUSED); /* mode is required */
    assert_non_null(strstr(v.err.en, "mode"));
    assert_non_null(strstr(v.err.zh, "走访方式"));
    good[3].value = value_text("\xff\xfe", 2);
    assert_int_equal(put_visit(c, good, 4), ERR_REFUSED);
    good[3].value = value_text(longer, sizeof longer);
    assert_int_equal(put_visit(c, good, 4), ERR_REFUSED);
    good[3] = cell("visit", "date", value_int(19188)); /* twice */
    assert_int_equal(put_visit(c, good, 4), ERR_REFUSED);
    good[3] = (struct cell){.column = 199, .value = value_int(1)};
    assert_int_equal(put_visit(c, good, 4), ERR_REFUSED);
    good[0].value = reference(row_id_make(7, 7, 7), nobody);
    assert_int_equal(put_visit(c, good, 3), ERR_NOT_FOUND);
    assert_int_equal(capture_count(c), 1);
    ok(capture_commit(c, NULL, &v.err));
    assert_int_equal(city_count(h->tables, "visit"), 1);
}

static void rows_that_are_not_here_are_not_found(void **state)
{
    (void)state;
    struct capture *c = begin(v.city.cadre);
    struct cell phone = cell("household", "phone", text("1"));
    struct row_id nobody = row_id_make(1, 1, 1);
    assert_int_equal(capture_set(c, table("household"), nobody, &phone, 1, &v.err), ERR_NOT_FOUND);
    assert_int_equal(capture_delete(c, table("household"), nobody, &v.err), ERR_NOT_FOUND);
    phone = cell("household", "head_name", value_null());
    assert_int_equal(capture_set(c, table("household"), v.city.household[0], &phone, 1, &v.err), ERR_REFUSED);
    capture_abort(c);
    assert_int_equal(last_seq(), 0);
}

static int put_region(struct row_id author)
{
    struct capture *c = begin(author);
    struct cell cells[] = {cell("region", "code", value_int(CITY_OTHER_VILLAGE)), cell("region", "name", text("新村")),
                           cell("region", "level", value_int(5))};
    struct row_id id;
    int rc = capture_put(c, table("region"), cells, 3, &id, &v.err);
    capture_abort(c);
    return rc;
}

static void tables_of_higher_levels_are_not_for_everybody(void **state)
{
    (void)state;
    assert_int_equal(put_region(v.city.cadre), ERR_DENIED);
    assert_int_equal(put_region(v.city.county), 0);
    assert_int_equal(put_region(row_id_make(99, 1, 0)), 0); /* unknown here: the server decides */
}

/* ---- limits, disk ---- */

static void an_import_goes_on_in_the_next_changeset(void **state)
{
    (void)state;
    uint8_t hid[ROW_ID_BYTES];
    struct row_id id;
    size_t rows = 0;
    struct capture *c = begin(v.city.cadre);
    struct cell cells[] = {cell("member", "household", reference(v.city.household[0], hid)), cell("member", "name", text("某"))};
    for (; !capture_full(c); rows++)
        ok(capture_put(c, table("member"), cells, 2, &id, &v.err));
    assert_int_equal(rows, CHANGE_MAX_CHANGES);
    assert_int_equal(capture_put(c, table("member"), cells, 2, &id, &v.err), ERR_REFUSED);
    ok(capture_next(c, &v.err));
    ok(capture_put(c, table("member"), cells, 2, &id, &v.err));
    assert_true(row_id_equal(id, row_id_make(h->origin, 2, 0)));
    uint64_t seq;
    ok(capture_commit(c, &seq, &v.err));
    assert_int_equal(seq, 2);
    assert_int_equal(city_count(h->tables, "member"), 3 + rows + 1);
    struct sync_report r;
    ok(village_sync(&v, 0, &r));
    assert_true(r.agree);
}

static void an_aborted_import_leaves_nothing(void **state)
{
    (void)state;
    uint8_t hid[ROW_ID_BYTES];
    struct row_id id;
    struct capture *c = begin(v.city.cadre);
    struct cell cells[] = {cell("member", "household", reference(v.city.household[0], hid)), cell("member", "name", text("某"))};
    ok(capture_put(c, table("member"), cells, 2, &id, &v.err));
    ok(capture_next(c, &v.err));
    ok(capture_put(c, table("member"), cells, 2, &id, &v.err));
    capture_abort(c);
    assert_int_equal(last_seq(), 0);
    assert_int_equal(city_count(h->tables, "member"), 3);
    ok(city_visit(h, &v.city, 0, 0, &id, &v.err));
    assert_int_equal(last_seq(), 1);
}

static void a_full_disk_saves_nothing_and_later_everything(void **state)
{
    (void)state;
    struct row_id id;
    char path[600];
    village_path(&v, "laptop", 0, path, sizeof path);
    crashvfs_register();
    crashvfs_arm(path, CRASH_FULL, 1);
    ok(village_reopen(&v, 0));
    h = v.laptop[0];
    assert_int_equal(city_visit(h, &v.city, 0, 0, &id, &v.err), ERR_DISK);
    assert_int_equal(city_visit(h, &v.city, 0, 0, &id, &v.err), ERR_DISK);
    assert_int_equal(city_count(h->tables, "visit"), 0); /* reading goes on */
    assert_int_equal(last_seq(), 0);
    crashvfs_space();
    ok(city_visit(h, &v.city, 0, 0, &id, &v.err));
    assert_int_equal(last_seq(), 1);
    ok(journal_verify(h, NULL, &v.err));
    ok(apply_verify(h, NULL, &v.err));
    crashvfs_disarm();
}

/* A failure in the middle must not let what comes after it commit alone. */
static void after_a_failure_nothing_more_is_taken(void **state)
{
    (void)state;
    uint8_t hid[ROW_ID_BYTES];
    char path[600], words[4000];
    int rc = 0;
    memset(words, 'x', sizeof words);
    village_path(&v, "laptop", 0, path, sizeof path);
    crashvfs_register();
    crashvfs_arm(path, CRASH_COUNT, 0);
    ok(village_reopen(&v, 0));
    h = v.laptop[0];
    struct capture *c = begin(v.city.cadre);
    struct cell cells[] = {cell("visit", "household", reference(v.city.household[0], hid)), cell("visit", "date", value_int(19187)),
                           cell("visit", "mode", value_int(1)), cell("visit", "summary", value_text(words, 1900))};
    crashvfs_arm(path, CRASH_FULL, 1); /* the page cache spills, and the disk is full */
    for (int i = 0; i < 4000 && rc == 0; i++)
        rc = put_visit(c, cells, 4);
    assert_int_equal(rc, ERR_DISK);
    crashvfs_space();
    assert_int_equal(put_visit(c, cells, 4), ERR_DISK);
    assert_int_equal(capture_commit(c, NULL, &v.err), ERR_DISK);
    assert_int_equal(city_count(h->tables, "visit"), 0);
    assert_int_equal(last_seq(), 0);
    crashvfs_disarm();
}

/* ---- others ---- */

static void nobody_else_writes_synced_tables(void **state)
{
    (void)state;
    assert_int_not_equal(db_exec(h->db, "DELETE FROM household", &v.err), 0);
    assert_int_not_equal(db_exec(h->db, "UPDATE member SET name = 'x'", &v.err), 0);
    assert_int_equal(city_count(h->tables, "household"), 3);
}

static void two_processes_cannot_share_a_home(void **state)
{
    (void)state;
    struct home *other = NULL;
    char path[600];
    village_path(&v, "laptop", 0, path, sizeof path);
    assert_int_equal(home_create(&other, path, &v.env.env, &v.err), ERR_BUSY);
    assert_null(other);
    ok(home_open(&other, path, DB_READ, NULL, &v.env.env, &v.err)); /* beside the writer */
    assert_int_equal(city_count(other->tables, "household"), 3);
    home_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_village, close_village)
        TEST(ids_follow_from_the_place_in_the_log),
        TEST(the_changeset_says_who_when_and_what_was_seen),
        TEST(nothing_new_is_no_change),
        TEST(confirmed_though_nothing_changes),
        TEST(a_set_keeps_only_what_it_really_does),
        TEST(sets_of_people_too),
        TEST(bad_rows_are_refused_and_good_ones_stay),
        TEST(rows_that_are_not_here_are_not_found),
        TEST(tables_of_higher_levels_are_not_for_everybody),
        TEST(an_import_goes_on_in_the_next_changeset),
        TEST(an_aborted_import_leaves_nothing),
        TEST(a_full_disk_saves_nothing_and_later_everything),
        TEST(after_a_failure_nothing_more_is_taken),
        TEST(nobody_else_writes_synced_tables),
        TEST(two_processes_cannot_share_a_home),
    };
    return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
