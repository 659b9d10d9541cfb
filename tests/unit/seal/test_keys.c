/* keys: both suites against the standards' own examples, then the same contract for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "suite.h"
#include "zhucun/keys.h"

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

/* ---- the standards' examples ---- */

/* RFC 9180, A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode, sequence number 0. */
static void hpke_gives_the_example_of_rfc_9180(void **state)
{
    (void)state;
    uint8_t ephemeral[32], mine[32], public[32], info[64], plain[64];
    struct buf sealed, back;
    from_hex("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600", ephemeral);
    from_hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb", mine);
    size_t info_n = from_hex("4f6465206f6e2061204772656369616e2055726e", info);
    size_t plain_n = from_hex("4265617574792069732074727574682c20747275746820626561757479", plain);
    buf_init(&sealed, 1024);
    buf_init(&back, 1024);
    assert_int_equal(x25519_public(mine, public), 0);
    is_hex(public, 32, "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
    assert_int_equal(hpke_seal(ephemeral, public, (struct digest_part){info, info_n}, PART("Count-0"), plain, plain_n, &sealed), 0);
    is_hex(sealed.data, sealed.len,
           "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
           "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
    assert_int_equal(hpke_open(mine, public, (struct digest_part){info, info_n}, PART("Count-0"), sealed.data, sealed.len, &back), 0);
    assert_int_equal(back.len, plain_n);
    assert_memory_equal(back.data, plain, plain_n);
    buf_free(&sealed);
    buf_free(&back);
}

/* RFC 8032, 7.1, TEST 2. */
static void ed25519_gives_the_example_of_rfc_8032(void **state)
{
    (void)state;
    struct key_pair k;
    uint8_t secret[32], signature[SIGNATURE_BYTES];
    from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", secret);
    assert_int_equal(key_from_secret(SUITE_25519, KEY_SIGN, secret, &k, &err), 0);
    is_hex(k.public.bytes, 32, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    assert_int_equal(sign_bytes(&k, "\x72", 1, signature, &err), 0);
    is_hex(signature, sizeof signature,
           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

/* GM/T 0003.5-2012, A.2: key pair, message and signature on the recommended curve. */
static void sm2_holds_the_example_of_gmt_0003(void **state)
{
    (void)state;
    struct key_pair k;
    uint8_t secret[32], signature[SIGNATURE_BYTES];
    from_hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8", secret);
    assert_int_equal(key_from_secret(SUITE_SM, KEY_SIGN, secret, &k, &err), 0);
    is_hex(k.public.bytes, 65,
           "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
           "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
    from_hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
             "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa", signature);
    assert_true(sign_holds(&k.public, "message digest", 14, signature));
    assert_false(sign_holds(&k.public, "message digesT", 14, signature));
}

/* ---- the contract, of each suite ---- */

static enum seal_suite suite_of(void **state)
{
    return *(enum seal_suite *)*state;
}

static void a_signature_holds_for_its_key_and_bytes_alone(void **state)
{
    struct key_pair k, other;
    uint8_t signature[SIGNATURE_BYTES];
    char bytes[] = "入户走访 visit 7";
    assert_int_equal(key_make(suite_of(state), KEY_SIGN, env_system(), &k, &err), 0);
    assert_int_equal(key_make(suite_of(state), KEY_SIGN, env_system(), &other, &err), 0);
    assert_int_equal(sign_bytes(&k, bytes, sizeof bytes, signature, &err), 0);
    assert_true(sign_holds(&k.public, bytes, sizeof bytes, signature));
    assert_false(sign_holds(&other.public, bytes, sizeof bytes, signature));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        assert_false(sign_holds(&k.public, bytes, sizeof bytes, signature));
        bytes[i] ^= 1;
    }
    for (size_t i = 0; i < SIGNATURE_BYTES; i++) {
        signature[i] ^= 0x10;
        assert_false(sign_holds(&k.public, bytes, sizeof bytes, signature));
        signature[i] ^= 0x10;
    }
    assert_true(sign_holds(&k.public, bytes, sizeof bytes, signature));
}

static void a_box_opens_for_its_key_alone(void **state)
{
    struct key_pair k, other;
    struct buf sealed, out;
    buf_init(&sealed, 4096);
    buf_init(&out, 4096);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &k, &err), 0);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &other, &err), 0);
    assert_int_equal(box_seal(&k.public, env_system(), PART("bundle"), PART("header"), "秘密", 6, &sealed, &err), 0);
    assert_in_range(sealed.len, 6 + 48, 6 + BOX_OVERHEAD_MAX);
    assert_int_equal(box_open(&k, PART("bundle"), PART("header"), sealed.data, sealed.len, &out, &err), 0);
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "秘密", 6);
    assert_int_equal(box_open(&other, PART("bundle"), PART("header"), sealed.data, sealed.len, &out, &err), ERR_CORRUPT);
    assert_int_equal(box_open(&k, PART("pull"), PART("header"), sealed.data, sealed.len, &out, &err), ERR_CORRUPT);
    assert_int_equal(box_open(&k, PART("bundle"), PART("headeR"), sealed.data, sealed.len, &out, &err), ERR_CORRUPT);
    for (size_t n = 0; n < sealed.len; n++)
        assert_int_equal(box_open(&k, PART("bundle"), PART("header"), sealed.data, n, &out, &err), ERR_CORRUPT);
    assert_int_equal(out.len, 6); /* nothing was appended */
    buf_free(&sealed);
    buf_free(&out);
}

