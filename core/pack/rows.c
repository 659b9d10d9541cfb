/* rows: rows of a pull answer as bytes.
 *
 *   u8      dictionary
 *   varint  rows
 *   body    body.c (own origin of the id book: 0); its numbers begin with one stream each, over the rows, of:
 *             csn · moved out (0 or 1) · authored ms · received ms (differences each), authors (ids); then
 *             columns.c, every id explicit */
#include "body.h"
#include "dictionary.h"
#include "zhucun/pack.h"

enum { ROWS_MAX = 262144 };

static int heads_encode(struct body *b, const struct pulled_row *rows, size_t count)
{
    int64_t *values = arena_array(&b->arena, count, sizeof *values);
    struct row_id *authors = arena_array(&b->arena, count, sizeof *authors);
    if (!values || !authors) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        values[i] = (int64_t)rows[i].csn;
    ints_encode(values, count, &b->meta);
    for (size_t i = 0; i < count; i++)
        values[i] = rows[i].moved_out;
    ints_encode(values, count, &b->meta);
    for (size_t i = 0; i < count; i++)
        values[i] = rows[i].authored_ms;
    ints_encode(values, count, &b->meta);
    for (size_t i = 0; i < count; i++)
        values[i] = rows[i].received_ms;
    ints_encode(values, count, &b->meta);
    for (size_t i = 0; i < count; i++)
        authors[i] = rows[i].author;
    ids_encode(&b->book, authors, NULL, count, &b->meta);
    return 0;
}

static int changes_encode(struct body *b, const struct pulled_row *rows, size_t count)
{
    struct change *store = arena_array(&b->arena, count, sizeof *store);
    const struct change **changes = arena_array(&b->arena, count, sizeof(struct change *));
    if (!store || !changes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        store[i] = rows[i].change;
        store[i].explicit_id = store[i].op == CHANGE_PUT;
        changes[i] = &store[i];
    }
    struct column_sink sink = body_sink(b);
    return columns_encode(&sink, changes, NULL, count);
}

int rows_pack(const struct pulled_row *rows, size_t count, int level, struct buf *out, struct err *err)
{
    struct body body;
    int dictionary = level > ROWS_LEVEL ? DICTIONARY_LATEST : DICTIONARY_NONE;
    body_begin(&body, 0, dictionary);
    int rc = count > ROWS_MAX ? ERR_NOMEM : heads_encode(&body, rows, count);
    if (rc == 0) rc = changes_encode(&body, rows, count);
    buf_put_u8(out, (uint8_t)dictionary);
    buf_put_varint(out, count);
    if (rc == 0) rc = body_end(&body, level, out);
    else body_free(&body);
    if (rc == 0) return 0;
    return err_set(err, rc, "%zu 行无法打包", "%zu rows cannot be packed", count);
}

static int heads_decode(struct body_reader *b, struct pulled_row *rows, size_t count)
{
    enum { CSN, MOVED, AUTHORED, RECEIVED, FIELDS };
    int64_t *fields[FIELDS];
    for (size_t f = 0; f < FIELDS; f++) {
        fields[f] = arena_array(b->arena, count, sizeof *fields[f]);
        if (!fields[f]) return ERR_NOMEM;
        if (ints_decode(fields[f], count, &b->meta)) return ERR_CORRUPT;
    }
    struct row_id *authors = arena_array(b->arena, count, sizeof *authors);
    if (!authors) return ERR_NOMEM;
    if (ids_decode(&b->book, authors, NULL, count, &b->meta)) return ERR_CORRUPT;
    for (size_t i = 0; i < count; i++) {
        if (fields[CSN][i] <= 0 || (fields[MOVED][i] & ~INT64_C(1))) return ERR_CORRUPT;
        if (i && fields[CSN][i] <= fields[CSN][i - 1]) return ERR_CORRUPT;
        rows[i] = (struct pulled_row){.csn = (uint64_t)fields[CSN][i], .moved_out = fields[MOVED][i],
                                      .author = authors[i], .authored_ms = fields[AUTHORED][i],
                                      .received_ms = fields[RECEIVED][i]};
    }
    return 0;
}

static int changes_decode(struct body_reader *b, struct pulled_row *rows, size_t count)
{
    struct change **changes = arena_array(b->arena, count, sizeof *changes);
    if (!changes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        changes[i] = &rows[i].change;
    struct column_source source = body_source(b);
    int rc = columns_decode(&source, changes, NULL, 0, count);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const struct change *c = changes[i];
        if (c->op == CHANGE_SET) rc = ERR_CORRUPT;
        if (c->op == CHANGE_PUT) rows[i].row_hash = row_hash(c->table, c->id, c->cells, c->count);
    }
    return rc ? rc : body_used_up(b) ? 0 : ERR_CORRUPT;
}

int rows_unpack(const void *bytes, size_t n, struct arena *arena, struct pulled_row **rows, size_t *count,
                struct err *err)
{
    struct reader in = reader_over(bytes, n);
    struct body_reader body;
    int dictionary = reader_u8(&in);
    *count = (size_t)reader_varint_max(&in, ROWS_MAX);
    *rows = in.failed ? NULL : arena_array(arena, *count, sizeof **rows);
    int rc = in.failed ? ERR_CORRUPT : !*rows ? ERR_NOMEM : 0;
    if (rc == 0) rc = body_open(&body, 0, dictionary, in.at, reader_left(&in), arena);
    if (rc == 0) rc = heads_decode(&body, *rows, *count);
    if (rc == 0) rc = changes_decode(&body, *rows, *count);
    if (rc == ERR_NOMEM) return err_nomem(err);
    return rc ? err_words(err, ERR_CORRUPT, "服务器发来的数据已损坏", "the rows that the server sent are damaged") : 0;
}
