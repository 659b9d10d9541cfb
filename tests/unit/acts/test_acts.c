/* A backlog: each act with its own author, day and clock; all or nothing; tags outlive a piece. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "acts.h"
#include "journal.h"
#include "village.h"

static struct village v;
static struct home *h;

static int open_village(void **state)
{
    (void)state;
    if (village_open(&v, "acts", 1, 2)) return -1;
    h = v.laptop[0];
    return 0;
}

static int close_village(void **state)
{
    (void)state;
    village_close(&v);
    return 0;
}

static FILE *lines(struct buf *text)
{
    return fmemopen(text->data, text->len, "r");
}

/* One line: a visit of household `i`, tagged, and a risk that names it. */
static void put_visit(struct buf *text, const char *day, const char *as, const char *tag)
{
    char id[ROW_ID_TEXT];
    row_id_to_text(v.city.household[0], id);
    buf_printf(text,
               "{\"at\":\"%sT09:30:00+08:00\",\"observed\":\"%s\",\"as\":\"%s\",\"changes\":["
               "{\"op\":\"put\",\"table\":\"visit\",\"tag\":\"%s\",\"values\":{\"household\":\"%s\",\"date\":\"%s\",\"mode\":"
               "\"入户\"}},{\"op\":\"put\",\"table\":\"risk\",\"values\":{\"household\":\"%s\",\"kind\":\"因病\",\"found_on\":"
               "\"%s\",\"visit\":\"@%s\"}}]}\n",
               day, day, as, tag, id, day, id, day, tag);
}

static struct changeset *log_entry(uint64_t seq, struct arena *arena)
{
    struct changeset *list;
    size_t got;
    assert_int_equal(journal_read(h, seq, 1, 1, arena, &list, &got, &v.err), 0);
    assert_int_equal(got, 1);
    return list;
}

static void each_act_has_its_own_author_day_and_clock(void **state)
{
    struct acts_report report = {0};
    struct journal_head before;
    struct arena arena;
    struct buf text;
    int64_t day, at;
    (void)state;
    arena_init(&arena, 8 * 1024 * 1024);
    buf_init(&text, 64 * 1024);
    put_visit(&text, "2021-08-03", "B1", "a");
    buf_put_text(&text, "  \r\n");
    put_visit(&text, "2021-08-05", "B2", "b");
    assert_int_equal(journal_head(h, &before, &v.err), 0);
    FILE *in = lines(&text);
    if (acts_import(h, in, &report, &v.err)) fail_msg("%s", v.err.en);
    fclose(in);
    assert_int_equal(report.changesets, 2);
    assert_int_equal(report.changes, 4);
    const struct changeset *first = log_entry(before.seq + 1, &arena);
    date_parse("2021-08-03", &day);
    time_parse("2021-08-03T09:30:00+08:00", &at);
    assert_int_equal(first->observed, day);
    assert_int_equal(hlc_ms(first->stamp), at);
    assert_true(row_id_equal(first->author, v.city.cadre));
    const struct changeset *second = log_entry(before.seq + 2, &arena);
    assert_true(row_id_equal(second->author, v.city.contact));
    assert_int_equal(second->observed, day + 2);
    assert_ptr_equal(h->env, &v.env.env);
    buf_free(&text);
    arena_free(&arena);
}

static void a_bad_line_undoes_the_whole_file(void **state)
{
    struct acts_report report = {0};
    struct buf text;
    size_t visits = city_count(h->tables, "visit");
    (void)state;
    buf_init(&text, 64 * 1024);
    put_visit(&text, "2021-09-01", "B1", "c");
    put_visit(&text, "2021-09-02", "B9", "d");
    FILE *in = lines(&text);
    assert_int_equal(acts_import(h, in, &report, &v.err), ERR_NOT_FOUND);
    fclose(in);
    assert_non_null(strstr(v.err.en, "line 2: "));
    assert_non_null(strstr(v.err.zh, "第 2 行："));
    assert_int_equal(city_count(h->tables, "visit"), visits);
    buf_free(&text);
}

static void tags_outlive_a_piece(void **state)
{
    struct acts_report report = {0};
    struct acts *acts;
    struct buf text;
    size_t pieces = 0;
    int rc;
    (void)state;
    buf_init(&text, 64 * 1024);
    put_visit(&text, "2022-01-01", "B1", "e");
    buf_put_text(&text, "{\"at\":\"2022-01-02T08:00:00+08:00\",\"as\":\"B1\",\"changes\":[{\"op\":\"set\",\"table\":\"visit\","
                        "\"row\":\"@e\",\"values\":{\"summary\":\"补记\",\"companions\":\"B2\"}}]}\n");
    FILE *in = lines(&text);
    assert_int_equal(acts_open(&acts, h, in, &v.err), 0);
    while ((rc = acts_read(acts, 1, &report, &v.err)) == 1)
        pieces++;
    if (rc) fail_msg("%s", v.err.en);
    assert_int_equal(pieces, 2);
    acts_close(acts);
    fclose(in);
    buf_free(&text);
}

static void odd_lines_are_refused(void **state)
{
    static const char *const bad[] = {
        "{", "[]", "{}", "7", "{\"changes\":[]}", "{\"at\":\"2021-01-01\",\"changes\":[]}",
        "{\"at\":\"gestern\",\"as\":\"B1\",\"changes\":[]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[null]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"steal\",\"table\":\"visit\"}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"set\",\"table\":\"visit\",\"values\":{}}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"set\",\"table\":\"visit\",\"row\":\"@nobody\"}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"set\",\"table\":\"household\",\"find\":{\"kind\":\"\"},\"values\":{}}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"put\",\"table\":\"visit\",\"values\":{\"date\":{}}}]}",
        "{\"at\":\"2023-01-01\",\"as\":\"B1\",\"changes\":[{\"op\":\"put\",\"table\":\"visit\",\"values\":[]}]}",
        "\xFF",
    };
    size_t visits = city_count(h->tables, "visit");
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct acts_report report = {0};
        struct buf text;
        buf_init(&text, 4096);
        buf_put_text(&text, bad[i]);
        FILE *in = lines(&text);
        v.err.en[0] = '\0';
        if (acts_import(h, in, &report, &v.err) == 0) fail_msg("taken: %s", bad[i]);
        if (!strstr(v.err.en, "line 1: ")) fail_msg("%s: %s", bad[i], v.err.en);
        fclose(in);
        buf_free(&text);
    }
    assert_int_equal(city_count(h->tables, "visit"), visits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_has_its_own_author_day_and_clock), cmocka_unit_test(a_bad_line_undoes_the_whole_file),
        cmocka_unit_test(tags_outlive_a_piece), cmocka_unit_test(odd_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, open_village, close_village);
}
