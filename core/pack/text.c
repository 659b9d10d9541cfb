/* text: see text.h.
 *
 * A column under a book:
 *   varint n, then n bytes of a range coder's stream (text_range.h): for each text its tokens (text_model.c)
 *   and BOOK_END. A column of no texts is n = 0.
 * A column under dictionary 0:
 *   for each text varint bytes; then all texts, one after the other. */
#include "text.h"

#include "dictionary.h"
#include "text_model.h"
#include "text_parse.h"
#include "zhucun/change.h"
#include "zhucun/utf8.h"

static int check(const struct value *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].kind != VALUE_TEXT || texts[i].len > CHANGE_MAX_TEXT)
            return ERR_CORRUPT;
        if (!utf8_valid(texts[i].data, texts[i].len))
            return ERR_CORRUPT;
    }
    return 0;
}

static int plain_encode(const struct value *texts, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        buf_put_varint(out, texts[i].len);
    for (size_t i = 0; i < count; i++)
        buf_put(out, texts[i].data, texts[i].len);
    return out->failed ? ERR_NOMEM : 0;
}

static int plain_decode(struct reader *in, size_t count, struct arena *arena, struct value *out)
{
    for (size_t i = 0; i < count && !in->failed; i++)
        out[i].len = (uint32_t)reader_varint_max(in, CHANGE_MAX_TEXT);
    for (size_t i = 0; i < count && !in->failed; i++) {
        const uint32_t len = out[i].len;
        const uint8_t *bytes = reader_bytes(in, len);

        if (in->failed || !utf8_valid(bytes, len))
            return ERR_CORRUPT;
        const char *copy = arena_copy(arena, bytes, len);
        if (copy == NULL)
            return ERR_NOMEM;
        out[i] = value_text(copy, len);
    }
    return in->failed ? ERR_CORRUPT : 0;
}

static int open_book(int dictionary, struct book *book)
{
    size_t n;
    const uint8_t *bytes = dictionary_book(dictionary, &n);

    return bytes == NULL || book_open(book, bytes, n) < 0 ? ERR_CORRUPT : 0;
}

static size_t longest(const struct value *texts, size_t count)
{
    size_t max = 0;

    for (size_t i = 0; i < count; i++)
        max = texts[i].len > max ? texts[i].len : max;
    return max;
}

static void encode_texts(struct model *m, struct parse *parse, const struct value *texts, size_t count,
                         struct buf *stream)
{
    struct range_encoder e = range_encoder_to(stream);

    for (size_t i = 0; i < count; i++) {
        parse_text(parse, texts[i].data, texts[i].len);
        for (size_t k = 0; k < parse->count; k++)
            model_encode(m, &e, parse->tokens[k].token, parse->tokens[k].code_point);
        model_encode(m, &e, BOOK_END, 0);
    }
    if (count > 0)
        range_finish(&e, 0);
}

static int book_encode(const struct book *book, const struct value *texts, size_t count, struct buf *out)
{
    struct parse parse = {0};
    struct model *model = model_new(book);
    struct buf stream;
    int rc = ERR_NOMEM;

    buf_init(&stream, out->max);
    if (model != NULL && parse_init(&parse, book, longest(texts, count)) == 0) {
        encode_texts(model, &parse, texts, count, &stream);
        buf_put_varint(out, stream.len);
        buf_put(out, stream.data, stream.len);
        rc = stream.failed || out->failed ? ERR_NOMEM : 0;
    }
    parse_free(&parse);
    buf_free(&stream);
    model_free(model);
    return rc;
}

int text_column_encode(int dictionary, const struct value *texts, size_t count, struct buf *out)
{
    struct book book;
    int rc = check(texts, count);

    if (rc < 0)
        return rc;
    if (dictionary == DICTIONARY_NONE)
        return plain_encode(texts, count, out);
    rc = open_book(dictionary, &book);
    return rc < 0 ? rc : book_encode(&book, texts, count, out);
}

static bool put_code_point(struct buf *text, uint32_t c)
{
    const uint8_t tail[3] = {(uint8_t)(0x80 | (c >> 12 & 0x3F)), (uint8_t)(0x80 | (c >> 6 & 0x3F)),
                             (uint8_t)(0x80 | (c & 0x3F))};

    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return false;
    if (c < 0x80) {
        buf_put_u8(text, (uint8_t)c);
        return true;
    }
    const size_t tails = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    const uint32_t lead = tails == 1 ? 0xC0 : tails == 2 ? 0xE0 : 0xF0;
    buf_put_u8(text, (uint8_t)(lead | c >> (6 * tails)));
    buf_put(text, tail + 3 - tails, tails);
    return true;
}

/* One text, up to its BOOK_END, into `text`, whose maximum is CHANGE_MAX_TEXT. */
static int decode_text(struct model *m, const struct book *book, struct range_decoder *d, struct buf *text)
{
    buf_reset(text);
    for (;;) {
        uint32_t code_point = 0;
        size_t n;
        const uint32_t token = model_decode(m, d, &code_point);

        if (token == BOOK_END)
            return 0;
        if (token == BOOK_NONE || (token == BOOK_RARE && !put_code_point(text, code_point)))
            return ERR_CORRUPT;
        if (token != BOOK_RARE) {
            const uint8_t *bytes = book_text(book, token, &n);
            buf_put(text, bytes, n);
        }
        if (text->failed)
            return ERR_CORRUPT;
    }
}

static int decode_texts(struct model *m, const struct book *book, struct range_decoder *d, size_t count,
                        struct arena *arena, struct value *out)
{
    struct buf text;
    int rc = 0;

    buf_init(&text, CHANGE_MAX_TEXT);
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = decode_text(m, book, d, &text);
        if (rc < 0)
            break;
        const char *copy = arena_copy(arena, text.data, text.len);
        rc = copy == NULL ? ERR_NOMEM : 0;
        out[i] = value_text(copy, text.len);
    }
    buf_free(&text);
    return rc;
}

static int book_decode(const struct book *book, struct reader *in, size_t count, struct arena *arena,
                       struct value *out)
{
    const size_t n = (size_t)reader_varint_max(in, reader_left(in));
    const uint8_t *bytes = reader_bytes(in, n);

    if (in->failed)
        return ERR_CORRUPT;
    if (count == 0)
        return n == 0 ? 0 : ERR_CORRUPT;
    struct range_decoder d = range_decoder_over(bytes, n);
    struct model *model = model_new(book);
    if (model == NULL)
        return ERR_NOMEM;
    int rc = decode_texts(model, book, &d, count, arena, out);
    model_free(model);
    return rc == 0 && d.at != d.end ? ERR_CORRUPT : rc;
}

int text_column_decode(int dictionary, struct reader *in, size_t count, struct arena *arena, struct value *out)
{
    struct book book;

    if (dictionary == DICTIONARY_NONE)
        return plain_decode(in, count, arena, out);
    const int rc = open_book(dictionary, &book);
    return rc < 0 ? rc : book_decode(&book, in, count, arena, out);
}
