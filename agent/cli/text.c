/* text: escaping and terminal widths. East Asian Wide and Fullwidth ranges after Unicode's EastAsianWidth.txt, in
 * the blocks that people here write; combining marks and joiners take no column. */
#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};
static const struct range no_width[] = {{0x0300, 0x036F}, {0x200B, 0x200D}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
/* What a terminal may obey or reorder: controls, line and paragraph separators, direction marks. */
static const struct range unsafe[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x200E, 0x200F},
                                      {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFFF9, 0xFFFB}};

static bool within(const struct range *list, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= list[i].first && c <= list[i].last) return true;
    }
    return false;
}

#define WITHIN(list, c) within(list, sizeof list / sizeof list[0], c)

/* The code point at p and its length; a byte that is not UTF-8 gives length 1 and *bad. */
static size_t decode(const uint8_t *p, size_t left, uint32_t *c, bool *bad)
{
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xF0 && p[0] < 0xF5 ? 4 : p[0] >= 0xE0 && p[0] < 0xF0 ? 3
               : p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : 0;
    *bad = n == 0 || n > left;
    *c = p[0];
    if (*bad) return 1;
    if (n > 1) *c = p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *bad = true;
            *c = p[0];
            return 1;
        }
        *c = *c << 6 | (p[i] & 0x3Fu);
    }
    return n;
}

/* The printable form of one code point into `shown`; returns its columns. */
static size_t present(const uint8_t *p, size_t n, uint32_t c, bool bad, char shown[16])
{
    if (bad || (c < 0x100 && WITHIN(unsafe, c))) {
        if (!bad && c == '\n') return (size_t)snprintf(shown, 16, "\\n");
        if (!bad && c == '\t') return (size_t)snprintf(shown, 16, "\\t");
        return (size_t)snprintf(shown, 16, "\\x%02x", (unsigned)c & 0xFF);
    }
    if (WITHIN(unsafe, c)) return (size_t)snprintf(shown, 16, "\\u%04x", (unsigned)c);
    memcpy(shown, p, n);
    shown[n] = '\0';
    return WITHIN(no_width, c) ? 0 : WITHIN(wide, c) ? 2 : 1;
}

size_t text_put(struct buf *out, const void *text, size_t n, size_t columns)
{
    const uint8_t *p = text;
    size_t used = 0, cut_len = out->len, cut_used = 0;
    char shown[16];
    for (size_t at = 0; at < n;) {
        uint32_t c;
        bool bad;
        size_t k = decode(p + at, n - at, &c, &bad);
        size_t width = present(p + at, k, c, bad, shown);
        if (columns && used + width > columns) {
            out->len = cut_len; /* back to where one column for the mark is free */
            buf_put_text(out, "…");
            return cut_used + 1;
        }
        buf_put_text(out, shown);
        used += width;
        at += k;
        if (used + 1 <= columns) cut_len = out->len, cut_used = used;
    }
    return used;
}

void text_pad(struct buf *out, size_t used, size_t columns)
{
    for (; used < columns; used++)
        buf_put_u8(out, ' ');
}

size_t text_width(const void *text, size_t n)
{
    struct buf shown;
    buf_init(&shown, n * 6 + 16);
    size_t used = text_put(&shown, text, n, 0);
    buf_free(&shown);
    return used;
}
