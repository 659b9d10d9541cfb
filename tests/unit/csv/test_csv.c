/* Tests of core/csv: what spreadsheets write is read, what would lose data is refused by line, what is written is
 * read back the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/csv.h"

/* Every record as "[line name=text|name=text]"; an error as "!sentence". */
static void read_all(const char *bytes, size_t n, enum csv_format format, struct buf *out)
{
    char copy[4096];
    struct err err = {0};
    struct csv_reader *r = NULL;
    struct csv_record record;

    memcpy(copy, bytes, n);
    FILE *f = n ? fmemopen(copy, n, "r") : fopen("/dev/null", "r");
    buf_init(out, 1 << 20);
    int rc = csv_open(&r, f, format, &err);
    while (rc >= 0 && (rc = csv_next(r, &record, &err)) > 0) {
        buf_printf(out, "[%zu", record.line);
        for (size_t i = 0; i < record.count; i++)
            buf_printf(out, "%c%s=%s", i ? '|' : ' ', record.names[i].text, record.fields[i].text);
        buf_put_text(out, "]");
    }
    if (rc < 0)
        buf_printf(out, "!%s", err.en);
    csv_close(r);
    fclose(f);
}

static void expect(const char *bytes, size_t n, enum csv_format format, const char *wanted)
{
    struct buf out;

    read_all(bytes, n, format, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_free(&out);
}

#define CSV(bytes, wanted) expect(bytes, sizeof bytes - 1, CSV_FORMAT_CSV, wanted)
#define NDJSON(bytes, wanted) expect(bytes, sizeof bytes - 1, CSV_FORMAT_NDJSON, wanted)

static void reads_what_spreadsheets_write(void **state)
{
    (void)state;
    CSV("a,b\n1,2\n", "[2 a=1|b=2]");
    CSV("\xEF\xBB\xBF\"a\",b\r\n1,2", "[2 a=1|b=2]");
    CSV("\xEF\xBC\x8C" "a\n1\n", "[2 \xEF\xBC\x8C" "a=1]"); /* begins with the BOM's first byte, and is none */
    CSV("a,b\r1,2\r", "[2 a=1|b=2]");
    CSV("a,b\n\n\n,\n", "[4 a=|b=]");
    CSV("a,b\n\"x\r\ny\",\"say \"\"hi\"\", then\"\n3,4\n", "[2 a=x\r\ny|b=say \"hi\", then][4 a=3|b=4]");
    CSV("户编号,姓名\n1,张\n", "[2 户编号=1|姓名=张]");
}

static void refuses_by_line(void **state)
{
    (void)state;
    CSV("", "!line 1: the file is empty: the first line must name the columns");
    CSV("a,b\n1,2\n3\n", "[2 a=1|b=2]!line 3: it has 1 columns, the header has 2");
    CSV("a,b\n1,2,3\n", "!line 2: it has 3 columns, the header has 2");
    CSV("a,b\n1,\"2\n\n", "!line 2: a quote is never closed");
    CSV("a\nx\"y\n", "!line 2: a quote inside a field: put the whole field in quotes and double the quote");
    CSV("a\n\"x\"y\n", "!line 2: a comma or line end must follow a closing quote");
    CSV("a\nx\0y\n", "!line 2: there is a NUL byte");
    CSV("a\n\xD5\xC5\n", "!line 2: not UTF-8 text (GBK perhaps): save it as \"CSV UTF-8\" in the spreadsheet program");
}

static void reads_ndjson(void **state)
{
    (void)state;
    NDJSON("{\"a\":\"x\",\"b\":-3}\n\n{\"b\":true,\"c\":null,\"d\":[\"大病\",\"残疾\"]}", "[1 a=x|b=-3][3 b=true|c=|d=大病,残疾]");
    NDJSON("", "");
    NDJSON("[1]\n", "!line 1: it must be a JSON object");
    NDJSON("{\"a\":{}}\n", "!line 1: \"a\" must be a text, a number or a list of these");
    NDJSON("{\"a\":[null]}\n", "!line 1: \"a\" must be a text, a number or a list of these");
}

static void too_long_is_refused(void **state)
{
    struct err err = {0};
    struct csv_reader *r = NULL;
    struct csv_record record;
    FILE *f = tmpfile();

    (void)state;
    fputs("a\n", f);
    for (int i = 0; i < 3 * CSV_MAX_FIELD; i++)
        fputc('x', f);
    rewind(f);
    assert_int_equal(csv_open(&r, f, CSV_FORMAT_CSV, &err), 0);
    assert_int_equal(csv_next(r, &record, &err), ERR_REFUSED);
    assert_string_equal(err.en, "line 2: a field or the whole record is too long");
    csv_close(r);
    fclose(f);
}

static void written_is_read_back(void **state)
{
    static const char *const fields[] = {"plain", "a,b", "say \"hi\"", "two\nlines", " edge ", "", "=1+1", "-3"};
    enum { FIELDS = sizeof fields / sizeof fields[0] };
    struct buf text, out;
    struct csv_writer w = {.out = &text};

    (void)state;
    buf_init(&text, 4000);
    for (size_t i = 0; i < FIELDS; i++)
        csv_put_text(&w, i % 2 ? "b" : "a");
    csv_end(&w);
    for (size_t i = 0; i < FIELDS; i++)
        csv_put_text(&w, fields[i]);
    csv_end(&w);
    read_all((const char *)text.data, text.len, CSV_FORMAT_CSV, &out);
    assert_string_equal(buf_text(&out), "[2 a=plain|b=a,b|a=say \"hi\"|b=two\nlines|a= edge |b=|a==1+1|b=-3]");
    buf_free(&out);
    buf_free(&text);
}

static void formulas_are_neutralised(void **state)
{
    struct buf text;
    struct csv_writer w = {.out = &text, .neutralise = true};

    (void)state;
    buf_init(&text, 4000);
    csv_put_text(&w, "=HYPERLINK(\"http://x\",1)");
    csv_put_text(&w, "@x");
    csv_put_text(&w, "a=b");
    csv_end(&w);
    assert_string_equal(buf_text(&text), "\"'=HYPERLINK(\"\"http://x\"\",1)\",'@x,a=b\r\n");
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_spreadsheets_write), cmocka_unit_test(refuses_by_line),
        cmocka_unit_test(reads_ndjson),                  cmocka_unit_test(too_long_is_refused),
        cmocka_unit_test(written_is_read_back),          cmocka_unit_test(formulas_are_neutralised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
