/* identity: see identity.h. */
#include "identity.h"

#include <stdbool.h>
#include <string.h>

enum { OLD = 15, PERSON = 17, CARD = 18, CERTIFICATE = 20, REPLACED = 22 };

/* U+FF10…FF19, U+FF21…FF3A and U+FF41…FF5A are EF BC 90…, EF BC A1… and EF BD 81…; U+3000 is E3 80 80. */
static size_t clean(const unsigned char *text, size_t n, char out[IDENTITY_TEXT])
{
    size_t kept = 0;

    for (size_t i = 0; i < n && kept < IDENTITY_TEXT - 4; i++) {
        unsigned char c = text[i];
        bool wide = i + 2 < n && c == 0xEF && (text[i + 1] == 0xBC || text[i + 1] == 0xBD);
        if (wide) {
            c = (unsigned char)(text[i + 2] - (text[i + 1] == 0xBC ? 0x60 : 0x20));
            i += 2;
        } else if (i + 2 < n && c == 0xE3 && text[i + 1] == 0x80 && text[i + 2] == 0x80) {
            i += 2;
            continue;
        }
        if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r')
            continue;
        out[kept++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return kept;
}

static bool all_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

size_t identity_normal(const void *text, size_t n, char out[IDENTITY_TEXT])
{
    size_t kept = clean(text, n, out);
    bool card = kept == CARD || kept == CERTIFICATE || kept == REPLACED;

    if (kept == OLD && all_digits(out, OLD)) { /* 6 region, 2 year, 2 month, 2 day, 3 order; the year of the 20th century */
        memmove(out + 8, out + 6, OLD - 6);
        memcpy(out + 6, "19", 2);
        kept = PERSON;
    } else if (card && all_digits(out, PERSON)) {
        kept = PERSON;
    }
    out[kept] = '\0';
    return kept;
}
