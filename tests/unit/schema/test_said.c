/* What programs say where a person's words could stand: read in the reader's language; a person's words stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/schema.h"

static bool reads(const struct value *v, enum lang lang, const char *text)
{
    struct value shown = schema_heard(v, lang);
    return shown.kind == VALUE_TEXT && shown.len == strlen(text) && memcmp(shown.data, text, shown.len) == 0;
}

static void own_words_follow_the_reader(void **state)
{
    (void)state;
    struct value office = schema_said(SAID_OFFICE), anew = schema_said(SAID_ANEW);
    assert_true(reads(&office, LANG_ZH, "办公室"));
    assert_true(reads(&office, LANG_EN, "the office"));
    for (int which = SAID_WRITTEN; which <= SAID_OFFICE; which++) {
        struct value v = schema_said((enum schema_said)which), en = schema_heard(&v, LANG_EN);
        assert_true(v.len > 0 && v.data[0] >= 0x80);
        for (uint32_t i = 0; i < en.len; i++) assert_true(en.data[i] < 0x80);
    }
    assert_false(value_equal(&office, &anew));
}

static void a_persons_words_stay(void **state)
{
    (void)state;
    struct value words[] = {value_text("电话核实", 12), value_text("3", 1), value_text("the office", 10)};
    struct value none = value_null();
    assert_true(reads(&words[0], LANG_EN, "电话核实"));
    assert_true(reads(&words[1], LANG_EN, "3")); /* a number is no code here */
    assert_true(reads(&words[2], LANG_ZH, "the office"));
    assert_int_equal(schema_heard(&none, LANG_EN).kind, VALUE_NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_words_follow_the_reader),
        cmocka_unit_test(a_persons_words_stay),
    };
    return cmocka_run_group_tests_name("said", tests, NULL, NULL);
}
