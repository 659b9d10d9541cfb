/* ddl: the SQL that follows from the table of tables. Identifiers are always quoted: "order" is a table. */
#include "zhucun/schema.h"

static const char *sql_type(enum schema_type type)
{
    switch (type) {
    case TYPE_TEXT: return "TEXT";
    case TYPE_REF:
    case TYPE_REFSET:
    case TYPE_HASH: return "BLOB";
    default: return "INTEGER";
    }
}

void schema_ddl_columns(const struct schema_table *t, struct buf *sql)
{
    for (size_t i = 0; i < t->count; i++)
        buf_printf(sql, ", \"%s\" %s", t->columns[i].name, sql_type(t->columns[i].type));
}

void schema_column_list(const struct schema_table *t, struct buf *sql)
{
    for (size_t i = 0; i < t->count; i++)
        buf_printf(sql, "%s\"%s\"", i ? ", " : "", t->columns[i].name);
}
