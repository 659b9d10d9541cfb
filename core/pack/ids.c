/* ids: the coder of row ids.
 *
 *   book    varint count − 1, then the other origins, 8 bytes big-endian each (the own one is not written)
 *   stream  runs: varint index into the book, varint run length; until all ids are covered
 *           then for each id: zigzag (number − reference), the reference being `near` for own-origin ids where
 *           there is one, else the number of the id before it in this stream with the same origin (0 first) */
#include "ids.h"

#include <string.h>

#include "zhucun/err.h"

static const uint64_t number_max = (UINT64_C(1) << 58) - 1;

static size_t book_add(struct id_book *book, uint64_t origin)
{
    if (book->count == book->cap) {
        size_t cap = book->cap ? book->cap * 2 : 16;
        struct id_origin *list = arena_array(book->arena, cap, sizeof *list);
        if (!list || book->count >= ID_MAX_ORIGINS) {
            book->failed = true;
            return 0;
        }
        if (book->count) memcpy(list, book->list, book->count * sizeof *list);
        book->list = list;
        book->cap = cap;
    }
    book->list[book->count] = (struct id_origin){.origin = origin};
    return book->count++;
}

static size_t book_find(struct id_book *book, uint64_t origin)
{
    if (book->failed) return 0;
    if (book->list[book->last].origin == origin) return book->last;
    for (size_t i = 0; i < book->count; i++) {
        if (book->list[i].origin == origin) return book->last = i;
    }
    return book->last = book_add(book, origin);
}

void id_book_init(struct id_book *book, uint64_t own_origin, struct arena *arena)
{
    *book = (struct id_book){.arena = arena};
    book_add(book, own_origin);
}

void id_book_encode(const struct id_book *book, struct buf *out)
{
    if (book->failed) {
        out->failed = true;
        return;
    }
    buf_put_varint(out, book->count - 1);
    for (size_t i = 1; i < book->count; i++)
        buf_put_u64be(out, book->list[i].origin);
}

int id_book_decode(struct id_book *book, uint64_t own_origin, struct arena *arena, struct reader *in)
{
    id_book_init(book, own_origin, arena);
    size_t count = (size_t)reader_varint_max(in, ID_MAX_ORIGINS - 1);
    if (in->failed || count > reader_left(in) / 8) return ERR_CORRUPT;
    for (size_t i = 0; i < count; i++)
        book_add(book, reader_u64be(in));
    return book->failed ? ERR_NOMEM : 0;
}

/* What the number is written against, and remembered for the next one of this origin. */
static uint64_t *reference(struct id_book *book, size_t index, const uint64_t *near, size_t i, uint64_t *value)
{
    struct id_origin *o = &book->list[index];
    if (o->stream != book->stream) {
        o->stream = book->stream;
        o->previous = 0;
    }
    *value = index == 0 && near ? near[i] : o->previous;
    return &o->previous;
}

void ids_encode(struct id_book *book, const struct row_id *ids, const uint64_t *near, size_t count, struct buf *out)
{
    book->stream++;
    for (size_t i = 0; i < count;) {
        size_t run = 1;
        while (i + run < count && ids[i + run].origin == ids[i].origin)
            run++;
        buf_put_varint(out, book_find(book, ids[i].origin));
        buf_put_varint(out, run);
        i += run;
    }
    for (size_t i = 0; i < count && !book->failed; i++) {
        uint64_t against;
        uint64_t *previous = reference(book, book_find(book, ids[i].origin), near, i, &against);
        buf_put_zigzag(out, (int64_t)ids[i].number - (int64_t)against);
        *previous = ids[i].number;
    }
    if (book->failed) out->failed = true;
}

int ids_decode(struct id_book *book, struct row_id *ids, const uint64_t *near, size_t count, struct reader *in)
{
    book->stream++;
    for (size_t i = 0; i < count;) {
        size_t index = (size_t)reader_varint_max(in, book->count - 1);
        size_t run = (size_t)reader_varint_max(in, count - i);
        if (in->failed || run == 0) return ERR_CORRUPT;
        for (size_t k = 0; k < run; k++)
            ids[i + k] = (struct row_id){.origin = book->list[index].origin, .number = index};
        i += run;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t against;
        uint64_t *previous = reference(book, (size_t)ids[i].number, near, i, &against);
        uint64_t number = against + (uint64_t)reader_zigzag(in);
        if (in->failed || number > number_max) return ERR_CORRUPT;
        if (ids[i].origin == 0 && number != 0) return ERR_CORRUPT;
        ids[i].number = *previous = number;
    }
    return 0;
}
