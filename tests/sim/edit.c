/* edit: what people write — visits and what comes with them, and changes of every merge class, one changeset at a
 * time, by a random one of those who share the laptop. Everything goes through the agent's one write path. */
#include <string.h>

#include "capture.h"
#include "sim.h"

enum { ROOM = 24, STATE_OPEN = 1, STATE_CLOSED = 2, MOST_CHANGES = 5, TRIES = 10 };

struct editing {
    struct laptop *l;
    struct sim *s;
    struct capture *cap;
    struct arena a;
    struct row_id author;
    int64_t observed;
    int refused;        /* by the agent's own rules */
    int failed;         /* by the disk */
};

static const struct schema_table *table(const struct editing *e, const char *name)
{
    return schema_table_named(e->l->home->schema, name);
}

static void note(struct editing *e, int rc)
{
    if (rc == ERR_DISK || rc == ERR_CORRUPT || rc == ERR_NOMEM || rc == ERR_BUSY) e->failed = rc;
    else if (rc) e->refused++;
}

static struct value id_value(struct editing *e, struct row_id id)
{
    uint8_t bytes[ROW_ID_BYTES];
    row_id_to_bytes(id, bytes);
    return value_blob(arena_copy(&e->a, bytes, sizeof bytes), sizeof bytes);
}

/* ---- new rows ---- */

static bool wanted(struct editing *e, const struct schema_column *c)
{
    if (c->flags & (COLUMN_REQUIRED | COLUMN_PARENT)) return true;
    if (strcmp(c->name, "merged_into") == 0 || strcmp(c->name, "until") == 0) return false;
    return sim_chance(e->s, 35);
}

/* `given`: cells that are known already. */
static bool put(struct editing *e, const struct schema_table *t, const struct cell *given, size_t given_count, struct row_id *id)
{
    struct cell cells[ROOM * 2];
    size_t n = 0;
    for (; n < given_count; n++) cells[n] = given[n];
    for (size_t i = 0; i < t->count && n < ROOM; i++) {
        bool there = false;
        for (size_t k = 0; k < given_count; k++) there = there || given[k].column == t->columns[i].number;
        if (there || !wanted(e, &t->columns[i])) continue;
        cells[n] = (struct cell){.column = t->columns[i].number, .value = value_some(e->l, t, &t->columns[i], &e->a)};
        if (cells[n].value.kind != VALUE_NULL) n++;
    }
    int rc = capture_put(e->cap, t, cells, n, id, NULL);
    note(e, rc);
    return rc == 0;
}

static void visit(struct editing *e)
{
    const struct schema_table *t = table(e, "visit"), *risks = table(e, "risk");
    struct table_row household;
    struct row_id id;
    if (!row_some(e->l, table(e, "household"), &e->a, &household)) return;
    struct cell at = {.column = schema_column_named(t, "household")->number, .value = id_value(e, household.id)};
    if (!put(e, t, &at, 1, &id) || !sim_chance(e->s, 40)) return;
    struct cell risk[] = {{.column = schema_column_named(risks, "household")->number, .value = at.value},
                          {.column = schema_column_named(risks, "visit")->number, .value = id_value(e, id)},
                          {.column = schema_column_named(risks, "state")->number, .value = value_int(STATE_OPEN)}};
    put(e, risks, risk, 3, NULL);
}

/* ---- changes ---- */

/* Places and parents change by a move (below) and not by the way. */
static bool may_change(const struct schema_column *c)
{
    if (c->flags & (COLUMN_PARENT | COLUMN_PLACE | COLUMN_KEY)) return false;
    return strcmp(c->name, "merged_into") != 0 && strcmp(c->name, "role") != 0 && strcmp(c->name, "until") != 0;
}

/* A change of a set: elements in, elements out of those that are there. */
static void change_set(struct editing *e, const struct schema_column *c, const struct value *now, struct cell *cell)
{
    bool out = now->kind != VALUE_NULL && sim_chance(e->s, 50);
    if (!out || sim_chance(e->s, 30)) cell->value = value_some(e->l, NULL, c, &e->a);
    if (!out) return;
    if (c->type == TYPE_REFSET) cell->removed = value_blob(now->data, ROW_ID_BYTES);
    else cell->removed = value_int(now->i & -now->i);
}

