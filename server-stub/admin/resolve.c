/* resolve: a person decides about an entry of the ledger. One changeset of the server's own log carries the change
 * and the word to every laptop that was told about the entry; the entry is marked in the same transaction. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "actor.h"
#include "ownlog.h"
#include "ruled.h"
#include "ruling.h"

enum { ARENA_MAX = 32 * 1024 * 1024 };

struct resolving {
    struct verb_call *c;
    struct ruling ruling;
    struct actor who;
    struct ledger_resolution resolution;
    int64_t day;
    struct arena arena;
    struct change *changes; /* CHANGE_MAX_CHANGES of them */
    size_t count;
    unsigned notices;
};

/* ---- the word to the laptops ---- */

struct telling {
    struct resolving *s;
    const struct ledger_entry *entry;
    struct value current; /* text of what is in force from now on */
    struct err *err;
};

static int tell_one(void *ctx, struct row_id id)
{
    struct telling *w = ctx;
    struct resolving *s = w->s;
    struct cell *cells = arena_array(&s->arena, RULED_CELLS, sizeof *cells);
    int rc;

    if (!cells)
        return err_nomem(w->err);
    if (s->count == CHANGE_MAX_CHANGES)
        return err_set(w->err, ERR_REFUSED, "此条涉及的通知过多", "too many notices hang on this entry");
    rc = ruled_cells(s->c->store, id, w->entry->loser.origin, &s->resolution, &w->current, &s->arena, cells, w->err);
    if (rc != 1)
        return rc;
    s->changes[s->count++] = (struct change){.op = CHANGE_SET, .table = schema_table_named(store_schema(s->c->store), "notice")->number,
                                             .id = id, .cells = cells, .count = RULED_CELLS};
    s->notices++;
    return 0;
}

static int tell(struct resolving *s, const struct ledger_entry *e, struct value *current, struct err *err)
{
    struct telling w = {.s = s, .entry = e, .err = err};
    const struct schema_column *c = e->column ? schema_column(s->ruling.table, e->column) : NULL;
    struct value v;
    int rc = ruling_value(&s->ruling, e, &v, err);

    if (rc == 0)
        rc = ruled_text(store_schema(s->c->store), c, &v, &s->arena, &w.current, err);
    if (rc == 0)
        rc = store_notices_of(s->c->store, e->id, tell_one, &w, err);
    if (e->id == s->ruling.entry.id)
        *current = w.current;
    return rc;
}

/* ---- the decision ---- */

static int mark(struct resolving *s, const struct ledger_entry *e, json_t *decided, struct err *err)
{
    int rc = store_ledger_resolve(s->c->store, e->id, &s->resolution, err);

    if (rc == 0)
        return err_set(err, ERR_REFUSED, "#%" PRIu64 " 已经裁定", "#%" PRIu64 " has been decided", e->id);
    return rc < 0 ? rc : json_array_append_new(decided, json_integer((json_int_t)e->id)) ? err_nomem(err) : 0;
}

static int answer(struct resolving *s, json_t *decided, const struct value *current, struct err *err)
{
    static const char *const names[] = {"open", "winner", "loser", "other"};
    const struct ruling *r = &s->ruling;
    json_t *o = s->c->answer;
    char id[ROW_ID_TEXT];

    row_id_to_text(r->entry.row, id);
    int rc = json_object_set(o, "decided", decided);
    rc |= json_object_set_new(o, "id", json_integer((json_int_t)r->entry.id));
    rc |= json_object_set_new(o, "ruling", json_string(names[r->take]));
    rc |= json_object_set_new(o, "table", json_string(r->table->name));
    rc |= json_object_set_new(o, "row", json_string(id));
    rc |= json_object_set_new(o, "column", json_string(r->column ? r->column->name : ""));
    rc |= json_object_set_new(o, "current", json_stringn(current->len ? (const char *)current->data : "", current->len));
    rc |= json_object_set_new(o, "notices", json_integer(s->notices));
    return rc ? err_nomem(err) : decided_put(r, o, err);
}

static int decide(struct resolving *s, json_t *decided, struct err *err)
{
    struct ruling *r = &s->ruling;
    struct value current = value_null();
    struct ownlog log;
    int rc = 0;

    if (r->changes)
        s->changes[s->count++] = r->change;
    for (size_t i = 0; i < r->group_count && rc == 0; i++) {
        rc = tell(s, &r->group[i], &current, err);
        if (rc == 0)
            rc = mark(s, &r->group[i], decided, err);
    }
    ownlog_open(&log, s->c->store, s->c->admin->env);
    if (rc == 0 && s->count)
        rc = ownlog_write(&log, s->who.id, s->day, s->changes, s->count, err);
    return rc == 0 ? answer(s, decided, &current, err) : rc;
}

/* ---- the request ---- */

static int read_why(struct resolving *s, struct err *err)
{
    const struct schema_table *t = schema_table_named(store_schema(s->c->store), "notice");
    const char *why = verb_text(s->c, "why");
    size_t n = why ? strlen(why) : 0;

    while (n > 0 && why[n - 1] == ' ')
        n--;
    if (n == 0)
        return err_set(err, ERR_USAGE, "请说明理由：--why 文字", "say why: --why TEXT");
    s->resolution.why = value_text(why, n);
    int rc = schema_check(t, schema_column_named(t, "why"), &s->resolution.why, err);
    return rc < 0 ? err_where(err, rc, "--why", "--why") : 0;
}

static int prepare(struct resolving *s, struct err *err)
{
    const struct env *env = s->c->admin->env;
    const json_t *id = json_object_get(s->c->request, "id");
    const char *take = verb_text(s->c, "take");
    int rc = read_why(s, err);

    if (rc == 0 && (!json_is_integer(id) || json_integer_value(id) <= 0 || !take))
        rc = err_set(err, ERR_USAGE, "缺少台账号或 --take", "the ledger number or --take is missing");
    s->resolution.at_ms = env->now_ms(env->ctx);
    s->day = date_of_ms(s->resolution.at_ms);
    s->changes = arena_array(&s->arena, CHANGE_MAX_CHANGES, sizeof *s->changes);
    if (rc == 0 && !s->changes)
        rc = err_nomem(err);
    if (rc == 0)
        rc = actor_open(s->c, LEVEL_CONTACT, &s->who, err);
    if (rc == 0)
        rc = ruling_open(&s->ruling, s->c->store, &s->arena, (uint64_t)json_integer_value(id),
                         json_is_true(json_object_get(s->c->request, "earlier")), err);
    if (rc == 0)
        rc = entitled_check(&s->who, &s->ruling, err);
    if (rc == 0)
        rc = ruling_take(&s->ruling, take, err);
    s->resolution.ruling = s->ruling.take;
    if (!row_id_is_null(s->who.id))
        s->resolution.by = value_text(s->who.name, strlen(s->who.name));
    return rc;
}

int verb_resolve(struct verb_call *c, struct err *err)
{
    struct resolving *s = calloc(1, sizeof *s);
    json_t *decided = json_array();
    int rc = s && decided ? 0 : err_nomem(err);

    if (rc == 0) {
        s->c = c;
        arena_init(&s->arena, ARENA_MAX);
        rc = prepare(s, err);
        if (rc == 0)
            rc = decide(s, decided, err);
        arena_free(&s->arena);
    }
    json_decref(decided);
    free(s);
    return rc;
}
