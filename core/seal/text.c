/* text: bytes as hex digits, and as base64 (RFC 4648, 4, with padding) by OpenSSL; strict when reading. */
#include <openssl/evp.h>
#include <string.h>

#include "zhucun/seal.h"

size_t base64_put(const void *bytes, size_t n, char *out)
{
    return (size_t)EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
}

/* EVP_DecodeBlock takes blanks and any padding: what it understood must read the same when written again. */
size_t base64_get(const char *text, size_t n, void *out, size_t room)
{
    enum { MOST = 4096 };
    unsigned char bytes[MOST];
    char again[MOST * 4 / 3 + 8];
    size_t padding = n > 1 && text[n - 1] == '=' ? text[n - 2] == '=' ? 2 : 1 : 0;
    if (n == 0 || n % 4 != 0 || n > MOST || EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n) < 0) return 0;
    size_t len = n / 4 * 3 - padding;
    if (len > room || base64_put(bytes, len, again) != n || memcmp(again, text, n) != 0) return 0;
    memcpy(out, bytes, len);
    return len;
}

static const char digits[] = "0123456789abcdef";

void hex_put(const void *bytes, size_t n, char *out)
{
    const uint8_t *in = bytes;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * n] = '\0';
}

int hex_get(const char *text, void *out, size_t n)
{
    uint8_t *to = out;
    if (strlen(text) != 2 * n) return -1;
    for (size_t i = 0; i < n; i++) {
        const char *high = strchr(digits, text[2 * i]), *low = strchr(digits, text[2 * i + 1]);
        if (!high || !low) return -1;
        to[i] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return 0;
}