static void set_some(struct editing *e, const struct schema_table *t, const struct table_row *row, int percent)
{
    struct cell cells[ROOM];
    size_t n = 0;
    for (size_t i = 0; i < t->count && n < ROOM; i++) {
        const struct schema_column *c = &t->columns[i];
        bool above = c->policy == POLICY_AUTHORITY; /* mostly not what people try */
        if (!may_change(c) || !sim_chance(e->s, (unsigned)(above ? percent / 3 : percent))) continue;
        cells[n] = (struct cell){.column = c->number};
        if (c->policy == POLICY_SET) change_set(e, c, &row->values[i], &cells[n]);
        else if (c->flags & COLUMN_REQUIRED || !sim_chance(e->s, 12)) cells[n].value = value_some(e->l, t, c, &e->a);
        n++;
    }
    if (n) note(e, capture_set(e->cap, t, row->id, cells, n, NULL));
}

/* What belongs to somebody is mostly changed by him: the changeset's author is chosen after the row then. */
static bool become_author(struct editing *e, const struct schema_table *t, const struct table_row *row)
{
    const struct value *by = &row->system[HOME_AUTHOR];
    struct row_id id = {0, 0};
    bool owned = t->policy == POLICY_APPEND || t->policy == POLICY_ORDER;
    if (!owned || !sim_chance(e->s, 75) || capture_count(e->cap) > 0) return false;
    if (by->kind == VALUE_BLOB && row_id_from_bytes(by->data, by->len, &id)) return false;
    return capture_as(e->cap, id, e->observed, NULL) == 0;
}

static void change(struct editing *e, const char *name, int percent)
{
    const struct schema_table *t = table(e, name);
    struct table_row row;
    if (!t || !row_some(e->l, t, &e->a, &row)) return;
    become_author(e, t, &row);
    set_some(e, t, &row, percent);
}

/* Closing names who verified, when and why; finding a risk again empties them. */
static void risk_state(struct editing *e)
{
    const struct schema_table *t = table(e, "risk");
    struct table_row row;
    struct cell cells[5];
    size_t n = 0;
    if (!row_some(e->l, t, &e->a, &row)) return;
    if (sim_chance(e->s, 30)) { /* a finding that leaves the state as it is */
        const struct schema_column *rank = schema_column_named(t, "rank");
        cells[n++] = (struct cell){.column = rank->number, .value = value_int(1 + (int64_t)sim_below(e->s, 5))};
        note(e, capture_set(e->cap, t, row.id, cells, n, NULL));
        return;
    }
    bool closes = sim_chance(e->s, 70);
    cells[n++] = (struct cell){.column = schema_column_named(t, "state")->number, .value = value_int(closes ? STATE_CLOSED : STATE_OPEN)};
    static const char *const said[] = {"closed_by", "closed_on", "closed_why"};
    for (size_t i = 0; i < 3; i++) {
        const struct schema_column *c = schema_column_named(t, said[i]);
        cells[n++] = (struct cell){.column = c->number, .value = closes ? value_some(e->l, t, c, &e->a) : value_null()};
    }
    if (!closes && sim_chance(e->s, 50))
        cells[n++] = (struct cell){.column = schema_column_named(t, "rank")->number, .value = value_int(1 + (int64_t)sim_below(e->s, 5))};
    note(e, capture_set(e->cap, t, row.id, cells, n, NULL));
}

/* By whoever has the level, mostly: the county's people, the township's. */
static void become_office(struct editing *e)
{
    size_t back = sim_chance(e->s, 70) ? 0 : sim_below(e->s, 3); /* the county comes last */
    const struct person *p = &e->s->people[e->s->people_count - 1 - back];
    if (capture_count(e->cap) == 0 && sim_chance(e->s, 70)) (void)capture_as(e->cap, p->id, e->observed, NULL);
}

/* A household moves to another village, a member to another household, with all that hangs on them. */
static void move(struct editing *e)
{
    bool household = sim_chance(e->s, 60);
    const struct schema_table *t = table(e, household ? "household" : "member");
    const struct schema_column *c = schema_column_named(t, household ? "village" : "household");
    struct table_row row;
    struct cell cell = {.column = c->number};
    become_office(e);
    if (!row_some(e->l, t, &e->a, &row)) return;
    cell.value = household ? value_int(e->s->villages[sim_below(e->s, SIM_VILLAGES)]) : value_some(e->l, t, c, &e->a);
    if (cell.value.kind != VALUE_NULL) note(e, capture_set(e->cap, t, row.id, &cell, 1, NULL));
}

/* A household changes hands: its assignment ends, another begins. */
static void hand_over(struct editing *e)
{
    const struct schema_table *t = table(e, "assignment");
    const struct schema_column *household = schema_column_named(t, "household"), *worker = schema_column_named(t, "worker");
    const struct person *to = &e->s->people[2 * sim_below(e->s, SIM_VILLAGES) + 1];
    struct table_row row;
    become_office(e);
    if (!row_some(e->l, t, &e->a, &row)) return;
    struct cell end = {.column = schema_column_named(t, "until")->number,
                       .value = value_int(date_of_ms(e->s->now_ms) - 40 - (int64_t)sim_below(e->s, 9))};
    struct cell begin[] = {{.column = household->number, .value = row.values[schema_column_index(t, household)]},
                           {.column = worker->number, .value = id_value(e, to->id)}};
    if (sim_chance(e->s, 80)) note(e, capture_set(e->cap, t, row.id, &end, 1, NULL));
    if (sim_chance(e->s, 80)) note(e, capture_put(e->cap, t, begin, 2, NULL, NULL));
}

