/* utf8: is it valid UTF-8 (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF), and how long. */
#include "zhucun/utf8.h"

#include <string.h>

#include <stdint.h>

/* Length of the sequence that starts here, 0 when it is not valid. */
static size_t sequence(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 0;
    if (n == 0 || n > left || p[0] > 0xF4) return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
    }
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
    if (p[0] == 0xED && p[1] > 0x9F) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
    return n;
}

bool utf8_valid(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    while (n > 0) {
        size_t k = sequence(p, n);
        if (k == 0) return false;
        p += k;
        n -= k;
    }
    return true;
}

size_t utf8_length(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += (p[i] & 0xC0) != 0x80;
    return length;
}

void text_cut(char *out, size_t room, const char *text)
{
    size_t n = strlen(text);
    if (n > room - 1) {
        n = room - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    }
    memcpy(out, text, n);
    out[n] = '\0';
}
