/* region: villages are merged and split. A merged village's row stays, for old visits name its code; merged_into says
 * where it went, and what lived there lives on in the other: households, workers, orders, clues, indicators, laptops' scopes.
 * A village that is split keeps what is not moved; its laptops hold the new village besides. */
#include <stdlib.h>
#include <string.h>

#include "laptops.h"
#include "moving.h"

enum { ROW_ARENA = 4 * 1024 * 1024, MERGE_MOST = 64, LEVEL_VILLAGE = 5 };

/* What lives at a region by a column of its own; the rest hangs on one of these. */
static const struct {
    const char *table, *column;
} residents[] = {{"household", "village"}, {"worker", "region"}, {"order", "region"}, {"clue", "village"},
                 {"indicator", "region"}};
enum { RESIDENTS = sizeof residents / sizeof residents[0] };

struct merging {
    struct verb_call *c;
    struct actor actor;
    struct batch *batch;
    int64_t from[MERGE_MOST], into;
    size_t count;
    struct row_id *found; /* rows at hand: walked first, then changed */
    size_t found_count, found_cap;
    struct err *err;
};

static bool is_merged(const struct merging *m, int64_t code)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->from[i] == code)
            return true;
    return false;
}

static int keep_id(void *ctx, const struct table_row *row)
{
    struct merging *m = ctx;

    if (m->found_count == m->found_cap) {
        size_t cap = m->found_cap ? m->found_cap * 2 : 256;
        struct row_id *list = realloc(m->found, cap * sizeof *list);
        if (!list)
            return err_nomem(m->err);
        m->found = list;
        m->found_cap = cap;
    }
    m->found[m->found_count++] = row->id;
    return 0;
}

