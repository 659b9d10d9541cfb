/* actor: see actor.h. */
#include "actor.h"

#include <inttypes.h>
#include <string.h>

enum { ROW_ARENA = 4 * 1024 * 1024 };

const struct schema_table *actor_table(struct verb_call *c, const char *name)
{
    return schema_table_named(store_schema(c->store), name);
}

const struct value *actor_cell(const struct schema_table *t, const struct stored_row *row, const char *column)
{
    return &row->row.values[schema_column_index(t, schema_column_named(t, column))];
}

void actor_text(const struct schema_table *t, const struct stored_row *row, const char *column, char *out, size_t n)
{
    const struct schema_column *c = schema_column_named(t, column);
    struct buf text;

    buf_init(&text, CHANGE_MAX_TEXT * 2);
    schema_format(c, &row->row.values[schema_column_index(t, c)], LANG_ZH, &text);
    snprintf(out, n, "%s", buf_text(&text));
    buf_free(&text);
}

int64_t actor_place(const struct stored_row *row)
{
    return row->home.place;
}

int64_t actor_today(const struct verb_call *c)
{
    return date_of_ms(c->admin->env->now_ms(c->admin->env->ctx));
}

int actor_date(const char *text, int64_t otherwise, int64_t *day, struct err *err)
{
    *day = otherwise;
    if (!text || !*text || date_parse(text, day) == 0)
        return 0;
    return err_set(err, ERR_REFUSED, "“%.40s”不是日期，应写成 2022-07-14", "\"%.40s\" is not a date: write it as 2022-07-14", text);
}

static int gone(const struct schema_table *t, const char *key, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, "没有%s%.0s“%.60s”：请检查编号", "there is no %.0s%s \"%.60s\": check its number", t->zh,
                   t->name, key);
}

/* The row that a merged one gives way to; itself, when that one is not there to stand for it. */
static int follow(struct verb_call *c, const struct schema_table *t, struct arena *arena, struct stored_row *row,
                  struct err *err)
{
    const struct schema_column *merged = schema_flagged(t, COLUMN_MERGED);
    struct stored_row stays;
    struct row_id id;

    if (!merged || merged->type != TYPE_REF)
        return 0;
    const struct value *v = &row->row.values[schema_column_index(t, merged)];
    if (v->kind != VALUE_BLOB || row_id_from_bytes(v->data, v->len, &id) != 0)
        return 0;
    int rc = store_row_get(c->store, t, id, arena, &stays, err);
    if (rc > 0 && !stays.dead && stays.row.values[schema_column_index(t, merged)].kind == VALUE_NULL)
        *row = stays;
    return rc < 0 ? rc : 0;
}

int actor_row(struct verb_call *c, const struct schema_table *t, const char *key, struct arena *arena,
              struct stored_row *row, struct err *err)
{
    struct row_id id;
    int rc = store_row_find(c->store, t, key, strlen(key), &id, err);

    if (rc > 0)
        rc = store_row_get(c->store, t, id, arena, row, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return gone(t, key, err);
    if (row->dead)
        return err_set(err, ERR_REFUSED, "%s %.60s 已被删除", "%s %.60s has been deleted", t->name, key);
    return 0;
}

int actor_find(struct verb_call *c, const struct schema_table *t, const char *key, struct arena *arena,
               struct stored_row *row, struct err *err)
{
    int rc = actor_row(c, t, key, arena, row, err);

    return rc == 0 ? follow(c, t, arena, row, err) : rc;
}

/* ---- who acts ---- */

static int office(struct verb_call *c, struct actor *a, struct err *err)
{
    const struct schema_table *t = actor_table(c, "region");
    struct arena arena;
    struct stored_row row;
    struct row_id id;
    char code[24], name[64];

    a->level = LEVEL_CITY;
    a->region = store_city(c->store);
    snprintf(code, sizeof code, "%012" PRId64, a->region);
    snprintf(name, sizeof name, "%s", code);
    arena_init(&arena, ROW_ARENA);
    int rc = store_row_find(c->store, t, code, strlen(code), &id, err);
    if (rc > 0)
        rc = store_row_get(c->store, t, id, &arena, &row, err);
    if (rc > 0)
        actor_text(t, &row, "name", name, sizeof name);
    snprintf(a->name, sizeof a->name, "%s", name);
    snprintf(a->issuer, sizeof a->issuer, "%s", name);
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

static int too_low(const struct actor *a, const char *role, int level, struct err *err)
{
    static const struct {
        const char *zh, *en;
    } least[] = {[LEVEL_TOWNSHIP] = {"乡镇", "township"}, [LEVEL_COUNTY] = {"县", "county"}, [LEVEL_CITY] = {"市", "city"}};
    char zh[300], en[300];

    snprintf(zh, sizeof zh, "%s（%s）无权做此事：需要%s主管及以上", a->name, role, least[level].zh);
    snprintf(en, sizeof en, "%s (%s) may not do this: it takes a %s supervisor or above", a->name, role, least[level].en);
    return err_words(err, ERR_DENIED, zh, en);
}

static int check_worker(struct verb_call *c, const struct schema_table *t, const struct stored_row *row, int level,
                        const struct actor *a, struct err *err)
{
    const struct value *to = actor_cell(t, row, "active_to");
    const char *role = schema_code_label(schema_column_named(t, "role")->codes, actor_cell(t, row, "role")->i, LANG_ZH);

    char day[11];

    if (to->kind == VALUE_INT && to->i < actor_today(c)) {
        date_format(to->i, day);
        return err_set(err, ERR_DENIED, "%s 已于 %s 离岗，不能再办理", "%s left on %s and decides no more", a->name, day);
    }
    return a->level < level ? too_low(a, role ? role : "?", level, err) : 0;
}

int actor_open(struct verb_call *c, int level, struct actor *a, struct err *err)
{
    const char *as = verb_text(c, "as");
    const struct schema_table *t = actor_table(c, "worker");
    struct stored_row row;
    struct arena arena;
    char no[24], name[64], unit[96];

    *a = (struct actor){0};
    if (!as)
        return office(c, a, err);
    arena_init(&arena, ROW_ARENA);
    int rc = actor_find(c, t, as, &arena, &row, err);
    if (rc == 0) {
        a->id = row.row.id;
        a->level = schema_code_level(schema_column_named(t, "role")->codes, actor_cell(t, &row, "role")->i);
        a->region = actor_cell(t, &row, "region")->i;
        actor_text(t, &row, "no", no, sizeof no);
        actor_text(t, &row, "name", name, sizeof name);
        actor_text(t, &row, "unit", unit, sizeof unit);
        snprintf(a->name, sizeof a->name, "%s %s", no, name);
        snprintf(a->issuer, sizeof a->issuer, "%s", *unit ? unit : a->name);
        rc = check_worker(c, t, &row, level, a, err);
    }
    arena_free(&arena);
    return rc;
}

int actor_may(const struct actor *a, int64_t place, const char *what, struct err *err)
{
    if (region_covers(a->region, place))
        return 0;
    return err_set(err, ERR_DENIED, "%s 负责 %012" PRId64 "，不管 %.60s 所在的 %012" PRId64,
                   "%s is responsible for %012" PRId64 ", not for the place of %.60s: %012" PRId64, a->name, a->region, what, place);
}
