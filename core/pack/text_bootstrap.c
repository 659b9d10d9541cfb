/* text_bootstrap: plain text columns, only until the trained dictionary files are in the tree. */
#include "dictionary.h"
#include "text.h"
#include "zhucun/change.h"
#include "zhucun/utf8.h"

const uint8_t *dictionary_bytes(int id, size_t *n)
{
    static const uint8_t none[1];
    *n = 1;
    return id == 1 ? none : NULL;
}

int text_column_encode(int dictionary, const struct value *texts, size_t count, struct buf *out)
{
    (void)dictionary;
    for (size_t i = 0; i < count; i++) {
        if (!utf8_valid(texts[i].data, texts[i].len)) return ERR_CORRUPT;
        buf_put_varint(out, texts[i].len);
        buf_put(out, texts[i].data, texts[i].len);
    }
    return out->failed ? ERR_NOMEM : 0;
}

int text_column_decode(int dictionary, struct reader *in, size_t count, struct arena *arena, struct value *out)
{
    (void)dictionary;
    for (size_t i = 0; i < count; i++) {
        size_t n = (size_t)reader_varint_max(in, CHANGE_MAX_TEXT);
        const uint8_t *p = reader_bytes(in, n);
        if (in->failed || !utf8_valid(p, n)) return ERR_CORRUPT;
        char *copy = arena_copy(arena, p, n);
        if (!copy) return ERR_NOMEM;
        out[i] = value_text(copy, n);
    }
    return 0;
}
