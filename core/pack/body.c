/* body: the compressed part of bundles and row blocks.
 *
 *   varint  length before deflate
 *   varint  only with dictionary 0: how much of that, at its end, is the text section
 *   varint  length after deflate
 *   bytes   raw deflate, preset dictionary by id, of: id book, then what columns.c and its callers wrote
 *   bytes   the text section, to the end (dictionary ≠ 0: it is entropy coded, deflate would gain nothing) */
#include "body.h"

#include "deflate.h"
#include "dictionary.h"
#include "zhucun/pack.h"

void body_begin(struct body *b, uint64_t own_origin, int dictionary)
{
    *b = (struct body){.dictionary = dictionary};
    arena_init(&b->arena, BUNDLE_MAX_ARENA);
    id_book_init(&b->book, own_origin, &b->arena);
    buf_init(&b->meta, BUNDLE_MAX_INFLATED);
    buf_init(&b->text, BUNDLE_MAX_INFLATED);
}

void body_free(struct body *b)
{
    buf_free(&b->text);
    buf_free(&b->meta);
    arena_free(&b->arena);
}

struct column_sink body_sink(struct body *b)
{
    return (struct column_sink){&b->book, &b->arena, b->dictionary, &b->meta, &b->text};
}

int body_end(struct body *b, int level, struct buf *out)
{
    struct buf whole, packed;
    buf_init(&whole, BUNDLE_MAX_INFLATED);
    buf_init(&packed, BUNDLE_MAX_INFLATED + 1024 * 1024);
    id_book_encode(&b->book, &whole);
    buf_put(&whole, b->meta.data, b->meta.len);
    if (b->dictionary == DICTIONARY_NONE) buf_put(&whole, b->text.data, b->text.len);
    if (b->meta.failed || b->text.failed) whole.failed = true;
    int rc = whole.failed ? ERR_NOMEM : deflate_bytes(b->dictionary, level, whole.data, whole.len, &packed);
    if (rc == 0) {
        buf_put_varint(out, whole.len);
        if (b->dictionary == DICTIONARY_NONE) buf_put_varint(out, b->text.len);
        buf_put_varint(out, packed.len);
        buf_put(out, packed.data, packed.len);
        if (b->dictionary != DICTIONARY_NONE) buf_put(out, b->text.data, b->text.len);
        rc = out->failed ? ERR_NOMEM : 0;
    }
    buf_free(&packed);
    buf_free(&whole);
    body_free(b);
    return rc;
}

int body_open(struct body_reader *b, uint64_t own_origin, int dictionary, const void *bytes, size_t n,
              struct arena *arena)
{
    struct reader in = reader_over(bytes, n);
    size_t dictionary_size;
    *b = (struct body_reader){.arena = arena, .dictionary = dictionary};
    if (dictionary != DICTIONARY_NONE && !dictionary_bytes(dictionary, &dictionary_size)) return ERR_CORRUPT;
    size_t size = (size_t)reader_varint_max(&in, BUNDLE_MAX_INFLATED);
    size_t text_size = dictionary == DICTIONARY_NONE ? (size_t)reader_varint_max(&in, size) : 0;
    size_t packed_size = (size_t)reader_varint_max(&in, BUNDLE_MAX_INFLATED);
    const uint8_t *packed = reader_bytes(&in, packed_size);
    if (in.failed) return ERR_CORRUPT;
    uint8_t *meta = arena_alloc(arena, size);
    if (!meta) return ERR_NOMEM;
    int rc = inflate_bytes(dictionary, packed, packed_size, meta, size);
    if (rc) return rc;
    b->meta = reader_over(meta, size - text_size);
    b->text = dictionary == DICTIONARY_NONE ? reader_over(meta + size - text_size, text_size) : in;
    if (dictionary == DICTIONARY_NONE && reader_left(&in) != 0) return ERR_CORRUPT;
    return id_book_decode(&b->book, own_origin, arena, &b->meta);
}

struct column_source body_source(struct body_reader *b)
{
    return (struct column_source){&b->book, b->arena, b->dictionary, &b->meta, &b->text};
}

bool body_used_up(const struct body_reader *b)
{
    return reader_left(&b->meta) == 0 && reader_left(&b->text) == 0 && !b->meta.failed && !b->text.failed;
}
