/* office: see office.h. */
#include "office.h"

#include <stdio.h>
#include <string.h>

void office_enrol(struct office *o, uint64_t origin, const char *name, const char *worker)
{
    int64_t place = VILLAGE_A;
    struct device d = {.origin = origin, .places = &place, .place_count = 1, .worker_count = 1, .enrolled_ms = 1};
    snprintf(d.name, sizeof d.name, "%s", name);
    snprintf(d.workers[0], sizeof d.workers[0], "%s", worker);
    assert_ok(store_begin(o->f->store, &o->err), o->err);
    assert_ok(store_device_put(o->f->store, &d, &o->err), o->err);
    assert_ok(store_commit(o->f->store, &o->err), o->err);
}

void office_open(struct office *o, struct fixture *f)
{
    *o = (struct office){.f = f};
    village_load(f, &o->v);
    office_enrol(o, ONE, "one", "W1");
    office_enrol(o, TWO, "two", "W2");
    o->one = village_laptop(f, ONE, o->v.contact);
    o->two = village_laptop(f, TWO, o->v.cadre);
}

static int transact(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err)
{
    struct store *s = ctx;
    int rc = store_begin(s, err);
    if (rc == 0) rc = fn(s, arg, err);
    if (rc >= 0) return store_commit(s, err);
    store_rollback(s);
    return rc;
}

int office_ask(struct office *o, json_t *request, json_t **answer)
{
    struct admin a = {.env = &o->f->env, .transact = transact, .transact_ctx = o->f->store};
    memset(&o->err, 0, sizeof o->err);
    *answer = NULL;
    int rc = admin_run(&a, request, answer, &o->err);
    json_decref(request);
    return rc;
}

static int resolve(struct office *o, uint64_t id, const char *take, const char *as, bool earlier)
{
    json_t *answer;
    int rc = office_ask(o, json_pack("{s:s,s:I,s:s,s:s,s:b,s:s*}", "do", "resolve", "id", (json_int_t)id, "take", take, "why",
                                     "问过本人", "earlier", (int)earlier, "as", as), &answer);
    json_decref(answer);
    return rc;
}

int office_resolve(struct office *o, uint64_t id, const char *take, const char *as)
{
    return resolve(o, id, take, as, false);
}

int office_restore(struct office *o, uint64_t id, const char *take, const char *as)
{
    return resolve(o, id, take, as, true);
}

int office_retry(struct office *o, const char *id, size_t *stored)
{
    json_t *answer, *list;
    int rc = office_ask(o, json_pack("{s:s,s:s}", "do", "quarantine_retry", "id", id), &answer);
    list = json_object_get(answer, "retried");
    *stored = 0;
    for (size_t i = 0; i < json_array_size(list); i++) *stored += json_is_true(json_object_get(json_array_get(list, i), "stored"));
    json_decref(answer);
    return rc;
}

static int column_number(const char *table, const char *column)
{
    return schema_column_named(schema_table_named(schema_current(), table), column)->number;
}

struct ledger_entry office_entry(struct office *o, const char *table, const char *column, enum ledger_kind kind)
{
    struct ledger_list *list = arena_alloc(&o->f->arena, sizeof *list);
    int number = column ? column_number(table, column) : 0;
    village_ledger(o->f, list);
    for (size_t i = list->count; i-- > 0;)
        if (list->e[i].column == number && list->e[i].kind == kind &&
            list->e[i].table == schema_table_named(schema_current(), table)->number) return list->e[i];
    fail_msg("no such entry: %s.%s", table, column ? column : "");
    return (struct ledger_entry){0};
}

struct ledger_entry office_again(struct office *o, uint64_t id)
{
    struct ledger_entry e;
    assert_int_equal(store_ledger_get(o->f->store, id, &o->f->arena, &e, &o->err), 1);
    return e;
}

struct decided_notice {
    uint64_t addressee; /* origin */
    int64_t decision;
    struct office *o;
};

static int match_notice(void *ctx, struct row_id id)
{
    struct decided_notice *n = ctx;
    struct stored_row row;
    village_row(n->o->f, "notice", id, &row);
    if (village_int(&row, "notice", "addressee") != region_private(n->addressee)) return 0;
    n->decision = village_int(&row, "notice", "decision");
    return 1;
}

int64_t office_told(struct office *o, uint64_t ledger, uint64_t origin)
{
    struct decided_notice n = {.addressee = origin, .decision = -1, .o = o};
    assert_true(store_notices_of(o->f->store, ledger, match_notice, &n, &o->err) >= 0);
    return n.decision;
}

void office_phone(struct laptop *l, struct row_id household, const char *phone)
{
    laptop_on(l, "household");
    laptop_text(l, "phone", phone);
    laptop_set(l, household);
    laptop_save(l);
}

struct ledger_entry office_quarrel(struct office *o)
{
    office_phone(o->one, o->v.household, "111");
    office_phone(o->two, o->v.household, "222");
    village_push(o->f, o->one);
    village_push(o->f, o->two);
    struct ledger_entry e = office_entry(o, "household", "phone", LEDGER_LOST);
    assert_true(e.to_verify);
    return e;
}

static int no_entry(void *ctx, const struct quarantine_entry *e)
{
    (void)e;
    ++*(size_t *)ctx;
    return 0;
}

size_t office_quarantined(struct office *o)
{
    size_t n = 0;
    assert_ok(store_quarantine_walk(o->f->store, 0, 0, no_entry, &n, &o->err), o->err);
    return n;
}
