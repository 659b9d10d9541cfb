/* columns: the encoder.
 *
 *   varint  number of shapes, then each (shape.c)
 *   runs    varint shape index, varint run length, until all changes are covered; left out with one shape
 *   ids     one stream: the row ids of the changes that carry one (SET, DELETE, explicit PUT), in order
 *   values  one stream for each (table, column, value or removed, kind), in the order in which the shapes first
 *           name them (value before removed); its values in the order of the changes:
 *             INT   differences (ints_encode)
 *             TEXT  nothing here; the column goes to the text section (text.h)
 *             BLOB  u8 1: all are lists of row ids — the counts as differences, then one id stream;
 *                   u8 0: the lengths as differences, then the bytes
 *             NULL  nothing */
#include "columns.h"

#include <string.h>

#include "shape.h"
#include "streams.h"
#include "text.h"

void ints_encode(const int64_t *values, size_t count, struct buf *out)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        buf_put_zigzag(out, (int64_t)((uint64_t)values[i] - previous));
        previous = (uint64_t)values[i];
    }
}

static int shapes_encode(const struct column_sink *s, const struct change *const *changes, size_t count,
                         struct shapes *shapes)
{
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (shapes->count == 0 || !shape_fits(&shapes->list[last], changes[i])) {
            for (last = 0; last < shapes->count && !shape_fits(&shapes->list[last], changes[i]);)
                last++;
        }
        if (last == shapes->count) {
            if (last == SHAPE_MAX || shape_of(changes[i], s->arena, &shapes->list[shapes->count++])) return ERR_NOMEM;
        }
        shapes->of[i] = (uint16_t)last;
    }
    buf_put_varint(s->meta, shapes->count);
    for (size_t i = 0; i < shapes->count; i++)
        shape_encode(&shapes->list[i], s->meta);
    for (size_t i = 0; i < count && shapes->count > 1;) {
        size_t run = 1;
        while (i + run < count && shapes->of[i + run] == shapes->of[i])
            run++;
        buf_put_varint(s->meta, shapes->of[i]);
        buf_put_varint(s->meta, run);
        i += run;
    }
    return 0;
}

static int row_ids_encode(const struct column_sink *s, const struct change *const *changes, const uint64_t *numbers,
                          size_t count)
{
    struct row_id *ids = arena_array(s->arena, count, sizeof *ids);
    uint64_t *near = arena_array(s->arena, count, sizeof *near);
    if (!ids || !near) return ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (changes[i]->op == CHANGE_PUT && !changes[i]->explicit_id) continue;
        near[n] = numbers ? numbers[i] : 0;
        ids[n++] = changes[i]->id;
    }
    ids_encode(s->book, ids, numbers ? near : NULL, n, s->meta);
    return 0;
}

static bool all_row_ids(const struct value *values, size_t count)
{
    struct row_id id;
    uint8_t back[ROW_ID_BYTES];
    for (size_t i = 0; i < count; i++) {
        if (values[i].len % ROW_ID_BYTES) return false;
        for (uint32_t k = 0; k < values[i].len; k += ROW_ID_BYTES) {
            if (row_id_from_bytes(values[i].data + k, ROW_ID_BYTES, &id)) return false;
            row_id_to_bytes(id, back);
            if (memcmp(back, values[i].data + k, ROW_ID_BYTES) != 0) return false;
        }
    }
    return true;
}

static int row_id_lists_encode(const struct column_sink *s, const struct value *values, const uint64_t *near,
                               size_t count)
{
    size_t total = 0, n = 0;
    int64_t *counts = arena_array(s->arena, count, sizeof *counts);
    for (size_t i = 0; counts && i < count; i++)
        total += (size_t)(counts[i] = values[i].len / ROW_ID_BYTES);
    struct row_id *ids = arena_array(s->arena, total, sizeof *ids);
    uint64_t *nears = arena_array(s->arena, total, sizeof *nears);
    if (!counts || !ids || !nears) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < values[i].len; k += ROW_ID_BYTES) {
            nears[n] = near ? near[i] : 0;
            if (row_id_from_bytes(values[i].data + k, ROW_ID_BYTES, &ids[n++])) return ERR_CORRUPT;
        }
    }
    buf_put_u8(s->meta, 1);
    ints_encode(counts, count, s->meta);
    ids_encode(s->book, ids, near ? nears : NULL, total, s->meta);
    return 0;
}

static int blobs_encode(const struct column_sink *s, const struct value *values, const uint64_t *near, size_t count)
{
    if (all_row_ids(values, count)) return row_id_lists_encode(s, values, near, count);
    int64_t *lengths = arena_array(s->arena, count, sizeof *lengths);
    if (!lengths) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        lengths[i] = values[i].len;
    buf_put_u8(s->meta, 0);
    ints_encode(lengths, count, s->meta);
    for (size_t i = 0; i < count; i++)
        buf_put(s->meta, values[i].data, values[i].len);
    return 0;
}

static int ints_of_values_encode(const struct column_sink *s, const struct value *values, size_t count)
{
    uint64_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        buf_put_zigzag(s->meta, (int64_t)((uint64_t)values[i].i - previous));
        previous = (uint64_t)values[i].i;
    }
    return 0;
}

/* Gathers one stream's values and writes them. */
static int stream_encode(const struct column_sink *s, const struct stream *stream, const struct shapes *shapes,
                         const struct change *const *changes, const uint64_t *numbers, size_t count,
                         struct stream_scratch *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int at = stream->cell_of_shape[shapes->of[i]];
        if (at < 0) continue;
        const struct cell *cell = &changes[i]->cells[at];
        scratch->values[n] = stream->removed ? cell->removed : cell->value;
        scratch->near[n++] = numbers ? numbers[i] : 0;
    }
    switch (stream->kind) {
    case VALUE_INT: return ints_of_values_encode(s, scratch->values, n);
    case VALUE_TEXT: return text_column_encode(s->dictionary, scratch->values, n, s->text);
    case VALUE_BLOB: return blobs_encode(s, scratch->values, numbers ? scratch->near : NULL, n);
    default: return 0;
    }
}

int columns_encode(const struct column_sink *sink, const struct change *const *changes, const uint64_t *numbers,
                   size_t count)
{
    struct shapes shapes;
    struct stream_scratch scratch;
    int rc = shapes_init(&shapes, sink->arena, count);
    if (rc == 0) rc = stream_scratch_init(&scratch, sink->arena, count);
    if (rc == 0) rc = shapes_encode(sink, changes, count, &shapes);
    if (rc == 0) rc = row_ids_encode(sink, changes, numbers, count);
    struct stream *streams = NULL;
    size_t stream_count = 0;
    if (rc == 0) rc = streams_of(&shapes, sink->arena, &streams, &stream_count);
    for (size_t i = 0; rc == 0 && i < stream_count; i++)
        rc = stream_encode(sink, &streams[i], &shapes, changes, numbers, count, &scratch);
    if (rc == 0 && (sink->meta->failed || sink->text->failed)) rc = ERR_NOMEM;
    return rc;
}
