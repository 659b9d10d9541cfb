/* measure: see measure.h. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "dictionary.h"
#include "text.h"

enum { WINDOW = 32768, MAX_GROUP = 100, SPEED_BYTES = 8 << 20 };

static size_t raw_deflate(const struct value *texts, size_t count, const struct buf *preset)
{
    static uint8_t out[1 << 20];
    struct buf plain;
    z_stream z = {0};

    buf_init(&plain, 1 << 20);
    text_column_encode(DICTIONARY_NONE, texts, count, &plain);
    deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
    if (preset != NULL)
        deflateSetDictionary(&z, preset->data, (uInt)preset->len);
    z.next_in = plain.data;
    z.avail_in = (uInt)plain.len;
    z.next_out = out;
    z.avail_out = sizeof out;
    deflate(&z, Z_FINISH);
    const size_t n = z.total_out;
    deflateEnd(&z);
    buf_free(&plain);
    return n;
}

static int same(const struct value *a, const struct value *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!value_equal(&a[i], &b[i]))
            return 0;
    }
    return 1;
}

/* Bytes of the column, 0 when it does not read back. */
static size_t coded(const struct value *texts, size_t count)
{
    struct value back[MAX_GROUP];
    struct arena arena;
    struct buf out;

    buf_init(&out, 8 << 20);
    arena_init(&arena, 64 << 20);
    int rc = text_column_encode(DICTIONARY_LATEST, texts, count, &out);
    struct reader in = reader_over(out.data, out.len);
    if (rc == 0)
        rc = text_column_decode(DICTIONARY_LATEST, &in, count, &arena, back);
    const size_t n = rc == 0 && reader_left(&in) == 0 && same(texts, back, count) ? out.len : 0;
    arena_free(&arena);
    buf_free(&out);
    return n;
}

static int measure_group(const struct value *texts, size_t count, size_t group, size_t chars,
                         const struct buf *preset)
{
    size_t deflated = 0, preset_deflated = 0, book = 0, raw = 0;

    for (size_t at = 0; at < count; at += group) {
        const size_t n = count - at < group ? count - at : group;
        const size_t bytes = coded(texts + at, n);
        if (bytes == 0) {
            fprintf(stderr, "zhucun-train: texts from line %zu do not read back\n", at + 1);
            return -1;
        }
        book += bytes;
        deflated += raw_deflate(texts + at, n, NULL);
        preset_deflated += raw_deflate(texts + at, n, preset);
    }
    for (size_t i = 0; i < count; i++)
        raw += texts[i].len;
    const double c = (double)chars, t = (double)count;
    printf("%5zu  %8.3f  %8.3f  %12.3f  %8.3f  %12.1f  %8.1f\n", group, (double)raw / c, (double)deflated / c,
           (double)preset_deflated / c, (double)book / c, (double)preset_deflated / t, (double)book / t);
    return 0;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure_speed(const struct value *texts, size_t count)
{
    const size_t n = count < 20 ? count : 20;
    struct value back[20];
    struct arena arena;
    struct buf out;
    double encode = 0, decode = 0;
    size_t bytes = 0, one = 0;

    buf_init(&out, 8 << 20);
    arena_init(&arena, 64 << 20);
    for (size_t i = 0; i < n; i++)
        one += texts[i].len;
    for (; bytes < SPEED_BYTES && one > 0; bytes += one) {
        const double a = seconds();
        buf_reset(&out);
        text_column_encode(DICTIONARY_LATEST, texts, n, &out);
        const double b = seconds();
        struct reader in = reader_over(out.data, out.len);
        arena_reset(&arena);
        text_column_decode(DICTIONARY_LATEST, &in, n, &arena, back);
        decode += seconds() - b;
        encode += b - a;
    }
    printf("columns of %zu texts: encode %.1f MB/s, decode %.1f MB/s of UTF-8\n", n, (double)bytes / encode / 1e6,
           (double)bytes / decode / 1e6);
    arena_free(&arena);
    buf_free(&out);
}

int measure(const struct corpus *texts, const struct corpus *samples)
{
    static const size_t groups[] = {1, 5, 20, 100};
    struct value *values = must_have(calloc(texts->count + 1, sizeof *values));
    struct buf preset;
    size_t chars = 0;
    int rc = 0;

    buf_init(&preset, 64 << 20);
    for (size_t i = 0; i < samples->count; i++)
        buf_put(&preset, samples->lines[i], samples->lens[i]);
    if (preset.len > WINDOW) {
        memmove(preset.data, preset.data + preset.len - WINDOW, WINDOW);
        preset.len = WINDOW;
    }
    for (size_t i = 0; i < texts->count; i++) {
        values[i] = value_text(texts->lines[i], texts->lens[i]);
        for (size_t k = 0; k < texts->lens[i]; k++)
            chars += ((uint8_t)texts->lines[i][k] & 0xC0) != 0x80;
    }
    printf("%zu texts of %.1f characters\n", texts->count, (double)chars / (double)texts->count);
    printf("bytes per character                                    bytes per text\n");
    printf("group      raw    zlib -9  zlib -9+dict      book  zlib -9+dict      book\n");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0] && rc == 0; i++)
        rc = measure_group(values, texts->count, groups[i], chars, &preset);
    measure_speed(values, texts->count);
    free(values);
    buf_free(&preset);
    return rc;
}
