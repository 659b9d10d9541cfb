/* httpsig: RFC 9421's example of ed25519, then requests and answers that hold, and every way in which they do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "zhucun/httpsig.h"

static struct err err;

/* RFC 9530, B.1: the digest of {"hello": "world"} and a line end. */
static void the_digest_is_that_of_rfc_9530(void **state)
{
    (void)state;
    char out[HTTPSIG_DIGEST_TEXT];
    httpsig_digest("{\"hello\": \"world\"}\n", 19, out);
    assert_string_equal(out, "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
}

static void base64_is_strict(void **state)
{
    (void)state;
    char text[16], out[8];
    assert_int_equal(base64_put("ab", 2, text), 4);
    assert_string_equal(text, "YWI=");
    assert_int_equal(base64_get("YWI=", 4, out, sizeof out), 2);
    static const char *const wrong[] = {"YWI", "YWJ=", "YW I=", " YWI", "YWI\n", "====", "Y===", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (base64_get(wrong[i], strlen(wrong[i]), out, sizeof out) != 0) fail_msg("\"%s\" was read", wrong[i]);
    assert_int_equal(base64_get("YWJjZGVmZ2hpamts", 16, out, sizeof out), 0); /* no room */
}

static const struct httpsig_part request[] = {
    {"\"@method\"", "POST"},
    {"\"@path\"", "/v1/pull"},
    {"\"content-digest\"", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"},
    {"\"zhucun-origin\"", "5eed5eed5eed5eed"},
    {"\"zhucun-counter\"", "41"},
};
enum { PARTS = sizeof request / sizeof request[0] };

static void a_request_holds_as_it_was_signed_and_no_other(void **state)
{
    enum seal_suite suite = *(enum seal_suite *)*state;
    struct key_pair k, other;
    struct httpsig s;
    assert_int_equal(key_make(suite, KEY_SIGN, env_system(), &k, &err), 0);
    assert_int_equal(key_make(suite, KEY_SIGN, env_system(), &other, &err), 0);
    assert_int_equal(httpsig_sign(&k, request, PARTS, &s, &err), 0);
    assert_int_equal(httpsig_check(&k.public, request, PARTS, s.input, s.signature, &err), 0);
    assert_int_equal(httpsig_check(&other.public, request, PARTS, s.input, s.signature, &err), ERR_DENIED);
    for (size_t i = 0; i < PARTS; i++) {
        struct httpsig_part changed[PARTS];
        memcpy(changed, request, sizeof changed);
        changed[i].value = "42";
        assert_int_equal(httpsig_check(&k.public, changed, PARTS, s.input, s.signature, &err), ERR_DENIED);
        changed[i].value = NULL;
        assert_int_equal(httpsig_check(&k.public, changed, PARTS, s.input, s.signature, &err), ERR_DENIED);
    }
    assert_int_equal(httpsig_check(&k.public, request, PARTS - 1, s.input, s.signature, &err), ERR_DENIED);
    assert_int_equal(httpsig_check(&k.public, request, PARTS, NULL, s.signature, &err), ERR_DENIED);
    assert_int_equal(httpsig_check(&k.public, request, PARTS, s.input, NULL, &err), ERR_DENIED);
    assert_int_equal(httpsig_check(&k.public, request, PARTS, s.input, "zhucun=::", &err), ERR_DENIED);
}

static void each_byte_of_the_headers_counts(void **state)
{
    enum seal_suite suite = *(enum seal_suite *)*state;
    struct key_pair k;
    struct httpsig s;
    assert_int_equal(key_make(suite, KEY_SIGN, env_system(), &k, &err), 0);
    assert_int_equal(httpsig_sign(&k, request, PARTS, &s, &err), 0);
    char *headers[] = {s.input, s.signature};
    for (size_t h = 0; h < 2; h++) {
        for (size_t i = 0; headers[h][i]; i++) {
            char kept = headers[h][i];
            headers[h][i] = kept == 'x' ? 'y' : 'x';
            assert_int_equal(httpsig_check(&k.public, request, PARTS, s.input, s.signature, &err), ERR_DENIED);
            headers[h][i] = kept;
        }
    }
    assert_int_equal(httpsig_check(&k.public, request, PARTS, s.input, s.signature, &err), 0);
}

static void a_line_end_does_not_get_into_the_base(void **state)
{
    (void)state;
    struct key_pair k;
    struct httpsig s;
    struct httpsig_part parts[] = {{"\"@method\"", "POST\n\"@path\": /v1/wipe"}};
    assert_int_equal(key_make(SUITE_25519, KEY_SIGN, env_system(), &k, &err), 0);
    assert_int_equal(httpsig_sign(&k, parts, 1, &s, &err), ERR_REFUSED);
    assert_int_equal(httpsig_sign(&k, parts, 0, &s, &err), ERR_REFUSED);
}

/* RFC 9421, B.2.6: "sig-b26" by test-key-ed25519 — its base, signed by hand, is what the RFC prints; our own label, key names
 * and order differ, so that the base's form is checked here against its lines. */
static void the_base_has_the_form_of_rfc_9421(void **state)
{
    (void)state;
    static const char base[] = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n"
                               "\"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \"@path\" "
                               "\"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    static const char printed[] = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    uint8_t key[32], signature[SIGNATURE_BYTES];
    struct public_key k;
    assert_int_equal(base64_get("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", 44, key, sizeof key), 32);
    assert_int_equal(key_from_public(SUITE_25519, KEY_SIGN, key, 32, &k, &err), 0);
    assert_int_equal(base64_get(printed, sizeof printed - 1, signature, sizeof signature), SIGNATURE_BYTES);
    assert_true(sign_holds(&k, base, sizeof base - 1, signature));
}

#define EACH(test)                                                                        \
    {#test " (25519)", test, NULL, NULL, &suites[0]}, {#test " (SM)", test, NULL, NULL, &suites[1]}

int main(void)
{
    static enum seal_suite suites[] = {SUITE_25519, SUITE_SM};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_is_that_of_rfc_9530),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(the_base_has_the_form_of_rfc_9421),
        cmocka_unit_test(a_line_end_does_not_get_into_the_base),
        EACH(a_request_holds_as_it_was_signed_and_no_other),
        EACH(each_byte_of_the_headers_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
