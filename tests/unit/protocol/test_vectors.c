/* The test vectors of PROTOCOL.md are what the code makes: each block "```vector NAME" is compared with the bytes
 * encoded from the objects that the text describes. `test_vectors --print` prints the blocks anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/env.h"
#include "zhucun/reconcile.h"

static const uint64_t origin = UINT64_C(0x5EED5EED5EED5EED);

struct sample {
    uint8_t household[ROW_ID_BYTES];
    struct cell put[4], set[2];
    struct change changes[2];
    struct changeset changeset;
};

static int64_t day(const char *text)
{
    int64_t days;
    assert_int_equal(date_parse(text, &days), 0);
    return days;
}

static void sample_make(struct sample *s)
{
    static const char summary[] = "入户走访，玉米已经卖完。";
    row_id_to_bytes(row_id_make(0x4D, 9, 4), s->household);
    s->put[0] = (struct cell){.column = 1, .value = value_blob(s->household, ROW_ID_BYTES)};
    s->put[1] = (struct cell){.column = 2, .value = value_int(day("2022-03-05"))};
    s->put[2] = (struct cell){.column = 4, .value = value_int(1)};
    s->put[3] = (struct cell){.column = 6, .value = value_text(summary, sizeof summary - 1)};
    s->set[0] = (struct cell){.column = 4};
    s->set[1] = (struct cell){.column = 13, .value = value_int(1)};
    s->changes[0] = (struct change){.op = CHANGE_PUT, .table = 7, .id = row_id_make(origin, 3, 0), .cells = s->put, .count = 4};
    s->changes[1] = (struct change){.op = CHANGE_SET, .table = 3, .id = row_id_make(0x4D, 1, 0), .cells = s->set, .count = 2};
    s->changeset = (struct changeset){.origin = origin, .seq = 3, .stamp = hlc_from_ms(1650000000000) + 2, .base = 40,
                                      .schema = 1, .author = row_id_make(0x4D, 2, 1), .observed = day("2022-04-15"),
                                      .changes = s->changes, .count = 2};
}

static void make_bundle(const struct sample *s, struct buf *out)
{
    struct digest h;
    chain_start(origin, &h);
    assert_int_equal(bundle_pack(&s->changeset, 1, &h, BUNDLE_LEVEL, out, NULL), 0);
}

static void make_reconcile(struct buf *out)
{
    int64_t places[] = {231202109250, 231202109251};
    struct reconcile_row row = {40, 0x11121314};
    struct reconcile_range ranges[] = {
        {.from = 0, .to = 9, .count = 2, .sum = UINT64_C(0x0102030405060708) + UINT64_MAX},
        {.from = 9, .to = INT64_MAX, .listed = true, .count = 1, .rows = &row},
    };
    struct reconcile_request q = {.origin = origin, .epoch = 7, .csn = 40, .schema = 1, .scope = scope_digest(places, 2, NULL, 0),
                                  .ranges = ranges, .range_count = 2};
    assert_int_equal(reconcile_request_encode(&q, out, NULL), 0);
}

static void make_tally(struct buf *out)
{
    struct row_id visits[] = {row_id_make(origin, 1, 0), row_id_make(origin, 2, 0)};
    uint64_t numbers[] = {visits[0].number, visits[1].number};
    struct tally t = {.author = row_id_make(0x4D, 2, 1), .month = 202207, .count = 2, .numbers = numbers, .number_count = 2};
    t.digest = tally_hash(visits[0]) + tally_hash(visits[1]);
    tallies_encode(&t, 1, out);
}

static void make_answer(struct buf *out)
{
    struct receipt_quarantine first = {.seq = 3, .why = "表", .why_en = "table"};
    uint64_t further[] = {4, 900};
    struct pull_answer a = {.epoch = 7, .from = 40, .to = 42, .received = 1000, .count = 0, .server_ms = 1650000000000,
                            .quarantined = &first, .quarantined_count = 1, .further = further, .further_count = 2};
    assert_int_equal(pull_answer_encode(&a, BUNDLE_LEVEL, out, NULL), 0);
}

static void make(const char *name, struct buf *out)
{
    struct sample s;
    sample_make(&s);
    struct buf bytes;
    buf_init(&bytes, BUNDLE_MAX_BYTES);
    struct digest h;
    chain_start(origin, &h);
    if (strcmp(name, "changeset") == 0) assert_int_equal(changeset_encode(&s.changeset, out, NULL), 0);
    if (strcmp(name, "chain") == 0) {
        assert_int_equal(changeset_encode(&s.changeset, &bytes, NULL), 0);
        buf_put(out, h.bytes, DIGEST_BYTES);
        chain_next(&h, bytes.data, bytes.len);
        buf_put(out, h.bytes, DIGEST_BYTES);
    }
    if (strcmp(name, "bundle") == 0) make_bundle(&s, out);
    if (strcmp(name, "pull-request") == 0) {
        int64_t places[] = {231202109250, 231202109251};
        struct pull_request q = {.origin = origin, .epoch = 7, .csn = 40, .schema = 1, .scope = scope_digest(places, 2, NULL, 0)};
        assert_int_equal(pull_request_encode(&q, out), 0);
    }
    if (strcmp(name, "pull-answer") == 0) make_answer(out);
    if (strcmp(name, "reconcile-request") == 0) make_reconcile(out);
    if (strcmp(name, "tally") == 0) make_tally(out);
    if (strcmp(name, "row-hash") == 0) buf_put_u64be(out, row_hash(7, s.changes[0].id, s.put, 4));
    if (strcmp(name, "uuid") == 0) {
        uint8_t id[ROW_ID_BYTES];
        row_id_to_bytes(s.changes[0].id, id);
        buf_put(out, id, sizeof id);
    }
    if (strcmp(name, "push-path") == 0) {
        struct push_target target = {.origin = origin, .first = 3, .last = 3};
        char path[300];
        make_bundle(&s, &bytes);
        digest_of(bytes.data, bytes.len, &target.digest);
        assert_int_equal(push_target_format(&target, path, sizeof path), 0);
        buf_put_text(out, path);
    }
    buf_free(&bytes);
}

static const char *const names[] = {"changeset", "chain", "bundle", "pull-request", "pull-answer", "reconcile-request", "tally", "row-hash",
                                    "uuid", "push-path"};

static char *document(void)
{
    FILE *f = fopen(ZHUCUN_SOURCE_DIR "/PROTOCOL.md", "rb");
    assert_non_null(f);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return text;
}

/* The hex digits of a block, white space left out. */
static void block(const char *text, const char *name, struct buf *out)
{
    char head[80];
    snprintf(head, sizeof head, "```vector %s\n", name);
    const char *at = strstr(text, head);
    if (!at) fail_msg("PROTOCOL.md has no vector %s", name);
    at += strlen(head);
    for (; *at && strncmp(at, "```", 3) != 0; at++) {
        if (*at != ' ' && *at != '\n') buf_put(out, at, 1);
    }
}

