/* envelope: a sealed bundle opens to the bytes that were packed, for the server's key alone; whoever alters a byte of it is
 * found out by the signature. Both suites. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/keys.h"
#include "zhucun/pack.h"

enum { ROOM = 1 << 20 };

struct parties {
    struct key_pair server, laptop, stranger;
    struct buf packed, sealed, opened;
    struct bundle_header header;
};

static struct err err;

static void pack_a_visit(struct buf *out)
{
    struct digest h;
    struct cell cells[] = {{.column = 2, .value = value_int(19000)}, {.column = 6, .value = value_text("入户走访，水管冻住了。", 33)}};
    struct change change = {.op = CHANGE_PUT, .table = 7, .cells = cells, .count = 2};
    struct changeset list[2] = {{.origin = 77, .seq = 5, .stamp = UINT64_C(1650000000000) << 16, .schema = 1, .changes = &change, .count = 1}};
    list[1] = list[0];
    list[1].seq = 6;
    chain_start(77, &h);
    assert_int_equal(bundle_pack(list, 2, &h, BUNDLE_LEVEL, out, &err), 0);
}

static struct parties open_parties(void **state)
{
    enum seal_suite suite = *(enum seal_suite *)*state;
    struct parties p = {0};
    buf_init(&p.packed, ROOM);
    buf_init(&p.sealed, ROOM);
    buf_init(&p.opened, ROOM);
    assert_int_equal(key_make(suite, KEY_BOX, env_system(), &p.server, &err), 0);
    assert_int_equal(key_make(suite, KEY_SIGN, env_system(), &p.laptop, &err), 0);
    assert_int_equal(key_make(suite, KEY_SIGN, env_system(), &p.stranger, &err), 0);
    pack_a_visit(&p.packed);
    assert_int_equal(bundle_seal(p.packed.data, p.packed.len, &p.server.public, &p.laptop, env_system(), &p.sealed, &err), 0);
    return p;
}

static void close_parties(struct parties *p)
{
    buf_free(&p->packed);
    buf_free(&p->sealed);
    buf_free(&p->opened);
}

static void it_opens_to_what_was_packed(void **state)
{
    struct parties p = open_parties(state);
    assert_int_equal(bundle_signed(p.sealed.data, p.sealed.len, &p.laptop.public, &p.header, &err), 0);
    assert_true(p.header.origin == 77 && p.header.first == 5 && p.header.last == 6);
    assert_int_equal(bundle_open(p.sealed.data, p.sealed.len, &p.server, &p.opened, &err), 0);
    assert_int_equal(p.opened.len, p.packed.len);
    assert_memory_equal(p.opened.data, p.packed.data, p.packed.len);
    assert_in_range(p.sealed.len, p.packed.len + 60, p.packed.len + BOX_OVERHEAD_MAX + SIGNATURE_BYTES);
    close_parties(&p);
}

static void a_courier_reads_nothing(void **state)
{
    struct parties p = open_parties(state);
    struct key_pair other;
    assert_int_equal(key_make(p.server.public.suite, KEY_BOX, env_system(), &other, &err), 0);
    assert_int_equal(bundle_open(p.sealed.data, p.sealed.len, &other, &p.opened, &err), ERR_CORRUPT);
    assert_int_equal(p.opened.len, 0);
    struct arena arena;
    struct changeset *list;
    size_t count;
    arena_init(&arena, ROOM);
    assert_int_equal(bundle_unpack(p.sealed.data, p.sealed.len, &arena, &p.header, &list, &count, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.en, "sealed"));
    arena_free(&arena);
    close_parties(&p);
}

static void the_signature_is_over_every_byte(void **state)
{
    struct parties p = open_parties(state);
    assert_int_equal(bundle_signed(p.sealed.data, p.sealed.len, &p.stranger.public, &p.header, &err), ERR_DENIED);
    for (size_t i = 0; i < p.sealed.len; i++) {
        p.sealed.data[i] ^= 1;
        assert_int_not_equal(bundle_signed(p.sealed.data, p.sealed.len, &p.laptop.public, &p.header, &err), 0);
        p.sealed.data[i] ^= 1;
    }
    for (size_t n = 0; n < p.sealed.len; n += 7)
        assert_int_not_equal(bundle_signed(p.sealed.data, n, &p.laptop.public, &p.header, &err), 0);
    close_parties(&p);
}

/* Whoever holds a genuine box may not put it under another header: the header is bound to it. */
static void a_box_belongs_to_its_header(void **state)
{
    struct parties p = open_parties(state);
    p.sealed.data[5] ^= 1; /* the origin */
    assert_int_equal(bundle_open(p.sealed.data, p.sealed.len, &p.server, &p.opened, &err), ERR_CORRUPT);
    assert_int_equal(p.opened.len, 0);
    close_parties(&p);
}

static void an_unsealed_bundle_is_not_signed(void **state)
{
    struct parties p = open_parties(state);
    assert_int_equal(bundle_signed(p.packed.data, p.packed.len, &p.laptop.public, &p.header, &err), ERR_DENIED);
    assert_non_null(strstr(err.en, "neither sealed nor signed"));
    close_parties(&p);
}

#define EACH(test)                                                                        \
    {#test " (25519)", test, NULL, NULL, &suites[0]}, {#test " (SM)", test, NULL, NULL, &suites[1]}

int main(void)
{
    static enum seal_suite suites[] = {SUITE_25519, SUITE_SM};
    const struct CMUnitTest tests[] = {
        EACH(it_opens_to_what_was_packed),   EACH(a_courier_reads_nothing),          EACH(the_signature_is_over_every_byte),
        EACH(a_box_belongs_to_its_header),   EACH(an_unsealed_bundle_is_not_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
