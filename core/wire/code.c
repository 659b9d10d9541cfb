/* code: an enrolment code's two halves (wire.h). Crockford's base 32 has no I, L, O and U. */
#include <stdio.h>
#include <string.h>

#include "zhucun/keys.h"
#include "zhucun/wire.h"

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { SECRET = ENROL_SECRET - 1, PIN = ENROL_PIN - 1, GROUP = 4 };

void enrol_pin(const struct public_key *sign, const struct public_key *box, char out[ENROL_PIN])
{
    uint8_t suite = (uint8_t)sign->suite;
    size_t n = key_public_bytes(sign->suite);
    struct digest d;
    digest_of_parts((struct digest_part[]){{"zhucun pin", 10}, {&suite, 1}, {sign->bytes, n}, {box->bytes, n}}, 4, &d);
    uint64_t bits = digest_short(&d);
    for (size_t i = 0; i < PIN; i++) out[i] = symbols[bits >> (59 - 5 * i) & 31];
    out[PIN] = '\0';
}

void enrol_code_join(const char *secret, const char *pin, char out[ENROL_CODE])
{
    char all[SECRET + PIN + 1];
    size_t at = 0;
    snprintf(all, sizeof all, "%.*s%.*s", SECRET, secret, PIN, pin);
    for (size_t i = 0; all[i]; i++) {
        if (i && i % GROUP == 0) out[at++] = '-';
        out[at++] = all[i];
    }
    out[at] = '\0';
}

/* NUL: none of the symbols. */
static char symbol_of(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 32);
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c && strchr(symbols, c) ? c : '\0';
}

int enrol_code_split(const char *code, char secret[ENROL_SECRET], char pin[ENROL_PIN], struct err *err)
{
    char all[SECRET + PIN + 1] = "";
    size_t n = 0;
    bool fits = true;
    for (const char *at = code; *at && fits; at++) {
        if (*at == '-' || *at == ' ') continue;
        fits = n < SECRET + PIN && (all[n++] = symbol_of(*at)) != '\0';
    }
    if (!fits || n != SECRET + PIN)
        return err_set(err, ERR_DENIED, "注册码不对：应是 7 组，每组 4 个字母或数字", "this is no enrolment code: it has 7 groups of 4 letters and digits");
    snprintf(secret, ENROL_SECRET, "%.*s", SECRET, all);
    snprintf(pin, ENROL_PIN, "%s", all + SECRET);
    return 0;
}
