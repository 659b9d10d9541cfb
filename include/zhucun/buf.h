/* buf: a growing byte buffer with a mandatory maximum, and a reader over borrowed bytes.
 *
 * Writing past the maximum (or out of memory) sets `failed` and drops the bytes; every later append drops
 * too. So a writer may append a whole message and check once at the end. */
#ifndef ZHUCUN_BUF_H
#define ZHUCUN_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *data;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_free(struct buf *b);            /* accepts a zeroed struct; leaves it reusable with the same max */
void buf_reset(struct buf *b);           /* empties, keeps the memory, clears `failed` */
uint8_t *buf_reserve(struct buf *b, size_t n); /* room for n bytes at data+len; NULL when failed. Add to len yourself */
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u64be(struct buf *b, uint64_t v);
void buf_put_text(struct buf *b, const char *text);                 /* without its NUL */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(struct buf *b);     /* NUL-terminated view (the NUL is not counted in len); "" when failed */

/* Unsigned LEB128, at most 10 bytes, shortest form only; signed values zigzag first (as protobuf's sint64). */
void buf_put_varint(struct buf *b, uint64_t v);
void buf_put_zigzag(struct buf *b, int64_t v);
uint64_t zigzag_encode(int64_t v);
int64_t zigzag_decode(uint64_t v);

/* A reader never runs past its end: the first short or overlong read sets `failed` and yields 0 / NULL
 * from then on. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

struct reader reader_over(const void *bytes, size_t n);
size_t reader_left(const struct reader *r);
uint8_t reader_u8(struct reader *r);
uint64_t reader_u64be(struct reader *r);
uint64_t reader_varint(struct reader *r);
uint64_t reader_varint_max(struct reader *r, uint64_t max);  /* above max: failed */
int64_t reader_zigzag(struct reader *r);
const uint8_t *reader_bytes(struct reader *r, size_t n);     /* borrowed from the input */

#endif
