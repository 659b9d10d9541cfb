/* id_number: what a citizen's number says about itself.
 *
 *   GB 11643-1999   6 digits region, 8 digits date of birth, 3 digits order (odd: male), 1 check character
 *   check           ISO 7064 MOD 11-2: sum of digit · 2^(18−i) mod 11 over the first 17, in "10X98765432"
 *   残疾人证         the 18 characters, the class of disability 1–7, its grade 1–4; of a replaced certificate two
 *                   characters more ("B1"), hence 20 and 22 */
#include <string.h>

#include "zhucun/env.h"
#include "zhucun/rules.h"

enum { CARD = 18, CERTIFICATE = 20, REPLACED = 22, MALE = 1, FEMALE = 2 };

static bool digits(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    return true;
}

static bool has_form(const unsigned char *text, size_t n)
{
    if (n != CARD && n != CERTIFICATE && n != REPLACED) return false;
    if (!digits(text, CARD - 1) || !(digits(text + CARD - 1, 1) || text[CARD - 1] == 'X' || text[CARD - 1] == 'x'))
        return false;
    if (n == CARD) return true;
    if (text[18] < '1' || text[18] > '7' || text[19] < '1' || text[19] > '4') return false;
    return n == CERTIFICATE || ((text[20] == 'B' || text[20] == 'b' || digits(text + 20, 1)) && digits(text + 21, 1));
}

static char check_character(const unsigned char *text)
{
    static const char characters[] = "10X98765432";
    unsigned sum = 0;
    for (size_t i = 0; i < CARD - 1; i++) sum = (sum + (unsigned)(text[i] - '0')) * 2 % 11; /* Horner: weight 2^(17−i) */
    return characters[sum];
}

void id_number_read(const void *bytes, size_t n, struct id_number *out)
{
    const unsigned char *text = bytes;
    *out = (struct id_number){.birth = RULE_NONE};
    if (!has_form(text, n)) return;
    char last = text[CARD - 1] == 'x' ? 'X' : (char)text[CARD - 1];
    out->form = true;
    out->expected = check_character(text);
    out->check = last == out->expected;
    memcpy(out->birth_text, text + 6, 4);
    out->birth_text[4] = out->birth_text[7] = '-';
    memcpy(out->birth_text + 5, text + 10, 2);
    memcpy(out->birth_text + 8, text + 12, 2);
    int64_t day;
    if (date_parse(out->birth_text, &day) == 0) out->birth = day;
    out->sex = (text[16] - '0') % 2 ? MALE : FEMALE;
}
