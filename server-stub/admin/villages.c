/* villages: see villages.h. */
#include "villages.h"

#include <inttypes.h>
#include <string.h>

enum { ROW_ARENA = 4 * 1024 * 1024, LEVEL_VILLAGE = 5 }; /* codes_region_level */

void villages_text(int64_t code, char out[24])
{
    snprintf(out, 24, "%012" PRId64, code);
}

static int check_region(const struct schema_table *t, const struct stored_row *row, const char *text, struct err *err)
{
    const struct value *merged = actor_cell(t, row, "merged_into");

    if (actor_cell(t, row, "level")->i != LEVEL_VILLAGE)
        return err_set(err, ERR_REFUSED, "%.40s 不是村级区划", "%.40s is not a village", text);
    if (merged->kind != VALUE_INT)
        return 0;
    return err_set(err, ERR_REFUSED, "%.40s 已并入 %012" PRId64, "%.40s was merged into %012" PRId64, text, merged->i);
}

int villages_find(struct verb_call *c, const struct actor *a, const char *text, int64_t *code, struct err *err)
{
    const struct schema_table *t = actor_table(c, "region");
    struct stored_row row;
    struct arena arena;
    char full[24];

    *code = text ? region_code(text, strlen(text)) : -1;
    if (*code < 0)
        return err_set(err, ERR_REFUSED, "“%.40s”不是区划代码", "\"%.40s\" is not a region code", text ? text : "");
    villages_text(*code, full);
    arena_init(&arena, ROW_ARENA);
    int rc = actor_row(c, t, full, &arena, &row, err);
    if (rc == 0)
        rc = check_region(t, &row, full, err);
    if (rc == 0)
        rc = actor_may(a, *code, full, err);
    arena_free(&arena);
    return rc;
}

int villages_move(struct batch *b, const struct schema_table *t, const struct stored_row *row, const char *column, int64_t to,
                struct err *err)
{
    const struct cell cell = batch_cell(t, column, value_int(to));
    const struct value *now = actor_cell(t, row, column);

    if (now->kind == VALUE_INT && now->i == to)
        return 0;
    int rc = batch_set(b, t, row->row.id, &cell, 1, err);
    return rc < 0 ? rc : 1;
}
