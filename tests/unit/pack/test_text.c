/* Text columns read back exactly as they were, whatever they say; and no bytes from outside can do harm.
 * ZHUCUN_TRAIN_DIR (from the build): core/pack/train, for its texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dictionary.h"
#include "text.h"
#include "zhucun/change.h"
#include "zhucun/utf8.h"

enum { MAX_LINES = 4096 };

struct lines {
    struct value list[MAX_LINES];
    size_t count;
    char *bytes;
};

static void lines_read(struct lines *l, const char *path)
{
    FILE *f = fopen(path, "rb");
    const size_t max = 1 << 20;

    assert_non_null(f);
    l->bytes = malloc(max);
    l->count = 0;
    assert_non_null(l->bytes);
    const size_t n = fread(l->bytes, 1, max, f);
    fclose(f);
    for (size_t at = 0, end; at < n && l->count < MAX_LINES; at = end + 1) {
        for (end = at; end < n && l->bytes[end] != '\n'; end++)
            ;
        l->list[l->count++] = value_text(l->bytes + at, end - at);
    }
}

static size_t round_trip(int dictionary, const struct value *texts, size_t count)
{
    struct value *back = calloc(count + 1, sizeof *back);
    struct arena arena;
    struct buf out;

    buf_init(&out, 8 << 20);
    arena_init(&arena, 64 << 20);
    assert_non_null(back);
    assert_int_equal(text_column_encode(dictionary, texts, count, &out), 0);
    const size_t n = out.len;
    buf_put_text(&out, "next"); /* what stands behind the column is not touched */
    struct reader in = reader_over(out.data, out.len);
    assert_int_equal(text_column_decode(dictionary, &in, count, &arena, back), 0);
    assert_int_equal(reader_left(&in), 4);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(back[i].kind, VALUE_TEXT);
        assert_true(value_equal(&texts[i], &back[i]));
    }
    arena_free(&arena);
    buf_free(&out);
    free(back);
    return n;
}

static void both(const struct value *texts, size_t count)
{
    round_trip(DICTIONARY_NONE, texts, count);
    round_trip(DICTIONARY_LATEST, texts, count);
}

static void prose_reads_back(void **state)
{
    static const char *const files[] = {"holdout.txt", "corpus/diary.txt", "corpus/names.txt", "corpus/notes.txt"};
    struct lines *l = malloc(sizeof *l);

    (void)state;
    assert_non_null(l);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", ZHUCUN_TRAIN_DIR, files[i]);
        lines_read(l, path);
        assert_true(l->count > 0);
        both(l->list, l->count);
        for (size_t k = 0; k < l->count; k += 7)
            both(l->list + k, 1);
        free(l->bytes);
    }
    free(l);
}

static void prose_it_was_not_made_from_takes_little_room(void **state)
{
    struct lines *l = malloc(sizeof *l);
    size_t raw = 0;

    (void)state;
    assert_non_null(l);
    lines_read(l, ZHUCUN_TRAIN_DIR "/holdout.txt");
    for (size_t i = 0; i < l->count; i++)
        raw += l->list[i].len;
    assert_true(round_trip(DICTIONARY_LATEST, l->list, l->count) * 100 < raw * 40);
    free(l->bytes);
    free(l);
}

