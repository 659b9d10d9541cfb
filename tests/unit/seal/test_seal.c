/* seal: SHA-256 against FIPS 180-4's example, and the chain against its formula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/seal.h"

static void sha_256_of_abc(void **state)
{
    (void)state;
    struct digest d, back;
    char hex[DIGEST_TEXT];
    digest_of("abc", 3, &d);
    digest_hex(&d, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(digest_from_hex(hex, 64, &back), 0);
    assert_true(digest_equal(&d, &back));
    assert_int_not_equal(digest_from_hex(hex, 63, &back), 0);
    hex[5] = 'G';
    assert_int_not_equal(digest_from_hex(hex, 64, &back), 0);
    digest_of_parts((struct digest_part[]){{"a", 1}, {"", 0}, {"bc", 2}}, 3, &back);
    assert_true(digest_equal(&d, &back));
    assert_true(digest_short(&d) == UINT64_C(0xba7816bf8f01cfea));
}

static void the_chain_follows_its_formula(void **state)
{
    (void)state;
    struct digest h, wanted, first;
    uint8_t joined[DIGEST_BYTES + 5];
    chain_start(0x0102030405060708, &h);
    digest_of("zhucun log\1\2\3\4\5\6\7\10", 18, &wanted);
    assert_true(digest_equal(&h, &wanted));
    first = h;
    memcpy(joined, h.bytes, DIGEST_BYTES);
    memcpy(joined + DIGEST_BYTES, "bytes", 5);
    chain_next(&h, "bytes", 5);
    digest_of(joined, sizeof joined, &wanted);
    assert_true(digest_equal(&h, &wanted));
    chain_next(&first, "bytez", 5);
    assert_false(digest_equal(&h, &first));
}

/* RFC 4231, test cases 2 and 6. */
static void a_keyed_digest_is_hmac(void **state)
{
    struct digest d;
    char hex[DIGEST_TEXT];
    uint8_t key[131];
    const char *long_key = "Test Using Larger Than Block-Size Key - Hash Key First";
    (void)state;
    digest_keyed("Jefe", 4, "what do ya want for nothing?", 28, &d);
    digest_hex(&d, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    digest_keyed(key, sizeof key, long_key, strlen(long_key), &d);
    digest_hex(&d, hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sha_256_of_abc), cmocka_unit_test(the_chain_follows_its_formula),
                                       cmocka_unit_test(a_keyed_digest_is_hmac)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
