/* change: the hybrid clock never goes back, and a canonical changeset has exactly one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/change.h"

static void the_clock_only_goes_forward(void **state)
{
    (void)state;
    uint64_t at = hlc_next(0, 1000), next;
    assert_true(hlc_ms(at) == 1000);
    next = hlc_next(at, 400); /* the laptop's clock was set back */
    assert_true(next > at && hlc_ms(next) == 1000);
    for (int i = 0; i < 70000; i++) { /* more than the counter holds */
        uint64_t more = hlc_next(next, 400);
        assert_true(more > next);
        next = more;
    }
    assert_true(hlc_ms(hlc_next(next, 90000)) == 90000);
    assert_true(hlc_next(0, -5) > 0);
}

static size_t encode(struct changeset *cs, struct buf *out)
{
    buf_reset(out);
    assert_int_equal(changeset_encode(cs, out, NULL), 0);
    return out->len;
}

static int decodes(const void *bytes, size_t n)
{
    struct arena arena;
    struct changeset cs;
    arena_init(&arena, 1 << 20);
    int rc = changeset_decode(9, bytes, n, &arena, &cs, NULL);
    arena_free(&arena);
    return rc;
}

static void a_changeset_has_one_form(void **state)
{
    (void)state;
    struct cell cells[] = {{.column = 2, .value = value_int(-7)},
                           {.column = 4, .value = value_text("玉米", 6)},
                           {.column = 5, .value = value_null(), .removed = value_int(8)}};
    struct change changes[] = {
        {.op = CHANGE_PUT, .table = 7, .id = row_id_make(9, 1, 0), .cells = cells, .count = 2},
        {.op = CHANGE_SET, .table = 7, .id = row_id_make(3, 1, 0), .cells = cells, .count = 3},
        {.op = CHANGE_DELETE, .table = 8, .id = row_id_make(3, 2, 1)},
    };
    struct changeset cs = {.origin = 9, .seq = 1, .stamp = 5 << 16, .base = 3, .schema = 1, .observed = -1,
                           .changes = changes, .count = 3};
    struct buf out;
    buf_init(&out, 4096);
    size_t n = encode(&cs, &out);
    assert_int_equal(decodes(out.data, n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(decodes(out.data, i), ERR_CORRUPT);
    buf_put_u8(&out, 0);
    assert_int_equal(decodes(out.data, n + 1), ERR_CORRUPT); /* nothing may follow */
    changes[1].cells[1].column = 1; /* out of order */
    n = encode(&cs, &out);
    assert_int_equal(decodes(out.data, n), ERR_CORRUPT);
    buf_free(&out);
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    static struct change many[CHANGE_MAX_CHANGES + 1];
    struct changeset cs = {.origin = 9, .seq = 1, .changes = many, .count = CHANGE_MAX_CHANGES + 1};
    struct buf out;
    struct err err = {0};
    buf_init(&out, CHANGE_MAX_BYTES);
    for (size_t i = 0; i < cs.count; i++)
        many[i] = (struct change){.op = CHANGE_DELETE, .table = 8, .id = {3, i}};
    assert_int_equal(changeset_encode(&cs, &out, &err), ERR_REFUSED);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_clock_only_goes_forward),
                                       cmocka_unit_test(a_changeset_has_one_form),
                                       cmocka_unit_test(what_is_too_large_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