static void odd_texts_read_back(void **state)
{
    static const char *const odd[] = {
        "", "\n", "a\tb\nc", "  ", "ß€₂", "😀👍🏽", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80",
        "龘靐齉", "ABC-123_x.jpg", "第2次：血压150/95", "“好”，‘行’……——《》", "", "한국어 кириллица العربية", "\x01\x7F",
    };
    struct value list[sizeof odd / sizeof odd[0]];
    const size_t count = sizeof odd / sizeof odd[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        list[i] = value_text(odd[i], strlen(odd[i]));
        both(&list[i], 1);
    }
    list[3] = value_text("a\0b", 3);
    both(list, count);
    both(list, 0);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static size_t put_random_code_point(uint8_t *at, uint32_t *seed)
{
    static const uint32_t tops[] = {0x80, 0x800, 0x3000, 0xA000, 0x10000, 0x110000};
    uint32_t c = next_random(seed) % tops[next_random(seed) % 6];

    if (c >= 0xD800 && c <= 0xDFFF)
        c = 0x4E00 + (c & 0xFFF);
    if (c < 0x80) {
        at[0] = (uint8_t)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        at[i] = (uint8_t)(0x80 | (c & 0x3F));
    at[0] = (uint8_t)(leads[n] | c);
    return n;
}

static void random_code_points_read_back(void **state)
{
    uint8_t *bytes = malloc(CHANGE_MAX_TEXT);
    uint32_t seed = 7;

    (void)state;
    assert_non_null(bytes);
    for (int round = 0; round < 300; round++) {
        struct value text;
        size_t n = 0;
        const size_t target = round == 0 ? CHANGE_MAX_TEXT - 4 : next_random(&seed) % 400;

        while (n < target)
            n += put_random_code_point(bytes + n, &seed);
        text = value_text((const char *)bytes, n);
        both(&text, 1);
    }
    free(bytes);
}

static void the_longest_text_reads_back_and_a_longer_one_is_refused(void **state)
{
    char *bytes = malloc(CHANGE_MAX_TEXT + 1);
    struct value text;
    struct buf out;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', CHANGE_MAX_TEXT + 1);
    text = value_text(bytes, CHANGE_MAX_TEXT);
    both(&text, 1);
    text = value_text(bytes, CHANGE_MAX_TEXT + 1);
    buf_init(&out, 8 << 20);
    assert_int_equal(text_column_encode(DICTIONARY_LATEST, &text, 1, &out), ERR_CORRUPT);
    assert_int_equal(text_column_encode(DICTIONARY_NONE, &text, 1, &out), ERR_CORRUPT);
    text = value_text("\xFF", 1);
    assert_int_equal(text_column_encode(DICTIONARY_LATEST, &text, 1, &out), ERR_CORRUPT);
    text = value_text("x", 1);
    assert_int_equal(text_column_encode(77, &text, 1, &out), ERR_CORRUPT);
    buf_free(&out);
    free(bytes);
}

static void a_full_buffer_is_no_memory(void **state)
{
    const struct value text = value_text("这里写不下", 15);
    struct buf out;

    (void)state;
    buf_init(&out, 2);
    assert_int_equal(text_column_encode(DICTIONARY_LATEST, &text, 1, &out), ERR_NOMEM);
    buf_reset(&out);
    assert_int_equal(text_column_encode(DICTIONARY_NONE, &text, 1, &out), ERR_NOMEM);
    buf_free(&out);
}

/* Decodes bytes of any kind; whatever comes out must be valid text of bounded length. */
static void decode_anything(int dictionary, const uint8_t *bytes, size_t n, size_t count)
{
    struct value out[16];
    struct arena arena;
    uint8_t *exact = malloc(n + (n == 0)); /* so that a sanitizer sees a read past the end */
    struct reader in;

    assert_non_null(exact);
    memcpy(exact, bytes, n);
    in = reader_over(exact, n);
    arena_init(&arena, 1 << 20);
    const int rc = text_column_decode(dictionary, &in, count, &arena, out);
    assert_true(rc == 0 || rc == ERR_CORRUPT || rc == ERR_NOMEM);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        assert_true(out[i].len <= CHANGE_MAX_TEXT);
        assert_true(utf8_valid(out[i].data, out[i].len));
    }
    arena_free(&arena);
    free(exact);
}

static void malformed_bytes_are_refused_or_harmless(void **state)
{
    uint8_t bytes[200];
    uint32_t seed = 99;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const size_t n = next_random(&seed) % sizeof bytes;

        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)next_random(&seed);
        if (n > 1 && round % 2 == 0) { /* a right length, so that the stream itself is read */
            bytes[0] = (uint8_t)((n - 1) & 0x7F);
        }
        decode_anything(round % 3 == 0 ? DICTIONARY_NONE : DICTIONARY_LATEST, bytes, n, next_random(&seed) % 17);
    }
}

static void a_damaged_column_is_refused_or_harmless(void **state)
{
    struct lines *l = malloc(sizeof *l);
    struct buf out;

    (void)state;
    assert_non_null(l);
    lines_read(l, ZHUCUN_TRAIN_DIR "/holdout.txt");
    buf_init(&out, 1 << 20);
    assert_int_equal(text_column_encode(DICTIONARY_LATEST, l->list, 5, &out), 0);
    for (size_t n = 0; n < out.len; n++)
        decode_anything(DICTIONARY_LATEST, out.data, n, 5);
    for (size_t i = 0; i < out.len; i++) {
        out.data[i] ^= 0x55;
        decode_anything(DICTIONARY_LATEST, out.data, out.len, 5);
        out.data[i] ^= 0x55;
    }
    buf_free(&out);
    free(l->bytes);
    free(l);
}

static void only_known_ids_have_data(void **state)
{
    size_t n;
    const uint8_t *bytes = dictionary_book(DICTIONARY_LATEST, &n);

    (void)state;
    assert_non_null(bytes);
    assert_true(n > 4 && memcmp(bytes, "ZCB1", 4) == 0);
    assert_null(dictionary_book(DICTIONARY_NONE, &n));
    assert_null(dictionary_bytes(DICTIONARY_NONE, &n));
    assert_null(dictionary_bytes(200, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prose_reads_back),
        cmocka_unit_test(prose_it_was_not_made_from_takes_little_room),
        cmocka_unit_test(odd_texts_read_back),
        cmocka_unit_test(random_code_points_read_back),
        cmocka_unit_test(the_longest_text_reads_back_and_a_longer_one_is_refused),
        cmocka_unit_test(a_full_buffer_is_no_memory),
        cmocka_unit_test(malformed_bytes_are_refused_or_harmless),
        cmocka_unit_test(a_damaged_column_is_refused_or_harmless),
        cmocka_unit_test(only_known_ids_have_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
