/* aead: RFC 8439's example, SM4's and SM3's; then the contract for each suite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sm.h"
#include "zhucun/aead.h"

#define PART(text) ((struct digest_part){text, sizeof text - 1})

static struct err err;

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    unsigned byte;
    for (; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++) out[n] = (uint8_t)byte;
    return n;
}

static void is_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    uint8_t wanted[256];
    assert_int_equal(n, from_hex(hex, wanted));
    assert_memory_equal(bytes, wanted, n);
}

static enum seal_suite suite_of(void **state)
{
    return *(enum seal_suite *)*state;
}

/* RFC 8439, 2.8.2. */
static void chacha20_poly1305_gives_the_example_of_rfc_8439(void **state)
{
    (void)state;
    static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    uint8_t key[32], nonce[16] = {0}, aad[12], out[128], tag[16];
    struct aead *a;
    from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key);
    from_hex("070000004041424344454647", nonce);
    from_hex("50515253c0c1c2c3c4c5c6c7", aad);
    assert_int_equal(aead_new(&a, SUITE_25519, key, &err), 0);
    assert_int_equal(aead_seal(a, nonce, (struct digest_part){aad, 12}, plain, sizeof plain - 1, out, tag, &err), 0);
    is_hex(out, 16, "d31a8d34648e60db7b86afbc53ef7ec2");
    is_hex(tag, 16, "1ae10b594f09e26a7e902ecbd0600691");
    aead_free(a);
}

static void a_stretched_key_depends_on_passphrase_and_salt(void **state)
{
    (void)state;
    uint8_t out[AEAD_KEY], again[AEAD_KEY];
    struct stretch s = {.log_n = 10, .r = 8, .p = 1};
    assert_int_equal(stretch_key(&s, "口令 7", 8, out, &err), 0);
    assert_int_equal(stretch_key(&s, "口令 7", 8, again, &err), 0);
    assert_memory_equal(out, again, sizeof out);
    assert_int_equal(stretch_key(&s, "口令 8", 8, again, &err), 0);
    assert_memory_not_equal(out, again, sizeof out);
    s.salt[15] = 1;
    assert_int_equal(stretch_key(&s, "口令 7", 8, again, &err), 0);
    assert_memory_not_equal(out, again, sizeof out);
    s.log_n = 63;
    assert_int_equal(stretch_key(&s, "x", 1, again, &err), ERR_CORRUPT);
}

/* GM/T 0004, A.1; GM/T 0002, A.1 (one block: the counter is the plain text, what is encrypted is zero). */
static void sm3_and_sm4_give_their_examples(void **state)
{
    (void)state;
    uint8_t out[32], key[16];
    static const uint8_t zero[16];
    assert_int_equal(sm3_of_parts((struct digest_part[]){{"a", 1}, {"bc", 2}}, 2, out), 0);
    is_hex(out, 32, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    from_hex("0123456789abcdeffedcba9876543210", key);
    assert_int_equal(sm4_ctr(key, key, zero, sizeof zero, out), 0);
    is_hex(out, 16, "681edf34d206965e86b3e94f536e4246");
}

static void what_is_sealed_opens_and_nothing_else_does(void **state)
{
    uint8_t key[AEAD_KEY] = {1, 2, 3}, nonce[AEAD_NONCE] = {9}, page[256], tag[AEAD_TAG], out[256];
    struct aead *a;
    memset(page, 0x5a, sizeof page);
    assert_int_equal(aead_new(&a, suite_of(state), key, &err), 0);
    assert_int_equal(aead_seal(a, nonce, PART("page 7"), page, sizeof page, page, tag, &err), 0);
    assert_int_equal(aead_open(a, nonce, PART("page 7"), page, sizeof page, out, tag, &err), 0);
    for (size_t i = 0; i < sizeof out; i++) assert_int_equal(out[i], 0x5a);
    assert_int_equal(aead_open(a, nonce, PART("page 8"), page, sizeof page, out, tag, &err), ERR_CORRUPT);
    for (size_t i = 0; i < sizeof page; i += 17) {
        page[i] ^= 1;
        assert_int_equal(aead_open(a, nonce, PART("page 7"), page, sizeof page, out, tag, &err), ERR_CORRUPT);
        page[i] ^= 1;
    }
    for (size_t i = 0; i < AEAD_TAG; i++) {
        tag[i] ^= 0x80;
        assert_int_equal(aead_open(a, nonce, PART("page 7"), page, sizeof page, out, tag, &err), ERR_CORRUPT);
        tag[i] ^= 0x80;
    }
    nonce[3] ^= 1;
    assert_int_equal(aead_open(a, nonce, PART("page 7"), page, sizeof page, out, tag, &err), ERR_CORRUPT);
    aead_free(a);
}

static void a_wrapped_key_comes_back_under_its_key_alone(void **state)
{
    uint8_t with[AEAD_KEY] = {7}, other[AEAD_KEY] = {8}, key[AEAD_KEY] = {1, 2, 3}, wrapped[WRAPPED_KEY], out[AEAD_KEY];
    enum seal_suite s = suite_of(state);
    assert_int_equal(key_wrap(s, with, env_system(), PART("W3"), key, wrapped, &err), 0);
    assert_int_equal(key_unwrap(s, with, PART("W3"), wrapped, out, &err), 0);
    assert_memory_equal(out, key, sizeof key);
    assert_int_equal(key_unwrap(s, other, PART("W3"), wrapped, out, &err), ERR_CORRUPT);
    assert_int_equal(key_unwrap(s, with, PART("W4"), wrapped, out, &err), ERR_CORRUPT);
    for (size_t i = 0; i < sizeof wrapped; i++) {
        wrapped[i] ^= 1;
        assert_int_equal(key_unwrap(s, with, PART("W3"), wrapped, out, &err), ERR_CORRUPT);
        wrapped[i] ^= 1;
    }
}

static void derived_keys_differ_by_purpose(void **state)
{
    uint8_t key[AEAD_KEY] = {7}, a[AEAD_KEY], b[AEAD_KEY];
    assert_int_equal(key_derive(suite_of(state), key, "zhucun pages", a, &err), 0);
    assert_int_equal(key_derive(suite_of(state), key, "zhucun pages", b, &err), 0);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(key_derive(suite_of(state), key, "zhucun files", b, &err), 0);
    assert_memory_not_equal(a, b, sizeof a);
}

#define EACH(test)                                                                        \
    {#test " (25519)", test, NULL, NULL, &suites[0]}, {#test " (SM)", test, NULL, NULL, &suites[1]}

int main(void)
{
    static enum seal_suite suites[] = {SUITE_25519, SUITE_SM};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chacha20_poly1305_gives_the_example_of_rfc_8439),
        cmocka_unit_test(a_stretched_key_depends_on_passphrase_and_salt),
        cmocka_unit_test(sm3_and_sm4_give_their_examples),
        EACH(what_is_sealed_opens_and_nothing_else_does),
        EACH(a_wrapped_key_comes_back_under_its_key_alone),
        EACH(derived_keys_differ_by_purpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
