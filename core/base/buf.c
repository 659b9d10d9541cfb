/* buf: the bounded byte buffer, varints, and the reader that never runs past its end. */
#include "zhucun/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max_bytes)
{
    *b = (struct buf){.max = max_bytes};
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
    if (b->failed) return NULL;
    if (n <= b->cap - b->len && b->data) return b->data + b->len;
    if (n > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len < n)
        cap *= 2;
    if (cap > b->max) cap = b->max ? b->max : 1;
    uint8_t *data = realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return NULL;
    }
    b->data = data;
    b->cap = cap;
    return data + b->len;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0) return;
    uint8_t *to = buf_reserve(b, n);
    if (!to) return;
    memcpy(to, bytes, n);
    b->len += n;
}

void buf_put_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void buf_put_u64be(struct buf *b, uint64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    char *to = n < 0 ? NULL : (char *)buf_reserve(b, (size_t)n + 1);
    if (to) {
        vsnprintf(to, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

const char *buf_text(struct buf *b)
{
    uint8_t *end = buf_reserve(b, 1);
    if (!end) return "";
    *end = '\0';
    return (const char *)b->data;
}

void buf_put_varint(struct buf *b, uint64_t v)
{
    uint8_t bytes[10];
    size_t n = 0;
    while (v >= 0x80) {
        bytes[n++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    bytes[n++] = (uint8_t)v;
    buf_put(b, bytes, n);
}

uint64_t zigzag_encode(int64_t v)
{
    return ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
}

int64_t zigzag_decode(uint64_t v)
{
    return (int64_t)((v >> 1) ^ ((v & 1) ? UINT64_MAX : 0));
}

void buf_put_zigzag(struct buf *b, int64_t v)
{
    buf_put_varint(b, zigzag_encode(v));
}

struct reader reader_over(const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    return (struct reader){.at = at, .end = at ? at + n : NULL};
}

size_t reader_left(const struct reader *r)
{
    return r->failed || !r->at ? 0 : (size_t)(r->end - r->at);
}

const uint8_t *reader_bytes(struct reader *r, size_t n)
{
    if (r->failed || reader_left(r) < n) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    if (n) r->at += n;
    return p;
}

uint8_t reader_u8(struct reader *r)
{
    const uint8_t *p = reader_bytes(r, 1);
    return p ? *p : 0;
}

uint64_t reader_u64be(struct reader *r)
{
    const uint8_t *p = reader_bytes(r, 8);
    uint64_t v = 0;
    for (int i = 0; p && i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

uint64_t reader_varint(struct reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t c = reader_u8(r);
        if (r->failed) return 0;
        uint64_t bits = c & 0x7F;
        if (shift == 63 && bits > 1) break;
        v |= bits << shift;
        if (c & 0x80) continue;
        if (c == 0 && shift > 0) break; /* not the shortest form */
        return v;
    }
    r->failed = true;
    return 0;
}

uint64_t reader_varint_max(struct reader *r, uint64_t max)
{
    uint64_t v = reader_varint(r);
    if (v <= max) return v;
    r->failed = true;
    return 0;
}

int64_t reader_zigzag(struct reader *r)
{
    return zigzag_decode(reader_varint(r));
}
