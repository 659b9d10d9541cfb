/* base: bounded buffers, varints in their one form, dates of the region, row identities, errors in two languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/env.h"
#include "zhucun/err.h"
#include "zhucun/utf8.h"
#include "zhucun/value.h"

static void a_buffer_never_outgrows_its_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_put(&b, "12345678", 8);
    buf_put(&b, "901", 3);
    assert_true(b.failed);
    buf_put(&b, "9", 1); /* what failed stays failed: a hole would go unseen */
    assert_int_equal(b.len, 8);
    buf_reset(&b);
    buf_put(&b, "0123456789", 10);
    assert_false(b.failed);
    buf_free(&b);
}

static void varints_have_one_form(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct buf b;
        buf_init(&b, 16);
        buf_put_varint(&b, numbers[i]);
        struct reader r = reader_over(b.data, b.len);
        assert_true(reader_varint(&r) == numbers[i] && !r.failed && reader_left(&r) == 0);
        struct reader cut = reader_over(b.data, b.len - 1);
        reader_varint(&cut);
        assert_true(cut.failed);
        assert_true(zigzag_decode(zigzag_encode((int64_t)numbers[i])) == (int64_t)numbers[i]);
        buf_free(&b);
    }
    static const uint8_t longer[] = {0x80, 0x00}, beyond[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    struct reader r = reader_over(longer, sizeof longer);
    reader_varint(&r);
    assert_true(r.failed);
    r = reader_over(beyond, sizeof beyond);
    reader_varint(&r);
    assert_true(r.failed);
}

static void an_arena_has_a_bound(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 10000);
    assert_null(arena_array(&a, SIZE_MAX / 2, 16));
    assert_non_null(arena_alloc(&a, 9000));
    assert_null(arena_alloc(&a, 2000));
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 2000));
    arena_free(&a);
}

static void dates_are_the_regions(void **state)
{
    (void)state;
    int64_t day, ms;
    char text[30];
    assert_int_equal(date_parse("1970-01-01", &day), 0);
    assert_int_equal(day, 0);
    assert_int_equal(date_parse("2024-02-29", &day), 0);
    assert_int_equal(day, 19782);
    assert_int_not_equal(date_parse("2023-02-29", &day), 0);
    assert_int_not_equal(date_parse("2023-13-01", &day), 0);
    assert_int_not_equal(date_parse("2023-1-01", &day), 0);
    for (day = -25567; day < 84005; day += 13) { /* 1900 to 2199 */
        int64_t again;
        date_format(day, text);
        assert_int_equal(date_parse(text, &again), 0);
        assert_true(again == day);
    }
    assert_int_equal(date_of_ms(0), 0);
    assert_int_equal(date_of_ms(16 * 3600000 - 1), 0); /* 23:59 in the region */
    assert_int_equal(date_of_ms(16 * 3600000), 1);
    assert_int_equal(date_of_ms(-8 * 3600000 - 1), -1);
    time_format(1650000000000, text);
    assert_string_equal(text, "2022-04-15T13:20:00+08:00");
    assert_int_equal(time_parse(text, &ms), 0);
    assert_true(ms == 1650000000000);
}

static void identities_are_uuids_of_version_8(void **state)
{
    (void)state;
    struct row_id id = row_id_make(UINT64_C(0xFEDCBA9876543210), (UINT64_C(1) << 46) - 1, ROW_INDEX_MAX), back;
    uint8_t bytes[ROW_ID_BYTES];
    char text[ROW_ID_TEXT];
    row_id_to_text(id, text);
    assert_int_equal(text[14], '8');
    assert_non_null(strchr("89ab", text[19]));
    assert_int_equal(row_id_from_text(text, strlen(text), &back), 0);
    assert_true(row_id_equal(id, back));
    row_id_to_bytes(row_id_make(5, 1, 0), bytes);
    bytes[6] ^= 0x40; /* another version */
    assert_int_not_equal(row_id_from_bytes(bytes, sizeof bytes, &back), 0);
    assert_int_not_equal(row_id_from_text("00000000-0000-8000-8000-000000000000", 36, &back), 0);
}

static void an_error_is_whole_in_both_languages(void **state)
{
    (void)state;
    struct err err = {0};
    char longer[1000];
    memset(longer, 0, sizeof longer);
    for (size_t i = 0; i + 3 < sizeof longer; i += 3)
        memcpy(longer + i, "户", 3);
    assert_int_equal(err_set(&err, ERR_DISK, "满了：%s", "full: %s", longer), ERR_DISK);
    assert_true(utf8_valid(err.zh, strlen(err.zh)) && utf8_valid(err.en, strlen(err.en)));
    err_set(&err, ERR_REFUSED, "错：%d", "wrong: %d", 7);
    err_where(&err, ERR_REFUSED, "第 %d 行", "line %d", 12);
    assert_string_equal(err_text(&err, LANG_EN), "line 12: wrong: 7");
    assert_string_equal(err_text(&err, LANG_ZH), "第 12 行：错：7");
    assert_int_equal(err_exit_status(ERR_OFFLINE), 75);
    assert_int_equal(err_exit_status(ERR_DENIED), 77);
}

static void utf8_is_judged_by_rfc_3629(void **state)
{
    (void)state;
    assert_true(utf8_valid("户a\xF0\xA0\x80\x80", 8));
    assert_int_equal(utf8_length("户a\xF0\xA0\x80\x80", 8), 3);
    static const char *const wrong[] = {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE6\x88", "\xFF"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(utf8_valid(wrong[i], strlen(wrong[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_never_outgrows_its_maximum), cmocka_unit_test(varints_have_one_form),
        cmocka_unit_test(an_arena_has_a_bound),                cmocka_unit_test(dates_are_the_regions),
        cmocka_unit_test(identities_are_uuids_of_version_8),   cmocka_unit_test(an_error_is_whole_in_both_languages),
        cmocka_unit_test(utf8_is_judged_by_rfc_3629),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
