/* world: a small city — a county, two townships, four villages, their people and households — and the laptops that
 * some of its workers share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes.h"
#include "intake.h"
#include "scope.h"
#include "sim.h"
#include "zhucun/pack.h"

#define CITY   INT64_C(231200000000)
#define COUNTY INT64_C(231202000000)
static const int64_t townships[] = {INT64_C(231202109000), INT64_C(231202110000)};
static const int64_t villages[SIM_VILLAGES] = {INT64_C(231202109250), INT64_C(231202109251), INT64_C(231202109252),
                                               INT64_C(231202110200)};
static const int64_t summer = INT64_C(1657756800000); /* 2022-07-14 08:00 in the village */

enum { MOST_CHANGES = 80, ROLE_CONTACT = 1, ROLE_MEMBER = 2, ROLE_TOWNSHIP = 5, ROLE_COUNTY = 6 };

struct roster {
    struct sim *s;
    struct changeset cs;
};

static struct value text(struct sim *s, const char *before, unsigned long n)
{
    char words[64];
    snprintf(words, sizeof words, "%s%lu", before, n);
    return value_text(arena_copy(&s->arena, words, strlen(words)), (uint32_t)strlen(words));
}

static struct value ref(struct sim *s, struct row_id id)
{
    uint8_t bytes[ROW_ID_BYTES];
    row_id_to_bytes(id, bytes);
    return value_blob(arena_copy(&s->arena, bytes, sizeof bytes), sizeof bytes);
}

static struct cell cell(const char *table, const char *column, struct value v)
{
    return (struct cell){.column = schema_column_named(schema_table_named(schema_current(), table), column)->number, .value = v};
}

static struct row_id add(struct roster *r, const char *table, const struct cell *cells, size_t count)
{
    struct change *c = &r->cs.changes[r->cs.count];
    *c = (struct change){.op = CHANGE_PUT, .table = schema_table_named(schema_current(), table)->number, .count = count};
    c->id = row_id_make(r->cs.origin, r->cs.seq, (unsigned)r->cs.count++);
    c->cells = arena_copy(&r->s->arena, cells, count * sizeof *cells);
    if (r->s->row_count < SIM_ROWS) r->s->rows[r->s->row_count++] = (struct known){c->table, c->id};
    return c->id;
}

static void add_region(struct roster *r, int64_t code, int level)
{
    struct cell cells[] = {cell("region", "code", value_int(code)), cell("region", "name", text(r->s, "区划", (unsigned long)code)),
                           cell("region", "level", value_int(level))};
    add(r, "region", cells, 3);
}

static void add_person(struct roster *r, int role, int level, int64_t region)
{
    struct person *p = &r->s->people[r->s->people_count];
    snprintf(p->no, sizeof p->no, "W%zu", r->s->people_count++);
    struct cell cells[] = {cell("worker", "no", text(r->s, "W", (unsigned long)(r->s->people_count - 1))),
                           cell("worker", "name", text(r->s, "干部", (unsigned long)r->s->people_count)),
                           cell("worker", "role", value_int(role)), cell("worker", "region", value_int(region))};
    p->id = add(r, "worker", cells, 4);
    p->level = level;
    p->region = region;
}

static void add_household(struct roster *r, int64_t village, unsigned long n)
{
    struct cell h[] = {cell("household", "national_no", text(r->s, "H", n)), cell("household", "village", value_int(village)),
                       cell("household", "head_name", text(r->s, "户主", n)), cell("household", "phone", text(r->s, "139", n))};
    struct row_id id = add(r, "household", h, 4);
    const struct person *contact = &r->s->people[2 * (n % SIM_VILLAGES) + 1];
    struct cell a[] = {cell("assignment", "household", ref(r->s, id)), cell("assignment", "worker", ref(r->s, contact->id)),
                       cell("assignment", "since", value_int(date_of_ms(r->s->now_ms) - 30))};
    add(r, "assignment", a, 3);
    for (unsigned long i = 0; i < 1 + n % 2; i++) {
        struct cell m[] = {cell("member", "household", ref(r->s, id)), cell("member", "name", text(r->s, "成员", 10 * n + i)),
                           cell("member", "health", value_int(4))};
        add(r, "member", m, 3);
    }
}

