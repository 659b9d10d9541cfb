/* What goes to a terminal is shown and never obeyed; an ideograph takes two columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../../agent/cli/text.c"

static void shows(const char *text, size_t n, size_t columns, const char *want, size_t width)
{
    struct buf out;
    buf_init(&out, 4096);
    size_t used = text_put(&out, text, n, columns);
    assert_string_equal(buf_text(&out), want);
    assert_int_equal(used, width);
    buf_free(&out);
}

static void plain_text_is_itself(void **state)
{
    (void)state;
    shows("abc", 3, 0, "abc", 3);
    shows("走访", 6, 0, "走访", 4);
    shows("，a", 4, 0, "，a", 3);
    shows("", 0, 0, "", 0);
    shows("𠮷", 4, 0, "𠮷", 2);
    shows("e\xCC\x81", 3, 0, "e\xCC\x81", 1); /* a combining accent takes no column */
}

static void what_a_terminal_would_obey_is_escaped(void **state)
{
    (void)state;
    shows("a\033[31mb", 7, 0, "a\\x1b[31mb", 10);
    shows("a\nb\tc\r", 6, 0, "a\\nb\\tc\\x0d", 11);
    shows("\0", 1, 0, "\\x00", 4);
    shows("\xC2\x9B", 2, 0, "\\x9b", 4);                /* C1: control sequence introducer in one character */
    shows("a\xE2\x80\xAE" "b", 5, 0, "a\\u202eb", 8);   /* right-to-left override */
}

static void broken_bytes_are_shown_as_bytes(void **state)
{
    (void)state;
    shows("\xFF\xFE", 2, 0, "\\xff\\xfe", 8);
    shows("a\xE8\xB5", 3, 0, "a\\xe8\\xb5", 9); /* cut in the middle */
    shows("\xE8(\xA1", 3, 0, "\\xe8(\\xa1", 9);
}

static void a_cut_leaves_room_for_its_mark(void **state)
{
    (void)state;
    shows("abcdef", 6, 6, "abcdef", 6);
    shows("abcdefg", 7, 6, "abcde…", 6);
    shows("走访走访", 12, 8, "走访走访", 8);
    shows("走访走访", 12, 7, "走访走…", 7);
    shows("走访走访", 12, 6, "走访…", 5); /* half an ideograph is none */
    shows("ab", 2, 1, "…", 1);
}

static void padding_fills_up(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 100);
    text_pad(&out, text_put(&out, "户", 3, 0), 5);
    assert_string_equal(buf_text(&out), "户   ");
    text_pad(&out, 9, 5);
    assert_string_equal(buf_text(&out), "户   ");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_itself),          cmocka_unit_test(what_a_terminal_would_obey_is_escaped),
        cmocka_unit_test(broken_bytes_are_shown_as_bytes), cmocka_unit_test(a_cut_leaves_room_for_its_mark),
        cmocka_unit_test(padding_fills_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