static void hex_of(const struct buf *bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes->len; i++)
        buf_printf(out, "%02x", bytes->data[i]);
}

static void test_vectors(void **state)
{
    (void)state;
    char *text = document();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct buf bytes, made, written;
        buf_init(&bytes, 1 << 20);
        buf_init(&made, 1 << 20);
        buf_init(&written, 1 << 20);
        make(names[i], &bytes);
        hex_of(&bytes, &made);
        block(text, names[i], &written);
        assert_string_equal(buf_text(&made), buf_text(&written));
        buf_free(&bytes);
        buf_free(&made);
        buf_free(&written);
    }
    free(text);
}

/* What is written there also reads back as what was meant. */
static void test_bundle_reads_back(void **state)
{
    (void)state;
    struct sample s;
    struct buf bundle, a, b;
    struct arena arena;
    struct bundle_header header;
    struct changeset *list;
    size_t count;
    sample_make(&s);
    buf_init(&bundle, BUNDLE_MAX_BYTES);
    buf_init(&a, 1 << 20);
    buf_init(&b, 1 << 20);
    arena_init(&arena, BUNDLE_MAX_ARENA);
    make_bundle(&s, &bundle);
    assert_int_equal(bundle_unpack(bundle.data, bundle.len, &arena, &header, &list, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(header.first, 3);
    assert_int_equal(changeset_encode(&list[0], &a, NULL), 0);
    assert_int_equal(changeset_encode(&s.changeset, &b, NULL), 0);
    assert_true(a.len == b.len);
    assert_memory_equal(a.data, b.data, a.len);
    arena_free(&arena);
    buf_free(&bundle);
    buf_free(&a);
    buf_free(&b);
}

static int print(void)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct buf bytes;
        buf_init(&bytes, 1 << 20);
        make(names[i], &bytes);
        printf("```vector %s", names[i]);
        for (size_t k = 0; k < bytes.len; k++)
            printf("%s%02x", k % 32 == 0 ? "\n" : k % 2 == 0 ? " " : "", bytes.data[k]);
        printf("\n```\n");
        buf_free(&bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print") == 0) return print();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_bundle_reads_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