static void each_byte_of_a_box_counts(void **state)
{
    struct key_pair k;
    struct buf sealed, out;
    buf_init(&sealed, 4096);
    buf_init(&out, 4096);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &k, &err), 0);
    assert_int_equal(box_seal(&k.public, env_system(), PART("a"), PART(""), "0123456789", 10, &sealed, &err), 0);
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.data[i] ^= 0x04;
        assert_int_equal(box_open(&k, PART("a"), PART(""), sealed.data, sealed.len, &out, &err), ERR_CORRUPT);
        sealed.data[i] ^= 0x04;
    }
    assert_int_equal(box_open(&k, PART("a"), PART(""), sealed.data, sealed.len, &out, &err), 0);
    buf_free(&sealed);
    buf_free(&out);
}

static void an_empty_box_is_a_box(void **state)
{
    struct key_pair k;
    struct buf sealed, out;
    buf_init(&sealed, 4096);
    buf_init(&out, 4096);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &k, &err), 0);
    assert_int_equal(box_seal(&k.public, env_system(), PART(""), PART(""), "", 0, &sealed, &err), 0);
    assert_int_equal(box_open(&k, PART(""), PART(""), sealed.data, sealed.len, &out, &err), 0);
    assert_int_equal(out.len, 0);
    buf_free(&sealed);
    buf_free(&out);
}

static void keys_of_another_use_or_form_are_refused(void **state)
{
    struct key_pair sign, box;
    struct public_key back;
    struct buf out;
    uint8_t signature[SIGNATURE_BYTES], wrong[KEY_PUBLIC_MAX] = {0};
    size_t n = key_public_bytes(suite_of(state));
    buf_init(&out, 4096);
    assert_int_equal(key_make(suite_of(state), KEY_SIGN, env_system(), &sign, &err), 0);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &box, &err), 0);
    assert_int_equal(sign_bytes(&box, "x", 1, signature, &err), ERR_REFUSED);
    assert_int_equal(sign_bytes(&sign, "x", 1, signature, &err), 0);
    assert_false(sign_holds(&box.public, "x", 1, signature));
    assert_int_equal(box_seal(&sign.public, env_system(), PART(""), PART(""), "x", 1, &out, &err), ERR_REFUSED);
    assert_int_equal(key_from_public(suite_of(state), KEY_BOX, box.public.bytes, n, &back, &err), 0);
    assert_true(key_equal(&back, &box.public));
    assert_int_equal(key_from_public(suite_of(state), KEY_BOX, box.public.bytes, n - 1, &back, &err), ERR_REFUSED);
    assert_int_equal(key_from_public(suite_of(state), KEY_BOX, wrong, n, &back, &err), ERR_REFUSED);
    assert_int_equal(key_from_public((enum seal_suite)7, KEY_BOX, wrong, n, &back, &err), ERR_REFUSED);
    buf_free(&out);
}

static void names_tell_keys_apart(void **state)
{
    struct key_pair k, other;
    char name[KEY_NAME], again[KEY_NAME];
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &k, &err), 0);
    assert_int_equal(key_from_secret(suite_of(state), KEY_BOX, k.secret, &other, &err), 0);
    key_name(&k.public, name);
    key_name(&other.public, again);
    assert_string_equal(name, again);
    assert_int_equal(key_make(suite_of(state), KEY_BOX, env_system(), &other, &err), 0);
    key_name(&other.public, again);
    assert_string_not_equal(name, again);
}

#define EACH(test)                                                                        \
    {#test " (25519)", test, NULL, NULL, &suites[0]}, {#test " (SM)", test, NULL, NULL, &suites[1]}

int main(void)
{
    static enum seal_suite suites[] = {SUITE_25519, SUITE_SM};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hpke_gives_the_example_of_rfc_9180),
        cmocka_unit_test(ed25519_gives_the_example_of_rfc_8032),
        cmocka_unit_test(sm2_holds_the_example_of_gmt_0003),
        EACH(a_signature_holds_for_its_key_and_bytes_alone),
        EACH(a_box_opens_for_its_key_alone),
        EACH(each_byte_of_a_box_counts),
        EACH(an_empty_box_is_a_box),
        EACH(keys_of_another_use_or_form_are_refused),
        EACH(names_tell_keys_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
