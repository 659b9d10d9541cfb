/* Tests of report/identity: one person, however the number was written; other people stay others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity.h"

static const char *normal(const char *text)
{
    static char out[IDENTITY_TEXT];
    size_t n = identity_normal(text, strlen(text), out);
    assert_int_equal(n, strlen(out));
    return out;
}

static void one_person_however_written(void **state)
{
    static const char *const same[] = {
        "23120219700101003X", "23120219700101003x", " 231202 19700101 003X ", "231202-19700101-003X", "231202197001010035",
        "231202700101003", "23120219700101003X11", "23120219700101003X12B1", "２３１２０２１９７００１０１００３Ｘ", "231202　19700101003ｘ"};
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_string_equal(normal(same[i]), "23120219700101003");
}

static void others_stay_others(void **state)
{
    (void)state;
    assert_string_not_equal(normal("231202197001010049"), "23120219700101003");
    assert_string_equal(normal("2312027001010o3"), "2312027001010O3");
    assert_string_equal(normal("护照 E123"), "护照E123");
    assert_string_equal(normal(" - "), "");
    assert_string_equal(normal(""), "");
}

static void what_is_too_long_is_cut(void **state)
{
    char text[400], out[IDENTITY_TEXT];
    (void)state;
    memset(text, '7', sizeof text);
    assert_true(identity_normal(text, sizeof text, out) < IDENTITY_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_person_however_written), cmocka_unit_test(others_stay_others),
                                       cmocka_unit_test(what_is_too_long_is_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