/* Sets are where people meet most: the same few elements, in by one and out by another. */
static void toggle(struct editing *e)
{
    static const char *const sets[][2] = {{"member", "health"}, {"member", "insurance"}, {"visit", "needs"}, {"visit", "companions"}};
    const char *const *which = sets[sim_below(e->s, 8) % 5 % 4];
    const struct schema_table *t = table(e, which[0]);
    const struct schema_column *c = schema_column_named(t, which[1]);
    struct table_row row;
    struct cell cell = {.column = c->number};
    if (!row_some(e->l, t, &e->a, &row)) return;
    change_set(e, c, &row.values[schema_column_index(t, c)], &cell);
    note(e, capture_set(e->cap, t, row.id, &cell, 1, NULL));
}

static void delete(struct editing *e)
{
    static const char *const tables[] = {"visit", "visit", "risk", "measure", "job", "member", "income_sheet", "order",
                                         "clue", "indicator", "household", "order_reply"};
    const struct schema_table *t = table(e, tables[sim_below(e->s, sizeof tables / sizeof tables[0])]);
    struct table_row row;
    if (!t || !row_some(e->l, t, &e->a, &row)) return;
    become_author(e, t, &row);
    note(e, capture_delete(e->cap, t, row.id, NULL));
}

static void put_some(struct editing *e)
{
    static const char *const tables[] = {"member", "job", "measure", "income_sheet", "order", "order_reply", "clue",
                                         "indicator", "attachment", "member_event", "household", "risk", "future"};
    const struct schema_table *t = table(e, tables[sim_below(e->s, sizeof tables / sizeof tables[0])]);
    if (t) put(e, t, NULL, 0, NULL);
}

static void change_some(struct editing *e)
{
    static const char *const tables[] = {"worker", "job", "measure", "order", "clue", "indicator", "order_reply",
                                         "attachment", "member_event", "future"};
    change(e, tables[sim_below(e->s, sizeof tables / sizeof tables[0])], 35);
}

static void act(struct editing *e)
{
    uint64_t dice = sim_below(e->s, 100);
    if (dice < 11) visit(e);
    else if (dice < 16) move(e);
    else if (dice < 19) hand_over(e);
    else if (dice < 24) change(e, "visit", 20);
    else if (dice < 34) risk_state(e);
    else if (dice < 48) change(e, "household", 22);
    else if (dice < 58) change(e, "member", 25);
    else if (dice < 69) toggle(e);
    else if (dice < 76) change(e, "income_sheet", 40);
    else if (dice < 86) put_some(e);
    else if (dice < 94) change_some(e);
    else delete(e);
}

void edit_once(struct laptop *l)
{
    struct sim *s = l->sim;
    struct editing e = {.l = l, .s = s, .author = author_some(l)};
    struct err err = {0};
    uint64_t seq = 0;
    unsigned long failures = disk_failures(s->disk);
    int64_t today = date_of_ms(s->now_ms + l->wrong_ms);
    int64_t observed = today - (sim_chance(s, 65) ? 0 : (int64_t)sim_below(s, 9));
    e.observed = observed;
    int rc = capture_begin(&e.cap, l->home, e.author, observed, &err);
    arena_init(&e.a, 4 * 1024 * 1024);
    size_t wanted = 1 + (sim_chance(s, 30) ? sim_below(s, MOST_CHANGES) : 0);
    for (int i = 0; rc == 0 && i < TRIES && capture_count(e.cap) < wanted && !e.failed; i++) act(&e);
    if (rc == 0) rc = capture_commit(e.cap, &seq, &err);
    arena_free(&e.a);
    s->count.edits += rc == 0 && seq > 0;
    s->count.refused += (unsigned long)e.refused;
    sim_say(s, "%s edits: entry %llu, %d refused, %d", l->folder + strlen(s->dir) + 1, (unsigned long long)seq, e.refused, rc);
    if (disk_dead(s->disk, l->machine)) return;
    if ((rc || e.failed) && disk_failures(s->disk) == failures) {
        sim_fail(s, "P1", "%s cannot write though its disk works: %s", l->folder, err.en);
        return;
    }
    if (rc == 0 && seq) l->confirmed = seq;
    laptop_read_log(l);
}
