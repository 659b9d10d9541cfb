/* announce: see announce.h. The rule about levels is the server's (server-stub/intake/author.c): a supervisor's counts
 * where he is responsible, and on a laptop that is his; elsewhere he is a cadre like others. */
#include "announce.h"

#include <string.h>

#include "journal.h"
#include "spot.h"
#include "zhucun/wire.h"

enum { ARENA_BYTES = 16 * 1024 * 1024, STATE_CLOSED = 2 }; /* codes_order_state */

struct announcing {
    struct cli *c;
    const struct changeset *cs;
    struct arena *arena;
    int level;       /* enum schema_level: by his role; 0: not known here */
    int64_t region;  /* he is responsible for; 0: not known */
    struct err *err;
};

static const struct value *value_of(const struct schema_table *t, const struct table_row *row, const char *column)
{
    const struct schema_column *c = schema_column_named(t, column);
    return c ? &row->values[schema_column_index(t, c)] : NULL;
}

static int read_author(struct announcing *a)
{
    const struct schema_table *t = schema_table_named(a->c->home->schema, "worker");
    struct table_row row;
    int rc = table_read(a->c->home->tables, t, a->cs->author, a->arena, &row, a->err);
    if (rc != 1) return rc;
    const struct value *role = value_of(t, &row, "role"), *region = value_of(t, &row, "region");
    if (role->kind == VALUE_INT) a->level = schema_code_level(schema_column_named(t, "role")->codes, role->i);
    a->region = region->kind == VALUE_INT ? region->i : 0;
    return 0;
}

/* Where the row lives: its own region, its household's, or 0: not known here. */
static int64_t place_of(struct announcing *a, const struct schema_table *t, struct row_id id)
{
    const struct schema_column *place = schema_flagged(t, COLUMN_PLACE);
    struct row_id household;
    struct table_row row;
    if (place && table_read(a->c->home->tables, t, id, a->arena, &row, NULL) == 1) {
        const struct value *v = &row.values[schema_column_index(t, place)];
        if (v->kind == VALUE_INT) return v->i;
    }
    if (strcmp(t->name, "household") == 0 || spot_household(a->c, t, id, &household, NULL) < 0 || row_id_is_null(household)) return 0;
    return place_of(a, schema_table_named(a->c->home->schema, "household"), household);
}

static bool moves(const struct schema_table *t, const struct change *ch)
{
    for (size_t i = 0; i < ch->count; i++) {
        const struct schema_column *c = schema_column(t, ch->cells[i].column);
        if (c && (c->flags & COLUMN_PLACE)) return true;
    }
    return false;
}

/* The level that counts there. What moves counts where it was, too, and that is not known any more. */
static int level_at(struct announcing *a, const struct schema_table *t, const struct change *ch)
{
    int64_t place = place_of(a, t, ch->id);
    bool own = place <= 0 || (ch->op == CHANGE_SET && moves(t, ch)) || region_covers(a->region, place);
    return a->level > LEVEL_CADRE && a->level < LEVEL_CITY && !own ? LEVEL_CADRE : a->level;
}

static bool is_proposal(const struct schema_column *c, const struct change *ch, int level)
{
    bool given = ch->op == CHANGE_PUT && (c->flags & (COLUMN_REQUIRED | COLUMN_PLACE | COLUMN_KEY));
    return c->policy == POLICY_AUTHORITY && c->level > level && !given;
}

static const char *level_name(const struct cli *c, int level)
{
    static const char *const zh[] = {"", "帮扶责任人", "驻村干部", "乡镇", "县", "市"};
    static const char *const en[] = {"", "a contact", "a cadre", "the township", "the county", "the city"};
    return level > 0 && level <= LEVEL_CITY ? cli_pick(c, zh[level], en[level]) : "?";
}

static void tell_proposals(struct announcing *a, const struct schema_table *t, const struct change *ch)
{
    struct cli *c = a->c;
    int level = level_at(a, t, ch);
    if (ch->op == CHANGE_PUT && t->level > level) {
        cli_warn(c, "“%s”由本地的%s认定：已保存，上报后作为建议", "%s are for %s there to decide: saved, it goes up as a proposal",
                 cli_pick(c, t->zh, t->en), level_name(c, t->level));
        return;
    }
    for (size_t i = 0; i < ch->count; i++) {
        const struct schema_column *column = schema_column(t, ch->cells[i].column);
        if (!column || !is_proposal(column, ch, level)) continue;
        cli_warn(c, "“%s”由本地的%s认定：已保存，上报后作为建议", "%s is for %s there to decide: saved, it goes up as a proposal",
                 cli_pick(c, column->zh, column->name), level_name(c, column->level));
    }
}

static void tell_reply(struct announcing *a, const struct schema_table *t, struct row_id id)
{
    const struct schema_table *order = schema_table_named(a->c->home->schema, "order");
    struct table_row reply, row;
    struct row_id to;
    char day[11];
    if (table_read(a->c->home->tables, t, id, a->arena, &reply, NULL) != 1) return;
    const struct value *ref = value_of(t, &reply, "order"), *date = value_of(t, &reply, "date");
    if (ref->kind != VALUE_BLOB || row_id_from_bytes(ref->data, ref->len, &to) ||
        table_read(a->c->home->tables, order, to, a->arena, &row, NULL) != 1)
        return;
    const struct value *due = value_of(order, &row, "due_on"), *state = value_of(order, &row, "state");
    if (state->kind == VALUE_INT && state->i == STATE_CLOSED)
        cli_warn(a->c, "此单据已办结：回复照样保存并上报，会标明", "the order is closed: the reply is kept and goes up, marked");
    if (due->kind != VALUE_INT || date->kind != VALUE_INT || date->i <= due->i) return;
    date_format(due->i, day);
    cli_warn(a->c, "此单据的期限是 %s：回复算作逾期", "the order was due on %s: the reply counts as late", day);
}

static void tell(struct announcing *a)
{
    if (row_id_is_null(a->cs->author) || read_author(a) < 0) return;
    for (size_t i = 0; i < a->cs->count; i++) {
        const struct change *ch = &a->cs->changes[i];
        const struct schema_table *t = schema_table(a->c->home->schema, ch->table);
        if (!t || (ch->op != CHANGE_PUT && ch->op != CHANGE_SET)) continue;
        if (a->level > 0) tell_proposals(a, t, ch);
        if (ch->op == CHANGE_PUT && strcmp(t->name, "order_reply") == 0) tell_reply(a, t, ch->id);
    }
}

void announce(struct cli *c, uint64_t seq)
{
    struct err err = {0};
    struct changeset *list;
    struct arena arena;
    size_t got = 0;
    if (seq == 0) return;
    arena_init(&arena, ARENA_BYTES);
    if (journal_read(c->home, seq, 1, ARENA_BYTES / 4, &arena, &list, &got, &err) == 0 && got == 1)
        tell(&(struct announcing){.c = c, .cs = &list[0], .arena = &arena, .err = &err});
    arena_free(&arena);
}
