/* text_range: a range coder (Martin 1979; carry handling as in the LZMA SDK), integers only.
 *
 * Neighbours: text_model.c codes every decision with it. Inline, because it runs several times a token.
 * Invariant: what the encoder narrows by (start, freq, total) the decoder narrows by the same, in the same
 * order. The stream's first byte would always be 0 and is left out; up to four zero bytes at its end are left out
 * too, so the decoder supplies zeros behind the end and counts them in `past`: more than four never happens in
 * a stream that an encoder made. */
#ifndef ZHUCUN_PACK_TEXT_RANGE_H
#define ZHUCUN_PACK_TEXT_RANGE_H

#include "zhucun/buf.h"

enum { RANGE_TAIL = 4 };
#define RANGE_BOTTOM (UINT32_C(1) << 24)

struct range_encoder {
    uint64_t low;
    uint32_t range;
    uint64_t pending; /* bytes 0xFF whose carry is not known yet */
    uint8_t cache;
    bool started;
    struct buf *out;
};

struct range_decoder {
    uint32_t code, range, unit;
    unsigned past;
    const uint8_t *at, *end;
};

static inline struct range_encoder range_encoder_to(struct buf *out)
{
    return (struct range_encoder){.range = UINT32_MAX, .out = out};
}

static inline void range_shift(struct range_encoder *e)
{
    if (e->low < UINT64_C(0xFF000000) || e->low > UINT32_MAX) {
        const uint8_t carry = (uint8_t)(e->low >> 32);

        if (e->started)
            buf_put_u8(e->out, (uint8_t)(e->cache + carry));
        for (; e->pending > 0; e->pending--)
            buf_put_u8(e->out, (uint8_t)(0xFF + carry));
        e->started = true;
        e->cache = (uint8_t)(e->low >> 24);
    } else {
        e->pending++;
    }
    e->low = (e->low & 0x00FFFFFF) << 8;
}

/* total at most 65536, 0 < freq, start + freq <= total */
static inline void range_encode(struct range_encoder *e, uint32_t start, uint32_t freq, uint32_t total)
{
    const uint32_t unit = e->range / total;

    e->low += (uint64_t)start * unit;
    e->range = unit * freq;
    while (e->range < RANGE_BOTTOM) {
        e->range <<= 8;
        range_shift(e);
    }
}

/* The shortest bytes that still lie in the interval. */
static inline void range_finish(struct range_encoder *e, size_t stream_start)
{
    e->low = (e->low + (RANGE_BOTTOM - 1)) & ~(uint64_t)(RANGE_BOTTOM - 1);
    for (int i = 0; i < RANGE_TAIL + 1; i++)
        range_shift(e);
    for (int i = 0; i < RANGE_TAIL && !e->out->failed; i++) {
        if (e->out->len == stream_start || e->out->data[e->out->len - 1] != 0)
            break;
        e->out->len--;
    }
}

static inline uint8_t range_byte(struct range_decoder *d)
{
    if (d->at < d->end)
        return *d->at++;
    d->past++;
    return 0;
}

static inline struct range_decoder range_decoder_over(const uint8_t *bytes, size_t n)
{
    struct range_decoder d = {.range = UINT32_MAX, .at = bytes, .end = bytes + n};

    for (int i = 0; i < 4; i++)
        d.code = d.code << 8 | range_byte(&d);
    return d;
}

/* Where in 0…total−1 the next decision lies; range_decode_take must follow. */
static inline uint32_t range_decode_at(struct range_decoder *d, uint32_t total)
{
    d->unit = d->range / total;
    const uint32_t at = d->code / d->unit;
    return at < total ? at : total - 1;
}

static inline void range_decode_take(struct range_decoder *d, uint32_t start, uint32_t freq)
{
    d->code -= start * d->unit;
    d->range = d->unit * freq;
    while (d->range < RANGE_BOTTOM) {
        d->range <<= 8;
        d->code = d->code << 8 | range_byte(d);
    }
}

#endif
