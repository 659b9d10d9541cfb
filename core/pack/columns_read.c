/* columns_read: the decoder of columns (layout above columns.c). Every count is checked against what is left of
 * the input before memory is taken, except for changes and cells without bytes of their own: those are bounded
 * by the arena. */
#include "columns.h"
#include "shape.h"
#include "streams.h"
#include "text.h"

int ints_decode(int64_t *values, size_t count, struct reader *in)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < count && !in->failed; i++) {
        previous += (uint64_t)reader_zigzag(in);
        values[i] = (int64_t)previous;
    }
    return in->failed ? ERR_CORRUPT : 0;
}

static int shapes_decode(const struct column_source *s, struct shapes *shapes, size_t count)
{
    size_t most = count < SHAPE_MAX ? count : SHAPE_MAX;
    shapes->count = (size_t)reader_varint_max(s->meta, most);
    if (s->meta->failed || (count && shapes->count == 0)) return ERR_CORRUPT;
    for (size_t i = 0; i < shapes->count; i++) {
        int rc = shape_decode(s->meta, s->arena, &shapes->list[i]);
        if (rc) return rc;
    }
    for (size_t i = 0; i < count && shapes->count > 1;) {
        size_t shape = (size_t)reader_varint_max(s->meta, shapes->count - 1);
        size_t run = (size_t)reader_varint_max(s->meta, count - i);
        if (s->meta->failed || run == 0) return ERR_CORRUPT;
        for (size_t k = 0; k < run; k++)
            shapes->of[i + k] = (uint16_t)shape;
        i += run;
    }
    return 0;
}

static int frames_make(const struct column_source *s, const struct shapes *shapes, struct change *const *changes,
                       const uint64_t *numbers, uint64_t own, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct shape *shape = &shapes->list[shapes->of[i]];
        struct change *c = changes[i];
        *c = (struct change){.op = shape->op, .table = shape->table, .explicit_id = shape->explicit_id,
                             .count = shape->count};
        if (c->op == CHANGE_PUT && !c->explicit_id) {
            if (!numbers) return ERR_CORRUPT;
            c->id = (struct row_id){own, numbers[i]};
        }
        c->cells = arena_array(s->arena, c->count, sizeof *c->cells);
        if (!c->cells) return ERR_NOMEM;
        for (size_t k = 0; k < c->count; k++)
            c->cells[k].column = shape->cells[k].column;
    }
    return 0;
}

static int row_ids_decode(const struct column_source *s, struct change *const *changes, const uint64_t *numbers,
                          size_t count)
{
    struct row_id *ids = arena_array(s->arena, count, sizeof *ids);
    uint64_t *near = arena_array(s->arena, count, sizeof *near);
    if (!ids || !near) return ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (changes[i]->op == CHANGE_PUT && !changes[i]->explicit_id) continue;
        near[n++] = numbers ? numbers[i] : 0;
    }
    int rc = ids_decode(s->book, ids, numbers ? near : NULL, n, s->meta);
    n = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (changes[i]->op == CHANGE_PUT && !changes[i]->explicit_id) continue;
        changes[i]->id = ids[n++];
        if (changes[i]->id.origin == 0) rc = ERR_CORRUPT;
    }
    return rc;
}

/* The counts or lengths of a BLOB stream and their sum, which must be there in the input (`each` bytes or more). */
static int lengths_decode(const struct column_source *s, size_t count, int64_t most, int64_t **lengths, size_t *total)
{
    *lengths = arena_array(s->arena, count, sizeof **lengths);
    if (!*lengths) return ERR_NOMEM;
    if (ints_decode(*lengths, count, s->meta)) return ERR_CORRUPT;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        if ((*lengths)[i] < 0 || (*lengths)[i] > most) return ERR_CORRUPT;
        *total += (size_t)(*lengths)[i];
    }
    return *total > reader_left(s->meta) ? ERR_CORRUPT : 0;
}