/* The server takes its roster as it takes any log; so does the model. */
static int take_roster(struct roster *r, struct err *err)
{
    struct sim *s = r->s;
    struct buf bytes;
    struct digest before;
    struct changeset_record record;
    struct intake_result result = {0};
    chain_start(s->server_origin, &before);
    buf_init(&bytes, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(&r->cs, 1, &before, 1, &bytes, err);
    struct intake_push p = {.origin = s->server_origin, .bytes = bytes.data, .n = bytes.len, .received_ms = s->now_ms};
    struct intake_push *list[] = {&p};
    if (rc == 0) intake_batch(loopback_store(s->server), &s->env, NULL, list, 1, &result);
    buf_free(&bytes);
    if (rc == 0) rc = store_changeset_by_seq(loopback_store(s->server), s->server_origin, 1, &record, err);
    if (rc != 1 || result.status != INTAKE_STORED || record.count == 0) return ERR_REFUSED;
    struct arrival a = {.received_ms = s->now_ms, .csn = record.csn, .server = true};
    s->server_high = 1;
    return model_take(s->model, &r->cs, &a) ? 0 : ERR_REFUSED;
}

static int make_roster(struct sim *s, struct err *err)
{
    struct roster r = {.s = s};
    r.cs = (struct changeset){.origin = s->server_origin, .seq = 1, .schema = SCHEMA_VERSION, .stamp = hlc_from_ms(s->now_ms),
                              .observed = date_of_ms(s->now_ms)};
    r.cs.changes = arena_array(&s->arena, MOST_CHANGES, sizeof *r.cs.changes);
    add_region(&r, CITY, 2);
    add_region(&r, COUNTY, 3);
    for (size_t i = 0; i < 2; i++) add_region(&r, townships[i], 4);
    for (size_t i = 0; i < SIM_VILLAGES; i++) add_region(&r, villages[i], 5);
    for (size_t i = 0; i < SIM_VILLAGES; i++) {
        add_person(&r, ROLE_MEMBER, LEVEL_CADRE, villages[i]);
        add_person(&r, ROLE_CONTACT, LEVEL_CONTACT, villages[i]);
    }
    for (size_t i = 0; i < 2; i++) add_person(&r, ROLE_TOWNSHIP, LEVEL_TOWNSHIP, townships[i]);
    add_person(&r, ROLE_COUNTY, LEVEL_COUNTY, COUNTY);
    for (unsigned long n = 0; n < 2 + 2 * SIM_VILLAGES; n++) add_household(&r, villages[n % SIM_VILLAGES], n);
    return take_roster(&r, err);
}

/* ---- laptops ---- */

static int64_t laptop_now(void *ctx)
{
    struct laptop *l = ctx;
    return l->sim->now_ms + l->wrong_ms;
}

static int laptop_random(void *ctx, void *out, size_t n)
{
    struct laptop *l = ctx;
    for (size_t i = 0; i < n; i++) ((uint8_t *)out)[i] = (uint8_t)fake_random(&l->dice);
    return 0;
}

/* A contact's own laptop: no village, but the households that are assigned to him, or to two of them. */
static void choose_contact(struct laptop *l, bool two)
{
    struct sim *s = l->sim;
    size_t village = sim_below(s, SIM_VILLAGES);
    l->place_count = 0;
    l->assigned = true;
    memcpy(l->workers[l->worker_count++], s->people[2 * village + 1].no, sizeof l->workers[0]);
    if (two) memcpy(l->workers[l->worker_count++], s->people[2 * ((village + 1) % SIM_VILLAGES) + 1].no, sizeof l->workers[0]);
}

/* A village's team, two villages' team, a township's or the county's office; the last laptops are like the first. */
static void choose_scope(struct laptop *l, size_t i)
{
    struct sim *s = l->sim;
    unsigned kind = i < 2 ? 0 : (unsigned)sim_below(s, 8);
    size_t at = i < 2 || sim_chance(s, 50) ? 0 : sim_below(s, SIM_VILLAGES);
    l->place_count = 1;
    if (kind >= 6) {
        choose_contact(l, kind == 7);
        return;
    }
    if (kind == 4) l->places[0] = townships[sim_below(s, 2)];
    else if (kind == 5) l->places[0] = COUNTY;
    else l->places[0] = villages[at];
    if (kind == 3 && at + 1 < SIM_VILLAGES) l->places[l->place_count++] = villages[at + 1];
    for (size_t p = 0; p < s->people_count; p++) {
        bool here = false;
        for (size_t k = 0; k < l->place_count; k++)
            here = here || region_covers(l->places[k], s->people[p].region);
        bool office = s->people[p].level >= LEVEL_COUNTY; /* lent to half of the laptops, so that it is heard */
        if (here || sim_chance(s, office ? 50 : 20)) memcpy(l->workers[l->worker_count++], s->people[p].no, sizeof s->people[p].no);
    }
}

static int enrol(struct laptop *l, struct err *err)
{
    struct store *store = loopback_store(l->sim->server);
    struct device d = {.origin = l->origin, .places = l->places, .place_count = l->place_count, .worker_count = l->worker_count,
                       .assigned = l->assigned, .enrolled_ms = l->sim->now_ms};
    snprintf(d.name, sizeof d.name, "laptop");
    memcpy(d.workers, l->workers, l->worker_count * sizeof l->workers[0]);
    int rc = loopback_keys(l->sim->server, l->home, &d, err);
    if (rc == 0) rc = store_begin(store, err);
    uint64_t csn = 0;
    if (rc == 0) rc = store_device_put(store, &d, err);
    if (rc == 0) rc = store_head(store, &csn, err);
    if (rc == 0 && l->assigned) rc = scope_refresh(store, &d, date_of_ms(l->sim->now_ms), csn, err);
    if (rc == 0) rc = store_commit(store, err);
    return rc;
}

/* Old programs are still in the field, and one of the trial program of next year may be. */
static int choose_version(struct sim *s)
{
    unsigned dice = (unsigned)sim_below(s, 10);
    return dice < 5 ? SCHEMA_VERSION : dice < 7 ? SCHEMA_VERSION - 1 : dice < 9 ? SCHEMA_VERSION - 2 : SCHEMA_VERSION + 1;
}

static int make_laptop(struct sim *s, size_t i, struct err *err)
{
    struct laptop *l = &s->laptops[i];
    *l = (struct laptop){.sim = s, .dice = sim_dice(s)};
    l->env = (struct env){laptop_now, laptop_random, l};
    l->version = choose_version(s);
    if (sim_chance(s, 30)) l->wrong_ms = (int64_t)sim_below(s, 7200000) - 3600000;
    snprintf(l->folder, sizeof l->folder, "%s/laptop%zu", s->dir, i);
    l->machine = disk_machine(s->disk, l->folder);
    l->log = arena_array(&s->arena, SIM_LOG, sizeof *l->log);
    int rc = home_create(&l->home, l->folder, &l->env, err);
    if (rc) return rc;
    l->origin = l->home->origin;
    choose_scope(l, i);
    rc = enrol(l, err);
    if (rc == 0) rc = home_meta_set_int(l->home, META_SCHEMA, l->version, err);
    if (rc == 0) rc = home_meta_set_int(l->home, META_EPOCH, (int64_t)store_epoch(loopback_store(s->server)), err);
    laptop_stop(l);
    return rc ? rc : laptop_start(l);
}

/* ---- the world ---- */

static int64_t server_now(void *ctx)
{
    return ((struct sim *)ctx)->now_ms;
}

static int server_random(void *ctx, void *out, size_t n)
{
    struct sim *s = ctx;
    for (size_t i = 0; i < n; i++) ((uint8_t *)out)[i] = (uint8_t)fake_random(&s->server_dice);
    return 0;
}

/* What a program newer than the server might bring: a column of a known table, and a table. */
static const struct schema *next_schema(struct arena *a)
{
    static const struct schema_column new_column = {90, "note_next", TYPE_TEXT, 60, NULL, 0, POLICY_LATEST, 0, 0,
                                                    SCHEMA_VERSION + 1, "新栏目", "a new column"};
    static const struct schema_column new_columns[] = {
        {1, "village", TYPE_REGION, 0, NULL, 0, POLICY_APPEND, 0, COLUMN_REQUIRED | COLUMN_PLACE, SCHEMA_VERSION + 1, "所在村", "village"},
        {2, "words", TYPE_TEXT, 60, NULL, 0, POLICY_LATEST, 0, 0, SCHEMA_VERSION + 1, "内容", "words"}};
    const struct schema *now = schema_current();
    struct schema *next = arena_alloc(a, sizeof *next);
    struct schema_table *tables = arena_array(a, now->count + 1, sizeof *tables);
    memcpy(tables, now->tables, now->count * sizeof *tables);
    for (size_t i = 0; i < now->count; i++) {
        if (strcmp(tables[i].name, "household") != 0) continue;
        struct schema_column *columns = arena_array(a, tables[i].count + 1, sizeof *columns);
        memcpy(columns, tables[i].columns, tables[i].count * sizeof *columns);
        columns[tables[i].count++] = new_column;
        tables[i].columns = columns;
    }
    tables[now->count] = (struct schema_table){63, "future", "将来", "future", LEVEL_CONTACT, POLICY_LATEST, new_columns, 2,
                                               SCHEMA_VERSION + 1};
    *next = (struct schema){SCHEMA_VERSION + 1, tables, now->count + 1};
    return next;
}

static size_t how_many_laptops(struct sim *s)
{
    uint64_t dice = sim_below(s, 20);
    if (dice == 0) return SIM_LAPTOPS - sim_below(s, 8);
    return 3 + sim_below(s, dice < 4 ? 6 : 3);
}

int world_make(struct sim *s)
{
    struct err err = {0};
    s->now_ms = summer;
    s->env = (struct env){server_now, server_random, s};
    s->server_dice = sim_dice(s);
    memcpy(s->villages, villages, sizeof villages);
    for (int v = 1; v <= SCHEMA_VERSION; v++) s->schemas[v] = v == SCHEMA_VERSION ? schema_current() : schema_at(v, &s->arena);
    s->schemas[SCHEMA_VERSION + 1] = next_schema(&s->arena);
    char folder[200];
    snprintf(folder, sizeof folder, "%s/server", s->dir);
    s->server_machine = disk_machine(s->disk, folder);
    s->model = model_open(schema_current());
    s->supervisor = supervisor_new();
    int rc = s->model && s->supervisor ? server_start(s) : ERR_NOMEM;
    if (rc == 0) {
        s->server_origin = store_server_origin(loopback_store(s->server));
        rc = make_roster(s, &err);
    }
    s->laptop_count = how_many_laptops(s);
    for (size_t i = 0; i < s->laptop_count && rc == 0; i++) rc = make_laptop(s, i, &err);
    if (rc) sim_fail(s, "world", "it could not be made: %s", err.en);
    return rc;
}

void world_end(struct sim *s)
{
    for (size_t i = 0; i < s->laptop_count; i++) laptop_stop(&s->laptops[i]);
    server_stop(s);
    net_forget(s);
    supervisor_free(s->supervisor);
    model_close(s->model);
    arena_free(&s->arena);
}
