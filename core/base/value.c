/* value: cells' contents and row identities, with their UUID form. */
#include "zhucun/value.h"

#include <stdio.h>
#include <string.h>

struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value value_int(int64_t i)
{
    return (struct value){.kind = VALUE_INT, .i = i};
}

struct value value_text(const char *text, size_t len)
{
    return (struct value){.kind = VALUE_TEXT, .len = (uint32_t)len, .data = len ? (const uint8_t *)text : NULL};
}

struct value value_blob(const void *bytes, size_t len)
{
    return (struct value){.kind = VALUE_BLOB, .len = (uint32_t)len, .data = len ? bytes : NULL};
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == VALUE_NULL) return true;
    if (a->kind == VALUE_INT) return a->i == b->i;
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

struct row_id row_id_make(uint64_t origin, uint64_t seq, unsigned index)
{
    return (struct row_id){origin, seq << ROW_INDEX_BITS | (index & ROW_INDEX_MAX)};
}

bool row_id_equal(struct row_id a, struct row_id b)
{
    return a.origin == b.origin && a.number == b.number;
}

bool row_id_is_null(struct row_id id)
{
    return id.origin == 0;
}

static void put_be(uint8_t *out, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t get_be(const uint8_t *in)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | in[i];
    return v;
}

void row_id_to_bytes(struct row_id id, uint8_t out[ROW_ID_BYTES])
{
    put_be(out, (id.origin & ~UINT64_C(0xFFFF)) | UINT64_C(0x8000) | (id.origin >> 4 & 0xFFF));
    put_be(out + 8, UINT64_C(2) << 62 | (id.origin & 0xF) << 58 | (id.number & ((UINT64_C(1) << 58) - 1)));
}

int row_id_from_bytes(const uint8_t *bytes, size_t n, struct row_id *id)
{
    *id = (struct row_id){0, 0};
    if (n != ROW_ID_BYTES) return -1;
    uint64_t high = get_be(bytes), low = get_be(bytes + 8);
    if ((high >> 12 & 0xF) != 8 || low >> 62 != 2) return -1;
    id->origin = (high & ~UINT64_C(0xFFFF)) | (high & 0xFFF) << 4 | (low >> 58 & 0xF);
    id->number = low & ((UINT64_C(1) << 58) - 1);
    return id->origin ? 0 : -1;
}

void row_id_to_text(struct row_id id, char out[ROW_ID_TEXT])
{
    uint8_t b[ROW_ID_BYTES];
    row_id_to_bytes(id, b);
    snprintf(out, ROW_ID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static int hex_nibble(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

int row_id_from_text(const char *text, size_t n, struct row_id *id)
{
    uint8_t bytes[ROW_ID_BYTES];
    size_t got = 0;
    if (n != ROW_ID_TEXT - 1) return -1;
    for (size_t i = 0; i < n;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i++] != '-') return -1;
            continue;
        }
        int high = hex_nibble(text[i]), low = hex_nibble(text[i + 1]);
        if (high < 0 || low < 0) return -1;
        bytes[got++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    return row_id_from_bytes(bytes, got, id);
}