static int row_id_lists_decode(const struct column_source *s, struct value *values, const uint64_t *near, size_t count)
{
    size_t total, n = 0;
    int64_t *counts;
    int rc = lengths_decode(s, count, CHANGE_MAX_TEXT / ROW_ID_BYTES, &counts, &total);
    if (rc) return rc;
    struct row_id *ids = arena_array(s->arena, total, sizeof *ids);
    uint64_t *nears = arena_array(s->arena, total, sizeof *nears);
    uint8_t *bytes = arena_array(s->arena, total, ROW_ID_BYTES);
    if (!ids || !nears || !bytes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        for (int64_t k = 0; k < counts[i]; k++)
            nears[n++] = near ? near[i] : 0;
    }
    rc = ids_decode(s->book, ids, near ? nears : NULL, total, s->meta);
    for (size_t i = 0; rc == 0 && i < total; i++) {
        if (ids[i].origin == 0) return ERR_CORRUPT;
        row_id_to_bytes(ids[i], bytes + i * ROW_ID_BYTES);
    }
    for (size_t i = 0; rc == 0 && i < count; i++) {
        values[i] = value_blob(bytes, (size_t)counts[i] * ROW_ID_BYTES);
        bytes += (size_t)counts[i] * ROW_ID_BYTES;
    }
    return rc;
}

static int blobs_decode(const struct column_source *s, struct value *values, const uint64_t *near, size_t count)
{
    uint8_t mode = reader_u8(s->meta);
    if (s->meta->failed || mode > 1) return ERR_CORRUPT;
    if (mode == 1) return row_id_lists_decode(s, values, near, count);
    size_t total;
    int64_t *lengths;
    int rc = lengths_decode(s, count, CHANGE_MAX_TEXT, &lengths, &total);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const uint8_t *bytes = reader_bytes(s->meta, (size_t)lengths[i]);
        uint8_t *copy = arena_copy(s->arena, bytes, (size_t)lengths[i]);
        if (!copy) return ERR_NOMEM;
        values[i] = value_blob(copy, (size_t)lengths[i]);
    }
    return rc;
}

static int ints_of_values_decode(struct reader *in, struct value *values, size_t count)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < count && !in->failed; i++) {
        previous += (uint64_t)reader_zigzag(in);
        values[i] = value_int((int64_t)previous);
    }
    return in->failed ? ERR_CORRUPT : 0;
}

static int stream_decode(const struct column_source *s, const struct stream *stream, const struct shapes *shapes,
                         struct change *const *changes, const uint64_t *numbers, size_t count,
                         struct stream_scratch *scratch)
{
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; i < count; i++) {
        if (stream->cell_of_shape[shapes->of[i]] < 0) continue;
        scratch->near[n++] = numbers ? numbers[i] : 0;
    }
    if (stream->kind == VALUE_INT) rc = ints_of_values_decode(s->meta, scratch->values, n);
    if (stream->kind == VALUE_TEXT) rc = text_column_decode(s->dictionary, s->text, n, s->arena, scratch->values);
    if (stream->kind == VALUE_BLOB) rc = blobs_decode(s, scratch->values, numbers ? scratch->near : NULL, n);
    n = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        int at = stream->cell_of_shape[shapes->of[i]];
        if (at < 0) continue;
        struct cell *cell = &changes[i]->cells[at];
        *(stream->removed ? &cell->removed : &cell->value) = scratch->values[n++];
    }
    return rc;
}

int columns_decode(const struct column_source *source, struct change *const *changes, const uint64_t *numbers,
                   uint64_t own, size_t count)
{
    struct shapes shapes;
    struct stream_scratch scratch;
    int rc = shapes_init(&shapes, source->arena, count);
    if (rc == 0) rc = stream_scratch_init(&scratch, source->arena, count);
    if (rc == 0) rc = shapes_decode(source, &shapes, count);
    if (rc == 0) rc = frames_make(source, &shapes, changes, numbers, own, count);
    if (rc == 0) rc = row_ids_decode(source, changes, numbers, count);
    struct stream *streams = NULL;
    size_t stream_count = 0;
    if (rc == 0) rc = streams_of(&shapes, source->arena, &streams, &stream_count);
    for (size_t i = 0; rc == 0 && i < stream_count; i++)
        rc = stream_decode(source, &streams[i], &shapes, changes, numbers, count, &scratch);
    return rc;
}