/* Those whose column names the village. A table is walked to its end before the first of them is written. */
static int move_from(struct merging *m, const struct schema_table *t, const char *column, int64_t from)
{
    char where[80];
    const struct value arg = value_int(from);
    struct arena arena;
    int rc;

    snprintf(where, sizeof where, "_dead = 0 AND \"%s\" = ?1", column);
    m->found_count = 0;
    arena_init(&arena, ROW_ARENA);
    rc = table_walk(store_tables(m->c->store), t, 0, where, &arg, 1, &arena, keep_id, m, m->err);
    const struct cell cell = batch_cell(t, column, value_int(m->into));
    for (size_t i = 0; i < m->found_count && rc >= 0; i++)
        rc = batch_set(m->batch, t, m->found[i], &cell, 1, m->err);
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

static int move_residents(struct merging *m)
{
    int rc = 0;

    for (size_t i = 0; i < RESIDENTS && rc == 0; i++) {
        const struct schema_table *t = actor_table(m->c, residents[i].table);
        json_int_t moved = 0;
        for (size_t k = 0; k < m->count && rc == 0; k++) {
            rc = move_from(m, t, residents[i].column, m->from[k]);
            moved += (json_int_t)m->found_count;
        }
        if (rc == 0 && json_object_set_new(m->c->answer, t->name, json_integer(moved)))
            rc = err_nomem(m->err);
    }
    return rc;
}

static int mark_regions(struct merging *m)
{
    const struct schema_table *t = actor_table(m->c, "region");
    const struct cell cell = batch_cell(t, "merged_into", value_int(m->into));
    char code[24];
    struct row_id id;
    int rc = 0;

    for (size_t i = 0; i < m->count && rc >= 0; i++) {
        villages_text(m->from[i], code);
        rc = store_row_find(m->c->store, t, code, strlen(code), &id, m->err);
        if (rc > 0)
            rc = batch_set(m->batch, t, id, &cell, 1, m->err);
    }
    return rc < 0 ? rc : 0;
}

/* ---- laptops ---- */

/* One of a merged village is one of the village that it became. */
static bool follow(void *ctx, struct device *d)
{
    const struct merging *m = ctx;
    bool touched = false;

    for (size_t i = 0; i < d->place_count; i++)
        if (is_merged(m, d->places[i])) {
            d->places[i] = m->into;
            touched = true;
        }
    return touched;
}

static int rescope_laptops(struct merging *m)
{
    size_t count = 0;
    int rc = laptops_change(m->c->store, follow, m, &count, m->err);

    if (rc == 0 && json_object_set_new(m->c->answer, "device", json_integer((json_int_t)count)))
        rc = err_nomem(m->err);
    return rc;
}

/* ---- merge ---- */

static int read_codes(struct merging *m)
{
    const json_t *list = json_object_get(m->c->request, "codes");
    int rc = villages_find(m->c, &m->actor, verb_text(m->c, "into"), &m->into, m->err);

    if (rc == 0 && (json_array_size(list) == 0 || json_array_size(list) > MERGE_MOST))
        return err_set(m->err, ERR_USAGE, "要合并的村应有 1 至 %d 个", "1 to %d villages are merged at once", MERGE_MOST);
    for (size_t i = 0; i < json_array_size(list) && rc == 0; i++) {
        rc = villages_find(m->c, &m->actor, json_string_value(json_array_get(list, i)), &m->from[m->count], m->err);
        if (rc == 0 && m->from[m->count] == m->into)
            rc = err_set(m->err, ERR_REFUSED, "不能把一个村并入它自己", "a village cannot be merged into itself");
        if (rc == 0 && !is_merged(m, m->from[m->count]))
            m->count++;
    }
    return rc;
}

int verb_region_merge(struct verb_call *c, struct err *err)
{
    struct merging *m = calloc(1, sizeof *m);
    int rc = m ? 0 : err_nomem(err);
    char into[24];

    if (rc < 0)
        return rc;
    *m = (struct merging){.c = c, .err = err};
    rc = actor_open(c, LEVEL_COUNTY, &m->actor, err);
    if (rc == 0)
        rc = batch_new(&m->batch, c, &m->actor, err);
    if (rc == 0 && (rc = read_codes(m)) == 0 && (rc = move_residents(m)) == 0 && (rc = mark_regions(m)) == 0 &&
        (rc = batch_flush(m->batch, err)) == 0)
        rc = rescope_laptops(m);
    villages_text(m->into, into);
    if (rc == 0 && json_object_set_new(c->answer, "into", json_string(into)))
        rc = err_nomem(err);
    batch_free(m->batch);
    free(m->found);
    free(m);
    return rc;
}

/* ---- split ---- */

static int check_new(struct verb_call *c, const char *text, int64_t old, int64_t *code, struct err *err)
{
    const struct schema_table *t = actor_table(c, "region");
    struct row_id id;
    char full[24];

    *code = text ? region_code(text, strlen(text)) : -1;
    if (*code < 0 || region_parent(*code) != region_parent(old))
        return err_set(err, ERR_REFUSED, "“%.40s”应是同一乡镇下的 12 位村级代码", "\"%.40s\" is to be a 12-digit village code of the same township",
                       text ? text : "");
    villages_text(*code, full);
    int rc = store_row_find(c->store, t, full, strlen(full), &id, err);
    if (rc > 0)
        return err_set(err, ERR_REFUSED, "%s 已经有了：请用 move 移户", "%s exists already: use move to bring households there", full);
    return rc;
}

static int put_region(struct moving *m, const char *name, struct err *err)
{
    const struct schema_table *t = actor_table(m->c, "region");
    const struct cell cells[] = {
        batch_cell(t, "code", value_int(m->to)), batch_cell(t, "name", value_text(name, strlen(name))),
        batch_cell(t, "level", value_int(LEVEL_VILLAGE)), batch_cell(t, "parent", value_int(region_parent(m->to)))};
    struct row_id id;
    int rc = schema_check(t, schema_column_named(t, "name"), &cells[1].value, err);

    return rc < 0 ? rc : batch_put(m->batch, t, cells, sizeof cells / sizeof cells[0], &id, err);
}

/* A laptop of the old village goes on holding the households that went; one that has no room for a code stays as it is. */
static bool widen(void *ctx, struct device *d)
{
    const struct moving *m = ctx;
    bool old = false, new = false;

    for (size_t i = 0; i < d->place_count; i++) {
        old |= d->places[i] == m->from;
        new |= d->places[i] == m->to;
    }
    if (!old || new || d->place_count == WIRE_MAX_PLACES)
        return false;
    d->places[d->place_count++] = m->to;
    return true;
}

static int count_row(void *ctx, const struct table_row *row)
{
    (void)row;
    ++*(json_int_t *)ctx;
    return 0;
}

/* Figures are of the village as it was: they stay, and that is said. */
static int answer_split(struct moving *m, struct err *err)
{
    const struct value arg = value_int(m->from);
    json_int_t indicators = 0;
    size_t laptops = 0;
    struct arena arena;
    char code[24];

    arena_init(&arena, ROW_ARENA);
    int rc = laptops_change(m->c->store, widen, m, &laptops, err);
    if (rc == 0)
        rc = table_walk(store_tables(m->c->store), actor_table(m->c, "indicator"), 0, "_dead = 0 AND \"region\" = ?1", &arg, 1, &arena,
                        count_row, &indicators, err);
    arena_free(&arena);
    villages_text(m->from, code);
    if (rc == 0 && (json_object_set_new(m->c->answer, "device", json_integer((json_int_t)laptops)) ||
                    json_object_set_new(m->c->answer, "indicator", json_integer(indicators)) ||
                    json_object_set_new(m->c->answer, "from", json_string(code))))
        rc = err_nomem(err);
    return rc < 0 ? rc : 0;
}

int verb_region_split(struct verb_call *c, struct err *err)
{
    const char *name = verb_text(c, "name");
    struct moving m;
    int rc = moving_open(&m, c, err);

    if (rc == 0 && (!name || !*name))
        rc = err_set(err, ERR_USAGE, "缺少新村的名称（--name）", "the new village's name is missing (--name)");
    if (rc == 0)
        rc = villages_find(c, &m.actor, verb_text(c, "code"), &m.from, err);
    if (rc == 0)
        rc = check_new(c, verb_text(c, "into"), m.from, &m.to, err);
    if (rc == 0)
        rc = put_region(&m, name, err);
    if (rc == 0)
        rc = moving_all(&m, err);
    if (rc == 0)
        rc = moving_answer(&m, err);
    if (rc == 0)
        rc = answer_split(&m, err);
    moving_close(&m);
    return rc;
}
