/* deflate: zlib behind two calls. The output size is told beforehand, so that a bomb stops where its own claim
 * (checked by the caller against a maximum) ends. */
#include "deflate.h"

#include <zlib.h>

#include "dictionary.h"
#include "zhucun/err.h"

enum { RAW_WINDOW = -15, MEMORY_LEVEL = 8 };

int deflate_bytes(int dictionary, int level, const void *bytes, size_t n, struct buf *out)
{
    z_stream z = {0};
    size_t dict_size;
    const uint8_t *dict = dictionary_bytes(dictionary, &dict_size);
    if (deflateInit2(&z, level, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) return ERR_NOMEM;
    int rc = ERR_NOMEM;
    if (dict && deflateSetDictionary(&z, dict, (uInt)dict_size) != Z_OK) goto out;
    uLong bound = deflateBound(&z, (uLong)n);
    uint8_t *to = buf_reserve(out, bound);
    if (!to) goto out;
    z.next_in = (z_const Bytef *)(uintptr_t)bytes; /* zlib only reads it */
    z.avail_in = (uInt)n;
    z.next_out = to;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) goto out;
    out->len += z.total_out;
    rc = 0;
out:
    deflateEnd(&z);
    return rc;
}

int inflate_bytes(int dictionary, const void *bytes, size_t n, void *to, size_t size)
{
    z_stream z = {0};
    size_t dict_size;
    const uint8_t *dict = dictionary_bytes(dictionary, &dict_size);
    if (inflateInit2(&z, RAW_WINDOW) != Z_OK) return ERR_NOMEM;
    int rc = ERR_CORRUPT;
    if (dict && inflateSetDictionary(&z, dict, (uInt)dict_size) != Z_OK) goto out;
    z.next_in = (z_const Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)n;
    z.next_out = to;
    z.avail_out = (uInt)size;
    if (inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0) rc = 0;
out:
    inflateEnd(&z);
    return rc;
}
