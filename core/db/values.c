/* values: struct value and struct row_id ⇄ SQLite. Bound bytes are borrowed until the statement's next reset,
 * read ones until its next step. */
#include "db_impl.h"

int db_bind(sqlite3_stmt *st, int index, const struct value *v)
{
    const void *bytes = v->data != NULL ? (const void *)v->data : ""; /* SQLite takes a NULL pointer for NULL */
    switch (v->kind) {
    case VALUE_INT:
        return sqlite3_bind_int64(st, index, v->i);
    case VALUE_TEXT:
        return sqlite3_bind_text(st, index, bytes, (int)v->len, SQLITE_STATIC);
    case VALUE_BLOB:
        return sqlite3_bind_blob(st, index, bytes, (int)v->len, SQLITE_STATIC);
    case VALUE_NULL:
    default:
        return sqlite3_bind_null(st, index);
    }
}

int db_bind_id(sqlite3_stmt *st, int index, struct row_id id)
{
    uint8_t bytes[ROW_ID_BYTES];
    if (row_id_is_null(id)) return sqlite3_bind_null(st, index);
    row_id_to_bytes(id, bytes);
    return sqlite3_bind_blob(st, index, bytes, ROW_ID_BYTES, SQLITE_TRANSIENT);
}

struct value db_value(sqlite3_stmt *st, int column)
{
    const void *bytes;
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT: /* no column of ours is REAL; a stray one reads as its whole part */
        return value_int(sqlite3_column_int64(st, column));
    case SQLITE_TEXT:
        bytes = sqlite3_column_text(st, column);
        return value_text(bytes, (size_t)sqlite3_column_bytes(st, column));
    case SQLITE_BLOB:
        bytes = sqlite3_column_blob(st, column);
        return value_blob(bytes, (size_t)sqlite3_column_bytes(st, column));
    default:
        return value_null();
    }
}

int db_value_copy(sqlite3_stmt *st, int column, struct arena *arena, struct value *out)
{
    *out = db_value(st, column);
    if (out->len == 0) {
        out->data = NULL;
        return 0;
    }
    out->data = arena_copy(arena, out->data, out->len);
    if (out->data != NULL) return 0;
    *out = value_null();
    return ERR_NOMEM;
}

struct row_id db_id(sqlite3_stmt *st, int column)
{
    struct row_id id = {0, 0};
    if (sqlite3_column_type(st, column) != SQLITE_BLOB) return id;
    const void *bytes = sqlite3_column_blob(st, column);
    if (row_id_from_bytes(bytes, (size_t)sqlite3_column_bytes(st, column), &id) != 0) return (struct row_id){0, 0};
    return id;
}
