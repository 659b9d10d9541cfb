/* version: the schema as an older program has it. */
#include "zhucun/schema.h"

static int keep_columns(const struct schema_table *from, int version, struct arena *arena, struct schema_table *to)
{
    struct schema_column *columns = arena_array(arena, from->count, sizeof *columns);
    if (columns == NULL) return ERR_NOMEM;
    *to = *from;
    to->columns = columns;
    to->count = 0;
    for (size_t i = 0; i < from->count; i++)
        if (from->columns[i].since <= version) columns[to->count++] = from->columns[i];
    return 0;
}

const struct schema *schema_at(int version, struct arena *arena)
{
    const struct schema *now = schema_current();
    struct schema *then = arena_alloc(arena, sizeof *then);
    struct schema_table *tables = arena_array(arena, now->count, sizeof *tables);
    if (then == NULL || tables == NULL) return NULL;
    *then = (struct schema){version, tables, 0};
    for (size_t i = 0; i < now->count; i++) {
        if (now->tables[i].since > version) continue;
        if (keep_columns(&now->tables[i], version, arena, &tables[then->count]) != 0) return NULL;
        then->count++;
    }
    return then;
}
