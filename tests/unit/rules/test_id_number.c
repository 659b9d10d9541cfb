/* Numbers of GB 11643-1999 (its own example among them) and of disability certificates. No number here is a real
 * person's: the example is the standard's, the others are made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/env.h"
#include "zhucun/rules.h"

static struct id_number n;

static void read(const char *text)
{
    id_number_read(text, strlen(text), &n);
}

static void the_standards_example(void **state)
{
    int64_t day;
    (void)state;
    read("11010519491231002X");
    assert_true(n.form && n.check);
    assert_int_equal(date_parse("1949-12-31", &day), 0);
    assert_int_equal(n.birth, day);
    assert_string_equal(n.birth_text, "1949-12-31");
    assert_int_equal(n.sex, 2);
    read("11010519491231002x");
    assert_true(n.check);
}

/* Every wrong last character is found, and so is every single digit mistyped and every pair of neighbours swapped:
 * that is what MOD 11-2 promises. */
static void slips_are_found(void **state)
{
    static const char characters[] = "0123456789X";
    char text[19] = "11010519491231002X";
    (void)state;
    for (size_t i = 0; i < 11; i++) {
        text[17] = characters[i];
        read(text);
        assert_true(n.form);
        assert_int_equal(n.check, characters[i] == 'X');
        assert_int_equal(n.expected, 'X');
    }
    text[17] = 'X';
    for (size_t i = 0; i < 17; i++) {
        char was = text[i];
        text[i] = was == '9' ? '0' : (char)(was + 1);
        read(text);
        assert_false(n.check);
        text[i] = was;
        if (i == 16 || text[i] == text[i + 1]) continue;
        text[i] = text[i + 1];
        text[i + 1] = was;
        read(text);
        assert_false(n.check);
        text[i + 1] = text[i];
        text[i] = was;
    }
}

static void certificates_are_valid(void **state)
{
    (void)state;
    read("11010519491231002X43");
    assert_true(n.form && n.check);
    read("11010519491231002X43B1");
    assert_true(n.form && n.check);
    read("11010519491231002X4301");
    assert_true(n.form);
    read("11010519491231002X83"); /* there are seven classes */
    assert_false(n.form);
    read("11010519491231002X45"); /* and four grades */
    assert_false(n.form);
    read("11010519491231002X43C1");
    assert_false(n.form);
}

static void other_lengths_are_not(void **state)
{
    static const char *const wrong[] = {"", "1", "110105491231002", "11010519491231002", "11010519491231002X4",
                                        "11010519491231002X43B", "11010519491231002X43B12", "1101051949123100XX",
                                        "1101 5194912310021"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        read(wrong[i]);
        assert_false(n.form);
    }
}

static void a_day_that_is_none(void **state)
{
    (void)state;
    read("110105194902310021");
    assert_true(n.form);
    assert_true(n.birth == RULE_NONE);
    assert_string_equal(n.birth_text, "1949-02-31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_example), cmocka_unit_test(slips_are_found), cmocka_unit_test(certificates_are_valid),
        cmocka_unit_test(other_lengths_are_not), cmocka_unit_test(a_day_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
